"""A service that takes audio as fast as it comes, and answers a little: ``python -m tests.bench._sink``."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from dgnb.protocol.heard import Alternative, Channel, Word
from dgnb.protocol.messages import listen, write

RATE = 16_000


@dataclass(frozen=True)
class Plan:
    """What a sink says.

    Parameters
    ----------
    every : float
        Audio between two results [s].
    interim : int
        So many of them are provisional before one is final.
    flood : int
        Provisional results that are sent at once when audio begins.
    """

    every: float = 5.0
    interim: int = 0
    flood: int = 0


def results(start: float, duration: float, *, final: bool, asked: bool = False) -> str:
    """Return a message about so much audio, with two words a second."""
    count = max(int(duration * 2), 1)
    step = duration / count
    words = [
        Word(word="word", start=start + at * step, end=start + (at + 0.8) * step, confidence=0.9)
        for at in range(count)
    ]
    heard = Alternative(transcript=" ".join(["word"] * count), confidence=0.9, words=words)
    channel = Channel(alternatives=[heard])
    return write(
        listen.Results(start=start, duration=duration, is_final=final, channel=channel, from_finalize=asked)
    )


class Caller:
    """One connection: its audio is counted, and answered as planned."""

    def __init__(self, socket: ServerConnection, plan: Plan) -> None:
        self.socket, self.plan = socket, plan
        self.arrivals, self._begins = array("d"), array("d")
        self._samples = self._count = 0
        self._final = self._told = 0.0

    @property
    def _seconds(self) -> float:
        return self._samples / RATE

    async def run(self) -> None:
        async for frame in self.socket:
            if isinstance(frame, bytes):
                await self._take(frame)
            else:
                await self._answer(json.loads(frame)["type"])

    async def _take(self, audio: bytes) -> None:
        if not self.arrivals and self.plan.flood:
            text = results(0.0, 1.0, final=False)
            for _ in range(self.plan.flood):
                await self.socket.send(text)
        self.arrivals.append(monotonic())
        self._begins.append(self._seconds)
        self._samples += len(audio) // 2
        while self._told + self.plan.every <= self._seconds:
            await self._tell()

    async def _tell(self) -> None:
        self._told, self._count = self._told + self.plan.every, self._count + 1
        final = self._count % (self.plan.interim + 1) == 0
        await self.socket.send(results(self._final, self._told - self._final, final=final))
        self._final = self._told if final else self._final

    async def _answer(self, kind: str) -> None:
        if kind == "Finalize":
            await self.socket.send(results(self._final, self._seconds - self._final, final=True, asked=True))
            self._final = self._told = self._seconds
        elif kind == "CloseStream":
            await self.socket.send(write(listen.Metadata(duration=self._seconds)))
            await self.socket.close()

    def lateness(self) -> list[float]:
        """How long after its time each frame came [s]; the one that was on time is found afterwards."""
        after = [at - begin for at, begin in zip(self.arrivals, self._begins, strict=True)]
        return [at - min(after) for at in after]


async def main(plan: Plan) -> None:
    """Serve until standard input ends."""
    late: list[list[float]] = []

    async def converse(socket: ServerConnection) -> None:
        assert socket.request is not None
        if socket.request.path == "/late":
            await socket.send(json.dumps(late))
            late.clear()
            return
        caller = Caller(socket, plan)
        try:
            await caller.run()
        except ConnectionClosed:
            return
        late.append(caller.lateness() if len(caller.arrivals) < 1000 else [])

    quiet: dict[str, Any] = {"compression": None, "ping_interval": None, "max_size": None}
    async with serve(converse, "127.0.0.1", 0, **quiet) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def sink(plan: Plan | None = None) -> Iterator[str]:
    """Run a sink in a process of its own; its URL."""
    command = [sys.executable, "-m", "tests.bench._sink", json.dumps(asdict(plan or Plan()))]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


async def late(url: str) -> list[list[float]]:
    """Return how late the frames of each connection came since this was asked last [s]."""
    async with connect(url.replace("http", "ws", 1) + "/late", max_size=None, proxy=None) as socket:
        found: list[list[float]] = json.loads(await socket.recv())
        return found


if __name__ == "__main__":
    asyncio.run(main(Plan(**json.loads(sys.argv[1]))))
