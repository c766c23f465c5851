"""Flows over real connections to a local server that answers, refuses, cuts or hangs as told."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from dgnb import errors
from dgnb.audio import load
from dgnb.operations import Reply, Request, listen
from dgnb.protocol import routes
from dgnb.protocol.routes import hosts
from dgnb.transport.credentials import Credential
from dgnb.transport.http import AsyncChannel, Channel, Settings, download
from dgnb.transport.retry import Retry
from tests.servers import Answer, Server, deaf, refused, transcript

AUDIO = b"fLaC" + np.random.default_rng(2).bytes(600_000)
SHA = hashlib.sha256(AUDIO).hexdigest()

LARGE = AUDIO * 16
"""More than the buffers of a connection hold."""

Run = Callable[..., Any]


def settings(url: str, retries: int = 2, timeout: float = 10.0, **more: Any) -> Settings:
    key = Credential("Token", "a-key", "the test")
    return Settings(hosts(url), key, "dgnb/test", timeout, Retry(retries, first=0.01), **more)


def blocking(place: Settings, flow: Any) -> Any:
    channel = Channel(place)
    try:
        return channel.run(flow)
    finally:
        channel.close()


def asynchronous(place: Settings, flow: Any) -> Any:
    async def main() -> Any:
        channel = AsyncChannel(place)
        try:
            return await channel.run(flow)
        finally:
            await channel.close()

    return asyncio.run(main())


@pytest.fixture(params=[blocking, asynchronous], ids=lambda run: run.__name__)
def run(request: Any) -> Run:
    driver: Run = request.param
    return driver


def once(request: Request) -> Generator[Request, Reply, Reply]:
    reply = yield request
    return reply


class Pipe:
    """A source that can be read once; it calls `notice` before each read."""

    def __init__(self, data: bytes, notice: Callable[[], None] = lambda: None) -> None:
        self.data, self.notice = io.BytesIO(data), notice

    def read(self, size: int) -> bytes:
        self.notice()
        return self.data.read(size)


SOURCES = ["path", "bytes", "file object", "stream", "fsspec"]


@pytest.fixture(params=SOURCES)
def source(request: Any, tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "call.flac"
    path.write_bytes(AUDIO)
    if request.param == "file object":
        with path.open("rb") as file:
            yield file
            assert file.tell() == 0
    elif request.param == "fsspec":
        pytest.importorskip("fsspec").filesystem("memory").pipe("/call.flac", AUDIO)
        yield "memory://call.flac"
    else:
        yield {"path": path, "bytes": AUDIO, "stream": Pipe(AUDIO)}[request.param]


# what is sent


def test_a_request_arrives_as_it_was_made(run: Run, source: Any) -> None:
    with Server() as server:
        call = run(settings(server.url), listen(source, model="nova-3", keyterm=["a b", "ü&="]))
    (request,) = server.requests
    assert call.text == "hello"
    assert (request.method, request.path) == ("POST", "/v1/listen")
    assert request.query == [("model", "nova-3"), ("keyterm", "a b"), ("keyterm", "ü&=")]
    assert request.digest == SHA
    assert request.headers["content-type"] == "application/octet-stream"
    assert request.headers["content-length"] == str(len(AUDIO))
    assert request.headers["authorization"] == "Token a-key"
    assert request.headers["user-agent"] == "dgnb/test"


def test_an_address_is_sent_as_json(run: Run) -> None:
    with Server() as server:
        run(settings(server.url), listen("https://example.org/a.wav"))
    (request,) = server.requests
    assert request.headers["content-type"] == "application/json"
    assert request.body == b'{"url":"https://example.org/a.wav"}'


def test_a_body_of_unknown_length_is_sent_in_chunks(run: Run) -> None:
    body = load(AUDIO)
    object.__setattr__(body, "length", None)
    with Server() as server:
        run(settings(server.url), once(Request(routes.LISTEN, body=body)))
    (request,) = server.requests
    assert request.headers["transfer-encoding"] == "chunked"
    assert (request.size, request.digest) == (len(AUDIO), SHA)


def test_a_prefix_of_the_base_url_is_kept(run: Run) -> None:
    with Server() as server:
        run(settings(server.url + "/speech/"), listen(AUDIO[:999]))
    assert server.requests[0].path == "/speech/v1/listen"


def test_a_flow_may_send_several_requests(run: Run) -> None:
    def twice() -> Generator[Request, Reply, list[int]]:
        replies = []
        for _ in range(2):
            reply = yield Request(routes.LISTEN)
            replies.append(reply.status)
        return replies

    with Server(transcript(), refused(404)) as server:
        assert run(settings(server.url), twice()) == [200, 404]


def test_a_flow_may_send_none(run: Run) -> None:
    def idle() -> Generator[Request, Reply, str]:
        return "done"
        yield

    with Server() as server:
        assert run(settings(server.url), idle()) == "done"
    assert server.requests == []


# trying again


FAILURES = {
    "503": refused(503),
    "429": refused(429, Retry_After="0"),
    "408": refused(408),
    "cut before the reply": Answer(cut=True),
    "cut during the upload": Answer(cut=True, take=100_000),
    "cut during the reply": Answer(body=b'{"meta', missing=100),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_passing_failure_is_tried_again(run: Run, failure: Answer) -> None:
    with Server(failure, failure, transcript("at last")) as server:
        assert run(settings(server.url), listen(io.BytesIO(AUDIO))).text == "at last"
    assert len(server.requests) == 3
    assert server.digests[-1] == SHA


def test_another_attempt_sends_the_same_bytes(run: Run, source: Any) -> None:
    with Server(refused(503), Answer(cut=True), transcript()) as server:
        run(settings(server.url), listen(source))
    assert server.digests == [SHA] * 3


def test_an_upload_that_is_cut_midway_starts_again_from_its_start(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "large.flac"
    path.write_bytes(LARGE)
    with path.open("rb") as file, Server(Answer(cut=True, take=1_000_000), transcript()) as server:
        file.seek(0)
        assert run(settings(server.url), listen(file)).text == "hello"
        assert file.tell() == 0
    assert server.requests[0].size < len(LARGE)
    assert server.digests[1] == hashlib.sha256(LARGE).hexdigest()


def test_it_gives_up_after_the_limit_and_raises_the_last_refusal(run: Run) -> None:
    last = refused(429, "TOO_MANY_REQUESTS")
    with Server(refused(503), refused(503), last) as server, pytest.raises(errors.TooManyRequests):
        run(settings(server.url), listen(AUDIO))
    assert server.digests == [SHA] * 3


def test_it_gives_up_after_the_limit_of_cut_connections(run: Run) -> None:
    with Server(Answer(cut=True)) as server, pytest.raises(errors.ConnectionFailed, match=r"127\.0\.0\.1"):
        run(settings(server.url, retries=1), listen(AUDIO))
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 402, 404, 501])
def test_a_refusal_that_will_not_pass_is_not_tried_again(run: Run, status: int) -> None:
    with Server(refused(status)) as server, pytest.raises(errors.ApiError) as caught:
        run(settings(server.url), listen(AUDIO))
    assert caught.value.status == status
    assert len(server.requests) == 1


def test_the_pause_that_the_service_asks_for_is_waited(run: Run) -> None:
    with Server(refused(429, Retry_After="0.25"), transcript()) as server:
        start = time.monotonic()
        run(settings(server.url), listen(AUDIO[:999]))
        assert time.monotonic() - start >= 0.25


def test_a_pause_that_is_too_long_is_not_waited(run: Run) -> None:
    with Server(refused(429, Retry_After="3600")) as server, pytest.raises(errors.TooManyRequests):
        run(settings(server.url), listen(AUDIO[:999]))
    assert len(server.requests) == 1


def test_an_early_refusal_during_an_upload_is_heard(run: Run) -> None:
    early = Answer(401, b'{"err_code": "INVALID_AUTH", "err_msg": "No."}', take=100_000)
    with Server(early) as server, pytest.raises(errors.NotAllowed, match="INVALID_AUTH"):
        run(settings(server.url), listen(LARGE))
    assert len(server.requests) == 1
    assert server.requests[0].size < len(LARGE)


# replies


@pytest.mark.parametrize("body", [b"", b'{"metadata": {"dur', b"<html>captive portal</html>"], ids=repr)
def test_a_reply_that_is_no_transcript_is_an_error_and_not_tried_again(run: Run, body: bytes) -> None:
    with Server(Answer(body=body)) as server, pytest.raises(errors.ReplyError, match="Not a Transcript"):
        run(settings(server.url), listen(AUDIO))
    assert len(server.requests) == 1


def test_a_compressed_reply_is_read(run: Run) -> None:
    packed = gzip.compress(transcript("packed").body)
    with Server(Answer(body=packed, headers={"Content-Encoding": "gzip"})) as server:
        assert run(settings(server.url), listen(AUDIO)).text == "packed"


def test_a_reply_that_cannot_be_unpacked_is_an_error(run: Run) -> None:
    spoilt = Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"})
    with Server(spoilt) as server, pytest.raises(errors.ReplyError, match="decompressed"):
        run(settings(server.url), listen(AUDIO))
    assert len(server.requests) == 1


def test_a_request_id_in_the_header_reaches_the_error(run: Run) -> None:
    answer = Answer(404, b"UUID parsing failed", {"dg-request-id": "r-7"})
    with Server(answer) as server, pytest.raises(errors.NotFound) as caught:
        run(settings(server.url), listen(AUDIO))
    assert caught.value.request_id == "r-7"


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirection_is_not_followed(run: Run, status: int) -> None:
    with Server() as elsewhere:
        moved = Answer(status, headers={"Location": elsewhere.url})
        with Server(moved) as server, pytest.raises(errors.ApiError, match="base_url"):
            run(settings(server.url), listen(AUDIO))
    assert len(server.requests) == 1
    assert elsewhere.requests == []


def test_no_reply_in_time_is_an_error_and_not_tried_again(run: Run) -> None:
    with Server(Answer(hang=True)) as server, pytest.raises(errors.TimedOut, match="timeout") as caught:
        run(settings(server.url, timeout=0.5), once(Request(routes.LISTEN, body=load(AUDIO), patience=0.5)))
    assert len(server.requests) == 1
    assert isinstance(caught.value, TimeoutError | ConnectionError)


def test_patience_is_added_to_the_time_limit(run: Run) -> None:
    slow = Answer(then=lambda: time.sleep(0.6))  # the service at work
    with Server(slow) as server:
        reply = run(settings(server.url, timeout=0.5), once(Request(routes.LISTEN, patience=60)))
    assert reply.status == 200


def test_a_service_that_is_not_there_is_named(run: Run) -> None:
    with (
        deaf() as url,
        pytest.raises(errors.ConnectionFailed, match=r"The connection to 127\.0\.0\.1 failed") as caught,
    ):
        run(settings(url), listen(AUDIO))
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


# proxies


def test_a_proxy_of_the_environment_is_not_used_on_this_machine(run: Run, monkeypatch: Any) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    with Server() as server:
        assert run(settings(server.url), listen(AUDIO)).text == "hello"


def test_a_given_proxy_is_used(run: Run) -> None:
    with Server() as proxy:
        run(settings("http://service.invalid", proxy=proxy.url), listen(AUDIO))
    assert proxy.requests[0].headers["host"] == "service.invalid"


@pytest.mark.parametrize("url", ["ftp://user:password@host", "://", "host:8080"], ids=repr)
def test_a_proxy_that_is_none_is_refused_and_not_quoted(run: Run, url: str) -> None:
    with Server() as server, pytest.raises(errors.OptionError, match="proxy starts with") as caught:
        run(settings(server.url, proxy=url), listen(AUDIO))
    assert "password" not in str(caught.value)


# interruptions


def interrupt() -> None:
    """What the kernel's Stop button does."""
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)  # type: ignore[arg-type]


def test_an_interrupted_call_lets_go_and_the_next_one_works(run: Run) -> None:
    file = io.BytesIO(AUDIO)
    with Server(Answer(then=interrupt, hang=True, take=100_000), transcript("after")) as server:
        place = settings(server.url)
        with pytest.raises(KeyboardInterrupt):
            run(place, listen(file))
        assert file.tell() == 0
        assert run(place, listen(file)).text == "after"
    assert server.digests[-1] == SHA


def test_the_same_channel_works_after_an_interruption() -> None:
    with Server(Answer(then=interrupt, hang=True), transcript("after")) as server:
        channel = Channel(settings(server.url))
        with pytest.raises(KeyboardInterrupt):
            channel.run(listen(AUDIO))
        assert channel.run(listen(AUDIO)).text == "after"
        channel.close()


def test_a_cancelled_upload_closes_its_source_after_the_last_read() -> None:
    reading, go_on, closed = threading.Event(), threading.Event(), []

    class Slow(io.BytesIO):
        sending = False

        def read(self, size: int | None = -1) -> bytes:
            if self.sending:
                reading.set()
                assert go_on.wait(60)
            return super().read(size)

        def seek(self, *place: int) -> int:
            closed.append(reading.is_set() and go_on.is_set())
            return super().seek(*place)

    async def main(url: str) -> None:
        slow = Slow(AUDIO)
        flow = listen(slow)
        channel = AsyncChannel(settings(url))
        call = asyncio.create_task(channel.run(prepared(flow, slow)))
        await asyncio.to_thread(reading.wait, 60)
        call.cancel()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
        with pytest.raises(asyncio.CancelledError):
            await call
        assert slow.tell() == 0
        assert closed[-1]
        await channel.close()

    def prepared(flow: Any, slow: Slow) -> Any:
        request = next(flow)
        slow.sending = True
        yield request

    with Server() as server:
        asyncio.run(main(server.url))


# event loops


def test_the_blocking_client_works_inside_a_running_loop() -> None:
    async def cell(url: str) -> Any:
        return blocking(settings(url), listen(AUDIO))

    with Server() as server:
        assert asyncio.run(cell(server.url)).text == "hello"


def test_a_slow_source_does_not_hold_up_the_loop() -> None:
    async def main(url: str) -> Any:
        loop, turned = asyncio.get_running_loop(), threading.Event()

        def wait_for_the_loop() -> None:
            loop.call_soon_threadsafe(turned.set)
            assert turned.wait(60), "the loop did not turn while the source was read"
            turned.clear()

        channel = AsyncChannel(settings(url))
        call = await channel.run(listen(Pipe(AUDIO, wait_for_the_loop)))
        await channel.close()
        return call

    with Server() as server:
        assert asyncio.run(main(server.url)).text == "hello"
    assert server.digests == [SHA]


def test_many_calls_run_at_the_same_time() -> None:
    together = threading.Barrier(5, timeout=60)

    async def main(url: str) -> list[Any]:
        channel = AsyncChannel(settings(url))
        calls = await asyncio.gather(*(channel.run(listen(AUDIO)) for _ in range(5)))
        await channel.close()
        return calls

    with Server(Answer(body=transcript().body, then=together.wait)) as server:
        calls = asyncio.run(main(server.url))
    assert [call.text for call in calls] == ["hello"] * 5
    assert server.digests == [SHA] * 5


def test_a_channel_may_be_used_from_several_threads() -> None:
    texts: list[str] = []
    together = threading.Barrier(4, timeout=60)
    with Server(Answer(body=transcript().body, then=together.wait)) as server:
        channel = Channel(settings(server.url))
        threads = [
            threading.Thread(target=lambda: texts.append(channel.run(listen(AUDIO)).text)) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        channel.close()
    assert texts == ["hello"] * 4


def test_what_stands_at_a_url_is_given_in_pieces() -> None:
    with Server(Answer(body=AUDIO)) as server:
        assert b"".join(download(f"{server.url}/call.flac")) == AUDIO


def test_a_url_that_cannot_be_fetched_is_not_told_with_its_secrets() -> None:
    secret = "signed" * 3
    with Server(Answer(403)) as server, pytest.raises(errors.ConnectionFailed, match="403 Forbidden") as told:
        list(download(f"{server.url}/call.wav?signature={secret}"))
    assert secret not in "".join(traceback.format_exception(told.value))
