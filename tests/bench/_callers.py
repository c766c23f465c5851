"""The same talk with a sink: through bare websockets, the official SDK, and dgnb; each in a fresh process."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any

from tests.bench._sink import late

RAW: dict[str, Any] = {"encoding": "linear16", "sample_rate": 16_000}
QUERY = "/v1/listen?model=nova-3&encoding=linear16&sample_rate=16000"
FRAME = bytes(2560)
LENGTH = 0.08
"""How long a frame lasts [s]."""

FAST = 1e6
"""A pace that nothing waits for."""

QUIET: dict[str, Any] = {"compression": None, "ping_interval": None, "proxy": None}


def bare(url: str, frames: int) -> None:
    """Websockets alone: frames go up, messages come down and are dropped."""
    asyncio.run(_bare(url, frames, lambda message: None))


def parsed(url: str, frames: int) -> None:
    """Websockets alone; each message is read as JSON."""
    asyncio.run(_bare(url, frames, json.loads))


async def _bare(url: str, frames: int, take: Callable[[Any], object]) -> None:
    from websockets.asyncio.client import connect

    async with connect(url.replace("http", "ws", 1) + QUERY, **QUIET) as socket:

        async def receive() -> None:
            async for message in socket:
                take(message)

        receiving = asyncio.ensure_future(receive())
        source = FRAME * frames
        for start in range(0, len(source), len(FRAME)):
            await socket.send(source[start : start + len(FRAME)])
        await socket.send('{"type":"CloseStream"}')
        await receiving


def sdk(url: str, frames: int) -> None:
    """The official SDK's asynchronous client, with a handler of its messages."""
    asyncio.run(_sdk(url, frames))


async def _sdk(url: str, frames: int) -> None:
    warnings.simplefilter("ignore", DeprecationWarning)
    from deepgram import AsyncDeepgramClient
    from deepgram.core.events import EventType

    from tests.peers.calls import environment

    client = AsyncDeepgramClient(api_key="k", environment=environment(url))
    async with client.listen.v1.connect(model="nova-3", **RAW) as socket:
        socket.on(EventType.MESSAGE, lambda message: None)
        listening = asyncio.ensure_future(socket.start_listening())
        source = FRAME * frames
        for start in range(0, len(source), len(FRAME)):
            await socket.send_media(source[start : start + len(FRAME)])
        await socket.send_close_stream()
        await listening


def _dgnb(url: str, source: Any, read: Callable[[Any], object] = lambda live: None) -> None:
    from dgnb import Deepgram

    with Deepgram("k", base_url=url) as dg:
        live = dg.listen.live(source, model="nova-3", pace=FAST, **RAW)
        read(live)
        live.wait()


def recording(url: str, frames: int) -> None:
    """A recording through dgnb."""
    _dgnb(url, FRAME * frames)


def arriving(url: str, frames: int) -> None:
    """A generator of frames through dgnb."""
    _dgnb(url, (FRAME for _ in range(frames)))


def asynchronous(url: str, frames: int) -> None:
    """An asynchronous generator of frames through dgnb."""

    async def source() -> AsyncIterator[bytes]:
        for _ in range(frames):
            yield FRAME

    _dgnb(url, source())


def iterated(url: str, frames: int) -> None:
    """A recording through dgnb, and every event is read."""
    _dgnb(url, FRAME * frames, lambda live: [None for _ in live])


WAYS: dict[str, Callable[[str, int], None]] = {
    "websockets alone": bare,
    "websockets and json": parsed,
    "official SDK": sdk,
    "dgnb, recording": recording,
    "dgnb, generator": arriving,
    "dgnb, asynchronous generator": asynchronous,
    "dgnb, iterated": iterated,
}


def cpu(way: str, url: str, frames: int) -> float:
    """Processor time of one session in this process [s], after a small one that loads the libraries."""
    WAYS[way](url, 10)
    start = time.process_time()
    WAYS[way](url, frames)
    return time.process_time() - start


# Many sessions at once, in real time


def crowd_bare(url: str, sessions: int, frames: int) -> None:
    """Websockets alone; each frame is sent when it is due."""

    async def all_of_them() -> None:
        await asyncio.gather(*(_in_time(url, frames) for _ in range(sessions)))

    asyncio.run(all_of_them())


async def _in_time(url: str, frames: int) -> None:
    from websockets.asyncio.client import connect

    async with connect(url.replace("http", "ws", 1) + QUERY, **QUIET) as socket:

        async def receive() -> None:
            async for message in socket:
                json.loads(message)

        receiving, loop = asyncio.ensure_future(receive()), asyncio.get_running_loop()
        start = loop.time()
        for number in range(frames):
            await asyncio.sleep(max(start + number * LENGTH - loop.time(), 0))
            await socket.send(FRAME)
        await socket.send('{"type":"CloseStream"}')
        await receiving


def crowd_dgnb(url: str, sessions: int, frames: int) -> None:
    """dgnb; each session plays a recording."""
    from dgnb import Deepgram

    with Deepgram("k", base_url=url) as dg:
        source = FRAME * frames
        lives = [dg.listen.live(source, model="nova-3", **RAW) for _ in range(sessions)]
        for live in lives:
            live.wait()


CROWDS = {"websockets and json": crowd_bare, "dgnb": crowd_dgnb}


def crowd(way: str, url: str, sessions: int, frames: int) -> float:
    """Share of one processor [0, 1] that so many sessions take; this process has no other."""
    CROWDS[way](url, 1, 10)
    asyncio.run(late(url))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start, used = time.monotonic(), time.process_time()
    CROWDS[way](url, sessions, frames)
    return (time.process_time() - used) / (time.monotonic() - start)


# Memory


def memory(url: str, path: str, hours: float) -> dict[str, float]:
    """What an hour of audio adds to a session [MB]: in all, its log, and the final results it keeps."""
    from dgnb import Deepgram

    with Deepgram("k", base_url=url) as dg:
        _watched(dg.listen.live(bytes(64000), model="nova-3", pace=FAST, **RAW), [0.0])
        live = dg.listen.live(path, model="nova-3", pace=FAST, **RAW)
        marks = [hours * 3600 * quarter / 4 for quarter in (1, 2, 3)]
        first, *_, last = _watched(live, marks)
        live.wait()
        hour = 3600 / (marks[-1] - marks[0])
        records = live.records
        return {
            "in all": (last - first) / 1e6 * hour,
            "log": sum(map(weight, records)) / 1e6 / hours,
            "results": weight(live._dialogue.finals) / 1e6 / hours,
        }


def _watched(live: Any, marks: list[float]) -> list[int]:
    """Memory of this process [bytes] when each mark [s] was heard."""
    import psutil

    process, found = psutil.Process(), []
    for event in live:
        if len(found) < len(marks) and getattr(event, "start", -1.0) >= marks[len(found)]:
            gc.collect()
            found.append(process.memory_info().rss)
    return found


def weight(thing: Any) -> int:
    """Bytes of an object and all that is in it."""
    size = sys.getsizeof(thing)
    if isinstance(thing, dict):
        return size + sum(weight(part) for pair in thing.items() for part in pair)
    if isinstance(thing, list | tuple):
        return size + sum(map(weight, thing))
    return size + sum(weight(getattr(thing, name)) for name in getattr(thing, "__struct_fields__", ()))


# From the text to the first sound


def first_sounds(url: str, count: int) -> list[list[float]]:
    """Times from a sentence to its first audio [s]: with websockets alone, with dgnb; by turns."""
    from dgnb import Deepgram

    times: list[list[float]] = [[], []]
    with Deepgram("k", base_url=url) as dg:
        for number in range(-2, count):
            text = f"This is sentence {number}."
            both = asyncio.run(_sound_bare(url, text)), _sound_dgnb(dg, text)
            if number >= 0:
                times[0].append(both[0])
                times[1].append(both[1])
    return times


async def _sound_bare(url: str, text: str) -> float:
    from websockets.asyncio.client import connect

    address = url.replace("http", "ws", 1) + "/v1/speak?model=aura-2-thalia-en&encoding=linear16"
    async with connect(address, additional_headers={"Authorization": "Token k"}, **QUIET) as socket:
        await socket.recv()
        start = time.perf_counter()
        await socket.send(json.dumps({"type": "Speak", "text": text}))
        await socket.send('{"type":"Flush"}')
        while not isinstance(await socket.recv(), bytes):
            continue
        found = time.perf_counter() - start
        await socket.send('{"type":"Close"}')
        async for _ in socket:
            continue
        return found


def _sound_dgnb(dg: Any, text: str) -> float:
    with dg.speak.live(model="aura-2-thalia-en") as talk:
        while talk.status != "live":
            time.sleep(0.001)
        start = time.perf_counter()
        talk.say(text)
        talk.flush()
        next(iter(talk))
        return time.perf_counter() - start


def apart(function: str, *arguments: Any) -> Any:
    """Return what a function of this package gives in a fresh process: ``module:function``."""
    module, _, name = function.partition(":")
    program = (
        f"import json, sys; from tests.bench.{module} import {name};"
        f"print(json.dumps({name}(*json.loads(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, json.dumps(arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)
