"""The verbs of live sessions: ``listen.live``, ``flux``, ``speak.live``."""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from operator import attrgetter
from typing import Annotated, Any, get_type_hints

from dgnb.errors import DgnbError, OptionError
from dgnb.live.commands import Opening
from dgnb.live.session import Session
from dgnb.live.speaking import SpeakSession
from dgnb.magics import dialling, texts
from dgnb.magics.actions import new_table, taken
from dgnb.magics.call import Call
from dgnb.magics.code import grouped
from dgnb.magics.formats import formatted
from dgnb.magics.sources import Source, single
from dgnb.magics.tokens import lines
from dgnb.protocol.options import Param
from dgnb.transport.loop import shared

_WAIT = Annotated[bool, Param("let the cell last until the session ends, and give what it came to", False)]


@dataclass(frozen=True)
class Live:
    """An operation that opens a live session, and how it is asked for in a magic.

    Parameters
    ----------
    path : str
        As it is reached from a client, ``listen.live``.
    opening : Opening
    subject : callable
        Gives what the session is about, from a `Call`.
    begin : callable
        Takes the client's method, the subject and all options, and gives the session.
    forms : tuple of str
        What ``-f`` takes; the first is the session's own name for what it came to.
    parts : tuple of type
        The parts of the opening's table, in the order of the help; by default it is the only one.

    Examples
    --------
    >>> from dgnb.namespaces import Speak
    >>> sorted(speaking("speak.live", Speak.live).arguments.__annotations__)
    ['patience', 'retries', 'wait']
    """

    path: str
    opening: Opening[Any, Any]
    subject: Callable[[Call], Source]
    begin: Callable[[Callable[..., Any], Source, dict[str, Any]], Session[Any]]
    forms: tuple[str, ...]
    parts: tuple[type, ...] = ()

    @cached_property
    def arguments(self) -> type:
        """What is said of the session itself, as a table."""
        found = inspect.signature(self.opening.start).parameters.values()
        named = [each for each in found if each.kind is inspect.Parameter.KEYWORD_ONLY]
        return new_table("Session", "how it runs", {"wait": _WAIT} | taken(self.opening.start, named))

    @property
    def groups(self) -> tuple[type, ...]:
        """The parts of the table."""
        return (self.arguments, *(self.parts or (self.opening.table,)))

    @cached_property
    def table(self) -> type:
        """All that it takes."""
        tables = (self.arguments, self.opening.table)
        hints = [get_type_hints(each, include_extras=True) for each in tables]
        return new_table("Options", self.path, hints[0] | hints[1])

    def __call__(self, call: Call) -> Any:
        """Return the session, which runs on by itself; with ``--wait`` what it came to."""
        arguments = call.arguments
        options = dict(arguments.options)
        waits = options.pop("wait", False)
        if not waits and arguments.format != self.forms[0]:
            raise OptionError(f"-f needs the {self.forms[0]}, and so --wait.", "format")
        subject = self.subject(call)
        if arguments.show_code:
            sys.stdout.write(dialling.equivalents(self.path, subject, options, arguments, self.opening.table))
            return None

        begin = partial(self._begin, call, subject, options)
        session = call.stage.start(begin, self.path, brief=waits)
        return self._outcome(call, session) if waits else session

    def _begin(self, call: Call, subject: Source, options: dict[str, Any]) -> Session[Any]:
        method, extra = attrgetter(self.path)(call.client()), grouped(call.arguments.extra)
        if not extra:
            return self.begin(method, subject, options)
        with warnings.catch_warnings():
            # What --param names is meant to be sent although dgnb does not know it.
            warnings.simplefilter("ignore", UserWarning)
            return self.begin(method, subject, options | extra)

    def _outcome(self, call: Call, session: Session[Any]) -> Any:
        """What a session came to, when it has ended."""
        form = call.arguments.format
        try:
            session.wait()
        except (KeyboardInterrupt, DgnbError):
            call.stage.settle(session, whole=True)
            call.keep(formatted(self._came_to(session), form))
            raise
        return formatted(self._came_to(session), form)

    def _came_to(self, session: Session[Any]) -> Any:
        return getattr(session, self.forms[0])


def hearing(
    path: str, opening: Opening[Any, Any], forms: tuple[str, ...], parts: tuple[type, ...] = ()
) -> Live:
    """Return the verb of a session that listens to a source."""

    def subject(call: Call) -> Source:
        return single([*call.arguments.words, *lines(call.body)], call.evaluate, path)

    return Live(
        path, opening, subject, lambda open_, source, options: open_(source.value, **options), forms, parts
    )


def speaking(path: str, opening: Opening[Any, Any]) -> Live:
    """Return the verb of a session that speaks a text."""

    def subject(call: Call) -> Source:
        text, code = texts.source(call, path)
        if not isinstance(text, str):
            raise OptionError(f"{path} takes text, not {type(text).__name__}.", "text")
        return Source(path, text, code)

    return Live(path, opening, subject, _spoken, texts.SPOKEN)


def _spoken(open_: Callable[..., Any], text: Source, options: dict[str, Any]) -> Session[Any]:
    session: SpeakSession[Any] = open_(**options)
    session.say(text.value)
    # It ends when all is spoken; nobody has to wait for that.
    shared().submit(session._finish())
    return session
