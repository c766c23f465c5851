"""The documentation is built as ``task docs`` builds it, and what came of it is looked at."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from dgnb import errors
from docs import facts
from tests.docs.pages import DOCS, PAGES, ROOT, name

COMMAND = [sys.executable, "-m", "sphinx", "-W", "-q", "-E"]


class Links(HTMLParser):
    """Where a page leads to, and the places in it."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value for key, value in attrs if value}
        self.targets |= {told[key] for key in ("href", "src") if key in told}
        self.anchors |= {told["id"]} if "id" in told else set()


@cache
def links(page: Path) -> Links:
    found = Links()
    found.feed(page.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with pages of its own: building writes beside them, and others may build as well."""
    root = tmp_path_factory.mktemp("project")
    for path in ROOT.glob("*.md"):
        shutil.copy(path, root)
    for folder in ("dgnb", "notebooks", "tests"):
        (root / folder).symlink_to(ROOT / folder)
    shutil.copytree(DOCS, root / "docs", ignore=shutil.ignore_patterns("_build", "notebooks"))
    return root


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(
        [*COMMAND, "docs", str(folder)], cwd=project, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return folder


def test_every_link_leads_somewhere(site: Path) -> None:
    lost = []
    for page in site.rglob("*.html"):
        for target in links(page).targets:
            url = urlsplit(target)
            if url.scheme or url.netloc:
                continue
            goal = (page.parent / unquote(url.path)).resolve() if url.path else page
            known = goal.is_file() and (
                goal.suffix != ".html" or not url.fragment or lands(goal, url.fragment)
            )
            if not known:
                lost.append(f"{page.relative_to(site)}: {target}")
    assert lost == []


def lands(page: Path, fragment: str) -> bool:
    return unquote(fragment) in links(page).anchors


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"<(?:script|img|iframe)[^>]*\bsrc=\"https?:[^\"]*", text) == [], page
        assert re.findall(r"<link[^>]*rel=\"stylesheet\"[^>]*href=\"https?:", text) == [], page


def test_no_page_tells_of_this_machine(project: Path, site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert str(project) not in text
        assert re.findall(r"0x[0-9a-f]{8,}", text) == [], page


def test_the_search_finds_a_parameter_an_operation_and_an_error(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    for word in ("smart_format", "eot_threshold", "toomanyrequests", "asr_driver_timeout"):
        assert word in index.lower(), word


def test_every_operation_and_parameter_has_its_place(site: Path) -> None:
    operations = links(site / "reference" / "operations.html").anchors
    assert {f"dg.{path}" for path, _ in facts.published()} <= operations
    options = links(site / "reference" / "parameters.html").anchors
    assert {kind.__name__.lower() for kind in facts.tables()} <= options


def test_every_notebook_is_a_page(site: Path) -> None:
    pages = {page.stem for page in (site / "notebooks").glob("*.html")}
    assert pages == {notebook.stem for notebook in (ROOT / "notebooks").glob("*.ipynb")}


def test_every_error_has_its_row() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", (DOCS / "errors.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert told == {what for what, kind in vars(errors).items() if isinstance(kind, type)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_file_that_is_named_is_there(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    named = re.findall(r"`((?:dgnb|tests|docs|notebooks|binder)/[\w/.-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists() and "_build" not in path] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_of_a_page_leads_to_a_file(page: Path) -> None:
    # As GitHub shows it; anchors are looked at where the pages are built.
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    lost = [path for path in targets if "://" not in path and not (page.parent / path).exists()]
    assert lost == []
