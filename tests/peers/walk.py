"""A walk through a running sandbox: every operation once by the official SDK and once by dgnb."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from deepgram import DeepgramClient

from dgnb import Deepgram
from dgnb.results import Speech
from dgnb.sandbox import Server, people
from tests.peers import operations
from tests.peers.calls import environment
from tests.peers.operations import OPERATIONS

PASSING = (
    *("access_token", "agent_id", "api_key_id", "created", "created_at", "distribution_credentials_id"),
    *("email", "key", "request_id", "updated_at", "variable_id"),
)
"""Fields in which two equal writes differ: names of the new thing, and when it was made."""


@dataclass(frozen=True)
class Step:
    """One operation on the way.

    Parameters
    ----------
    method : str
        Of the SDK.
    keep : mapping
        Names under which later steps find values of the answer, and where these are in it.
    writes : bool
        Whether it makes or ends something, so that each side has its own.
    more : mapping
        What is given beside the ids.
    """

    method: str
    keep: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)


def _many(prefix: str, *steps: Step) -> Iterator[Step]:
    for step in steps:
        yield Step(f"{prefix}.{step.method}", step.keep, step.writes, step.more)


STEPS = (
    Step("listen.v1.media.transcribe_file", {"heard": "metadata.request_id"}, True),
    Step("listen.v1.media.transcribe_url", writes=True),
    Step("read.v1.text.analyze", {}, True, {"summarize": "v2", "topics": True, "intents": True}),
    Step("speak.v1.audio.generate", {}, True, {"encoding": "linear16", "sample_rate": 16000}),
    Step("speak.v2.audio.generate", {}, True, {"encoding": "mulaw", "container": "none"}),
    Step("auth.v1.tokens.grant", {}, True, {"ttl_seconds": 60}),
    Step("agent.v1.settings.think.models.list"),
    Step("manage.v1.models.list", {"model_id": "stt.0.uuid"}),
    Step("manage.v1.models.get", {"voice": "uuid"}),
    *_many(
        "manage.v1.projects",
        Step("list", {"project_id": "projects.0.project_id"}),
        Step("get"),
        Step("models.list", {"model_id": "tts.0.uuid"}),
        Step("models.get"),
        Step("keys.create", {"key_id": "api_key_id"}, True),
        Step("keys.list"),
        Step("keys.get"),
        Step("keys.delete", {}, True),
        Step("members.invites.create", {}, True),
        Step("members.invites.list"),
        Step("members.invites.delete", {}, True),
        Step("members.list"),
        Step("members.scopes.list"),
        Step("members.scopes.update", {}, True),
        Step("members.delete", {}, True),
        Step("requests.list", {"request_id": "requests.0.request_id"}),
        Step("requests.get"),
        Step("usage.get"),
        Step("usage.breakdown.get", more={"grouping": "endpoint"}),
        Step("usage.fields.list"),
        Step("billing.balances.list", {"balance_id": "balances.0.balance_id"}),
        Step("billing.balances.get"),
        Step("billing.breakdown.list", more={"grouping": ["line_item", "tags"]}),
        Step("billing.fields.list"),
        Step("billing.purchases.list", more={"limit": 5}),
    ),
    *_many(
        "self_hosted.v1.distribution_credentials",
        Step(
            "create",
            {"distribution_credentials_id": "distribution_credentials.distribution_credentials_id"},
            True,
            {"comment": "for lessons"},
        ),
        Step("list"),
        Step("get"),
        Step("delete", {}, True),
    ),
    *_many(
        "voice_agent.configurations",
        Step("create", {"agent_id": "agent_id"}, True, {"metadata": {"team": "North"}}),
        Step("list"),
        Step("get"),
        Step("update", {}, True),
        Step("delete", {}, True),
    ),
    *_many(
        "voice_agent.variables",
        Step("create", {"variable_id": "variable_id"}, True),
        Step("list"),
        Step("get"),
        Step("update", {}, True),
        Step("delete", {}, True),
    ),
    Step("manage.v1.projects.update", {}, True),
    Step("manage.v1.projects.leave", {}, True),
    Step("manage.v1.projects.delete", {}, True),
)
"""Every method in an order in which there is something to find."""


@dataclass(frozen=True)
class Found:
    """What a step gave.

    Parameters
    ----------
    raw : bytes
        The SDK was answered.
    typed : any
        What the SDK returned.
    theirs, ours : any
        What each side made of its own answer, in the wire's shape.
    read : any
        What dgnb makes of the SDK's answer.
    """

    raw: bytes
    typed: Any
    theirs: Any
    ours: Any
    read: Any


class Walk:
    """Both sides on their way. They share a project; what a step writes each has for itself."""

    def __init__(self, server: Server, audio: bytes, address: str) -> None:
        self.server = server
        self.raw = b""
        self.http = httpx.Client(trust_env=False, timeout=60, event_hooks={"response": [self._keep]})
        self.sdk = DeepgramClient(api_key="any", environment=environment(server.url), httpx_client=self.http)
        self.dgnb = Deepgram("any", base_url=server.url)
        sources = {"audio": audio, "url": address}
        self.theirs = {**sources, "name": "A", "email": "a@example.org", "key": "DG_A"}
        self.ours = {**sources, "name": "A", "email": "b@example.org", "key": "DG_B"}

    def _keep(self, response: httpx.Response) -> None:
        if "json" in response.headers["content-type"]:
            self.raw = response.read()

    def close(self) -> None:
        self.dgnb.close()
        self.http.close()

    def take(self, step: Step) -> Found:
        """Let both sides take a step."""
        if step.method.endswith(("projects.leave", "projects.delete")):
            for side in (self.theirs, self.ours):
                side["project_id"] = self.server.store.add_project("A project to lose")
        if step.method.endswith("members.list"):
            self._join()
        pair, more = OPERATIONS[step.method], dict(step.more)
        theirs = operations.theirs(self.sdk, step.method, self._given(step, self.theirs) | more)
        # What is only read, both read of the same thing.
        side = self.ours if step.writes else self.theirs
        ours = operations.ours(self.dgnb, pair, self._given(step, side) | more)
        told, made = plain(theirs), plain(ours)
        for name, path in step.keep.items():
            self.theirs[name], self.ours[name] = at(told, path), at(made, path)
        read = None if isinstance(ours, Speech) else plain(type(ours).from_json(self.raw))
        return Found(self.raw, theirs, told, made, read)

    def _given(self, step: Step, side: Mapping[str, Any]) -> dict[str, Any]:
        """What a call gives: what the table of operations says, with this walk's own ids and sources."""
        if step.method == "listen.v1.media.transcribe_file":
            return {"request": side["audio"]}
        return {name: side.get(name, value) for name, value in OPERATIONS[step.method].given.items()}

    def _join(self) -> None:
        """Two people accept an invitation, as by the link in a letter."""
        store = self.server.store
        for side, email in ((self.theirs, "c@example.org"), (self.ours, "d@example.org")):
            self.dgnb.invites.create(email, "member", side["project_id"])
            side["member_id"] = people.join(store, side["project_id"], email, "Ada", "Lovelace")


def plain(value: Any) -> Any:
    """A typed answer of either side in the wire's shape."""
    if isinstance(value, Speech):
        return value.audio
    if hasattr(value, "model_dump"):
        return value.model_dump(by_alias=True, mode="json")
    if isinstance(value, bytes | dict):
        return value
    return msgspec.to_builtins(value)


def lasting(value: Any) -> Any:
    """An answer to a write without what differs between two equal ones."""
    if isinstance(value, dict):
        return {name: lasting(item) for name, item in value.items() if name not in PASSING}
    return [lasting(item) for item in value] if isinstance(value, list) else value


def at(value: Any, path: str) -> Any:
    """What is found in an answer along a path."""
    for name in path.split("."):
        value = value[int(name)] if name.isdigit() else value[name]
    return value
