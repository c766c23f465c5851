"""The flow of ``/v1/speak`` and ``/v2/speak``, driven by hand."""

from __future__ import annotations

import json
import warnings
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb import errors
from dgnb.audio.samples import wav
from dgnb.operations import Reply, Request
from dgnb.operations.speaking import speak
from dgnb.protocol import routes
from dgnb.protocol.sentences import parts
from dgnb.results import Speech

LONG = "This is a sentence. " * 150
WAV = {"content-type": "audio/wav", "dg-char-count": "10", "dg-model-name": "m", "dg-model-uuid": "u"}


def spoken(flow: Generator[Request, Reply, Speech], *replies: Reply) -> Speech:
    next(flow)
    for reply in replies[:-1]:
        flow.send(reply)
    with pytest.raises(StopIteration) as stop:
        flow.send(replies[-1])
    found: Speech = stop.value.value
    return found


def text_of(request: Request) -> Any:
    assert isinstance(request.body, bytes)
    content = json.loads(request.body)
    assert content.keys() == {"text"}
    return content["text"]


def test_text_is_in_the_body_and_options_in_the_query() -> None:
    request = next(speak("Hello.", model="aura-2-thalia-en", encoding="mulaw", sample_rate=8000))
    assert request.route == routes.SPEAK
    assert request.query == (("model", "aura-2-thalia-en"), ("encoding", "mulaw"), ("sample_rate", "8000"))
    assert request.content_type == "application/json"
    assert text_of(request) == "Hello."


def test_the_voice_decides_on_the_endpoint() -> None:
    request = next(speak("Hello.", model="flux-kai-en", expressivity=-2, speed=1.15))
    assert request.route == routes.SPEAK_FLUX
    assert request.query == (("model", "flux-kai-en"), ("expressivity", "-2"), ("speed", "1.15"))


def test_options_of_none_are_left_out() -> None:
    options: Any = {"model": None, "encoding": None, "speed": None, "expressivity": None}
    assert next(speak("Hello.", **options)).query == ()


def test_the_headers_tell_what_was_spoken() -> None:
    speech = spoken(speak("Hello."), Reply(200, b"abc", {**WAV, "dg-request-id": "r"}))
    assert (speech.audio, speech.content_type, speech.text) == (b"abc", "audio/wav", "Hello.")
    assert (speech.model, speech.model_uuid, speech.characters, speech.request_ids) == ("m", "u", 10, ("r",))


def test_a_reply_without_headers_is_still_a_speech() -> None:
    speech = spoken(speak("Hello.", model="flux-kai-en"), Reply(200, b"abc"))
    assert (speech.model, speech.characters, speech.request_ids) == ("flux-kai-en", 0, ("",))


def test_long_text_is_sent_in_parts_and_joined() -> None:
    ramps = [np.arange(start, start + 9, dtype=np.int16) for start in (0, 100)]
    replies = [Reply(200, wav(ramp, 8000), {**WAV, "dg-request-id": str(ramp[0])}) for ramp in ramps]
    flow = speak(LONG, encoding="linear16")
    speech = spoken(flow, *replies)
    assert speech.samples.tolist() == [*ramps[0], *ramps[1]]
    assert (speech.characters, speech.request_ids, speech.text) == (20, ("0", "100"), LONG)


def test_each_part_ends_with_a_sentence() -> None:
    found = list(parts(LONG))
    assert [len(part) for part in found] == [1999, 999]
    assert all(part.endswith("sentence.") for part in found)
    assert " ".join(found) == LONG.strip()


def test_a_control_is_never_cut() -> None:
    control = r'\{"word": "A. B", "pronounce": "i bi"\}'
    for limit in range(len(control), len(control) + 30):
        found = list(parts(f"One two three. {control} four. " * 3, limit))
        assert all(part.count(r"\{") == part.count(r"\}") for part in found), limit
        assert all(len(part) <= limit for part in found)


@given(st.text(max_size=200), st.integers(1, 50))
def test_parts_lose_nothing_but_white_space(text: str, limit: int) -> None:
    found = list(parts(text, limit))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(0 < len(part) <= limit for part in found)


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no text": ("", {}, "no text to speak"),
    "blank": (" \n", {}, "no text to speak"),
    "a number": (3, {}, "no text to speak"),
    "long mp3": (LONG, {}, "encoding='linear16'"),
    "a name": ("Hi.", {"model": "thalia"}, "Did you mean 'aura-2-thalia-en'"),
    "a recogniser": ("Hi.", {"model": "nova-3"}, "not a voice"),
    "mp3 in wav": ("Hi.", {"container": "wav"}, "takes no container"),
    "mulaw at 24 kHz": ("Hi.", {"encoding": "mulaw", "sample_rate": 24000}, "takes sample_rate 8000, 16000"),
    "44.1 kHz": ("Hi.", {"encoding": "linear16", "sample_rate": 44100}, "takes sample_rate"),
    "unknown encoding": ("Hi.", {"encoding": "wav"}, "encoding takes one of"),
    "callback": ("Hi.", {"callback": "https://example.org"}, "leave callback out"),
    "animated aura": ("Hi.", {"expressivity": 1}, "needs a Flux voice"),
    "off the steps": ("Hi.", {"model": "flux-kai-en", "speed": 1.07}, "steps of 0.05"),
    "too fast": ("Hi.", {"model": "flux-kai-en", "speed": 1.55}, "from 0.5 to 1.5"),
    "no number": ("Hi.", {"speed": "fast"}, "speed takes"),
}


@pytest.mark.parametrize(("text", "options", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_right_is_refused_before_sending(
    text: Any, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(errors.OptionError, match=problem):
        next(speak(text, **options))


@pytest.mark.parametrize("speed", [0.5, 0.55, 0.7, 0.95, 1.1, 1.15, 1.45])
def test_every_step_of_speed_is_sent(speed: float) -> None:
    assert ("speed", str(speed)) in next(speak("Hi.", model="flux-kai-en", speed=speed)).query


def test_flux_has_a_rate_more() -> None:
    next(speak("Hi.", model="flux-kai-en", encoding="linear16", sample_rate=44100))


def test_an_unknown_option_is_sent_with_a_warning() -> None:
    options: Any = {"new_flag": 1}
    with pytest.warns(UserWarning, match="new_flag"):
        assert next(speak("Hi.", **options)).query == (("new_flag", "1"),)


def test_a_new_voice_is_sent_as_it_is() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert next(speak("Hi.", model="aura-3-new-en")).query == (("model", "aura-3-new-en"),)


@pytest.mark.parametrize("status", [200, 400], ids=["ok", "refused"])
def test_a_refusal_is_never_taken_for_audio(status: int) -> None:
    body = b'{"err_code":"Bad Request","err_msg":"No.","request_id":"r"}'
    flow = speak("Hi.")
    next(flow)
    with pytest.raises(errors.ApiError, match="No"):
        flow.send(Reply(status, body, {"content-type": "application/json"}))


def test_a_refused_part_refuses_the_whole() -> None:
    flow = speak(LONG, encoding="linear16")
    next(flow)
    flow.send(Reply(200, wav(np.ones(9, np.int16), 8000), WAV))
    with pytest.raises(errors.TooManyRequests):
        flow.send(Reply(429, b"{}", {}))
