"""The service that answers: the key, the way there, the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dgnb.client import Deepgram
from dgnb.doctor.report import Finding
from dgnb.errors import ConnectionFailed, CredentialError, DgnbError, NotAllowed
from dgnb.operations import Flow, Reply, Request
from dgnb.protocol import routes
from dgnb.protocol.refusals import refusal
from dgnb.protocol.routes import Route
from dgnb.transport.credentials import find

SKEW = 5.0
"""Seconds that the clock may be off. Short-lived tokens have 30 s; the header ``Date`` has whole ones."""

PATIENCE = 5.0
"""Longest wait for the service [s]."""

_LOGIN = "%deepgram login asks for a key and keeps it; DEEPGRAM_API_KEY in the environment works as well"


def who(client: Deepgram) -> tuple[str, str]:
    """Return the host that answers a client, and its credential in words without the secret.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> who(Deepgram(sandbox=True))
    ('the offline sandbox', '')
    """
    credential = client._credential
    if credential is None:
        return "the offline sandbox", ""
    return client._hosts.api, f"{credential.kind} from {credential.origin}"


def has_token(client: Deepgram) -> bool:
    """Whether a client has a short-lived token, which works for audio and text but not for account calls."""
    return client._credential is not None and client._credential.scheme == "Bearer"


def is_stranger(error: DgnbError) -> bool:
    """Whether the service refuses a key itself, and not only something that the key may not do.

    Examples
    --------
    >>> is_stranger(NotAllowed(401, "INSUFFICIENT_PERMISSIONS", "Not with this key."))
    False
    """
    return isinstance(error, NotAllowed) and error.code not in ("INSUFFICIENT_PERMISSIONS", "FORBIDDEN")


def account(client: Deepgram | None) -> Iterator[Finding]:
    """Yield what is to be said of key, service and clock; without a client that of ``Deepgram()``."""
    if client is not None:
        yield from _asked(client)
        return
    try:
        # Without any credential the report says who answers; a warning need not.
        with Deepgram(sandbox=None if find() else True, timeout=PATIENCE, retries=0) as own:
            yield from _asked(own)
    except CredentialError as error:
        yield Finding("key", "fail", str(error), _LOGIN)


@dataclass(frozen=True)
class Answer:
    """A reply of the service, and when it came."""

    reply: Reply
    took: float
    middle: float


def _asked(client: Deepgram) -> Iterator[Finding]:
    """The credential, the service and the clock, from one request."""
    host, credential = who(client)
    try:
        answer = client.run(_ask(routes.MODELS if has_token(client) else routes.PROJECTS))
    except DgnbError as error:
        if credential:
            yield _untried(credential, "see service")
        fix = "is the network there? A proxy is named by HTTPS_PROXY" if credential else ""
        wrong = isinstance(error, ConnectionFailed)
        yield Finding("service", "fail", str(error), fix if wrong else "")
        yield Finding("clock", "warn", "unknown: nothing answered")
        return
    yield (_untried(credential, "it is for audio") if has_token(client) else _key(credential, answer.reply))
    yield _service(host, answer)
    yield clock(answer) if credential else Finding("clock", "ok", "the sandbox runs on the same one")


def _ask(route: Route) -> Flow[Answer]:
    began, started = time.time(), time.perf_counter()
    reply = yield Request(route, patience=0.0)
    took = time.perf_counter() - started
    return Answer(reply, took, began + took / 2)


def _key(credential: str, reply: Reply) -> Finding:
    if not credential:
        return Finding("key", "warn", "none: the offline sandbox answers", _LOGIN)
    error = refusal(reply.status, reply.body) if reply.refused else None
    if isinstance(error, NotAllowed) and is_stranger(error):
        return Finding("key", "fail", f"{credential}: the service refuses it", _LOGIN)
    if error is not None and not isinstance(error, NotAllowed):
        return _untried(credential, "see service")
    return Finding("key", "ok", credential)


def _untried(credential: str, why: str) -> Finding:
    return Finding("key", "warn", f"{credential}; unknown whether it works: {why}")


def _service(host: str, answer: Answer) -> Finding:
    status = answer.reply.status
    found = f"{host} answers {status} in {answer.took * 1000:.0f} ms"
    if status >= 500:
        return Finding("service", "fail", found, "it is the service's own fault: try again later")
    odd = status >= 300 and status not in (401, 403)
    fix = "is this the right host? See base_url" if odd else ""
    return Finding("service", "fail" if odd else "ok", found, fix)


def clock(answer: Answer) -> Finding:
    """Return how far this machine's clock is from the service's."""
    try:
        told = parsedate_to_datetime(answer.reply.headers.get("date", ""))
    except ValueError:
        return Finding("clock", "warn", "unknown: the answer has no date")
    # The header leaves the fraction of its second out: half a second in the middle.
    off = answer.middle - told.replace(tzinfo=told.tzinfo or UTC).timestamp() - 0.5
    now = datetime.fromtimestamp(answer.middle, UTC)
    found = f"{now:%H:%M:%S} UTC, {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the service"
    if abs(off) <= SKEW:
        return Finding("clock", "ok", found)
    return Finding("clock", "warn", found, "set this machine's clock: short-lived tokens depend on it")
