"""Every field that the official SDK's types name is read by dgnb, with the same value."""

from __future__ import annotations

import json
import typing
from operator import attrgetter
from typing import Any

import msgspec
import pytest

pytest.importorskip("deepgram")

from deepgram import DeepgramClient
from deepgram.core.unchecked_base_model import construct_type

from dgnb.publication import Namespace
from dgnb.results import Result
from tests.peers.operations import OPERATIONS
from tests.peers.replies import example, leaves, same, shared

# The SDK imports names that newer versions of websockets call deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

SOUND = {method for method, pair in OPERATIONS.items() if pair.ours == "speak"}
"""What answers with audio and headers, not with JSON."""


@pytest.fixture(scope="module")
def sdk() -> DeepgramClient:
    return DeepgramClient(api_key="a-key")


def our_kind(name: str) -> type[Result]:
    """The type that an operation of dgnb returns."""
    group, _, call = name.partition(".")
    found = next(one for one in Namespace.__subclasses__() if one.__name__.lower() == group)
    flow = vars(found)[call or "__call__"].flow
    kind: type[Result] = typing.get_args(typing.get_type_hints(flow)["return"])[2]
    return kind


def told(value: Any) -> Any:
    """What the SDK made of a reply, in the wire's shape."""
    return value.model_dump(by_alias=True, mode="json") if hasattr(value, "model_dump") else value


@pytest.mark.parametrize("method", sorted(OPERATIONS.keys() - SOUND))
def test_a_reply_is_read_as_the_sdk_reads_it(sdk: DeepgramClient, method: str) -> None:
    their_kind = typing.get_type_hints(attrgetter(method)(sdk))["return"]
    raw = example(their_kind)
    ours = msgspec.to_builtins(our_kind(OPERATIONS[method].ours).from_json(json.dumps(raw)))
    found = list(shared(raw, ours, told(construct_type(type_=their_kind, object_=raw))))
    assert [leaf for leaf in found if not same(*leaf[1:])] == []
    # What may be anything has no names to be known by.
    named = {path for path in leaves(raw) if not path.endswith(".any")}
    assert named - {path for path, _, _ in found} == set()
