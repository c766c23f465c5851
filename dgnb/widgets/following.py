"""What the views of a running session have in common: they follow it, and pass on what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, ClassVar

from anywidget import AnyWidget
from traitlets import Dict

from dgnb.errors import DgnbError
from dgnb.live.agent import AgentSession
from dgnb.live.listening import HearingSession
from dgnb.protocol.heard import Word
from dgnb.protocol.messages import Message
from dgnb.sessions.records import Gap, Lost, Record
from dgnb.views.html import doubtful
from dgnb.views.text import clean
from dgnb.widgets.delivery import promptly

BEAT = 0.5
"""Time between two looks at a session that says nothing [s]."""

Content = dict[str, Any]


class Following(AnyWidget):
    """A view of a session: it sends what is new, and all of it to a page that has just come.

    A subclass says what is new of a line of the log, what all of it is, and what a page may ask for.

    Parameters
    ----------
    session : HearingSession or AgentSession
    """

    about = Dict(help="what stays as it is: colours, names, bounds").tag(sync=True)

    commands: ClassVar[dict[str, Callable[[Any, Content], Coroutine[Any, Any, Any]]]] = {
        "stop": lambda self, _: self._session._stop_quietly(),
    }
    """What a page may ask for; it is done on the session's loop."""

    def __init__(self, session: HearingSession[Any] | AgentSession[Any], about: Content) -> None:
        self._session = session
        self._done = self._words = 0
        self._latency: float | None = None
        self._again_at: float | None = None
        self._why, self._sandbox = "", session._sandbox
        self._status: Content = {}
        super().__init__(about=about)
        self.on_msg(lambda _, content, __: self._asked(content))
        promptly(self)
        self._forget = session.observe(lambda _: self._follow())
        session._loop.call(self._beat)

    def close(self) -> None:
        """Take the widget away; the session goes on."""
        forget = getattr(self, "_forget", None)  # it may never have been made
        if forget is not None:
            forget()
        super().close()

    # What is sent; all of it happens on the session's loop

    def _follow(self) -> None:
        """Send what has come since the last time."""
        records = self._session._dialogue.records
        end = len(records)
        fresh = [records[at] for at in range(self._done, end)]
        self._done = end
        for record in fresh:
            self._note(record)
        news = self._news(fresh) if fresh else {}
        status = self._standing()
        changed = {name: value for name, value in status.items() if self._status.get(name) != value}
        self._status = status
        if fresh or changed:
            self.send({"kind": "news", **news, "status": changed})

    def _beat(self) -> None:
        """Follow also a session that is told nothing: its audio goes on."""
        if self.comm is not None and self._session.running:
            self._follow()
            self._session._loop.loop.call_later(BEAT, self._beat)

    def _welcome(self, page: str) -> None:
        """Tell a page that has just come all there is."""
        self._follow()
        self.send({"kind": "all", "page": page, **self._all(), "status": self._standing()})

    def _note(self, record: Record) -> None:
        notice = record.notice
        if isinstance(notice, Lost):
            self._again_at = self._session._loop.loop.time() + notice.pause
            status = f"status {notice.status}" if notice.status else ""
            self._why = notice.reason or status or f"code {notice.code}"
        elif record.raw and record.latency is not None and not record.replayed:
            self._latency = record.latency

    def _standing(self) -> Content:
        """How the session stands; a constant number of bytes."""
        session = self._session
        state, error = session.status, session.error
        left = None
        if state == "reconnecting" and self._again_at is not None:
            left = round(max(self._again_at - session._loop.loop.time(), 0.0), 1)
        why = str(error) if error else self._why if state == "reconnecting" else ""
        return {
            "state": state,
            "left": left,
            "why": clean(why),
            "words": self._words,
            "seconds": round(self._seconds(), 1),
            "latency": None if self._latency is None else round(self._latency, 2),
            "sandbox": self._sandbox,
        }

    def _seconds(self) -> float:
        """How long it lasts so far [s]: of what listens, its audio."""
        return self._session._dialogue.duration

    def _news(self, fresh: Sequence[Record]) -> Content:
        """What is new in lines of the log; what it costs does not depend on how many there were."""
        raise NotImplementedError

    def _all(self) -> Content:
        """All there is."""
        raise NotImplementedError

    # What is asked for; it may come on any thread

    def _asked(self, content: Content) -> None:
        """Pass on what a page asks for."""
        if content.get("do") == "ready":
            self._session._loop.call(self._welcome, str(content.get("page")))
            return
        command = self.commands.get(str(content.get("do")))
        if command is not None and self._session.running:
            self._session._loop.submit(self._carried_out(command, content))

    async def _carried_out(self, command: Callable[..., Any], content: Content) -> None:
        """Do what is asked for, and tell how it went."""
        why = ""
        try:
            await command(self, content)
        except DgnbError as error:
            why = clean(str(error)) or "it failed"
        # What it has changed is told before.
        self._follow()
        self.send({"kind": "answer", "to": content["do"], "ok": not why, "told": why})


def parts(text: str, words: Sequence[Word]) -> list[str | tuple[str, float]]:
    """Return a text in parts: what is plain, and words of low confidence with their confidence.

    Examples
    --------
    >>> parts("maybe so", [Word("maybe", 0, 1, 0.25), Word("so", 1, 2, 0.75)])
    [('maybe', 0.25), ' so']
    """
    return list(_parts(text, words))


def _parts(text: str, words: Sequence[Word]) -> Iterator[str | tuple[str, float]]:
    done = 0
    for start, end, confidence in doubtful(text, words):
        if start > done:
            yield clean(text[done:start])
        yield clean(text[start:end]), round(confidence, 2)
        done = end
    if done < len(text):
        yield clean(text[done:])


def gap(record: Record) -> tuple[float, float] | None:
    """Return the audio that a line of the log tells is lost, from when to when [s]."""
    return (record.notice.start, record.notice.end) if isinstance(record.notice, Gap) else None


def told(session: HearingSession[Any], record: Record) -> Message | None:
    """Return the message of a line of the log that says something new."""
    if not record.raw or record.replayed:
        return None
    event = session._dialogue.event(record)
    return event if isinstance(event, Message) else None
