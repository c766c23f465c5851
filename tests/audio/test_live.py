"""Sources that come when they come: threads, queues and loops of other people."""

from __future__ import annotations

import asyncio
import gc
import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dgnb.audio import feeds
from dgnb.audio.raw import OPAQUE, AudioFormat
from dgnb.audio.samples import wav
from dgnb.audio.streams import Stream, open_stream
from dgnb.errors import AudioError
from tests.audio.taking import opened, pieces, taken, threads

RAW = {"encoding": "linear16", "sample_rate": 8000}
FORM = AudioFormat("linear16", 8000)
CHUNKS = [bytes([i]) * 100 for i in range(1, 11)]
AUDIO = b"".join(CHUNKS)


async def generator() -> AsyncIterator[bytes]:
    for chunk in CHUNKS:
        await asyncio.sleep(0)
        yield chunk


def filled(kind: Callable[[], Any]) -> Any:
    source = kind()
    for chunk in (*CHUNKS, None):
        source.put_nowait(chunk) if hasattr(source, "put_nowait") else source.put(chunk)
    return source


SOURCES: dict[str, Callable[[], Any]] = {
    "list": lambda: list(CHUNKS),
    "tuple": lambda: tuple(CHUNKS),
    "iterator": lambda: iter(CHUNKS),
    "generator": lambda: (chunk for chunk in CHUNKS),
    "asynchronous generator": generator,
    "queue": lambda: filled(queue.Queue),
    "simple queue": lambda: filled(queue.SimpleQueue),
    "asyncio queue": lambda: filled(asyncio.Queue),
}
sources = pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)


@sources
def test_a_source_opened_outside_of_any_loop(make: Callable[[], Any]) -> None:
    assert taken(make(), **RAW) == (FORM, AUDIO)
    assert threads() == []


@sources
def test_a_source_opened_on_the_loop_that_takes_it(make: Callable[[], Any]) -> None:
    async def take() -> list[bytes]:
        return await pieces(make(), **RAW)

    assert b"".join(asyncio.run(take())) == AUDIO


@sources
def test_a_source_whose_loop_is_another_one(make: Callable[[], Any]) -> None:
    """The user's loop runs the source, while dgnb's own takes its audio."""

    async def user() -> bytes:
        stream = open_stream(make(), **RAW)
        return await asyncio.to_thread(lambda: asyncio.run(drained(stream)))

    assert asyncio.run(user()) == AUDIO


async def drained(stream: Stream) -> bytes:
    found = b"".join([piece async for piece in stream.pieces()])
    await stream.close()
    return found


def test_items_put_on_another_loop_arrive_as_they_are_put() -> None:
    async def user() -> list[bytes]:
        source: asyncio.Queue[bytes | None] = asyncio.Queue()
        stream = open_stream(source, **RAW)
        heard: asyncio.Queue[bytes] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def session() -> None:
            async for piece in stream.pieces():
                loop.call_soon_threadsafe(heard.put_nowait, piece)
            await stream.close()

        with ThreadPoolExecutor(1) as pool:
            done = loop.run_in_executor(pool, lambda: asyncio.run(session()))
            found = []
            for chunk in CHUNKS:
                source.put_nowait(chunk)
                found.append(await heard.get())
            source.put_nowait(None)
            await done
        return found

    assert asyncio.run(user()) == CHUNKS


def test_a_live_piece_is_given_at_once_and_a_long_one_is_cut() -> None:
    async def lengths() -> list[int]:
        source: asyncio.Queue[bytes | None] = asyncio.Queue()
        source.put_nowait(bytes(320))
        async with opened(source, **RAW) as stream:
            taking = aiter(stream.pieces())
            found = [len(await anext(taking))]
            source.put_nowait(bytes(3000))
            source.put_nowait(None)
            return found + [len(piece) async for piece in taking]

    assert asyncio.run(lengths()) == [320, 1280, 1280, 440]


# the format


def test_the_format_is_known_at_once_where_it_is_said() -> None:
    stream = open_stream(queue.Queue(), **RAW)
    assert (stream.format, stream.live, stream.duration) == (FORM, True, None)


def test_otherwise_it_is_known_when_the_audio_has_begun() -> None:
    async def told() -> list[AudioFormat]:
        source: queue.Queue[bytes] = queue.Queue()
        async with opened(source) as stream:
            before = stream.format
            source.put(wav(np.zeros(800), 8000))
            return [before, await stream.ready(), await stream.ready(), stream.format]

    assert asyncio.run(told()) == [OPAQUE, FORM, FORM, FORM]


def test_who_waits_for_the_format_is_told_that_nothing_came() -> None:
    async def closed() -> None:
        async with opened(queue.Queue()) as stream:
            waiting = asyncio.create_task(stream.ready())
            await asyncio.sleep(0)
            await stream.close()
            with pytest.raises(AudioError, match="closed before any audio came"):
                await waiting

    asyncio.run(closed())


# what goes wrong


class Broken(Exception):
    """An error of the user's own."""


def failing() -> Iterator[bytes]:
    yield CHUNKS[0]
    raise Broken("the line is dead")


async def failing_asynchronously() -> AsyncIterator[bytes]:
    yield CHUNKS[0]
    raise Broken("the line is dead")


@pytest.mark.parametrize("make", [failing, failing_asynchronously], ids=["generator", "asynchronous"])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_an_error_of_the_source_comes_after_its_audio(make: Callable[[], Any], elsewhere: bool) -> None:
    found = []

    async def take(stream: Stream) -> None:
        try:
            async for piece in stream.pieces():
                found.extend([piece])
        finally:
            await stream.close()

    async def user() -> None:
        stream = open_stream(make(), **RAW)
        if elsewhere:
            await asyncio.to_thread(lambda: asyncio.run(take(stream)))
        else:
            await take(stream)

    with pytest.raises(Broken, match="the line is dead"):
        asyncio.run(user())
    assert found == CHUNKS[:1]
    assert threads() == []


def test_a_source_that_ends_python_ends_only_itself() -> None:
    def leaving() -> Iterator[bytes]:
        yield b""
        sys.exit(1)

    with pytest.raises(AudioError, match="gave up: SystemExit"):
        taken(leaving(), **RAW)


def test_a_loop_that_has_ended_is_told() -> None:
    async def opening() -> Stream:
        return open_stream(asyncio.Queue(), **RAW)

    stream = asyncio.run(opening())
    with pytest.raises(AudioError, match=r"event loop .* has ended"):
        asyncio.run(drained(stream))


def test_a_loop_that_ends_meanwhile_is_told() -> None:
    waits, asks = threading.Event(), queue.SimpleQueue[Stream]()

    class Silent:
        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> bytes:
            waits.set()
            await asyncio.Event().wait()
            return b""

    async def user() -> None:
        asks.put(open_stream(Silent(), **RAW))
        await asyncio.to_thread(waits.wait)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(lambda: asyncio.run(drained(asks.get())))
        asyncio.run(user())
        with pytest.raises(AudioError, match=r"event loop .* has ended"):
            done.result()


def test_a_wait_that_is_cancelled_loses_nothing() -> None:
    async def patient() -> list[bytes]:
        source: queue.Queue[bytes | None] = queue.Queue()
        async with opened(source, **RAW) as stream:
            waiting = asyncio.ensure_future(anext(aiter(stream.pieces())))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait({waiting})
            for chunk in (*CHUNKS, None):
                source.put(chunk)
            return [piece async for piece in stream.pieces()]

    assert b"".join(asyncio.run(patient())) == AUDIO


# closing


def never() -> Iterator[bytes]:
    while True:
        yield CHUNKS[0]


async def never_asynchronously() -> AsyncIterator[bytes]:
    while True:
        yield CHUNKS[0]


async def silent() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


@pytest.mark.parametrize(
    "make",
    [never, never_asynchronously, silent, queue.Queue, asyncio.Queue],
    ids=["endless", "endless asynchronous", "silent", "empty queue", "empty asyncio queue"],
)
@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
def test_closing_ends_who_waits_and_leaves_nothing(make: Callable[[], Any], elsewhere: bool) -> None:
    async def session(stream: Stream) -> None:
        async def take() -> None:
            async for _ in stream.pieces():
                await asyncio.sleep(0)

        taking = asyncio.create_task(take())
        await asyncio.sleep(0)
        await stream.close()
        await asyncio.wait_for(taking, 60)
        await stream.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def user() -> None:
        stream = open_stream(make(), **RAW)
        if elsewhere:
            await asyncio.to_thread(lambda: asyncio.run(session(stream)))
        else:
            await session(stream)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(user())
    assert threads() == []


def test_closing_waits_not_long_for_a_source_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "GRACE", 0.05)
    hanging = threading.Event()

    def stuck() -> Iterator[bytes]:
        hanging.wait()
        yield b""

    async def session() -> None:
        async with opened(stuck(), **RAW) as stream:
            taking = asyncio.ensure_future(anext(aiter(stream.pieces()), None))
            await asyncio.sleep(0)
            await stream.close()
            assert await taking is None

    asyncio.run(session())
    left = threads()
    assert [thread.daemon for thread in left] == [True]
    hanging.set()
    for thread in left:
        thread.join()


def test_closing_waits_not_long_for_a_task_that_refuses_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "GRACE", 0.05)

    async def stubborn(started: asyncio.Event) -> AsyncIterator[bytes]:
        while True:
            try:
                started.set()
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                yield CHUNKS[0]

    async def session() -> None:
        started = asyncio.Event()
        async with opened(stubborn(started), **RAW) as stream:
            taking = asyncio.ensure_future(anext(aiter(stream.pieces()), None))
            await started.wait()
            await stream.close()
            assert await taking is None

    asyncio.run(session())


def test_a_generator_is_closed_with_its_stream() -> None:
    closed = []

    def held() -> Iterator[bytes]:
        try:
            yield from never()
        finally:
            closed.append(threading.current_thread().name)

    async def held_asynchronously() -> AsyncIterator[bytes]:
        try:
            async for chunk in never_asynchronously():
                yield chunk
        finally:
            closed.append("asynchronous")

    async def first(source: Any) -> None:
        async with opened(source, **RAW) as stream:
            assert (await anext(aiter(stream.pieces()))).startswith(CHUNKS[0])

    asyncio.run(first(held()))
    asyncio.run(first(held_asynchronously()))
    assert closed == ["dgnb audio", "asynchronous"]


def test_a_blocked_source_does_not_keep_python_alive() -> None:
    code = """
import asyncio, threading
from dgnb.audio.streams import open_stream
def stuck():
    threading.Event().wait()
    yield b""
async def main():
    stream = open_stream(stuck(), encoding="linear16", sample_rate=8000)
    try:
        await asyncio.wait_for(anext(aiter(stream.pieces())), 0.1)
    except TimeoutError:
        print("left")
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == "left\n"


def test_the_loop_goes_on_while_a_source_blocks() -> None:
    turn = threading.Event()

    def blocking() -> Iterator[bytes]:
        turn.wait()
        yield CHUNKS[0]

    async def session() -> list[bytes]:
        async with opened(blocking(), **RAW) as stream:
            taking = asyncio.create_task(drained(stream))
            await asyncio.sleep(0)
            turn.set()
            return [await taking]

    assert asyncio.run(session()) == CHUNKS[:1]


def test_no_more_is_read_than_is_asked_for() -> None:
    read = []

    def counted() -> Iterator[bytes]:
        for i, chunk in enumerate(never()):
            read.append(i)
            yield chunk

    async def session() -> None:
        async with opened(counted(), **RAW) as stream:
            taking = aiter(stream.pieces())
            size = sum([len(await anext(taking)) for _ in range(5)])
            for _ in range(20):
                await asyncio.sleep(0)
        # What is under way when it is asked for, and what is taken at a time.
        assert len(read) <= size / len(CHUNKS[0]) + 2 * feeds.TOGETHER

    asyncio.run(session())


def test_what_is_there_goes_on_together() -> None:
    async def session(**options: Any) -> list[bytes]:
        async def at_once() -> AsyncIterator[bytes]:
            for chunk in CHUNKS:
                yield chunk

        return await pieces(at_once(), **options)

    assert asyncio.run(session(**RAW)) == [AUDIO]
    assert asyncio.run(session(encoding="opus", sample_rate=48_000)) == CHUNKS


def test_an_item_that_comes_after_its_caller_was_served_is_there_for_the_next() -> None:
    turns: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def slow() -> Iterator[bytes]:
        while chunk := turns.get():
            yield chunk

    async def session() -> None:
        async with opened(slow(), **RAW) as stream:
            taking = aiter(stream.pieces())
            for chunk in CHUNKS:
                turns.put(chunk)
                assert await anext(taking) == chunk
            turns.put(b"")
            assert await anext(taking, None) is None

    asyncio.run(session())
    assert threads() == []


# stopping


def given(chunks: list[bytes], taken: threading.Event) -> Iterator[bytes]:
    yield from chunks
    taken.set()
    yield b""


async def given_asynchronously(chunks: list[bytes], taken: threading.Event) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    taken.set()
    await asyncio.Event().wait()


def test_what_a_source_has_given_is_heard_although_nobody_fetched_it_before_the_stop() -> None:
    taken = threading.Event()

    async def session() -> list[bytes]:
        async with opened(given(CHUNKS, taken), **RAW) as stream:
            taking = asyncio.ensure_future(anext(aiter(stream.pieces())))
            await asyncio.sleep(0)
            assert taken.wait(60)  # the loop is busy meanwhile
            await stream.finish()
            return [await taking, *[piece async for piece in stream.pieces()]]

    assert asyncio.run(session()) == [AUDIO]


def test_an_asynchronous_source_is_heard_to_where_it_was_stopped() -> None:
    taken = threading.Event()

    async def session() -> list[bytes]:
        async with opened(given_asynchronously(CHUNKS, taken), **RAW) as stream:
            taking = asyncio.ensure_future(anext(aiter(stream.pieces())))
            while not taken.is_set():
                await asyncio.sleep(0)
            await stream.finish()
            await stream.finish()
            return [await taking, *[piece async for piece in stream.pieces()]]

    assert asyncio.run(session()) == [AUDIO]


@pytest.mark.parametrize("kind", [queue.Queue, queue.SimpleQueue, asyncio.Queue])
def test_what_is_in_a_queue_is_heard_although_nobody_fetched_it_before_the_stop(kind: Any) -> None:
    async def session() -> list[bytes]:
        source = kind()
        async with opened(source, **RAW) as stream:
            taking = asyncio.ensure_future(anext(aiter(stream.pieces())))
            await asyncio.sleep(0)
            for chunk in CHUNKS:
                source.put_nowait(chunk)
            await stream.finish()
            found = [await taking, *[piece async for piece in stream.pieces()]]
        assert source.empty()
        return found

    assert b"".join(asyncio.run(session())) == AUDIO
    assert threads() == []


def test_what_is_no_chunk_is_told_whatever_it_does() -> None:
    class Odd:
        def __len__(self) -> int:
            raise ValueError("It has no length.")

    with pytest.raises(AudioError, match="gave Odd"):
        taken(iter([Odd()]), **RAW)


def test_a_recording_is_left_where_it_is() -> None:
    async def session() -> list[bytes]:
        async with opened(bytes(16_000), **RAW) as stream:
            taking = aiter(stream.pieces())
            first = await anext(taking)
            await stream.finish()
            return [first, *[piece async for piece in taking]]

    assert list(map(len, asyncio.run(session()))) == [1280]


def test_long_chunks_are_not_fetched_far_ahead() -> None:
    second, gone = threading.Event(), threading.Event()
    read = []

    def long() -> Iterator[bytes]:
        for i in range(10):
            read.append(i)
            if i == 1:
                second.set()
            yield bytes(feeds.MUCH // 2)
        gone.set()

    async def session() -> None:
        async with opened(long(), **RAW) as stream:
            waiting = asyncio.ensure_future(stream._feed.next())
            await asyncio.sleep(0)
            # The loop is busy, and whoever asked cannot come for the first.
            assert second.wait(60)
            assert not gone.wait(0.2)
            await waiting

    asyncio.run(session())
    assert read == [0, 1]


def test_a_caller_who_comes_again_before_the_source_is_asked_is_served() -> None:
    async def item() -> bytes:
        return CHUNKS[1]

    async def session() -> None:
        loop = asyncio.get_running_loop()
        feed = feeds.Hosted(item, home=loop)
        first, again = loop.create_future(), loop.create_future()
        feed._items.append(CHUNKS[0])
        feed._serve(first)
        # On another loop the first caller may be here already, and call again.
        first.set_result(None)
        feed.pop()
        feed._serve(again)
        await asyncio.wait_for(again, 20)
        assert feed.pop() == CHUNKS[1]

    asyncio.run(session())


# pipes


def test_a_pipe_is_heard_while_it_is_filled() -> None:
    reading, writing = os.pipe()

    async def session() -> list[bytes]:
        found = []
        with open(reading, "rb") as source, open(writing, "wb", buffering=0) as sink:
            async with opened(source, **RAW) as stream:
                taking = aiter(stream.pieces())
                for chunk in CHUNKS:
                    sink.write(chunk)
                    found.append(await anext(taking))
                sink.close()
                assert await anext(taking, None) is None
            assert not source.closed
        return found

    assert asyncio.run(session()) == CHUNKS


def test_a_named_pipe_is_heard(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(wav(np.zeros(800), 8000),))
    writer.start()
    assert taken(fifo) == (FORM, bytes(1600))
    writer.join()


def test_the_output_of_a_process_is_heard() -> None:
    async def session() -> list[bytes]:
        code = f"import sys; sys.stdout.buffer.write({AUDIO!r})"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
        found = await pieces(process.stdout, **RAW)
        await process.wait()
        return found

    assert b"".join(asyncio.run(session())) == AUDIO


class Unwinding(io.BytesIO):
    """Bytes that cannot be rewound."""

    def seekable(self) -> bool:
        return False


def test_a_file_object_that_cannot_be_rewound_is_live() -> None:
    stream = open_stream(Unwinding(AUDIO), **RAW)
    assert stream.live
    assert asyncio.run(drained(stream)) == AUDIO


@pytest.mark.parametrize(
    "source",
    [{"url": "x"}, {b"a"}, None, 3.5, object(), len],
    ids=["dict", "set", "None", "number", "object", "function"],
)
def test_what_is_no_source_is_refused(source: Any) -> None:
    with pytest.raises(AudioError, match="A source is"):
        open_stream(source)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="queues are shut down since Python 3.13")
@pytest.mark.parametrize("kind", [queue.Queue, asyncio.Queue], ids=["queue", "asyncio"])
def test_a_queue_that_is_shut_down_has_ended(kind: Any) -> None:
    source = filled(kind)
    source.shutdown()
    assert taken(source, **RAW)[1] == AUDIO


def test_a_stream_that_is_forgotten_leaves_no_thread() -> None:
    async def forgotten() -> None:
        stream = open_stream(iter(CHUNKS), **RAW)
        assert b"".join([piece async for piece in stream.pieces()]) == AUDIO

    asyncio.run(forgotten())
    gc.collect()
    for thread in threads():
        thread.join(60)
    assert threads() == []
