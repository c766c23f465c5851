"""What a batch works on, one file after another: never more is listed than is about to be needed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from dgnb.audio.patterns import is_pattern, matching
from dgnb.audio.source import legible, shown
from dgnb.batch.handover import Handover
from dgnb.errors import AudioError, MissingExtra, OptionError
from dgnb.protocol.options import nearest

_AUDIO = (
    ".3gp .aac .aif .aiff .amr .au .avi .caf .flac .flv .m4a .m4b .mkv .mov .mp2 .mp3 .mp4 .mpeg .mpg .oga "
    ".ogg .opus .snd .spx .ts .wav .wave .webm .wma .wv"
)
SUFFIXES = frozenset(_AUDIO.split())
"""What is taken of a folder; named one by one, files may be called anything."""


@dataclass(frozen=True)
class Source:
    """One file.

    Parameters
    ----------
    name : str
        For tables and messages.
    value : object
        What ``listen`` takes, or the error that there is in its place.
    position : int
        Among all, from 0.
    """

    name: str
    value: Any
    position: int = 0

    def get(self) -> Any:
        """Return what ``listen`` takes; raise the error that there is in its place."""
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


def each(sources: Any, column: str | None = None) -> Iterator[Source]:
    """Give sources one by one, in their order.

    Parameters
    ----------
    sources : path, pattern, folder, URL, DataFrame, mapping of names to sources, or iterable of these
        Of a folder, all audio in it and below. A pair whose first is text is a name and its source.
    column : str, optional
        Of a DataFrame, the one with the sources.

    Raises
    ------
    OptionError
        A DataFrame has no such column.

    Examples
    --------
    >>> [source.name for source in each(["a.wav", "https://me:word@example.org/b.mp3?key=abc", b"..."])]
    ['a.wav', 'https://example.org/b.mp3', '#2']
    """
    for position, (name, value) in enumerate(_found(sources, column)):
        yield Source(legible(name) or f"#{position}", value, position)


class Sources:
    """What a batch is given, to be gone through.

    Parameters
    ----------
    given : object
        As for `each`; or an asynchronous iterable, see `dgnb.batch.handover`.
    column : str, optional

    Examples
    --------
    >>> Sources(["a.wav", "b.wav"]).count(), Sources(iter(["a.wav"])).count()
    (2, None)
    """

    def __init__(self, given: Any, column: str | None = None) -> None:
        if isinstance(given, AsyncIterable):
            given = Handover(given)
        self._given, self._column = given, column
        self.again = is_single(given) or not isinstance(given, Iterator)
        """Whether they can be gone through more than once."""

    def __iter__(self) -> Iterator[Source]:
        return iter(self._listed) if self._is_name else each(self._given, self._column)

    def count(self) -> int | None:
        """Return how many there are as far as that is known; ``None`` where only going through them tells."""
        if self._is_name:
            return len(self._listed)
        if is_single(self._given):
            return 1
        return len(self._given) if hasattr(self._given, "__len__") else None

    def close(self) -> None:
        """Take no more of an asynchronous iterator; other iterators belong to who made them."""
        if isinstance(self._given, Handover):
            self._given.close()

    @property
    def _is_name(self) -> bool:
        return isinstance(self._given, str | os.PathLike)

    @cached_property
    def _listed(self) -> list[Source]:
        """The files of one pattern, folder or path; their names have to be sorted anyway."""
        return list(each(self._given))


def is_single(value: Any) -> bool:
    """Whether it is one source, or the name of some: samples, bytes and files can be iterated as well."""
    if isinstance(value, str | bytes | bytearray | memoryview | os.PathLike) or hasattr(value, "read"):
        return True
    if isinstance(value, tuple) and len(value) == 2 and hasattr(value[0], "__array__"):
        return True
    if _is_frame(value) or isinstance(value, Mapping) or hasattr(value, "to_list"):
        return False
    if hasattr(value, "__array__"):
        return getattr(getattr(value, "dtype", None), "kind", "f") not in "OSUT"
    return not isinstance(value, Iterable)


def _is_frame(value: Any) -> bool:
    return hasattr(value, "columns") and hasattr(value, "__getitem__")


def _found(sources: Any, column: str | None) -> Iterator[tuple[str, Any]]:
    if _is_frame(sources):
        sources = _column(sources, column)
    if isinstance(sources, Mapping):
        yield from ((str(name), value) for name, value in sources.items())
    elif is_single(sources):
        yield from _named(sources)
    else:
        for item in sources:
            yield from _item(item)


def _column(frame: Any, column: str | None) -> Any:
    names = [str(name) for name in frame.columns]
    if column is None and len(names) == 1:
        column = names[0]
    if column is None or column not in names:
        what = "say which column has the sources: column=" if column is None else f"no column '{column}':"
        hint = nearest(column or "", names)
        raise OptionError(f"The DataFrame has {', '.join(names[:20])}; {what}.{hint}", "column")
    return frame[column]


def _item(item: Any) -> Iterator[tuple[str, Any]]:
    is_pair = isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)
    if is_pair:
        yield item
    else:
        yield from _named(item)


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    """Give what a name stands for; what cannot be found stands as its error."""
    if not isinstance(value, str | os.PathLike):
        yield "", value
        return
    text = os.fsdecode(value).strip()
    try:
        yield from _listed(text)
    except Exception as error:  # storage systems have errors of their own, or are not installed
        yield shown(text) if "://" in text else text, error


def _listed(text: str) -> Iterator[tuple[str, Any]]:
    if "://" in text:
        yield from _remote(text)
    elif is_pattern(text):
        yield from ((path, path) for path in matching(text))
    elif os.path.isdir(os.path.expanduser(text)):
        yield from _walked(Path(text).expanduser())
    else:
        yield text, text


def _walked(folder: Path) -> Iterator[tuple[str, Any]]:
    found = False
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if Path(name).suffix.lower() in SUFFIXES:
                found = True
                path = os.path.join(place, name)
                yield path, path
    if not found:
        raise AudioError(f"The folder '{folder}' has no audio files; a pattern takes any: '{folder / '*'}'.")


def _remote(url: str) -> Iterator[tuple[str, Any]]:
    """Give what stands at a URL: of a storage system perhaps several files."""
    scheme = url.partition("://")[0].lower()
    if scheme in ("http", "https", "file"):
        yield shown(url), url
        return
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(f"Opening {shown(url)}", "cloud") from None
    system, path = fsspec.core.url_to_fs(url)
    listing: Callable[[str], list[str]] | None = None
    if any(sign in path for sign in "*?["):
        listing = system.glob
    elif system.isdir(path):
        listing = system.find
    if listing is None:
        yield shown(url), url
        return
    paths = [found for found in listing(path) if listing != system.find or _is_audio(found)]
    if not paths:
        raise AudioError(f"No file is found at '{shown(url)}'.")
    for found in sorted(paths):
        full = str(system.unstrip_protocol(found))
        yield shown(full), full


def _is_audio(path: str) -> bool:
    return Path(path).suffix.lower() in SUFFIXES
