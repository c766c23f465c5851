import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.display import Audio

from dgnb.errors import AudioError
from dgnb.magics.sources import Sources, gather
from dgnb.magics.tokens import evaluator, split

SAMPLES = np.zeros(160, dtype=np.float32)


def sources(line: str, **names: Any) -> Sources:
    return gather(split(line), evaluator(names))


def test_paths_and_urls_are_taken_as_they_are_written(folder):
    found = sources("one.wav ~/other.wav https://example.org/a.wav?x=[1]*")
    assert [source.value for source in found.items] == [
        "one.wav",
        "~/other.wav",
        "https://example.org/a.wav?x=[1]*",
    ]


def test_one_source_is_not_several(folder):
    assert not sources("one.wav").several
    assert sources("one.wav one.wav").several


def test_a_pattern_gives_sorted_files(folder):
    assert [source.value for source in sources("calls/*.wav").items] == ["calls/a.wav", "calls/b.wav"]


def test_a_pattern_gives_a_list_even_of_one(folder):
    assert sources("on*.wav").several


def test_a_pattern_reaches_into_folders(folder):
    found = sorted(source.value for source in sources("**/*.wav").items)
    assert found == ["calls/a.wav", "calls/b.wav", "my call.wav", "one.wav"]


def test_a_pattern_may_begin_at_home(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    assert [Path(source.value).name for source in sources("~/calls/?.wav").items] == ["a.wav", "b.wav"]


def test_a_file_named_like_a_pattern_is_that_file(folder):
    (folder / "take[1].wav").write_bytes(b"RIFF")
    assert [source.value for source in sources("take[1].wav").items] == ["take[1].wav"]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        pytest.param("calls/*.mp3", r"'.*calls' has 2 \.wav", id="other files"),
        pytest.param("cals/*.wav", r"no folder 'cals'\. Did you mean 'calls'\?", id="no folder"),
        pytest.param("empty/*.wav", "has no files", id="empty folder"),
    ],
)
def test_a_pattern_without_files_names_the_folder(folder, pattern, problem):
    (folder / "empty").mkdir()
    with pytest.raises(AudioError, match=problem):
        sources(pattern)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"RIFF", id="bytes"),
        pytest.param(bytearray(b"RIFF"), id="bytearray"),
        pytest.param(SAMPLES, id="array"),
        pytest.param((SAMPLES, 16000), id="array and rate"),
        pytest.param(io.BytesIO(b"RIFF"), id="file object"),
        pytest.param(Audio(data=SAMPLES, rate=16000, normalize=False), id="Audio"),
        pytest.param(Path("one.wav"), id="Path"),
        pytest.param({"a": "one.wav"}, id="mapping"),
    ],
)
def test_an_object_is_one_source(value):
    found = sources("$audio", audio=value)
    assert (found.items[0].value is value, len(found.items), found.several) == (True, 1, False)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(["one.wav", "calls/*.wav"], id="list"),
        pytest.param(("one.wav", "calls/a.wav", "calls/b.wav"), id="tuple"),
        pytest.param(pd.Series(["one.wav", "calls/*.wav"]), id="column of a table"),
        pytest.param(np.array(["one.wav", "calls/*.wav"]), id="array of text"),
    ],
)
def test_a_list_of_sources_is_taken_apart(folder, value):
    found = sources("{names}", names=value)
    assert [source.name for source in found.items] == ["one.wav", "calls/a.wav", "calls/b.wav"]


def test_objects_in_a_list_have_a_name_and_code(folder):
    found = sources("$mixed", mixed=[b"RIFF", Path("one.wav"), (SAMPLES, 16000)])
    assert [source.code for source in found.items] == ["mixed[0]", "'one.wav'", "mixed[2]"]


def test_an_empty_list_is_told():
    with pytest.raises(AudioError, match="calls is empty"):
        sources("$calls", calls=[])


def test_text_from_a_variable_is_read_like_text(folder):
    assert len(sources("$pattern", pattern="calls/*.wav").items) == 2
