"""Requests and replies, without a network."""

from __future__ import annotations

import pytest

from dgnb import errors
from dgnb.errors import OptionError
from dgnb.operations import Reply
from dgnb.operations.flow import json_body
from dgnb.results import Accepted, Transcript


@pytest.mark.parametrize(
    ("status", "refused"), [(200, False), (204, False), (301, True), (307, True), (400, True), (503, True)]
)
def test_only_a_2xx_is_an_answer(status: int, refused: bool) -> None:
    assert Reply(status, b"").refused is refused


def test_an_answer_is_decoded() -> None:
    assert Reply(200, b'{"request_id": "r-1"}').decode(Accepted) == Accepted(request_id="r-1")


def test_a_refusal_is_raised_with_the_request_id_of_the_header() -> None:
    with pytest.raises(errors.NotAllowed) as caught:
        Reply(401, b"nope", {"dg-request-id": "r-1"}).decode(Transcript)
    assert caught.value.request_id == "r-1"


def test_a_redirection_is_not_followed_but_told() -> None:
    with pytest.raises(errors.ApiError, match="base_url"):
        Reply(302, b"<html>Moved</html>").decode(Transcript)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"<html>", b'{"metadata": 1}'], ids=repr)
def test_an_answer_of_another_shape_is_a_reply_error(body: bytes) -> None:
    with pytest.raises(errors.ReplyError, match="Not a Transcript"):
        Reply(200, body).decode(Transcript)


def test_text_that_no_json_can_hold_is_refused() -> None:
    with pytest.raises(OptionError, match="cannot be sent as JSON"):
        json_body({"text": "\ud800"})
