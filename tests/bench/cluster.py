"""A batch on a Dask cluster of two processes, against a service of fixed latency and limit.

``python -m tests.bench.cluster 10000`` takes so many files in place of 2,000.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import dask
import psutil
from distributed import Client, LocalCluster

from dgnb import Corpus, Deepgram
from tests.limited import limited, told

FILES = 2000
LATENCY = 0.2
LIMIT = 40


def files(folder: Path, count: int) -> Path:
    """Make so many small files, all different."""
    for number in range(count):
        (folder / f"{number:07}.flac").write_bytes(b"fLaC" + bytes(64) + str(number).encode())
    return folder


def processor() -> float:
    """Processor time of this process, which has the scheduler too [s]."""
    return time.process_time()


def main(count: int = FILES) -> None:
    """Print the figures."""
    key = {"DEEPGRAM_API_KEY": "key"}
    options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL, "env": key}
    with (
        dask.config.set({"distributed.worker.daemon": True}),
        TemporaryDirectory() as folder,
        limited(latency=LATENCY) as url,
        LocalCluster(n_workers=2, threads_per_worker=LIMIT // 2, **options) as local,
        Client(local) as cluster,
        Deepgram("key", base_url=url) as dg,
    ):
        root = files(Path(folder), count)
        corpus = Corpus(root / "corpus")
        workers = [psutil.Process(pid) for pid in cluster.run(os.getpid).values()]
        begin, used = time.perf_counter(), processor()
        before = sum(sum(worker.cpu_times()[:2]) for worker in workers)
        batch = dg.batch(
            root / "*.flac",
            executor=cluster,
            corpus=corpus,
            cache=root / "replies",
            concurrency=LIMIT,
            progress=False,
        ).wait()
        taken, here = time.perf_counter() - begin, processor() - used
        there = sum(sum(worker.cpu_times()[:2]) for worker in workers) - before
        seen = told(url)
        ideal = count * LATENCY / LIMIT
        print(f"{count:,} files, limit {LIMIT}, latency {LATENCY * 1e3:.0f} ms")
        print(f"  throughput    {ideal / taken:6.2f} of ideal ({count / taken:.0f} files/s)")
        print(f"  at most       {seen['most']:6} at a time, {seen['refused']} refused")
        print(f"  scheduler     {here / count * 1e3:6.2f} ms of processor time a file, with this process")
        print(f"  workers       {there / count * 1e3:6.2f} ms a file")
        parts = len(corpus.files.paths)
        print(f"  in the corpus {len(corpus):6,} files in {parts} parts; {len(batch.failed)} failed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
