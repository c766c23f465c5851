"""What a batch costs: before, after, and at the most."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dgnb import BudgetExceeded, Deepgram
from dgnb.audio.samples import wav
from dgnb.sandbox import Server, serve
from tests.batch.second import COST, RATE, second
from tests.limited import limited, told

INTERVIEW = Path(__file__).parents[2] / "notebooks" / "audio" / "interview.mp3"
WAIT = 100
QUIET = {"progress": False, "model": "nova-3", "cache": False}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Server]:
    with serve() as server:
        yield server


def test_the_sandboxs_bill_is_the_actual_cost_and_the_estimate_is_right_to_a_hundredth(sandbox, tmp_path):
    stereo = tmp_path / "stereo.wav"
    stereo.write_bytes(wav(np.zeros((16000, 2), np.int16), 8000))
    options = {"model": "nova-3", "redact": "pci", "keyterm": ["package"], "sentiment": True}
    with Deepgram("key", base_url=sandbox.url) as dg:
        sources = [INTERVIEW, (np.zeros(2400), 8000), b"no audio at all", second(1)]
        before = dg.estimate(sources, **options)
        done = dg.batch(sources, cache=tmp_path, progress=False, **options).wait(WAIT)
        more = dg.batch(stereo, multichannel=True, **QUIET).wait(WAIT)
        bill = sum(day.dollars for day in dg.billing().results)
        beside = dg.estimate(stereo, multichannel=True, model="nova-3")
    assert round(1e6 * bill) == round(1e6 * (done.cost + more.cost))
    assert before.cost == pytest.approx(done.cost, rel=0.01)
    assert beside.cost == pytest.approx(more.cost, rel=0.01)
    assert (before.files, list(before.unknown)) == (3, ["#2"])
    assert set(before.lines) == {"sync::nova-3", "sync::redact", "sync::keyterm", "sync::analysis-input"}


@pytest.mark.parametrize("seconds", [0.0, 1.0, 59.9, 7200.0])
def test_an_estimate_reads_lengths_from_headers(tmp_path, seconds):
    path = tmp_path / "call.wav"
    size = int(seconds * RATE)
    head = second(0)[:40] + struct.pack("<I", size)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)
    with Deepgram("key") as dg:
        assert dg.estimate(path, model="nova-3").seconds == pytest.approx(seconds)


def test_an_estimate_shows_the_day_and_source_of_its_prices():
    with Deepgram("key") as dg:
        found = dg.estimate([second(1), "https://example.org/<b>.mp3"], model="nova-3", redact="pci")
    html = found._repr_html_()
    assert found.read == "2026-09-29"
    assert "2026-09-29" in html
    assert "https://deepgram.com/pricing" in html
    assert "&lt;b&gt;" in html
    assert "1 file of unknown length" in repr(found)


def test_a_budget_that_is_not_enough_is_told_before_anything_is_sent():
    with limited() as url, Deepgram("key", base_url=url) as dg:
        running = dg.batch([second(number) for number in range(10)], budget=9.5 * COST / 1e6, **QUIET)
        with pytest.raises(BudgetExceeded, match="Nothing was sent") as caught:
            running.wait(WAIT)
        assert told(url)["served"] == {}
        assert caught.value.budget == pytest.approx(9.5 * COST / 1e6)


def test_a_budget_that_is_enough_is_no_hindrance():
    with limited() as url, Deepgram("key", base_url=url) as dg:
        done = dg.batch([second(number) for number in range(10)], budget=10 * COST / 1e6, **QUIET).wait(WAIT)
    assert (len(done), done.cost) == (10, 10 * COST / 1e6)


def test_a_budget_stops_a_run_of_unknown_length_before_it_is_exceeded():
    with limited(latency=0.01) as url, Deepgram("key", base_url=url) as dg:
        running = dg.batch(map(second, range(10**6)), budget=20.5 * COST / 1e6, concurrency=7, **QUIET)
        with pytest.raises(BudgetExceeded, match="goes on from here"):
            running.wait(WAIT)
        assert len(told(url)["served"]) == 20
    assert running.cost == 20 * COST / 1e6
    assert set(running.frame["status"]) == {"done"}


def test_what_is_paid_for_does_not_count_against_a_budget(tmp_path):
    sources, options = [second(number) for number in range(10)], {"progress": False, "model": "nova-3"}
    with limited() as url, Deepgram("key", base_url=url) as dg:
        dg.batch(sources[:8], cache=tmp_path, **options).wait(WAIT)
        done = dg.batch(sources, cache=tmp_path, budget=2 * COST / 1e6, **options).wait(WAIT)
    assert (done.cost, len(done)) == (2 * COST / 1e6, 10)


def test_a_file_whose_length_is_not_known_is_not_sent_on_a_budget():
    with limited() as url, Deepgram("key", base_url=url) as dg:
        sources = ["https://example.org/call.wav", second(1)]
        done = dg.batch(sources, budget=1.0, **QUIET).wait(WAIT)
        assert len(told(url)["served"]) == 1
    assert done.frame["status"].to_list() == ["failed", "done"]
    assert "cannot be told beforehand" in done.frame["error"][0]
