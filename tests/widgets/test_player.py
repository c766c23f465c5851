"""The player without a browser: what a page is sent, and what it asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import comm
import numpy as np
import pytest
from comm.base_comm import BaseComm

from dgnb import BadRequest, Deepgram
from dgnb.live.speaking import SpeakSession
from dgnb.protocol.messages import fluxspeak
from dgnb.transport.loop import result, shared
from dgnb.views.decoding import decoded
from dgnb.widgets.player import SpeechPlayer

TEXT = "We walked along the river until it became dark. Nobody knows what will happen next year. "


class Sheet:
    """A page without a browser: it keeps what it is sent, with the bytes, and answers by hand."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        self._arrived = threading.Condition()

    def take(self, data: dict[str, Any], buffers: list[bytes]) -> None:
        with self._arrived:
            self.state |= data.get("state", {})
            if data.get("method") == "custom":
                content = json.loads(json.dumps(data["content"]))
                audio = b"".join(map(bytes, buffers))
                self.messages.append(content | {"audio": audio, "buffers": len(buffers)})
            self._arrived.notify_all()

    def wait(self, reached: Callable[[], Any]) -> Any:
        with self._arrived:
            assert self._arrived.wait_for(reached, 60), (self.state, self.messages[-3:])
            return reached()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["kind"] == kind]

    def say(self, player: SpeechPlayer, kind: str, **more: Any) -> None:
        content = {"kind": kind, **more}
        player.comm.handle_msg({"content": {"data": {"method": "custom", "content": content}}, "buffers": []})

    @property
    def samples(self) -> np.ndarray[Any, Any]:
        """What it has after all deltas, each put where it belongs."""
        found = bytearray()
        for message in self.of("audio"):
            assert message["start"] * 2 == len(found)
            found += message["audio"]
        return np.frombuffer(bytes(found), "<i2")


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Sheet:
    found = Sheet()

    class Comm(BaseComm):
        def publish_msg(
            self, _: str, data: Any = None, __: Any = None, buffers: Any = None, **more: Any
        ) -> None:
            found.take(data or {}, buffers or [])

    monkeypatch.setattr(comm, "create_comm", Comm)
    return found


@pytest.fixture
def talk(dg: Deepgram) -> Iterator[SpeakSession[Deepgram]]:
    with dg.speak.live() as running:
        yield running


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="linear16"),
        pytest.param({"encoding": "mulaw", "sample_rate": 8000}, id="mulaw"),
        pytest.param({"encoding": "alaw", "sample_rate": 16000}, id="alaw"),
        pytest.param({"model": "flux-alexis-en", "sample_rate": 48000}, id="Flux"),
    ],
)
def test_a_page_is_sent_every_sample_once_and_in_order(
    dg: Deepgram, sheet: Sheet, options: dict[str, Any]
) -> None:
    talk = dg.speak.live(**options)
    player = SpeechPlayer(talk)
    talk.say(TEXT)
    speech = talk.finish()
    sheet.wait(lambda: sheet.state["status"] == "ended")
    spoken = decoded(speech.audio, speech.content_type)
    assert np.array_equal(sheet.samples, spoken.samples)
    assert sheet.state["rate"] == player.rate == spoken.rate
    player.close()


def test_what_is_sent_does_not_grow_with_what_was_said(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    for number in range(6):
        talk.say(TEXT)
        talk.flush()
        sheet.wait(lambda number=number: sum(each["end"] is not None for each in sheet.of("text")) > number)
    for message in sheet.messages:
        content = {name: value for name, value in message.items() if name != "audio"}
        assert len(json.dumps(content)) < len(TEXT) + 150
    assert "".join(each["text"] for each in sheet.of("text")) == TEXT * 6
    player.close()


def test_a_page_that_comes_late_is_sent_what_it_lacks(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    talk.say(TEXT)
    talk.flush()
    sheet.wait(lambda: any(each["end"] == len(sheet.samples) > 0 for each in sheet.of("text")))
    for page, size in (("one", 0), ("other", 1000), ("one", 0)):
        before = len(sheet.of("snapshot"))
        sheet.say(player, "ready", page=page, size=size)
        (told,) = sheet.wait(lambda before=before: sheet.of("snapshot")[before:])
        assert (told["to"], told["start"]) == (page, size)
        assert told["audio"] == sheet.samples[size:].tobytes()
        # Only one page plays by itself.
        assert told["late"] == (page == "other")
    (stretch,) = told["stretches"]
    assert stretch == {"text": TEXT, "start": 0, "end": len(sheet.samples), "cut": False}
    player.close()


def test_large_audio_comes_in_several_buffers(dg: Deepgram, sheet: Sheet) -> None:
    talk = dg.speak.live(sample_rate=48000)
    player = SpeechPlayer(talk)
    talk.say(TEXT * 3)
    talk.finish()
    sheet.wait(lambda: sheet.state["status"] == "ended")
    sheet.say(player, "ready", page="one", size=0)
    (told,) = sheet.wait(lambda: sheet.of("snapshot"))
    assert told["buffers"] == -(-len(told["audio"]) // 1_000_000) > 1
    player.close()


def test_python_has_the_same_controls(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    player.play()
    player.pause()
    player.seek(1.5)
    asked = [{"kind": each["kind"], "time": each.get("time")} for each in sheet.messages[-3:]]
    assert asked == [
        {"kind": "play", "time": None},
        {"kind": "pause", "time": None},
        {"kind": "seek", "time": 1.5},
    ]
    player.close()


@pytest.mark.parametrize("by", ["page", "Python"])
@pytest.mark.parametrize("model", ["aura-2-thalia-en", "flux-alexis-en"])
def test_stop_ends_the_synthesis_and_new_speech_goes_on_after_it(
    dg: Deepgram, sheet: Sheet, by: str, model: str
) -> None:
    with dg.speak.live(model=model) as talk:
        player = SpeechPlayer(talk)
        talk.say(TEXT * 6)
        talk.flush()
        sheet.wait(lambda: len(sheet.samples) > 0)
        if by == "page":
            sheet.say(player, "stop", time=0.25)
        else:
            sheet.say(player, "report", state="playing", time=0.25)
            player.stop()
            assert sheet.of("stop")
        (edge,) = sheet.wait(lambda: sheet.of("edge"))
        sheet.wait(lambda: any(each["cut"] for each in sheet.of("text")) or talk._dialogue.idle)
        assert edge["at"] == len(sheet.samples)
        talk.say("It goes on.")
        talk.finish()
        sheet.wait(lambda: sheet.state["status"] == "ended")
        assert len(sheet.samples) > edge["at"]
        player.close()


def test_a_voice_of_flux_is_told_how_much_was_heard(
    dg: Deepgram, sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dg.speak.live(model="flux-alexis-en") as talk:
        asked: list[Any] = []
        ask = talk._dialogue.ask
        monkeypatch.setattr(talk._dialogue, "ask", lambda message: (asked.append(message), ask(message))[1])
        player = SpeechPlayer(talk)
        talk.say(TEXT)
        sheet.wait(lambda: len(sheet.samples) > 0)
        sheet.say(player, "stop", time=0.25)
        sheet.wait(lambda: sheet.of("edge"))
        assert asked == [fluxspeak.Interrupt(playback_offset=fluxspeak.PlaybackOffset(value=250))]
        player.close()


def test_what_a_page_reports_can_be_observed(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    seen: list[Any] = []
    player.observe(lambda change: seen.append((change["name"], change["new"])), ["playing", "time", "lead"])
    sheet.say(player, "report", state="playing", time=0.5)
    sheet.say(player, "sound", lead=0.06, silence=0.02)
    sheet.say(player, "report", state="paused", time=0.75)
    assert seen == [("time", 0.5), ("playing", True), ("lead", 0.06), ("time", 0.75), ("playing", False)]
    assert player.first_sound is None
    talk.say(TEXT)
    talk.flush()
    sheet.wait(lambda: sheet.state["latency"] is not None)
    assert player.first_sound == pytest.approx(player.latency + 0.08)
    first = next(record for record in talk.records if record.latency is not None)
    assert player.latency == first.latency
    player.close()


def test_an_error_is_told_and_nothing_is_played(dg: Deepgram, sheet: Sheet) -> None:
    talk = dg.speak.live(model="aura-2-nobody-en")
    player = SpeechPlayer(talk)
    with pytest.raises(BadRequest):
        talk.wait()
    sheet.wait(lambda: sheet.state["status"] == "failed")
    assert player.error
    assert sheet.state["error"] == player.error
    assert sheet.of("audio") == []
    player.close()


def test_a_player_that_is_closed_leaves_the_session_alone(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    player.close()
    sent = len(sheet.messages)
    talk.say(TEXT)
    assert talk.finish().duration > 1
    assert len(sheet.messages) == sent
    assert player._sounding._tell not in talk._waiting


def test_it_is_left_when_it_has_been_heard(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    over = shared().submit(player.over())
    sheet.say(player, "report", state="playing", time=0.5)
    result(shared().submit(_turn()))
    assert not over.done()
    sheet.say(player, "report", state="played", time=1.0)
    result(over, 60)
    player.close()


def test_it_is_left_when_an_ended_session_is_stopped(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    talk.say("Hello.")
    talk.finish()
    sheet.say(player, "report", state="paused", time=0.0)
    over = shared().submit(player.over())
    result(shared().submit(_turn()))
    assert not over.done()
    sheet.say(player, "stop", time=0.5)
    result(over, 60)
    player.close()


async def _turn() -> None:
    """One turn of dgnb's loop."""


def test_half_a_sample_waits_for_its_other_half(talk: SpeakSession[Deepgram], sheet: Sheet) -> None:
    player = SpeechPlayer(talk)
    dialogue, loop = talk._dialogue, shared()
    audio = np.arange(1, 101, dtype="<i2").tobytes()

    async def hear() -> None:
        for piece in (audio[:7], audio[7:50], audio[50:]):
            dialogue.hear_audio(piece, loop.loop.time())
            player._sounding.send()

    result(loop.submit(hear()))
    assert [len(each["audio"]) % 2 for each in sheet.of("audio")] == [0, 0, 0]
    assert sheet.samples.tolist() == list(range(1, 101))
    player.close()
