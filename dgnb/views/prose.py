"""A transcript as a text to read: plain, or in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isnan

from dgnb.results import Transcript
from dgnb.views.passages import Passage, passages
from dgnb.views.text import clean, clock, count, models
from dgnb.views.voices import NOBODY, name, told_apart, voices

_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$]")
"""What has a meaning within a line of Markdown, or opens HTML or a formula."""

_BEGINS = re.compile(r"^(?=[#+\-=:]|\d+[.)])")
"""What has a meaning at the beginning of a line."""


def to_text(transcript: Transcript) -> str:
    """Return a transcript as plain text: a line for each passage, with its time and speaker.

    Examples
    --------
    >>> words = [{"word": "hello", "punctuated_word": "Hello.", "start": 3, "end": 4, "speaker": 0}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> call.to_text()
    '[0:03] speaker 0: Hello.'
    """
    lines = []
    for passage, who in _told(transcript):
        when = "" if isnan(passage.start) else f"[{clock(passage.start)}] "
        lines.append(when + (f"{who}: " if who else "") + _line(passage.text))
    return "\n".join(lines)


def to_markdown(transcript: Transcript) -> str:
    r"""Return a transcript in Markdown: what it is, its summary, and who said what when.

    What was said stays text: it is escaped.

    Examples
    --------
    >>> words = [{"word": "hello", "punctuated_word": "*Hello*", "start": 3, "end": 4, "speaker": 0}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> print(call.to_markdown().splitlines()[-1])
    **speaker 0** (0:03) \*Hello\*
    """
    facts = [clock(transcript.duration) if transcript.duration else "", models(transcript)]
    speakers = told_apart(transcript)
    facts += [count(speakers, "speaker") if speakers else "", "made by the sandbox" * transcript.sandbox]
    parts = ["# Transcript", ", ".join(escape(fact) for fact in facts if fact)]
    if transcript.summary:
        parts += ["## Summary", _begun(escape(_line(transcript.summary))), "## Text"]
    for passage, who in _told(transcript):
        when = "" if isnan(passage.start) else f"({clock(passage.start)}) "
        parts.append(_begun((f"**{escape(who)}** " if who else "") + when + escape(_line(passage.text))))
    return "\n\n".join(part for part in parts if part)


def escape(text: str) -> str:
    r"""Return text in Markdown that shows it, within a line.

    Examples
    --------
    >>> escape("*a* <b> $1 \\")
    '\\*a\\* \\<b\\> \\$1 &#92;'
    """
    # A backslash as its number: in a notebook two of them before a bracket open a formula.
    return _ACTIVE.sub(lambda found: "&#92;" if found[0] == "\\" else f"\\{found[0]}", text)


def _begun(line: str) -> str:
    """Return a line whose beginning has no meaning in Markdown."""
    return _BEGINS.sub("\N{ZERO WIDTH SPACE}", line)


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _told(transcript: Transcript) -> Iterator[tuple[Passage, str]]:
    """Give the passages, and who says them; empty when nobody was told apart."""
    many = len(transcript.results.channels) > 1
    known = {(voice.channel, voice.speaker): voice.name for voice in voices(transcript)[0]}
    for passage in passages(transcript):
        voice = passage.channel, -1 if passage.speaker is None else passage.speaker
        who = known.get(voice) or name(passage.channel if many else None, passage.speaker)
        yield passage, "" if who == NOBODY else _line(who)
