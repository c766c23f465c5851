"""The verb ``listen``: sources into a transcript, or several."""

from __future__ import annotations

import os
import sys
from typing import Any

from dgnb import operations
from dgnb.errors import (
    AudioError,
    CredentialError,
    DgnbError,
    MissingExtra,
    NotAllowed,
    OptionError,
    PaymentRequired,
)
from dgnb.magics.call import Call
from dgnb.magics.code import equivalents
from dgnb.magics.failures import line
from dgnb.magics.formats import formatted
from dgnb.magics.sources import Source, gather
from dgnb.magics.tokens import lines
from dgnb.magics.transcripts import Several, Transcripts
from dgnb.results import Accepted, Transcript

CERTAIN = (OptionError, CredentialError, MissingExtra, NotAllowed, PaymentRequired)
"""Errors that the next source would meet as well."""


def listen(call: Call) -> Any:
    """Transcript of one source, or `Transcripts` of several."""
    arguments = call.arguments
    sources = gather([*arguments.words, *lines(call.body)], call.evaluate)
    if not sources.items:
        raise AudioError(
            "listen needs a source: a path, a pattern, a URL, $variable or {expression}, on the line or in "
            "the cell. %deepgram help listen says more."
        )
    if any(each.is_microphone and not os.path.lexists(each.value) for each in sources.items):
        raise OptionError("A microphone is heard while it is spoken: %deepgram listen mic --live.", "source")
    if arguments.show_code:
        sys.stdout.write(equivalents(sources, arguments))
        return None
    if "callback" in arguments.options and arguments.format != "transcript":
        raise OptionError("-f needs the transcript; with --callback it is delivered there, later.", "format")
    if sources.several:
        return _every(call, sources.items)
    return formatted(_send(call, sources.items[0]), arguments.format)


def _send(call: Call, source: Source) -> Transcript | Accepted:
    options = call.arguments.options
    ask: Any = operations.submit if "callback" in options else operations.listen
    result: Transcript | Accepted = call.ask(ask(source.value, **options))
    return result


def _every(call: Call, sources: list[Source]) -> Any:
    """What worked; what did not is told, one line each, and never takes the others along."""
    results: Several[Any] = Several() if "callback" in call.arguments.options else Transcripts()
    try:
        _fill(results, call, sources)
    except KeyboardInterrupt:
        if results:
            call.keep(formatted(results, call.arguments.format))
        raise
    if not results:
        raise AudioError(f"None of the {len(sources)} sources worked; the reasons stand above.")
    return formatted(results, call.arguments.format)


def _fill(results: Several[Any], call: Call, sources: list[Source]) -> None:
    for number, source in enumerate(sources):
        try:
            results.add(source.name, _send(call, source))
        except CERTAIN as error:
            _give_up(results, error, sources[number:])
            break
        except Exception as error:  # whatever it is, what has been done must not be lost
            results.errors[source.name] = line(error)
            sys.stderr.write(f"{source.name}: {line(error)}\n")


def _give_up(results: Several[Any], error: DgnbError, rest: list[Source]) -> None:
    if not results and not results.errors:
        raise error
    results.errors |= {source.name: line(error) for source in rest}
    sys.stderr.write(f"{line(error)} Not done: {len(rest)} sources, from {rest[0].name} on.\n")
