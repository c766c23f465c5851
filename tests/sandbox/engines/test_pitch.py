import numpy as np
import pytest

from dgnb.sandbox.engines.pitch import pitches


@pytest.mark.parametrize("hertz", [80, 125, 250])
def test_the_pitch_of_a_buzz_is_found(hertz: int) -> None:
    phase = np.arange(16_000) * hertz / 16_000 % 1
    assert np.median(pitches((6_000 * (phase - 0.5)).astype(np.int16))) == pytest.approx(hertz, rel=0.03)


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0], ids=["white", "pink", "brown"])
def test_noise_has_no_pitch(noise, slope: float) -> None:
    assert not any(len(pitches(noise(slope, 3_000, "swelling", seed))) for seed in range(5))


def test_a_high_voice_is_higher_than_a_low_one(say) -> None:
    text = "The weather will be fine tomorrow."
    assert np.median(pitches(say(text, "fay"))) > 1.4 * np.median(pitches(say(text, "edward")))


@pytest.mark.parametrize("count", [0, 1, 1_000], ids=str)
def test_too_few_samples_have_none(count: int) -> None:
    assert len(pitches(np.full(count, 900, np.int16))) == 0
