"""Time to import dgnb and to make a client, in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

ROUNDS = 9

NETWORK = "import httpx, websockets"
SDK = "from deepgram import DeepgramClient; DeepgramClient"

PROGRAMS = {
    "python": "pass",
    "import httpx, websockets": NETWORK,
    "the official SDK's client class": SDK,
    "the official SDK's client, made": f"{SDK}(api_key='k')",
    "import dgnb": "import dgnb",
    "from dgnb import Deepgram": "from dgnb import Deepgram",
    'Deepgram("k")': "from dgnb import Deepgram; Deepgram('k')",
    'Deepgram("k") with its HTTP client': "from dgnb import Deepgram; Deepgram('k')._channel",
}

GOALS = {
    "import dgnb": (("import httpx, websockets", 1.25), ("the official SDK's client class", 0.5)),
    'Deepgram("k")': (("import httpx, websockets", 1.25), ("the official SDK's client, made", 0.5)),
}

TIMED = "import time; _start = time.perf_counter(); {}; print(time.perf_counter() - _start)"


def seconds(program: str) -> float:
    """Time that a program takes in an interpreter that has just started [s]."""
    command = [sys.executable, "-W", "ignore", "-c", TIMED.format(program)]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def measure() -> dict[str, float]:
    """Median time of each program [s]; the rounds take turns, so that all see the same machine."""
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(ROUNDS):
        for name, program in PROGRAMS.items():
            times[name].append(seconds(program))
    return {name: median(values) for name, values in times.items()}


def main() -> None:
    """Print the times, and the ratios against their goals."""
    times = measure()
    for name, value in times.items():
        print(f"{name:<38}{value * 1000:9.1f} ms")
    for name, goals in GOALS.items():
        for other, goal in goals:
            ratio = times[name] / times[other]
            verdict = "met" if ratio <= goal else "MISSED"
            print(f"{name} / {other}: {ratio:.2f} (goal {goal}, {verdict})")
