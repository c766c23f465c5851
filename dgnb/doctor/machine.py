"""What runs here: versions, front end, audio devices, proxies.

A front end is known by what it leaves in the environment or loads:

=================== ========================================================
front end           known by
=================== ========================================================
Colab               the module ``google.colab``, or ``COLAB_RELEASE_TAG``
Binder              ``BINDER_LAUNCH_HOST`` or ``BINDER_REPO_URL``
JupyterLab/Notebook ``JPY_SESSION_NAME``, which their server sets
VS Code             ``VSCODE_PID`` or ``VSCODE_CWD``, in a kernel
Jupyter             ``JPY_PARENT_PID``, in a kernel
terminal            no kernel
=================== ========================================================

JupyterLab and Notebook start the same kernels in the same way: from within they are not told apart.
A server that was started in a terminal of VS Code has its variables too, so Jupyter's own goes first.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module, metadata
from urllib.request import getproxies, proxy_bypass

from dgnb._version import __version__
from dgnb.doctor.report import Finding

BROKEN_KERNELS = ("7.0.0", "7.0.1")
"""Versions of ipykernel in which a thread cannot update a widget (ipywidgets#4001)."""

_LOOPBACK = "127.0.0.1"
_ELSE = "; a notebook's own microphone and player do not need it"


def versions() -> Iterator[Finding]:
    """Yield the versions of Python, dgnb and what notebooks need."""
    yield Finding("Python", "ok", f"{platform.python_version()}, {sys.platform}")
    yield Finding("dgnb", "ok", __version__)
    yield kernel(version("ipykernel"))
    widgets = {name: version(name) for name in ("ipywidgets", "anywidget")}
    told = ", ".join(f"{name} {number or 'not installed'}" for name, number in widgets.items())
    missing = [name for name, number in widgets.items() if not number]
    yield Finding("widgets", "warn" if missing else "ok", told, _install(*missing))


def kernel(number: str) -> Finding:
    """Return what is to be said of a version of ipykernel, empty for none.

    Examples
    --------
    >>> kernel("7.0.1").state
    'fail'
    """
    if number in BROKEN_KERNELS:
        fix = "python -m pip install -U ipykernel, then restart the kernel"
        return Finding("ipykernel", "fail", f"{number}: threads cannot update widgets in it", fix)
    if not number:
        return Finding("ipykernel", "warn", "not installed: there are no notebooks", _install("ipykernel"))
    return Finding("ipykernel", "ok", number)


def _install(*names: str) -> str:
    return f"python -m pip install {' '.join(names)}" if names else ""


def version(package: str) -> str:
    """Return the version of an installed package, empty for one that is not there.

    Examples
    --------
    >>> version("no-such-package")
    ''
    """
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def sandbox_extra() -> Finding:
    """Return whether all that the sandbox needs is installed."""
    try:
        wanted = metadata.requires("dgnb") or []
    except metadata.PackageNotFoundError:
        return Finding("sandbox", "warn", "unknown: dgnb runs from a folder, and is not installed")
    names = [line for line in wanted if re.search(r"extra == ['\"]sandbox['\"]", line)]
    packages = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in names]
    missing = [package for package in packages if not version(package)]
    if not missing:
        return Finding("sandbox", "ok", "installed")
    fix = 'python -m pip install "dgnb[sandbox]"'
    return Finding("sandbox", "warn", f"not installed: {', '.join(missing)} missing", fix)


def place() -> Finding:
    """Return where this runs, see `front_end`."""
    return Finding("front end", "ok", front_end(os.environ, _shell()))


def _shell() -> str:
    """The class of the IPython shell that runs this, empty without one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return type(shell).__name__ if shell is not None else ""


def front_end(environment: Mapping[str, str], shell: str) -> str:
    """Return in words where this runs.

    Parameters
    ----------
    environment : mapping of str to str
    shell : str
        Class of the IPython shell, empty without one.

    Examples
    --------
    >>> front_end({"JPY_SESSION_NAME": "a.ipynb"}, "ZMQInteractiveShell")
    'JupyterLab or Notebook'
    """
    if "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in environment:
        return "Colab"
    binder = any(name in environment for name in ("BINDER_LAUNCH_HOST", "BINDER_REPO_URL"))
    where = _interface(environment, shell)
    return f"Binder, {where}" if binder else where


def _interface(environment: Mapping[str, str], shell: str) -> str:
    if not shell:
        return "no IPython: a terminal or script"
    if "Terminal" in shell:
        return "terminal, IPython"
    if "JPY_SESSION_NAME" in environment:
        return "JupyterLab or Notebook"
    if any(name in environment for name in ("VSCODE_PID", "VSCODE_CWD")):
        return "VS Code"
    return "Jupyter" if "JPY_PARENT_PID" in environment else f"unknown, {shell}"


def audio() -> Finding:
    """Return how many devices can record and play, as far as that can be known."""
    try:
        devices = list(import_module("sounddevice").query_devices())
    except ImportError:
        return Finding("audio", "warn", f"unknown: no sounddevice here{_ELSE}", _install("sounddevice"))
    except Exception as error:  # PortAudio's errors have several classes, also OSError when it is missing
        fix = "install PortAudio (Debian, Ubuntu: apt install libportaudio2)"
        return Finding("audio", "warn", f"unknown: {error}{_ELSE}", fix)
    inputs, outputs = (
        sum(device[f"max_{way}_channels"] > 0 for device in devices) for way in ("input", "output")
    )
    found = f"{inputs} to record with, {outputs} to play on"
    return Finding("audio", "ok", found) if inputs and outputs else Finding("audio", "warn", found + _ELSE)


def proxies() -> Iterator[Finding]:
    """Yield the proxies that are set, and whether they leave this machine's own servers alone."""
    found = {name: address for name, address in getproxies().items() if name != "no"}
    if not found:
        yield Finding("proxy", "ok", "none")
        return
    told = ", ".join(f"{name} {_without_user(address)}" for name, address in sorted(found.items()))
    if proxy_bypass(_LOOPBACK):
        yield Finding("proxy", "ok", f"{told}; not for {_LOOPBACK}")
        return
    fix = "NO_PROXY=127.0.0.1,localhost: dgnb does without it, other clients of the sandbox do not"
    yield Finding("proxy", "warn", f"{told}; also for {_LOOPBACK}", fix)


def _without_user(address: str) -> str:
    """An address without the name and password that it may hold."""
    return address.rpartition("@")[2]
