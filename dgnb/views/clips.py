"""Parts of the audio by what is said in them: clips to hear, and spans that nobody is to hear."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dgnb.audio import clips
from dgnb.audio.clips import Span, Take
from dgnb.audio.origin import Origin, origin
from dgnb.audio.source import AudioLike
from dgnb.errors import AudioError, OptionError
from dgnb.lazy import load
from dgnb.results import Speech, Transcript
from dgnb.views import frames
from dgnb.views.columns import columns

REDACTED = re.compile(r"\[[A-Z][A-Z_]*_\d+\]", re.IGNORECASE)
"""What the service writes in the place of a redacted word: ``[PHONE_NUMBER_1]``."""

_WHICH = "words=call.words[3:9], speaker=0, topic='...', start=..., end=..."


class Part(NamedTuple):
    """Spans of the audio [s], and what is said in them."""

    spans: list[Span]
    text: str


def clip(  # noqa: PLR0913 - each is a way to say which part
    transcript: Transcript,
    words: Any = None,
    *,
    speaker: int | None = None,
    topic: str | None = None,
    start: float | None = None,
    end: float | None = None,
    audio: AudioLike = None,
    margin: float = 0.0,
) -> Speech:
    """Return the audio of a part of a transcript, as WAV.

    What is given narrows the part: ``speaker=1, end=60.0`` is what speaker 1 says in the first
    minute. Several stretches are joined. The samples of a WAV file stay as they are, whatever
    their width; a compressed file is decoded.

    Parameters
    ----------
    words : DataFrame, slice, or sequence of int, optional
        Rows of ``words``, a player's ``selection``, or of any table with start and end [s].
    speaker : int, optional
    topic : str, optional
        As in ``topics``.
    start, end : float, optional
        From when to when [s].
    audio : path, URL, bytes, Speech, or (array, rate), optional
        The recording; not needed where ``listen`` was called in this process, or a live session
        has kept its audio.
    margin : float, default 0.0
        What is added before and after each stretch [s].

    Returns
    -------
    Speech
        ``text`` is what is said in it.

    Raises
    ------
    OptionError
        Nothing is said by which part it is, or there is no such part.
    AudioError
        The recording is not known, or cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb.results import Transcript
    >>> call = Transcript()
    >>> sound = call.clip(start=0.25, end=0.5, audio=(np.arange(8000, dtype=np.int16), 8000))
    >>> sound.duration, int(sound.samples[0])
    (0.25, 2000)
    """
    part = _part(transcript, words, speaker, topic, start, end)
    if part is None:
        raise OptionError(f"Say which part of the audio: {_WHICH}.", "words")
    take = clips.cut(recording(transcript, audio), _wider(part.spans, margin))
    return Speech(take.wav(), "audio/wav", part.text)


def bleep(  # noqa: PLR0913 - each is a way to say which part
    transcript: Transcript,
    words: Any = None,
    *,
    speaker: int | None = None,
    topic: str | None = None,
    start: float | None = None,
    end: float | None = None,
    audio: AudioLike = None,
    margin: float = 0.05,
    pitch: float = 1000.0,
) -> Speech:
    """Return the whole audio with a tone in the place of a part; nothing of the part is left in it.

    Without a choice these are the words that the service has redacted. The tone is on all
    channels, for a voice may be heard on another's.

    Parameters
    ----------
    words, speaker, topic, start, end, audio
        As for ``clip``.
    margin : float, default 0.05
        What is covered before and after each stretch, too [s]: word times are not exact.
    pitch : float, default 1000.0
        Of the tone [Hz]; 0 is silence.

    Returns
    -------
    Speech
        ``text`` is that of the transcript.

    Raises
    ------
    OptionError
        There is no such part, or no redacted word.
    AudioError
        The recording is not known, or cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb.results import Transcript
    >>> loud = (np.full(8000, 5, np.int16), 8000)
    >>> sound = Transcript().bleep(start=0.5, end=1.0, audio=loud, margin=0, pitch=0)
    >>> sound.samples[[3999, 4000, 7999]].tolist()
    [5, 0, 0]
    """
    part = _part(transcript, words, speaker, topic, start, end) or _redacted(transcript)
    take = clips.cover(recording(transcript, audio), _wider(part.spans, margin), pitch)
    return Speech(take.wav(), "audio/wav", transcript.text)


def recording(transcript: Transcript, audio: AudioLike = None) -> Take:
    """Return the audio of a transcript: what is given, or what it was made from.

    Raises
    ------
    AudioError
        Neither is there.
    """
    found = heard(transcript, audio)
    if found is None:
        raise AudioError(
            "It is not known here what the transcript was made from: give the recording, audio='call.wav'."
        )
    return clips.read(found.source, found.said, load("dgnb.transport.http:download"))


def heard(transcript: Transcript, audio: AudioLike = None) -> Origin | None:
    """Return where the audio of a transcript is; a live session stands for the audio that it has kept."""
    found = origin(transcript) if audio is None else Origin(audio)
    kept = getattr(found.source, "audio", None) if found else None
    return Origin(kept) if isinstance(kept, Speech) else found


def _wider(spans: Iterable[Span], margin: float) -> list[Span]:
    if not (isfinite(margin) and margin >= 0):
        raise OptionError(f"A margin is a time from 0 on [s], not {margin!r}.", "margin")
    return [(start - margin, end + margin) for start, end in spans]


def _part(  # noqa: PLR0913, PLR0917 - each narrows it
    transcript: Transcript,
    words: Any,
    speaker: int | None,
    topic: str | None,
    start: float | None,
    end: float | None,
) -> Part | None:
    """Give what is chosen, ``None`` when nothing is."""
    since, until = 0.0 if start is None else start, inf if end is None else end
    if since >= until:
        raise OptionError(f"A part ends after it starts, not from {since} s to {until} s.", "end")
    chosen = _chosen(transcript, words, speaker, topic)
    found = columns(transcript)
    within = (found.end > since) & (found.start < until)
    if chosen is None:
        if start is None and end is None:
            return None
        last = end if end is not None else max(transcript.duration, float(np.max(found.end, initial=0)))
        return Part([(since, last)], _text(transcript, within))
    if isinstance(chosen, Part):
        spans = [(max(a, since), min(b, until)) for a, b in chosen.spans]
        return _checked(Part([span for span in spans if span[0] < span[1]], chosen.text))
    rows = chosen & within
    spans = [(max(a, since), min(b, until)) for a, b in _stretches(transcript, rows)]
    return _checked(Part(spans, _text(transcript, rows)))


def _checked(part: Part) -> Part:
    if not part.spans:
        raise OptionError("There is no such part: none of the words is chosen, or none has a time.", "words")
    return part


def _chosen(
    transcript: Transcript, words: Any, speaker: int | None, topic: str | None
) -> NDArray[np.bool_] | Part | None:
    """Give which words are chosen, spans of another table, or ``None`` when there is no choice."""
    if words is None and speaker is None and topic is None:
        return None
    rows = np.ones(len(columns(transcript)), bool)
    if words is not None:
        found = _rows(words, len(rows))
        if isinstance(found, Part):
            if speaker is not None or topic is not None:
                raise OptionError(
                    "A table of spans is a part by itself: leave speaker and topic out.", "words"
                )
            return found
        rows &= found
    if speaker is not None:
        rows &= columns(transcript).speaker == speaker
    if topic is not None:
        rows &= _about(transcript, topic)
    return rows


def _rows(words: Any, size: int) -> NDArray[np.bool_] | Part:
    if isinstance(words, pd.Series):
        words = words.to_frame().T
    if isinstance(words, pd.DataFrame) and "word" not in words:
        if not {"start", "end"} <= set(words):
            raise OptionError("A table of spans has the columns start and end [s].", "words")
        times = words[["start", "end"]].dropna().astype(float)
        text = " ".join(words["text"].dropna()) if "text" in words else ""
        return Part([(a, b) for a, b in times.itertuples(index=False)], text)
    rows = np.zeros(size, bool)
    index: Any = words.index.to_numpy() if isinstance(words, pd.DataFrame) else words
    try:
        rows[index if isinstance(index, slice) else np.asarray(index)] = True
    except (IndexError, ValueError, TypeError) as error:
        raise OptionError(f"These are no rows of the words: {error}. Try {_WHICH}.", "words") from error
    return rows


def _about(transcript: Transcript, topic: str) -> NDArray[np.bool_]:
    found = frames.topics(transcript)
    named = found[found["topic"].str.casefold() == topic.casefold()]
    if named.empty:
        there = ", ".join(sorted(set(found["topic"].dropna()))) or "none"
        raise OptionError(f"There is no topic '{topic}'; there are: {there}.", "topic")
    rows = np.zeros(len(columns(transcript)), bool)
    for first, last in named[["start_word", "end_word"]].itertuples(index=False):
        rows[first : last + 1] = True
    return rows


def _redacted(transcript: Transcript) -> Part:
    found = columns(transcript)
    hidden = [bool(REDACTED.search(text)) for text in found.text]
    if not any(hidden):
        raise OptionError(f"No word is redacted; say which part is to be covered: {_WHICH}.", "words")
    return _checked(Part(_stretches(transcript, np.array(hidden)), ""))


def _text(transcript: Transcript, rows: NDArray[np.bool_]) -> str:
    return " ".join(columns(transcript).text[rows])


def _stretches(transcript: Transcript, rows: NDArray[np.bool_]) -> list[Span]:
    """Give from when to when chosen words follow each other; those without a time are left out."""
    found = columns(transcript)
    here = np.flatnonzero(rows & np.isfinite(found.start) & np.isfinite(found.end))
    if not here.size:
        return []
    apart = (np.diff(here) > 1) | (np.diff(found.channel[here]) != 0)
    firsts = np.concatenate([[0], np.flatnonzero(apart) + 1])
    starts, ends = found.start[here], found.end[here]
    return list(
        zip(
            np.minimum.reduceat(starts, firsts).tolist(),
            np.maximum.reduceat(ends, firsts).tolist(),
            strict=True,
        )
    )
