"""How the agent puts things: results in words, and replies in the tone that the prompt wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec

from dgnb.protocol.sentences import ends

_ONE = re.compile(r"\b(in|with|only|just) (one|a single) sentence\b", re.I)
_BEGIN = re.compile(
    r"\b(?:begin|start) (?:every|each) (?:reply|answer) with (?P<what>\"[^\"]+\"|[^.!?]+[.!?]?)", re.I
)
_END = re.compile(
    r"\b(?:end|finish) (?:every|each) (?:reply|answer) with (?P<what>\"[^\"]+\"|[^.!?]+[.!?]?)", re.I
)


def phrased(response: str) -> str:
    """Return a function's result in words.

    Examples
    --------
    >>> phrased('{"open": true, "until": "noon"}'), phrased('{"error": "closed"}'), phrased("rain")
    ('Open is yes, until is noon.', 'That did not work: closed.', 'Rain.')
    """
    try:
        value = msgspec.json.decode(response)
    except msgspec.DecodeError:
        return sentence(response)
    if isinstance(value, Mapping) and (error := value.get("error")):
        return sentence(f"That did not work: {_spoken(error)}")
    return sentence(_spoken(value))


def _spoken(value: Any) -> str:
    if isinstance(value, Mapping):
        parts = [f"{str(key).replace('_', ' ')} is {_spoken(item)}" for key, item in value.items()]
        return capital(", ".join(parts))
    if isinstance(value, list):
        return ", ".join(map(_spoken, value)) or "nothing"
    named = {True: "yes", False: "no", None: "not known"}
    return named[value] if value is None or isinstance(value, bool) else str(value)


def toned(text: str, prompt: str) -> str:
    """Return a reply as the prompt wants it.

    Examples
    --------
    >>> toned("Yes. It is.", "Answer in one sentence. End every reply with Over.")
    'Yes. Over.'
    """
    if _ONE.search(prompt):
        text = next(iter(sentences(text)), text)
    if begin := _BEGIN.search(prompt):
        text = f"{begin['what'].strip(chr(34)).strip()} {text}"
    if end := _END.search(prompt):
        text = f"{text} {end['what'].strip(chr(34)).strip()}"
    return text


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    places = [0, *ends(text), len(text)]
    parts = [text[start:end].strip() for start, end in pairwise(places)]
    return [part for part in parts if part]


def sentence(text: str) -> str:
    """Return a text as a sentence, with a capital and a mark at its end."""
    whole = capital(text.strip())
    return whole if whole.endswith((".", "!", "?", "…")) else f"{whole}."


def capital(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
