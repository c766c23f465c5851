"""How a conversation went, in figures: who talks how much, how fast, and how the turns pass.

One row a voice, that is a speaker on a channel:

============== ========= ====== ======================================================
column         dtype     unit   what it holds
============== ========= ====== ======================================================
channel        int16
speaker        Int16            ``<NA>`` when nobody told them apart
name           string           what the voice is called in every view
talk           float64   s      time talked, pauses up to 0.8 s included
share          float64   [0, 1] of all voices' talk
turns          int64            see `dgnb.views.talk.turns`; "hm" while another talks is none
words          int64
pace           float64   1/min  words in a minute of talk
fillers        int64            "uh", "um"...; kept in a transcript with ``filler_words=True``
interruptions  int64            turns begun while another talked, who then lost the floor
overlap        float64   s      talked while another did
silence        float64   s      nobody talked after this voice did, until anybody did
wait           float64   s      from the end of another's turn to the beginning of one's own,
                                the median; negative when it began before that end
============== ========= ====== ======================================================
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dgnb.results import Transcript
from dgnb.views.columns import Numbers, columns
from dgnb.views.frames import STRING, table
from dgnb.views.talk import Indices, Stretches, Turns, crowd, stretches, turns
from dgnb.views.voices import voices

FILLERS = frozenset(
    {"uh", "uhh", "uhm", "erm", "hm", "hmm", "mm", "mmm", "äh", "ähm", "öh", "öhm", "euh", "ehm"}
)
"""Words that fill a pause: those of the service's ``filler_words``, and of some other languages."""

ENGLISH_FILLERS = frozenset({"um", "umm", "er"})
"""Further ones in English only: in German, Dutch or Portuguese they are words like any other."""

_SCHEMA = {
    "channel": "int16",
    "speaker": "Int16",
    "name": STRING,
    "talk": "float64",
    "share": "float64",
    "turns": "int64",
    "words": "int64",
    "pace": "float64",
    "fillers": "int64",
    "interruptions": "int64",
    "overlap": "float64",
    "silence": "float64",
    "wait": "float64",
}


def metrics(transcript: Transcript) -> pd.DataFrame:
    """Return one row a voice, see `dgnb.views.metrics`.

    Examples
    --------
    >>> words = [
    ...     {"word": "hello", "start": 0, "end": 3, "speaker": 0},
    ...     {"word": "hi", "start": 3.5, "end": 4.5, "speaker": 1},
    ... ]
    >>> call = Transcript.from_json({"results": {"channels": [{"alternatives": [{"words": words}]}]}})
    >>> metrics(call)[["name", "talk", "share", "wait"]].to_numpy().tolist()
    [['speaker 0', 3.0, 0.75, nan], ['speaker 1', 1.0, 0.25, 0.5]]
    """
    found, of_word = voices(transcript)
    said, many = stretches(transcript), len(found)
    passed = turns(said)
    talk = _sums(said.voice, said.end - said.start, many)
    words, fillers = _counts(of_word, many), _counts(of_word[_filling(transcript)], many)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, pace = talk / talk.sum(), words / talk * 60
    shared = crowd(said).seconds(2, said.start, said.end)
    rows = zip(
        [voice.channel for voice in found],
        [None if voice.speaker < 0 else voice.speaker for voice in found],
        [voice.name for voice in found],
        talk,
        share,
        _counts(passed.voice, many),
        words,
        np.where(talk > 0, pace, np.nan),
        fillers,
        _counts(passed.voice[passed.interrupting], many),
        _sums(said.voice, shared, many),
        _sums(*_silences(said, transcript.duration), many),
        _waits(passed, many),
        strict=True,
    )
    return table(_SCHEMA, list(rows))


def _counts(voice: Indices, many: int) -> Indices:
    return np.bincount(voice, minlength=many)


def _sums(voice: Indices, values: Numbers, many: int) -> Numbers:
    return np.bincount(voice, weights=values, minlength=many).astype(np.float64, copy=False)


def _filling(transcript: Transcript) -> Indices:
    words = columns(transcript).word
    english = transcript.language.lower()[:2] in ("", "en")
    known = FILLERS | ENGLISH_FILLERS if english else FILLERS
    return np.flatnonzero(np.fromiter((word.lower() in known for word in words), bool, len(words)))


def _silences(said: Stretches, duration: float) -> tuple[Indices, Numbers]:
    """Give after whom nobody talks, and for how long."""
    said = said.take(np.argsort(said.start, kind="stable"))
    if not len(said.start):
        return said.voice, said.start
    latest = np.maximum.accumulate(said.end)
    # Who talks last before a silence: the stretch that the latest end so far belongs to.
    whose = np.maximum.accumulate(np.where(said.end >= latest, np.arange(len(latest)), 0))
    quiet = np.append(said.start[1:], max(duration, float(latest[-1]))) - latest
    return said.voice[whose], np.maximum(quiet, 0)


def _waits(passed: Turns, many: int) -> Numbers:
    known = ~np.isnan(passed.wait)
    wait, voice = passed.wait[known], passed.voice[known]
    found = np.full(many, np.nan)
    for each in np.unique(voice):
        found[each] = np.median(wait[voice == each])
    return found
