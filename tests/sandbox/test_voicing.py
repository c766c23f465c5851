# ruff: noqa: RUF001 - the phonetic alphabet
import numpy as np
import pytest

from dgnb.protocol.models import FLUX_VOICES, VOICES
from dgnb.sandbox.controls import Pause, Pronunciation
from dgnb.sandbox.engines.synthesis import RATE
from dgnb.sandbox.voicing import FASTEST, SLOWEST, samples, voice

KAI = voice("flux-kai-en")


def test_no_two_models_have_the_same_voice() -> None:
    names = (*VOICES, *FLUX_VOICES)
    assert len({voice(name) for name in names}) == len(names)


def test_a_model_always_sounds_the_same() -> None:
    assert np.array_equal(samples(["Hello."], KAI), samples(["Hello."], voice("flux-kai-en")))


def test_a_pause_is_silence_of_its_length() -> None:
    spoken = samples(["One.", Pause(1500), "Two."], KAI)
    alone = len(samples(["One."], KAI)) + len(samples(["Two."], KAI))
    assert len(spoken) - alone == round(1.5 * RATE)
    quiet = np.abs(spoken.astype(int)) < 100
    longest = max(len(run) for run in "".join(map(str, quiet.astype(int))).split("0"))
    assert longest / RATE == pytest.approx(1.5, abs=0.1)


def test_speed_changes_the_length() -> None:
    usual, quick, slow = (
        len(samples(["Good morning, everybody."], voice("flux-kai-en", speed))) for speed in (1, 1.5, 0.6)
    )
    assert usual / quick == pytest.approx(1.5, rel=0.15)
    assert slow / usual == pytest.approx(1 / 0.6, rel=0.15)


@pytest.mark.parametrize(("speed", "rate"), [(0.1, SLOWEST), (4, FASTEST)], ids=["slowest", "fastest"])
def test_speed_stays_within_what_can_be_spoken(speed: float, rate: int) -> None:
    assert voice("aura-2-thalia-en", speed).rate_wpm == rate
    assert len(samples(["Hello."], voice("aura-2-thalia-en", speed)))


def test_expressivity_changes_the_sound_and_not_the_words() -> None:
    sounds = {samples(["Good morning!"], voice("flux-kai-en", 1.0, step)).tobytes() for step in range(-2, 3)}
    assert len(sounds) == 5


def test_a_pronunciation_replaces_the_word() -> None:
    said = samples(["Take ", Pronunciation("SQL", "həˈloʊ"), " daily."], KAI)
    assert np.array_equal(said, samples(["Take ", Pronunciation("xyz", "həˈloʊ"), " daily."], KAI))
    assert not np.array_equal(said, samples(["Take SQL daily."], KAI))


def test_voices_of_other_languages_speak_the_word_itself() -> None:
    spanish = voice("aura-2-diana-es")
    assert np.array_equal(samples([Pronunciation("hola", "həˈloʊ")], spanish), samples(["hola"], spanish))


def test_brackets_in_a_text_are_no_phonemes() -> None:
    assert np.array_equal(samples(["[[h@'loU]]"], KAI), samples(["((h@'loU]]"], KAI))


@pytest.mark.parametrize("text", ["", "   ", "...", "\n"], ids=repr)
def test_nothing_to_speak_is_no_sound(text: str) -> None:
    assert not samples([text], KAI).any()
