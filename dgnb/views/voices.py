"""Who speaks: a voice is a speaker on a channel, with one name and one colour in every view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dgnb.results import Transcript
from dgnb.results.speakers import key
from dgnb.views import colours
from dgnb.views.columns import columns

_LONGEST = 80
"""Characters of a name."""

NOBODY = "speech"
"""What the only voice is called when speakers were not told apart."""


@dataclass(frozen=True)
class Voice:
    """A speaker on a channel; -1 is a speaker not known."""

    channel: int
    speaker: int
    name: str
    colour: str


def voices(transcript: Transcript) -> tuple[list[Voice], NDArray[np.intp]]:
    """Return the voices of a transcript, by channel and number, and the voice of each word.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> word = {"word": "hi", "start": 0, "end": 1}
    >>> words = [word | {"speaker": 1}, word | {"speaker": 0}]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> found, of_word = voices(call)
    >>> [voice.name for voice in found], of_word.tolist()
    (['speaker 0', 'speaker 1'], [1, 0])
    """
    words = columns(transcript)
    # An unknown speaker comes last in its channel: -1 is the highest number without a sign.
    code = words.channel.astype(np.int64) << 16 | words.speaker.astype(np.uint16)
    kinds, of_word = np.unique(code, return_inverse=True)
    channel, speaker = kinds >> 16, kinds.astype(np.uint16).astype(np.int16)
    many, told = len(transcript.results.channels) > 1, bool((speaker >= 0).any())
    given = transcript.metadata.speaker_names or {}

    def called(channel: int, speaker: int) -> str:
        # A name is somebody's text: views escape it as any other.
        known = given.get(key(channel, speaker if speaker >= 0 else None)) or ""
        usual = name(channel if many else None, speaker if told else None)
        return " ".join(known.split())[:_LONGEST] or usual

    found = [
        Voice(int(c), int(s), called(int(c), int(s)), colours.voice(number))
        for number, (c, s) in enumerate(zip(channel, speaker, strict=True))
    ]
    return found, of_word


def title(name: str) -> str:
    """Return a voice's name as it begins a line.

    Examples
    --------
    >>> title("speaker 1"), title("Ada von K.")
    ('Speaker 1', 'Ada von K.')
    """
    return name[:1].upper() + name[1:]


def told_apart(transcript: Transcript) -> int:
    """Return how many speakers were told apart; those of another channel are other speakers."""
    return sum(voice.speaker >= 0 for voice in voices(transcript)[0])


def name(channel: int | None, speaker: int | None) -> str:
    """Return what a voice is called; ``None`` stands for the only channel, and for speakers not told apart.

    Examples
    --------
    >>> name(None, 2), name(1, 0), name(1, None), name(None, None), name(None, -1)
    ('speaker 2', 'channel 1, speaker 0', 'channel 1', 'speech', 'speaker ?')
    """
    who = "" if speaker is None else "speaker ?" if speaker < 0 else f"speaker {speaker}"
    where = "" if channel is None else f"channel {channel}"
    return ", ".join(part for part in (where, who) if part) or NOBODY
