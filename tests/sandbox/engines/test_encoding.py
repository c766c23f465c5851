import numpy as np
import pytest

from dgnb.sandbox.engines.encoding import FORMATS, encode

BEGINNINGS = {
    "wav": b"RIFF",
    "mulaw": b"RIFF",
    "alaw": b"RIFF",
    "flac": b"fLaC",
    "ogg": b"OggS",
    "webm": b"\x1aE\xdf\xa3",
    "amr": b"#!AMR",
    "aac": b"\xff\xf1",
}


@pytest.mark.parametrize("container", sorted(BEGINNINGS))
def test_a_file_begins_as_its_format_does(container: str) -> None:
    assert encode(np.zeros(8_000, np.int16), 8_000, container).startswith(BEGINNINGS[container])


def test_wav_keeps_every_sample() -> None:
    samples = np.arange(-100, 100, dtype=np.int16)
    assert encode(samples, 16_000).endswith(samples.tobytes())


def test_a_bit_rate_makes_the_file_smaller() -> None:
    samples = np.random.default_rng(0).integers(-9_000, 9_000, 48_000).astype(np.int16)
    assert len(encode(samples, 16_000, "ogg", bit_rate=16_000)) * 4 < len(encode(samples, 16_000, "ogg"))


@pytest.mark.parametrize(
    ("samples", "container", "words"),
    [
        (np.zeros(8, np.int16), "mp9", "none of wav"),
        (np.zeros(8), "wav", "float64"),
        (np.zeros(0, np.int16), "wav", "n > 0"),
        (np.zeros((1, 1, 8), np.int16), "wav", r"\(1, 1, 8\)"),
        (np.zeros((2, 8_000), np.int16), "amr", "amr cannot hold 2 channels"),
    ],
    ids=["unknown", "floats", "none", "dimensions", "channels"],
)
def test_what_cannot_be_encoded_is_explained(samples: np.ndarray, container: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode(samples, 16_000, container)


def test_every_format_is_known_by_a_lower_case_name() -> None:
    assert all(name == name.lower() for name in FORMATS)
