from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dgnb.protocol.models import FLUX_VOICES, VOICES
from dgnb.sandbox.engines import synthesis
from dgnb.sandbox.engines.pitch import pitches
from dgnb.sandbox.engines.synthesis import RATE, Voice, synthesise, voice_for

TEXT = "Good morning, Zoë. The train leaves at nine."


def test_speech_tells_where_each_word_is_in_the_text() -> None:
    words = synthesise(TEXT).words
    assert [word.word for word in words] == ["Good", "morning", "Zoë", "The", "train", "leaves", "at", "nine"]
    assert all(TEXT[word.position :].startswith(word.word) for word in words)


def test_each_word_sounds_at_its_time() -> None:
    speech = synthesise(TEXT)
    starts = [word.start for word in speech.words]
    assert starts == sorted(starts)
    for start, end in zip(starts, [*starts[1:], speech.duration], strict=True):
        assert np.abs(speech.samples[int(start * RATE) : int(end * RATE)]).max() > 1_000


@pytest.mark.parametrize("voice", ["edward", "klatt", "fay", "aura-2-lara-de"])
def test_the_same_text_is_always_spoken_the_same_way(voice: str) -> None:
    first = synthesise(TEXT, voice)
    synthesise("Something else.", "scot")
    assert np.array_equal(synthesise(TEXT, voice).samples, first.samples)


def test_many_threads_may_speak_at_once() -> None:
    alone = synthesise(TEXT).samples
    with ThreadPoolExecutor(8) as pool:
        spoken = list(pool.map(lambda _: synthesise(TEXT).samples, range(8)))
    assert all(np.array_equal(samples, alone) for samples in spoken)


def test_a_higher_rate_is_shorter() -> None:
    assert synthesise(TEXT, rate_wpm=250).duration < 0.75 * synthesise(TEXT, rate_wpm=150).duration


@pytest.mark.parametrize("text", ["", "...", "   "], ids=["empty", "dots", "blanks"])
def test_a_text_without_words_is_no_error(text: str) -> None:
    assert synthesise(text).words == ()


def test_a_nul_does_not_end_the_text() -> None:
    assert [word.word for word in synthesise("one\0two").words] == ["one", "two"]


def test_every_voice_of_the_service_has_one_of_its_own() -> None:
    models = (*VOICES, *FLUX_VOICES)
    assert len({voice_for(model) for model in models}) == len(models)


@pytest.mark.parametrize("model", ["aura-2-thalia-en", "aura-2-hector-fr", "aura-2-lara-de", "aura-2-ama-ja"])
def test_a_model_speaks_its_language(model: str) -> None:
    assert voice_for(model).language[:2] == model[-2:]
    assert synthesise("Radio", model).duration > 0.3


def test_feminine_voices_are_higher() -> None:
    low, high = synthesise(TEXT, "aura-2-arcas-en"), synthesise(TEXT, "aura-2-thalia-en")
    assert np.median(pitches(high.samples)) > 1.3 * np.median(pitches(low.samples))


@pytest.mark.parametrize("model", ["aura", "nova-3", "aura-2-thalia-xx", "", "aura-2-Thalia-en"], ids=repr)
def test_what_is_no_voice_is_refused(model: str) -> None:
    with pytest.raises(ValueError, match="no voice such as aura-2-thalia-en"):
        voice_for(model)


@pytest.mark.parametrize(
    "voice", [Voice("en-us", "nobody"), Voice("xx", "")], ids=["unknown variant", "unknown language"]
)
def test_a_voice_that_espeak_does_not_have_is_refused(voice: Voice) -> None:
    with pytest.raises(ValueError, match="espeak-ng has no voice"):
        synthesise("Hello", voice)


@pytest.mark.parametrize("rate", [0, 79, 451])
def test_a_rate_out_of_range_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match="80 to 450"):
        synthesise("Hello", rate_wpm=rate)


@pytest.mark.parametrize("name", sorted(synthesis.VOICES))
def test_every_named_voice_speaks(name: str) -> None:
    assert synthesise("Hello", name).duration > 0.3
