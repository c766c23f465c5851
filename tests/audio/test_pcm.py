from __future__ import annotations

from io import BytesIO

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb.audio.pcm import SIZES, Recoder, samples

FFMPEG = {
    "linear16": "s16le",
    "linear32": "s32le",
    "mulaw": "mulaw",
    "alaw": "alaw",
    "unsigned8": "u8",
    "linear24": "s24le",
    "float32": "f32le",
    "float64": "f64le",
}


def by_ffmpeg(audio: bytes, kind: str) -> np.ndarray:
    with av.open(BytesIO(audio), format=FFMPEG[kind], options={"sample_rate": "8000"}) as file:
        resampler = av.AudioResampler("s16", "mono", 8000)
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([frame.to_ndarray()[0] for frame in frames])


@pytest.mark.parametrize("kind", SIZES)
def test_every_kind_of_sample_is_read_as_ffmpeg_reads_it(kind: str) -> None:
    random = np.random.default_rng(5)
    if kind.startswith("float"):
        audio = random.uniform(-1.2, 1.2, 4000).astype(f"<f{SIZES[kind]}").tobytes()
    else:
        audio = random.integers(0, 256, 4000 * SIZES[kind], np.uint8).tobytes()
    # FFmpeg's full scale is 32768.
    difference = by_ffmpeg(audio, kind).astype(int) - samples(audio, kind)
    assert np.abs(difference).max() <= (1 if kind.startswith("float") else 0)


def test_what_is_no_number_is_silence() -> None:
    audio = np.array([np.nan, np.inf, -np.inf], "<f4").tobytes()
    assert samples(audio, "float32").tolist() == [0, 32767, -32767]


@given(st.sampled_from(list(SIZES)), st.integers(1, 4), st.booleans(), st.binary(max_size=200), st.data())
def test_audio_may_be_cut_anywhere(
    kind: str, channels: int, mono: bool, audio: bytes, data: st.DataObject
) -> None:
    if kind.startswith("float"):
        audio = np.frombuffer(audio, "i1").astype(f"<f{SIZES[kind]}").tobytes()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(audio)), max_size=6)))
    recode = Recoder(kind, channels, mono)
    parts = [recode(audio[i:j]) for i, j in zip([0, *cuts], [*cuts, len(audio)], strict=True)]
    assert b"".join(parts) == Recoder(kind, channels, mono)(audio)


def test_channels_are_mixed_to_their_mean() -> None:
    audio = np.array([[100, 200], [-32768, 32767], [3, 3]], "<i2").tobytes()
    assert np.frombuffer(Recoder("linear16", 2, True)(audio), "<i2").tolist() == [150, 0, 3]
