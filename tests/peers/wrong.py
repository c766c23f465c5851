"""Wrong bodies, values, addresses and requests, and what the contract answers to them."""

from __future__ import annotations

from typing import Any

from dgnb.protocol import params, routes
from dgnb.protocol.options import Row
from dgnb.protocol.routes import Route

WRITES = {
    route: name
    for name, route in vars(routes).items()
    if isinstance(route, Route) and route.method in ("POST", "PUT", "PATCH")
}
WORK = (routes.LISTEN, routes.SPEAK, routes.SPEAK_FLUX, routes.READ)
FIELDS = (
    *("text", "url", "name", "comment", "scopes", "scope", "email", "config", "metadata", "key"),
    *("ttl_seconds", "api_version", "value"),
)


def filled(value: bytes) -> bytes:
    """An object that has one value in all fields that any of these calls knows."""
    return b"{" + b", ".join(b'"%s": %s' % (name.encode(), value) for name in FIELDS) + b"}"


BROKEN = {
    "cut": b'{"text": "a", "comment"',
    "a list": b"[1, 2]",
    "a word": b'"text"',
    "nothing": b"null",
    "no text": b"\xff\xfe\x00",
    "no UTF-8": filled(b'"\xff"'),
    "switches": filled(b"true"),
    "a large number": filled(b"1e999"),
    "deep": b'{"other": ' + b"[" * 100_000,
}

ADDRESSES = (
    "http://[",
    "http://a:port/",
    "http://a:99999/",
    "http://\0/",
    "http://ex ample/",
    "http://a/\nb",
    "",
)

TABLES: dict[Route, tuple[type, dict[str, str]]] = {
    routes.LISTEN: (params.ListenSubmitOptions, {}),
    routes.SPEAK: (params.SpeakSubmitOptions, {}),
    routes.SPEAK_FLUX: (params.FluxSpeakSubmitOptions, {"model": "flux-kai-en"}),
    routes.READ: (params.ReadSubmitOptions, {"language": "en"}),
    routes.MODELS: (params.ModelsOptions, {}),
    routes.PROJECT_MODELS: (params.ModelsOptions, {}),
    routes.KEYS: (params.KeysOptions, {}),
    routes.REQUESTS: (params.RequestsOptions, {}),
    routes.USAGE: (params.UsageOptions, {}),
    routes.USAGE_BREAKDOWN: (params.UsageBreakdownOptions, {}),
    routes.USAGE_FIELDS: (params.Period, {}),
    routes.BILLING_BREAKDOWN: (params.BillingOptions, {}),
    routes.BILLING_FIELDS: (params.Period, {}),
    routes.PURCHASES: (params.PurchasesOptions, {}),
    routes.CREDENTIAL_CREATE: (params.CredentialOptions, {}),
}


def nonsense(row: Row) -> list[str]:
    """Values that a parameter cannot have."""
    if row.name in ("start", "end"):
        return ["yesterday", "2026-02-30", "", "0000-01-01", "\x00"]
    if row.name == "callback":
        return ["x", "ftp://example.org", "https://example.org:99", "http://", "http://[", "http://a:port/"]
    if row.closed or (bool in row.kinds and str not in row.kinds) or row.kinds & {int, float}:
        numbers = ["nan", "inf", "-1e999", "1e999"] if row.kinds & {int, float} else []
        return ["nonsense", "", "\x00", *numbers]
    return []


JSON = {"Content-Type": "application/json"}
HI = {"content": b'{"text": "Hi."}', "headers": JSON}
LARGE = {"json": {"text": "word " * 420_000}}
WRONG: dict[str, tuple[Route, dict[str, Any], int, str]] = {
    "listen: an unknown model": (routes.LISTEN, {"params": {"model": "nova-99"}}, 400, "Bad Request"),
    "listen: a Flux model": (
        routes.LISTEN, {"params": {"model": "flux-general-en"}}, 400, "INVALID_QUERY_PARAMETER",
    ),
    "listen: nothing": (routes.LISTEN, {"content": b""}, 400, "Bad Request"),
    "listen: text": (routes.LISTEN, {"content": b"Not audio."}, 400, "Bad Request"),
    "listen: JSON as audio": (routes.LISTEN, {"content": b'{"url": "x"}'}, 400, "Bad Request"),
    "listen: no address": (routes.LISTEN, {"json": {"url": "call.wav"}}, 400, "PAYLOAD_ERROR"),
    "listen: a file": (routes.LISTEN, {"json": {"url": "file:///etc/passwd"}}, 400, "PAYLOAD_ERROR"),
    "listen: nobody there": (
        routes.LISTEN, {"json": {"url": "http://127.0.0.1:9/a.wav"}}, 400, "REMOTE_CONTENT_ERROR",
    ),
    "speak: an unknown voice": (routes.SPEAK, {"params": {"model": "aura-9-x-en"}, **HI}, 400, "Bad Request"),
    "speak: a Flux voice": (routes.SPEAK, {"params": {"model": "flux-kai-en"}, **HI}, 400, "Bad Request"),
    "speak: an Aura voice on v2": (
        routes.SPEAK_FLUX, {"params": {"model": "aura-2-thalia-en"}, **HI}, 400, "Bad Request",
    ),
    "speak: no voice on v2": (routes.SPEAK_FLUX, HI, 400, "INVALID_QUERY_PARAMETER"),
    "speak: an empty text": (routes.SPEAK, {"json": {"text": " "}}, 400, "Bad Request"),
    "speak: nothing": (routes.SPEAK, {"json": {}}, 400, "PAYLOAD_ERROR"),
    "speak: both": (routes.SPEAK, {"json": {"text": "a", "url": "b"}}, 400, "PAYLOAD_ERROR"),
    "speak: 2001 characters": (routes.SPEAK, {"json": {"text": "a" * 2001}}, 413, "Payload Too Large"),
    "speak: 2.1 MB": (routes.SPEAK, LARGE, 413, "PAYLOAD_TOO_LARGE"),
    "speak: a form": (
        routes.SPEAK, {"data": {"text": "Hi."}}, 415, "UNSUPPORTED_MEDIA_TYPE",
    ),
    "speak: mp3 in wav": (
        routes.SPEAK, {"params": {"container": "wav"}, **HI}, 400, "INVALID_QUERY_PARAMETER",
    ),
    "speak: too fast on v2": (
        routes.SPEAK_FLUX, {"params": {"model": "flux-kai-en", "speed": 9}, **HI}, 400, "SPEED_OUT_OF_RANGE",
    ),
    "read: no language": (routes.READ, HI, 400, "INVALID_QUERY_PARAMETER"),
    "read: French": (routes.READ, {"params": {"language": "fr"}, **HI}, 400, "INVALID_QUERY_PARAMETER"),
    "read: 420000 tokens": (
        routes.READ, {"params": {"language": "en"}, **LARGE}, 400, "TOKEN_LIMIT_EXCEEDED",
    ),
    "read: nothing": (routes.READ, {"params": {"language": "en"}, "json": {}}, 400, "PAYLOAD_ERROR"),
    "read: a form": (
        routes.READ, {"params": {"language": "en"}, "data": {"text": "Hi."}}, 415, "UNSUPPORTED_MEDIA_TYPE",
    ),
    "read: nobody there": (
        routes.READ, {"params": {"language": "en"}, "json": {"url": "http://127.0.0.1:9/"}}, 400,
        "REMOTE_CONTENT_ERROR",
    ),
    "grant: too long": (routes.GRANT, {"json": {"ttl_seconds": 3601}}, 400, "Bad Request"),
    "grant: too short": (routes.GRANT, {"json": {"ttl_seconds": 0}}, 400, "Bad Request"),
    "key: unknown scope": (
        routes.KEY_CREATE, {"json": {"comment": "c", "scopes": ["king"]}}, 400, "Bad Request",
    ),
    "key: no scope": (routes.KEY_CREATE, {"json": {"comment": "c", "scopes": []}}, 400, "Bad Request"),
    "key: two ends": (
        routes.KEY_CREATE,
        {"json": {
            "comment": "c", "scopes": ["member"], "expiration_date": "2100-01-01",
            "time_to_live_in_seconds": 9,
        }},
        400, "Bad Request",
    ),
    "key: in the past": (
        routes.KEY_CREATE,
        {"json": {"comment": "c", "scopes": ["member"], "expiration_date": "2001-01-01"}}, 400, "Bad Request",
    ),
    "invite: no address": (
        routes.INVITE_CREATE, {"json": {"email": "x", "scope": "member"}}, 400, "Bad Request",
    ),
    "invite: unknown role": (
        routes.INVITE_CREATE, {"json": {"email": "a@b.c", "scope": "king"}}, 400, "Bad Request",
    ),
    "agent: config is no JSON": (routes.AGENT_CREATE, {"json": {"config": "{"}}, 400, "INVALID_JSON"),
    "variable: a key of another form": (
        routes.VARIABLE_CREATE, {"json": {"key": "x", "value": 1}}, 400, "Bad Request",
    ),
    "project: an empty name": (routes.PROJECT_UPDATE, {"json": {"name": " "}}, 400, "Bad Request"),
    "requests: the last page": (
        routes.REQUESTS, {"params": {"page": "1e300"}}, 400, "INVALID_QUERY_PARAMETER",
    ),
    "read: a language of control characters": (
        routes.READ, {"params": {"language": "\0\r\n"}, **HI}, 400, "INVALID_QUERY_PARAMETER",
    ),
    "key: at the end of time": (
        routes.KEY_CREATE,
        {"json": {"comment": "c", "scopes": ["member"], "expiration_date": "9999-12-31T23:59:59-12:00"}},
        400, "Bad Request",
    ),
    "agent: a version without end": (
        routes.AGENT_CREATE, {"json": {"config": "{}", "api_version": 2**64}}, 400, "INVALID_JSON",
    ),
    "variable: a version without end": (
        routes.VARIABLE_CREATE, {"json": {"key": "DG_A", "value": 1, "api_version": 2**64}}, 400,
        "INVALID_JSON",
    ),
    "credentials: unknown product": (
        routes.CREDENTIAL_CREATE, {"params": {"scopes": "all"}, "json": {}}, 400, "INVALID_QUERY_PARAMETER",
    ),
}  # fmt: skip
