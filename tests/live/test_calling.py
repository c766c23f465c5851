"""Calls of tools, as an agent asks for them."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest

from dgnb import OptionError, tool
from dgnb.live.calling import Caller, Outcome
from dgnb.sessions.exchanges import Call, Exchange


def call(name: str, arguments: str = "{}") -> Call:
    return Call("1", name, arguments, True, Exchange(0))


def outcome(function: Callable[..., Any], arguments: str = "{}") -> Outcome:
    """What a call of a function comes to."""
    caller = Caller([function])
    (name,) = caller.tools
    return asyncio.run(caller.call(call(name, arguments)))


def test_a_function_is_called_off_the_loop() -> None:
    def where(city: str) -> str:
        return f"{city} {threading.current_thread() is threading.main_thread()}"

    assert outcome(where, '{"city": "Rome"}') == Outcome("Rome False")


def test_an_asynchronous_function_is_awaited_on_the_callers_loop() -> None:
    async def where() -> str:
        await asyncio.sleep(0)
        return str(threading.current_thread() is threading.main_thread())

    assert outcome(where) == Outcome("True")


def test_an_asynchronous_function_runs_on_its_home_loop() -> None:
    async def main() -> Outcome:
        home = asyncio.get_running_loop()

        async def mine() -> bool:
            return asyncio.get_running_loop() is home

        caller = Caller([mine], home)
        return await asyncio.to_thread(asyncio.run, caller.call(call("mine")))

    assert asyncio.run(main()) == Outcome("true")


def test_a_function_that_gives_something_to_be_awaited_is_awaited() -> None:
    async def inner() -> int:
        return 42

    def outer() -> Any:
        return inner()

    assert outcome(outer) == Outcome("42")


def test_a_function_sees_the_context_in_which_the_session_was_opened() -> None:
    variable = contextvars.ContextVar("variable", default="")
    variable.set("mine")

    def get() -> str:
        return variable.get()

    assert outcome(get) == Outcome("mine")


def test_wrong_arguments_are_told_to_the_agent_and_nothing_is_called() -> None:
    made = []

    def add(a: int) -> None:
        made.append(a)

    found = outcome(add, '{"a": "two"}')
    assert found.content == '{"error":"add: a: expected `int`, got `str`."}'
    assert isinstance(found.error, OptionError)
    assert made == []


def test_an_error_of_the_function_is_told_to_the_agent() -> None:
    def fail() -> None:
        raise KeyError("no such city")

    found = outcome(fail)
    assert found.content == '{"error":"KeyError: \'no such city\'"}'
    assert isinstance(found.error, KeyError)


def test_an_error_without_words_is_told_by_its_name() -> None:
    def fail() -> None:
        raise ValueError

    assert outcome(fail).content == '{"error":"ValueError: ValueError"}'


@pytest.mark.parametrize("asynchronous", [True, False])
def test_a_call_that_takes_too_long_is_given_up(asynchronous: bool) -> None:
    released = threading.Event()

    @tool(name="slow", timeout=0.05)
    def blocking() -> None:
        released.wait(20)

    @tool(name="slow", timeout=0.05)
    async def waiting() -> None:
        await asyncio.sleep(20)

    found = outcome(waiting if asynchronous else blocking)
    released.set()
    assert found.content == '{"error":"slow took longer than 0.05 s."}'


def test_an_asynchronous_call_that_is_taken_back_ends() -> None:
    async def main() -> list[str]:
        began, told = asyncio.Event(), []

        async def wait() -> None:
            began.set()
            try:
                await asyncio.sleep(20)
            except asyncio.CancelledError:
                told.append("cancelled")
                raise

        task = asyncio.create_task(Caller([wait]).call(call("wait")))
        await began.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return told

    assert asyncio.run(main()) == ["cancelled"]


def test_a_function_that_is_not_known_is_told_with_those_that_are() -> None:
    def weather() -> None: ...

    found = asyncio.run(Caller([weather]).call(call("wether")))
    assert found.content == '{"error":"There is no function \'wether\' here; known: weather."}'


def test_two_tools_have_two_names() -> None:
    def weather() -> None: ...

    with pytest.raises(OptionError, match="Two tools are called weather"):
        Caller([weather, tool(weather)])


def test_a_definition_is_the_services_own() -> None:
    assert Caller([{"name": "find", "endpoint": {"url": "https://example.org"}}]).tools == {}
