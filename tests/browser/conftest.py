import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import lab as labs
from tests.notebooks.hygiene import FOLDER

expect.set_options(timeout=labs.WAIT)


@pytest.fixture(scope="session")
def browser_path() -> str:
    path = labs.chromium()
    if path is None and "CI" not in os.environ:
        pytest.skip("no Chromium on this machine; install it to run the browser tests")
    assert path is not None, "CI has no Chromium"
    return path


@pytest.fixture(scope="session")
def lab(browser_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[labs.Lab]:
    """A JupyterLab on a copy of the tutorials."""
    root = tmp_path_factory.mktemp("lab") / "notebooks"
    shutil.copytree(FOLDER, root)
    with labs.lab(root, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Any]:
    """A browser. While it is open, Playwright's event loop counts as running in this thread."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=labs.CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A fresh page; an error on its console fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 2400})
    page = context.new_page()
    page.set_default_timeout(labs.WAIT)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
