"""Every REST operation of the official SDK beside dgnb's, and how either is called."""

from __future__ import annotations

import inspect
import typing
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

from deepgram import DeepgramClient

from dgnb import Deepgram
from dgnb.publication import Namespace
from tests.peers import calls

PROJECT = {"project_id": "7a3c1f6e-5a1d-4f7e-9d55-0c8f4c1a2b3d"}
URL = "https://example.org/calls/a b.wav?x=1&y=ü"
RAW = bytes(range(256)) * 2
TEXT = "I love this wonderful place."


@dataclass(frozen=True)
class Pair:
    """A method of the SDK and what asks the same of dgnb.

    Parameters
    ----------
    ours : str
        dgnb's operation, as it is reached from a client.
    given : mapping
        What every call gives, by the SDK's names.
    names : mapping
        dgnb's name where it is another; the empty one stands for the source, which goes first,
        ``*`` for a body whose fields dgnb takes by name.
    needed : mapping
        Options without which one would be refused, by that one's name.
    together : dict
        Values that all options need to be given at once.
    why : mapping
        Options that dgnb sends in another way on purpose, and the reason.
    """

    ours: str
    given: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    needed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    together: dict[str, Any] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)


def _of_project(ours: str, names: Mapping[str, str] | None = None, **given: Any) -> Pair:
    return Pair(ours, {**PROJECT, **given}, names or {})


_LISTENING = {name: {"model": "nova-3", **needed} for name, needed in calls.NEEDED.items()} | {
    "keywords": {"model": "nova-2"},
    "encoding": {},
}
_MODES = {name: calls.NEEDED[name] for name in ("callback_method", "custom_topic_mode", "custom_intent_mode")}
_SPEAKING: dict[str, Mapping[str, Any]] = {
    "callback_method": calls.NEEDED["callback_method"],
    "container": {"encoding": "linear16"},
    "sample_rate": {"encoding": "linear16"},
}
_HEARD = {"model": "nova-3", "keywords": None, "language": "multi"}
_SPOKEN = {"encoding": "opus", "container": "ogg", "sample_rate": 48000}
_CREDENTIAL = {"distribution_credentials_id": "credential_id"}

OPERATIONS: dict[str, Pair] = {
    "listen.v1.media.transcribe_url": Pair("listen", {"url": URL}, {"url": ""}, _LISTENING, _HEARD),
    "listen.v1.media.transcribe_file": Pair(
        "listen",
        {"request": RAW, "encoding": "mulaw", "request_options": {"sample_rate": 8000}},
        {"request": ""},
        _LISTENING,
        _HEARD,
    ),
    "read.v1.text.analyze": Pair(
        "read",
        {"request": {"text": TEXT}, "language": "en", "sentiment": True},
        {"request": ""},
        _MODES,
        why={"summarize": "a plain switch in /v1/read; the SDK shares the word v2 with /v1/listen"},
    ),
    "speak.v1.audio.generate": Pair("speak", {"text": TEXT}, {"text": ""}, _SPEAKING, _SPOKEN),
    "speak.v2.audio.generate": Pair(
        "speak", {"model": "flux-alexis-en", "text": TEXT}, {"text": ""}, _SPEAKING, _SPOKEN
    ),
    "auth.v1.tokens.grant": Pair("auth.grant"),
    "agent.v1.settings.think.models.list": Pair("models.think"),
    "manage.v1.models.list": Pair("models"),
    "manage.v1.models.get": Pair("models.get", {"model_id": "m-1"}),
    "manage.v1.projects.models.list": _of_project("models"),
    "manage.v1.projects.models.get": _of_project("models.get", model_id="m-1"),
    "manage.v1.projects.list": Pair("projects"),
    "manage.v1.projects.get": _of_project("projects.get"),
    "manage.v1.projects.update": _of_project("projects.rename", name="Ümlaut & Co"),
    "manage.v1.projects.delete": _of_project("projects.delete"),
    "manage.v1.projects.leave": _of_project("projects.leave"),
    "manage.v1.projects.keys.list": _of_project("keys"),
    "manage.v1.projects.keys.create": _of_project(
        "keys.create",
        {"request": "*"},
        request={"comment": "for lessons", "scopes": ["member", "billing:read"], "tags": ["a"]},
    ),
    "manage.v1.projects.keys.get": _of_project("keys.get", key_id="k-1"),
    "manage.v1.projects.keys.delete": _of_project("keys.delete", key_id="k-1"),
    "manage.v1.projects.members.list": _of_project("members"),
    "manage.v1.projects.members.delete": _of_project("members.delete", member_id="m-1"),
    "manage.v1.projects.members.scopes.list": _of_project("members.scopes", member_id="m-1"),
    "manage.v1.projects.members.scopes.update": _of_project(
        "members.set_scope", member_id="m-1", scope="admin"
    ),
    "manage.v1.projects.members.invites.list": _of_project("invites"),
    "manage.v1.projects.members.invites.create": _of_project(
        "invites.create", email="a@example.org", scope="member"
    ),
    "manage.v1.projects.members.invites.delete": _of_project("invites.delete", email="a@example.org"),
    "manage.v1.projects.requests.list": _of_project("requests"),
    "manage.v1.projects.requests.get": _of_project("requests.get", request_id="r-1"),
    "manage.v1.projects.usage.get": _of_project("usage"),
    "manage.v1.projects.usage.breakdown.get": _of_project("usage.breakdown"),
    "manage.v1.projects.usage.fields.list": _of_project("usage.fields"),
    "manage.v1.projects.billing.balances.list": _of_project("balances"),
    "manage.v1.projects.billing.balances.get": _of_project("balances.get", balance_id="b-1"),
    "manage.v1.projects.billing.breakdown.list": _of_project("billing"),
    "manage.v1.projects.billing.fields.list": _of_project("billing.fields"),
    "manage.v1.projects.billing.purchases.list": _of_project("billing.purchases"),
    "self_hosted.v1.distribution_credentials.list": _of_project("selfhosted"),
    "self_hosted.v1.distribution_credentials.create": _of_project("selfhosted.create"),
    "self_hosted.v1.distribution_credentials.get": _of_project(
        "selfhosted.get", _CREDENTIAL, distribution_credentials_id="c-1"
    ),
    "self_hosted.v1.distribution_credentials.delete": _of_project(
        "selfhosted.delete", _CREDENTIAL, distribution_credentials_id="c-1"
    ),
    "voice_agent.configurations.list": _of_project("agents"),
    "voice_agent.configurations.create": _of_project("agents.create", config='{"greeting": "Hi."}'),
    "voice_agent.configurations.get": _of_project("agents.get", agent_id="a-1"),
    "voice_agent.configurations.update": _of_project(
        "agents.update", agent_id="a-1", metadata={"team": "North"}
    ),
    "voice_agent.configurations.delete": _of_project("agents.delete", agent_id="a-1"),
    "voice_agent.variables.list": _of_project("variables"),
    "voice_agent.variables.create": _of_project("variables.create", key="DG_NAME", value={"a": [1, None]}),
    "voice_agent.variables.get": _of_project("variables.get", variable_id="v-1"),
    "voice_agent.variables.update": _of_project("variables.update", variable_id="v-1", value="ü"),
    "voice_agent.variables.delete": _of_project("variables.delete", variable_id="v-1"),
}
"""Every REST method of the SDK. With ``callback`` dgnb's is `submit`: it returns another type."""

OWN = {
    "listen.submit": "the peer's transcribe_url and transcribe_file with a callback",
    "read.submit": "the peer's analyze with a callback",
    "speak.submit": "the peer's generate with a callback",
    "requests.iterate": "requests.list, page after page",
    "speak.voices": "a selection of what models.list tells",
}
"""dgnb's operations that have no method of the SDK to themselves, and why."""

WORDS: dict[str, list[Any]] = {
    "accessor": ["12345678-1234-1234-1234-123456789012"],
    "api_version": [1],
    "comment": ["for Köln"],
    "end": ["2026-02-28"],
    "expressivity": [-2, 2],
    "include_outdated": [True, False],
    "limit": [1.0, 1000],
    "line_item": ["streaming::nova-3"],
    "metadata": [{"team": "North & South"}],
    "page": [0, 3],
    "request_id": ["3d1f6e7a-1a5d-4f7e-9d55-0c8f4c1a2b3d"],
    "scopes": ["self-hosted:products", ["self-hosted:product:api", "self-hosted:product:engine"]],
    "start": ["2026-01-01"],
    "ttl_seconds": [30, 90.5],
    "bit_rate": [32000],
    "speed": [0.5, 1.15],
}
"""Values of what is no switch and no choice, as both sides take them; the rest is in `calls.SAMPLES`."""

MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)

SPECIAL: dict[tuple[str, str], list[Any]] = {
    ("requests", "start"): [MOMENT, MOMENT.replace(microsecond=120000)],
    ("requests", "end"): [MOMENT],
    ("speak", "container"): ["none", "wav"],
    ("speak", "model"): ["aura-2-thalia-en", "aura-zeus-en"],
    ("speak", "sample_rate"): [8000, 24000],
    ("usage", "model"): ["3d1f6e7a-1a5d-4f7e-9d55-0c8f4c1a2b3d"],
    ("usage.breakdown", "model"): ["3d1f6e7a-1a5d-4f7e-9d55-0c8f4c1a2b3d"],
    ("usage", "tag"): ["lesson"],
    ("usage.breakdown", "tag"): ["lesson"],
    ("billing", "tag"): ["lesson"],
    ("listen", "encoding"): ["mulaw"],
}
"""Values where one name has several meanings, by dgnb's operation."""


def methods(client: Any, path: str = "") -> Iterator[str]:
    """The public methods of the SDK's REST clients, found by walking its properties."""
    for name in dir(type(client)):
        if name.startswith("_") or name in ("connect", "with_raw_response"):
            continue
        if isinstance(getattr(type(client), name), property):
            yield from methods(getattr(client, name), f"{path}{name}.")
        else:
            yield f"{path}{name}"


def sdk_methods() -> set[str]:
    """All REST methods of the SDK by their dotted names."""
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        return set(methods(DeepgramClient(api_key="a-key")))


def our_operations() -> set[str]:
    """All operations of dgnb, as they are reached from a client."""
    found = set()
    for group in Namespace.__subclasses__():
        names = [name for name in vars(group) if hasattr(vars(group)[name], "flow")]
        found |= {group.__name__.lower() + ("" if name == "__call__" else f".{name}") for name in names}
    return found


def parameters(method: Callable[..., Any]) -> dict[str, Any]:
    """The optional parameters of a method of the SDK with their types."""
    hints = typing.get_type_hints(method)
    found = inspect.signature(method).parameters.values()
    return {
        one.name: hints[one.name]
        for one in found
        if one.default is not inspect.Parameter.empty and one.name != "request_options"
    }


def samples(pair: Pair, name: str, hint: Any) -> list[Any]:
    """Values to try a parameter with: what is written above, or all that its type allows."""
    if (pair.ours, name) in SPECIAL:
        return SPECIAL[pair.ours, name]
    options = list(_options(hint))
    if bool in options:
        return [True, False]
    choices = [value for option in options for value in typing.get_args(option) if isinstance(value, str)]
    return WORDS.get(name) or choices or calls.SAMPLES[name]


def _options(hint: Any) -> Iterator[Any]:
    """The members of a union, to any depth."""
    if typing.get_origin(hint) is typing.Union:
        for member in typing.get_args(hint):
            yield from _options(member)
    elif hint is bool or typing.get_origin(hint) is Literal:
        yield hint


def theirs(client: DeepgramClient, method: str, given: Mapping[str, Any]) -> Any:
    """What the SDK's method returns; a stream of bytes is read."""
    options = dict(given)
    if "request_options" in options:
        options["request_options"] = {"additional_query_parameters": options["request_options"]}
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        answer = attrgetter(method)(client)(**options)
    return b"".join(answer) if isinstance(answer, Iterator) else answer


def ours(client: Deepgram, pair: Pair, given: Mapping[str, Any]) -> Any:
    """What dgnb's operation returns."""
    source, options = [], {}
    for name, value in given.items():
        ours = pair.names.get(name, name)
        if ours == "":
            source.append(value if isinstance(value, str | bytes) else next(iter(value.values())))
        elif ours == "*" or name == "request_options":
            options |= value
        else:
            options[ours] = value
    operation = attrgetter(pair.ours)(client)
    return (operation.submit if "callback" in given and hasattr(operation, "submit") else operation)(
        *source, **options
    )
