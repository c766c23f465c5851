"""What runs the cells, as far as it can be told: a kernel of Jupyter, and what is in front of it."""

from __future__ import annotations

import os
import sys
from typing import Any

from dgnb.lazy import load


def in_kernel() -> bool:
    """Whether a kernel of Jupyter runs this, and so displays can be shown and changed later.

    Examples
    --------
    >>> in_kernel()
    False
    """
    return getattr(_shell(), "kernel", None) is not None


def has_page() -> bool:
    """Whether a front end shows widgets. One with a page names the cells; who only executes them does not."""
    return bool(cell()) or in_voila() or "google.colab" in sys.modules


def in_voila() -> bool:
    """Whether Voila shows this. It has no cells: what is displayed once stays, and none of it is saved."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def cell() -> str:
    """Return the front end's name of the cell that runs; empty where it gives none."""
    return str(_request().get("metadata", {}).get("cellId", ""))


def execution() -> str:
    """Return the name of this run of the cell."""
    return str(_request().get("header", {}).get("msg_id", ""))


def _request() -> dict[str, Any]:
    """What has asked for the cell to run."""
    found: dict[str, Any] = getattr(_shell(), "get_parent", dict)()
    return found


def _shell() -> Any:
    return load("IPython:get_ipython")()
