"""``speak.live`` over the sandbox: text in, audio out while it is made."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from dgnb import AsyncDeepgram, Deepgram, OptionError
from dgnb.live.speaking import SpeakSession
from dgnb.sandbox import Server
from tests.live.conftest import Leftovers

TEXT = "Good morning. The train to the city leaves at eight. Please do not forget your ticket."
VOICES = ["aura-2-thalia-en", "flux-alexis-en"]


def talking(dg: Deepgram, model: str) -> SpeakSession[Deepgram]:
    return dg.speak.live(model=model, encoding="linear16", sample_rate=16_000)


def told(talk: SpeakSession[Deepgram], kind: str) -> threading.Event:
    """An event for the first message of a kind."""
    event = threading.Event()
    talk.observe(lambda session: event.set() if session.events["type"].eq(kind).any() else None)
    return event


@pytest.mark.parametrize("model", VOICES)
def test_what_is_said_comes_as_pieces_and_as_one_speech(
    dg: Deepgram, model: str, leftovers: Leftovers
) -> None:
    talk = talking(dg, model)
    talk.say(TEXT)
    talk.flush()
    pieces = iter(talk)
    first = next(pieces)
    speech = talk.finish()
    assert first + b"".join(pieces) == speech.audio
    assert (speech.text, speech.model, speech.content_type) == (TEXT, model, "audio/l16;rate=16000")
    assert speech.sandbox
    assert speech.duration > 4
    assert np.abs(speech.samples).max() > 1000
    assert talk.events.query("type == 'Audio'")["end"].iloc[-1] == pytest.approx(speech.duration, abs=1e-3)
    assert leftovers.found() == []


@pytest.mark.parametrize("model", VOICES)
def test_words_that_come_one_by_one_sound_like_the_whole(dg: Deepgram, model: str) -> None:
    whole = talking(dg, model)
    whole.say(TEXT)
    parted = talking(dg, model)
    for word in TEXT.split(" "):
        parted.say(word + " ")
    assert parted.finish().audio == whole.finish().audio


def test_the_speech_is_what_the_text_says(dg: Deepgram) -> None:
    with talking(dg, "aura-2-apollo-en") as talk:
        talk.say("I would like to order two tickets for the concert in London.")
        heard = dg.listen(talk.finish(), model="nova-3").text
    assert {"would", "like", "order", "two", "tickets"} <= set(heard.split())


def test_what_waits_is_spoken_after_a_pause(dg: Deepgram) -> None:
    with talking(dg, VOICES[0]) as talk:
        talk.say("Without an end")
        assert next(iter(talk))


@pytest.mark.parametrize("model", VOICES)
@pytest.mark.parametrize("script", ["drop@1.5s", "refuse*2", "drop@0.3s, drop@2s"])
def test_what_was_not_spoken_is_said_again_and_nothing_is_heard_twice(
    dg: Deepgram, server: Server, model: str, script: str
) -> None:
    with talking(dg, model) as whole:
        whole.say(TEXT)
        expected = whole.finish().audio
    server.faults = script
    with talking(dg, model) as talk:
        talk.say(TEXT)
        assert talk.finish().audio == expected


@pytest.mark.parametrize("model", VOICES)
def test_an_interruption_drops_what_was_to_follow(dg: Deepgram, model: str) -> None:
    with talking(dg, model) as talk:
        talk.say(TEXT * 3)
        talk.flush()
        next(iter(talk))
        talk.interrupt()
        so_far = talk.duration
        talk.say("Stop.")
        speech = talk.finish()
    assert speech.duration < so_far + 2


def test_a_flux_voice_tells_what_was_said_before_it_was_stopped(dg: Deepgram) -> None:
    with talking(dg, "flux-alexis-en") as talk:
        talk.say(TEXT)
        talk.flush()
        next(iter(talk))
        said = talk.interrupt(played=0.9)
        assert said
        assert TEXT.startswith(said.strip())
        assert len(said) < len(TEXT)


def test_a_flux_voice_changes_its_speed(dg: Deepgram) -> None:
    with talking(dg, "flux-alexis-en") as talk:
        talk.say("The train to the city leaves at eight.")
        spoken = told(talk, "Flushed")
        talk.flush()
        assert spoken.wait(60)
        usual = talk.duration
        assert talk.configure(speed=1.5).applied.speed == 1.5
        talk.say("The train to the city leaves at eight.")
        assert talk.finish().duration - usual < 0.85 * usual
        with pytest.raises(OptionError, match=r"0\.5 to 1\.5"):
            talk.configure(speed=3.0)


def test_too_much_text_slows_down_and_is_never_blindly_sent_again(dg: Deepgram, server: Server) -> None:
    server.faults = "close=1008:DATA-0001@0.5s"
    talk = talking(dg, VOICES[0])
    talk.say(TEXT)
    talk.flush()
    assert told(talk, "Lost").wait(60)
    assert talk.records[-1].content()["pause"] == 60.0
    assert talk.status == "reconnecting"
    with pytest.warns(UserWarning, match="is missing"):
        speech = talk.stop(timeout=0.1)
    assert 0 < speech.duration < 3


def test_a_refusal_is_no_audio(dg: Deepgram) -> None:
    talk = dg.speak.live(model="aura-2-nobody-en")
    talk.say("Hello.")
    with pytest.raises(Exception, match="No such model"):
        list(talk)
    assert talk.speech.audio == b""


WRONG = [
    ({"model": "thalia"}, "aura-2-thalia-en"),
    ({"encoding": "mp3"}, "linear16"),
    ({"encoding": "mulaw", "sample_rate": 24000}, "8000"),
    ({"expressivity": 1}, "Flux voice"),
    ({"model": "flux-alexis-en", "speed": 1.03}, r"0\.05"),
]


@pytest.mark.parametrize(("options", "fix"), WRONG, ids=[str(options) for options, _ in WRONG])
def test_what_cannot_be_right_is_refused_before_anything_is_opened(
    dg: Deepgram, options: dict[str, object], fix: str
) -> None:
    with pytest.raises(OptionError, match=fix):
        dg.speak.live(**options)


def test_only_text_can_be_said_and_nothing_after_the_end(dg: Deepgram) -> None:
    talk = talking(dg, VOICES[0])
    with pytest.raises(OptionError, match="text"):
        talk.say(7)  # type: ignore[arg-type]
    talk.finish()
    with pytest.raises(OptionError, match="finished"):
        talk.say("More.")


def test_the_asynchronous_client_has_the_same_awaited(server: Server) -> None:
    server.faults = ""

    async def main() -> tuple[int, bytes]:
        async with AsyncDeepgram("key", base_url=server.url) as dg, dg.speak.live(model=VOICES[0]) as talk:
            talk.say(TEXT)
            finishing = asyncio.ensure_future(talk.finish())
            size = sum([len(piece) async for piece in talk])
            return size, (await finishing).audio

    size, audio = asyncio.run(main())
    assert size == len(audio) > 100_000
