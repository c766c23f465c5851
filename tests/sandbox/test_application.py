import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dgnb.protocol import routes
from dgnb.sandbox.application import _Front, app
from dgnb.sandbox.faults import Faults
from dgnb.sandbox.ledger import Used
from dgnb.sandbox.server import shared
from dgnb.sandbox.store import Store

ANY = {"Authorization": "Token any"}


def ask(application: Starlette, method: str, path: str, **rest) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, headers=ANY, **rest)

    return asyncio.run(exchange())


def fronted(respond, store: Store) -> Starlette:
    """An application with the sandbox's own front and one endpoint behind it."""
    application = Starlette(
        routes=[Route(routes.LISTEN.path, respond, methods=["POST"])], middleware=[Middleware(_Front)]
    )
    application.state.store, application.state.faults = store, Faults()
    return application


def booked(store: Store):
    return store.rows("select * from requests")


def test_every_route_of_the_protocol_is_answered():
    known = {(r.method, r.path) for r in vars(routes).values() if isinstance(r, routes.Route)}
    with Store() as store:
        answered = {
            (method, route.path)
            for route in app(store).routes
            for method in getattr(route, "methods", ("GET",))  # a live connection begins as a GET
        }
    assert known <= answered


def test_a_store_that_is_given_stays_open():
    with Store() as store:
        application = app(store)

        async def live() -> None:
            async with application.router.lifespan_context(application):
                assert application.state.store is store

        asyncio.run(live())
        assert store.rows("select 1")


def test_what_a_handler_hands_over_is_booked_after_its_answer():
    async def respond(request: Request) -> Response:
        request.state.used = Used(model="nova-3", seconds=60)
        return Response("{}")

    with Store() as store:
        answer = ask(fronted(respond, store), "POST", "/v1/listen?tag=a")
        (row,) = booked(store)
        assert row["id"] == answer.headers["dg-request-id"]
        assert (row["code"], row["path"], row["tags"]) == (200, "/v1/listen?tag=a", '["a"]')
        assert store.rows("select microdollars from charges")[0][0] == 4300


def test_an_answer_in_pieces_is_booked_before_its_last_one_is_out():
    seen = []

    async def pieces(store: Store):
        yield b"one"
        seen.append(booked(store)[0]["code"])
        yield b"two"

    async def respond(request: Request) -> Response:
        request.state.used = Used(model="nova-3", seconds=60)
        return StreamingResponse(pieces(request.app.state.store))

    async def exchange(application: Starlette) -> list[int | None]:
        codes = []

        async def send(_) -> None:
            codes.append(booked(application.state.store)[0]["code"])

        scope = {
            "type": "http",
            "asgi": {"spec_version": "2.4"},
            "method": "POST",
            "path": "/v1/listen",
            "query_string": b"",
            "headers": [(b"authorization", b"Token any")],
        }
        await application(scope, asyncio.Event().wait, send)
        return codes

    with Store() as store:
        codes = asyncio.run(exchange(fronted(respond, store)))
    assert codes == [None, None, None, 200]
    assert seen == [None]


def test_a_handler_that_fails_is_booked_as_failed_and_free():
    async def respond(request: Request) -> Response:
        request.state.used = Used(model="nova-3", seconds=60)
        raise ZeroDivisionError

    with Store() as store:
        assert ask(fronted(respond, store), "POST", "/v1/listen").status_code == 500
        assert [row["code"] for row in booked(store)] == [500]
        assert store.rows("select * from charges") == []


def test_only_work_is_booked():
    async def respond(_: Request) -> Response:
        return Response("{}")

    with Store() as store:
        application = fronted(respond, store)
        assert ask(application, "GET", "/v1/listen").status_code == 405
        assert ask(application, "POST", "/v1/elsewhere").status_code == 404
        assert booked(store) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v1/projects", 200, id="answer"),
        pytest.param("GET", "/v1/projects/x", 404, id="text"),
        pytest.param("GET", "/v1/nowhere", 404, id="no-path"),
        pytest.param("POST", "/v1/auth/grant", 400, id="json"),
    ],
)
def test_every_answer_is_labelled(method, path, status):
    with Store() as store:
        answer = ask(app(store), method, path, content=b"{")
    assert answer.status_code == status
    assert len(answer.headers["dg-request-id"]) == 36
    assert ("dg-error" in answer.headers) == (status >= 400)


@pytest.mark.parametrize(("host", "status"), [("evil.example", 400), ("localhost", 200), ("127.0.0.1", 200)])
def test_a_name_that_was_pointed_at_this_machine_is_refused(host: str, status: int) -> None:
    headers = {"Host": host, "Authorization": "Token any"}
    assert httpx.get(f"{shared().url}/v1/projects", headers=headers, timeout=60).status_code == status
