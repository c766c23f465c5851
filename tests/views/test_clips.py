from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dgnb import AudioError, Deepgram, OptionError, Transcript
from dgnb.views.clips import REDACTED
from tests.views.replies import channel, dialogue, reply, said

RATE = 1000
COUNT = np.arange(12500, dtype=np.int16)
"""Each sample is its own number: with a rate of 1000 Hz, its time [ms]."""

SOUND = (COUNT, RATE)

DIALOGUE = dialogue()
FIRST, SECOND = [(0.5, 1.6)], [(4.0, 5.1)]


def spans(found: Any) -> list[tuple[float, float]]:
    """From when to when the samples of a clip are from [s]."""
    runs = np.split(found, np.flatnonzero(np.diff(found) != 1) + 1)
    return [(run[0] / RATE, (run[-1] + 1) / RATE) for run in runs]


CHOICES: dict[str, tuple[dict[str, Any], list[tuple[float, float]], str]] = {
    "speaker": ({"speaker": 1}, SECOND, "My router is dead!"),
    "topic": ({"topic": "repair"}, SECOND, "My router is dead!"),
    "rows": ({"words": [0, 1, 5]}, [(0.5, 1.0), (4.3, 4.5)], "Hello, this router"),
    "slice": ({"words": slice(2, 4)}, [(1.1, 1.6)], "is Ava."),
    "frame": ({"words": DIALOGUE.words.iloc[5:7]}, [(4.3, 4.8)], "router is"),
    "row": ({"words": DIALOGUE.words.iloc[3]}, [(1.4, 1.6)], "Ava."),
    "entities": ({"words": DIALOGUE.entities}, [(1.4, 1.6)], "Ava."),
    "hits": ({"words": DIALOGUE.search}, [(4.3, 4.5)], "router"),
    "times": ({"start": 0.25, "end": 0.75}, [(0.25, 0.75)], "Hello,"),
    "start": ({"start": 4.5}, [(4.5, 12.5)], "is dead!"),
    "speaker until": ({"speaker": 1, "end": 4.4}, [(4.0, 4.4)], "My router"),
    "frame until": ({"words": DIALOGUE.sentences, "end": 4.5}, [(0.5, 1.6), (4.0, 4.5)], None),
    "margin": ({"words": [3], "margin": 0.1}, [(1.3, 1.7)], "Ava."),
}


@pytest.mark.parametrize(("choice", "expected", "text"), CHOICES.values(), ids=CHOICES)
def test_a_clip_is_the_source_where_it_was_chosen(
    choice: dict[str, Any], expected: list[tuple[float, float]], text: str | None
) -> None:
    clip = DIALOGUE.clip(**choice, audio=SOUND)
    assert spans(clip.samples) == expected
    if text is not None:
        assert clip.text == text


@pytest.mark.parametrize(("choice", "expected", "text"), CHOICES.values(), ids=CHOICES)
def test_a_bleep_leaves_nothing_of_what_was_chosen(
    choice: dict[str, Any], expected: list[tuple[float, float]], text: str | None
) -> None:
    # A span that no other sample has: the tone is not above 6000.
    sound = (COUNT + 10000, RATE)
    bleeped = DIALOGUE.bleep(**{"margin": 0.0} | choice, audio=sound)
    inside = np.zeros(len(COUNT), bool)
    for start, end in expected:
        inside[round(start * RATE) : round(end * RATE)] = True
    assert (bleeped.samples[~inside] == sound[0][~inside]).all()
    assert (np.abs(bleeped.samples[inside]) <= 6000).all()
    assert bleeped.text == DIALOGUE.text


def redacted() -> Transcript:
    words = said("My number is [PHONE_NUMBER_1] now") + said("and [EMAIL_ADDRESS_12].", 5.0)
    return reply(channel(words))


def test_a_bleep_covers_what_is_redacted() -> None:
    bleeped = redacted().bleep(audio=(COUNT + 10000, RATE), pitch=0)
    silent = np.flatnonzero(bleeped.samples == 0)
    assert spans(silent) == [(0.85, 1.15), (5.25, 5.55)]


@pytest.mark.parametrize(
    ("text", "is_redacted"), [("[SSN_1],", True), ("[laughter]", False), ("[1]", False), ("A_1", False)]
)
def test_a_redacted_word_is_known(text: str, is_redacted: bool) -> None:
    assert bool(REDACTED.search(text)) == is_redacted


def test_the_sandbox_redacts_in_the_form_that_is_bleeped() -> None:
    with Deepgram(sandbox=True) as dg:
        sound = dg.speak("My name is Peter, and the number is five five five, one two three four.")
        call = dg.listen(sound, redact=["numbers"], smart_format=True)
    hidden = [bool(REDACTED.search(text)) for text in call.words["text"]]
    assert any(hidden)
    bleeped = call.bleep()
    first = call.words[hidden].iloc[0]
    middle = round((first["start"] + first["end"]) / 2 * sound.rate)
    assert (bleeped.samples[middle : middle + 20] != sound.samples[middle : middle + 20]).any()


def test_channels_stay_and_are_all_covered() -> None:
    two = np.stack([COUNT + 10000, COUNT + 12000], axis=1)
    call = reply(channel(said("left")), channel(said("right", 2.0)))
    clip = call.clip(words=[1], audio=(two, RATE))
    assert np.frombuffer(clip.audio[44:], "<i2").reshape(-1, 2)[0].tolist() == [12000, 14000]
    covered = np.frombuffer(call.bleep([1], audio=(two, RATE), margin=0, pitch=0).audio[44:], "<i2")
    assert (covered.reshape(-1, 2)[2000:2200] == 0).all()
    assert (covered != 0).sum() == 2 * (12500 - 200)


def test_words_of_two_channels_are_not_one_stretch() -> None:
    call = reply(channel(said("one two")), channel(said("three", 5.0)))
    assert spans(call.clip(words=slice(None), audio=SOUND).samples) == [(0.0, 0.5), (5.0, 5.2)]


def test_words_without_times_are_left_out() -> None:
    words = [{"word": "one", "punctuated_word": "one"}, *said("two", 1.0)]
    assert spans(reply(channel(words)).clip(words=[0, 1], audio=SOUND).samples) == [(1.0, 1.2)]
    with pytest.raises(OptionError, match="none has a time"):
        reply(channel(words)).clip(words=[0], audio=SOUND)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Say which part"),
    "speaker": ({"speaker": 7}, "no such part"),
    "topic": ({"topic": "Weather"}, "no topic 'Weather'; there are: Repair"),
    "backwards": ({"start": 2.0, "end": 1.0}, "ends after it starts"),
    "no rows": ({"words": [99]}, "no rows of the words"),
    "text": ({"words": "router"}, "no rows of the words"),
    "no times": ({"words": DIALOGUE.words[["channel"]]}, "columns start and end"),
    "two ways": ({"words": DIALOGUE.topics, "speaker": 1}, "leave speaker and topic out"),
    "margin": ({"speaker": 1, "margin": -1.0}, "A margin is a time"),
}


@pytest.mark.parametrize(("choice", "told"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_cut_is_told(choice: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        DIALOGUE.clip(**choice, audio=SOUND)


def test_without_a_recording_it_is_asked_for() -> None:
    with pytest.raises(AudioError, match="give the recording"):
        DIALOGUE.clip(speaker=1)
    with pytest.raises(OptionError, match="No word is redacted"):
        DIALOGUE.bleep(audio=SOUND)


def test_a_stored_transcript_takes_speech_and_sessions_as_audio() -> None:
    clip = DIALOGUE.clip(speaker=1, audio=SOUND)
    assert clip.content_type == "audio/wav"
    assert DIALOGUE.clip(start=0, end=0.5, audio=clip).samples.tolist() == list(range(4000, 4500))
