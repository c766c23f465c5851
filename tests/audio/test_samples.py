"""Arrays as WAV, read back with the standard library."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dgnb.audio.samples import MOST_CHANNELS, wav
from dgnb.errors import AudioError


def read(data: bytes) -> tuple[int, NDArray[np.int16]]:
    """Rate and samples, shape (samples, channels)."""
    with wave.open(io.BytesIO(data)) as file:
        assert file.getsampwidth() == 2
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return file.getframerate(), frames.reshape(-1, file.getnchannels())


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "longdouble", ">f4"])
def test_floats_reach_full_scale(kind: str) -> None:
    rate, frames = read(wav(np.array([0, 0.5, 1, -1, -0.5], dtype=kind), 16000))
    assert rate == 16000
    assert frames[:, 0].tolist() == [0, 16384, 32767, -32767, -16384]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([0, 1, -32768, 32767], "int16", [0, 1, -32768, 32767]),
        ([0, 1, -32768, 32767], ">i2", [0, 1, -32768, 32767]),
        ([0, 65535, 65536, -(2**31), 2**31 - 1], "int32", [0, 0, 1, -32768, 32767]),
        ([128, 0, 255], "uint8", [0, -32768, 32512]),
    ],
)
def test_integers_use_their_full_range(values: list[int], kind: str, expected: list[int]) -> None:
    _, frames = read(wav(np.array(values, dtype=kind), 8000))
    assert frames[:, 0].tolist() == expected


@pytest.mark.parametrize("kind", ["int8", "uint16", "int64", "bool", "complex64", "object", "U1"])
def test_other_types_are_refused(kind: str) -> None:
    with pytest.raises(AudioError, match="float, int16, int32 or uint8"):
        wav(np.zeros(4).astype(kind), 8000)


def test_sixteen_bit_samples_come_back_bit_for_bit() -> None:
    samples = np.random.default_rng(5).integers(-32768, 32768, (999, 2)).astype(np.int16)
    assert np.array_equal(read(wav(samples, 44100))[1], samples)


@pytest.mark.parametrize("channels", [1, 2, MOST_CHANNELS])
def test_the_shorter_axis_is_the_channels(channels: int) -> None:
    samples = np.random.default_rng(5).integers(-99, 99, (100, channels)).astype(np.int16)
    assert np.array_equal(read(wav(samples, 8000))[1], samples)
    assert np.array_equal(read(wav(samples.T, 8000))[1], samples)


@pytest.mark.parametrize(
    "samples",
    [np.arange(40, dtype=np.int16)[::2], np.asfortranarray(np.zeros((50, 2), np.int16))],
    ids=["strided", "column order"],
)
def test_memory_order_does_not_matter(samples: NDArray[np.int16]) -> None:
    assert np.array_equal(read(wav(samples, 8000))[1], samples.reshape(len(samples), -1))


@pytest.mark.parametrize("shape", [(), (0,), (0, 2), (2, 3, 4)], ids=str)
def test_a_shape_that_is_no_sound_is_refused_and_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(AudioError) as caught:
        wav(np.zeros(shape), 8000)
    assert str(shape) in str(caught.value)


def test_too_many_channels_are_refused() -> None:
    with pytest.raises(AudioError, match="At most 20 channels"):
        wav(np.zeros((100, MOST_CHANNELS + 1)), 8000)


def test_a_small_overshoot_is_clipped() -> None:
    _, frames = read(wav(np.array([1.3, -1.9]), 8000))
    assert frames[:, 0].tolist() == [32767, -32767]


@pytest.mark.parametrize(
    ("value", "words"),
    [(3.0, "the peak is 3"), (-20000.0, "the peak is 20000"), (np.nan, "NaN"), (np.inf, "NaN or infinite")],
)
def test_floats_out_of_range_are_refused_with_the_fix(value: float, words: str) -> None:
    with pytest.raises(AudioError, match=r"Divide 16-bit counts by 32768") as caught:
        wav(np.array([0.0, value, 0.0]), 8000)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "rate", [0, -1, 0.5, 44100.5, 2_000_000, float("nan"), float("inf"), "16000", [1]], ids=repr
)
def test_a_rate_that_is_none_is_refused(rate: Any) -> None:
    with pytest.raises(AudioError, match="whole number of Hz"):
        wav(np.zeros(8), rate)


@pytest.mark.parametrize("rate", [8000, 16000.0, np.int32(22050), np.float64(44100)], ids=repr)
def test_a_whole_rate_of_any_type_is_written(rate: Any) -> None:
    assert read(wav(np.zeros(8), rate))[0] == int(rate)


def test_the_callers_array_is_left_as_it_was() -> None:
    samples = np.array([0.5, 1.5], dtype=np.float32)
    wav(samples, 8000)
    assert samples.tolist() == [0.5, 1.5]
