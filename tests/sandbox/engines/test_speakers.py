import numpy as np
import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.speakers import Roll, label
from dgnb.sandbox.engines.synthesis import synthesise

TURNS = (
    "Good morning, how can I help you today?",
    "I would like to change my booking for the train.",
    "Of course. Could you tell me the number, please?",
    "It is on the ticket that I bought last week.",
    "Thank you, that was all that I needed to know.",
    "And thank you for your help, have a good day.",
)


@pytest.fixture
def dialogue(say):
    def made(*voices: str) -> tuple[np.ndarray, list[Word], list[int]]:
        """Samples of the turns in alternating voices, the words, and the number of each word's turn."""
        pieces, words, turns, at = [], [], [], 0.0
        for number, text in enumerate(TURNS):
            voice = voices[number % len(voices)]
            spoken, speech = say(text, voice), synthesise(text, voice)
            starts = [word.start for word in speech.words]
            ends = [*starts[1:], len(spoken) / 16_000]
            words += [
                Word(word="x", start=at + a, end=at + b, confidence=0.9)
                for a, b in zip(starts, ends, strict=True)
            ]
            turns += [number] * len(starts)
            pieces += [spoken, np.zeros(8_000, np.int16)]
            at += len(spoken) / 16_000 + 0.5
        return np.concatenate(pieces), words, turns

    return made


@pytest.mark.parametrize(
    "voices",
    [("edward", "klatt"), ("edward", "fay"), ("scot", "fay"), ("aura-2-thalia-en", "aura-2-arcas-en")],
    ids="-".join,
)
def test_two_voices_in_turn_are_two_speakers(dialogue, voices: tuple[str, str]) -> None:
    samples, words, turns = dialogue(*voices)
    assert [speaker for speaker, _ in label(samples, words)] == [turn % 2 for turn in turns]


@pytest.mark.parametrize("voice", ["edward", "klatt", "fay", "scot"])
def test_one_voice_is_one_speaker(dialogue, voice: str) -> None:
    samples, words, _ = dialogue(voice)
    assert {speaker for speaker, _ in label(samples, words)} == {0}


def test_a_short_answer_goes_to_the_speaker_it_sounds_like(say) -> None:
    samples = np.concatenate([say(TURNS[1], "fay"), np.zeros(8_000, np.int16), say(TURNS[0], "edward")])
    samples = np.concatenate([samples, np.zeros(8_000, np.int16), say("Yes.", "fay")])
    ends = np.cumsum([len(say(TURNS[1], "fay")), 8_000, len(say(TURNS[0], "edward")), 8_000]) / 16_000
    spans = [(0.0, ends[0]), (ends[1], ends[2]), (ends[3], len(samples) / 16_000)]
    words = [Word(word="x", start=float(start), end=float(end)) for start, end in spans]
    assert [speaker for speaker, _ in label(samples, words)] == [0, 1, 0]


def test_confidences_are_shares(dialogue) -> None:
    samples, words, _ = dialogue("edward", "fay")
    assert all(0.5 <= confidence <= 1.0 for _, confidence in label(samples, words))


def test_no_words_have_no_speakers() -> None:
    assert label(np.zeros(16_000, np.int16), []) == []


@pytest.mark.parametrize("count", [0, 10, 16_000], ids=["none", "few", "silent"])
def test_words_without_sound_are_one_speaker(count: int) -> None:
    words = [Word(word="x", start=0.0, end=0.5), Word(word="y", start=1.5, end=1.5)]
    assert [speaker for speaker, _ in label(np.zeros(count, np.int16), words)] == [0, 0]


def called(samples: np.ndarray, words: list[Word], turns: list[int], roll: Roll) -> list[int]:
    """The speakers of the turns, each given as a stretch of its own."""
    found = []
    for turn in sorted(set(turns)):
        said = [word for word, number in zip(words, turns, strict=True) if number == turn]
        start, end = said[0].start, said[-1].end
        local = [Word(word=word.word, start=word.start - start, end=word.end - start) for word in said]
        piece = samples[round(start * 16_000) : round(end * 16_000)]
        found += [speaker for speaker, _ in roll.label(piece, local)]
    return found


@pytest.mark.parametrize("voices", [("edward", "fay"), ("scot", "fay"), ("edward", "klatt")], ids="-".join)
def test_speakers_are_told_stretch_by_stretch(dialogue, voices: tuple[str, str]) -> None:
    samples, words, turns = dialogue(*voices)
    assert called(samples, words, turns, Roll()) == [turn % 2 for turn in turns]


@pytest.mark.parametrize("voice", ["edward", "klatt", "fay", "scot"])
def test_one_voice_stays_one_speaker_stretch_by_stretch(dialogue, voice: str) -> None:
    samples, words, turns = dialogue(voice)
    assert set(called(samples, words, turns, Roll())) == {0}


def test_what_is_provisional_is_not_remembered(dialogue, say) -> None:
    roll, word = Roll(), [Word(word="x", start=0.0, end=2.0)]
    assert roll.label(say(TURNS[1], "fay"), word, learn=False) == [(0, 1.0)]
    assert roll.label(say(TURNS[0], "edward"), word)[0][0] == 0
    assert roll.label(say(TURNS[1], "fay"), word, learn=False)[0][0] == 1
    assert roll.label(say(TURNS[3], "fay"), word)[0][0] == 1


def test_a_short_word_goes_to_who_is_known(say) -> None:
    roll = Roll()
    for voice in ("edward", "fay"):
        roll.label(say(TURNS[1], voice), [Word(word="x", start=0.0, end=2.5)])
    short = [Word(word="x", start=0.0, end=0.5)]
    assert [roll.label(say("Yes.", voice), short)[0][0] for voice in ("edward", "fay")] == [0, 1]


def test_a_roll_takes_silence_and_nothing() -> None:
    roll = Roll()
    words = [Word(word="x", start=0.0, end=0.5), Word(word="y", start=1.5, end=1.5)]
    assert roll.label(np.zeros(0, np.int16), []) == []
    assert [speaker for speaker, _ in roll.label(np.zeros(32_000, np.int16), words)] == [0, 0]
