import json
import time
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from dgnb.__main__ import main
from dgnb.errors import OptionError
from dgnb.sandbox import Server, serve
from dgnb.sandbox.failing import GARBAGE
from dgnb.sandbox.faults import Faults, parse
from dgnb.sandbox.metering import Meter
from tests.sandbox.dialling import WAIT, Call, dial

ANY = {"Authorization": "Token any"}
TEXT = "I would like to order two tickets for the concert in London on Friday evening."

SIMPLE = (
    "ok", "refuse", "429", "503@connect", "429=2s", "drop", "drop@3.2s", "close=1011@300ms",
    "close=1008:DATA-0000", "truncate", "truncate@2s", "duplicate", "half-open", "half-open@1.5s", "garbage",
)  # fmt: skip


@pytest.fixture(scope="module")
def spoilt() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def http(spoilt: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=spoilt.url, headers=ANY, trust_env=False, timeout=60) as client:
        yield client
    assert spoilt.faults == ""


def speaking(server: Server, script: str, **query):
    server.faults = script
    return dial(server.url, "/v1/speak", **query)


def done(server: Server, call: Call) -> list[str]:
    return [fault.step for fault in server.faults_done if fault.request_id == call.request_id]


def speak(http: httpx.Client) -> httpx.Response:
    return http.post("/v1/speak", json={"text": "Hi."})


def read(http: httpx.Client) -> httpx.Response:
    return http.post("/v1/read", params={"language": "en", "sentiment": True}, json={"text": "I love it."})


@given(st.lists(st.tuples(st.sampled_from(SIMPLE), st.integers(1, 3)), max_size=8))
def test_a_script_gives_its_steps_in_order_and_then_none(written: list[tuple[str, int]]) -> None:
    faults = Faults(", ".join(f"{text}*{times}" for text, times in written))
    expected = [text for text, times in written for _ in range(times)]
    assert faults.script == ", ".join(expected)
    assert [faults.next().text for _ in expected] == expected
    assert faults.next().kind == "ok"


@given(st.text(max_size=30))
def test_any_text_is_a_script_or_an_error_that_names_its_step(script: str) -> None:
    error, steps = None, []
    try:
        steps = list(parse(script))
    except OptionError as caught:
        error = caught
    assert all(str(step) in script for step in steps)
    assert error is None or any(repr(part.strip()) in str(error) for part in script.split(","))


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        ("dorp", "Did you mean 'drop'?"),
        ("drop@3", "300ms or 3.2s"),
        ("ok@3s", "no time"),
        ("duplicate=3", "no value"),
        ("200", "400 to 599"),
        ("429@3s", "@connect"),
        ("close", "close=1011"),
        ("close=1006", "close=1011"),
        ("delay", "300ms or 3.2s"),
        ("delay=1s*2", "not repeated"),
        ("drop*0", "1 to 1000 times"),
        ("", "A step is one of ok"),
    ],
)
def test_a_wrong_step_is_named_with_what_is_allowed(step: str, hint: str) -> None:
    with pytest.raises(OptionError, match="faults has no step") as error:
        Faults(f"ok, {step}")
    assert repr(step) in str(error.value)
    assert hint in str(error.value)


def test_a_delay_holds_from_where_it_stands() -> None:
    faults = Faults("ok, delay=20ms, ok")
    assert (faults.next().kind, faults.delay) == ("ok", None)
    assert faults.next().kind == "ok"
    assert faults.delay
    assert faults.delay.wait == 0.02
    assert faults.next().kind == "ok"
    assert faults.delay


@pytest.mark.parametrize(
    ("path", "query", "heard", "sent", "seconds"),
    [
        ("/v1/listen", {"encoding": "linear16", "sample_rate": "8000", "channels": "2"}, 32000, 0, 1.0),
        ("/v2/listen", {"encoding": "mulaw", "sample_rate": "8000"}, 4000, 0, 0.5),
        ("/v1/speak", {}, 1000, 24000, 0.5),
        ("/v2/speak", {"encoding": "alaw"}, 0, 2000, 0.25),
    ],
)
def test_audio_is_measured_by_its_format(path, query, heard, sent, seconds) -> None:
    meter = Meter(path, query)
    meter.received(heard)
    meter.sent(sent)
    assert meter.audio
    assert meter.seconds == seconds


@pytest.mark.parametrize(
    "query",
    [{}, {"encoding": "opus", "sample_rate": "48000"}, {"encoding": "linear16", "sample_rate": "x"}],
    ids=str,
)
def test_where_the_format_is_not_known_time_is_measured(query: dict[str, str]) -> None:
    assert not Meter("/v1/listen", query).audio


@pytest.mark.parametrize(
    ("script", "status", "told"),
    [
        ("refuse", 503, ("SERVICE_UNAVAILABLE", None)),
        ("429=2s", 429, ("Too Many Requests", "2")),
        ("402@connect", 402, ("ASR_PAYMENT_REQUIRED", None)),
    ],
)
def test_a_refusal_is_the_services_on_requests_and_sockets(
    http: httpx.Client, spoilt: Server, script: str, status: int, told: tuple[str, str | None]
) -> None:
    spoilt.faults = script
    reply = speak(http)
    with pytest.raises(InvalidStatus) as refused, speaking(spoilt, script):
        pass
    answer = refused.value.response
    for seen, body in ((reply, reply.content), (answer, answer.body)):
        assert seen.status_code == status
        assert (json.loads(body)["err_code"], seen.headers.get("retry-after")) == told
        assert seen.headers["dg-error"] == json.loads(body)["err_msg"]
        request_id = seen.headers["dg-request-id"]
        assert [f.step for f in spoilt.faults_done if f.request_id == request_id] == [script]
        assert spoilt.store.row("select code from requests where id = ?", request_id)["code"] == status
    assert speak(http).status_code == 200


def test_only_listen_has_the_other_code_of_too_many(spoilt: Server, http: httpx.Client) -> None:
    spoilt.faults = "429"
    assert http.post("/v1/listen", content=b"x").json()["err_code"] == "TOO_MANY_REQUESTS"


def test_account_calls_and_strangers_take_no_step(spoilt: Server, http: httpx.Client) -> None:
    spoilt.faults = "refuse"
    assert http.get("/v1/projects").status_code == 200
    assert http.get("/v1/models").status_code == 200
    assert http.post("/v1/speak", json={}, headers={"Authorization": ""}).status_code == 401
    assert spoilt.faults == "refuse"
    assert speak(http).status_code == 503


def test_ok_places_a_fault_later(spoilt: Server, http: httpx.Client) -> None:
    spoilt.faults = "ok*2, 500"
    assert [speak(http).status_code for _ in range(4)] == [200, 200, 500, 200]


def test_a_delay_comes_before_every_answer(spoilt: Server, http: httpx.Client) -> None:
    spoilt.faults = "delay=60ms"
    for _ in range(2):
        begun = time.monotonic()
        assert speak(http).status_code == 200
        assert time.monotonic() - begun >= 0.06
    with dial(spoilt.url, "/v1/speak") as call:
        assert done(spoilt, call) == ["delay=60ms"]
    spoilt.faults = ""


@pytest.mark.parametrize("script", ["drop", "close=1011"])
def test_an_answer_breaks_in_its_middle(spoilt: Server, http: httpx.Client, script: str) -> None:
    spoilt.faults = script
    with http.stream("POST", "/v1/speak", json={"text": TEXT}) as reply:
        assert reply.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            reply.read()
    assert speak(http).status_code == 200


def test_a_request_breaks_while_it_is_read(spoilt: Server, http: httpx.Client) -> None:
    def body() -> Iterator[bytes]:
        while True:
            yield b"x" * 1000

    spoilt.faults = "drop@50ms"
    with pytest.raises(httpx.TransportError):
        http.post("/v1/listen", content=body())
    assert spoilt.faults_done[-1].step == "drop@50ms"


@pytest.mark.parametrize("script", ["truncate", "garbage"])
def test_an_answers_json_is_broken_and_whole_as_http(spoilt: Server, http: httpx.Client, script: str) -> None:
    whole = read(http)
    spoilt.faults = script
    reply = read(http)
    assert reply.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        reply.json()
    if script == "truncate":
        assert abs(len(reply.content) - len(whole.content) / 2) < 30


def test_no_answer_comes_from_a_silent_request(spoilt: Server, http: httpx.Client) -> None:
    spoilt.faults = "half-open"
    with pytest.raises(httpx.ReadTimeout):
        http.post("/v1/speak", json={"text": "Hi."}, timeout=httpx.Timeout(60, read=0.2))
    assert speak(http).status_code == 200


@pytest.mark.parametrize(
    ("script", "close"),
    [
        ("drop@1s", (1006, "")),
        ("close=1011@1s", (1011, "NET-0000")),
        ("close=1008:DATA-0001@1s", (1008, "DATA-0001")),
    ],
)
def test_a_socket_ends_after_so_much_audio(spoilt: Server, script: str, close: tuple[int, str]) -> None:
    with speaking(spoilt, script) as call:
        call.say("Speak", text=TEXT)
        call.say("Flush")
        audio, messages, ended = call.end()
    assert ended == close
    assert sum(map(len, audio)) / 48000 == pytest.approx(1, abs=0.1)
    assert [message["type"] for message in messages] == ["Metadata"]
    assert done(spoilt, call) == [script]


@pytest.mark.parametrize(("script", "code"), [("drop", 1006), ("close=1011", 1011)])
def test_a_socket_ends_at_once(spoilt: Server, script: str, code: int) -> None:
    with speaking(spoilt, script) as call:
        audio, messages, close = call.end()
    assert (audio, messages, close[0]) == ([], [], code)


@pytest.mark.parametrize(
    ("path", "query"),
    [("/v1/listen", {"model": "nova-3"}), ("/v2/listen", {"model": "flux-general-en"})],
    ids=["nova", "flux"],
)
def test_a_listening_socket_breaks_after_so_much_audio(
    spoilt: Server, path: str, query: dict[str, str]
) -> None:
    spoilt.faults = "drop@1s"
    with dial(spoilt.url, path, **query, encoding="linear16", sample_rate=8000) as call:
        for _ in range(9):
            call.raw.send(bytes(1600))
        assert call.raw.ping().wait(WAIT)
        assert done(spoilt, call) == []
        call.raw.send(bytes(1600))
        assert call.end()[2] == (1006, "")
        assert done(spoilt, call) == ["drop@1s"]


@pytest.mark.parametrize(("script", "code"), [("drop@100ms", 1006), ("close=1011@100ms", 1011)])
def test_where_the_format_is_not_known_a_socket_ends_in_time(spoilt: Server, script: str, code: int) -> None:
    spoilt.faults = script
    with dial(spoilt.url, "/v1/listen", model="nova-3") as call:
        assert call.end()[2][0] == code
        assert done(spoilt, call) == [script]


def test_a_message_is_cut_in_half_once(spoilt: Server) -> None:
    with speaking(spoilt, "truncate@100ms") as call:
        assert call.next()["type"] == "Metadata"
        call.say("Speak", text="Hello there")
        call.say("Flush")
        frames = []
        while not isinstance(frame := call.raw.recv(WAIT), str):
            frames.append(frame)
        assert frames
        assert '{"type":"Flushed","sequence_id":0}'.startswith(frame)
        call.say("Flush")
        assert call.next() == {"type": "Flushed", "sequence_id": 1}
        assert done(spoilt, call) == ["truncate@100ms"]


def test_every_message_comes_twice(spoilt: Server) -> None:
    with speaking(spoilt, "duplicate") as call:
        call.say("Flush")
        call.say("Close")
        _, messages, close = call.end()
    assert [message["type"] for message in messages] == ["Metadata", "Metadata", "Flushed", "Flushed"]
    assert close == (1000, "")
    assert done(spoilt, call) == ["duplicate"]


def test_something_that_is_no_json_comes_between(spoilt: Server) -> None:
    with speaking(spoilt, "garbage") as call:
        assert call.raw.recv(WAIT) == GARBAGE
        assert call.next()["type"] == "Metadata"


def test_a_silent_socket_reads_writes_and_answers_nothing(spoilt: Server) -> None:
    with speaking(spoilt, "half-open@500ms") as call:
        call.say("Speak", text=TEXT)
        call.say("Flush")
        assert call.next()["type"] == "Metadata"
        audio = b"".join(call.raw.recv(WAIT) for _ in range(7))
        assert len(audio) / 48000 == pytest.approx(0.56)
        with pytest.raises(TimeoutError):
            call.raw.recv(0.2)
        assert not call.raw.ping().wait(0.2)
        assert done(spoilt, call) == ["half-open@500ms"]
        call.raw.close_timeout = 0.1


def test_a_silent_socket_does_not_hold_up_the_servers_end() -> None:
    with serve(faults="half-open*2") as server, dial(server.url, "/v1/speak") as call:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{server.url}/v1/speak",
                json={"text": "Hi."},
                headers=ANY,
                timeout=httpx.Timeout(60, read=0.2),
                trust_env=False,
            )
        server._server.config.timeout_graceful_shutdown = None  # it waits for all that may still end
        server.stop()
        assert repr(server) == "<sandbox, stopped>"
        assert call.end()[2] == (1006, "")


def test_what_a_broken_connection_used_is_booked(spoilt: Server) -> None:
    with speaking(spoilt, "drop@1s") as call:
        call.say("Speak", text=TEXT)
        call.say("Flush")
        call.end()
        while True:
            row = spoilt.store.row("select * from requests where id = ?", call.request_id)
            if row["completed"]:
                break
    assert row["characters"] == len(TEXT)


def test_the_command_takes_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--faults", "dorp"]) == 1
    assert "faults has no step 'dorp'" in capsys.readouterr().err
