from struct import pack

import numpy as np
import pytest

from dgnb.audio.joining import data, join, layout
from dgnb.audio.samples import wav
from dgnb.errors import AudioError

RAMP = np.arange(1, 101, dtype=np.int16)


def samples_in(file: bytes) -> list[int]:
    return np.frombuffer(file[slice(*data(file))], "<i2").tolist()


def claiming(file: bytes, size: int) -> bytes:
    """A WAV file whose header claims another size, as that of a stream does."""
    return file[:40] + pack("<I", size) + file[44:]


def test_wav_files_are_joined_sample_by_sample() -> None:
    joined = join([wav(RAMP, 8000), wav(RAMP[:50], 8000)], "audio/wav")
    assert joined == wav(np.concatenate([RAMP, RAMP[:50]]), 8000)


def test_raw_audio_is_joined_byte_by_byte() -> None:
    assert join([b"ab", b"cd", b"e"], "audio/l16;rate=8000") == b"abcde"


def test_one_piece_stays_as_it_came() -> None:
    piece = claiming(wav(RAMP, 8000), 0xFFFFFFFF)
    assert join([piece], "audio/wav") == piece


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 10_000], ids=["nothing", "everything", "too much"])
def test_a_header_of_a_stream_does_not_hide_samples(size: int) -> None:
    piece = claiming(wav(RAMP, 8000), size)
    assert samples_in(piece) == RAMP.tolist()
    assert samples_in(join([piece, piece], "audio/wav")) == [*RAMP, *RAMP]


def test_other_chunks_are_passed_over() -> None:
    file = wav(RAMP, 8000)
    note = b"LIST" + pack("<I", 3) + b"abc\0"  # an odd size is padded
    assert samples_in(file[:36] + note + file[36:]) == RAMP.tolist()
    assert samples_in(file + note) == RAMP.tolist()


@pytest.mark.parametrize(
    "piece",
    [b"", b"RIFF", b"ID3 not wav", wav(RAMP, 8000)[:36], b'{"err_code":"x"}'],
    ids=["empty", "cut off", "mp3", "no data", "json"],
)
def test_what_is_no_wav_is_refused(piece: bytes) -> None:
    with pytest.raises(AudioError, match="not a WAV"):
        join([piece, piece], "audio/wav")


def test_the_layout_is_read() -> None:
    assert layout(wav(RAMP, 22050)) == (1, 1, 22050, 16)


def test_an_extensible_layout_names_its_codec() -> None:
    inner = pack("<HHIIHH", 0xFFFE, 2, 8000, 16000, 2, 8) + pack("<HHI", 22, 8, 3) + pack("<H", 7) + bytes(14)
    assert layout(b"RIFF\0\0\0\0WAVEfmt " + pack("<I", len(inner)) + inner) == (7, 2, 8000, 8)


@pytest.mark.parametrize(
    "file", [b"", b"fLaC", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0"], ids=["empty", "flac", "cut"]
)
def test_a_file_without_a_layout_is_refused(file: bytes) -> None:
    with pytest.raises(AudioError, match="not a WAV"):
        layout(file)
