"""The key goes to the service and appears nowhere else, whatever goes wrong."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import BuiltinFunctionType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest

from dgnb import ApiError, AsyncDeepgram, Deepgram
from dgnb.operations import Request
from dgnb.protocol import routes
from tests.servers import Answer, Server, refused, transcript
from tests.sockets import Recorder

PARTS = ("dg", "5ecret", "4f9a0c7e")

FLAC = b"fLaC" + bytes(600_000)

RAW: dict[str, Any] = {"encoding": "linear16", "sample_rate": 16000}
RETRIES = {"retries": 0}

SOCKETS: dict[str, Callable[[Any], Any]] = {
    "listen": lambda dg: dg.listen.live(bytes(640), **RAW, **RETRIES),
    "flux": lambda dg: dg.flux.live(bytes(640), **RAW, **RETRIES),
    "speak": lambda dg: dg.speak.live(**RETRIES),
    "flux speak": lambda dg: dg.speak.live(model="flux-alexis-en", **RETRIES),
}
"""How each of the live sessions is opened."""


def key() -> str:
    """The recognisable key. It is in no variable, since a traceback may show those of this module."""
    return "-".join(PARTS)


def shown(text: object) -> bool:
    return key() in str(text)


@pytest.fixture(params=[Deepgram, AsyncDeepgram], ids=lambda client: client.__name__)
def client(request: Any) -> Any:
    return request.param


@dataclass
class Scene:
    """A local service, and a client that is about to get into trouble."""

    client: Any
    server: Server
    path: Path
    options: dict[str, Any] = field(default_factory=dict)

    def make(self) -> Any:
        return self.client(key(), **{"base_url": self.server.url, "retries": 0, **self.options})

    def call(self, act: Callable[[Any], Any]) -> Any:
        dg = self.make()
        if self.client is Deepgram:
            with dg:
                return act(dg)
        return asyncio.run(self.wait(dg, act))

    async def wait(self, dg: Any, act: Callable[[Any], Any]) -> Any:
        async with dg:
            return await act(dg)

    def listen(self, source: Any = FLAC, **options: Any) -> Any:
        return self.call(lambda dg: dg.listen(source, **options))


class Failing(io.BytesIO):
    """A source that breaks while it is sent, not while it is looked at."""

    name = "a broken disk"

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise ValueError("the disk is broken")
        return super().read(size)


def answers(scene: Scene, *given: Answer, **options: Any) -> Any:
    scene.server.answers[:] = given
    scene.options |= options
    return scene.listen()


def live(scene: Scene, *given: Answer, kind: str = "listen", **options: Any) -> Any:
    scene.server.answers[:] = given or [refused(503)]
    scene.options |= options
    return scene.call(lambda dg: SOCKETS[kind](dg).wait())


def ended(scene: Scene) -> Any:
    """The service ends a session because something is wrong."""
    with Recorder(1008, "DATA-0000") as service:
        scene.options |= {"base_url": service.url}
        return scene.call(lambda dg: SOCKETS["flux"](dg).stop())


def hang(scene: Scene) -> Any:
    scene.server.answers[:] = [Answer(hang=True)]
    scene.options |= {"timeout": 0.1}
    return scene.call(lambda dg: dg.run(once(Request(routes.LISTEN, patience=0.1))))


def once(request: Request) -> Any:
    reply = yield request
    return reply


def interrupt(scene: Scene) -> Any:
    stop = threading.main_thread().ident
    assert stop is not None
    return answers(scene, Answer(then=lambda: signal.pthread_kill(stop, signal.SIGINT), hang=True))


def vanish(scene: Scene, act: Callable[[Path], object]) -> Any:
    """The file changes after it was looked at, between two attempts."""
    scene.path.write_bytes(FLAC)
    changed = refused(503, Retry_After="0")
    scene.server.answers[:] = [replace(changed, then=lambda: act(scene.path) and None), transcript()]
    scene.options |= {"retries": 1}
    return scene.listen(scene.path)


def elsewhere(scene: Scene, **options: Any) -> Any:
    scene.options |= options
    return scene.listen()


def construct(scene: Scene, make: Callable[[], Any], **options: Any) -> Any:
    return scene.client(make(), **options)


TROUBLE: dict[str, Callable[[Scene], Any]] = {
    "refused key": lambda scene: answers(scene, refused(401, "INVALID_AUTH")),
    "refused request": lambda scene: answers(scene, refused(400)),
    "refused in plain text": lambda scene: answers(scene, Answer(500, b"oops")),
    "refused again and again": lambda scene: answers(scene, refused(429, Retry_After="0"), retries=2),
    "refused during the upload": lambda scene: answers(scene, Answer(413, b"too large", take=9)),
    "redirected": lambda scene: answers(scene, Answer(307, headers={"Location": "http://127.0.0.1:9/"})),
    "cut": lambda scene: answers(scene, Answer(cut=True)),
    "cut during the upload": lambda scene: answers(scene, Answer(cut=True, take=9)),
    "cut reply": lambda scene: answers(scene, Answer(body=b"{", missing=9)),
    "cut JSON": lambda scene: answers(scene, Answer(body=b"{")),
    "spoilt gzip": lambda scene: answers(scene, Answer(body=b"x", headers={"Content-Encoding": "gzip"})),
    "time-out": hang,
    "interrupted": interrupt,
    "nobody there": lambda scene: elsewhere(scene, base_url="http://127.0.0.1:9"),
    "unknown host": lambda scene: elsewhere(scene, base_url="http://no-such-host.invalid"),
    "no TLS there": lambda scene: elsewhere(scene, base_url=scene.server.url.replace("http", "https")),
    "no proxy there": lambda scene: elsewhere(scene, proxy="http://127.0.0.1:9"),
    "bad proxy": lambda scene: elsewhere(scene, proxy="ftp://proxy"),
    "no token": lambda scene: answers(scene, refused(403), tokens=True),
    "spoilt token": lambda scene: answers(scene, Answer(body=b"{"), tokens=True),
    "cut token": lambda scene: answers(scene, Answer(cut=True), tokens=True),
    "option": lambda scene: scene.listen(utt_split=-1),
    "rule": lambda scene: scene.listen(keyterm="x", model="nova-2"),
    "missing file": lambda scene: scene.listen("no-such-file.wav"),
    "broken source": lambda scene: scene.listen(Failing(FLAC)),
    "vanished source": lambda scene: vanish(scene, lambda path: path.unlink()),
    "shorter source": lambda scene: vanish(scene, lambda path: path.write_bytes(FLAC[:9])),
    "longer source": lambda scene: vanish(scene, lambda path: path.write_bytes(FLAC * 2)),
    "unknown argument": lambda scene: construct(scene, key, basurl="x"),
    "key with a newline": lambda scene: construct(scene, lambda: key() + "\nX-Evil: 1"),
    "key with a blank": lambda scene: construct(scene, lambda: key() + " " + key()),
    "key beyond ASCII": lambda scene: construct(scene, lambda: key() + "\u00fc"),
    "key of bytes": lambda scene: construct(scene, lambda: key().encode()),
    "key in a list": lambda scene: construct(scene, lambda: [key()]),
    "key and sandbox": lambda scene: construct(scene, key, sandbox=True),
    "bad region": lambda scene: construct(scene, key, region="mars"),
    "bad address": lambda scene: construct(scene, key, base_url="ftp://host"),
    "pickled client": lambda scene: pickle.dumps(scene.make()),
}

TROUBLE |= {
    f"{kind}, refused key": lambda scene, kind=kind: live(scene, refused(401, "INVALID_AUTH"), kind=kind)
    for kind in SOCKETS
}

TROUBLE |= {
    "socket, refused request": lambda scene: live(scene, refused(400)),
    "socket, refused in plain text": lambda scene: live(scene, Answer(500, b"oops")),
    "socket, refused for now": lambda scene: live(scene, refused(429, Retry_After="0")),
    "socket, redirected": lambda scene: live(scene, Answer(307, headers={"Location": "http://127.0.0.1:9/"})),
    "socket, no upgrade": lambda scene: live(scene, transcript()),
    "socket, cut": lambda scene: live(scene, Answer(cut=True)),
    "socket, time-out": lambda scene: live(scene, Answer(hang=True), timeout=0.1),
    "socket, nobody there": lambda scene: live(scene, base_url="http://127.0.0.1:9"),
    "socket, unknown host": lambda scene: live(scene, base_url="http://no-such-host.invalid"),
    "socket, no TLS there": lambda scene: live(scene, base_url=scene.server.url.replace("http", "https")),
    "socket, no proxy there": lambda scene: live(
        scene, base_url="http://no-such-host.invalid", proxy="http://127.0.0.1:9"
    ),
    "socket, no token": lambda scene: live(scene, refused(403), tokens=True),
    "socket, spoilt token": lambda scene: live(scene, Answer(body=b"{"), tokens=True),
    "socket, cut token": lambda scene: live(scene, Answer(cut=True), tokens=True),
    "socket, ended": ended,
}


@pytest.fixture
def scene(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    with Server() as server:
        yield Scene(client, server, tmp_path / "call.flac")


@pytest.fixture
def diary() -> Iterator[io.StringIO]:
    """Everything that any logger says."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_no_error_log_or_traceback_shows_the_key(trouble: Any, scene: Scene, diary: io.StringIO) -> None:
    with pytest.raises(BaseException, match=r"^") as caught:
        trouble(scene)
    error = caught.value
    for text in (*plain(error), *verbose(error)):
        assert not shown(text)
    assert not shown(diary.getvalue())
    assert not list(leaks(error))


def plain(error: BaseException) -> Iterator[str]:
    """Tracebacks of the standard library, with every variable of every frame."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    yield "".join(told.format())
    yield repr(error)


def verbose(error: BaseException) -> Iterator[str]:
    """IPython's tracebacks, as ``%xmode Verbose`` shows them."""
    ultratb = pytest.importorskip("IPython.core.ultratb")
    verbose = ultratb.VerboseTB(include_vars=True, long_header=True)
    yield verbose.text(type(error), error, error.__traceback__)


DEAD_ENDS = (ModuleType, type, BuiltinFunctionType, FrameType)


def leaks(*roots: object) -> Iterator[object]:
    """What can be reached from an object and shows the key.

    Text itself is passed over: the client must hold its key somewhere.
    """
    seen: dict[int, object] = {}
    ways = list(roots)
    while ways:
        thing = ways.pop()
        if id(thing) in seen or isinstance(thing, (*DEAD_ENDS, str)):
            continue
        seen[id(thing)] = thing
        if isinstance(thing, FunctionType):
            ways += [cell.cell_contents for cell in thing.__closure__ or ()]
            continue
        if shown(safely(thing)):
            yield thing
        ways += gc.get_referents(thing)


def safely(thing: object) -> str:
    try:
        return f"{thing!r}"
    except Exception as error:  # half-made objects of other libraries
        return repr(error)


def test_the_search_for_leaks_finds_one() -> None:
    class Careless:
        def __init__(self) -> None:
            self.headers = {"Authorization": key()}

    assert list(leaks([Careless()]))


def test_no_object_of_a_used_client_shows_the_key(client: Any) -> None:
    with Server(refused(503), transcript()) as server:
        dg = client(key(), base_url=server.url)
        if client is Deepgram:
            dg.listen(FLAC)
            assert not list(leaks(dg))
            dg.close()
        else:
            asyncio.run(use(dg))
    assert all(request.headers["authorization"] == f"Token {key()}" for request in server.requests)


async def use(dg: AsyncDeepgram) -> None:
    async with dg:
        await dg.listen(FLAC)
        assert not list(leaks(dg))


def test_a_call_that_succeeds_logs_no_key(scene: Scene, diary: io.StringIO) -> None:
    scene.listen()
    assert "send_request_headers" in diary.getvalue()
    assert not shown(diary.getvalue())


def test_a_result_has_no_key(scene: Scene) -> None:
    call = scene.listen()
    assert not list(leaks(call))
    assert not shown(pickle.dumps(call))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_is_not_taken_to_another_host(scene: Scene, status: int) -> None:
    with Server() as other:
        scene.server.answers[:] = [Answer(status, headers={"Location": f"{other.url}/v1/listen"})]
        with pytest.raises(Exception, match=str(status)):
            scene.listen()
    assert other.requests == []


def test_the_key_is_not_in_the_address_or_body(scene: Scene) -> None:
    scene.listen("https://example.org/a.wav", tag="x")
    (request,) = scene.server.requests
    assert not shown((request.path, request.query, request.body))
    assert [name for name, value in request.headers.items() if shown(value)] == ["authorization"]


def test_with_tokens_the_key_only_gets_the_token(scene: Scene) -> None:
    grant = Answer(body=json.dumps({"access_token": "a-token", "expires_in": 30}).encode())
    scene.server.answers[:] = [grant, transcript()]
    scene.options |= {"tokens": True}
    scene.listen()
    sent = [(request.path, request.headers["authorization"]) for request in scene.server.requests]
    assert sent == [("/v1/auth/grant", f"Token {key()}"), ("/v1/listen", "Bearer a-token")]


def test_an_unknown_option_warns_without_the_key(scene: Scene) -> None:
    with pytest.warns(UserWarning, match="does not know") as told:
        scene.listen(new_flag=1)
    assert not any(shown(warning.message) for warning in told)


@pytest.mark.parametrize("kind", SOCKETS)
def test_a_running_session_shows_the_key_to_the_service_alone(kind: str, diary: io.StringIO) -> None:
    with Recorder() as service, Deepgram(key(), base_url=service.url) as dg:
        with SOCKETS[kind](dg) as session:
            connected = threading.Event()
            session.observe(lambda each: connected.set() if each.records else None)
            assert connected.wait(60)
            assert not list(leaks(session, dg))
            assert not shown(session._repr_html_() + repr(session))
            result = session.stop()
        (connection,) = service.connections
        assert not list(leaks(session, result, session.records))
        assert not shown((connection.url, connection.messages, connection.audio))
    assert connection.headers["authorization"] == f"Token {key()}"
    assert [name for name, value in connection.headers.items() if shown(value)] == ["authorization"]
    assert not shown(diary.getvalue())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_socket_is_not_redirected(scene: Scene, status: int) -> None:
    with Server() as other:
        address = other.url.replace("http", "ws") + "/v1/listen"
        with pytest.raises(ApiError) as caught:
            live(scene, Answer(status, headers={"Location": address}))
    assert caught.value.status == status
    assert other.requests == []
    assert len(scene.server.requests) == 1


@pytest.mark.parametrize("kind", SOCKETS)
def test_no_proxy_is_asked_the_way_to_this_machine(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Server() as proxy, Recorder() as service, Deepgram(key(), base_url=service.url) as dg:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "WS_PROXY", "WSS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        SOCKETS[kind](dg).stop()
        assert proxy.requests == []
    assert len(service.connections) == 1


@pytest.mark.parametrize("kind", SOCKETS)
def test_with_tokens_each_handshake_has_a_token_of_its_own(
    scene: Scene, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dgnb.transport.socket.FIRST_PAUSE", 0.01)
    monkeypatch.setitem(RETRIES, "retries", 1)
    grants = [
        Answer(body=json.dumps({"access_token": token, "expires_in": 30}).encode()) for token in ("a", "b")
    ]
    with pytest.raises(ApiError, match="401"):
        live(scene, grants[0], refused(503), grants[1], refused(401), kind=kind, tokens=True)
    path = scene.server.requests[-1].path
    assert [(request.path, request.headers["authorization"]) for request in scene.server.requests] == [
        ("/v1/auth/grant", f"Token {key()}"),
        (path, "Bearer a"),
        ("/v1/auth/grant", f"Token {key()}"),
        (path, "Bearer b"),
    ]
