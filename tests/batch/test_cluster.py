"""A batch on a real Dask cluster of two processes that are killed, stopped and restarted."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import dask
import duckdb
import pytest
from distributed import Client, LocalCluster

from dgnb import Corpus, CredentialError, Deepgram, NotAllowed, OptionError
from dgnb.batch.errands import errand
from dgnb.batch.jobs import Plan
from dgnb.batch.purse import Purse
from dgnb.batch.run import Order
from dgnb.batch.sources import Sources, each
from dgnb.batch.worker import Chunk
from tests.counting import Counting
from tests.servers import Answer, Server

FILES = 48
LIMIT = 4

NOWHERE = "http://127.0.0.1:9"

SETTINGS = {
    # Dead workers give their leases back soon.
    "distributed.scheduler.locks.lease-timeout": "4s",
    "distributed.scheduler.locks.lease-validation-interval": "200ms",
    "distributed.scheduler.allowed-failures": 3,
    "distributed.worker.daemon": True,
}


def key() -> str:
    """Recognisable, and in no variable."""
    return "-".join(("dg", "5ecret", "4f9a0c7e"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    options = {"dashboard_address": "127.0.0.1:0", "memory_limit": 0, "silence_logs": logging.CRITICAL}
    with (
        dask.config.set(SETTINGS),
        LocalCluster(n_workers=2, threads_per_worker=4, env={"DEEPGRAM_API_KEY": key()}, **options) as local,
        Client(local) as client,
    ):
        yield client


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    (tmp_path / "audio").mkdir()
    paths = [tmp_path / "audio" / f"{number:03}.flac" for number in range(FILES)]
    for path in paths:
        path.write_bytes(b"fLaC" + bytes(64) + path.name.encode())
    return paths


def client_of(server: Server) -> Deepgram:
    return Deepgram(key(), base_url=server.url, retries=0)


def once(corpus: Corpus, count: int) -> None:
    """Every file is there once, also for who reads the Parquet files without dgnb."""
    for table in ("files", "words", "replies"):
        paths = f"{corpus.path}/day=*/*/{table}.parquet"
        query = f"select count(*), count(distinct file) from read_parquet('{paths}')"
        assert duckdb.sql(query).fetchall() == [(count, count)]


def pids(cluster: Client) -> list[int]:
    return sorted(cluster.run(os.getpid).values())


def test_a_killed_worker_a_slow_worker_and_a_restart_lose_and_double_nothing(
    cluster: Client, files: list[Path], tmp_path: Path
) -> None:
    corpus = Corpus(tmp_path / "corpus")
    killed, slow = pids(cluster)
    with Counting(latency=0.15) as server, client_of(server) as dg:
        batch = dg.batch(
            files,
            executor=cluster,
            corpus=corpus,
            cache=tmp_path / "replies",
            concurrency=LIMIT,
            progress=False,
        )
        server.wait(FILES // 6)
        os.kill(killed, signal.SIGKILL)
        server.wait(FILES // 3)
        os.kill(slow, signal.SIGSTOP)
        before = len(server.requests)
        server.wait_for(lambda: server.now == 0 or len(server.requests) > before + 2)
        os.kill(slow, signal.SIGCONT)
        server.wait(FILES // 2)
        cluster.restart()
        batch.wait(100)
        assert server.most == LIMIT
        assert key() not in f"{cluster.get_scheduler_logs()} {cluster.get_worker_logs()}"
        # Sent again was only what was on its way when its worker was lost.
        assert len(server.requests) <= FILES + 3 * LIMIT
    frame = batch.frame
    assert frame["status"].to_list() == ["done"] * FILES
    assert frame.index.to_list() == list(range(FILES))
    assert frame["source"].to_list() == [str(path) for path in files]
    once(corpus, FILES)
    contents = {sha256(path.read_bytes()).hexdigest() for path in files}
    assert {corpus.transcript(row.key).text for row in batch.rows} == contents
    assert corpus.files.to_pandas()["cost"].notna().all()


def test_what_was_done_is_not_sent_again(cluster: Client, files: list[Path], tmp_path: Path) -> None:
    """A batch is stopped, and the same call goes on from there."""
    corpus = Corpus(tmp_path / "corpus")
    options: dict[str, Any] = {"executor": cluster, "corpus": corpus, "cache": tmp_path / "replies"}
    with Counting(latency=0.05) as server, client_of(server) as dg:
        first = dg.batch(iter(files), progress=False, concurrency=2, **options)
        server.wait(6)
        first.stop()
        done = len(first.rows)
        assert 0 < done < FILES
        assert len(server.requests) == done
        second = dg.batch(files, progress=False, **options).wait(60)
        assert len(server.requests) == FILES
    assert sum(row.cached for row in second.rows) == done
    once(corpus, FILES)


def test_without_a_corpus_transcripts_come_back(cluster: Client, files: list[Path], tmp_path: Path) -> None:
    with Counting(latency=0) as server, client_of(server) as dg:
        sources = [*files[:3], tmp_path / "missing.wav", b"fLaC" + bytes(99), files[3].open("rb")]
        batch = dg.batch(sources, executor=cluster, cache=False, progress=False).wait(60)
        assert sorted(call.text for call in batch.transcripts) == sorted(server.digests)
    assert batch.frame["status"].to_list() == ["done", "done", "done", "failed", "done", "failed"]
    assert "missing.wav" in batch.frame["error"][3]
    assert "cannot be sent to a worker, give its path" in batch.frame["error"][5]
    sources[-1].close()


def test_a_refused_key_ends_the_batch(cluster: Client, files: list[Path]) -> None:
    refused = Answer(401, b'{"err_code": "INVALID_AUTH", "err_msg": "No."}')
    with Counting(refused) as server, client_of(server) as dg:
        batch = dg.batch(files, executor=cluster, cache=False, progress=False)
        with pytest.raises(NotAllowed, match="INVALID_AUTH"):
            batch.wait(100)
        assert len(server.requests) < FILES


def test_a_budget_ends_the_batch_before_it_is_exceeded(cluster: Client, tmp_path: Path) -> None:
    import numpy as np

    sound = {str(n): (np.full(16000 * 60, n, np.int16), 16000) for n in range(6)}
    with Counting(latency=0) as server, client_of(server) as dg:
        batch = dg.batch(
            iter(sound.items()), executor=cluster, cache=False, budget=0.0095, model="nova-3", progress=False
        )
        with pytest.raises(Exception, match="The next file would cost about"):
            batch.wait(100)
        assert len(server.requests) == len(batch.rows) == 2


def test_no_task_holds_the_key(files: list[Path]) -> None:
    with Deepgram(key(), base_url=NOWHERE) as dg:
        order = Order(Sources(files), Plan({"model": "nova-3"}, dg.place), 4, Purse(), executor=None)
        task = errand(dg, order)
        chunk = Chunk(each("https://example.org/a.wav?signature=abc"))
    assert key().encode() not in pickle.dumps((chunk, task))
    assert key() not in repr((chunk, task))
    assert "signature" not in repr((chunk, task))
    assert repr(chunk) == "<1 files from 0>"


def test_a_worker_without_a_key_says_so(monkeypatch: pytest.MonkeyPatch, files: list[Path]) -> None:
    with Deepgram(key(), base_url=NOWHERE) as dg:
        service = errand(dg, Order(Sources(files), Plan({}, dg.place), None, Purse())).service
    with pytest.raises(CredentialError, match="Set DEEPGRAM_API_KEY in the environment of every worker"):
        service.client()


@pytest.mark.parametrize("executor", [threading, "tcp://127.0.0.1:1"], ids=repr)
def test_only_a_dask_cluster_is_an_executor(executor: Any) -> None:
    with Deepgram(key(), base_url=NOWHERE) as dg, pytest.raises(OptionError, match=r"distributed\.Client"):
        dg.batch([], executor=executor, progress=False)
