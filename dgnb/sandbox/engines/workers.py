"""Recognition in processes of its own, so that the event loop never waits for it.

The parent starts a Python that runs `main` and speaks with it over its standard
input and output: each message is msgpack behind four bytes of length. A worker
ends when its input closes, so it never outlives its parent. multiprocessing is
not used, because its *spawn* runs a user's script again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager, suppress
from struct import Struct as Layout
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

import msgspec
import numpy as np

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.activity import cut, stretches
from dgnb.sandbox.engines.recognition import EngineError, Recogniser, load_engine, shifted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from typing import Self

    from numpy.typing import NDArray

T = TypeVar("T")

_LENGTH = Layout(">I")
# not `-m`: this module may be loaded by its own package before it runs
_COMMAND = "from dgnb.sandbox.engines.workers import main; main()"
_PATIENCE = 5.0  # seconds for an idle worker to end


class Ready(msgspec.Struct, frozen=True, tag=True):
    """Worker: the engine is loaded."""

    name: str
    version: str


class Job(msgspec.Struct, frozen=True):
    """Parent: one stretch of speech, int16 at 16 kHz."""

    samples: bytes
    keyterms: tuple[str, ...]


class Done(msgspec.Struct, frozen=True, tag=True):
    """Worker: the words of the last job."""

    words: list[Word]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Worker: the engine could not be loaded, or failed at the last job."""

    message: str


Answer = Ready | Done | Failed

_ANSWERS: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)
_JOBS = msgspec.msgpack.Decoder(Job)


def _pack(message: msgspec.Struct) -> bytes:
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


class Workers:
    """A pool of recognising processes, started when they are first needed.

    Parameters
    ----------
    size : int, optional
        Processes at most; by default one for each processor, up to four.

    Examples
    --------
    >>> async def words(samples):
    ...     async with Workers(size=1) as workers:
    ...         return await workers.recognise(samples)
    >>> asyncio.run(words(np.zeros(16_000, np.int16)))
    []
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = size or min(4, os.cpu_count() or 1)
        self._room = asyncio.Semaphore(self.size)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False
        self._ready: Ready | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def engine(self) -> Ready:
        """The engine's name and version, for a result's metadata; starts a worker if none runs."""
        if self._ready is None:
            self._ready = await self._done(_Worker.loaded)
        return self._ready

    async def recognise(self, samples: NDArray[np.int16], keyterms: Sequence[str] = ()) -> list[Word]:
        """The words of a recording, in order of time; its stretches of speech share the pool.

        Parameters
        ----------
        samples : int16 array, shape (n,)
            Mono at 16 kHz.
        keyterms : sequence of str
            Words and phrases to listen for.

        Raises
        ------
        EngineError
            The engine cannot be loaded or failed, its process ended twice over
            the same stretch of speech, or the pool is closed.
        """
        pieces = await asyncio.to_thread(stretches, samples)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self.hear(cut(samples, piece), piece[0], keyterms)) for piece in pieces
                ]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [word for task in tasks for word in task.result()]

    async def hear(
        self, samples: NDArray[np.int16], start: float = 0.0, keyterms: Sequence[str] = ()
    ) -> list[Word]:
        """The words of one stretch of speech that starts at `start` [s]; see `recognise`."""
        answer = await self._ask(Job(samples.tobytes(), tuple(keyterms)))
        return list(shifted(answer.words, start))

    def stop(self) -> None:
        """Take no more; what is being recognised fails."""
        self._closed = True
        for worker in self._busy:
            worker.kill()

    async def close(self) -> None:
        """End every worker; what is being recognised fails. A second call does nothing."""
        self.stop()
        for _ in range(self.size):
            await self._room.acquire()
        try:
            while self._idle:
                await self._idle.pop().end()
        finally:
            for _ in range(self.size):
                self._room.release()

    async def _ask(self, job: Job) -> Done:
        """The answer to a job."""
        answer = await self._done(lambda worker: worker.ask(_pack(job)))
        if isinstance(answer, Done):
            return answer
        raise EngineError(f"the recogniser failed: {getattr(answer, 'message', answer)}")

    async def _done(self, work: Callable[[_Worker], Awaitable[T]]) -> T:
        """What a worker's work comes to; a worker that crashes is replaced once."""
        for _ in range(2):
            try:
                async with self._worker() as worker:
                    return await work(worker)
            except _CrashError as error:
                crash = error
        raise EngineError(f"the recogniser's process ended twice: {crash}") from crash

    @asynccontextmanager
    async def _worker(self) -> AsyncIterator[_Worker]:
        """A worker for one job; one that did not finish it is ended, for its answer would come late."""
        async with self._room:
            self._check_open()
            worker = self._idle.pop() if self._idle else await _Worker.start()
            self._busy.add(worker)
            try:
                self._check_open()
                await worker.loaded()
                yield worker
            except BaseException:
                worker.kill()
                await worker.end()
                raise
            else:
                self._idle.append(worker)
            finally:
                self._busy.discard(worker)

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("the recogniser's workers are closed")


class _CrashError(Exception):
    """A worker's process ended before it answered."""


class _Worker:
    """One process, seen from the parent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._reader = cast(asyncio.StreamReader, process.stdout)
        self._writer = cast(asyncio.StreamWriter, process.stdin)
        self._ready: Ready | None = None

    @classmethod
    async def start(cls) -> Self:
        """A worker whose engine is about to be loaded."""
        pipe = asyncio.subprocess.PIPE
        # the engine may live where only this process looks for modules, as a notebook's folder
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-c", _COMMAND, stdin=pipe, stdout=pipe, env=environment
        )
        return cls(process)

    async def loaded(self) -> Ready:
        """The engine's name and version, when it is loaded."""
        if self._ready is None:
            answer = await self.ask(b"")
            if not isinstance(answer, Ready):
                raise EngineError(getattr(answer, "message", "the worker answered too early"))
            self._ready = answer
        return self._ready

    async def ask(self, message: bytes) -> Answer:
        """The answer to a message."""
        try:
            self._writer.write(message)
            await self._writer.drain()
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            return _ANSWERS.decode(await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise _CrashError(f"exit code {await self._process.wait()}") from error

    def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Close the worker's input and wait until it has ended, which it does within seconds."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.communicate(b"")
        except TimeoutError:
            self.kill()
            await self._process.communicate(b"")


def main() -> None:
    """Answer jobs from standard input until it closes."""
    # an interrupt of a terminal or notebook reaches the whole group, and is the parent's to handle
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = _private_pipes()
    try:
        engine = load_engine()
    except EngineError as error:
        _send(sink, Failed(str(error)))
        return
    with suppress(BrokenPipeError):
        _send(sink, Ready(engine.name, engine.version))
        while job := _receive(source):
            _send(sink, _answer(engine, job))


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, out of reach of what an engine reads or prints."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _receive(source: BinaryIO) -> Job | None:
    """The next job, or None at the end of the input."""
    header = source.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    body = source.read(length)
    return _JOBS.decode(body) if len(body) == length else None


def _answer(engine: Recogniser, job: Job) -> Done | Failed:
    """The engine's words, or how it failed."""
    try:
        return Done(engine.recognise(np.frombuffer(job.samples, np.int16), job.keyterms))
    except Exception as error:
        return Failed(f"{type(error).__name__}: {error}")


def _send(sink: BinaryIO, message: msgspec.Struct) -> None:
    sink.write(_pack(message))
    sink.flush()
