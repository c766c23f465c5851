from itertools import pairwise

import numpy as np
import pytest

from dgnb.sandbox.engines.activity import RATE, cut, stretches

SILENCE = np.zeros(RATE, np.int16)


def test_silence_has_no_speech() -> None:
    assert stretches(np.zeros(5 * RATE, np.int16)) == []


def test_nothing_has_no_speech() -> None:
    assert stretches(np.zeros(0, np.int16)) == []


@pytest.mark.parametrize("kind", ["steady", "swelling", "bursts"])
@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0], ids=["white", "pink", "brown"])
@pytest.mark.parametrize("amplitude", [50, 800, 6000])
def test_noise_has_no_speech(noise, slope: float, amplitude: float, kind: str) -> None:
    assert stretches(noise(slope, amplitude, kind)) == []


@pytest.mark.parametrize("text", ["Yes.", "Stop!", "Good morning."])
@pytest.mark.parametrize("voice", ["edward", "klatt", "fay"])
def test_speech_is_found_where_it_is(say, text: str, voice: str) -> None:
    spoken = say(text, voice)
    loud = np.flatnonzero(np.abs(spoken) > 500)
    ((start, end),) = stretches(np.concatenate([SILENCE, spoken, SILENCE]))
    assert start <= 1 + loud[0] / RATE
    assert end >= 1 + loud[-1] / RATE - 0.1
    assert start > 0.6
    assert end < 1 + len(spoken) / RATE + 0.4


def test_a_pause_separates_two_stretches(say) -> None:
    first, second = say("Good morning."), say("How are you today?")
    pause = np.zeros(RATE // 2, np.int16)
    before, after = stretches(np.concatenate([first, pause, second]))
    assert before[1] <= after[0]
    assert len(first) / RATE - 0.4 < before[1] < len(first) / RATE + 0.5


def test_speech_as_loud_as_noise_is_still_found(say) -> None:
    spoken = say("The train to the north leaves at nine in the morning.")
    noisy = spoken + np.random.default_rng(0).normal(0, spoken.std() / 2, len(spoken))
    assert stretches(np.clip(noisy, -32768, 32767).astype(np.int16))


def test_speech_without_a_pause_is_cut_before_twelve_seconds(say) -> None:
    word = say("morning")
    unbroken = np.concatenate([cut(word, (0.05, 0.45))] * 80)
    found = stretches(unbroken)
    assert len(found) >= 3
    assert max(end - start for start, end in found) <= 12.0
    assert all(before[1] == after[0] for before, after in pairwise(found))


def test_stretches_are_in_order_and_inside_the_recording(say) -> None:
    whole = np.concatenate([say("Good morning."), SILENCE, say("Stop!"), say("How are you today?")])
    times = [time for stretch in stretches(whole) for time in stretch]
    assert times == sorted(times)
    assert times[0] >= 0.0
    assert times[-1] <= len(whole) / RATE
