"""What stands in README and in the documentation is run, page by page, as a reader would."""

from __future__ import annotations

import doctest
import gc
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from tests.docs.pages import PAGES, ROOT, Block, blocks, name

CODE = ("python", "ipython", "pycon")
OTHER = ("bash", "text", "json")

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")  # of the official SDK

COMMANDS = [
    command
    for page in PAGES
    for block in blocks(page)
    if block.language == "bash"
    for line in block.text.splitlines()
    for command in line.split(" && ")
]


def run_python(shell: InteractiveShell, block: Block, page: str) -> None:
    exec(compile("\n" * block.line + block.text, page, "exec"), shell.user_ns)


def run_ipython(shell: InteractiveShell, block: Block, page: str) -> None:
    with capture_output() as captured:
        done = shell.run_cell(block.text)
    assert done.success, f"{page}:{block.line}\n{captured.stdout}{captured.stderr}"


def run_pycon(shell: InteractiveShell, block: Block, page: str) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, shell.user_ns, page, page, block.line)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=said.append, clear_globs=False)
    shell.user_ns.update(test.globs)
    assert not runner.failures, "".join(said)


RUN: dict[str, Callable[[InteractiveShell, Block, str], None]] = {
    "python": run_python, "ipython": run_ipython, "pycon": run_pycon,
}  # fmt: skip


@pytest.mark.parametrize(
    "page", [page for page in PAGES if {b.language for b in blocks(page)} & {*CODE}], ids=name
)
def test_the_blocks_of_a_page_run(page: Path, shell: InteractiveShell, sandbox: str, folder: Path) -> None:
    shell.reset(new_session=False)
    for block in blocks(page):
        if block.language in CODE:
            RUN[block.language](shell, block, name(page))
    close_sdk(shell.user_ns)
    shell.run_cell("%unload_ext dgnb")
    shell.reset(new_session=False)
    gc.collect()


def close_sdk(names: dict[str, Any]) -> None:
    """Close what the official SDK leaves open: it has no way to, and here that is a fault."""
    for what in names.values():
        if hasattr(what, "_client_wrapper"):
            what._client_wrapper.httpx_client.httpx_client.close()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_its_language(page: Path) -> None:
    assert {block.language for block in blocks(page)} <= {*CODE, *OTHER}


def extras(requirement: str) -> set[str]:
    return set(re.findall(r"\w+", "".join(re.findall(r"\[(.*?)\]", requirement))))


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_a_command_is_one_that_there_is(command: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    words = shlex.split(command, comments=True)
    match words:
        case ["python", "-m", "pip", "install", *rest]:
            assert extras(rest[-1]) <= set(project["project"]["optional-dependencies"])
        case ["python", "-m", "dgnb", verb, *options]:
            told = subprocess.run(
                [sys.executable, "-m", "dgnb", verb, "--help"], check=True, capture_output=True, text=True
            )
            assert {word for word in options if word.startswith("--")} <= set(told.stdout.split())
        case ["python", "-m", "pytest", *paths]:
            assert all((ROOT / path).exists() for path in paths if not path.startswith("-"))
        case ["python", "-m", "voila", folder]:
            assert (ROOT / folder).is_dir()
        case ["task", task]:
            assert task in project["tool"]["taskipy"]["tasks"]
        case ["export", setting]:
            assert setting.startswith("DEEPGRAM_API_KEY=")
        case [] | ["git", "clone", *_]:
            pass
        case _:
            pytest.fail(f"Nothing looks after this command: {command}")
