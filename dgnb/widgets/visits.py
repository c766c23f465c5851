"""A page outside the notebook that records for it: for hosts that keep the microphone from their pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dgnb.errors import MissingExtra
from dgnb.lazy import load
from dgnb.widgets.assets import css, esm

if TYPE_CHECKING:
    from dgnb.widgets.recorder import Recorder

SHARED = ("rate", "echo_cancellation", "state", "take", "said", "lost")
"""What the page is told of the recorder."""

NUMBER = 4
"""Bytes of a frame's number, which stands before its audio."""


class Visitor:
    """Connects a recorder with the page, in place of a notebook's own connection.

    The sandbox calls it on its own thread, see `dgnb.sandbox.recording.Guest`.

    Parameters
    ----------
    recorder : Recorder
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._send: Callable[[str], None] | None = None
        self._take = ""

    @property
    def waiting(self) -> bool:
        """Whether the recorder still waits for somebody to record."""
        return self._recorder.state == "idle"

    def arrived(self, send: Callable[[str], None]) -> None:
        """Note that the page is open; `send` takes what it is to be told."""
        self._send = send
        recorder = self._recorder
        recorder._visitors.append(self)
        recorder.observe(self._changed, list(SHARED))
        send(json.dumps({"set": {name: getattr(recorder, name) for name in SHARED}}))

    def heard(self, frame: str | bytes) -> None:
        """Take what the page sends."""
        if isinstance(frame, bytes):
            number = int.from_bytes(frame[:NUMBER], "little")
            content = {"kind": "frame", "take": self._take, "seq": number}
            self._recorder._heard(content, [frame[NUMBER:]])
            return
        content = json.loads(frame)
        if not isinstance(content, dict):
            raise TypeError(f"A message of the page is an object, not {type(content).__name__}.")
        if content.get("kind") == "start":
            self._take = str(content["take"])
        self._recorder._heard(content)

    def left(self) -> None:
        """Note that the page is gone; a recording that it made is over."""
        recorder = self._recorder
        recorder.unobserve(self._changed, list(SHARED))
        recorder._visitors.remove(self)
        self._send = None
        if self._take:
            recorder._heard({"kind": "end", "take": self._take, "count": 0, "why": "closed"})

    def tell(self, content: dict[str, Any]) -> None:
        """Tell the page something."""
        if self._send is not None:
            self._send(json.dumps(content))

    def _changed(self, change: Any) -> None:
        self.tell({"set": {change["name"]: change["new"]}})


def page_url(visitor: Visitor) -> str:
    """Return the address of a page for a visitor.

    Raises
    ------
    MissingExtra
        The sandbox's packages are not installed.
    """
    try:
        server = load("dgnb.sandbox:shared")()
    except ModuleNotFoundError as error:
        raise MissingExtra("The recording page", "sandbox") from error
    url: str = server.invite(esm("page"), css("recorder"), visitor)
    return url
