"""Whether, and when, to try again."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from dgnb.transport.retry import LONGEST, PASSING, Retry


@pytest.mark.parametrize("status", [*sorted(PASSING), None], ids=str)
def test_what_may_pass_is_tried_again_up_to_the_limit(status: int | None) -> None:
    retry = Retry(limit=2)
    assert [retry.pause(attempt, status) is not None for attempt in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("status", [200, 301, 400, 401, 402, 403, 404, 409, 413, 415, 422, 501])
def test_what_does_not_pass_is_not_tried_again(status: int) -> None:
    assert Retry(limit=9).pause(1, status) is None


def test_no_retries_means_one_attempt() -> None:
    assert Retry(limit=0).pause(1, 503) is None


def test_pauses_double_and_are_spread_by_a_fifth() -> None:
    retry = Retry(limit=9, first=0.5)
    for attempt, middle in ((1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0)):
        pauses = [retry.pause(attempt, 503) for _ in range(200)]
        assert all(pause is not None and 0.8 * middle <= pause <= 1.2 * middle for pause in pauses)
        assert len(set(pauses)) > 100


@pytest.mark.parametrize(
    ("asked", "pause"), [("3", 3.0), ("0.2", 0.2), ("0", 0.0), ("-5", 0.0), ("60", 60.0)]
)
def test_the_pause_that_the_service_asks_for_is_kept(asked: str, pause: float) -> None:
    assert Retry().pause(1, 429, asked) == pause


@pytest.mark.parametrize(("ahead", "low", "high"), [(10, 8.5, 10), (-10, 0, 0)], ids=["ahead", "past"])
def test_a_date_is_waited_for(ahead: float, low: float, high: float) -> None:
    pause = Retry().pause(1, 503, formatdate(time.time() + ahead, usegmt=True))
    assert pause is not None
    assert low <= pause <= high


@pytest.mark.parametrize(
    "asked",
    [str(LONGEST + 1), "inf", formatdate(time.time() + 3600, usegmt=True)],
    ids=["seconds", "for ever", "a date"],
)
def test_a_pause_that_is_too_long_is_left_to_the_caller(asked: str) -> None:
    assert Retry().pause(1, 429, asked) is None


@pytest.mark.parametrize("asked", ["", "soon", "Wed, 99 Oct 2099", "1 s"], ids=repr)
def test_a_pause_that_cannot_be_read_is_ignored(asked: str) -> None:
    pause = Retry(first=0.5).pause(1, 429, asked)
    assert pause is not None
    assert 0.4 <= pause <= 0.6
