from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest

from dgnb.protocol.models import SPEECH_FORMATS
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.sounds import Sound, resampled, sound

RATE = 22_050
TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.int16)

COMBINATIONS: list[dict[str, Any]] = [
    {
        "encoding": encoding,
        **({"container": container} if container else {}),
        "sample_rate": rate,
        **({"bit_rate": bit_rate} if bit_rate else {}),
    }
    for encoding, form in SPEECH_FORMATS.items()
    for container in form.containers or ("",)
    for rate in form.sample_rates
    for bit_rate in form.bit_rates or (0,)
]


def decoded(audio: bytes, form: Sound) -> tuple[int, int]:
    """Sample rate and number of samples, by FFmpeg."""
    raw = {"linear16": "s16le"}.get(form.encoding, form.encoding) if form.container == "none" else None
    options = {"sample_rate": str(form.sample_rate), "ch_layout": "mono"} if raw else {}
    with av.open(BytesIO(audio), format=raw, options=options) as file:
        stream = file.streams.audio[0]
        assert stream.channels == 1
        return stream.rate, sum(frame.samples for frame in file.decode(stream))


@pytest.mark.parametrize("options", COMBINATIONS, ids=lambda options: " ".join(map(str, options.values())))
def test_every_combination_has_its_rate_and_the_right_length(options: dict[str, Any]) -> None:
    form = sound(options)
    rate, count = decoded(form.of(TONE, RATE), form)
    assert rate == options["sample_rate"]
    # AAC has no exact length: up to two frames more.
    assert count / rate == pytest.approx(1.0, abs=0.1 if form.encoding == "aac" else 0.001)


@pytest.mark.parametrize("encoding", ["linear16", "mulaw", "alaw"])
def test_audio_without_container_is_nothing_but_samples(encoding: str) -> None:
    width = 2 if encoding == "linear16" else 1
    raw = Sound(encoding, "none", 8000).of(TONE, RATE)
    file = Sound(encoding, "wav", 8000).of(TONE, RATE)
    assert len(raw) == 8000 * width
    assert file.endswith(raw)


def test_the_default_is_mp3() -> None:
    assert sound({}) == Sound("mp3", "", 22_050, 48_000)
    assert sound({"encoding": "opus"}) == Sound("opus", "ogg", 48_000, 12_000)


def test_content_types_are_the_services() -> None:
    types = {name: sound({"encoding": name}).content_type for name in SPEECH_FORMATS}
    assert types == {
        "linear16": "audio/wav",
        "mulaw": "audio/wav",
        "alaw": "audio/wav",
        "mp3": "audio/mpeg",
        "opus": "audio/ogg;codecs=opus",
        "flac": "audio/flac",
        "aac": "audio/aac",
    }
    assert sound({"encoding": "linear16", "container": "none"}).content_type == "audio/l16;rate=24000"
    assert sound({"encoding": "alaw", "container": "none"}).content_type == "audio/alaw;rate=8000"


REFUSED: dict[str, dict[str, Any]] = {
    "mp3 in wav": {"container": "wav"},
    "mp3 at 24 kHz": {"sample_rate": 24000},
    "mp3 at 40 kbit/s": {"bit_rate": 40000},
    "opus without container": {"encoding": "opus", "container": "none"},
    "opus at 3 kbit/s": {"encoding": "opus", "bit_rate": 3999},
    "mulaw at 24 kHz": {"encoding": "mulaw", "sample_rate": 24000},
    "linear16 at 44.1 kHz": {"encoding": "linear16", "sample_rate": 44100},
    "linear16 with a bit rate": {"encoding": "linear16", "bit_rate": 48000},
    "flac in ogg": {"encoding": "flac", "container": "ogg"},
    "unknown": {"encoding": "wav"},
}


@pytest.mark.parametrize("options", REFUSED.values(), ids=REFUSED)
def test_any_other_combination_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="Unsupported audio format: ") as caught:
        sound(options)
    assert (caught.value.status, caught.value.code) == (400, "INVALID_QUERY_PARAMETER")


def test_flux_has_a_rate_more() -> None:
    form = sound({"encoding": "linear16", "sample_rate": 44100}, flux=True)
    assert decoded(form.of(TONE, RATE), form) == (44100, 44100)
    with pytest.raises(RefusedError):
        sound({"encoding": "flac", "sample_rate": 44100}, flux=True)


@pytest.mark.parametrize("count", [0, 1, 2, 999])
def test_short_audio_keeps_its_length_at_another_rate(count: int) -> None:
    assert len(resampled(TONE[:count], RATE, 8000)) == round(count * 8000 / RATE)


def test_a_tone_keeps_its_pitch_at_another_rate() -> None:
    spectrum = np.abs(np.fft.rfft(resampled(TONE, RATE, 16000)))
    assert spectrum.argmax() == 440
