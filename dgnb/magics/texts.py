"""The verbs ``speak`` and ``read``: text into speech, text into an analysis."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from dgnb.errors import OptionError
from dgnb.magics import snippets
from dgnb.magics.call import Call
from dgnb.magics.formats import formatted
from dgnb.operations import Flow, Request, reading, speaking
from dgnb.protocol.params import AnySpeakSubmitOptions, ReadSubmitOptions
from dgnb.protocol.sentences import parts

SPOKEN, READ = ("speech", "text", "html"), ("reading", "text", "json", "html")
"""Forms of the results; the first is the result itself."""


def speak(call: Call) -> Any:
    """Speech from the text on the line or in the cell."""
    text, code = source(call, "speak")
    if call.arguments.show_code:
        # A long text is sent in parts. The whole is looked at first, and refused as the magic would.
        _first(speaking.speak, speaking.submit, text, call)
        pieces = [text] if "callback" in call.arguments.options else parts(text)
        requests = [_first(speaking.speak, speaking.submit, piece, call) for piece in pieces]
        sys.stdout.write(snippets.text("speak", code, requests, AnySpeakSubmitOptions, call.arguments))
        return None
    return _answer(call, speaking.speak, speaking.submit, text)


def read(call: Call) -> Any:
    """Analysis of the text on the line or in the cell."""
    text, code = source(call, "read")
    if call.arguments.show_code:
        request = _first(reading.read, reading.submit, text, call)
        sys.stdout.write(snippets.text("read", code, [request], ReadSubmitOptions, call.arguments))
        return None
    return _answer(call, reading.read, reading.submit, text)


def source(call: Call, verb: str) -> tuple[Any, str]:
    """Return the text of a magic, or the object that stands for it, and the same as Python.

    Raises
    ------
    OptionError
        There is none, or one on the line and one in the cell.
    """
    words, body = call.arguments.words, call.body.strip()
    if words and body:
        raise OptionError(f"{verb} takes its text from the line or from the cell, not from both.", "text")
    if not words and not body:
        raise OptionError(
            f"{verb} needs a text, on the line or in the cell; %deepgram help {verb} says more.", "text"
        )
    if len(words) == 1 and words[0].expression:
        return words[0].value(call.evaluate), words[0].expression
    text = body or " ".join(str(word.value(call.evaluate)) for word in words)
    return text, repr(text)


Ask = Callable[..., Flow[Any]]


def _flow(ask: Ask, submit: Ask, text: Any, call: Call) -> Flow[Any]:
    options = call.arguments.options
    return submit(text, **options) if "callback" in options else ask(text, **options)


def _first(ask: Ask, submit: Ask, text: Any, call: Call) -> Request:
    return next(_flow(ask, submit, text, call))


def _answer(call: Call, ask: Ask, submit: Ask, text: Any) -> Any:
    return formatted(call.ask(_flow(ask, submit, text, call)), call.arguments.format)
