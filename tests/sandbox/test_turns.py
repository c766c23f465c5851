from itertools import pairwise

import pytest

from dgnb.protocol.heard import Word
from dgnb.protocol.messages.flux import Thresholds, TurnInfo
from dgnb.sandbox.engines.punctuation import punctuate
from dgnb.sandbox.turns import UPDATE, Turns, confidence


def said(text: str, start: float = 0.0) -> list[Word]:
    return [
        Word(word=word, start=start + at / 4, end=start + at / 4 + 0.2, confidence=0.9)
        for at, word in enumerate(text.split())
    ]


def turns(eager: float | None = None, eot: float = 0.7, timeout: int = 5000) -> Turns:
    return Turns(Thresholds(eager_eot_threshold=eager, eot_threshold=eot, eot_timeout_ms=timeout), punctuate)


def through(machine: Turns, start: float, end: float, spoken: float | None = None) -> list[TurnInfo]:
    """All that is told while time passes in silence, which began at `spoken`."""
    found, steps = [], round((end - start) / 0.02)
    for step in range(1, steps + 1):
        now = start + step * 0.02
        found += machine.passed(now, now - (start if spoken is None else spoken), False)
    return found


def events(infos: list[TurnInfo]) -> list[str]:
    return [info.event for info in infos if info.event != "Update"]


def end_of(infos: list[TurnInfo]) -> TurnInfo:
    (info,) = [info for info in infos if info.event == "EndOfTurn"]
    return info


def test_silence_has_updates_without_a_turn() -> None:
    found = through(turns(), 0.0, 2.0)
    assert [info.event for info in found] == ["Update"] * 7
    assert {(info.transcript, info.turn_index, info.end_of_turn_confidence) for info in found} == {
        ("", 0, 0.0)
    }
    ends = [info.audio_window_end for info in found]
    assert all(UPDATE <= after - before < UPDATE + 0.02 for before, after in pairwise(ends))


def test_the_window_of_a_turn_that_has_not_begun_moves_on_with_the_boundaries() -> None:
    machine = turns()
    assert list(machine.ended([], 0.0, 2.7, 3.0)) == []
    (info, *_) = through(machine, 3.0, 3.3)
    assert info.audio_window_start == 2.7


def test_a_turn_begins_with_its_first_word_and_keeps_its_window() -> None:
    machine = turns()
    assert list(machine.begun(0.3)) == []
    assert list(machine.guessed([], 0.5)) == []
    (start,) = machine.guessed(said("good"), 0.8)
    assert (start.event, start.transcript, start.audio_window_start) == ("StartOfTurn", "Good.", 0.0)
    assert list(machine.guessed(said("good morning"), 1.0)) == []
    assert list(machine.ended(said("good morning"), 0.0, 1.2, 1.3)) == []
    (update, *_) = through(machine, 1.3, 1.6)
    assert (update.event, update.transcript) == ("Update", "Good morning.")
    assert update.audio_window_start == 0.0
    assert [word.word for word in update.words] == ["Good", "morning."]


def test_a_turn_ends_by_silence_and_the_next_begins_where_it_ended() -> None:
    machine = turns()
    list(machine.ended(said("good morning"), 0.0, 1.2, 1.34))
    end = end_of(through(machine, 1.34, 3.0, spoken=1.06))
    assert (end.trigger, end.turn_index, end.audio_window_end) == ("model", 0, 1.2)
    assert end.end_of_turn_confidence >= 0.7
    (start,) = machine.guessed(said("well", 3.2), 3.5)
    assert (start.event, start.turn_index, start.audio_window_start) == ("StartOfTurn", 1, 1.2)


def test_an_early_end_comes_before_the_end_and_says_the_same() -> None:
    machine = turns(eager=0.4)
    list(machine.ended(said("good morning"), 0.0, 1.2, 1.34))
    found = through(machine, 1.34, 3.0, spoken=1.06)
    assert events(found) == ["EagerEndOfTurn", "EndOfTurn"]
    early, end = [info for info in found if info.event != "Update"]
    assert (early.transcript, early.words) == (end.transcript, end.words)
    assert early.trigger is None


def test_without_its_threshold_there_is_no_early_end() -> None:
    machine = turns()
    list(machine.ended(said("good morning"), 0.0, 1.2, 1.34))
    assert events(through(machine, 1.34, 3.0, spoken=1.06)) == ["EndOfTurn"]


def test_speech_that_goes_on_takes_an_early_end_back() -> None:
    machine = turns(eager=0.4)
    list(machine.ended(said("good morning"), 0.0, 1.2, 1.34))
    assert events(through(machine, 1.34, 1.5, spoken=1.06)) == ["EagerEndOfTurn"]
    (resumed,) = machine.begun(1.7)
    assert (resumed.event, resumed.transcript) == ("TurnResumed", "Good morning.")
    assert list(machine.begun(1.8)) == []
    list(machine.ended(said("how are you", 1.6), 1.2, 2.4, 2.54))
    found = through(machine, 2.54, 4.0, spoken=2.26)
    assert events(found) == ["EagerEndOfTurn", "EndOfTurn"]
    assert end_of(found).transcript == "Good morning. How are you?"


def test_a_higher_threshold_ends_the_turn_later() -> None:
    def ended(eot: float) -> float:
        machine = turns(eot=eot)
        list(machine.ended(said("good morning"), 0.0, 1.2, 1.34))
        at = 1.34
        while not events(list(machine.passed(at, at - 1.06, False))):
            at += 0.02
        return at - 1.06

    assert [ended(eot) for eot in (0.5, 0.7, 0.8, 0.9)] == pytest.approx([0.3, 0.7, 1.2, 2.7], abs=0.03)


@pytest.mark.parametrize("timeout", [500, 2000])
def test_at_one_only_the_time_out_ends_a_turn(timeout: int) -> None:
    machine = turns(eot=1.0, timeout=timeout)
    list(machine.ended(said("good morning"), 0.0, 1.2, 1.34))
    found = through(machine, 1.34, 4.0, spoken=1.06)
    end = end_of(found)
    assert (end.trigger, end.end_of_turn_confidence < 1.0) == ("timeout", True)


def test_nothing_ends_while_somebody_speaks() -> None:
    machine = turns(eager=0.3, eot=0.5, timeout=500)
    list(machine.guessed(said("good morning"), 1.0))
    infos = [info for step in range(100) for info in machine.passed(1 + step / 50, 0.3, True)]
    assert events(infos) == []
    assert {info.end_of_turn_confidence for info in infos} == {0.0}


def test_a_turn_can_be_ended_by_force_and_only_when_there_is_one() -> None:
    machine = turns()
    assert list(machine.force()) == []
    list(machine.ended(said("good"), 0.0, 0.8, 0.8))
    (end,) = machine.force()
    assert (end.event, end.trigger, end.transcript) == ("EndOfTurn", "manual", "Good.")
    assert not machine.open
    assert list(machine.force()) == []


def test_a_turn_whose_words_were_none_ends_without_text_and_never_early() -> None:
    machine = turns(eager=0.3)
    assert events(list(machine.guessed(said("uh-huh"), 0.8))) == ["StartOfTurn"]
    list(machine.ended([], 0.0, 1.0, 1.1))
    found = through(machine, 1.1, 4.0, spoken=0.9)
    assert events(found) == ["EndOfTurn"]
    assert end_of(found).transcript == ""


def test_speech_without_a_word_is_no_turn() -> None:
    machine = turns()
    list(machine.begun(0.2))
    list(machine.ended([], 0.0, 1.0, 1.1))
    assert events(through(machine, 1.1, 9.0)) == []


def test_an_unfinished_sentence_makes_the_end_less_likely() -> None:
    done, open_ = punctuate(said("i live in paris")), punctuate(said("i live in the"))
    assert confidence(0.6, done) > confidence(0.6, open_)
    values = [confidence(silence / 10, done) for silence in range(600)]
    assert values == sorted(values)
    assert values[0] == 0.0
    assert values[-1] < 1.0
