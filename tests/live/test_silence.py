"""A long silence ends no session: a source may give nothing for longer than the service waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.protocol.limits import FRAME, IDLE
from dgnb.sandbox import serve
from tests.live.conftest import SENTENCES, spoken

RATE = 16_000

SILENCE = 25.0
"""More than twice what the service waits [s]."""

WAITING = 60.0
"""How long the rest may take [s]."""


@pytest.fixture(scope="module")
def dg() -> Iterator[Deepgram]:
    with serve() as server, Deepgram("key", base_url=server.url) as client:
        yield client


def test_all_four_sessions_live_through_a_long_silence_on_one_connection(dg: Deepgram) -> None:
    """One test for all, since it takes its time: they are silent together."""
    before, after = spoken(SENTENCES[1]), spoken(SENTENCES[3])
    resumed = threading.Event()
    assert SILENCE > 2 * IDLE

    def source() -> Iterator[bytes]:
        yield before.tobytes()
        resumed.wait()
        yield after.tobytes()

    raw: dict[str, Any] = {"encoding": "linear16", "sample_rate": RATE}
    recorded = dg.listen((np.concatenate([before, after]), RATE), model="nova-3")
    heard = dg.listen.live(source(), model="nova-3", **raw)
    talk = dg.flux.live(source(), **raw)
    voices = [dg.speak.live(model=model) for model in ("aura-2-thalia-en", "flux-alexis-en")]
    for voice in voices:
        voice.say(SENTENCES[1])
        voice.flush()

    assert not resumed.wait(SILENCE)
    sessions = [heard, talk, *voices]
    assert [session.status for session in sessions] == ["live"] * 4
    ended = len(talk.turns)
    said = [voice.duration for voice in voices]
    resumed.set()
    for voice in voices:
        voice.say(SENTENCES[3])
        assert voice.finish(timeout=WAITING).text == SENTENCES[1] + SENTENCES[3]

    words = heard.wait(timeout=WAITING).words
    assert words[["word", "start", "end"]].equals(recorded.words[["word", "start", "end"]])
    turns = talk.wait(timeout=WAITING).utterances
    assert ended == 1
    assert len(turns) == 2
    # The silence that stood in for the source takes none of its time either.
    start, end = len(before) / RATE, (len(before) + len(after)) / RATE
    assert turns["end"].iloc[0] < start + FRAME
    assert start - FRAME < turns["start"].iloc[1] < turns["end"].iloc[1] < end + FRAME
    assert all(voice.duration > 1.5 * length > 0 for voice, length in zip(voices, said, strict=True))
    for session in sessions:
        kinds = [record.notice.type for record in session.records if record.notice]
        assert (kinds.count("Opened"), kinds.count("Lost"), kinds.count("Gap")) == (1, 0, 0)
