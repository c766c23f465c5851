"""Inputs of every kind, each with the right row."""

import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.sandbox import serve
from tests.batch.second import digest, second
from tests.limited import told

Kind = tuple[Callable[[Path, int], Any], str, str]


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def denied(folder: Path, number: int) -> Path:
    path = put(folder / f"{number}-denied.wav", second(number))
    path.chmod(0)
    return path


KINDS: dict[str, Kind] = {
    "good": (lambda folder, number: put(folder / f"{number}.wav", second(number)), "done", ""),
    "named by text": (
        lambda folder, number: str(put(folder / f"{number} é.wav", second(number))),
        "done",
        "",
    ),
    "bytes": (lambda folder, number: second(number), "done", ""),
    "array": (lambda folder, number: (np.full(80, number % 100 / 100), 8000), "done", ""),
    "duplicate": (lambda folder, number: put(folder / f"{number}-copy.wav", second(0)), "done", ""),
    "empty": (lambda folder, number: put(folder / f"{number}-empty.wav", b""), "failed", "is empty"),
    "no bytes": (lambda folder, number: b"", "failed", "is empty"),
    "truncated": (
        lambda folder, number: put(folder / f"{number}-cut.wav", second(number)[:100]),
        "failed",
        "failed to process audio",
    ),
    "text": (lambda folder, number: put(folder / f"{number}.wav", b"Dear all,"), "failed", "is plain text"),
    "page": (lambda folder, number: put(folder / f"{number}.mp3", b"<!doctype html>"), "failed", "HTML page"),
    "missing": (lambda folder, number: folder / f"{number}-nowhere.wav", "failed", "There is no file"),
    "pattern": (lambda folder, number: str(folder / f"{number}-*.none"), "failed", "No file matches"),
    "gone": (
        lambda folder, number: f"https://example.org/missing-{number}.wav",
        "failed",
        "REMOTE_CONTENT_ERROR",
    ),
    "URL": (lambda folder, number: f"https://example.org/{number}.wav", "done", ""),
    "denied": (denied, "failed", "PermissionError"),
    "no source": (lambda folder, number: {"number": number}, "failed", "not dict"),
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for everybody, where also root is denied what is nobody's."""
    with tempfile.TemporaryDirectory() as made:
        os.chmod(made, 0o777)
        yield Path(made)


@contextmanager
def nobody() -> Iterator[None]:
    """Be somebody to whom a file can be denied."""
    before = os.geteuid()
    if not before:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_thousand_mixed_inputs_have_the_right_row_each(dg, quick, folder):
    random.seed(3)
    kinds = random.choices(list(KINDS), k=1000)
    sources = [KINDS[kind][0](folder, number) for number, kind in enumerate(kinds)]
    # Nobody may not load libraries from everywhere: all that a batch needs is loaded before.
    assert len(dg.batch([second(10**6)], cache=folder / "before", progress=False).wait(120).frame) == 1
    before = told(quick)["served"]
    # Nobody may be denied the libraries, too: what a batch needs of them is loaded before.
    dg.batch([KINDS["good"][0](folder, 1000)], cache=folder / "first", progress=False, model="nova-3").wait(
        120
    )
    with nobody():
        done = dg.batch(sources, cache=folder / "kept", progress=False, model="nova-3").wait(120)
    served = {each: count - before.get(each, 0) for each, count in told(quick)["served"].items()}
    frame = done.frame
    assert frame.index.to_list() == list(range(1000))
    for kind, row in zip(kinds, frame.itertuples(), strict=True):
        _, status, words = KINDS[kind]
        assert (row.status, words in row.error) == (status, True), (kind, row)
        assert bool(row.error) == (status == "failed")
    for number, kind in enumerate(kinds):
        if kind in ("good", "named by text", "bytes"):
            assert frame["text"][number] == digest(number)
        elif kind == "duplicate":
            assert frame["text"][number] == digest(0)
    assert served[digest(0)] == 1
    assert max(served.values()) == 1


def test_the_sandbox_tells_good_from_bad_as_the_service_does(folder):
    kinds = [kind for kind in KINDS if kind not in ("gone", "URL", "truncated", "denied")]
    sources = [KINDS[kind][0](folder, number) for number, kind in enumerate(kinds)]
    sources += ["http://127.0.0.1:9/missing.wav", b"RIFF\xff\xff\xff\xffWAVEfmt garbage"]
    with serve() as server, Deepgram("key", base_url=server.url) as dg:
        frame = dg.batch(sources, cache=folder / "kept", progress=False, model="nova-3").wait(120).frame
    assert frame["status"].to_list() == [KINDS[kind][1] for kind in kinds] + ["failed"] * 2
    assert "REMOTE_CONTENT_ERROR" in frame["error"].iloc[-2]
    assert "failed to process audio" in frame["error"].iloc[-1]
