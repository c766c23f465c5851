"""How live connections end, and whether another one may help."""

from __future__ import annotations

import pytest

from dgnb.protocol import closes
from dgnb.protocol.closes import CONVERSING, LISTENING, SPEAKING, Close, close


@pytest.mark.parametrize(
    "known", [LISTENING, SPEAKING, CONVERSING], ids=["listening", "speaking", "conversing"]
)
def test_a_code_and_its_reason_name_one_end(known: tuple[Close, ...]) -> None:
    assert len({(one.code, one.reason) for one in known}) == len(known)
    assert all(close(one.code, one.reason, known) is one for one in known)


@pytest.mark.parametrize(
    "known", [LISTENING, SPEAKING, CONVERSING], ids=["listening", "speaking", "conversing"]
)
def test_every_end_but_the_plain_one_says_what_to_make_of_it(known: tuple[Close, ...]) -> None:
    assert [one for one in known if not one.hint] == [closes.NORMAL]


@pytest.mark.parametrize(
    "known", [LISTENING, SPEAKING, CONVERSING], ids=["listening", "speaking", "conversing"]
)
def test_only_what_the_service_or_the_net_has_done_passes(known: tuple[Close, ...]) -> None:
    assert {one.code for one in known if one.passing} == {1011}
    assert all(one.passing for one in known if one.code == 1011)


@pytest.mark.parametrize(
    ("code", "reason", "passing"),
    [
        (1006, "", True),
        (1001, "", True),
        (1011, "NET-0004", True),
        (1012, "restart", True),
        (1013, "", True),
        (1002, "", False),
        (1003, "", False),
        (1007, "", False),
        (1008, "DATA-9999", False),
        (1009, "", False),
        (1010, "", False),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else value,
)
def test_an_end_that_is_not_in_the_table_passes_unless_the_client_was_wrong(
    code: int, reason: str, passing: bool
) -> None:
    assert close(code, reason, SPEAKING) == Close(code, reason, passing=passing)


def test_the_same_reason_says_something_else_on_another_connection() -> None:
    assert close(1008, "DATA-0000", LISTENING) is closes.BAD_AUDIO
    assert close(1008, "DATA-0000", SPEAKING) is closes.BAD_COMMAND
    assert close(1011, "NET-0001", LISTENING) is closes.SILENT
    assert close(1011, "NET-0001", SPEAKING) is closes.UNRECEIVED


def test_too_fast_does_not_pass_by_itself() -> None:
    assert not closes.TOO_FAST.passing
    assert "do not send them again at once" in closes.TOO_FAST.hint
