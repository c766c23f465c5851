"""Calls of tools: checked, away from the event loop, limited in time."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from dgnb.errors import OptionError
from dgnb.live.tools import Tool, written
from dgnb.sessions.exchanges import Call
from dgnb.transport.loop import in_thread


class Outcome(NamedTuple):
    """What a call came to: the text that the agent is told, and the error if it failed."""

    content: str
    error: Exception | None = None


class Caller:
    """Makes the calls of one conversation.

    Parameters
    ----------
    tools : iterable
        Tools or plain functions; definitions are the service's own and left out.
    home : AbstractEventLoop, optional
        Where asynchronous functions run; by default where the caller does.

    Raises
    ------
    OptionError
        Two have one name.
    """

    def __init__(self, tools: Iterable[Any], home: asyncio.AbstractEventLoop | None = None) -> None:
        self._home, self._context = home, contextvars.copy_context()
        self.tools: dict[str, Tool[..., Any]] = {}
        for one in tools:
            if isinstance(one, Mapping):
                continue
            tool = one if isinstance(one, Tool) else Tool(one)
            if tool.name in self.tools:
                raise OptionError(f"Two tools are called {tool.name}.", "tools")
            self.tools[tool.name] = tool

    async def call(self, call: Call) -> Outcome:
        """Return what a call comes to; whatever goes wrong is told to the agent."""
        tool = self.tools.get(call.name)
        if tool is None:
            known = ", ".join(self.tools) or "none"
            return _failed(OptionError(f"There is no function {call.name!r} here; known: {known}."))
        try:
            bound = tool.bind(call.arguments)
            async with asyncio.timeout(tool.timeout):
                return Outcome(written(await self._run(tool.function, bound)))
        except TimeoutError as error:
            late = TimeoutError(f"{tool.name} took longer than {tool.timeout:g} s.")
            return _failed(error if str(error) else late)
        except Exception as error:
            return _failed(error)

    async def _run(self, function: Callable[..., Any], bound: inspect.BoundArguments) -> Any:
        if not inspect.iscoroutinefunction(inspect.unwrap(function)):
            context = self._context.copy()
            found = await in_thread(lambda: context.run(function, *bound.args, **bound.kwargs))
            return await self._awaited(found) if inspect.isawaitable(found) else found
        return await self._awaited(function(*bound.args, **bound.kwargs))

    async def _awaited(self, work: Any) -> Any:
        if self._home is None or self._home is asyncio.get_running_loop():
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._home))


def _failed(error: Exception) -> Outcome:
    told = str(error) or type(error).__name__
    name = "" if isinstance(error, OptionError | TimeoutError) else f"{type(error).__name__}: "
    return Outcome(msgspec.json.encode({"error": name + told}).decode(), error)
