import os
import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest

from dgnb import Deepgram
from dgnb.errors import NotAllowed, OptionError
from dgnb.sandbox import serve, server
from dgnb.sandbox.engines.recognition import ENGINE_VARIABLE
from dgnb.sandbox.store import Store


def test_a_file_keeps_keys_and_balances_between_two_runs(tmp_path):
    path = tmp_path / "sandbox.db"
    with serve(store=path) as server, Deepgram("any", base_url=server.url) as dg:
        kept, gone = (dg.keys.create(name, ["member"]) for name in ("kept", "gone"))
        dg.keys.delete(gone.api_key_id)
        token = dg.auth.grant(ttl_seconds=3600).access_token
    with serve(store=str(path)) as server:
        with Deepgram(kept.key, base_url=server.url) as dg:
            assert dg.projects.get().name == "Sandbox"
        with Deepgram(gone.key, base_url=server.url) as dg, pytest.raises(NotAllowed, match="INVALID_AUTH"):
            dg.projects()
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(
            f"{server.url}/v1/listen", headers=headers, content=b"x", trust_env=False, timeout=60
        )
        assert answer.status_code == 400


def test_two_sandboxes_in_memory_know_nothing_of_each_other():
    with serve() as one, serve() as other:
        with Deepgram("any", base_url=one.url) as dg:
            made = dg.keys.create("a", ["usage:read"])
        with Deepgram(made.key, base_url=other.url) as dg:
            assert len(dg.keys()) == 1  # any credential is the owner's there


def test_a_store_that_is_given_is_used_and_stays_open():
    with Store() as store:
        project = store.add_project("Mine")
        with serve(store=store) as server, Deepgram("any", base_url=server.url) as dg:
            assert server.store is store
            assert dg.projects.get(project).name == "Mine"
        assert store.rows("select 1")


def test_a_wrong_file_is_refused_before_anything_starts(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no database " * 200)
    before = set(threading.enumerate())
    with pytest.raises(OptionError, match="cannot be the sandbox's store"):
        serve(store=path)
    assert set(threading.enumerate()) <= before  # those of other tests may end meanwhile


def test_answers_do_not_wait_for_a_delayed_acknowledgement():
    with serve() as server:
        assert server._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


ENGINE = """
from pathlib import Path

class Slow:
    name, version = "slow", "1"
    def __init__(self):
        here = Path(__file__).parent
        (here / "began").open("w").close()
        (here / "go").open().close()
    def recognise(self, samples, keyterms=()):
        return []
"""

HANDSHAKE = (
    "GET /v1/listen HTTP/1.1", "Host: 127.0.0.1", "Authorization: Token any", "Connection: Upgrade",
    "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", "",
)  # fmt: skip


@pytest.fixture
def pipes(tmp_path, monkeypatch):
    """A recogniser that is being loaded when ``began`` can be read, until ``go`` is written."""
    for name in ("began", "go"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "slow_engine.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(ENGINE_VARIABLE, "slow_engine:Slow")
    return tmp_path


def knock(running) -> socket.socket:
    """The beginning of a handshake."""
    caller = socket.create_connection(("127.0.0.1", running.port))
    caller.sendall("\r\n".join(HANDSHAKE).encode())
    return caller


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_who_goes_before_the_handshake_is_over_leaves_no_trace(pipes, caplog):
    with serve() as running:
        with knock(running):
            (pipes / "began").read_bytes()
        assert httpx.get(f"{running.url}/v1/models", trust_env=False).status_code == 200  # it has noticed
        (pipes / "go").write_bytes(b"")
    assert caplog.records == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_the_end_of_a_server_leaves_no_trace_of_who_waits_for_a_recogniser(pipes, caplog, monkeypatch):
    with serve() as running, knock(running):
        monkeypatch.setattr(server, "GRACE", 0.1)
        (pipes / "began").read_bytes()
        running.stop()
        assert not running._thread.is_alive()
    assert caplog.records == []


def started(path) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "dgnb", "sandbox", "--store", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for another process")
def test_the_command_keeps_what_it_is_told_in_the_file_it_is_given(tmp_path):
    process, url = started(tmp_path / "kept.db")
    with Deepgram("any", base_url=url) as dg:
        made = dg.keys.create("mine", ["member"])
    assert ended(process) == 0
    with Store(tmp_path / "kept.db") as store:
        assert store.row("select comment from keys where id = ?", made.api_key_id)["comment"] == "mine"


def test_the_command_says_in_a_line_what_is_wrong_with_a_file(tmp_path):
    command = [sys.executable, "-m", "dgnb", "sandbox", "--store", str(tmp_path / "missing" / "s.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("dgnb: ")
    assert "cannot be the sandbox's store" in done.stderr
    assert "Traceback" not in done.stderr
