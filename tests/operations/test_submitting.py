"""The flows whose result goes to a callback, driven by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dgnb.errors import OptionError
from dgnb.operations import Reply, listening, reading, speaking
from dgnb.protocol import routes
from dgnb.protocol.models import SPEECH_LIMIT
from dgnb.results import Accepted

URL = "https://example.org/done"
TEXT = "I love this place."

SUBMITTED = pytest.mark.parametrize(
    ("submit", "source", "options", "route"),
    [
        pytest.param(listening.submit, b"OggS" + bytes(60), {}, routes.LISTEN, id="listen"),
        pytest.param(reading.submit, TEXT, {"topics": True}, routes.READ, id="read"),
        pytest.param(speaking.submit, TEXT, {}, routes.SPEAK, id="speak"),
        pytest.param(speaking.submit, TEXT, {"model": "flux-kai-en"}, routes.SPEAK_FLUX, id="speak-flux"),
    ],
)


@SUBMITTED
def test_a_callback_is_sent_and_a_receipt_comes_back(
    submit: Any, source: Any, options: Any, route: Any
) -> None:
    flow = submit(source, callback=URL, callback_method="PUT", **options)
    request = next(flow)
    assert request.route == route
    assert {("callback", URL), ("callback_method", "PUT")} <= set(request.query)
    with pytest.raises(StopIteration) as stop:
        flow.send(Reply(200, b'{"request_id": "r"}'))
    assert stop.value.value == Accepted(request_id="r")


@SUBMITTED
@pytest.mark.parametrize("callback", [{}, {"callback": None}], ids=["none", "None"])
def test_without_a_callback_there_is_nowhere_to_deliver(
    submit: Any, source: Any, options: Any, route: Any, callback: Any
) -> None:
    with pytest.raises(OptionError, match="submit needs callback="):
        next(submit(source, **options, **callback))


@pytest.mark.parametrize(
    ("flow", "fix"),
    [(reading.read, r"read\.submit\("), (speaking.speak, r"speak\.submit\(")],
    ids=["read", "speak"],
)
def test_who_waits_has_no_callback(flow: Any, fix: str) -> None:
    with pytest.raises(OptionError, match=fix):
        next(flow(TEXT, callback=URL))
    next(flow(TEXT, callback=None))


def test_a_long_text_cannot_be_delivered_in_parts() -> None:
    next(speaking.submit("a" * SPEECH_LIMIT, callback=URL))
    with pytest.raises(OptionError, match="submit it in parts"):
        next(speaking.submit("a" * (SPEECH_LIMIT + 1), callback=URL, encoding="linear16"))


def test_a_wrong_option_is_refused_as_by_the_flow_that_waits() -> None:
    with pytest.raises(OptionError, match="needs a Flux voice"):
        next(speaking.submit(TEXT, callback=URL, expressivity=1))
    with pytest.raises(OptionError, match="needs custom_topic"):
        next(reading.submit(TEXT, callback=URL, custom_topic_mode="strict"))
