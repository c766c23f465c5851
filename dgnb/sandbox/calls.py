"""What the account calls have in common: a call as it comes, its answer, its refusals."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dgnb.errors import OptionError
from dgnb.protocol.options import decode
from dgnb.protocol.refusals import modern_body
from dgnb.protocol.routes import Route
from dgnb.sandbox.access import NOBODY, Caller
from dgnb.sandbox.replies import RefusedError, answer, bad_query, label
from dgnb.sandbox.store import Store

T = TypeVar("T")


class BadJsonError(RefusedError):
    """A body that is not the JSON that a call takes; `details` say why."""

    def __init__(self, details: str) -> None:
        super().__init__(400, "INVALID_JSON", "Invalid JSON submitted.")
        self.details = details


class BadIdError(RefusedError):
    """An id of a project that is not a UUID."""

    def __init__(self, problem: str) -> None:
        super().__init__(404, "", f"UUID parsing failed: {problem}")


@dataclass(frozen=True)
class Call:
    """A call about an account.

    Parameters
    ----------
    store : Store
    caller : Caller
    request_id : str
    ids : mapping
        What stood in the places of the route's placeholders.
    query : list of (str, str)
    body : bytes
    """

    store: Store
    caller: Caller = NOBODY
    request_id: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def project(self) -> str:
        """Id of the project that the call is about."""
        return self.ids["project_id"]

    def options(self, table: type) -> dict[str, Any]:
        """Return the options in the query.

        Raises
        ------
        RefusedError
            A value is not one of its parameter's.
        """
        try:
            return decode(self.query, table)
        except OptionError as error:
            raise bad_query(f"Failed to deserialize query parameters: {error}") from error

    def content(self, kind: type[T]) -> T:
        """Return what the JSON body holds; an empty one counts as ``{}``.

        Raises
        ------
        BadJsonError
            It is not JSON, or not of this kind.
        """
        try:
            return msgspec.json.decode(self.body or b"{}", type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadJsonError(str(error)) from error


@dataclass(frozen=True)
class Operation:
    """A route, the permission that it needs (none when empty), and what answers it."""

    route: Route
    permission: str
    answer: Callable[[Call], Any]

    async def respond(self, request: Request) -> Response:
        """Answer a request."""
        call = Call(
            store=request.app.state.store,
            caller=getattr(request.state, "caller", NOBODY),
            request_id=request.state.request_id,
            ids=request.path_params,
            query=request.query_params.multi_items(),
            body=await request.body(),
        )
        return answer(await asyncio.to_thread(self.run, call))

    def run(self, call: Call) -> Any:
        """Return the answer to a call.

        Raises
        ------
        RefusedError
            The project is not there for the caller, a permission is missing, or the call itself is wrong.
        """
        if "project_id" in call.ids:
            _check_project(call)
        call.caller.need(self.permission)
        return self.answer(call)


def missing(what: str) -> RefusedError:
    """A refusal of an id that stands for nothing."""
    return RefusedError(404, f"{what.upper()}_NOT_FOUND", f"{what.capitalize()} not found.")


def _check_project(call: Call) -> None:
    problem = _not_uuid(call.project)
    if problem:
        raise BadIdError(problem)
    seen = call.caller.everywhere or call.caller.project == call.project
    if not seen or call.store.row("select 1 from projects where id = ?", call.project) is None:
        raise missing("project")


def _not_uuid(text: str) -> str:
    """What keeps a text from being a UUID, empty when it is one."""
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE):
        return ""
    wrong = re.search(r"[^0-9a-fA-F-]", text)
    if wrong:
        return f"invalid character `{wrong.group()}` at {wrong.start() + 1}"
    return f"expected 32 digits in groups of 8-4-4-4-12, found {len(text)} characters"


async def refuse_json(request: Request, error: Exception) -> Response:
    """A refusal as the modern error body."""
    details = error.details if isinstance(error, BadJsonError) else str(error)
    body = modern_body("INVALID_JSON", str(error), details, request.state.request_id)
    return Response(msgspec.json.encode(body), 400, label(str(error)), "application/json")


async def refuse_id(_: Request, error: Exception) -> Response:
    """A refusal as a bare sentence."""
    return PlainTextResponse(str(error), 404, label(str(error)))
