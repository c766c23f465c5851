"""Numbers of speakers over several connections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dgnb.protocol.heard import Word
from dgnb.sessions.speakers import Speakers


def word(start: float, end: float, speaker: int | None) -> Word:
    return Word(word="w", start=start, end=end, speaker=speaker)


def test_who_speaks_in_a_known_speakers_time_is_that_speaker() -> None:
    speakers = Speakers(known=2)
    speakers.recognise([word(0, 1, 0), word(1, 2, 1)], [(0.0, 1.0, 1), (1.0, 2.0, 0)])
    assert (speakers.number(0), speakers.number(1), speakers.known) == (1, 0, 2)


def test_the_longest_overlap_decides() -> None:
    speakers = Speakers(known=2)
    speakers.recognise([word(0, 1.0, 0)], [(0.0, 0.4, 0), (0.4, 1.0, 1)])
    assert speakers.number(0) == 1


def test_who_was_not_heard_before_is_new() -> None:
    speakers = Speakers(known=2)
    speakers.recognise([word(0, 1, 0)], [(0.0, 1.0, 1)])
    assert (speakers.number(0), speakers.number(1), speakers.number(2), speakers.known) == (1, 2, 3, 4)


def test_two_speakers_never_become_one() -> None:
    speakers = Speakers(known=1)
    speakers.recognise([word(0, 1, 0), word(1, 2, 1)], [(0.0, 2.0, 0)])
    assert {speakers.number(0), speakers.number(1)} == {0, 1}


def test_a_number_once_given_stays() -> None:
    speakers = Speakers(known=2)
    assert speakers.number(0) == 2
    speakers.recognise([word(0, 1, 0)], [(0.0, 1.0, 1)])
    assert speakers.number(0) == 2


def test_words_without_a_speaker_and_words_that_only_touch_say_nothing() -> None:
    speakers = Speakers(known=1)
    speakers.recognise([word(0, 1, None), word(1, 2, 0)], [(0.0, 1.0, 0)])
    assert speakers.number(0) == 1


@given(st.permutations(range(4)), st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_other_numbers_for_the_same_speakers_are_translated_back(names: list[int], turns: list[int]) -> None:
    speakers = Speakers(known=4)
    earlier = [(float(at), at + 1.0, speaker) for at, speaker in enumerate(turns)]
    speakers.recognise([word(at, at + 1, names[speaker]) for at, speaker in enumerate(turns)], earlier)
    assert [speakers.number(names[speaker]) for speaker in turns] == turns
