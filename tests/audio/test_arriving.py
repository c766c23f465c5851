"""Chunks that arrive: what they are, and what is made of them."""

from __future__ import annotations

from array import array
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.audio.samples import wav
from dgnb.errors import AudioError, OptionError
from tests.audio.files import KINDS, Kind, can_write, encoded, raw, tone
from tests.audio.taking import taken
from tests.audio.test_waves import cut

TONE = tone(8000)
RAW = {"encoding": "linear16", "sample_rate": 8000}
CONTAINERS = [kind for kind in KINDS if can_write(kind.codec) and kind.container != "wav"]
sizes = st.lists(st.integers(1, 700), min_size=1, max_size=5)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(["linear16", "linear32", "mulaw"]), st.integers(1, 3), sizes)
def test_raw_chunks_of_any_size_are_cut_between_samples(
    encoding: str, channels: int, sizes: list[int]
) -> None:
    audio = raw(encoding, np.arange(600 * channels).astype(np.int16))
    options = {"encoding": encoding, "sample_rate": 8000, "channels": channels}
    form, found = taken(iter(cut(audio, sizes)), **options)
    assert form == AudioFormat(encoding, 8000, channels)
    assert found == audio


def test_half_a_sample_at_the_end_is_left_out() -> None:
    assert taken([b"\x01\x02\x03", b"\x04\x05"], **RAW)[1] == b"\x01\x02\x03\x04"


@settings(deadline=None, max_examples=20)
@given(sizes)
def test_the_header_of_wav_is_taken_off(sizes: list[int]) -> None:
    file = wav(TONE[:800], 8000)
    assert taken(cut(file, sizes)) == (AudioFormat("linear16", 8000), TONE[:800].astype("<i2").tobytes())


def test_wav_of_floats_becomes_linear16() -> None:
    file = encoded(Kind("WAV", "wav", "pcm_f32le", 8000, "stereo"))
    assert taken(cut(file, [999])) == taken(file)


def test_several_wav_files_are_one_after_the_other() -> None:
    files = [wav(TONE[:801], 8000), wav(TONE[801:], 8000)]
    assert taken(files)[1] == TONE.astype("<i2").tobytes()
    with pytest.raises(AudioError, match="WAV of one format, and then of another"):
        taken([files[0], wav(TONE, 16000)])


@pytest.mark.parametrize("kind", CONTAINERS, ids=[kind.label for kind in CONTAINERS])
@pytest.mark.parametrize("size", [1, 100_000], ids=["bytes", "whole"])
def test_another_file_format_is_passed_on_as_it_is(kind: Kind, size: int) -> None:
    start = encoded(kind)[:2500]
    assert taken(iter(cut(start, [size]))) == (OPAQUE, start)


def test_wav_of_a_codec_that_is_not_read_here_is_passed_on() -> None:
    file = encoded(Kind("WAV", "wav", "adpcm_ima_wav", 8000))
    assert taken(cut(file, [99])) == (OPAQUE, file)


def test_an_encoding_that_is_a_file_format_is_passed_on_and_named() -> None:
    file = encoded(Kind("FLAC", "flac", "flac"))
    assert taken([file], encoding="flac") == (AudioFormat("flac"), file)
    with pytest.raises(AudioError, match="is not flac"):
        taken([TONE.tobytes()], encoding="flac")


def test_packets_keep_their_bounds() -> None:
    packets = [b"\x78" * 40, b"\x78" * 3, b"\x78" * 90]
    form, _ = taken(packets, encoding="opus", sample_rate=48000)
    assert form == AudioFormat("opus", 48000)


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_chunks_may_be_arrays(dtype: str) -> None:
    scale = {"int16": 1, "int32": 1 << 16}.get(dtype, 1 / 32767)
    chunks = [(part * np.float64(scale)).astype(dtype) for part in np.array_split(TONE, 7)]
    chunks.insert(2, np.zeros(0, dtype))
    assert taken(iter(chunks), sample_rate=8000) == (
        AudioFormat("linear16", 8000),
        TONE.astype("<i2").tobytes(),
    )


@pytest.mark.parametrize("channels", [None, 2], ids=["unsaid", "said"])
@pytest.mark.parametrize("turned", [False, True], ids=["rows", "columns"])
def test_arrays_may_have_several_channels(channels: int | None, turned: bool) -> None:
    stereo = np.stack([TONE, -TONE], axis=1)
    # The last chunk has one sample: its longer axis is the channels.
    chunks = [part.T if turned else part for part in (stereo[:5000], stereo[5000:7999], stereo[7999:])]
    form, audio = taken(chunks, sample_rate=8000, channels=channels)
    assert form == AudioFormat("linear16", 8000, 2)
    assert audio == stereo.astype("<i2").tobytes()


def test_arrays_of_other_channels_than_said_are_refused() -> None:
    with pytest.raises(AudioError, match=r"shape is \(800, 3\), but there are 2 channel"):
        taken([np.zeros((800, 3))], sample_rate=8000, channels=2)


def test_arrays_of_bytes_are_the_audio_that_is_said() -> None:
    law = raw("mulaw", TONE)
    chunks = np.array_split(np.frombuffer(law, np.uint8), 5)
    assert taken(chunks, encoding="mulaw", sample_rate=8000) == (AudioFormat("mulaw", 8000), law)


def test_for_flux_several_channels_are_mixed() -> None:
    stereo = np.stack([TONE, np.zeros_like(TONE)], axis=1).astype("<i2")
    mean = taken((stereo, 8000), flux=True)
    assert taken(cut(stereo.tobytes(), [7]), **RAW, channels=2, flux=True) == mean
    assert taken(cut(wav(stereo, 8000), [7]), flux=True) == mean
    assert taken([stereo], sample_rate=8000, flux=True) == mean


@pytest.mark.parametrize(
    "kind", [bytes, bytearray, memoryview, partial(array, "b")], ids=["bytes", "bytearray", "view", "array"]
)
def test_chunks_may_be_any_bytes(kind: Any) -> None:
    assert taken([kind(b"\x01\x02"), kind(b"\x03\x04")], **RAW)[1] == b"\x01\x02\x03\x04"


@pytest.mark.parametrize(
    ("chunks", "options", "fix"),
    [
        ([], {}, "is empty"),
        ([b"", b""], RAW, "is empty"),
        (["a.wav"], {}, "bytes or NumPy arrays, but .* gave str"),
        ([0.1, 0.2], RAW, "bytes or NumPy arrays, but .* gave float"),
        ([b"\x80\x01" * 40], {}, "encoding='linear16', sample_rate=16000"),
        ([b"Not found, sorry"], {}, "is plain text"),
        ([np.zeros(800)], {}, "need their rate: sample_rate=16000"),
        ([np.zeros(800)], {"encoding": "mulaw", "sample_rate": 8000}, "leave encoding out"),
        ([np.ones(800) * 9000.0], {"sample_rate": 8000}, "Divide 16-bit counts by 32768"),
        ([wav(TONE, 8000)], RAW, "is WAV: give no encoding"),
        ([wav(TONE, 8000)], {"sample_rate": 8000}, "leave those options out"),
        ([wav(TONE, 8000)[:30]], {}, "not a WAV file with samples"),
        ([b"<html>Not found</html>"], RAW, "an HTML page"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_chunks_that_cannot_be_sent_are_refused(chunks: Any, options: Any, fix: str) -> None:
    with pytest.raises(AudioError, match=fix):
        taken(iter(chunks), **options)


def test_raw_chunks_without_their_rate_are_refused_before_they_come() -> None:
    with pytest.raises(AudioError, match="sample_rate=16000"):
        taken(iter([]), encoding="linear16")
    with pytest.raises(OptionError, match="not 'g729'"):
        taken(iter([]), encoding="g729", sample_rate=8000, flux=True)
