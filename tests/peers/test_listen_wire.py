"""dgnb sends what the official SDK sends, for every parameter of ``/v1/listen``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("deepgram")

from dgnb.protocol.options import rows
from dgnb.protocol.params import ListenSubmitOptions
from tests.peers.calls import MANY, NEEDED, SAMPLES, sdk_parameters, through_dgnb, through_sdk
from tests.servers import Answer, Received, Server

# The SDK imports names that newer versions of websockets call deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

RAW = bytes(range(256)) * 8
URL = "https://example.org/calls/a b.wav?x=1&y=ü"

CASES = [(name, value) for name, values in SAMPLES.items() for value in values]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    both = {"request_id": "r", "metadata": {"request_id": "r"}, "results": {"channels": []}}
    with Server(Answer(body=json.dumps(both).encode())) as server:
        yield server


def wire(request: Received) -> tuple[Any, ...]:
    """What counts of a request: method, path, query, type and body."""
    body = (
        json.loads(request.body) if request.headers["content-type"] == "application/json" else request.digest
    )
    return request.method, request.path, sorted(request.query), request.headers["content-type"], body


def test_the_table_has_every_parameter_of_the_sdk(record_property: Any) -> None:
    for method in ("transcribe_url", "transcribe_file"):
        newer = sdk_parameters(method) - set(rows(ListenSubmitOptions))
        assert not newer, f"the SDK's {method} takes {sorted(newer)}: add them to dgnb.protocol.params"
        record_property(method, len(sdk_parameters(method)))
        print(f"{method}: {len(sdk_parameters(method))} parameters, all known")  # noqa: T201 - the count is asked for


def test_every_parameter_has_samples() -> None:
    assert set(SAMPLES) == set(rows(ListenSubmitOptions))


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}-{value!r}" for name, value in CASES])
@pytest.mark.parametrize("source", [RAW, URL], ids=["file", "url"])
def test_a_parameter_is_sent_as_the_sdk_sends_it(server: Server, source: Any, name: str, value: Any) -> None:
    options = {**NEEDED.get(name, {}), name: value}
    if source is RAW:
        options = {"encoding": "mulaw", "sample_rate": 8000, **options}
    ours = through_dgnb(server, source, options)
    theirs = through_sdk(server, source, options)
    assert wire(ours) == wire(theirs)


@pytest.mark.parametrize("source", [RAW, URL], ids=["file", "url"])
def test_many_parameters_at_once_are_sent_as_the_sdk_sends_them(server: Server, source: Any) -> None:
    options = MANY | ({"encoding": "mulaw", "sample_rate": 8000, "channels": 2} if source is RAW else {})
    assert len(options) > 25
    assert wire(through_dgnb(server, source, options)) == wire(through_sdk(server, source, options))


@pytest.mark.parametrize(
    ("credential", "header"),
    [({"api_key": "a-key"}, "Token a-key"), ({"access_token": "a-token"}, "Bearer a-token")],
    ids=["key", "token"],
)
def test_the_credential_is_sent_as_the_sdk_sends_it(server: Server, credential: Any, header: str) -> None:
    ours = through_dgnb(server, URL, {}, **credential)
    theirs = through_sdk(server, URL, {}, **credential)
    assert ours.headers["authorization"] == header
    assert theirs.headers["authorization"].lower() == header.lower()
    assert theirs.headers["authorization"].split()[1] == header.split()[1]


def test_dgnb_has_its_own_name(server: Server) -> None:
    ours, theirs = through_dgnb(server, URL, {}), through_sdk(server, URL, {})
    assert ours.headers["user-agent"].startswith("dgnb/")
    assert theirs.headers["user-agent"].startswith("deepgram-sdk/")
    assert not [name for name in ours.headers if name.startswith("x-")]


def test_a_mapping_is_the_pairs_that_the_sdk_takes_as_text(server: Server) -> None:
    mapping = {"replace": {"um": None, "gonna": "going to"}, "extra": {"case": 7}}
    pairs = {"replace": ["um", "gonna:going to"], "extra": "case:7"}
    assert wire(through_dgnb(server, URL, mapping)) == wire(through_sdk(server, URL, pairs))
