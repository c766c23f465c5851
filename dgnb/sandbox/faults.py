"""Faults that a script asks for: how it is read, and what has been done of it.

A script is a list such as ``drop@3.2s, refuse*2, ok, 429=2s, delay=300ms``. It is
read from left to right: each connection or request for work (``listen``, ``speak``,
``read``) takes the next step, and when none is left everything works.

=================  ============================================================
``ok``             no fault
``refuse``         503 in place of an answer
``429``            that status (400 to 599); ``429=2s`` adds ``Retry-After: 2``;
                   ``429@connect`` is the same
``drop@3.2s``      the connection breaks after so much audio; ``drop`` at once,
                   a request in the middle of its answer
``close=1011@2s``  the server closes, reason ``NET-0000``; ``close=1011:NET-0001``
``truncate@2s``    the next message is cut in half; of an answer its body
``garbage@2s``     a message that is no JSON; of an answer its body
``duplicate``      every message comes twice
``half-open@2s``   from then on nothing is read, sent or answered
``delay=300ms``    from here on every connection is answered so much later
=================  ============================================================

``*2`` repeats a step. After ``@`` stands how much audio was received (of speech:
sent) where its format is known, else how much time has passed; 0 by default.
``@speech`` of a live connection is as soon as audio was sent to the client.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dgnb.errors import OptionError
from dgnb.protocol.closes import INTERNAL
from dgnb.protocol.options import nearest

MOST = 1000
"""Times that a step may be repeated."""

SPEECH = "speech"
"""In place of a time: as soon as audio was sent to the client."""

_STEP = re.compile(r"(?P<name>[a-z-]+|\d{3})(=(?P<value>[^@*\s]+))?(@(?P<at>[^@*\s]+))?(\*(?P<times>\d+))?")
_TIME = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>ms|s)")
_CLOSE = re.compile(r"(?P<code>\d{4})(:(?P<reason>[\w-]{1,60}))?")

_TIMED = ("drop", "close", "truncate", "garbage", "half-open")
_VALUED = ("close", "delay", "status")
_NAMES = ("ok", "refuse", "duplicate", "delay", *_TIMED)
_UNSENDABLE = (1004, 1005, 1006, 1015)
"""Close codes that stand for something else than a close frame."""


@dataclass(frozen=True)
class Step:
    """What happens to one connection.

    Parameters
    ----------
    kind : str
        A name of the table above, or ``status``.
    text : str
        As it was written, without its repetition.
    at : float, seconds
    number : int
        HTTP status or close code.
    wait : float, seconds
        Of a delay, or of ``Retry-After``.
    reason : str
        Of a close.
    spoken : bool
        Whether it waits for audio of the sandbox's own, in place of a time.
    """

    kind: str
    text: str
    at: float = 0.0
    number: int = 0
    wait: float = 0.0
    reason: str = INTERNAL.reason
    spoken: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Done:
    """A fault that happened: to which request, of which path, and the step as it was written."""

    request_id: str
    path: str
    step: str


class Faults:
    """A script under way.

    Parameters
    ----------
    script : str
        Without one everything works.

    Raises
    ------
    OptionError
        The script has a step that there is not.

    Examples
    --------
    >>> faults = Faults("drop@3.2s, refuse*2")
    >>> faults.next().at, faults.script
    (3.2, 'refuse, refuse')
    """

    def __init__(self, script: str = "") -> None:
        self._steps = deque(parse(script))
        self.delay: Step | None = None
        """The delay that holds now."""
        self.done: list[Done] = []
        """What happened so far."""

    @property
    def script(self) -> str:
        """What is left of the script."""
        return ", ".join(map(str, self._steps))

    @script.setter
    def script(self, script: str) -> None:
        self._steps, self.delay = deque(parse(script)), None

    def next(self) -> Step:
        """Return the step of a connection that begins now."""
        steps = self._steps
        while steps and steps[0].kind == "delay":
            self.delay = steps.popleft()
        return steps.popleft() if steps else Step("ok", "ok")


def parse(script: str) -> Iterator[Step]:
    """Return the steps of a script, repeated ones as often as they are.

    Raises
    ------
    OptionError
        A step is none of those that there are.

    Examples
    --------
    >>> [step.text for step in parse("ok*2, close=1011@2s")]
    ['ok', 'ok', 'close=1011@2s']
    """
    written = [text.strip() for text in script.split(",")]
    steps = [_steps(text) for text in written if text or len(written) > 1]
    return (step for repeated in steps for step in repeated)


def _steps(text: str) -> list[Step]:
    match = _STEP.fullmatch(text)
    if not match:
        raise _wrong(text, f"A step is one of {', '.join(_NAMES)} or a status such as 429.")
    times = int(match["times"] or 1)
    kind = "status" if match["name"].isdigit() else match["name"]
    if not 1 <= times <= MOST or (kind == "delay" and match["times"]):
        raise _wrong(text, f"A step is repeated 1 to {MOST} times; a delay lasts and is not repeated.")
    return [_step(text.split("*", 1)[0], kind, match["name"], match["value"], match["at"])] * times


def _step(text: str, kind: str, name: str, value: str | None, at: str | None) -> Step:
    if kind not in (*_NAMES, "status"):
        allowed = f"{', '.join(_NAMES)} or a status such as 429"
        raise _wrong(text, f"A step is one of {allowed}.{nearest(kind, _NAMES)}")
    if value and kind not in _VALUED:
        raise _wrong(text, f"{name} takes no value.")
    if kind == "status":
        return _status(text, int(name), value, at)
    if at and kind not in _TIMED:
        raise _wrong(text, f"{name} has no time.")
    spoken = at == SPEECH
    step = _other(text, kind, value or "", _seconds(text, at) if at and not spoken else 0.0)
    return replace(step, spoken=spoken)


def _status(text: str, status: int, value: str | None, at: str | None) -> Step:
    if not 400 <= status <= 599 or at not in (None, "connect"):
        raise _wrong(text, "A status is 400 to 599, alone or with @connect.")
    return Step("status", text, number=status, wait=_seconds(text, value) if value else 0.0)


def _other(text: str, kind: str, value: str, at: float) -> Step:
    if kind == "delay":
        return Step(kind, text, wait=_seconds(text, value))
    if kind == "refuse":
        return Step("status", text, number=503)
    if kind != "close":
        return Step(kind, text, at)
    match = _CLOSE.fullmatch(value)
    code = int(match["code"]) if match else 0
    if not match or code in _UNSENDABLE or not (1000 <= code <= 1014 or 3000 <= code <= 4999):
        raise _wrong(text, "close takes a close code that can be sent, such as close=1011.")
    return Step(kind, text, at, code, reason=match["reason"] or INTERNAL.reason)


def _seconds(text: str, written: str) -> float:
    match = _TIME.fullmatch(written)
    if not match:
        raise _wrong(text, "A time is written 300ms or 3.2s; after @ also speech.")
    return float(match["number"]) / (1000 if match["unit"] == "ms" else 1)


def _wrong(text: str, why: str) -> OptionError:
    return OptionError(f"faults has no step {text!r}. {why}", "faults")
