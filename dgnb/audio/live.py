"""Sources whose audio comes when it comes: iterables, queues and pipes, blocking or asynchronous."""

from __future__ import annotations

import asyncio
import os
import queue
import stat
import threading
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping, Set
from functools import partial
from inspect import iscoroutinefunction
from types import GeneratorType
from typing import Any

from dgnb.audio.feeds import END, Feed, Hosted, Pulled

PIECE = 4096
"""Bytes read at a time from a pipe, which may give fewer."""

TICK = 0.2
"""How often the thread that waits for a queue looks whether it is still wanted [s]."""

_ENDS = tuple(
    getattr(module, name)
    for module, name in ((queue, "ShutDown"), (asyncio, "QueueShutDown"))
    if hasattr(module, name)
)
"""Raised by a queue that is shut down, since Python 3.13."""


def is_live(source: Any) -> bool:
    """Whether a source is none that is recorded.

    Examples
    --------
    >>> is_live(iter([b"chunk"])), is_live(b"recorded"), is_live("call.wav")
    (True, False, False)
    """
    if isinstance(source, str | os.PathLike):
        return _is_pipe(source)
    if isinstance(source, bytes | bytearray | memoryview | Mapping | Set) or hasattr(source, "__array__"):
        return False
    if isinstance(source, tuple) and source and hasattr(source[0], "__array__"):
        return len(source) != 2 or hasattr(source[1], "__array__")
    if hasattr(source, "read"):
        return isinstance(source, AsyncIterable) or not (hasattr(source, "seekable") and source.seekable())
    return isinstance(source, Iterable | AsyncIterable) or _is_queue(source)


def feed(source: Any) -> Feed:
    """Return what takes the chunks of a live source, one at a time.

    Examples
    --------
    >>> async def main():
    ...     return await feed([b"chunk"]).next()
    >>> asyncio.run(main())
    b'chunk'
    """
    if isinstance(source, AsyncIterable) or (_is_queue(source) and iscoroutinefunction(source.get)):
        return _hosted(source)
    if isinstance(source, str | os.PathLike):
        return Pulled(_piped(source))
    if hasattr(source, "read"):
        return Pulled(iter(partial(getattr(source, "read1", source.read), PIECE), b""))
    if _is_queue(source):
        ended = threading.Event()
        return Pulled(queued(source, ended.is_set), end=ended.set)
    return Pulled(source, source.close if isinstance(source, GeneratorType) else None)


def _hosted(source: Any) -> Feed:
    home = _running()
    if not isinstance(source, AsyncIterable):
        return Hosted(partial(_got, source), home=home, rest=partial(_there, source))
    if hasattr(source, "read"):
        return Hosted(partial(_read, source), home=home)
    iterator = aiter(source)
    return Hosted(iterator.__anext__, getattr(iterator, "aclose", None), home)


def _is_queue(source: Any) -> bool:
    return all(callable(getattr(source, name, None)) for name in ("get", "put", "empty"))


def _is_pipe(path: Any) -> bool:
    try:
        kind = os.stat(os.path.expanduser(path)).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(kind) or stat.S_ISCHR(kind)


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _piped(path: Any) -> Iterator[bytes]:
    with open(os.path.expanduser(path), "rb", buffering=0) as stream:
        yield from iter(partial(stream.read, PIECE), b"")


def queued(source: Any, ended: Callable[[], bool] = lambda: False) -> Iterator[Any]:
    """Give the chunks of a queue until ``None`` comes, and an empty one whenever nothing has come for `TICK`.

    Once it has ended nothing is waited for: what is there is given.

    Examples
    --------
    >>> chunks = queue.Queue()
    >>> chunks.put(b"chunk"), chunks.put(None)
    (None, None)
    >>> list(queued(chunks))
    [b'chunk']
    """
    while True:
        over = ended()
        try:
            chunk = source.get(timeout=0 if over else TICK)
        except queue.Empty:
            if over:
                return
            yield b""
            continue
        except _ENDS:
            return
        if chunk is None:
            return
        yield chunk


async def _got(source: Any) -> Any:
    try:
        chunk = await source.get()
    except _ENDS:
        raise StopAsyncIteration from None
    if chunk is None:
        raise StopAsyncIteration
    return chunk


def _there(source: Any) -> Iterator[Any]:
    """The chunks that are in a queue, and its end if that is there."""
    while not source.empty():
        chunk = source.get_nowait()
        yield END if chunk is None else chunk


async def _read(source: Any) -> bytes:
    data: bytes = await source.read(PIECE)
    if not data:
        raise StopAsyncIteration
    return data
