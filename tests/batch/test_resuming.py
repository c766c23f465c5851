import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dgnb import Corpus, Deepgram
from tests.batch.second import digest, files
from tests.limited import limited, told

KILLS, FILES, AT_A_TIME = 50, 300, 4

pytestmark = pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")


def resuming(*arguments: object) -> Any:
    command = [sys.executable, "-m", "tests.batch.resuming", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.timeout(600)  # fifty runs, which a busy machine gives little time each
def test_killed_fifty_times_it_sends_nothing_again_that_it_has_and_loses_nothing(tmp_path: Path) -> None:
    files(tmp_path / "calls", FILES)
    with limited(latency=0.02) as url:
        seen = resuming(url, tmp_path, KILLS)
        with Deepgram("key", base_url=url) as dg:
            corpus = Corpus(tmp_path / "corpus")
            done = dg.batch(tmp_path / "calls", corpus=corpus, cache=tmp_path / "kept", progress=False).wait(
                100
            )
        served = told(url)["served"]
    assert 0 < len(seen[KILLS // 2]) < FILES, "the kills did not come while it worked"
    for then in seen:
        assert all(served[each] == count for each, count in then.items())
    # Only what was on its way at a kill was sent again.
    assert served.keys() == {digest(number) for number in range(FILES)}
    assert sum(served.values()) - FILES <= KILLS * AT_A_TIME
    assert done.frame["text"].to_list() == [digest(number) for number in range(FILES)]
    assert done.frame["key"].is_unique
    # Each is in the corpus, and once, also for who reads the Parquet files without dgnb.
    files_there = duckdb.sql(f"select file from read_parquet('{tmp_path}/corpus/day=*/*/files.parquet')")
    assert sorted(file for (file,) in files_there.fetchall()) == sorted(done.frame["key"])


def test_a_disk_that_takes_no_more_is_told_and_nothing_half_written_stays(tmp_path: Path) -> None:
    files(tmp_path / "calls", 3)
    with limited() as url:
        found = resuming(url, tmp_path)
    assert "cannot be kept" in found["warning"]
    assert sorted(found["texts"]) == sorted(digest(number) for number in range(3))
    assert (found["files"], found["bytes"]) == (0, 0)
