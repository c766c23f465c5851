from collections.abc import Iterator
from typing import Any

import pytest

from dgnb import AudioError, Deepgram, NotAllowed, OptionError
from dgnb.batch import Batch, Estimate
from dgnb.cache import entries
from tests.limited import limited, told

WAIT = 60


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    with limited() as url:
        yield url


@pytest.fixture(autouse=True)
def client(run, shell, folder, service, monkeypatch) -> Iterator[None]:
    """The magics ask that service; the folder has recordings of silence, and replies are kept in it."""
    monkeypatch.setenv("DGNB_CACHE", str(folder / "kept"))
    _magics(shell).session.take(Deepgram("key", base_url=service))
    yield
    _magics(shell).stage.close()


def _magics(shell: Any) -> Any:
    return shell.magics_manager.registry["DeepgramMagics"]


def test_a_cell_names_one_source_a_line_and_the_batch_runs_by_itself(run, shell):
    shell.user_ns["quiet"] = b"no audio"
    done = run("%%deepgram batch --model nova-3 -o calls\ncalls\nmy call.wav  # spaces\n$quiet\n")
    calls = shell.user_ns["calls"]
    assert (done.error, type(calls)) == (None, Batch)
    assert done.out.startswith("batch runs; stop() of")
    frame = calls.wait(WAIT).frame
    assert frame["source"].to_list() == ["calls/a.wav", "calls/b.wav", "my call.wav", "quiet"]
    assert frame["status"].to_list() == ["done", "done", "done", "failed"]


def test_with_wait_the_cell_lasts_until_all_is_done_and_a_second_run_sends_nothing(run, service):
    assert not run("%deepgram batch calls --wait --tag second").result.running
    before = told(service)["served"]
    again = run("%deepgram batch calls --wait --tag second").result
    assert again.frame["cached"].all()
    assert told(service)["served"] == before
    assert len(entries()) == 1  # both recordings are the same silence


def test_flags_reach_the_batch_and_the_service(run, shell, folder):
    shell.user_ns["table"] = __import__("pandas").DataFrame({"id": [1], "path": ["one.wav"]})
    line = "%deepgram batch $table --column path --concurrency 2 --no-cache --wait --param new_flag=1"
    done = run(line)
    assert done.error is None
    assert done.result.frame["source"].to_list() == ["one.wav"]
    assert done.result._order.concurrency == 2
    assert done.result._order.plan.kept is None
    assert done.result._order.plan.options["new_flag"] == "1"
    kept = run("%deepgram batch one.wav --cache-folder elsewhere --wait").result
    assert len(entries(folder / "elsewhere")) == len(kept) == 1


def test_an_estimate_sends_nothing(run, service):
    before = told(service)["served"]
    found = run("%deepgram batch calls one.wav --estimate --model nova-3").result
    assert isinstance(found, Estimate)
    assert found.files == 3
    assert told(service)["served"] == before


def test_what_is_wrong_is_told_at_once(run):
    assert isinstance(run("%deepgram batch").error, AudioError)
    assert isinstance(run("%deepgram batch one.wav --concurrency 0").error, OptionError)
    assert isinstance(run("%deepgram batch one.wav --budget -1").error, OptionError)


def test_a_cell_that_waits_keeps_what_there_is_when_the_run_ends_early(run, shell):
    with limited(status=401, good=1) as url:
        _magics(shell).session.take(Deepgram("key", base_url=url))
        done = run("%deepgram batch one.wav notes.txt --wait --no-cache -o calls")
        assert done.error is None
        done = run("%deepgram batch calls --wait --no-cache -o calls")
    assert isinstance(done.error, NotAllowed)
    assert shell.user_ns["calls"].status == "failed"
