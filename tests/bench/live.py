"""Live sessions beside bare websockets and the official SDK: work, lateness, memory, first sound.

The work is processor time of the client's process; the server is in another one. Where a
ratio is given, the ways took turns, and it is the median of the ratios of each turn.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from tests.bench._callers import WAYS, apart
from tests.bench._sink import Plan, late, sink

ROUNDS = 5
FRAMES = 20_000
MESSAGES = 10_000
SESSIONS = 200
SECONDS = 20
SOUNDS = 30

STEADY = slice(round(5 / 0.08), round((SECONDS - 2) / 0.08))
"""Frames that are sent while all sessions are open, and none closes."""

BARE, READ, SDK = "websockets alone", "websockets and json", "official SDK"

SANDBOX = """
import sys
from dgnb.sandbox import serve
with serve() as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


def main() -> None:
    """Print all figures."""
    work(f"a frame of audio, of {FRAMES}", Plan(), FRAMES, FRAMES, BARE)
    work(f"a message, of {MESSAGES}", Plan(flood=MESSAGES), 100, MESSAGES, READ)
    crowd()
    memory()
    first_sound()


def work(title: str, plan: Plan, frames: int, count: int, rival: str) -> None:
    """Print processor time of each way, and the ratios against the goals: 1.5 times the rival's."""
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    with sink(plan) as url:
        for _ in range(ROUNDS):
            for way in WAYS:
                times[way].append(apart("_callers:cpu", way, url, frames))
    print(f"\n{f'processor time for {title}':<44}{'median':>10}{'best':>10}{'/ ' + rival:>24}{'/ SDK':>8}")
    for way, taken in times.items():
        middle, best = median(taken) / count * 1e6, min(taken) / count * 1e6
        to_rival, to_sdk = ratio(taken, times[rival]), ratio(taken, times[SDK])
        met = "  met" if to_rival <= 1.5 and to_sdk < 1 else "  MISSED"
        verdict = met if way.startswith("dgnb") else ""
        print(f"  {way:<42}{middle:>7.1f} us{best:>7.1f} us{to_rival:>24.2f}{to_sdk:>8.2f}{verdict}")
    print(f"  wanted of dgnb{'<= 1.5':>72}{'< 1':>8}")


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the ratios of each turn."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))


def crowd() -> None:
    """Print how late frames arrive at the server when one core has many sessions.

    All sessions are opened at once; what that does to those that run already is told apart.
    """
    title = f"{SESSIONS} sessions for {SECONDS} s on one core"
    print(f"\n{title:<40}{'median late':>12}{'99 % within':>13}{'all open, 99 %':>16}{'core':>7}")
    with sink() as url:
        for way in (READ, "dgnb"):
            share = apart("_callers:crowd", way, url, SESSIONS, round(SECONDS / 0.08))
            found = asyncio.run(late(url))
            every = [one for frames in found for one in frames]
            steady = [one for frames in found for one in frames[STEADY]]
            figures = (
                f"{median(every) * 1e3:>9.1f} ms{most(every):>10.1f} ms{most(steady):>13.1f} ms{share:>7.0%}"
            )
            verdict = "" if way == READ else "  met" if most(every) < 50 else "  MISSED"
            print(f"  {way:<38}{figures}{verdict}")
    print(f"  wanted of dgnb{'< 50 ms':>49}")


def most(late: list[float]) -> float:
    """What 99 of 100 are below [ms]."""
    return quantiles(late, n=100)[-1] * 1e3


def memory() -> None:
    """Print what an hour of audio adds to a process, and how much of it is what a session keeps."""
    print(f"\n{'memory for an hour of audio':<40}{'in all':>10}{'log':>10}{'results':>10}{'rest':>10}")
    plans = {"a final every 5 s": Plan(), "and 10 provisional a second": Plan(every=0.1, interim=49)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.raw"
        with path.open("wb") as file:
            file.truncate(3600 * 32_000)
        for title, plan in plans.items():
            with sink(plan) as url:
                found = apart("_callers:memory", url, str(path), 1.0)
            rest = found["in all"] - found["log"] - found["results"]
            figures = "".join(f"{value:>7.1f} MB" for value in (*found.values(), rest))
            print(f"  {title:<38}{figures}{'  met' if rest < 2 else '  MISSED'}")
    print(f"  wanted: what is no log or result does not grow{'< 2 MB':>34}")


def first_sound() -> None:
    """Print how much later than with bare websockets the first audio is there."""
    with sandbox() as url:
        bare, ours = apart("_callers:first_sounds", url, SOUNDS)
    more = median(our - their for our, their in zip(ours, bare, strict=True)) * 1e3
    print(f"\nfrom a sentence to its first audio, median of {SOUNDS}")
    print(f"  {BARE:<38}{median(bare) * 1e3:>7.1f} ms")
    print(f"  {'dgnb':<38}{median(ours) * 1e3:>7.1f} ms")
    print(f"  {'more, median of the differences':<38}{more:>7.1f} ms{'  met' if more <= 10 else '  MISSED'}")
    print(f"  wanted{'<= 10 ms':>42}")


@contextmanager
def sandbox() -> Iterator[str]:
    """Run a sandbox in a process of its own; its URL."""
    command = [sys.executable, "-c", SANDBOX]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.kill()
