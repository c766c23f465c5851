import pytest

from dgnb import CredentialError, Deepgram
from dgnb.client import NOTICE
from dgnb.magics.session import Session


@pytest.fixture
def session():
    made = Session()
    yield made
    made.leave()


def test_without_a_key_the_sandbox_is_told_of_once_and_not_in_the_log(session, capsys, caplog):
    first = session.client()
    session.leave()
    assert first.sandbox
    assert session.client() is not first
    assert (capsys.readouterr().out, caplog.records) == (f"{NOTICE}\n", [])


def test_one_client_serves_until_the_environment_changes(session, monkeypatch):
    first = session.client()
    assert session.client() is first
    monkeypatch.setenv("DEEPGRAM_API_KEY", "another-key")
    assert repr(session.client()) == "Deepgram(https://api.deepgram.com, API key from DEEPGRAM_API_KEY)"
    monkeypatch.delenv("DEEPGRAM_API_KEY")
    assert session.client().sandbox


def test_a_key_that_cannot_be_one_is_told_each_time(session, monkeypatch):
    monkeypatch.setenv("DEEPGRAM_API_KEY", "two words")
    for _ in range(2):
        with pytest.raises(CredentialError):
            session.client()


def test_who_logs_in_goes_before_the_environment(session, monkeypatch):
    monkeypatch.setenv("DEEPGRAM_API_KEY", "another-key")
    session.take(Deepgram("a-key"), "login, for this session")
    assert (
        repr(session.client()) == "Deepgram(https://api.deepgram.com, API key from login, for this session)"
    )
    assert session.leave()
    assert not session.leave()
    assert "DEEPGRAM_API_KEY" in repr(session.client())
