from __future__ import annotations

from itertools import permutations
from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.views.diarization import Turn, assigned, diarization, turns
from tests.views.replies import channel, dialogue, reply, said

spans = st.tuples(st.integers(0, 40), st.integers(1, 10), st.integers(0, 3))
speech = st.lists(spans.map(lambda one: Turn(one[0] / 4, (one[0] + one[1]) / 4, one[2])), max_size=6)


def joined(turns: list[Turn]) -> list[Turn]:
    """Turns of one speaker that overlap or touch are one."""
    found: list[Turn] = []
    for turn in sorted(turns, key=lambda turn: (turn.speaker, turn.start)):
        if found and found[-1].speaker == turn.speaker and turn.start <= found[-1].end:
            found[-1] = found[-1]._replace(end=max(turn.end, found[-1].end))
        else:
            found.append(turn)
    return found


def slow(reference: list[Turn], heard: list[Turn], collar: float) -> tuple[float, float]:
    """Errors and speech in eighths of a second, by trying every pairing."""
    step = 0.125
    reference = joined(reference)
    frames = []
    for at in range(120):
        time = (at + 0.5) * step
        near = any(abs(time - edge) < collar for turn in reference for edge in (turn.start, turn.end))
        if not near:
            frames.append([{t.speaker for t in one if t.start <= time < t.end} for one in (reference, heard)])
    known = sorted({turn.speaker for turn in heard})
    options = permutations([*range(4), *(-1 - at for at in range(len(known)))], len(known))
    least = min(_wrong(frames, dict(zip(known, option, strict=True))) for option in options)
    return step * least, step * sum(len(left) for left, _ in frames)


def _wrong(frames: list[list[set[int]]], pairs: dict[int, int]) -> int:
    return sum(
        max(len(left), len(right)) - len({pairs[one] for one in right} & left) for left, right in frames
    )


@settings(max_examples=60, deadline=None)
@given(speech, speech, st.sampled_from([0.0, 0.25]))
def test_the_rate_is_that_of_the_best_pairing(
    reference: list[Turn], heard: list[Turn], collar: float
) -> None:
    found = diarization(reference, heard, collar)
    wrong, total = slow(reference, heard, collar)
    assert found.missed + found.false_alarm + found.confusion == pytest.approx(wrong)
    assert found.total == pytest.approx(total)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(st.integers(-9, 9), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_the_assignment_is_the_cheapest(cost: list[list[float]]) -> None:
    found = assigned(cost)
    size = range(len(cost))
    assert sorted(found) == list(size)
    assert sum(cost[row][found[row]] for row in size) == min(
        sum(cost[row][order[row]] for row in size) for order in permutations(size)
    )


def test_other_numbers_are_no_error() -> None:
    first = turns(dialogue())
    other = [turn._replace(speaker=5 - turn.speaker) for turn in first]
    assert diarization(first, other).rate == 0.0


def test_what_is_missed_and_too_much_is_told_apart() -> None:
    found = diarization([Turn(0, 10, 0)], [Turn(0, 5, 0), Turn(5, 6, 1), Turn(11, 12, 1)], collar=0)
    assert found[:4] == (4.0, 1.0, 1.0, 10.0)
    assert found.rate == 0.6


def test_changes_of_the_reference_do_not_count_within_the_collar() -> None:
    reference, heard = [Turn(0, 5, 0), Turn(5, 10, 1)], [Turn(0, 5.2, 0), Turn(5.2, 10, 1)]
    assert diarization(reference, heard, collar=0.25).rate == 0.0
    assert diarization(reference, heard, collar=0).confusion == pytest.approx(0.2)


def test_nobody_speaks() -> None:
    assert isnan(diarization([], []).rate)


def test_voices_on_two_channels_are_speakers() -> None:
    call = reply(channel(said("one two")), channel(said("three", 2.0)))
    assert [turn.speaker for turn in turns(call)] == [0, 1]
    assert turns(reply(channel(said("one two")))) == []
