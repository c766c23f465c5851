"""A conversation with an agent in a file: what was said and called, and the log, without audio and keys.

The first line says what it is and what it came to, and each further line is one of the log; all are JSON.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from dgnb.errors import OptionError
from dgnb.protocol.messages import agent
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.conversing import Conversing
from dgnb.sessions.exchanges import Call, Exchange, State
from dgnb.sessions.records import Ended, Gap, Lost, Opened, Record
from dgnb.sessions.speaking import Audio

VERSION = 1

SECRETS = ("headers", "credentials")
"""Settings that may hold the keys of other services, a language model's for example."""


class _Exchange(msgspec.Struct, frozen=True):
    at: float
    user: str
    replies: list[str]
    thoughts: list[str]
    first_text: float | None
    first_audio: float | None
    ended: float | None
    pieces: list[int]
    interrupted: bool
    problem: str
    report: agent.LatencyReport | None
    started: agent.AgentStartedSpeaking | None
    done: bool
    cut: float | None = None


class _Call(msgspec.Struct, frozen=True):
    id: str
    name: str
    arguments: str
    client_side: bool
    exchange: int
    at: float
    ended: float | None
    state: State
    content: str


class _Head(msgspec.Struct, frozen=True):
    session: Literal["agent"]
    tree: dict[str, Any]
    exchanges: list[_Exchange]
    calls: list[_Call]
    sizes: list[int]
    """Bytes of each piece of the agent's audio."""
    sandbox: bool = False
    version: int = VERSION


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    at: float
    connection: int = 0
    raw: str = ""
    notice: Opened | Lost | Gap | Ended | Audio | None = None
    latency: float | None = None
    replayed: bool = False
    since: float = 0.0


def write(path: Path, dialogue: Conversing, *, sandbox: bool) -> None:
    """Write a conversation into a file.

    Parameters
    ----------
    path : Path
    dialogue : Conversing
    sandbox : bool
        Whether the offline sandbox answered.
    """
    head = _Head(
        session="agent",
        tree=_told(dialogue.tree),
        exchanges=[_exchange(one) for one in list(dialogue.exchanges)],
        calls=[_call(call) for call in dialogue.calls],
        sizes=[len(piece) for piece in dialogue.pieces],
        sandbox=sandbox,
    )
    lines = [head, *(_Line(**msgspec.structs.asdict(record)) for record in list(dialogue.records))]
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def _told(settings: Any) -> Any:
    """Settings as they may be read by anybody: names of secrets, and not what they are."""
    if isinstance(settings, dict):
        return {
            name: dict.fromkeys(value, "...")
            if name in SECRETS and isinstance(value, dict)
            # A function's schema may have arguments of any name.
            else (value if name == "parameters" else _told(value))
            for name, value in settings.items()
        }
    return [_told(each) for each in settings] if isinstance(settings, list) else settings


def _exchange(exchange: Exchange) -> _Exchange:
    return _Exchange(*(getattr(exchange, name) for name in _Exchange.__struct_fields__))


def _call(call: Call) -> _Call:
    found = {name: getattr(call, name) for name in _Call.__struct_fields__}
    return _Call(**{**found, "exchange": call.exchange.index})


def is_saved(path: Path) -> bool:
    """Whether a file holds a conversation with an agent, or says so."""
    with path.open("rb") as file:
        return file.read(20).startswith(b'{"session":"agent"')


def read(path: Path) -> tuple[Conversing, bool]:
    """Return a conversation from a file, and whether the sandbox made it; its audio is silent.

    Raises
    ------
    OptionError
        The file holds none.
    """
    try:
        lines = path.read_bytes().splitlines()
        head = msgspec.json.decode(lines[0], type=_Head)
        if head.version != VERSION:
            raise ValueError(f"it has version {head.version}, this dgnb knows {VERSION}")
        decoder = msgspec.json.Decoder(_Line)
        records = [Record(**msgspec.structs.asdict(decoder.decode(line))) for line in lines[1:]]
        return _restored(head, records), head.sandbox
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError, ValueError) as error:
        raise OptionError(f"{path.name} is no conversation that was saved: {error}", "path") from error


def _restored(head: _Head, records: list[Record]) -> Conversing:
    dialogue = Conversing(head.tree, Bounds())
    dialogue.exchanges = [
        Exchange(at, **msgspec.structs.asdict(one)) for at, one in enumerate(head.exchanges)
    ]
    for call in head.calls:
        found = msgspec.structs.asdict(call)
        dialogue.calls.append(Call(**{**found, "exchange": dialogue.exchanges[call.exchange]}))
    dialogue.pieces = [bytes(size) for size in head.sizes]
    dialogue.size = sum(head.sizes)
    dialogue.records = records
    dialogue.over = any(isinstance(record.notice, Ended) for record in records)
    dialogue.request_ids = [one.notice.request_id for one in records if isinstance(one.notice, Opened)]
    events = [dialogue.event(record) for record in records if record.notice is None]
    dialogue.warnings = [event for event in events if isinstance(event, agent.Warning)]
    return dialogue
