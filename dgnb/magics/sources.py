"""What to listen to: paths, patterns, URLs and objects, as they are named in a magic."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dgnb.audio.patterns import is_pattern, matching
from dgnb.errors import AudioError
from dgnb.magics.tokens import Evaluate, Token


@dataclass(frozen=True)
class Source:
    """One source.

    Parameters
    ----------
    name : str
        For tables and messages.
    value : object
        What ``Deepgram.listen`` takes.
    code : str
        The same as Python.
    """

    name: str
    value: Any
    code: str

    @property
    def is_microphone(self) -> bool:
        """Whether it names this machine's microphone, for live sessions."""
        return isinstance(self.value, str) and self.value.partition(":")[0] == "mic"


@dataclass(frozen=True)
class Sources:
    """The sources of a magic; `several` when a pattern or list was given, even if it holds only one."""

    items: list[Source]
    several: bool


def gather(tokens: Iterable[Token], evaluate: Evaluate) -> Sources:
    """Return the sources that tokens name, in their order.

    Raises
    ------
    AudioError
        A pattern matches no file, or a list is empty.

    Examples
    --------
    >>> from dgnb.magics.tokens import split
    >>> [source.name for source in gather(split("a.wav {calls}"), lambda code: ["b.wav", b"..."]).items]
    ['a.wav', 'b.wav', 'calls[1]']
    """
    found = [_sources(token, evaluate) for token in tokens]
    items = [source for each in found for source in each.items]
    return Sources(items, len(items) > 1 or any(each.several for each in found))


def source(token: Token, evaluate: Evaluate) -> Source:
    """Return what a token names, as one thing: patterns are left as they are, lists are not taken apart.

    Examples
    --------
    >>> from dgnb.magics.tokens import split
    >>> source(split("calls/*.wav")[0], str).value
    'calls/*.wav'
    """
    value = token.value(evaluate)
    return Source(value, value, repr(value)) if isinstance(value, str) else _object(value, token.expression)


def single(tokens: Iterable[Token], evaluate: Evaluate, verb: str) -> Source:
    """Return the one source that tokens name; what can be iterated is one, and not several.

    Raises
    ------
    AudioError
        There is none, or more than one.

    Examples
    --------
    >>> from dgnb.magics.tokens import split
    >>> single(split("mic"), str, "listen.live").code
    "'mic'"
    """
    found = list(tokens)
    if len(found) != 1:
        raise AudioError(
            f"{verb} takes one source, not {len(found)}: a path, a URL, mic, $variable or {{expression}}, on "
            f"the line or in the cell; each session is started on its own. %deepgram help {verb} says more."
        )
    return source(found[0], evaluate)


def _sources(token: Token, evaluate: Evaluate) -> Sources:
    value = token.value(evaluate)
    if isinstance(value, str):
        return _named(value)
    code = token.expression
    if not _is_many(value):
        return Sources([_object(value, code)], several=False)
    items = [
        source
        for number, item in enumerate(value)
        for source in (_named(item).items if isinstance(item, str) else [_object(item, f"{code}[{number}]")])
    ]
    if not items:
        raise AudioError(f"{code} is empty: it names no source.")
    return Sources(items, several=True)


def _object(value: Any, code: str) -> Source:
    if isinstance(value, os.PathLike):
        path = os.fsdecode(value)
        return Source(path, value, repr(path))
    return Source(code, value, code)


def _is_many(value: Any) -> bool:
    """Whether it holds sources, and is none itself: samples, bytes and files can be iterated as well."""
    if isinstance(value, bytes | bytearray | memoryview | os.PathLike | Mapping) or hasattr(value, "read"):
        return False
    if isinstance(value, tuple) and len(value) == 2 and hasattr(value[0], "__array__"):
        return False
    if hasattr(value, "__array__"):
        return getattr(getattr(value, "dtype", None), "kind", "f") in "OSUT"
    return isinstance(value, Iterable)


def _named(text: str) -> Sources:
    if not is_pattern(text):
        return Sources([Source(text, text, repr(text))], several=False)
    return Sources([Source(path, path, repr(path)) for path in matching(text)], several=True)
