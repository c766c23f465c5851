"""Captions as files: SubRip, WebVTT, TTML, and Advanced SubStation Alpha."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from html import escape as to_markup
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from dgnb.errors import MissingExtra, OptionError
from dgnb.results import Transcript
from dgnb.views import fragments
from dgnb.views.cues import Cue, Limits, cues, label
from dgnb.views.text import count
from dgnb.views.voices import Voice

if TYPE_CHECKING:
    from pandas import DataFrame

_SHOWN = 60
"""Cues that a notebook shows."""

_TT = "http://www.w3.org/ns/ttml"

_STYLE = """.dgnb-result .dgnb-cue { display: flex; gap: 1em }
.dgnb-result .dgnb-cue time { flex: 0 0 17em; font-variant-numeric: tabular-nums;
  color: var(--jp-ui-font-color2, inherit) }
.dgnb-result .dgnb-cue span { white-space: pre-line }"""


class Captions(str):
    """The text of a captions file, which knows its cues.

    Attributes
    ----------
    kind : str
        ``srt``, ``vtt``, ``ass`` or ``ttml``.
    cues : tuple of Cue
        `start`, `end` [s], `lines`, `voice`.
    """

    __slots__ = ("cues", "kind")
    kind: str
    cues: tuple[Cue, ...]

    def __new__(cls, text: str, kind: str, cues: Iterable[Cue] = ()) -> Captions:  # noqa: D102
        self = super().__new__(cls, text)
        self.kind, self.cues = kind, tuple(cues)
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return str(self), self.kind, self.cues

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the file as UTF-8 and return its path."""
        target = Path(path)
        target.write_bytes(self.encode())
        return target

    @property
    def frame(self) -> DataFrame:
        """One row a cue: start, end, text, voice, lines, cps."""
        from dgnb.views.frames import STRING, table  # noqa: PLC0415 - loads pandas

        schema = {"start": "float64", "end": "float64", "text": STRING, "voice": STRING}
        schema |= {"lines": "int64", "cps": "float64"}
        return table(
            schema,
            [(c.start, c.end, c.text, label(c.voice) or None, len(c.lines), c.cps) for c in self.cues],
        )

    def __repr__(self) -> str:
        about = f"<Captions: {self.kind}, {count(len(self.cues), 'cue')}>"
        return "\n".join([about, *self.splitlines()[:9]])

    def _repr_html_(self) -> str:
        shown = [
            f'<div class="dgnb-cue"><time>{stamp(cue.start)} → {stamp(cue.end)}</time> '
            f"{fragments.foreign(cue.text)}</div>"
            for cue in self.cues[:_SHOWN]
        ]
        left = len(self.cues) - len(shown)
        more = [f"<p>{count(left, 'more cue')}, in <code>.cues</code> and in the text.</p>"] if left else []
        head = fragments.head("Captions", False, [self.kind, count(len(self.cues), "cue")])
        return fragments.article("Captions", [head, *shown, *more], _STYLE)


def captions(  # noqa: PLR0913 - each is a choice of the user's
    transcript: Transcript,
    kind: str = "srt",
    *,
    width: int = 42,
    lines: int = 2,
    cps: float = 20.0,
    gap: float = 0.08,
    shortest: float = 0.8,
    longest: float = 7.0,
    speakers: bool | None = None,
    positions: bool = False,
) -> Captions:
    """Return a transcript as captions.

    Lines end, where they can, with a sentence or a clause. Width, lines, gap and
    longest always hold; cues that are too quick to read are found in ``.frame``.

    Parameters
    ----------
    kind : {"srt", "vtt", "ass", "ttml"}
        ``ass`` needs the extra "captions".
    width : int, default 42
        Columns of a line; a wide character, as in Chinese, takes two.
    lines : int, default 2
        Lines of a cue.
    cps : float, default 20.0
        Characters that are read in a second; a cue stays long enough where the next leaves the time.
    gap : float, default 0.08
        Least time between two cues [s].
    shortest, longest : float, default 0.8 and 7.0
        Time that a cue is seen [s].
    speakers : bool, optional
        Whether who speaks is told, by voice tags in WebVTT, names in ASS, and in the text of the
        others. When there is more than one voice if not given.
    positions : bool, default False
        Whether each voice has its place from left to right (WebVTT and ASS).

    Returns
    -------
    Captions
        A ``str`` that shows itself; ``.save(path)``, ``.cues``, ``.frame``.

    Raises
    ------
    OptionError
        There is no such kind, or a limit cannot be held.

    Examples
    --------
    >>> words = [{"word": "hi", "punctuated_word": "Hi <all>!", "start": 0.5, "end": 1.0}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> print(captions(call, "vtt"))
    WEBVTT
    <BLANKLINE>
    1
    00:00:00.500 --> 00:00:01.300
    Hi &lt;all&gt;!
    <BLANKLINE>
    """
    name = kind.lower().removeprefix(".")
    if name not in WRITERS:
        raise OptionError(f"kind={kind!r}: captions are one of {', '.join(WRITERS)}.", "kind")
    limits = Limits(width=width, lines=lines, cps=cps, gap=gap, shortest=shortest, longest=longest)
    told = many(transcript) if speakers is None else speakers
    found = cues(transcript, limits, prefixed=told and name in ("srt", "ttml"))
    return Captions(WRITERS[name](found, told, positions), name, found)


def many(transcript: Transcript) -> bool:
    """Return whether a transcript has more than one voice."""
    from dgnb.views.voices import voices  # noqa: PLC0415

    return len(voices(transcript)[0]) > 1


def stamp(seconds: float, mark: str = ".") -> str:
    """Return a time as captions have it; hours may have more than two digits.

    Examples
    --------
    >>> stamp(3.25), stamp(100 * 3600 + 61.0, ",")
    ('00:00:03.250', '100:01:01,000')
    """
    whole, ms = divmod(round(1000 * seconds), 1000)
    minutes, second = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}{mark}{ms:03}"


def srt(found: Sequence[Cue], speakers: bool = False, positions: bool = False) -> str:
    """Return cues as SubRip. It has no escapes; only an arrow, which would begin a cue, is changed."""
    blocks = (
        f"{number}\n{stamp(cue.start, ',')} --> {stamp(cue.end, ',')}\n{cue.text.replace('-->', '->')}\n"
        for number, cue in enumerate(found, 1)
    )
    return "\n".join(blocks)


def vtt(found: Sequence[Cue], speakers: bool = False, positions: bool = False) -> str:
    """Return cues as WebVTT."""
    places = _places(found) if positions else {}
    blocks = (f"{number}\n{_block(cue, speakers, places)}" for number, cue in enumerate(found, 1))
    return "\n".join(["WEBVTT\n", *blocks])


def _block(cue: Cue, speakers: bool, places: dict[Voice, float]) -> str:
    name = to_markup(label(cue.voice), quote=False)
    voice = f"<v {name}>" if speakers and name else ""
    place = f" position:{places[cue.voice]:.0%}" if cue.voice in places else ""
    text = to_markup(cue.text, quote=False)
    return f"{stamp(cue.start)} --> {stamp(cue.end)}{place}\n{voice}{text}\n"


def _places(found: Sequence[Cue]) -> dict[Voice, float]:
    """Give where on the line each voice stands [0, 1]; a single one stays in the middle."""
    known = sorted({cue.voice for cue in found}, key=lambda voice: (voice.channel, voice.speaker))
    return {voice: (at + 0.5) / len(known) for at, voice in enumerate(known)} if len(known) > 1 else {}


def ttml(found: Sequence[Cue], speakers: bool = False, positions: bool = False) -> str:
    """Return cues as TTML 1."""
    ElementTree.register_namespace("", _TT)
    root = ElementTree.Element(f"{{{_TT}}}tt", {"{http://www.w3.org/XML/1998/namespace}lang": ""})
    body = ElementTree.SubElement(ElementTree.SubElement(root, f"{{{_TT}}}body"), f"{{{_TT}}}div")
    for cue in found:
        times = {"begin": stamp(cue.start), "end": stamp(cue.end)}
        line = ElementTree.SubElement(body, f"{{{_TT}}}p", times)
        line.text = cue.lines[0]
        for text in cue.lines[1:]:
            ElementTree.SubElement(line, f"{{{_TT}}}br").tail = text
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def ass(found: Sequence[Cue], speakers: bool = False, positions: bool = False) -> str:
    """Return cues as Advanced SubStation Alpha; a style for each voice, in its colour.

    Raises
    ------
    OptionError
        A cue is later than 9:59:59, where the format ends.
    """
    try:
        import pysubs2  # noqa: PLC0415 - an extra
    except ImportError as missing:
        raise MissingExtra("Captions as ASS", "captions") from missing
    if found and found[-1].end >= 10 * 3600:
        raise OptionError("ASS has no times from 10 h on; use srt, vtt or ttml.", "kind")
    file, places = pysubs2.SSAFile(), _places(found) if positions else {}
    for cue in found:
        # Downwards, so that what does not overlap in milliseconds does not overlap in hundredths.
        start, end = (10 * int(100 * time + 1e-6) for time in (cue.start, cue.end))
        name = label(cue.voice) if speakers else ""
        place = f"{{\\an{1 + min(int(3 * places[cue.voice]), 2)}}}" if cue.voice in places else ""
        file.append(
            pysubs2.SSAEvent(start, end, text=place + _spelled(cue.lines), name=name.replace(",", " "))
        )
        if name:
            file[-1].style = style = f"Voice {cue.voice.channel}.{cue.voice.speaker}"
            red, green, blue = bytes.fromhex(cue.voice.colour.removeprefix("#"))
            file.styles[style] = pysubs2.SSAStyle(primarycolor=pysubs2.Color(red, green, blue))
    return file.to_string("ass")


def _spelled(lines: Sequence[str]) -> str:
    """Give lines as ASS has them: braces and the backslash are commands there, without an escape."""
    table = str.maketrans({"{": "｛", "}": "｝", "\\": "＼"})  # noqa: RUF001 - the wide ones are meant
    return r"\N".join(line.translate(table) for line in lines)


WRITERS: dict[str, Callable[[Sequence[Cue], bool, bool], str]] = {
    "srt": srt,
    "vtt": vtt,
    "ass": ass,
    "ttml": ttml,
}
"""What writes each kind of file."""
