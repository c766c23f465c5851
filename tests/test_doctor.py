"""What the doctor finds, in this environment and in others."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import ModuleType
from typing import Any

import pytest

from dgnb import Deepgram, __version__
from dgnb.__main__ import main
from dgnb.doctor import Finding, Report, check, machine, service
from dgnb.doctor.machine import front_end
from dgnb.operations import Reply
from tests.servers import Answer, Server, deaf, refused

SECRET = "recognisable-5ecret"
KERNEL = "ZMQInteractiveShell"


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEEPGRAM_API_KEY", "DEEPGRAM_ACCESS_TOKEN", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


def projects() -> Answer:
    return Answer(body=json.dumps({"projects": [{"project_id": "p", "name": "Mine"}]}).encode())


def found(report: Report, what: str) -> Finding:
    return next(row for row in report.rows if row.what == what)


def asked(*answers: Answer) -> Report:
    with Server(*answers) as server, Deepgram(SECRET, base_url=server.url, retries=0) as dg:
        return check(dg)


def test_without_a_key_the_sandbox_answers() -> None:
    report = check()
    assert report.ok
    assert found(report, "key").state == "warn"
    assert "%deepgram login" in found(report, "key").fix
    assert found(report, "service").found.startswith("the offline sandbox answers 200 in ")
    assert found(report, "dgnb").found == __version__


def test_a_key_is_told_by_its_origin_only() -> None:
    report = asked(projects())
    assert found(report, "key") == Finding("key", "ok", "API key from api_key")
    assert "answers 200 in" in found(report, "service").found
    assert SECRET not in repr(report) + report._repr_html_()


@pytest.mark.parametrize(
    ("answer", "key", "service"),
    [
        pytest.param(refused(401, "INVALID_AUTH"), "fail", "ok", id="a wrong key"),
        pytest.param(refused(401, "INSUFFICIENT_PERMISSIONS"), "ok", "ok", id="a key that may do less"),
        pytest.param(refused(404), "warn", "fail", id="another host"),
        pytest.param(refused(503), "warn", "fail", id="a service that fails"),
    ],
)
def test_a_refusal_is_told_apart(answer: Answer, key: str, service: str) -> None:
    report = asked(answer)
    assert (found(report, "key").state, found(report, "service").state) == (key, service)


def test_a_token_is_not_asked_for_the_account() -> None:
    with Server(Answer()) as server, Deepgram(access_token=SECRET, base_url=server.url) as dg:
        report = check(dg)
    assert [request.path for request in server.requests] == ["/v1/models"]
    assert found(report, "key").found.startswith("access token from access_token; unknown whether")
    assert report.ok


def test_a_service_that_is_not_there_fails_and_leaves_the_rest() -> None:
    with deaf() as url, Deepgram(SECRET, base_url=url, retries=0) as dg:
        report = check(dg)
    assert not report.ok
    assert "failed" in found(report, "service").found
    assert found(report, "clock").found == "unknown: nothing answered"
    assert found(report, "Python").state == "ok"


@pytest.mark.parametrize(
    ("late", "state", "words"),
    [
        pytest.param(0, "ok", "0 s", id="right"),
        pytest.param(60, "warn", "60 s ahead of", id="ahead"),
        pytest.param(-60, "warn", "60 s behind", id="behind"),
    ],
)
def test_the_clock_is_compared_with_that_of_the_service(late: int, state: str, words: str) -> None:
    now = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    told = format_datetime(now - timedelta(seconds=late), usegmt=True)
    clock = service.clock(service.Answer(Reply(200, b"", {"date": told}), 0.01, now.timestamp()))
    assert clock.state == state
    assert words in clock.found
    assert bool(clock.fix) == (state == "warn")


def test_an_answer_without_a_date_tells_no_time() -> None:
    clock = service.clock(service.Answer(Reply(200, b""), 0.01, 0.0))
    assert (clock.state, clock.found) == ("warn", "unknown: the answer has no date")


def test_a_key_that_cannot_be_one_fails_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "two words")
    report = check()
    assert found(report, "key").state == "fail"
    assert "two words" not in repr(report)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        pytest.param("7.0.1", "fail", id="broken"),
        pytest.param("7.4.0", "ok", id="good"),
        pytest.param("", "warn", id="none"),
    ],
)
def test_a_kernel_that_breaks_widgets_is_flagged(number: str, state: str) -> None:
    assert machine.kernel(number).state == state


@pytest.mark.parametrize(
    ("environment", "shell", "place"),
    [
        pytest.param({"COLAB_RELEASE_TAG": "x"}, "Shell", "Colab", id="Colab"),
        pytest.param(
            {"BINDER_REPO_URL": "x", "JPY_SESSION_NAME": "a"},
            KERNEL,
            "Binder, JupyterLab or Notebook",
            id="Binder",
        ),
        pytest.param({"VSCODE_PID": "1"}, KERNEL, "VS Code", id="VS Code"),
        pytest.param({"JPY_SESSION_NAME": "a"}, KERNEL, "JupyterLab or Notebook", id="JupyterLab"),
        pytest.param(
            {"JPY_SESSION_NAME": "a", "VSCODE_PID": "1"},
            KERNEL,
            "JupyterLab or Notebook",
            id="JupyterLab from a terminal of VS Code",
        ),
        pytest.param({"JPY_PARENT_PID": "1"}, KERNEL, "Jupyter", id="Jupyter"),
        pytest.param({"VSCODE_PID": "1"}, "TerminalInteractiveShell", "terminal, IPython", id="terminal"),
        pytest.param({"JPY_PARENT_PID": "1"}, "", "no IPython: a terminal or script", id="script"),
        pytest.param({}, KERNEL, f"unknown, {KERNEL}", id="another kernel"),
    ],
)
def test_a_front_end_is_known_by_its_traces(environment: dict[str, str], shell: str, place: str) -> None:
    assert front_end(environment, shell) == place


def sounds(devices: list[dict[str, Any]]) -> ModuleType:
    module = ModuleType("sounddevice")
    module.query_devices = lambda: devices  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize(
    ("module", "state", "part"),
    [
        pytest.param(None, "warn", "no sounddevice here", id="not installed"),
        pytest.param(sounds([]), "warn", "0 to record with", id="no devices"),
        pytest.param(
            sounds([{"max_input_channels": 1, "max_output_channels": 2}]),
            "ok",
            "1 to record with",
            id="devices",
        ),
    ],
)
def test_audio_devices_are_counted(
    module: ModuleType | None, state: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    audio = machine.audio()
    assert audio.state == state
    assert part in audio.found


@pytest.mark.parametrize(
    ("around", "state"),
    [pytest.param("127.0.0.1", "ok", id="past it"), pytest.param("", "warn", id="through it")],
)
def test_a_proxy_is_shown_without_its_password(
    around: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:hidden@proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", around)
    monkeypatch.setenv("no_proxy", around)
    (proxy,) = machine.proxies()
    assert proxy.state == state
    assert "proxy.example:3128" in proxy.found
    assert "hidden" not in repr(proxy)


def test_a_report_is_a_table_in_text_and_in_html() -> None:
    report = Report((Finding("clock", "ok", "right"), Finding("a <b>", "fail", "x", "do y")))
    assert repr(report).splitlines() == ["ok    clock  right", "fail  a <b>  x", "             -> do y"]
    assert "<td>a &lt;b&gt;</td>" in report._repr_html_()
    assert "<script" not in report._repr_html_()


def test_the_command_prints_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("ok    Python     ")


def test_the_command_ends_with_1_when_something_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "two words")
    assert main(["doctor"]) == 1
    assert "fail  key" in capsys.readouterr().out
