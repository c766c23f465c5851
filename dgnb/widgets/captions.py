"""Captions of what is being said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

from dgnb.live.listening import ListenSession
from dgnb.protocol.heard import Alternative, Word
from dgnb.protocol.messages import listen
from dgnb.sessions.records import Record
from dgnb.views import colours
from dgnb.views.passages import LONGEST
from dgnb.views.text import clean
from dgnb.views.voices import NOBODY, name, title
from dgnb.widgets.assets import css, esm
from dgnb.widgets.following import Content, Following, gap, parts, told

Voice = tuple[int | None, int | None]
"""A channel, where there are several, and a speaker, where they are told apart."""


class Captions(Following):
    """Captions of a session: what is final, and what is still provisional.

    Parameters
    ----------
    session : ListenSession

    Examples
    --------
    >>> import numpy as np
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg, dg.listen.live((np.zeros(8000), 16000)) as live:
    ...     captions = Captions(live)
    ...     _ = live.wait()
    >>> captions
    <Captions: ended, 0 words>
    """

    _esm = esm("captions")
    _css = css("captions")
    _session: ListenSession[Any]

    commands: ClassVar = Following.commands | {
        "finalize": lambda self, _: self._session._finalize(),
    }

    def __init__(self, session: ListenSession[Any]) -> None:
        self._pieces: list[Content] = []
        self._voices: dict[Voice, int] = {}
        self._last: Voice | None = None
        self._length = 0
        super().__init__(session, {"title": "Captions", "file": "captions"})

    def __repr__(self) -> str:
        return f"<Captions: {self._session.status}, {self._words} words>"

    def _all(self) -> Content:
        return {"add": self._pieces, "interim": self._interim(), "voices": self._palette()}

    def _news(self, fresh: Sequence[Record]) -> Content:
        before = len(self._voices)
        pieces = [piece for record in fresh for piece in self._told(record)]
        self._pieces += pieces
        news: Content = {"add": pieces, "interim": self._interim()}
        return news | ({"voices": self._palette()} if len(self._voices) > before else {})

    def _told(self, record: Record) -> Iterator[Content]:
        lost, event = gap(record), told(self._session, record)
        if lost is not None:
            self._last = None
            yield {"gap": lost}
        elif isinstance(event, listen.Results) and event.is_final:
            yield from self._final(event)
            if event.speech_final:
                self._last = None
        elif isinstance(event, listen.UtteranceEnd):
            self._last = None

    def _final(self, results: listen.Results) -> Iterator[Content]:
        self._sandbox |= results.metadata.model_info.arch == "sandbox"
        for voice, text, words in _runs(results):
            self._words += len(words) or len(text.split())
            self._length += len(words)
            fresh = voice != self._last or self._length > LONGEST
            if fresh:
                self._length = len(words)
            self._last = voice
            yield {
                "voice": self._voices.setdefault(voice, len(self._voices)),
                "start": words[0].start if words else results.start,
                "end": words[-1].end if words else results.start + results.duration,
                "parts": parts(text, words),
                "fresh": fresh,
            }

    def _interim(self) -> list[Content]:
        """What is provisional, which is never more than what one utterance has."""
        now = self._session._dialogue.interim
        found = [run for channel in sorted(now) for run in _runs(now[channel])]
        return [{"name": _called(voice), "text": clean(text)} for voice, text, _ in found]

    def _palette(self) -> list[Content]:
        found = self._voices.items()
        return [{"name": _called(voice), "colour": colours.voice(number)} for voice, number in found]


def _called(voice: Voice) -> str:
    who = name(*voice)
    return "" if who == NOBODY else title(who)


def _runs(results: listen.Results) -> Iterator[tuple[Voice, str, Sequence[Word]]]:
    """Give what each speaker says in results, in order."""
    channel = results.channel_index[0] if results.channel_index[1] > 1 else None
    for found in results.channel.alternatives[:1]:
        if found.transcript:
            yield from _spoken(channel, found)


def _spoken(channel: int | None, found: Alternative) -> Iterator[tuple[Voice, str, Sequence[Word]]]:
    runs = [(who, list(words)) for who, words in groupby(found.words, key=lambda word: word.speaker)]
    if len(runs) < 2:
        who, words = runs[0] if runs else (None, [])
        yield (channel, who), found.transcript, words
        return
    for who, words in runs:
        yield (channel, who), " ".join(word.text for word in words), words
