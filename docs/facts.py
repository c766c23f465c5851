"""What the code knows already, as Markdown for the pages of the documentation."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import msgspec
from sphinx.ext.napoleon import Config, NumpyDocstring

from dgnb import namespaces
from dgnb.batch import opening
from dgnb.magics import manual, snippets, verbs
from dgnb.protocol import closes, models, params, prices, refusals, routes, signatures
from dgnb.protocol.messages import Message, agent
from dgnb.protocol.options import Row, Rule, rows
from dgnb.publication import Namespace

MANY = 12
"""A set with more values than this is told by its first ones; completion and the models' page have all."""

RULES: dict[type, tuple[Rule, ...]] = {
    params.ListenOptions: params.LISTEN_RULES,
    params.LiveListenOptions: params.LIVE_LISTEN_RULES,
    params.FluxOptions: params.FLUX_RULES,
}
"""Combinations that are refused, by the table of the options."""

Published = tuple[str, Any]
"""An operation as it is reached from a client, and what publishes it."""


def table(head: Iterable[str], lines: Iterable[Iterable[object]]) -> str:
    """Return a table."""
    names = list(head)
    body = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in [names, ["---"] * len(names), *body]) + "\n"


def published() -> Iterator[Published]:
    """Each operation of a client, group by group."""
    for group in Namespace.__subclasses__():
        if group.__module__ == namespaces.__name__:
            for name, what in vars(group).items():
                if hasattr(what, "table"):
                    yield group.__name__.lower() + ("" if name == "__call__" else f".{name}"), what


# Operations


def operations() -> str:
    """Every operation of the clients: its signature, what it gives, and where its options are."""
    sections: list[str] = []
    for group in Namespace.__subclasses__():
        if group.__module__ == namespaces.__name__:
            name = group.__name__.lower()
            own = [(path, what) for path, what in published() if path.split(".")[0] == name]
            sections += [f"## {name}", str(inspect.getdoc(group)), *(operation(*one) for one in own)]
    return "\n\n".join(sections)


def operation(path: str, what: Any) -> str:
    """One operation, with a link to the table of its options."""
    return _drawn(path, getattr(what, "flow", None) or what.start, what.table)


def batches() -> str:
    """What clients have for many files."""
    works = (opening.batch, opening.estimate)
    return "\n\n".join(_drawn(work.__name__, work, params.ListenOptions) for work in works)


def _drawn(path: str, work: Any, kind: type) -> str:
    """A method of clients: its signature and docstring, without its options, and a link to them."""
    told = inspect.signature(work)
    taken = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in told.parameters.values()
        if parameter.name not in ("client", *rows(kind))
    ]
    signature = told.replace(parameters=taken, return_annotation=inspect.Signature.empty)
    config = Config(napoleon_google_docstring=False, napoleon_use_param=False)
    text = str(NumpyDocstring((inspect.getdoc(work) or "").partition("\n\nOptions\n-")[0], config))
    body = "\n".join(f"   {line}" for line in text.splitlines())
    options = f"Options: [{kind.__name__}](parameters.md#{kind.__name__.lower()})" if rows(kind) else ""
    return f"```{{eval-rst}}\n.. py:function:: dg.{path}{signature}\n\n{body}\n```\n\n{options}"


def peers() -> str:
    """Operations of an account by their names in the official SDK."""
    return table(
        ("dgnb", "deepgram-sdk"), [(f"`dg.{ours}`", f"`{theirs}`") for ours, theirs in snippets.SDK.items()]
    )


# Parameters


def tables() -> list[type]:
    """The tables of options that operations have, each once."""
    found = [what.table for _, what in published() if rows(what.table)]
    return list(dict.fromkeys(found))


def parameters() -> str:
    """Every parameter of every operation."""
    return "\n\n".join(map(options, tables()))


def options(kind: type) -> str:
    """One table of options, who takes it, and what may not be combined."""
    users = ", ".join(f"`dg.{path}`" for path, what in published() if what.table is kind)
    head = ("option", "type", "default", "what it does")
    lines = [_option(row) for row in rows(kind).values()]
    refused = "".join(f"- {rule.problem}\n" for rule in RULES.get(kind, ()))
    rules = f"\nRefused before anything is sent:\n\n{refused}" if refused else ""
    return f"## {kind.__name__}\n\n{inspect.getdoc(kind)}\nTaken by {users}.\n\n{table(head, lines)}{rules}"


def _option(row: Row) -> tuple[str, ...]:
    default = "" if row.param.default is None else f"`{row.param.default}`"
    kind = signatures.kind(row)
    # A closed set is its own type; of an open one the values are told beside its meaning.
    return f"`{row.name}`", f"`{kind}`", default, "; ".join([row.param.help, *_limits(row)])


def _limits(row: Row) -> Iterator[str]:
    param = row.param
    ends = (("from", param.low), ("to", param.high))
    bounds = [f"{word} {end:g}" for word, end in ends if end is not None]
    if bounds:
        yield " ".join(bounds)
    if param.most is not None:
        yield f"at most {param.most}"
    if param.longest is not None:
        yield f"at most {param.longest} characters each"
    if param.known:
        shown = ", ".join(f"`{value}`" for value in param.known[: MANY if len(param.known) <= MANY else 4])
        yield f"known: {shown}" + (
            f" and {len(param.known) - 4} [more](models.md)" if len(param.known) > MANY else ""
        )


# Magics


def magics() -> str:
    """The help of every verb."""
    return "\n\n".join(_verb(name) for name in verbs.VERBS)


def _verb(name: str) -> str:
    return f"## {name}\n\n```text\n{manual.manual(verbs.VERBS[name]).rstrip()}\n```"


# Models, voices, prices


def recognisers() -> str:
    """Models that listen, by family."""
    names = (*models.LISTEN_MODELS, *models.FLUX_MODELS)
    families = dict.fromkeys(models.family(name) for name in names)
    lines = [
        (family, ", ".join(f"`{name}`" for name in names if models.family(name) == family), _route(family))
        for family in families
    ]
    return table(("family", "models", "path"), lines)


def _route(family: str) -> str:
    return f"`{routes.FLUX_LIVE.path}`" if family == "flux" else f"`{routes.LISTEN.path}`"


def languages() -> str:
    """Languages that recognisers are asked for."""
    return ", ".join(f"`{name}`" for name in models.LANGUAGES)


def voices() -> str:
    """Voices by family and language."""
    found: dict[tuple[str, str], list[str]] = {}
    for voice in (*models.VOICES, *models.FLUX_VOICES):
        family, _, rest = voice.rpartition("-")[0].rpartition("-")
        found.setdefault((family, voice.rpartition("-")[2]), []).append(rest)
    lines = [
        (f"`{family}-NAME-{language}`", len(names), ", ".join(map(_voice, names)))
        for (family, language), names in found.items()
    ]
    return table(("model", "voices", "NAME"), lines)


def _voice(name: str) -> str:
    return f"{name} ♂" if name in models.MASCULINE else name


def formats() -> str:
    """What ``speak`` gives."""
    lines = [
        (
            f"`{name}`",
            ", ".join(one.containers),
            ", ".join(map(str, one.sample_rates)),
            (" or " if name == "mp3" else " to ").join(map(str, one.bit_rates)),
        )
        for name, one in models.SPEECH_FORMATS.items()
    ]
    return table(("encoding", "container", "sample rate [Hz], first by default", "bits a second"), lines)


def costs() -> str:
    """Published prices, with the day they were read."""
    lines = [
        (
            f"`{one.name}`",
            one.label,
            _dollars(one.batch),
            _dollars(one.streaming),
            one.unit,
            one.read,
            one.note,
        )
        for one in prices.PRICES.values()
    ]
    return table(("item", "what", "recorded [$]", "live [$]", "for each", "read on", ""), lines)


def _dollars(price: int | None) -> str:
    return "" if price is None else f"{prices.dollars(price):g}"


# The wire


def paths() -> str:
    """Every path of the service."""
    found = [(name, route) for name, route in vars(routes).items() if isinstance(route, routes.Route)]
    lines = [
        (
            "WebSocket" if name.endswith("_LIVE") else route.method,
            f"`{route.path}`",
            "agent" if route.agent else "api",
            "yes" if route.path in routes.TOKEN_PATHS else "",
        )
        for name, route in found
    ]
    return table(("method", "path", "host", "takes a short-lived token"), lines)


def regions() -> str:
    """Hosts by region."""
    return table(("region", "host"), [(f"`{name}`", f"`{host}`") for name, host in routes.REGIONS.items()])


def ends(name: str) -> str:
    """How the connections of a family end: ``LISTENING``, ``SPEAKING`` or ``CONVERSING``."""
    lines = [
        (
            one.code,
            f"`{one.reason}`" if one.reason else "",
            one.hint or "the end",
            "yes" if one.passing else "",
        )
        for one in getattr(closes, name)
    ]
    return table(("close code", "reason", "what it means", "connected again"), lines)


def warnings() -> str:
    """Warnings of a voice agent."""
    return table(("code", "what it means"), [(f"`{code}`", hint) for code, hint in agent.WARNINGS.items()])


def statuses() -> str:
    """Refusals by their HTTP status."""
    found = [(status, type(refusals.refusal(status, b"")).__name__, hint) for status, hint in _hints()]
    return table(("status", "error", "what to do"), found)


def _hints() -> list[tuple[int, str]]:
    mapped = dict.fromkeys((404, 415, 422, 500, 503), "")
    return sorted({**mapped, **refusals.HINTS}.items())


def codes() -> str:
    """Refusals by the service's own code, where dgnb knows more than the service says."""
    return table(("code", "what to do"), [(f"`{code}`", hint) for code, hint in refusals.CODE_HINTS.items()])


def messages(name: str) -> str:
    """Messages of both sides of a connection, from a module of `dgnb.protocol.messages`."""
    module = import_module(f"dgnb.protocol.messages.{name}")
    sides = (("sent", "CLIENT"), ("received", "SERVER"))
    return "\n\n".join(f"**{title}**\n\n{_side(module, side)}" for title, side in sides)


def _side(module: ModuleType, side: str) -> str:
    kinds: tuple[type[Message], ...] = getattr(module, side).kinds
    lines = [(f"`{kind.__struct_config__.tag}`", _fields(kind), _told(kind)) for kind in kinds]
    return table(("type", "fields", ""), lines)


def _fields(kind: type[Message]) -> str:
    return ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(kind))


def _told(kind: type[Message]) -> str:
    text = (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")
    first = text.partition(": ")[2] if text.startswith(("Client:", "Server:")) else text
    return first[:1].upper() + first[1:]
