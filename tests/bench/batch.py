"""Many files: throughput beside the ideal and beside bare httpx, work and memory for a hundred thousand."""

from __future__ import annotations

import asyncio
import json
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

from tests.limited import limited, told

LIMIT, LATENCY, JOBS = 50, 1.0, 2000
"""The service that throughput is measured with, and how many files."""

MANY = 100_000
KNOWN_GOAL, UNKNOWN_GOAL, CPU_GOAL, MEMORY_GOAL = 0.95, 0.85, 2.0, 100.0

_SAMPLES = struct.pack("<I", 32)
_HEAD = (
    b"RIFF" + struct.pack("<I", 36 + 32) + b"WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data" + _SAMPLES
)  # fmt: skip


def tiny(number: int) -> bytes:
    """A WAV file of sixteen samples, each with another content."""
    return _HEAD + struct.pack("<Q", number) * 4


async def _bare(url: str, jobs: int, at_a_time: int) -> None:
    """The same with httpx alone: as many tasks as there is room for."""
    import httpx

    numbers = iter(range(jobs))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(timeout=None, trust_env=False, limits=limits) as http:

        async def work() -> None:
            for number in numbers:
                reply = await http.post(
                    f"{url}/v1/listen",
                    params={"model": "nova-3"},
                    headers={"Authorization": "Token k"},
                    content=tiny(number),
                )
                json.loads(reply.content)

        await asyncio.gather(*[work() for _ in range(at_a_time)])


def with_httpx(url: str, jobs: int) -> None:
    """Bare httpx, which has to be told the limit."""
    asyncio.run(_bare(url, jobs, LIMIT))


def with_limit(url: str, jobs: int) -> None:
    """A batch that is told the limit."""
    _batch(url, jobs, concurrency=LIMIT, cache=False)


def without_limit(url: str, jobs: int) -> None:
    """A batch that finds the limit out."""
    _batch(url, jobs, cache=False)


def kept(url: str, jobs: int) -> None:
    """A batch that keeps its replies, each brought to the disk."""
    with tempfile.TemporaryDirectory() as folder:
        _batch(url, jobs, concurrency=LIMIT, cache=folder)


def _batch(url: str, jobs: int, **options: object) -> None:
    from dgnb import Deepgram

    with Deepgram("k", base_url=url) as dg:
        done = dg.batch(map(tiny, range(jobs)), model="nova-3", progress=False, **options).wait()
    assert len(done) == jobs
    assert not done.failed


WAYS: dict[str, Callable[[str, int], None]] = {
    "bare httpx": with_httpx,
    "batch, limit known": with_limit,
    "batch, limit unknown": without_limit,
    "batch, replies kept": kept,
}


def measured(way: str, url: str, jobs: int) -> tuple[float, float, float]:
    """Time [s], work of this process [s], and growth of its memory [MiB], after a small run."""
    WAYS[way](url, 100)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    WAYS[way](url, jobs)
    taken = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, work, (after.ru_maxrss - before.ru_maxrss) / 1024


def apart(way: str, url: str, jobs: int) -> tuple[float, float, float]:
    """Measure in a fresh process."""
    program = (
        "import json, sys; from tests.bench.batch import measured;"
        "print(json.dumps(measured(sys.argv[1], sys.argv[2], int(sys.argv[3]))))"
    )
    command = [sys.executable, "-c", program, way, url, str(jobs)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    taken, work, growth = json.loads(done.stdout)
    return taken, work, growth


def throughput() -> Iterator[str]:
    """Give throughput as a part of what the service allows, limit / latency."""
    goals = {"bare httpx": 0.0, "batch, limit known": KNOWN_GOAL, "batch, limit unknown": UNKNOWN_GOAL}
    for way, goal in goals.items():
        with limited(latency=LATENCY, limit=LIMIT) as url:
            taken, *_ = apart(way, url, JOBS)
            refused = told(url)["refused"]
        ratio = JOBS * LATENCY / LIMIT / taken
        verdict = "" if not goal else "  met" if ratio >= goal else "  MISSED"
        yield f"{way:<24}{ratio:>8.3f} of ideal{refused:>8} refused{verdict}"


def work(jobs: int) -> Iterator[str]:
    """Give the work for a file, beside bare httpx, and the growth of memory."""
    base = 0.0
    for way in ("bare httpx", "batch, limit known", "batch, replies kept"):
        with limited() as url:
            taken, spent, growth = apart(way, url, jobs)
        base = base or spent
        met = spent / base <= CPU_GOAL and growth < MEMORY_GOAL
        verdict = "" if way == "bare httpx" else "  met" if met else "  MISSED"
        each = f"{1000 * spent / jobs:>7.2f} ms work{spent / base:>7.2f} of httpx"
        yield f"{way:<24}{each}{growth:>8.1f} MiB{jobs / taken:>8.0f}/s{verdict}"


def main() -> None:
    """Print throughput, work and memory against their goals."""
    print(f"{JOBS:,} files, {LIMIT} at a time, {LATENCY:g} s each")
    for line in throughput():
        print(line)
    print(f"{MANY:,} tiny files, a service that answers at once")
    for line in work(MANY):
        print(line)
    goals = f"{KNOWN_GOAL} and {UNKNOWN_GOAL} of ideal; {CPU_GOAL:g} of httpx's work; {MEMORY_GOAL:.0f} MiB"
    print(f"goals: {goals}")
