"""The book of all requests: what was asked, what it consumed, what it cost, what credit is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dgnb.protocol import models, routes
from dgnb.protocol.options import rows
from dgnb.protocol.params import UsageOptions
from dgnb.protocol.prices import charges, used
from dgnb.results import Transcript
from dgnb.results.bill import tokens
from dgnb.sandbox.access import Caller
from dgnb.sandbox.catalogue import canonical
from dgnb.sandbox.replies import RefusedError
from dgnb.sandbox.store import Store, timestamp

ENDPOINTS = {
    (routes.LISTEN.method, routes.LISTEN.path): "listen",
    (routes.READ.method, routes.READ.path): "read",
    (routes.SPEAK.method, routes.SPEAK.path): "speak",
    (routes.SPEAK_FLUX.method, routes.SPEAK_FLUX.path): "speak",
}
"""The requests that are booked, as the usage reports call them. Account calls are not, as at the service."""

LIVE_ENDPOINTS = {
    routes.LISTEN_LIVE.path: "listen",
    routes.FLUX_LIVE.path: "listen",
    routes.SPEAK_LIVE.path: "speak",
    routes.FLUX_SPEAK_LIVE.path: "speak",
    routes.AGENT_LIVE.path: "agent",
}
"""The same of live connections, by path."""

FEATURES = tuple(name for name, row in rows(UsageOptions).items() if bool in row.kinds)
"""The options whose use is reported."""

_DEFAULT_MODELS = {"listen": models.DEFAULT_LISTEN_MODEL, "speak": models.DEFAULT_VOICE}


@dataclass(frozen=True)
class Used:
    """What a request consumed; a handler leaves it in ``request.state.used``.

    Parameters
    ----------
    model : str
        Where it is another than the query's; for an agent the name of its price.
    seconds : float
        Length of the audio, or of an agent's connection [s].
    channels : int
        How many channels were worked on.
    characters : int
        Text that was spoken.
    tokens : (int, int)
        Read and written by all analyses together.
    """

    model: str = ""
    seconds: float = 0.0
    channels: int = 1
    characters: int = 0
    tokens: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Asked:
    """A request as it comes.

    Parameters
    ----------
    request_id : str
    endpoint : {"listen", "read", "speak", "agent"}
    path : str
        With its query.
    query : pairs of str
        Decoded.
    method : {"sync", "async", "streaming"}, optional
        Otherwise it follows from the query: with a callback it is ``async``.
    created : datetime, optional
        Now by default.
    """

    request_id: str
    endpoint: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    method: str = ""
    created: datetime | None = None


def heard(transcript: Transcript) -> Used:
    """Return what a transcription consumed."""
    about = transcript.metadata
    return Used(seconds=about.duration, channels=about.channels, tokens=tokens(transcript))


def begin(store: Store, caller: Caller, asked: Asked) -> None:
    """Book a request that has come."""
    given: dict[str, list[str]] = {}
    for name, value in asked.query:
        given.setdefault(name, []).append(value)
    callback = given.get("callback", [None])[-1]
    store.insert(
        "requests",
        id=asked.request_id,
        project=caller.project,
        key=caller.key,
        created=timestamp(asked.created),
        path=asked.path,
        endpoint=asked.endpoint,
        method=asked.method or ("async" if callback else "sync"),
        deployment="hosted",
        callback=callback,
        model=canonical(given.get("model", [_DEFAULT_MODELS.get(asked.endpoint, "")])[-1]),
        language=given.get("language", [""])[-1],
        options=_text(given),
        features=_text(_features(asked.query)),
        tags=_text(sorted(set(given.get("tag", [])))),
    )


def label(store: Store, request_id: str, tags: Sequence[str]) -> None:
    """Book the tags of a request whose query cannot have them."""
    store.run("update requests set tags = ? where id = ?", _text(sorted(set(tags))), request_id)


def finish(store: Store, request_id: str, code: int, used: Used | None = None) -> None:
    """Book how a request ended, and what it consumed; a failed one costs nothing."""
    with store.changes():
        store.run("update requests set code = ?, completed = ? where id = ?", code, timestamp(), request_id)
        if used is not None and code < 400:
            _charge(store, request_id, used)


def charge(store: Store, request_id: str, used: Used) -> None:
    """Book all that a request has consumed so far, in place of what was booked before."""
    with store.changes():
        _charge(store, request_id, used)


def _charge(store: Store, request_id: str, used: Used) -> None:
    row = store.row("select * from requests where id = ?", request_id)
    if row is None:
        return
    model = canonical(used.model) or row["model"]
    store.run(
        "update requests set model = ?, seconds = ?, channels = ?, characters = ?, tokens_in = ?, "
        "tokens_out = ? where id = ?",
        model, used.seconds, used.channels, used.characters, *used.tokens, request_id,
    )  # fmt: skip
    store.run("delete from charges where request = ?", request_id)
    lines = charges(
        row["endpoint"],
        model,
        row["method"],
        seconds=used.seconds * used.channels,
        characters=used.characters,
        tokens=used.tokens,
        language=row["language"],
        options=msgspec.json.decode(row["features"]),
    )
    for line in lines:
        store.insert("charges", request=request_id, item=line.item, microdollars=line.microdollars)


def credit(store: Store, project: str) -> int:
    """Return what is left of a project's credit, in millionths of a dollar.

    The last request may have overdrawn it: what it costs is known only afterwards.
    """
    bought = "select coalesce(sum(amount), 0) from purchases where project = ?"
    spent = (
        "select coalesce(sum(microdollars), 0) from charges "
        "join requests on requests.id = charges.request where project = ?"
    )
    left: int = store.rows(bought, project)[0][0] - store.rows(spent, project)[0][0]
    return left


def need_credit(store: Store, project: str) -> None:
    """Raise `RefusedError` when a project has nothing left to pay with."""
    if credit(store, project) <= 0:
        text = "Project does not have enough credits for this request and no overage agreement."
        raise RefusedError(402, "ASR_PAYMENT_REQUIRED", text)


def _features(query: Sequence[tuple[str, str]]) -> list[str]:
    return sorted(used(query).intersection(FEATURES))


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
