"""``listen.live`` over the sandbox: one vocabulary, whoever waits for it and however."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dgnb
from dgnb import AsyncDeepgram, Deepgram, LiveError, OptionError, TimedOut, Transcript
from dgnb.audio.samples import wav
from dgnb.protocol.messages import listen
from dgnb.sandbox import Server
from dgnb.transport import socket as transport
from tests.live.conftest import SENTENCES, Leftovers, spoken

PACE = 50.0
RATE = 16_000


@pytest.fixture(scope="module")
def speech() -> Any:
    return spoken(*SENTENCES[:3])


@pytest.fixture(scope="module")
def recorded(server: Server, speech: Any) -> Transcript:
    """The same as a recording."""
    with Deepgram("key", base_url=server.url) as client:
        return client.listen((speech, RATE), model="nova-3")


def chunks(samples: Any, size: int = 1000) -> Iterator[bytes]:
    raw = samples.tobytes()
    yield from (raw[start : start + size] for start in range(0, len(raw), size))


def test_live_and_recorded_speech_read_alike(dg: Deepgram, speech: Any, recorded: Transcript) -> None:
    live = dg.listen.live((speech, RATE), model="nova-3", pace=PACE)
    found = live.wait()
    assert found.text == recorded.text
    assert found.words[["word", "start", "end"]].equals(recorded.words[["word", "start", "end"]])
    assert found.duration == pytest.approx(recorded.duration, abs=1e-3)
    assert found.sandbox
    assert live.request_id == found.request_id != ""
    assert (live.status, live.error, live.running) == ("ended", None, False)


def test_formatting_is_that_of_recorded_speech_within_each_utterance(dg: Deepgram, speech: Any) -> None:
    found = dg.listen.live((speech, RATE), model="nova-3", smart_format=True, pace=PACE).wait()
    assert "$45" in found.text
    assert found.text[0].isupper()


@pytest.mark.parametrize("kind", ["path", "bytes", "iterator", "queue", "file"])
def test_any_source_will_do(
    dg: Deepgram, speech: Any, recorded: Transcript, kind: str, tmp_path: Path
) -> None:
    file, raw = wav(speech, RATE), {}
    path = tmp_path / "speech.wav"
    path.write_bytes(file)
    source: Any = {"path": path, "bytes": file, "file": BytesIO(file)}.get(kind)
    if source is None:
        raw = {"encoding": "linear16", "sample_rate": RATE}
        source = chunks(speech)
    if kind == "queue":
        waiting: queue.Queue[bytes | None] = queue.Queue()
        for piece in [*source, None]:
            waiting.put(piece)
        source = waiting
    assert dg.listen.live(source, model="nova-3", pace=PACE, **raw).wait().text == recorded.text


def test_iterating_gives_every_event_from_the_first_on(dg: Deepgram, speech: Any) -> None:
    live = dg.listen.live(
        (speech, RATE),
        model="nova-3",
        pace=10.0,
        interim_results=True,
        vad_events=True,
        utterance_end_ms=1000,
    )
    begun = time.monotonic()
    live.wait()
    took = time.monotonic() - begun
    events = list(live)
    kinds = [event.type for event in events]
    assert (kinds[0], kinds[-2:]) == ("Opened", ["Metadata", "Ended"])
    assert {"SpeechStarted", "Results"} <= set(kinds)
    results = [event for event in events if isinstance(event, listen.Results)]
    assert {result.is_final for result in results} == {True, False}
    assert list(live.events["type"]) == kinds
    assert live.events.query("type == 'Results'")["latency"].between(0, took).all()


def test_it_can_be_read_while_it_runs(dg: Deepgram, speech: Any) -> None:
    parts: queue.Queue[bytes | None] = queue.Queue()
    raw = {"encoding": "linear16", "sample_rate": RATE}
    with dg.listen.live(parts, model="nova-3", interim_results=True, pace=PACE, **raw) as live:
        said = list(chunks(speech))
        for piece in said[:72]:  # in the middle of the first sentence
            parts.put(piece)
        for event in live:
            if isinstance(event, listen.Results) and not event.is_final and live.interim:
                break
        assert live.status == "live"
        assert live.interim
        assert "listen.live" in repr(live)
        for piece in said[72:]:
            parts.put(piece)
        for event in live:
            if isinstance(event, listen.Results) and event.is_final:
                break
        assert live.text
        assert len(live.words) == len(live.text.split())
    assert live.status == "ended"


def test_stopping_in_mid_word_loses_no_word_that_was_said(
    dg: Deepgram, server: Server, speech: Any, leftovers: Leftovers
) -> None:
    halted = threading.Event()

    def talking() -> Iterator[bytes]:
        yield from itertools.islice(chunks(speech), 0, 64)  # 2 s, in the middle of a word
        halted.set()
        threading.Event().wait()  # and then it says nothing, for ever

    live = dg.listen.live(talking(), encoding="linear16", sample_rate=RATE, model="nova-3", pace=PACE)
    assert halted.wait(60)
    found = live.stop(timeout=120.0)
    # What blocks in the caller's own code cannot be ended; it ends with the process.
    assert [left for left in leftovers.found() if left != "dgnb audio"] == []
    whole = dg.listen((speech[: 2 * RATE], RATE), model="nova-3")
    assert found.text == whole.text != ""
    assert found.duration == 2.0


def test_a_stop_does_not_wait_for_a_minute_that_was_given_at_once(
    dg: Deepgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LATE", 0.5)
    parts: queue.Queue[bytes | None] = queue.Queue()
    parts.put(bytes(60 * 2 * RATE))
    with dg.listen.live(parts, encoding="linear16", sample_rate=RATE, model="nova-3") as live:
        assert next(iter(live)).type == "Opened"
    assert 0.5 < live.duration < 30


def test_what_was_heard_can_be_had_as_final_at_once(dg: Deepgram, speech: Any) -> None:
    parts: queue.Queue[bytes | None] = queue.Queue()
    live = dg.listen.live(
        parts, encoding="linear16", sample_rate=RATE, model="nova-3", pace=PACE, interim_results=True
    )
    for piece in itertools.islice(chunks(speech), 0, 72):
        parts.put(piece)
    for event in live:
        if isinstance(event, listen.Results) and event.duration >= 2:
            break
    assert live.text == ""
    so_far = live.finalize(timeout=60)
    assert so_far.text == live.text != ""
    parts.put(None)
    live.wait()


def test_keyterms_and_features_change_in_a_running_session_and_outlive_a_connection(
    dg: Deepgram, server: Server, speech: Any
) -> None:
    server.faults = "drop@4.5s"
    parts: queue.Queue[bytes | None] = queue.Queue()
    live = dg.listen.live(parts, encoding="linear16", sample_rate=RATE, model="nova-3", pace=PACE)
    consent = live.configure(keyterms=["concert"], features={"numerals": True})
    assert consent.keyterms == ["concert"]
    for piece in [*chunks(speech), None]:
        parts.put(piece)
    assert "45" in live.wait().text
    assert live.events["type"].value_counts()["Opened"] == 2


def test_a_change_that_is_refused_is_told_and_changes_nothing(dg: Deepgram, speech: Any) -> None:
    with dg.listen.live((speech, RATE), model="nova-2", pace=1.0) as live:
        with pytest.raises(LiveError, match="CONFIGURE_KEYTERMS_NOT_SUPPORTED") as caught:
            live.configure(keyterms=["concert"])
        assert caught.value.reason == "CONFIGURE_KEYTERMS_NOT_SUPPORTED"
        assert live.running


def test_channels_are_heard_apart(dg: Deepgram) -> None:
    left, right = spoken(SENTENCES[1]), spoken(SENTENCES[3], voice="klatt")
    both = np.zeros((max(len(left), len(right)), 2), np.int16)
    both[: len(left), 0], both[: len(right), 1] = left, right
    found = dg.listen.live((both, RATE), model="nova-3", multichannel=True, pace=PACE).wait()
    recorded = dg.listen((both, RATE), model="nova-3", multichannel=True)
    assert [one.transcript for one in found.best] == [one.transcript for one in recorded.best]
    assert set(found.utterances["channel"]) == {0, 1}


def test_speakers_keep_their_numbers_over_connections(dg: Deepgram, server: Server) -> None:
    turns = [
        spoken(SENTENCES[at], voice=voice) for at, voice in enumerate(["edward", "fay", "edward", "fay"])
    ]
    samples = np.concatenate(turns)
    asked: dict[str, Any] = {"model": "nova-3", "diarize": True, "pace": PACE}
    whole = dg.listen.live((samples, RATE), **asked).wait()
    assert whole.speakers == [0, 1]
    # The second connection would hear the second speaker first, and call him 0.
    server.faults = f"drop@{len(turns[0]) / RATE + 1.5:.2f}s"
    broken = dg.listen.live((samples, RATE), **asked).wait()
    assert broken.words[["word", "speaker"]].equals(whole.words[["word", "speaker"]])


def test_the_audio_is_kept_on_request_only(dg: Deepgram, speech: Any) -> None:
    live = dg.listen.live((speech, RATE), model="nova-3", pace=PACE, keep_audio=True)
    live.wait()
    assert (live.audio.samples == speech).all()
    assert live.audio.rate == RATE
    other = dg.listen.live((speech[:RATE], RATE), model="nova-3", pace=PACE)
    other.wait()
    with pytest.raises(LiveError, match="keep_audio=True"):
        _ = other.audio


def test_a_source_that_fails_leaves_what_it_gave(dg: Deepgram, speech: Any) -> None:
    def failing() -> Iterator[bytes]:
        yield from itertools.islice(chunks(speech), 0, 130)
        raise ZeroDivisionError("the source broke")

    live = dg.listen.live(failing(), encoding="linear16", sample_rate=RATE, model="nova-3", pace=PACE)
    with pytest.raises(ZeroDivisionError, match="the source broke"):
        live.wait()
    assert len(live.text.split()) > 5
    assert live.status == "failed"


def test_waiting_for_too_short_a_time_leaves_it_running(dg: Deepgram, speech: Any) -> None:
    with dg.listen.live((speech, RATE), model="nova-3", pace=1.0) as live:
        with pytest.raises(TimedOut, match="goes on"):
            live.wait(timeout=0.05)
        assert live.running


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"model": "flux-general-en"}, "flux.live"),
    ({"utterance_end_ms": 1000}, "interim_results=True"),
    ({"endpointing": True}, "False"),
    ({"model": "nova-2", "keyterm": "x"}, "nova-3"),
    ({"pace": 0}, "more than 0"),
    ({"retries": -1}, "0 or more"),
]


@pytest.mark.parametrize(("options", "fix"), WRONG, ids=[str(options) for options, _ in WRONG])
def test_what_cannot_be_right_is_refused_before_anything_is_opened(
    dg: Deepgram, options: dict[str, Any], fix: str
) -> None:
    with pytest.raises(OptionError, match=fix):
        dg.listen.live((np.zeros(100), RATE), **options)


def test_a_refused_handshake_tells_why_and_which_request_it_was(dg: Deepgram) -> None:
    live = dg.listen.live((np.zeros(RATE), RATE), model="nova-9")
    with pytest.raises(dgnb.BadRequest, match="No such model") as caught:
        live.wait()
    assert caught.value.request_id
    assert "Did you mean 'nova-3'?" in caught.value.hint
    assert live.status == "failed"
    assert "No such model" in live.events.query("type == 'Ended'")["detail"].item()


def test_the_asynchronous_client_has_the_same_awaited(
    server: Server, speech: Any, recorded: Transcript
) -> None:
    async def talking() -> AsyncIterator[bytes]:
        for piece in chunks(speech):
            yield piece
            await asyncio.sleep(0)

    async def main() -> tuple[list[str], Transcript, str]:
        raw = {"encoding": "linear16", "sample_rate": RATE}
        async with AsyncDeepgram("key", base_url=server.url) as dg:
            live = dg.listen.live(talking(), model="nova-3", pace=PACE, interim_results=True, **raw)
            finals = [event async for event in live if isinstance(event, listen.Results) and event.is_final]
            async with dg.listen.live((speech, RATE), model="nova-3", pace=1.0) as other:
                await other.finalize()
            words = [word.word for each in finals for word in each.channel.alternatives[0].words]
            return words, await live.wait(), other.status

    words, transcript, status = asyncio.run(main())
    assert words == recorded.text.split()
    assert transcript.text == recorded.text
    assert status == "ended"
