"""Error bodies of the service and the errors they become."""

from __future__ import annotations

import json

import pytest

from dgnb import errors
from dgnb.protocol.refusals import HINTS, NO_MODEL, legacy_body, modern_body, refusal

CLASSES = {
    302: errors.ApiError,
    400: errors.BadRequest,
    401: errors.NotAllowed,
    402: errors.PaymentRequired,
    403: errors.NotAllowed,
    404: errors.NotFound,
    408: errors.ApiError,
    409: errors.ApiError,
    411: errors.ApiError,
    413: errors.BadRequest,
    415: errors.BadRequest,
    422: errors.BadRequest,
    429: errors.TooManyRequests,
    499: errors.ApiError,
    500: errors.ServerError,
    502: errors.ServerError,
    503: errors.ServerError,
    504: errors.ServerError,
    599: errors.ServerError,
}


@pytest.mark.parametrize(("status", "kind"), CLASSES.items(), ids=str)
def test_each_status_has_its_error(status: int, kind: type[errors.ApiError]) -> None:
    error = refusal(status, b"")
    assert type(error) is kind
    assert error.status == status
    assert error.hint == HINTS.get(status, "")


def test_the_legacy_shape_is_read() -> None:
    body = json.dumps(legacy_body("INVALID_AUTH", "Invalid credentials.", "r-1")).encode()
    error = refusal(401, body, "r-2")
    assert (error.code, error.message, error.request_id) == ("INVALID_AUTH", "Invalid credentials.", "r-1")


def test_the_modern_shape_is_read_with_its_details() -> None:
    body = json.dumps(modern_body("INVALID_JSON", "Invalid JSON.", "expected a comma", "r-1")).encode()
    error = refusal(400, body)
    assert (error.code, error.request_id) == ("INVALID_JSON", "r-1")
    assert error.message == "Invalid JSON. expected a comma"


def test_a_bare_sentence_is_read() -> None:
    error = refusal(404, b"UUID parsing failed: invalid length", "r-2")
    assert (error.code, error.message) == ("", "UUID parsing failed: invalid length")
    assert error.request_id == "r-2"


def test_the_odd_key_of_a_503_is_read() -> None:
    assert (
        refusal(503, b'{"error_code": "SERVICE_UNAVAILABLE", "err_msg": "Later."}').code
        == "SERVICE_UNAVAILABLE"
    )


ODD = {
    "empty": (b"", "The service gave no reason."),
    "blanks": (b" \r\n ", "The service gave no reason."),
    "null": (b"null", "The service gave no reason."),
    "empty object": (b"{}", "The service gave no reason."),
    "null fields": (b'{"err_code": null, "err_msg": null}', "The service gave no reason."),
    "HTML": (b"<html><h1>502 Bad Gateway</h1></html>", "502 Bad Gateway"),
    "cut JSON": (b'{"err_code": "X", "err_ms', '{"err_code": "X"'),
    "list": (b'["one", "two"]', "one"),
    "JSON text": (b'"Keyterm limit exceeded"', "Keyterm limit exceeded"),
    "number": (b"17", "17"),
    "no UTF-8": (b"\xff\xfe oops", "oops"),
    "nested without end": (b"[" * 200_000, "["),
    "unknown keys": (b'{"oops": 1}', "The service gave no reason."),
    "an object as message": (b'{"message": {"a": "b"}}', "{'a': 'b'}"),
}


@pytest.mark.parametrize(("body", "part"), ODD.values(), ids=ODD)
def test_an_odd_body_still_makes_an_error(body: bytes, part: str) -> None:
    error = refusal(500, body, "r-2")
    assert part in error.message
    assert len(error.message) <= 600
    assert error.request_id == "r-2"
    assert str(error).startswith("500: ")


def test_a_code_of_its_own_has_a_better_hint_than_the_status() -> None:
    error = refusal(400, b'{"err_code": "REMOTE_CONTENT_ERROR", "err_msg": "Cannot fetch."}')
    assert "pass its path instead" in error.hint


def test_the_hint_of_429_names_concurrency() -> None:
    assert "concurrency" in refusal(429, b"").hint


def test_a_redirection_hints_at_the_base_url() -> None:
    assert "base_url" in refusal(307, b"").hint


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("nova-33", "nova-3"),
        ("aura-2-thalai-en", "aura-2-thalia-en"),
        ("flux-genral-en", "flux-general-en"),
    ],
)
def test_a_misspelt_model_is_told_with_the_nearest_one(model: str, told: str) -> None:
    body = json.dumps(legacy_body("Bad Request", f"Bad Request: {NO_MODEL}", "r-1")).encode()
    assert f"Did you mean '{told}'?" in refusal(400, body, model=model).hint


def test_a_model_that_exists_elsewhere_or_was_not_the_matter_is_not_corrected() -> None:
    body = json.dumps(legacy_body("Bad Request", f"Bad Request: {NO_MODEL}", "r-1")).encode()
    assert refusal(400, body, model="aura-2-thalia-en").hint == ""
    assert refusal(400, body).hint == ""
    assert refusal(400, b"corrupt or unsupported data", model="nova-33").hint == ""
