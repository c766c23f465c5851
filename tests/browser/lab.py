"""A real JupyterLab, and a real browser to look at it."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tests.notebooks.execution import keyless
from tests.notebooks.hygiene import clean

READY = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  const session = panel?.sessionContext;
  return panel?.content?.model && session?.isReady && session.kernelDisplayStatus === 'idle';
}"""

OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .map(cell => cell.model.outputs?.toJSON() ?? [])"""

RUN = """async index => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = index;
  return await window.jupyterapp.commands.execute('notebook:run-cell');
}"""

KERNEL = """async code => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false});
  let text = '';
  future.onIOPub = ({header, content}) => {
    text += header.msg_type === 'stream' ? content.text : (content.traceback ?? []).join('\\n');
  };
  await future.done;
  return text;
}"""

WAIT = 60_000
"""How long anything may take on a machine that others use as well [ms]; what is there is not waited for."""

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # What the kernel completes is left out when it comes later.
    "completer-extension/manager": {"providerTimeout": WAIT},
}
"""Of JupyterLab, by the names of its extensions."""

CHROMIUM = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The path of the machine's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab."""

    url: str
    token: str
    root: Path

    def copy(self, name: str) -> str:
        """The page of a copy of a notebook: alone, with a kernel and a workspace of its own."""
        copied = f"{secrets.token_hex(4)}-{name}"
        shutil.copy(self.root / name, self.root / copied)
        return f"{self.url}/doc/tree/{copied}?token={self.token}&reset"

    def write(self, *cells: str) -> str:
        """The page of a new notebook with these cells of code."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        (self.root / "new.ipynb").write_text(clean(made))
        return self.copy("new.ipynb")


def free_port() -> int:
    """A port of this machine that nobody listens at.

    It is none of those that a system gives to who asks for any: another test could be given it
    before the server that is started here listens at it.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextmanager
def lab(root: Path, home: Path, *options: str, python: Sequence[str] = (sys.executable,)) -> Iterator[Lab]:
    """A JupyterLab on `root` that reads and writes its settings below `home` only."""
    port = free_port()
    token, url = secrets.token_hex(8), f"http://127.0.0.1:{port}"
    start = [
        *(*python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        *(f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True", *options),
    ]
    with (home / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            start, env=environment(home), stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(f"{url}/api/status?token={token}", server, home / "lab.log")
        yield Lab(url, token, root)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def environment(home: Path) -> dict[str, str]:
    """The environment of a server that reads and writes its settings below `home` only."""
    for name, values in SETTINGS.items():
        path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values))
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    return keyless() | {name: str(home / folder) for name, folder in names.items()}


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; its log is the message when it does not."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            opener.open(url, timeout=5).close()
        except OSError:
            time.sleep(0.1)  # nothing tells when a foreign process starts to listen
        else:
            return
    raise RuntimeError(f"The server does not answer:\n{log.read_text(errors='replace')[-3000:]}")


def open_notebook(page: Any, address: str) -> None:
    """Open a notebook and wait for its kernel."""
    page.goto(address)
    page.wait_for_function(READY, timeout=WAIT)


def command(page: Any, name: str, **arguments: Any) -> Any:
    """Execute one of JupyterLab's commands and return what it gives."""
    call = "async ([name, arguments]) => await window.jupyterapp.commands.execute(name, arguments)"
    return page.evaluate(call, [name, arguments])


def run_all(page: Any) -> bool:
    """Run all cells; false when one failed."""
    return bool(command(page, "notebook:run-all-cells"))


def run_cell(page: Any, index: int) -> bool:
    """Run one cell; false when it failed."""
    return bool(page.evaluate(RUN, index))


def execute(page: Any, code: str) -> str:
    """Run code in the kernel, beside the notebook; return what it prints, or its traceback."""
    return str(page.evaluate(KERNEL, code))


def outputs(page: Any) -> list[list[dict[str, Any]]]:
    """The outputs of every cell, as the notebook stores them."""
    found: list[list[dict[str, Any]]] = page.evaluate(OUTPUTS)
    return found
