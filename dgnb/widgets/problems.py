"""What a recorder says when a recording cannot be made, or has ended."""

from __future__ import annotations

import os

NOTHING = "Nothing was recorded."
CLOSED = "The page was closed."
GONE = "The page that recorded has not been heard of for a minute."

_REST = "What remains: a recorded file, or this machine's own microphone as 'mic:default'."
_TEXTS = {
    "denied": "The microphone was not allowed. Allow it for this page, and press Record again.",
    "none": "There is no microphone. Plug one in, and press Record again.",
    "busy": "The microphone cannot be opened. Does another program use it?",
    "insecure": "Browsers give the microphone only to pages on https or localhost, and this page is neither. "
    + _REST,
    "blocked": f"This host does not let pages use the microphone. {_REST}",
    "silent": "The browser runs no audio here. Is there a sound output, such as a loudspeaker?",
    "worklet": f"This page's security policy forbids the code that records. {_REST}",
}

ELSEWHERE = (
    "This host does not let pages use the microphone. A page of your browser can record instead, "
    "if Python runs on the same machine as the browser."
)
"""Said beside the link to that page."""

NO_PAGE = (
    "This host does not let pages use the microphone. A page of your browser can record instead when the "
    f"sandbox's packages are there: python -m pip install 'dgnb[sandbox]'. {_REST}"
)

ENDS = {
    "vanished": "The microphone has stopped. Was it unplugged?",
    "closed": CLOSED,
    "unseen": "The recorder is shown no more.",
}
"""Why a page has ended a recording, other than by its button."""

FAULTS = ("vanished",)
"""Those that a session is to raise."""

_HUBS = ("JUPYTERHUB_API_TOKEN", "BINDER_SERVICE_HOST", "COLAB_RELEASE_TAG")


def text(why: str, told: str = "") -> str:
    """Return what a failure means, and what to do.

    Parameters
    ----------
    why : str
        The page's reason.
    told : str
        The browser's own words.

    Examples
    --------
    >>> text("none")
    'There is no microphone. Plug one in, and press Record again.'
    >>> text("other", "AbortError")
    'The recording did not start: AbortError'
    """
    return _TEXTS.get(why) or f"The recording did not start: {told}"


def is_near(host: str) -> bool:
    """Whether the browser may run on this machine, as far as can be told.

    Parameters
    ----------
    host : str
        Where the page comes from; empty where it is no server, as in VS Code.

    Examples
    --------
    >>> is_near("localhost"), is_near("hub.example.org")
    (True, False)
    """
    return host in ("", "localhost", "127.0.0.1", "[::1]") and not any(map(os.environ.get, _HUBS))


def summary(said: str, seconds: float, lost: int) -> str:
    """Return what a recording came to.

    Examples
    --------
    >>> summary("", 14.2, 0)
    'Recorded 0:14. Nothing was lost.'
    >>> summary("The page was closed.", 3.0, 1)
    'The page was closed. Recorded 0:03. 1 frame of 80 ms was lost on the way.'
    """
    if not seconds and not lost:
        return said or NOTHING
    frames = f"{lost} frame{'s' * (lost > 1)} of 80 ms {'were' if lost > 1 else 'was'} lost on the way."
    time = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
    return f"{said} Recorded {time}. {frames if lost else 'Nothing was lost.'}".strip()
