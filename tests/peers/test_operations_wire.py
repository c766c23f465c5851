"""dgnb asks every REST operation for what the official SDK asks, parameter by parameter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import Any

import pytest

pytest.importorskip("deepgram")

import httpx
from deepgram import DeepgramClient
from deepgram.environment import DeepgramClientEnvironment

from dgnb import Deepgram
from dgnb.errors import ReplyError
from dgnb.protocol.routes import hosts
from tests.peers import operations
from tests.peers.calls import KEY, environment
from tests.peers.operations import OPERATIONS, Pair
from tests.servers import Answer, Received, Server

# The SDK imports names that newer versions of websockets call deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

EVERY = pytest.mark.parametrize("method", OPERATIONS)

Wire = tuple[Any, ...]


class Pen:
    """Both clients before one server that keeps what they send."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx.Client(trust_env=False)
        self.sdk = DeepgramClient(api_key=KEY, environment=environment(server.url), httpx_client=self.http)
        self.dgnb = Deepgram(KEY, base_url=server.url)

    def theirs(self, method: str, given: Mapping[str, Any]) -> Wire:
        """What the SDK sends."""
        before = len(self.server.requests)
        operations.theirs(self.sdk, method, given)
        return self.sent(before)

    def ours(self, pair: Pair, given: Mapping[str, Any]) -> Wire:
        """What dgnb sends; the empty answer is not what it waits for."""
        before = len(self.server.requests)
        with suppress(ReplyError):
            operations.ours(self.dgnb, pair, given)
        return self.sent(before)

    def sent(self, before: int) -> Wire:
        assert len(self.server.requests) == before + 1, "one call is one request"
        return wire(self.server.requests[-1])

    def both(self, method: str, given: Mapping[str, Any]) -> tuple[Wire, Wire]:
        """What dgnb sends and what the SDK sends."""
        return self.ours(OPERATIONS[method], given), self.theirs(method, given)


@pytest.fixture(scope="module")
def pen() -> Iterator[Pen]:
    with Server(Answer(headers={"Content-Type": "audio/mpeg"})) as server:
        pen = Pen(server)
        yield pen
        pen.dgnb.close()
        pen.http.close()


def wire(request: Received) -> Wire:
    """What counts of a request: method, path, query, type and body."""
    kind = request.headers.get("content-type", "")
    body = json.loads(request.body) if kind == "application/json" else request.body
    return request.method, request.path, sorted(request.query), kind, body


def options(pen: Pen, method: str) -> dict[str, list[Any]]:
    """The parameters of a method that it can be called without, and values for each."""
    pair, found = OPERATIONS[method], operations.parameters(attrgetter(method)(pen.sdk))
    return {
        name: operations.samples(pair, name, hint) for name, hint in found.items() if name not in pair.given
    }


def cases(pen: Pen, method: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every parameter with every value, beside what the call cannot be without."""
    pair = OPERATIONS[method]
    for name, values in options(pen, method).items():
        for value in values:
            yield name, {**pair.given, **pair.needed.get(name, {}), name: value}


def test_every_operation_of_the_sdk_has_its_peer() -> None:
    found = operations.sdk_methods()
    covered = found & OPERATIONS.keys()
    print(f"operations covered / operations in the SDK = {len(covered)} / {len(found)}")  # noqa: T201 - asked for
    assert not found - covered, "the SDK is newer: add these to tests/peers/operations.py, and to dgnb"
    assert not OPERATIONS.keys() - found, "the SDK has these no more"


def test_every_operation_of_dgnb_has_its_peer() -> None:
    mapped = {pair.ours for pair in OPERATIONS.values()}
    assert operations.our_operations() - mapped <= operations.OWN.keys()


@EVERY
def test_an_operation_is_asked_for_as_the_sdk_asks(pen: Pen, method: str) -> None:
    ours, theirs = pen.both(method, OPERATIONS[method].given)
    assert ours == theirs


@EVERY
def test_a_parameter_is_sent_as_the_sdk_sends_it(pen: Pen, method: str) -> None:
    differing = set()
    for name, given in cases(pen, method):
        ours, theirs = pen.both(method, given)
        if ours != theirs:
            differing.add(name)
            assert name in OPERATIONS[method].why, f"{name}: {ours} is not {theirs}"
    assert differing == set(OPERATIONS[method].why), "an exception that is none any more"


@EVERY
def test_all_parameters_at_once_are_sent_as_the_sdk_sends_them(pen: Pen, method: str) -> None:
    pair = OPERATIONS[method]
    given = {**pair.given, **{name: values[-1] for name, values in options(pen, method).items()}}
    given = {name: value for name, value in given.items() if name not in pair.why} | pair.together
    ours, theirs = pen.both(method, given)
    assert ours == theirs


def test_query_parameters_are_counted(pen: Pen) -> None:
    sent = {
        (method, name)
        for method in OPERATIONS
        for name, given in cases(pen, method)
        if name in dict(pen.theirs(method, given)[2])
    }
    known = sum(len(OPERATIONS[method].given.keys() & {"language", "sentiment"}) for method in OPERATIONS)
    print(f"query parameters compared: {len(sent)}, and {known} that every call has")  # noqa: T201 - asked for
    assert len(sent) + known > 180


def test_a_moment_of_another_zone_is_the_same_moment(pen: Pen) -> None:
    moment = operations.MOMENT.astimezone(timezone(timedelta(hours=2)))
    method = "manage.v1.projects.requests.list"
    sent = pen.both(method, {**OPERATIONS[method].given, "start": moment})
    assert [datetime.fromisoformat(dict(query)["start"]) for _, _, query, *_ in sent] == [moment] * 2


@pytest.mark.parametrize(
    "end", [{"expiration_date": "2027-01-01"}, {"time_to_live_in_seconds": 60}], ids=["date", "seconds"]
)
def test_the_end_of_a_key_is_sent_as_the_sdk_sends_it(pen: Pen, end: dict[str, Any]) -> None:
    method = "manage.v1.projects.keys.create"
    body = {"comment": "c", "scopes": ["member"], **end}
    ours, theirs = pen.both(method, {**OPERATIONS[method].given, "request": body})
    assert ours == theirs


def test_true_asks_for_the_summary_that_there_is_a_word_for(pen: Pen) -> None:
    method = "listen.v1.media.transcribe_url"
    given = OPERATIONS[method].given
    ours = pen.ours(OPERATIONS[method], {**given, "summarize": True})
    assert ours == pen.theirs(method, {**given, "summarize": "v2"})


def test_a_text_behind_an_address_is_asked_for_as_the_sdk_asks(pen: Pen) -> None:
    method = "read.v1.text.analyze"
    given = {**OPERATIONS[method].given, "request": {"url": "https://example.org/a.txt"}}
    ours, theirs = pen.both(method, given)
    assert ours == theirs


def test_the_hosts_are_the_sdks() -> None:
    sdk = DeepgramClientEnvironment.PRODUCTION
    assert (hosts().api, hosts().agent) == (sdk.base, sdk.agent_rest)
