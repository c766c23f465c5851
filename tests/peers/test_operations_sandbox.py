"""Every operation of the official SDK, as it is, against the sandbox; dgnb is told the same."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator
from operator import attrgetter

import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import DeepgramClient

import dgnb
from dgnb.audio.samples import wav
from dgnb.sandbox import Server
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from tests.peers import operations
from tests.peers.operations import OPERATIONS
from tests.peers.replies import leaves, same, shared
from tests.peers.walk import STEPS, Found, Step, Walk, lasting
from tests.servers import Answer
from tests.servers import Server as Host

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

STEP = pytest.mark.parametrize("step", STEPS, ids=[step.method for step in STEPS])
SOUND = {method for method, pair in OPERATIONS.items() if pair.ours == "speak"}


@pytest.fixture(scope="module")
def speech() -> bytes:
    return wav(synthesise("Two tickets for the concert.", "aura-2-apollo-en").samples, RATE)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Server]:
    with dgnb.sandbox.serve() as server:
        yield server


@pytest.fixture(scope="module")
def walked(sandbox: Server, speech: bytes) -> Iterator[dict[str, Found | Exception]]:
    """What each step gave, or why it failed; the walk goes on."""
    found: dict[str, Found | Exception] = {}
    with Host(Answer(body=speech, headers={"Content-Type": "audio/wav"})) as host:
        walk = Walk(sandbox, speech, f"{host.url}/call.wav")
        for step in STEPS:
            try:
                found[step.method] = walk.take(step)
            except Exception as error:
                found[step.method] = error
        walk.close()
    return found


def gone(walked: dict[str, Found | Exception], step: Step) -> Found:
    found = walked[step.method]
    if isinstance(found, Exception):
        raise found
    return found


def test_the_walk_takes_every_operation_once() -> None:
    assert sorted(step.method for step in STEPS) == sorted(operations.sdk_methods())


@STEP
def test_the_sdk_gets_its_own_type(walked: dict[str, Found | Exception], step: Step) -> None:
    found = gone(walked, step)
    kind = typing.get_type_hints(attrgetter(step.method)(DeepgramClient(api_key="any")))["return"]
    kinds = typing.get_args(kind) if typing.get_origin(kind) is typing.Union else (kind,)
    wanted = bytes if step.method in SOUND else typing.get_origin(kinds[0]) or kinds[0]
    assert isinstance(found.typed, wanted)
    assert found.theirs


@STEP
def test_both_read_an_answer_alike(walked: dict[str, Found | Exception], step: Step) -> None:
    found = gone(walked, step)
    if step.method in SOUND:
        return
    raw = json.loads(found.raw)
    both = list(shared(raw, found.read, found.theirs))
    assert [leaf for leaf in both if not same(*leaf[1:])] == []
    assert set(leaves(raw)) - {path for path, _, _ in both} == set(), "one of them does not know these"


@STEP
def test_dgnb_is_answered_as_the_sdk_is(walked: dict[str, Found | Exception], step: Step) -> None:
    found = gone(walked, step)
    if step.method in SOUND:
        assert found.ours == found.theirs
    elif step.writes:
        assert lasting(found.ours) == lasting(found.read)
    else:
        assert found.ours == found.read
