import asyncio
import errno
import io
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest

from dgnb import AsyncDeepgram, Corpus, Deepgram, NotAllowed, OptionError, PaymentRequired, TimedOut
from dgnb.cache import entries, prune
from dgnb.transport.loop import result
from tests.batch.second import digest, files, second
from tests.limited import limited, told
from tests.live.conftest import Leftovers
from tests.servers import Server, transcript

QUIET = {"progress": False, "model": "nova-3"}
WAIT = 60


def test_every_file_has_its_row_in_the_order_of_the_sources(dg, tmp_path):
    paths = files(tmp_path / "calls", 20)
    done = dg.batch(paths, cache=tmp_path / "kept", **QUIET).wait(WAIT)
    frame = done.frame
    assert frame["source"].to_list() == [str(path) for path in paths]
    assert frame["text"].to_list() == [digest(number) for number in range(20)]
    assert set(frame["status"]) == {"done"}
    assert (frame["duration"].sum(), frame["attempts"].sum(), frame["cost"].sum()) == (20.0, 20, done.cost)
    assert done.status == "ended"


def test_a_second_run_sends_nothing_and_costs_nothing(dg, quick, tmp_path):
    paths = files(tmp_path / "calls", 20)
    dg.batch(paths, cache=tmp_path / "kept", **QUIET).wait(WAIT)
    before = told(quick)["served"]
    again = dg.batch(tmp_path / "calls", cache=tmp_path / "kept", **QUIET).wait(WAIT)
    assert told(quick)["served"] == before
    assert again.frame["cached"].all()
    assert (again.cost, again.frame["attempts"].sum()) == (0.0, 0)
    assert again.frame["text"].to_list() == [digest(number) for number in range(20)]


def test_without_a_cache_everything_is_sent_again_and_nothing_is_kept(dg, tmp_path):
    for _ in range(2):
        done = dg.batch([second(1)], cache=False, **QUIET).wait(WAIT)
        assert not done.frame["cached"].any()
        assert done.transcript(0).text == digest(1)
        assert done.transcript(0).provenance is None


def test_the_same_content_is_paid_for_once_also_while_it_is_on_its_way(tmp_path):
    with limited(latency=0.2) as url, Deepgram("key", base_url=url) as dg:
        sources = {f"copy {number}": second(7) for number in range(10)}
        done = dg.batch(sources, cache=tmp_path, **QUIET).wait(WAIT)
        assert told(url)["served"] == {digest(7): 1}
    frame = done.frame
    assert set(frame["text"]) == {digest(7)}
    assert (frame["cached"].sum(), frame["attempts"].sum(), len(entries(tmp_path))) == (9, 1, 1)


def test_a_batch_begun_while_another_runs_pays_for_nothing_that_is_on_its_way(tmp_path):
    sources = [second(number) for number in range(6)]
    with limited(latency=0.2) as url, Deepgram("key", base_url=url) as dg:
        first, again = [dg.batch(sources, cache=tmp_path, **QUIET) for _ in range(2)]
        assert set(again.wait(WAIT).frame["status"]) == set(first.wait(WAIT).frame["status"]) == {"done"}
        assert set(told(url)["served"].values()) == {1}
        # Which of the two pays for a file is a matter of chance, and so is how the sum is rounded.
        assert first.cost + again.cost == pytest.approx(dg.estimate(sources, model="nova-3").cost)


def test_what_another_batch_could_not_keep_is_in_the_memory_of_both(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with limited(latency=0.2) as url, Deepgram("key", base_url=url) as dg:
        both = [dg.batch([second(1)], cache=tmp_path / "file", **QUIET) for _ in range(2)]
        assert [batch.wait(WAIT).transcript(0).text for batch in both] == [digest(1)] * 2
        assert all("cannot be kept" in batch.warning for batch in both)
        assert told(url)["served"] == {digest(1): 1}


def test_what_could_not_be_kept_is_not_paid_for_again_while_the_batch_is_there_that_has_it(tmp_path):
    (tmp_path / "file").write_text("no folder")
    sources, options = {"one": second(8), "two": second(9)}, {"cache": tmp_path / "file", **QUIET}
    with limited() as url, Deepgram("key", base_url=url) as dg:
        first = dg.batch(sources, **options).wait(WAIT)
        again = dg.batch(sources, **options).wait(WAIT)
        assert told(url)["served"] == {digest(8): 1, digest(9): 1}
    assert again.frame["cached"].to_list() == [True, True]
    assert (again.cost, first.frame["text"].to_list()) == (0.0, again.frame["text"].to_list())
    assert "cannot be kept" in again.warning


def test_what_is_kept_no_more_is_sent_again_and_once(tmp_path):
    with limited() as url, Deepgram("key", base_url=url) as dg:
        first = dg.batch([second(1)], cache=tmp_path, **QUIET).wait(WAIT)
        assert prune(cache=tmp_path) == len(first)
        again = dg.batch({"one": second(1), "copy": second(1)}, cache=tmp_path, **QUIET).wait(WAIT)
        assert told(url)["served"] == {digest(1): 2}
    assert again.frame["text"].to_list() == [digest(1)] * 2


def test_results_are_given_as_they_come_from_the_first_on(dg, tmp_path):
    running = dg.batch({"a": second(1), "b": b"", "c": second(2)}, cache=tmp_path, **QUIET)
    first = {outcome.row.source: outcome.transcript for outcome in running}
    again = {outcome.row.source: outcome.transcript for outcome in running}
    assert first == again
    assert (first["a"].text, first["b"]) == (digest(1), None)
    assert [transcript.text for transcript in running.transcripts] == [digest(1), digest(2)]


def test_the_asynchronous_client_has_the_same_awaited(quick, tmp_path):
    async def main() -> tuple[list[str], float]:
        async with AsyncDeepgram("key", base_url=quick) as dg:
            running = dg.batch([second(1), second(2)], cache=tmp_path, **QUIET)
            found = [outcome.row.text async for outcome in running]
            assert (await running.wait(WAIT)) is running
            assert (await running.stop()) is running
            return found, (await dg.estimate([second(1)], model="nova-3")).cost

    found, cost = asyncio.run(main())
    assert sorted(found) == sorted([digest(1), digest(2)])
    assert cost == 0.000072


def test_an_iterator_is_read_a_little_ahead_and_never_as_a_whole(dg):
    taken = []

    def endless():
        for number in range(10**9):
            taken.append(number)
            yield second(number)

    running = dg.batch(endless(), cache=False, concurrency=2, **QUIET)
    for count, _ in enumerate(running):
        assert len(taken) <= len(running) + 20
        if count == 50:
            break
    running.stop()
    assert (running.status, running.total) == ("ended", None)
    assert len(taken) <= len(running) + 20


def test_a_loop_that_is_closed_while_it_iterates_does_not_end_the_run(tmp_path):
    with limited(latency=0.1) as url, Deepgram("key", base_url=url) as dg:
        running = dg.batch(map(second, range(8)), concurrency=2, cache=False, **QUIET)
        loop, outcomes = asyncio.new_event_loop(), aiter(running)
        loop.run_until_complete(anext(outcomes))
        loop.close()
        assert len(running.wait(WAIT)) == 8
    del outcomes


def test_a_source_that_fails_while_it_is_sent_takes_no_other_along(dg):
    class Torn(io.BytesIO):
        """It can be read for its first bytes and its digest, but not sent."""

        def seek(self, *place):
            self.passes = getattr(self, "passes", 0) + 1
            return super().seek(*place)

        def read(self, size=-1):
            if self.passes > 3:
                raise RuntimeError("the lease is over")
            return super().read(size)

    running = dg.batch({"torn": Torn(second(1) + bytes(1 << 20)), "b": second(2)}, cache=False, **QUIET)
    frame = running.wait(WAIT).frame
    assert frame["status"].to_list() == ["failed", "done"]
    assert frame["error"][0] == "the lease is over"


def test_a_name_that_is_no_text_is_kept_and_shown_all_the_same(dg, tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    missing = path.replace("caf", "no caf")
    Path(path).write_bytes(second(1))
    corpus = Corpus(tmp_path / "corpus")
    done = dg.batch([path, missing], cache=tmp_path / "kept", corpus=corpus, **QUIET).wait(WAIT)
    assert done.frame["status"].to_list() == ["done", "failed"]
    assert done.frame["source"][0] == corpus.files.to_pandas()["source"][0] == rf"{tmp_path}/caf\udce9.wav"
    assert r"no caf\udce9.wav" in done.frame["error"][1]
    assert [entry.source for entry in entries(tmp_path / "kept")] == [rf"{tmp_path}/caf\udce9.wav"]
    assert done._repr_html_().encode()


def test_it_returns_at_once_and_runs_by_itself(tmp_path):
    go = threading.Event()
    with Server(replace(transcript(), then=go.wait)) as server, Deepgram("key", base_url=server.url) as dg:
        batch = dg.batch([second(1)], cache=tmp_path, **QUIET)
        assert (batch.running, batch.status) == (True, "running")
        with pytest.raises(TimedOut, match="it goes on"):
            batch.wait(0.001)
        go.set()
        assert batch.wait(WAIT).frame["status"].to_list() == ["done"]


def test_stop_sends_nothing_more_and_keeps_what_was_on_its_way(tmp_path):
    with limited(latency=0.1) as url, Deepgram("key", base_url=url) as dg:
        running = dg.batch(
            (second(number) for number in range(10**6)), concurrency=3, cache=tmp_path, **QUIET
        )
        next(iter(running))
        running.stop()
        assert len(told(url)["served"]) == len(running) == len(entries(tmp_path))
        assert running.error is None


def test_a_batch_that_is_given_up_has_let_go_of_everything():
    with limited(latency=600) as url, Deepgram("key", base_url=url) as dg:
        leftovers = Leftovers(urlsplit(url).port)
        running = dg.batch([second(1)], cache=False, **QUIET)
        while not told(url)["most"]:
            assert running.running
        running.stop(timeout=0.0)
        assert (running.status, len(running)) == ("ended", 0)
        assert leftovers.found() == []


def test_an_interrupted_wait_leaves_everything_readable(tmp_path, monkeypatch):
    def interrupted(future):
        stop = (threading.get_ident(), signal.SIGINT)
        threading.Thread(target=signal.pthread_kill, args=stop).start()
        return result(future)

    with limited(latency=0.05) as url, Deepgram("key", base_url=url) as dg:
        batch = dg.batch((second(number) for number in range(10**6)), concurrency=3, cache=tmp_path, **QUIET)
        next(iter(batch))
        with monkeypatch.context() as patch:
            patch.setattr("dgnb.live.running.result", interrupted)
            with pytest.raises(KeyboardInterrupt):
                batch.wait(WAIT)
        batch.wait(WAIT)
        assert set(batch.frame["status"]) == {"done"}
        assert len(told(url)["served"]) == len(batch)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, NotAllowed), (402, PaymentRequired), (403, NotAllowed)], ids=str
)
def test_what_every_file_would_meet_ends_the_run_and_what_came_is_kept(status, kind, tmp_path):
    with limited(status=status, good=5) as url, Deepgram("key", base_url=url) as dg:
        running = dg.batch([second(number) for number in range(500)], cache=tmp_path, concurrency=2, **QUIET)
        with pytest.raises(kind):
            running.wait(WAIT)
        with pytest.raises(kind):
            list(running)
    frame = running.frame
    assert (frame["status"] == "done").sum() == len(entries(tmp_path)) == 5
    assert len(frame) < 20
    assert running.status == "failed"
    assert str(status) in repr(running)


def test_refusals_for_too_many_at_once_lose_nothing(tmp_path):
    with limited(latency=0.02, limit=3, refusals=1) as url, Deepgram("busy", base_url=url) as dg:
        done = dg.batch([second(number) for number in range(150)], cache=tmp_path, **QUIET).wait(WAIT)
        seen = told(url)
    assert seen["most"] == 3
    assert seen["refused"] > 0
    assert set(done.frame["status"]) == {"done"}
    assert sorted(seen["served"]) == sorted(digest(number) for number in range(150))
    assert set(seen["served"].values()) == {1}


def test_concurrency_is_never_exceeded(tmp_path):
    with limited(latency=0.02, limit=4) as url, Deepgram("capped", base_url=url) as dg:
        dg.batch([second(number) for number in range(60)], concurrency=4, cache=False, **QUIET).wait(WAIT)
        assert (told(url)["most"], told(url)["refused"]) == (4, 0)


def test_two_batches_of_one_key_share_what_the_account_allows():
    with limited(latency=0.02, limit=5) as url:
        clients = [Deepgram("shared", base_url=url) for _ in range(2)]
        sources = [second(number) for number in range(100)]
        running = [dg.batch(sources, cache=False, **QUIET) for dg in clients]
        for batch in running:
            assert set(batch.wait(WAIT).frame["status"]) == {"done"}
        gates = {id(batch._run._gate) for batch in running}
        assert len(gates) == 1
        assert told(url)["refused"] < 60


def test_retry_after_is_waited_for():
    terms = {"limit": 1, "retry_after": "0.3", "refusals": 1}
    with limited(**terms) as url, Deepgram("later", base_url=url) as dg:
        begun = time.monotonic()
        done = dg.batch([second(1), second(2)], cache=False, **QUIET).wait(WAIT)
        assert told(url)["refused"] > 0
        assert time.monotonic() - begun >= 0.3
    assert set(done.frame["status"]) == {"done"}


def test_a_full_disk_is_told_and_results_stay_in_memory(dg, tmp_path, monkeypatch, caplog):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = dg.batch([second(1), second(2), second(1)], cache=tmp_path, concurrency=1, **QUIET).wait(WAIT)
    assert [transcript.text for transcript in done.transcripts] == [digest(1), digest(2), digest(1)]
    assert "No space left on device" in done.warning
    assert "in memory only" in done.warning
    assert "No space left on device" in repr(done)
    assert [record.message for record in caplog.records] == [done.warning]
    assert sorted(done.frame["cached"]) == [False, False, True]  # whichever of the two was read first
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_be_written_is_told_and_results_stay_in_memory(dg, tmp_path):
    (tmp_path / "file").write_text("no folder")
    done = dg.batch([second(1)], cache=tmp_path / "file", **QUIET).wait(WAIT)
    assert done.transcript(0).text == digest(1)
    assert "cannot be kept" in done.warning


def test_an_iterator_that_fails_ends_the_run_after_what_it_gave(dg):
    def broken():
        yield second(1)
        raise RuntimeError("the database is gone")

    running = dg.batch(broken(), cache=False, **QUIET)
    with pytest.raises(RuntimeError, match="the database is gone"):
        running.wait(WAIT)
    assert running.frame["text"].to_list() == [digest(1)]


@pytest.mark.parametrize(
    ("given", "option"),
    [
        pytest.param({"callback": "https://example.org"}, "callback", id="callback"),
        pytest.param({"utt_split": -1}, "utt_split", id="value"),
        pytest.param({"concurrency": 0}, "concurrency", id="concurrency"),
        pytest.param({"concurrency": "3"}, "concurrency", id="text for a number"),
        pytest.param({"budget": -1}, "budget", id="budget"),
        pytest.param({"budget": float("inf")}, "budget", id="boundless budget"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_begins(dg, given, option):
    with pytest.raises(OptionError) as caught:
        dg.batch([second(1)], **given)
    assert caught.value.option == option


def test_an_option_that_is_not_known_is_warned_of_once_and_sent(dg):
    with pytest.warns(UserWarning, match="does not know the option 'new_flag'") as caught:
        done = dg.batch([second(1), second(2)], cache=False, new_flag=1, **QUIET)
    assert len(caught) == 1
    assert set(done.wait(WAIT).frame["status"]) == {"done"}


def test_a_sink_gets_every_file_and_is_flushed(dg, tmp_path):
    class Sink:
        rows, flushed = [], 0

        def write(self, transcript, row):
            self.rows.append((row.source, None if transcript is None else transcript.text))

        def flush(self):
            self.flushed += 1

    sink = Sink()
    dg.batch({"a": second(1), "b": b""}, cache=tmp_path, corpus=sink, **QUIET).wait(WAIT)
    assert sorted(sink.rows) == [("a", digest(1)), ("b", None)]
    assert sink.flushed == 1


def test_a_sink_that_fails_ends_the_run_and_what_came_is_kept(dg, tmp_path):
    class Sink:
        def write(self, transcript, row):
            raise OSError("the corpus is gone")

        def flush(self):
            """Nothing to do."""

    running = dg.batch([second(1)], cache=tmp_path, corpus=Sink(), **QUIET)
    with pytest.raises(OSError, match="the corpus is gone"):
        running.wait(WAIT)
    assert running.transcript(0).text == digest(1)


def test_a_frame_gives_its_column_and_a_column_that_is_not_there_is_told(dg, tmp_path):
    paths = files(tmp_path / "calls", 2)
    table = pd.DataFrame({"id": [1, 2], "path": [str(path) for path in paths]})
    done = dg.batch(table, column="path", cache=False, **QUIET).wait(WAIT)
    assert done.frame["text"].to_list() == [digest(0), digest(1)]
    with pytest.raises(OptionError, match="id, path; no column 'paths'"):
        dg.batch(table, column="paths", cache=False, **QUIET).wait(WAIT)


def test_the_bar_tells_files_hours_errors_and_cost(dg, capsys):
    dg.batch([second(1), b""], cache=False, model="nova-3").wait(WAIT)
    told = capsys.readouterr().err
    assert "2/2" in told
    assert "1 failed" in told
    assert "$0.0001" in told
    assert "file/s" in told


def test_it_shows_itself_as_text_and_as_html_with_foreign_text_escaped(dg):
    done = dg.batch({"<b>bold</b>.wav": b"", "fine": second(1)}, cache=False, **QUIET).wait(WAIT)
    html = done._repr_html_()
    assert "<b>bold</b>" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert digest(1)[:20] in html
    assert len(repr(done).splitlines()) <= 10
    assert "1 failed" in repr(done)
    assert done.failed == {"<b>bold</b>.wav": "the bytes is empty."}


def test_an_array_a_path_and_a_url_may_stand_together(dg, tmp_path):
    (path,) = files(tmp_path / "calls", 1)
    sources = [(np.zeros(800), 8000), path, "https://example.org/call.wav?key=secret"]
    done = dg.batch(sources, cache=tmp_path / "kept", **QUIET).wait(WAIT)
    assert done.frame["source"].to_list() == ["#0", str(path), "https://example.org/call.wav"]
    assert set(done.frame["status"]) == {"done"}
    for kept in (tmp_path / "kept").rglob("*"):
        assert kept.is_dir() or b"secret" not in kept.read_bytes()


def test_the_key_is_nowhere_in_what_is_kept_or_shown(quick, tmp_path):
    with Deepgram("very-secret-key", base_url=quick) as dg:
        done = dg.batch([second(1)], cache=tmp_path, **QUIET).wait(WAIT)
        shown = [repr(done), done._repr_html_(), repr(done.transcript(0).provenance), repr(vars(done))]
    assert not any("very-secret-key" in text for text in shown)
    kept = [path.read_bytes() for path in Path(tmp_path).rglob("*") if path.is_file()]
    assert kept
    assert not any(b"very-secret-key" in data for data in kept)
