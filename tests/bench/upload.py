"""Uploading 1 GB to a local sink: dgnb beside httpx with the same file; speed and memory."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

SIZE = 1 << 30
ROUNDS = 3

HTTPX, HTTPX_ASYNC = "httpx, file object", "httpx, asynchronous"

HTTPX_PIECE = 1 << 16
"""Bytes that httpx reads of a file object at a time."""

SPEED_GOAL, MEMORY_GOAL = 0.8, 30.0

SINK = """
import re, socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
buffer, body = bytearray(1 << 20), b'{"results": {"channels": []}}'
while True:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb", buffering=0) as stream:
        while True:
            head = b""
            while not head.endswith(b"\\r\\n\\r\\n") and (byte := connection.recv(1)):
                head += byte
            if not head:
                break
            left = int(re.search(rb"content-length: (\\d+)", head, re.I)[1])
            while left:
                left -= connection.recv_into(buffer, min(left, len(buffer)))
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
"""
"""A server that reads as fast as it can, and does nothing else."""


@contextmanager
def sink() -> Iterator[str]:
    """Run the sink in a process of its own; its URL."""
    with subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


def with_httpx(url: str, path: Path) -> None:
    """Upload a file with httpx alone."""
    import httpx

    with httpx.Client(timeout=None, trust_env=False) as client, path.open("rb") as file:
        client.post(url + "/v1/listen", content=file).raise_for_status()


def with_httpx_async(url: str, path: Path) -> None:
    """Upload a file with httpx's asynchronous client, which takes no file object."""
    import httpx

    async def pieces() -> AsyncIterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(HTTPX_PIECE):
                yield piece

    async def main() -> None:
        length = {"Content-Length": str(path.stat().st_size)}
        async with httpx.AsyncClient(timeout=None, trust_env=False) as client:
            reply = await client.post(url + "/v1/listen", content=pieces(), headers=length)
            reply.raise_for_status()

    asyncio.run(main())


def with_path(url: str, path: Path) -> None:
    """Upload a file with dgnb, by its path."""
    from dgnb import Deepgram

    with Deepgram("k", base_url=url) as dg:
        dg.listen(path)


def with_file(url: str, path: Path) -> None:
    """Upload a file with dgnb, as a file object."""
    from dgnb import Deepgram

    with Deepgram("k", base_url=url) as dg, path.open("rb") as file:
        dg.listen(file)


def with_async(url: str, path: Path) -> None:
    """Upload a file with the asynchronous client."""
    from dgnb import AsyncDeepgram

    async def main() -> None:
        async with AsyncDeepgram("k", base_url=url) as dg:
            await dg.listen(path)

    asyncio.run(main())


WAYS: dict[str, Callable[[str, Path], None]] = {
    HTTPX: with_httpx,
    "dgnb, path": with_path,
    "dgnb, file object": with_file,
    HTTPX_ASYNC: with_httpx_async,
    "dgnb, asynchronous": with_async,
}

RIVALS = {HTTPX: HTTPX, HTTPX_ASYNC: HTTPX_ASYNC, "dgnb, asynchronous": HTTPX_ASYNC}
"""What a way is compared with, if it is not `HTTPX`."""


def sparse(folder: str, size: int) -> Path:
    """Make a file that is large and takes no room on the disk."""
    path = Path(folder) / f"{size}.flac"
    with path.open("wb") as file:
        file.write(b"fLaC")
        file.truncate(size)
    return path


def measured(way: str, url: str, small: Path, large: Path) -> tuple[float, float]:
    """Time of one upload [s] and growth of the process's peak memory [MiB], after a small one."""
    WAYS[way](url, small)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    WAYS[way](url, large)
    taken = time.perf_counter() - start
    return taken, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def apart(way: str, url: str, small: Path, large: Path) -> tuple[float, float]:
    """Measure in a fresh process: a peak of memory never falls again."""
    program = (
        "import json, sys; from pathlib import Path; from tests.bench.upload import measured;"
        "way, url, small, large = sys.argv[1:];"
        "print(json.dumps(measured(way, url, Path(small), Path(large))))"
    )
    command = [sys.executable, "-c", program, way, url, str(small), str(large)]
    taken, growth = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return taken, growth


def main() -> None:
    """Print speed and memory of each way, and the ratios against their goals."""
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder, sink() as url:
        small, large = sparse(folder, 1 << 16), sparse(folder, SIZE)
        for _ in range(ROUNDS):
            for way in WAYS:
                found[way].append(apart(way, url, small, large))
    times = {way: median(taken for taken, _ in runs) for way, runs in found.items()}
    print(f"{'':<22}{'MB/s':>8}{'speed / httpx':>16}{'memory':>12}")
    for way, runs in found.items():
        ratio, growth = times[RIVALS.get(way, HTTPX)] / times[way], max(growth for _, growth in runs)
        met = ratio >= SPEED_GOAL and growth < MEMORY_GOAL
        verdict = "" if way in RIVALS.values() else "  met" if met else "  MISSED"
        print(f"{way:<22}{SIZE / times[way] / 1e6:>8.0f}{ratio:>16.2f}{growth:>8.1f} MiB{verdict}")
    print(f"goals: at least {SPEED_GOAL} of httpx's speed, less than {MEMORY_GOAL:.0f} MiB more memory")
