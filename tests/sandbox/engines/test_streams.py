import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.sandbox.engines.streams import FRAME, SHORTEST, Stream
from dgnb.sandbox.sounds import resampled

RATE = 22_050
NOISE = np.random.default_rng(1).normal(0, 5000, 3 * RATE).astype(np.int16)


@given(
    cuts=st.lists(st.integers(0, len(NOISE)), max_size=8), wanted=st.sampled_from([8000, 24000, 44100, RATE])
)
@settings(max_examples=25, deadline=None)
def test_pieces_sound_as_the_whole_does(cuts: list[int], wanted: int) -> None:
    stream = Stream("linear16", RATE, wanted)
    frames = [frame for part in np.split(NOISE, sorted(cuts)) for frame in stream.feed(part)]
    audio = b"".join([*frames, *stream.finish()])
    assert audio == resampled(NOISE, RATE, wanted).astype("<i2").tobytes()


@given(length=st.integers(0, RATE))
@settings(max_examples=40, deadline=None)
def test_frames_are_whole_and_the_last_is_not_too_short(length: int) -> None:
    stream = Stream("mulaw", RATE, 8000)
    frames = stream.feed(NOISE[:length]) + stream.finish()
    lengths = [stream.length(frame) for frame in frames]
    assert sum(map(len, frames)) == round(length * 8000 / RATE)
    assert all(part == FRAME for part in lengths[:-1])
    assert all(part <= FRAME + SHORTEST for part in lengths)
    assert len(frames) < 2 or lengths[-1] > SHORTEST


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
def test_a_companded_sample_is_one_byte(encoding: str) -> None:
    stream = Stream(encoding, 8000, 8000)
    assert len(b"".join(stream.feed(NOISE[:8000]) + stream.finish())) == 8000
    assert stream.duration == 1
