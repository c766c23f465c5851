"""The log of a session."""

from __future__ import annotations

import msgspec
import pytest

from dgnb.sessions.records import Ended, Gap, Lost, Notice, Opened, Record
from dgnb.sessions.speaking import Audio

NOTICES = [
    Opened(2, "request"),
    Lost(code=1011, reason="NET-0001", status=0, pause=0.25),
    Gap(1.5, 2.5),
    Ended("The service refused."),
    Audio(0, 0.0, 0.5),
]


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.type)
def test_a_notice_is_told_by_its_type_like_a_message(notice: Notice) -> None:
    content = Record(1.0, 2, notice=notice).content()
    assert content.pop("type") == type(notice).__name__ == notice.type
    assert content == msgspec.structs.asdict(notice)


def test_a_message_is_kept_as_it_came_also_what_is_not_known_of_it() -> None:
    record = Record(1.0, 1, '{"type": "Results", "newer": [1]}')
    assert record.content() == {"type": "Results", "newer": [1]}


def test_an_end_without_an_error_is_a_good_one() -> None:
    assert Ended().error == ""
