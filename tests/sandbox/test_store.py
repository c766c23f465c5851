import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dgnb.errors import OptionError
from dgnb.sandbox.store import CREDIT, VERSION, Store, timestamp


def count(store: Store, table: str) -> int:
    return store.rows(f"select count(*) from {table}")[0][0]


def test_a_fresh_store_has_one_project_with_owner_key_and_credit():
    with Store() as store:
        assert [count(store, name) for name in ("projects", "members", "keys", "purchases")] == [1] * 4
        assert store.rows("select name from projects")[0]["name"] == "Sandbox"
        assert store.rows("select role from members")[0]["role"] == "owner"
        assert store.rows("select amount from purchases")[0]["amount"] == CREDIT == 200_000_000


def test_a_file_keeps_everything(tmp_path):
    path = tmp_path / "sandbox.db"
    with Store(path) as store:
        project, secret = store.rows("select id from projects")[0]["id"], store.secret
    with Store(path) as store:
        assert store.rows("select id from projects")[0]["id"] == project
        assert store.secret == secret
        assert count(store, "projects") == 1


def test_two_stores_have_two_secrets():
    with Store() as one, Store() as other:
        assert one.secret != other.secret
        assert len(one.secret) == 32


def test_a_store_whose_projects_are_all_gone_begins_anew(tmp_path):
    with Store(tmp_path / "s.db") as store:
        store.run("delete from projects")
    with Store(tmp_path / "s.db") as store:
        assert count(store, "projects") == 1


def test_the_owner_is_the_same_person_in_every_project():
    with Store() as store:
        store.add_project("Second")
        assert len({row["id"] for row in store.rows("select id from members")}) == 1


def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and long enough to be looked at as a database\n" * 40)
    with pytest.raises(OptionError, match=r"notes\.txt cannot be the sandbox's store"):
        Store(path)
    assert path.read_text().startswith("these are notes")


def test_another_programs_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as base:
        base.execute("create table songs (name text)")
    base.close()
    with pytest.raises(OptionError, match="it holds something else"):
        Store(path)
    base = sqlite3.connect(path)
    assert base.execute("select name from sqlite_master").fetchall() == [("songs",)]
    base.close()


def test_a_store_of_a_newer_version_is_refused(tmp_path):
    with Store(tmp_path / "s.db") as store:
        store.run(f"pragma user_version = {VERSION + 1}")
    with pytest.raises(OptionError, match="version is 2, this sandbox writes version 1"):
        Store(tmp_path / "s.db")


def test_a_place_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(OptionError, match="cannot be the sandbox's store"):
        Store(tmp_path / "missing" / "s.db")


def test_changes_are_made_together_or_not_at_all():
    with Store() as store:

        def fail() -> None:
            with store.changes():
                store.run("delete from members")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert count(store, "members") == 1


def test_it_may_be_used_from_many_threads():
    with Store() as store:

        def add(name: str) -> None:
            for number in range(20):
                with store.changes():
                    store.insert("settings", name=f"{name}{number}", value="")

        threads = [threading.Thread(target=add, args=(name,)) for name in "abcde"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert count(store, "settings") == 101


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param(datetime(2026, 11, 8, tzinfo=UTC), "2026-11-08T00:00:00.000000Z", id="midnight"),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z", id="first-year"),
        pytest.param(
            datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2025-12-31T23:00:00.000000Z",
            id="another-zone",
        ),
    ],
)  # fmt: skip
def test_times_are_written_so_that_they_sort(moment, expected):
    assert timestamp(moment) == expected
