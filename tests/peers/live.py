"""The four live connections on both sides, and how either opens one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from deepgram import DeepgramClient

from dgnb import Deepgram
from dgnb.protocol.messages import flux, fluxspeak, listen, speak
from dgnb.protocol.options import rows
from dgnb.protocol.params import FluxLiveSpeakOptions, FluxOptions, LiveListenOptions, LiveSpeakOptions
from tests.peers import calls

AUDIO = bytes(range(256)) * 10
RAW = {"encoding": "linear16", "sample_rate": 16000}


@dataclass(frozen=True)
class Socket:
    """One of the four connections, on both sides.

    Parameters
    ----------
    ours, theirs : str
        How it is reached from a client.
    table : type
        Its options.
    samples : mapping
        Values of every one of them, as both sides take them.
    given : mapping
        What every call gives.
    needed : mapping
        Other options without which one would be refused, by its name.
    together : mapping
        What is given where all options are given at once.
    """

    ours: str
    theirs: str
    table: type
    samples: Mapping[str, list[Any]]
    given: Mapping[str, Any]
    needed: Mapping[str, Mapping[str, Any]]
    together: Mapping[str, Any]

    @property
    def speaks(self) -> bool:
        return self.ours == "speak.live"


SWITCH = [True, False]
LISTENING = {name: calls.SAMPLES[name] for name in rows(LiveListenOptions) if name in calls.SAMPLES} | {
    "callback_method": ["PUT", "GET"],
    # One channel is what the service assumes; dgnb leaves it out, and both sides do here.
    "channels": [2],
    "diarize_model": ["latest", "v1"],
    "endpointing": [300, False],
    "interim_results": SWITCH,
    "no_delay": [True],
    "sample_rate": [8000, 44100],
    "utterance_end_ms": [1000],
    "vad_events": [True],
}
VOICED = {"mip_opt_out": SWITCH, "encoding": ["linear16", "mulaw"], "sample_rate": [8000, 16000]}

SOCKETS = {
    "listen": Socket(
        "listen.live",
        "listen.v1",
        LiveListenOptions,
        LISTENING,
        {"model": "nova-3", **RAW},
        calls.NEEDED | {"utterance_end_ms": {"interim_results": True}},
        {"model": "nova-3", "language": "multi", "keywords": None, "interim_results": True},
    ),
    "flux": Socket(
        "flux.live",
        "listen.v2",
        FluxOptions,
        {
            "model": ["flux-general-en", "flux-general-multi"],
            "eot_threshold": [0.5, 0.85, 1],
            "eager_eot_threshold": [0.3, 0.625],
            "eot_timeout_ms": [500, 5000],
            "encoding": ["linear16", "mulaw"],
            "sample_rate": [8000, 44100],
            "keyterm": calls.SAMPLES["keyterm"],
            "language_hint": calls.SAMPLES["language_hint"],
            "numerals": SWITCH,
            "profanity_filter": SWITCH,
            "redact": ["numbers", "aggressive_numbers"],
            "tag": calls.SAMPLES["tag"],
            "mip_opt_out": SWITCH,
        },
        {"model": "flux-general-en", **RAW},
        {"language_hint": {"model": "flux-general-multi"}},
        {"model": "flux-general-multi"},
    ),
    "speak": Socket(
        "speak.live",
        "speak.v1",
        LiveSpeakOptions,
        {**VOICED, "model": ["aura-2-thalia-en", "aura-zeus-en"], "speed": [0.7, 1.15]},
        {"model": "aura-2-thalia-en", "encoding": "linear16", "sample_rate": 24000},
        {"encoding": {"sample_rate": 8000}},
        {"encoding": "linear16", "sample_rate": 24000},
    ),
    "flux speak": Socket(
        "speak.live",
        "speak.v2",
        FluxLiveSpeakOptions,
        {
            **VOICED,
            "model": ["flux-alexis-en", "flux-kai-en"],
            "speed": [0.5, 1.15],
            "expressivity": [-2, 2],
            "tag": calls.SAMPLES["tag"],
        },
        {"model": "flux-alexis-en", "encoding": "linear16", "sample_rate": 24000},
        {"encoding": {"sample_rate": 8000}},
        {"encoding": "linear16", "sample_rate": 24000},
    ),
}


def parameters(sdk: DeepgramClient, socket: Socket) -> set[str]:
    """Query parameters that the SDK's socket client has."""
    connect = attrgetter(socket.theirs)(sdk).connect
    return set(inspect.signature(connect).parameters) - {"authorization", "request_options"}


def connect(sdk: DeepgramClient, socket: Socket, options: Mapping[str, Any]) -> Any:
    """The SDK's connection; what it has no parameter for goes as additional ones."""
    known = {name: value for name, value in options.items() if name in parameters(sdk, socket)}
    more = {name: value for name, value in options.items() if name not in known}
    return attrgetter(socket.theirs)(sdk).connect(
        **known, request_options={"additional_query_parameters": more}
    )


def theirs(sdk: DeepgramClient, socket: Socket, options: Mapping[str, Any]) -> None:
    """A whole connection of the SDK's."""
    with connect(sdk, socket, options) as running:
        if socket.speaks:
            running.send_close()
        else:
            running.send_media(AUDIO)
            running.send_close_stream()
        list(running)


def session(dg: Deepgram, socket: Socket, options: Mapping[str, Any], source: Any = AUDIO) -> Any:
    """A running session of dgnb's."""
    sources = () if socket.speaks else (source,)
    return attrgetter(socket.ours)(dg)(*sources, **options)


def ours(dg: Deepgram, socket: Socket, options: Mapping[str, Any]) -> None:
    """A whole session of dgnb's."""
    with session(dg, socket, options) as running:
        running.finish() if socket.speaks else running.wait()


_CLIENTS = {
    LiveListenOptions: listen.CLIENT,
    FluxOptions: flux.CLIENT,
    LiveSpeakOptions: speak.CLIENT,
    FluxLiveSpeakOptions: fluxspeak.CLIENT,
}


def client_messages(socket: Socket) -> set[str]:
    """The types of all messages that a client may send."""
    return {kind().type for kind in _CLIENTS[socket.table].kinds}
