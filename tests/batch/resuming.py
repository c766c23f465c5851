"""Runs of a batch that are killed: ``python -m tests.batch.resuming URL FOLDER KILLS``.

Each run is a fork of this process, which has loaded everything and started nothing, so that a run
takes a moment only. After each kill it is looked at what is kept, and what has been served.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

import dgnb.transport.http  # noqa: F401 - loaded before the forks
from dgnb import Corpus, Deepgram
from dgnb.batch import Batch
from dgnb.cache import Store, entries
from dgnb.corpus import writer
from tests.limited import told

MOST = 4
"""A run is killed after it has sent so many files at the most, ..."""

LATER = 0.02
"""... and at any moment of the time that the next one takes [s]."""

WAIT = 100


def run(url: str, folder: Path, corpus: Corpus | None = None) -> Batch:
    dg = Deepgram("key", base_url=url)
    paths = sorted((folder / "calls").iterdir())
    random.shuffle(paths)  # so that every run has something to send, and not only the last ones
    return dg.batch(paths, corpus=corpus, cache=folder / "kept", concurrency=4, progress=False)


def forked(url: str, folder: Path) -> tuple[int, int]:
    """Start a run; its process, and a pipe that tells a letter for each file: kept, or sent."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        writer._FILES = 1  # so that many a kill comes while a part is written
        for outcome in run(url, folder, Corpus(folder / "corpus")):
            os.write(tell, b"k" if outcome.row.cached else b"s")
        os._exit(0)
    os.close(tell)
    return child, told


def at_work(told: int, sent: int) -> None:
    """Return when a run has sent so many files, or has ended."""
    seen = b""
    while seen.count(b"s") < sent and (letter := os.read(told, 1)):
        seen += letter
    assert seen, "the run has ended before it was at work"


def kept(folder: Path) -> set[str]:
    store = Store(folder / "kept")
    return {told.sha256 for path in store.files() if (told := store.head(path))}


def killed(url: str, folder: Path, kills: int) -> list[dict[str, object]]:
    """What is kept, and what had been served of that, after each kill."""
    seen: list[dict[str, object]] = []
    for number in range(kills):
        random.seed(number)
        child, letters = forked(url, folder)
        at_work(letters, random.randint(1, MOST))
        time.sleep(random.uniform(0.0, LATER))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(letters)
        there = kept(folder)
        served = told(url)["served"]
        seen.append({digest: served[digest] for digest in there})
    return seen


def too_large(url: str, folder: Path) -> dict[str, object]:
    """What a run comes to whose files may have no more than some bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    done = run(url, folder).wait(WAIT)
    return {
        "warning": done.warning,
        "texts": [transcript.text for transcript in done.transcripts],
        "files": len(entries(folder / "kept")),
        "bytes": sum(path.stat().st_size for path in folder.joinpath("kept").rglob("*") if path.is_file()),
    }


if __name__ == "__main__":
    asked = (sys.argv[1], Path(sys.argv[2]))
    found = killed(*asked, int(sys.argv[3])) if len(sys.argv) > 3 else too_large(*asked)
    print(json.dumps(found))  # noqa: T201 - for the test that has started it
