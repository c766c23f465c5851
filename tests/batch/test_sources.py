import os
from pathlib import Path

import fsspec
import numpy as np
import pandas as pd
import polars as pl
import pytest

from dgnb.batch.sources import Sources, each


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files in a folder and below, some of them no audio by their name; it is the current folder."""
    (tmp_path / "calls" / "old").mkdir(parents=True)
    for name in ("b.wav", "a.MP3", "notes.txt", "old/c.flac"):
        (tmp_path / "calls" / name).write_bytes(b"...")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "calls"


def names(*given, **options):
    return [source.name for source in each(*given, **options)]


def test_a_folder_gives_the_audio_in_it_and_below(calls):
    assert names(calls) == [str(calls / name) for name in ("a.MP3", "b.wav", "old/c.flac")]
    assert names("calls") == [os.path.join("calls", name) for name in ("a.MP3", "b.wav", "old/c.flac")]


def test_a_pattern_gives_all_that_matches_whatever_it_is_called(calls):
    assert names("calls/*.*") == [f"calls/{name}" for name in ("a.MP3", "b.wav", "notes.txt")]
    assert names("calls/**/*.flac") == ["calls/old/c.flac"]


def test_a_list_may_hold_everything_and_positions_go_on(calls):
    found = list(each(["calls/old", b"...", Path("calls/b.wav"), ("mine", b"..."), (np.zeros(8), 8000)]))
    assert [source.name for source in found] == ["calls/old/c.flac", "#1", "calls/b.wav", "mine", "#4"]
    assert [source.position for source in found] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nowhere/*.wav", "there is no folder 'nowhere'"),
        ("calls/*.ogg", "has 1 .MP3, 1 .txt, 1 .wav"),
        ("empty", "has no audio files"),
        ("nosuch://bucket/*.wav", "nosuch"),
        ("dropbox://bucket/*.wav", "dropboxdrivefs"),
        ("memory://nowhere/*.wav", "No file is found"),
    ],
)
def test_what_is_not_found_stands_as_its_error_and_takes_nothing_along(calls, given, words):
    Path("empty").mkdir()
    found = list(each([given, "calls/b.wav"]))
    assert len(found) == 2
    with pytest.raises(Exception, match=words):
        found[0].get()


def test_a_storage_system_is_listed(calls):
    system = fsspec.filesystem("memory")
    for name in ("/bucket/b.wav", "/bucket/a.mp3", "/bucket/in/c.flac", "/bucket/notes.txt"):
        system.pipe(name, b"...")
    try:
        found = [source.value for source in each("memory://bucket")]
        assert [name.rpartition("bucket/")[2] for name in found] == ["a.mp3", "b.wav", "in/c.flac"]
        assert all(system.cat(name) == b"..." for name in found)
        assert len(names("memory://bucket/*.*")) == 3
        assert names("memory://bucket/b.wav") == ["memory://bucket/b.wav"]
    finally:
        system.rm("/bucket", recursive=True)


def test_a_secret_in_a_url_is_sent_and_not_shown():
    (found,) = each("https://me:word@example.org/call.wav?signature=abc")
    assert (found.name, found.value) == (
        "https://example.org/call.wav",
        "https://me:word@example.org/call.wav?signature=abc",
    )


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_a_frame_gives_the_column_that_is_named_or_its_only_one(make):
    assert names(make({"id": [1, 2], "path": ["a.wav", "b.wav"]}), column="path") == ["a.wav", "b.wav"]
    assert names(make({"path": ["a.wav"]})) == ["a.wav"]


def test_a_mapping_gives_names_to_its_sources():
    assert names({"first": b"...", 2: "b.wav"}) == ["first", "2"]


@pytest.mark.parametrize(
    ("given", "count", "again"),
    [
        pytest.param(["a.wav", "b.wav"], 2, True, id="list"),
        pytest.param("calls", 3, True, id="folder"),
        pytest.param(b"...", 1, True, id="bytes"),
        pytest.param((np.zeros(8), 8000), 1, True, id="array"),
        pytest.param({"a": b""}, 1, True, id="mapping"),
        pytest.param(iter(["a.wav"]), None, False, id="iterator"),
        pytest.param(pd.DataFrame({"path": ["a.wav"] * 4}), 4, True, id="frame"),
    ],
)
def test_sources_are_counted_where_that_takes_no_going_through(calls, given, count, again):
    found = Sources(given)
    assert (found.count(), found.again) == (count, again)
    assert len(list(found)) == (count or 1)
