"""The live sessions send what the official SDK's socket clients send: query, credential, messages."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

pytest.importorskip("deepgram")

from deepgram import DeepgramClient
from deepgram.listen.v1 import types as listen_v1
from deepgram.listen.v2 import types as listen_v2
from deepgram.speak.v1 import types as speak_v1
from deepgram.speak.v2 import types as speak_v2

from dgnb import Deepgram
from dgnb.protocol.options import rows
from tests.peers import live
from tests.peers.calls import KEY, environment
from tests.peers.live import AUDIO, SOCKETS, Socket
from tests.sockets import Connection, Recorder

# The SDK imports names that newer versions of websockets call deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

EACH = pytest.mark.parametrize("socket", SOCKETS.values(), ids=SOCKETS)

CASES = [
    pytest.param(socket, {**socket.needed.get(name, {}), name: value}, id=f"{title}-{name}-{value!r}")
    for title, socket in SOCKETS.items()
    for name, values in socket.samples.items()
    for value in values
]


class Pen:
    """Both clients before one server that keeps what they send."""

    def __init__(self, server: Recorder, **credential: str) -> None:
        self.server = server
        self.dgnb = Deepgram(**{"base_url": server.url, **credential})
        self.sdk = DeepgramClient(environment=environment(server.url), **credential)

    def close(self) -> None:
        self.dgnb.close()
        self.sdk._client_wrapper.httpx_client.httpx_client.close()

    def ours(self, act: Callable[..., None], *arguments: Any) -> Connection:
        """What dgnb sends."""
        return self._sent(act, self.dgnb, *arguments)

    def theirs(self, act: Callable[..., None], *arguments: Any) -> Connection:
        """What the SDK sends."""
        return self._sent(act, self.sdk, *arguments)

    def _sent(self, act: Callable[..., None], *arguments: Any) -> Connection:
        before = len(self.server.connections)
        act(*arguments)
        assert len(self.server.connections) == before + 1, "one session is one connection"
        return self.server.connections[-1]

    def both(self, socket: Socket, options: Mapping[str, Any]) -> tuple[Connection, Connection]:
        """What dgnb and the SDK send with the same options."""
        given = {name: value for name, value in (socket.given | options).items() if value is not None}
        return self.ours(live.ours, socket, given), self.theirs(live.theirs, socket, given)


@pytest.fixture(scope="module")
def server() -> Iterator[Recorder]:
    with Recorder() as server:
        yield server


@pytest.fixture(scope="module")
def pen(server: Recorder) -> Iterator[Pen]:
    pen = Pen(server, api_key=KEY)
    yield pen
    pen.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@EACH
def test_the_table_has_every_parameter_of_the_sdk(pen: Pen, socket: Socket) -> None:
    newer = live.parameters(pen.sdk, socket) - set(rows(socket.table))
    assert not newer, f"the SDK's {socket.theirs} takes {sorted(newer)}: add them to dgnb.protocol.params"


@EACH
def test_every_parameter_has_samples(socket: Socket) -> None:
    assert set(socket.samples) == set(rows(socket.table))


@pytest.mark.parametrize(("socket", "options"), CASES)
def test_a_parameter_is_sent_as_the_sdk_sends_it(
    pen: Pen, socket: Socket, options: Mapping[str, Any]
) -> None:
    ours, theirs = pen.both(socket, options)
    assert (ours.path, ours.query) == (theirs.path, theirs.query)


@EACH
def test_all_parameters_at_once_are_sent_as_the_sdk_sends_them(pen: Pen, socket: Socket) -> None:
    many = {name: values[-1] for name, values in socket.samples.items()} | socket.together
    ours, theirs = pen.both(socket, many)
    assert (ours.path, ours.query) == (theirs.path, theirs.query)
    assert {name for name, _ in ours.query} == {name for name, value in many.items() if value is not None}


def test_a_file_with_a_header_needs_no_word_about_its_audio(pen: Pen) -> None:
    # dgnb decodes a recording, to keep its clock: it is a stream that goes as it comes.
    audio = b"fLaC" + bytes(100)
    ours = pen.ours(lambda dg: dg.listen.live(iter([audio]), model="nova-3").wait())
    assert ours.query == [("model", "nova-3")]
    assert b"".join(ours.audio) == audio


@EACH
@pytest.mark.parametrize(
    ("credential", "header"),
    [({"api_key": KEY}, f"Token {KEY}"), ({"access_token": "a-token"}, "Bearer a-token")],
    ids=["key", "token"],
)
def test_the_credential_is_sent_as_the_sdk_sends_it(
    server: Recorder, socket: Socket, credential: dict[str, str], header: str
) -> None:
    pen = Pen(server, **credential)
    ours, theirs = pen.both(socket, {})
    pen.close()
    assert ours.headers["authorization"] == header
    assert theirs.headers["authorization"].partition(" ")[2] == header.partition(" ")[2]
    assert theirs.headers["authorization"].lower() == header.lower()


@EACH
def test_dgnb_has_its_own_name(pen: Pen, socket: Socket) -> None:
    ours, _ = pen.both(socket, {})
    assert ours.headers["user-agent"].startswith("dgnb/")
    assert not [name for name in ours.headers if name.startswith("x-")]


# Messages: the same talk through both clients


def listening(pen: Pen, dg: Deepgram) -> None:
    parts: queue.Queue[bytes | None] = queue.Queue()
    running = live.session(dg, SOCKETS["listen"], SOCKETS["listen"].given, parts)
    parts.put(AUDIO)
    pen.server.wait(lambda connection: "KeepAlive" in connection.kinds)
    running.finalize()
    running.finalize(1)
    running.configure(keyterms=["Köln & Bonn", "order"], features={"numerals": True, "punctuate": False})
    running.configure(keyterms=[])
    parts.put(None)
    running.wait()


def listening_by_sdk(sdk: DeepgramClient) -> None:
    with live.connect(sdk, SOCKETS["listen"], SOCKETS["listen"].given) as running:
        running.send_media(AUDIO)
        running.send_keep_alive()
        running.send_finalize()
        running.send_finalize(listen_v1.ListenV1Finalize(type="Finalize", channel=1))
        for keyterms, features in (
            (["Köln & Bonn", "order"], {"numerals": True, "punctuate": False}),
            ([], None),
        ):
            given = {"keyterms": keyterms} | ({"features": features} if features else {})
            running.send_configure(listen_v1.ListenV1Configure(type="Configure", **given))
        running.send_close_stream()
        list(running)


def turns(pen: Pen, dg: Deepgram) -> None:
    parts: queue.Queue[bytes | None] = queue.Queue()
    running = live.session(dg, SOCKETS["flux"], SOCKETS["flux"].given, parts)
    parts.put(AUDIO)
    running.configure(
        eot_threshold=0.8,
        eager_eot_threshold=0.5,
        eot_timeout_ms=3000,
        keyterms=["order"],
        language_hints=["en", "es"],
        numerals=True,
    )
    running.configure(eot_threshold=0.6)
    running.configure(keyterms=[], language_hints=[], numerals=False)
    running.force_end_turn()
    parts.put(None)
    running.wait()


def turns_by_sdk(sdk: DeepgramClient) -> None:
    with live.connect(sdk, SOCKETS["flux"], SOCKETS["flux"].given) as running:
        running.send_media(AUDIO)
        for change in (
            {
                "thresholds": listen_v2.ListenV2ConfigureThresholds(
                    eot_threshold=0.8, eager_eot_threshold=0.5, eot_timeout_ms=3000
                ),
                "keyterms": ["order"],
                "language_hints": ["en", "es"],
                "numerals": True,
            },
            {"thresholds": listen_v2.ListenV2ConfigureThresholds(eot_threshold=0.6)},
            {"keyterms": [], "language_hints": [], "numerals": False},
        ):
            running.send_configure(listen_v2.ListenV2Configure(type="Configure", **change))
        running.send_force_end_turn()
        running.send_close_stream()
        list(running)


def speaking(pen: Pen, dg: Deepgram) -> None:
    running = live.session(dg, SOCKETS["speak"], SOCKETS["speak"].given)
    running.say("Good morning, Köln.")
    running.flush()
    running.say("Not this. ")
    pen.server.wait(lambda connection: connection.kinds == ["Speak", "Flush", "Speak"])
    running.clear()
    running.finish()


def speaking_by_sdk(sdk: DeepgramClient) -> None:
    with live.connect(sdk, SOCKETS["speak"], SOCKETS["speak"].given) as running:
        running.send_text(speak_v1.SpeakV1Text(type="Speak", text="Good morning, Köln. "))
        running.send_flush()
        running.send_text(speak_v1.SpeakV1Text(type="Speak", text="Not this. "))
        running.send_clear()
        running.send_close()
        list(running)


def conversing(pen: Pen, dg: Deepgram) -> None:
    running = live.session(dg, SOCKETS["flux speak"], SOCKETS["flux speak"].given)
    running.say("Good morning, Köln.")
    running.flush()
    pen.server.wait(lambda connection: connection.kinds == ["Speak", "Flush"])
    running.configure(speed=1.15)
    running.interrupt(0.02)
    running.interrupt()
    running.finish()


def conversing_by_sdk(sdk: DeepgramClient) -> None:
    offset = speak_v2.SpeakV2InterruptPlaybackOffset(type="time_ms", value=20)
    with live.connect(sdk, SOCKETS["flux speak"], SOCKETS["flux speak"].given) as running:
        running.send_speak(speak_v2.SpeakV2Speak(type="Speak", text="Good morning, Köln. "))
        running.send_flush()
        running.send_configure(speak_v2.SpeakV2Configure(type="Configure", speed=1.15))
        running.send_interrupt(speak_v2.SpeakV2Interrupt(type="Interrupt", playback_offset=offset))
        running.send_interrupt()
        running.send_close()
        list(running)


TALKS: dict[str, tuple[Callable[..., None], Callable[..., None]]] = {
    "listen": (listening, listening_by_sdk),
    "flux": (turns, turns_by_sdk),
    "speak": (speaking, speaking_by_sdk),
    "flux speak": (conversing, conversing_by_sdk),
}


@pytest.mark.parametrize("title", TALKS)
def test_every_message_is_what_the_sdk_sends(pen: Pen, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first of them need not be waited for as long as in life.
    monkeypatch.setattr("dgnb.sessions.hearing.KEEP_ALIVE", 0.02)
    # Nothing is spoken by itself while a busy machine comes to the next word.
    monkeypatch.setattr("dgnb.sessions.speaking.PAUSE", 600.0)
    ours_talk, their_talk = TALKS[title]
    ours, theirs = pen.ours(lambda dg: ours_talk(pen, dg)), pen.theirs(their_talk)
    assert set(ours.kinds) == live.client_messages(SOCKETS[title])
    assert first_keep_alive(ours) == first_keep_alive(theirs)
    assert b"".join(ours.audio) == b"".join(theirs.audio)
    assert (ours.path, ours.query) == (theirs.path, theirs.query)


def first_keep_alive(connection: Connection) -> list[dict[str, Any]]:
    """The messages, with the first of those that come again and again by themselves."""
    at = connection.kinds.index("KeepAlive") if "KeepAlive" in connection.kinds else -1
    return [
        message
        for number, message in enumerate(connection.messages)
        if message["type"] != "KeepAlive" or number == at
    ]
