from __future__ import annotations

import io

import numpy as np
import pytest

from dgnb import AudioError
from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import wav
from dgnb.audio.voice import voice

TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)).astype(np.int16)


def test_what_has_the_format_already_stays_as_it_is() -> None:
    assert voice(wav(TONE, 8000), AudioFormat("linear16", 8000)) == TONE.tobytes()


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100])
def test_another_rate_keeps_the_length_and_the_tone(rate: int) -> None:
    found = np.frombuffer(voice(io.BytesIO(wav(TONE, 8000)), AudioFormat("linear16", rate)), "<i2")
    assert len(found) == rate
    assert abs(np.abs(np.fft.rfft(found)).argmax() - 440) <= 1


def test_channels_are_mixed() -> None:
    stereo = np.stack([TONE, np.zeros_like(TONE)], axis=1)
    found = np.frombuffer(voice((stereo, 8000), AudioFormat("linear16", 8000)), "<i2")
    assert np.abs(found - TONE / 2).max() <= 1


def test_no_other_encoding_is_made() -> None:
    with pytest.raises(AudioError, match="is linear16, and the connection takes mulaw"):
        voice((TONE, 8000), AudioFormat("mulaw", 8000))
