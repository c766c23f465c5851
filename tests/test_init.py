"""What ``import dgnb`` gives, and what it costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import dgnb

HEAVY = {
    "IPython", "anywidget", "asyncio", "av", "deepgram", "fsspec", "httpx", "ipywidgets", "keyring",
    "matplotlib", "msgspec", "numpy", "pandas", "pocketsphinx", "pydantic", "requests", "scipy", "starlette",
    "uvicorn", "websockets",
}  # fmt: skip


def loaded_by(program: str) -> set[str]:
    """Top-level modules that a program loads in a fresh interpreter."""
    code = f"{program}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", dgnb.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(dgnb, name) is not None
    assert name in dir(dgnb)


def test_a_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from dgnb import *", names)
    assert set(dgnb.__all__) <= set(names)


def test_names_are_the_objects_of_their_modules() -> None:
    from dgnb.client import Deepgram
    from dgnb.errors import ApiError

    assert dgnb.Deepgram is Deepgram
    assert dgnb.ApiError is ApiError


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'dgnb' has no attribute 'transcribe'"):
        dgnb.transcribe  # noqa: B018 - looking is the test


def test_importing_loads_no_other_package() -> None:
    assert not loaded_by("import dgnb") & HEAVY


def test_making_a_client_opens_no_network_and_loads_no_data_library() -> None:
    program = "from dgnb import Deepgram; Deepgram('a-key')"
    assert not loaded_by(program) & (HEAVY - {"msgspec", "asyncio"})


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert dgnb.__version__ == version("dgnb")
