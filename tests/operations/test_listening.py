"""The flow of ``/v1/listen``, driven by hand."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest

from dgnb import errors
from dgnb.audio import Body
from dgnb.live.opening import checked
from dgnb.operations import Reply, Request, listen, submit
from dgnb.protocol import routes
from dgnb.protocol.options import rows
from dgnb.protocol.params import ListenOptions, ListenSubmitOptions, LiveListenOptions
from dgnb.results import Accepted, Transcript

FLAC = b"fLaC" + bytes(80)
URL = "https://example.org/call.wav"


def finish(flow: Generator[Request, Reply, Any], reply: Reply) -> Any:
    with pytest.raises(StopIteration) as stop:
        flow.send(reply)
    return stop.value.value


def test_audio_is_sent_as_it_is() -> None:
    request = next(listen(FLAC, diarize=True))
    assert request.route == routes.LISTEN
    assert request.query == (("diarize", "true"),)
    assert request.content_type == "application/octet-stream"
    assert isinstance(request.body, Body)
    assert b"".join(request.body.chunks()) == FLAC


def test_an_address_is_sent_as_json() -> None:
    request = next(listen(URL))
    assert request.content_type == "application/json"
    assert isinstance(request.body, bytes)
    assert json.loads(request.body) == {"url": URL}


def test_options_are_never_in_the_body() -> None:
    request = next(listen(URL, model="nova-3", keyterm=["a", "b"], tag="t"))
    assert isinstance(request.body, bytes)
    assert json.loads(request.body) == {"url": URL}
    assert request.query == (("model", "nova-3"), ("keyterm", "a"), ("keyterm", "b"), ("tag", "t"))


def test_an_array_leaves_hints_about_raw_audio_out() -> None:
    request = next(listen(np.zeros(80), sample_rate=8000, encoding="linear16", channels=1, model="nova-3"))
    assert request.query == (("model", "nova-3"),)


def test_raw_audio_keeps_its_description() -> None:
    request = next(listen(b"\x80\x00" * 8, sample_rate=8000, encoding="linear16", channels=2))
    assert request.query == (("sample_rate", "8000"), ("encoding", "linear16"), ("channels", "2"))


@pytest.mark.parametrize(("model", "patience"), [(None, 600), ("nova-3", 600), ("whisper-large", 1200)])
def test_patience_follows_the_model(model: str | None, patience: float) -> None:
    assert next(listen(FLAC, model=model)).patience == patience  # type: ignore[typeddict-item]


def test_options_that_are_none_are_left_out() -> None:
    options: Any = dict.fromkeys(rows(ListenOptions))
    assert next(listen(FLAC, **options)).query == ()


def test_an_answer_becomes_a_transcript() -> None:
    flow = listen(FLAC)
    next(flow)
    assert finish(flow, Reply(200, b'{"metadata": {"duration": 2.5}}')) == Transcript.from_json(
        {"metadata": {"duration": 2.5}}
    )


def test_a_refusal_is_raised() -> None:
    flow = listen(FLAC)
    next(flow)
    with pytest.raises(errors.BadRequest, match="corrupt"):
        flow.send(Reply(400, b'{"err_code": "Bad Request", "err_msg": "corrupt or unsupported data"}'))


def test_a_callback_belongs_to_submit() -> None:
    with pytest.raises(errors.OptionError, match=r"listen\.submit"):
        next(listen(FLAC, callback="https://example.org"))


@pytest.mark.parametrize("options", [{}, {"callback": None}], ids=str)
def test_submit_needs_a_callback(options: Any) -> None:
    with pytest.raises(errors.OptionError, match="submit needs callback="):
        next(submit(FLAC, **options))


def test_submit_gives_a_receipt() -> None:
    flow = submit(URL, callback="https://example.org:8443/done?x=1", callback_method="PUT")
    assert dict(next(flow).query) == {
        "callback": "https://example.org:8443/done?x=1",
        "callback_method": "PUT",
    }
    assert finish(flow, Reply(200, b'{"request_id": "r-1"}')) == Accepted(request_id="r-1")


@pytest.mark.parametrize("flow", [listen, submit], ids=lambda flow: flow.__name__)
def test_an_unknown_option_warns_with_the_nearest_and_is_sent(flow: Any) -> None:
    options: Any = {"callback": "https://example.org"} if flow is submit else {}
    with pytest.warns(UserWarning, match=r"does not know the option 'diarise'.*Did you mean 'diarize'\?"):
        request = next(flow(FLAC, diarise=True, **options))
    assert ("diarise", "true") in request.query


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda: next(listen(FLAC, diarise=True)), id="recorded"),
        pytest.param(lambda: checked({"diarise": True}, LiveListenOptions, ()), id="live"),
    ],
)
def test_the_warning_of_an_unknown_option_names_the_line_of_the_user(ask: Callable[[], object]) -> None:
    with pytest.warns(UserWarning, match="diarise") as warned:
        ask()
    assert warned[0].filename == __file__


def test_an_unknown_option_without_a_value_is_neither_sent_nor_told() -> None:
    options: Any = {"newer": None, "callback": None}
    assert next(listen(FLAC, **options)).query == ()


def test_known_options_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        next(submit(FLAC, callback="https://example.org", redact=["pci", "custom_entity"], tag="x"))


@pytest.mark.parametrize(
    ("source", "options", "error"),
    [
        (FLAC, {"model": "nova-2", "keyterm": "x"}, errors.OptionError),
        (FLAC, {"utt_split": -1}, errors.OptionError),
        (FLAC, {"model": 3}, errors.OptionError),
        (FLAC, {"encoding": "linear16", "sample_rate": 8000}, errors.AudioError),
        ("no-such-file.wav", {}, errors.AudioError),
        (b"", {}, errors.AudioError),
    ],
    ids=["rule", "range", "type", "conflict", "missing", "empty"],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    source: Any, options: Any, error: Any
) -> None:
    with pytest.raises(error):
        next(listen(source, **options))


def test_every_option_can_be_given_at_once() -> None:
    options: Any = {
        name: True if bool in row.kinds else 8000 if int in row.kinds else 0.5 if float in row.kinds else "x"
        for name, row in rows(ListenSubmitOptions).items()
        if not row.closed and name not in ("keywords", "language_hint", "sample_rate", "channels")
    }
    options |= {"model": "nova-3", "callback_method": "PUT", "custom_topic_mode": "strict"}
    assert dict(next(submit(FLAC, **options)).query).keys() == options.keys()
