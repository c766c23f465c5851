"""``task lowest``: the quick tests, with the lowest versions that pyproject.toml allows.

What is tested are the lower bounds of what dgnb needs; the tools that test it are recent.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.environments import ROOT, environment, uv

EXTRAS = ("lab", "tables", "dask")
TESTS = (
    "protocol", "results", "operations", "views", "transport", "cache", "corpus", "batch", "dashboards",
    "test_client.py", "test_errors.py", "test_init.py", "test_lazy.py", "test_publication.py",
)  # fmt: skip


NEWER = ("marimo", "pre-commit")
"""Tools that themselves need something newer than dgnb does; no test among these uses them."""


def project() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def tools() -> list[str]:
    """What tests and documentation need beside dgnb."""
    texts = [text for name in ("dev", "docs") for text in project()["optional-dependencies"][name]]
    return [text for text in texts if Requirement(text).name not in ("dgnb", *NEWER)]


def needed() -> Iterator[str]:
    """Names of what dgnb and its extras ask for themselves."""
    extras = project()["optional-dependencies"]
    lists = [project()["dependencies"], *(extras[name] for name in extras if name not in ("dev", "docs"))]
    for requirement in (Requirement(text) for texts in lists for text in texts):
        yield canonicalize_name(requirement.name)


def lowest(python: str) -> str:
    """Return the lowest versions, one a line."""
    extras = [word for name in EXTRAS for word in ("--extra", name)]
    command = ["pip", "compile", "-q", "--no-header", "--no-annotate", "--python", python, *extras]
    told = uv(*command, "--resolution", "lowest-direct", "pyproject.toml")
    names = set(needed())
    return "\n".join(line for line in told.splitlines() if line.partition("==")[0] in names)


def main() -> int:
    """Install the lowest versions beside recent tools, and run the tests."""
    with tempfile.TemporaryDirectory() as folder:
        python = environment(Path(folder, "venv"))
        pins = Path(folder, "lowest.txt")
        pins.write_text(lowest(python), encoding="utf-8")
        own = ["-e", f"{ROOT}[{','.join(EXTRAS)}]"]
        uv("pip", "install", "-q", "--python", python, "-c", str(pins), *own, *tools())
        paths = sys.argv[1:] or [f"tests/{name}" for name in TESTS]
        # An old version may warn of a new Python or neighbour; that is not what is asked here.
        return subprocess.run(
            [python, "-m", "pytest", "-W", "default", *paths], cwd=ROOT, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
