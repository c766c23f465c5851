from pathlib import Path

import jiwer
import numpy as np
import pytest

from dgnb.sandbox.engines.decoding import decode
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.recognition import (
    ENGINE_VARIABLE,
    EngineError,
    PocketsphinxRecogniser,
    Recogniser,
    load_engine,
    transcribe,
)
from dgnb.sandbox.engines.synthesis import synthesise

UNSEEN = (
    "the library opens at ten and closes in the evening",
    "my sister plays the piano in a small band",
    "the farmer sold his horses to a man from the village",
    "the president will speak to the country tomorrow night",
    "a large tree fell on the road during the storm",
    "they have lived in this house for many years",
)


def text(words) -> str:
    return " ".join(word.word for word in words)


@pytest.mark.parametrize("voice", ["edward", "klatt"])
def test_two_words_in_three_of_new_sentences_are_right(recogniser, say, voice: str) -> None:
    heard = [text(transcribe(recogniser, say(f"{line.capitalize()}.", voice))) for line in UNSEEN]
    assert jiwer.wer(list(UNSEEN), heard) <= 0.35


@pytest.mark.parametrize("seconds", [0.0, 0.01, 1.0, 20.0], ids=str)
def test_silence_gives_no_words(recogniser, seconds: float) -> None:
    silence = np.zeros(int(seconds * 16_000), np.int16)
    assert transcribe(recogniser, silence) == []
    assert recogniser.recognise(silence) == []


@pytest.mark.parametrize("kind", ["steady", "swelling", "bursts"])
@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0], ids=["white", "pink", "brown"])
def test_noise_gives_no_words(recogniser, noise, slope: float, kind: str) -> None:
    assert transcribe(recogniser, noise(slope, 1_000, kind)) == []


def test_the_same_speech_in_six_containers_gives_the_same_text(recogniser) -> None:
    line = "The library opens at ten and closes in the evening."
    speech = synthesise(line)
    containers = ("wav", "mp3", "flac", "ogg", "m4a", "webm")
    files = [encode(speech.samples, speech.rate, container) for container in containers]
    heard = {text(transcribe(recogniser, decode(file).samples[0])) for file in files}
    assert heard == {"the library opens at ten and closes in the evening"}


def test_what_was_heard_before_changes_nothing(recogniser, say) -> None:
    first, second = say("My sister plays the piano in a small band."), say("Good morning.", "fay")
    fresh = PocketsphinxRecogniser().recognise(first)
    recogniser.recognise(second)
    assert recogniser.recognise(first) == fresh
    assert recogniser.recognise(first) == fresh


def test_word_times_are_those_of_the_recording(recogniser) -> None:
    speech = synthesise("They have lived in this house for many years.")
    spoken = decode(encode(speech.samples, speech.rate)).samples[0]
    words = transcribe(recogniser, np.concatenate([np.zeros(48_000, np.int16), spoken]))
    true = {word.word.lower(): 3 + word.start for word in speech.words}
    off = [abs(word.start - true[word.word]) for word in words if word.word in true]
    assert len(off) >= 7
    assert np.median(off) < 0.1
    assert all(word.start < word.end <= 3 + speech.duration + 0.01 for word in words)


def test_words_are_clean_and_their_confidence_lies_between_its_bounds(recogniser, say) -> None:
    words = transcribe(recogniser, say("Well, the read book was read. I read it on a live stage."))
    assert words
    assert not set("<>[]()+~") & set(text(words))
    assert all(0.5 <= word.confidence <= 0.9 for word in words)


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        ("Deepgram", "Please ask deepgram about the price."),
        ("Grafana", "We used grafana in the office today."),
        ("acme rockets", "Call acme rockets in the morning."),
    ],
    ids=["compound", "letters", "phrase"],
)
def test_a_keyterm_is_heard_that_was_not_heard_without(recogniser, say, term: str, sentence: str) -> None:
    assert term.lower() not in text(transcribe(recogniser, say(sentence)))
    words = transcribe(recogniser, say(sentence), [term, "kubernetes", "thalia"])
    assert term.lower() in text(words)
    assert all(word.start < word.end for word in words)


def test_keyterms_that_are_not_said_change_nothing(recogniser, say) -> None:
    spoken = say("They have lived in this house for many years.")
    listed = ["Deepgram", "Jupyter", "acme rockets", "", "&", "foo(2)", "Čapek", "Deepgram"]
    assert text(transcribe(recogniser, spoken, listed)) == text(transcribe(recogniser, spoken))


def test_pocketsphinx_is_the_engine_when_none_is_named(monkeypatch) -> None:
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)
    engine = load_engine()
    assert isinstance(engine, Recogniser)
    assert (engine.name, engine.version[:2]) == ("pocketsphinx", "5.")


def test_an_engine_of_ones_own_is_loaded_by_name(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "counting_engine.py").write_text(
        """
from dgnb.results import Word

class Counter:
    name, version = "counter", "7"
    def recognise(self, samples, keyterms=()):
        return [Word(word=str(len(samples)), start=0.0, end=len(samples) / 16000, confidence=1.0)]
"""
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(ENGINE_VARIABLE, "counting_engine:Counter")
    engine = load_engine()
    assert (engine.name, engine.version) == ("counter", "7")
    assert text(engine.recognise(np.zeros(5, np.int16))) == "5"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("no_such_module:make", "No module named"),
        ("dgnb.results:no_such_factory", "no_such_factory"),
        ("dgnb.results", "package.module:factory"),
        ("math:sqrt", "TypeError"),
        ("builtins:dict", "gives a dict without name, version and recognise"),
    ],
    ids=["module", "factory", "no factory", "fails", "no engine"],
)
def test_an_engine_that_cannot_be_loaded_is_explained(path: str, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        load_engine(path)
