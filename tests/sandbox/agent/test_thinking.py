"""Language models and functions elsewhere: the agent asks them, and tells when they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from dgnb.protocol import settings
from dgnb.protocol.messages.agent import CalledFunction, History
from dgnb.protocol.settings import Think
from dgnb.sandbox import Server
from dgnb.sandbox.agent import thinking
from tests.sandbox.agent.talk import MODEL, WEATHER, kinds, said, talking, turn


class Web:
    """A server that answers with what it is given, one after the other, and keeps what it was asked."""

    def __init__(self, *answers: Any, status: int = 200) -> None:
        self.answers, self.status, self.asked = list(answers), status, []

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size).decode()
        self.asked.append((handler.command, handler.path, dict(handler.headers), body))
        answer = self.answers.pop(0) if self.answers else {}
        data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        handler.send_response(self.status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


@contextmanager
def serving(web: Web) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            web.respond(self)

        def do_GET(self) -> None:
            web.respond(self)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
        finally:
            server.shutdown()
            thread.join()


def completion(text: str = "", **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": text, **message}}]}


def model(url: str, **parts: Any) -> dict[str, Any]:
    return {"provider": MODEL, "endpoint": {"url": url, "headers": {"X-Who": "me"}}, **parts}


def test_a_model_of_ones_own_is_asked_and_its_functions_are_called(fast: Server) -> None:
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "get_weather", "arguments": '{"city": "Rome"}'},
    }
    web = Web(
        completion(tool_calls=[call], reasoning_content="I need the weather."), completion("Take a coat.")
    )
    with (
        serving(web) as url,
        talking(fast.url, think=model(url, prompt="Be brief.", functions=[WEATHER])) as line,
    ):
        line.say("InjectUserMessage", content="How is it outside?")
        messages = line.until("FunctionCallRequest")[1]
        assert {"type": "AgentThinking", "content": "I need the weather."} in messages
        assert messages[-1]["functions"][0]["id"] == "c1"
        line.say("FunctionCallResponse", id="c1", name="get_weather", content="rain")
        assert line.until("ConversationText")[1][-1]["content"] == "Take a coat."
    _, _, headers, body = web.asked[0]
    asked = json.loads(body)
    assert headers["X-Who"] == "me"
    assert asked["messages"][0] == {"role": "system", "content": "Be brief."}
    assert asked["tools"][0]["function"]["name"] == "get_weather"
    assert [one["role"] for one in json.loads(web.asked[1][3])["messages"]] == [
        "system", "user", "assistant", "tool",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "web",
    [Web({}, status=500), Web("no JSON"), Web({"choices": []}), Web({"choices": [{"message": 5}]})],
    ids=["error", "text", "no choice", "other form"],
)
def test_a_model_that_fails_is_a_warning_and_the_next_one_is_asked(fast: Server, web: Web) -> None:
    other = {"provider": MODEL, "prompt": "Your name is Ada."}
    with serving(web) as url, talking(fast.url, think=[model(url), other]) as call:
        found = turn(call, "What is your name?")
    assert found["Warning"][0]["code"] == "THINK_REQUEST_FAILED"
    assert said(found) == "My name is Ada."


def test_without_any_model_nothing_is_said(fast: Server) -> None:
    with talking(fast.url, think=model("file:///etc/hosts")) as call:
        call.say("InjectUserMessage", content="Hello?")
        assert kinds(call.until("Warning")[1]) == ["ConversationText", "History", "Warning"]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_function_with_an_endpoint_is_called_there(fast: Server, method: str) -> None:
    web = Web("It is raining.")
    with serving(web) as url:
        function = {**WEATHER, "endpoint": {"url": url, "method": method, "headers": {"X-Who": "me"}}}
        with talking(fast.url, functions=[function]) as call:
            found = turn(call, "What is the weather in Paris?")
    assert found["FunctionCallRequest"][0]["functions"][0]["client_side"] is False
    assert found["FunctionCallResponse"][0]["content"] == "It is raining."
    assert said(found) == "It is raining."
    ((used, path, headers, body),) = web.asked
    assert used == method
    assert headers["X-Who"] == "me"
    assert body == '{"city":"Paris"}' if method == "POST" else path.endswith("?city=Paris")


def test_a_function_whose_endpoint_fails_is_a_warning_and_told(fast: Server) -> None:
    with serving(Web({}, status=404)) as url:
        function = {**WEATHER, "endpoint": {"url": url}}
        with talking(fast.url, functions=[function]) as call:
            found = turn(call, "What is the weather in Paris?")
    assert found["Warning"][0]["code"] == "FUNCTION_CALL_FAILED"
    assert said(found).startswith("That did not work")


def test_the_end_of_a_long_conversation_is_sent_and_functions_as_openai_has_them() -> None:
    think = settings.read({"provider": MODEL, "context_length": 12}, Think)
    call = CalledFunction(id="1", name="f", arguments="{}", response="ok")
    history = [
        History(role="user", content="long ago, forgotten"),
        History(role="user", content="now"),
        History(function_calls=[call]),
    ]
    body = thinking.request(think, "", history)
    assert [one["role"] for one in body["messages"]] == ["user", "assistant", "tool"]
    assert body["messages"][1]["tool_calls"][0]["id"] == body["messages"][2]["tool_call_id"] == "1"
