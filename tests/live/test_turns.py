"""``flux.live`` over the sandbox: turns as they end, and what may be changed meanwhile."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dgnb import AsyncDeepgram, Deepgram, LiveError, OptionError
from dgnb.protocol.messages import flux
from dgnb.sandbox import Server
from dgnb.sessions.turns import Turn
from tests.live.conftest import SENTENCES, Leftovers, spoken

PACE = 50.0
RATE = 16_000
RAW = {"encoding": "linear16", "sample_rate": RATE}


@pytest.fixture(scope="module")
def speech() -> Any:
    """Two sentences with a short pause between them are one turn, the third is another."""
    pauses = {SENTENCES[3]: 0.45, SENTENCES[1]: 1.6, SENTENCES[4]: 1.6}
    return np.concatenate([spoken(text, pause=pause) for text, pause in pauses.items()])


@pytest.fixture(scope="module")
def whole(server: Server, speech: Any) -> list[Turn]:
    """The turns of a run without faults."""
    with Deepgram("key", base_url=server.url) as dg:
        talk = dg.flux.live((speech, RATE), pace=PACE, eager_eot_threshold=0.4)
        talk.wait()
    return talk._dialogue.turns


def chunks(samples: Any, size: int = 1280) -> Iterator[bytes]:
    yield from (samples[start : start + size].tobytes() for start in range(0, len(samples), size))


def test_turns_are_told_with_their_words_and_times(dg: Deepgram, speech: Any, whole: list[Turn]) -> None:
    heard: queue.Queue[Turn] = queue.Queue()
    talk = dg.flux.live((speech, RATE), pace=PACE, eager_eot_threshold=0.4)
    talk.on_turn(heard.put)
    transcript = talk.wait()
    assert [heard.get(timeout=60) for _ in whole] == talk._dialogue.turns
    turns = talk.turns
    assert list(turns["turn"]) == [0, 1]
    assert set(turns["trigger"]) == {"model"}
    assert (turns["eager"] >= 1).all()
    assert turns["resumed"].iloc[0] == 1
    assert (turns["end"] > turns["start"]).all()
    assert (turns["latency"] > 0).all()
    assert transcript.utterances["text"].to_list() == turns["text"].to_list() == talk.text.split("\n")
    assert len(talk.words) == turns["num_words"].sum()


def test_events_follow_the_order_of_the_turn_machine(dg: Deepgram, speech: Any) -> None:
    talk = dg.flux.live((speech, RATE), pace=PACE, eager_eot_threshold=0.4)
    talk.wait()
    told = [event for event in talk if isinstance(event, flux.TurnInfo) and event.event != "Update"]
    first = [event.event for event in told if event.turn_index == 0]
    assert first[0] == "StartOfTurn"
    assert first[-2:] == ["EagerEndOfTurn", "EndOfTurn"]
    assert first.index("TurnResumed") == first.index("EagerEndOfTurn") + 1
    ends = {event.event: event.transcript for event in told if event.turn_index == 1}
    assert ends["EagerEndOfTurn"] == ends["EndOfTurn"]


@pytest.mark.parametrize("script", ["drop@2s", "drop@4s, drop@0.5s", "garbage@3s, refuse*2", "duplicate"])
def test_turns_survive_their_connections(
    server: Server, leftovers: Leftovers, speech: Any, whole: list[Turn], script: str
) -> None:
    server.faults = script
    with Deepgram("key", base_url=server.url) as dg:
        talk = dg.flux.live((speech, RATE), pace=PACE, eager_eot_threshold=0.4)
        talk.wait()
    assert [(turn.index, turn.text, turn.start, turn.end) for turn in talk._dialogue.turns] == [
        (turn.index, turn.text, turn.start, turn.end) for turn in whole
    ]
    assert leftovers.found() == []


def test_thresholds_change_in_a_running_session_and_outlive_a_connection(
    dg: Deepgram, server: Server, speech: Any
) -> None:
    server.faults = "drop@3s"
    parts: queue.Queue[bytes | None] = queue.Queue()
    talk = dg.flux.live(parts, pace=PACE, **RAW)
    consent = talk.configure(eot_threshold=0.9, eot_timeout_ms=6000)
    assert (consent.thresholds.eot_threshold, consent.thresholds.eot_timeout_ms) == (0.9, 6000)
    for piece in [*chunks(speech), None]:
        parts.put(piece)
    talk.wait()
    assert dict(talk._dialogue.query)["eot_threshold"] == "0.9"
    assert talk.events["type"].value_counts()["Opened"] == 2


def test_a_turn_can_be_ended_by_hand(dg: Deepgram, speech: Any) -> None:
    parts: queue.Queue[bytes | None] = queue.Queue()
    talk = dg.flux.live(parts, pace=PACE, eot_threshold=1.0, **RAW)
    with pytest.raises(LiveError, match="No turn"):
        talk.force_end_turn()
    for piece in chunks(spoken(SENTENCES[3], pause=0.1)):
        parts.put(piece)
    for event in talk:
        if isinstance(event, flux.TurnInfo) and event.event == "StartOfTurn":
            break
    turn = talk.force_end_turn()
    assert (turn.index, turn.trigger) == (0, "manual")
    parts.put(None)
    talk.wait()


def test_a_listener_may_be_slow_fail_or_be_a_coroutine(dg: Deepgram, speech: Any) -> None:
    seen: list[str] = []
    failed = threading.Event()
    hook, threading.excepthook = threading.excepthook, lambda _: failed.set()

    async def main(url: str) -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with AsyncDeepgram("key", base_url=url) as client:
            talk = client.flux.live((speech, RATE), pace=PACE)

            @talk.on_turn
            async def note(turn: Turn) -> None:
                assert asyncio.get_running_loop() is loop
                seen.append(turn.text)
                if len(seen) == 2:
                    done.set()

            talk.on_turn(lambda _: 1 / 0)
            await talk.wait()
            await asyncio.wait_for(done.wait(), 60)

    try:
        asyncio.run(main(dg._hosts.api))
        assert failed.wait(60)
    finally:
        threading.excepthook = hook
    assert len(seen) == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"model": "flux"}, "flux-general-en"),
    ({"model": "nova-3"}, "listen.live"),
    ({"language": "en"}, "flux-general-multi"),
    ({"smart_format": True}, "smart_format"),
    ({"language_hint": "es"}, "flux-general-multi"),
    ({"eot_threshold": 1.5}, "0.5 to 1"),
    ({"eot_threshold": 0.6, "eager_eot_threshold": 0.7}, "at most eot_threshold"),
]


@pytest.mark.parametrize(("options", "fix"), WRONG, ids=[str(options) for options, _ in WRONG])
def test_what_flux_refuses_is_refused_before_anything_is_opened(
    dg: Deepgram, options: dict[str, Any], fix: str
) -> None:
    with pytest.raises(OptionError, match=fix):
        dg.flux.live((np.zeros(100), RATE), **options)


def test_a_value_out_of_range_is_refused_while_it_runs(dg: Deepgram, speech: Any) -> None:
    with dg.flux.live((speech, RATE), pace=1.0) as talk, pytest.raises(OptionError, match="eot_threshold"):
        talk.configure(eot_threshold=0.2)


def test_the_early_end_cannot_be_moved_behind_the_end(dg: Deepgram, speech: Any) -> None:
    with dg.flux.live((speech, RATE), pace=1.0, eager_eot_threshold=0.7, eot_threshold=0.8) as talk:
        with pytest.raises(OptionError, match="at most eot_threshold"):
            talk.configure(eot_threshold=0.6)
        assert talk.configure(eot_threshold=0.7).thresholds.eot_threshold == 0.7
