import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dgnb import cache
from dgnb.cache import Address, Store
from dgnb.cache.store import STALE, VARIABLE, provenance
from dgnb.operations import Reply

REPLY = Reply(200, b'{"results": {}}', {"dg-request-id": "r-1", "content-type": "x", "set-cookie": "no"})


def place(sha256: str = "ab") -> Address:
    return Address("deepgram", "POST /v1/listen", (("model", "nova-3"),), sha256)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "kept")


def put(store: Store, sha256: str = "ab", reply: Reply = REPLY) -> Path:
    store.keep(provenance(place(sha256), reply, "call.wav"), reply)
    return store.path(place(sha256).key)


def test_what_is_kept_is_found_again_with_where_it_comes_from(store):
    put(store)
    found = store.find(place())
    assert (found.reply.status, found.reply.body, found.reply.attempts) == (200, REPLY.body, 0)
    assert found.reply.headers == {"dg-request-id": "r-1", "content-type": "x"}
    told = found.provenance
    assert (told.cached, told.place, told.source, told.request_id) == (True, "deepgram", "call.wav", "r-1")
    assert (told.query, told.sha256, told.endpoint) == ([("model", "nova-3")], "ab", "POST /v1/listen")


def test_nothing_is_found_where_nothing_was_kept(store):
    assert store.find(place()) is None
    assert list(store.files()) == []
    assert not store.root.exists()


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda data: data[:-1], id="cut"),
        pytest.param(lambda data: data[:20], id="cut in its head"),
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:-3] + b"xxx", id="other bytes"),
        pytest.param(lambda data: data.replace(b'"key":"', b'"key":"0'), id="another's"),
        pytest.param(lambda data: b"\xff" + data, id="no JSON"),
    ],
)
def test_what_was_damaged_counts_as_not_there_and_can_be_kept_anew(store, harm):
    path = put(store)
    path.write_bytes(harm(path.read_bytes()))
    assert store.find(place()) is None
    put(store)
    assert store.find(place()).reply.body == REPLY.body


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_disk_that_is_full_leaves_nothing_half_written(store, step, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    put(store, "other")
    if step == "write":
        monkeypatch.setattr(os, "fdopen", lambda number, mode: _Full(number))
    else:
        monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        put(store)
    monkeypatch.undo()
    assert store.find(place()) is None
    assert [path.name for path in store.root.rglob("*") if path.is_file()] == [place("other").key]


class _Full:
    """A file on a disk that is full."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> "_Full":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.number)

    def write(self, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_only_its_owner_may_read_what_is_kept(store):
    path = put(store)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_many_writers_of_the_same_reply_leave_one_whole(store):
    threads = [threading.Thread(target=put, args=(store,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([path for path in store.root.rglob("*") if path.is_file()]) == 1
    assert store.find(place()).reply.body == REPLY.body


def test_what_a_killed_process_had_not_finished_is_swept_later(store):
    folder = put(store).parent
    old, new = folder / "a.unfinished", folder / "b.unfinished"
    for path in (old, new):
        path.touch()
    os.utime(old, (1, 1))
    store.sweep()
    assert not old.exists()
    assert new.exists()
    assert len(list(store.files())) == 1
    assert STALE > 60


def test_the_folder_is_the_systems_or_what_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert cache.folder().parts[-2:] == ("dgnb", "replies")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert cache.folder() == tmp_path / "replies"
    assert Store().root == tmp_path / "replies"


def test_the_digest_is_the_same_in_every_process():
    program = "from tests.cache.test_store import place; print(place().key)"
    keys = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    }
    assert keys == {place().key + "\n"}


def test_what_is_kept_is_listed_measured_and_removed(store):
    paths = [put(store, name) for name in ("a", "b", "c")]
    for age, path in enumerate(paths):
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    listed = cache.entries(store)
    assert {entry.source for entry in listed} == {"call.wav"}
    assert listed.frame["options"].to_list() == ["model=nova-3"] * 3
    assert cache.size(store) == sum(path.stat().st_size for path in paths) == listed.frame["bytes"].sum()
    assert cache.prune(days=1e6, cache=store) == 0
    assert cache.prune(largest=cache.size(store) - 1, cache=store) == 1
    assert [path.exists() for path in paths] == [False, True, True]
    assert cache.prune(days=1, cache=store) == 2
    assert len(cache.entries(store)) == 0
    put(store)
    assert cache.prune(cache=store) == 1
