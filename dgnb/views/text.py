"""Plain text for a terminal, and foreign text made safe to show."""

from __future__ import annotations

import re
from textwrap import wrap

from dgnb.results import Transcript
from dgnb.views.columns import columns
from dgnb.views.voices import told_apart

_WIDTH, _LINES = 88, 8
"""How much of a text a summary shows."""

# Control characters, marks that turn the direction of what follows, and halves of a character. Marks
# without reach, such as the right-to-left mark that belongs to Hebrew and Arabic text, stay.
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    r"""Return text with a replacement character for each one that acts instead of being read.

    These are control characters, which drive a terminal, and embeddings,
    overrides and isolates, which turn the direction of the text around them.

    Examples
    --------
    >>> clean("red \x1b[31m, turned \u202e").split("\N{REPLACEMENT CHARACTER}")
    ['red ', '[31m, turned ', '']
    """
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def shorten(text: str, width: int) -> str:
    """Return text on one line of at most `width` characters, with an ellipsis when it is longer.

    Examples
    --------
    >>> shorten("one two three", 8)
    'one two…'
    """
    line = " ".join(clean(text).split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def cut(text: str, most: int) -> str:
    """Return a text as it is, or its first `most` characters and a mark that there are more.

    Examples
    --------
    >>> cut("one two three", 20), cut("one two three", 7)
    ('one two three', 'one two …')
    """
    return text if len(text) <= most else text[:most] + " …"


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> count(1, "word"), count(2000, "word")
    ('1 word', '2,000 words')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def clock(seconds: float, hours: bool = False) -> str:
    """Return a time as ``m:ss``, from an hour on, or with `hours`, as ``h:mm:ss``.

    Examples
    --------
    >>> clock(3.9), clock(3.9, hours=True), clock(3723.5)
    ('0:03', '0:00:03', '1:02:03')
    """
    minutes, second = divmod(int(seconds), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hours or hour else f"{minute}:{second:02}"


def models(transcript: Transcript) -> str:
    """Return the names of the models that took part, each once."""
    names = dict.fromkeys(model.name for model in transcript.metadata.model_info.values() if model.name)
    return shorten(", ".join(names), 60)


def summary(transcript: Transcript) -> str:
    """Return what a transcript is and how its text begins, in ten lines at most.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> words = [{"word": "hello", "start": 0, "end": 0.5}]
    >>> channels = [{"alternatives": [{"transcript": "Hello.", "words": words}]}]
    >>> print(summary(Transcript.from_json({"results": {"channels": channels}})))
    Transcript 0.0 s, 1 word
    Hello.
    """
    speakers = told_apart(transcript)
    facts = [
        f"Transcript {transcript.duration:,.1f} s",
        count(len(columns(transcript)), "word"),
        count(speakers, "speaker") if speakers else "",
        models(transcript),
    ]
    head = ", ".join(fact for fact in facts if fact) + (" (sandbox)" if transcript.sandbox else "")
    return "\n".join([head, *_beginning(transcript.text)])


def _beginning(text: str) -> list[str]:
    """Give the first lines of a text, as many for each channel."""
    channels = text.split("\n")[:_LINES]
    most = _LINES // len(channels)
    return [
        line
        for channel in channels
        for line in wrap(clean(channel[: 2 * _WIDTH * most]), _WIDTH, max_lines=most, placeholder=" …")
    ]
