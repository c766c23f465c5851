from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb.audio.pcm import samples
from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.protocol.models import WIDTHS

encodings = pytest.mark.parametrize("encoding", WIDTHS)


@encodings
def test_silence_is_heard_as_nothing(encoding: str) -> None:
    silence = AudioFormat(encoding, 8000, 2).silence(0.5)
    heard = samples(silence, encoding)
    assert len(heard) == 8000
    # A-law has no zero: its two smallest values are 8 of 32768.
    assert np.abs(heard).max() == (8 if encoding == "alaw" else 0)


@given(st.sampled_from(list(WIDTHS)), st.integers(1, 192_000), st.integers(1, 20), st.floats(0, 3600))
def test_seconds_and_bytes_are_whole_samples(encoding: str, rate: int, channels: int, seconds: float) -> None:
    form = AudioFormat(encoding, rate, channels)
    size = form.bytes(seconds)
    assert size % form.width == 0
    assert form.seconds(size) == pytest.approx(seconds, abs=0.5001 / rate)


@pytest.mark.parametrize(
    "form",
    [OPAQUE, AudioFormat("opus", 48000), AudioFormat("linear16"), AudioFormat("flac")],
    ids=["file", "packets", "no rate", "flac"],
)
def test_audio_that_cannot_be_cut_has_no_clock(form: AudioFormat) -> None:
    assert (form.width, form.seconds(1000), form.bytes(1.0), form.silence(1.0)) == (0, 0.0, 0, b"")


@pytest.mark.parametrize(
    ("form", "query"),
    [
        (AudioFormat("mulaw", 8000), {"encoding": "mulaw", "sample_rate": 8000}),
        (AudioFormat("linear16", 8000, 2), {"encoding": "linear16", "sample_rate": 8000, "channels": 2}),
        (AudioFormat("flac"), {}),
        (OPAQUE, {}),
    ],
    ids=lambda value: getattr(value, "encoding", ""),
)
def test_the_connection_is_told_what_it_has_to_know(form: AudioFormat, query: dict[str, object]) -> None:
    assert form.query() == query
