"""Both clients: where requests go, in whose name, and how they end."""

from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import logging
import pickle
import sys
from typing import Any

import pytest

from dgnb import AsyncDeepgram, Deepgram, errors
from dgnb.protocol.options import rows
from dgnb.protocol.params import ListenOptions, ListenSubmitOptions
from tests.servers import Answer, Server, refused, transcript

FLAC = b"fLaC" + bytes(80)

CLIENTS = pytest.mark.parametrize("client", [Deepgram, AsyncDeepgram], ids=lambda client: client.__name__)


@pytest.fixture(autouse=True)
def no_key_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    monkeypatch.delenv("DEEPGRAM_ACCESS_TOKEN", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


def answer(client: Any, act: Any) -> Any:
    """What ``act(client)`` gives, awaited if need be; the client is closed."""
    if isinstance(client, Deepgram):
        with client:
            return act(client)

    async def main() -> Any:
        async with client:
            return await act(client)

    return asyncio.run(main())


@CLIENTS
def test_a_call_is_answered(client: Any) -> None:
    with Server(transcript("good morning")) as server:
        dg = client("a-key", base_url=server.url)
        call = answer(dg, lambda dg: dg.listen(FLAC, model="nova-3", smart_format=True))
    (request,) = server.requests
    assert call.text == "good morning"
    assert request.query == [("model", "nova-3"), ("smart_format", "true")]
    assert request.headers["authorization"] == "Token a-key"
    assert request.headers["user-agent"].startswith("dgnb/")


@CLIENTS
def test_a_submission_gives_a_receipt(client: Any) -> None:
    with Server(Answer(body=b'{"request_id": "r"}')) as server:
        dg = client("a-key", base_url=server.url)
        receipt = answer(dg, lambda dg: dg.listen.submit(FLAC, callback="https://example.org"))
    assert receipt.request_id == "r"


@CLIENTS
def test_an_access_token_is_a_bearer(client: Any) -> None:
    with Server() as server:
        dg = client("a-key", access_token="a-token", base_url=server.url)
        answer(dg, lambda dg: dg.listen(FLAC))
    assert server.requests[0].headers["authorization"] == "Bearer a-token"


@CLIENTS
def test_the_environment_has_the_key(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "environment-key")
    with Server() as server:
        answer(client(base_url=server.url), lambda dg: dg.listen(FLAC))
    assert server.requests[0].headers["authorization"] == "Token environment-key"


@CLIENTS
def test_a_flow_of_ones_own_can_be_run(client: Any) -> None:
    from dgnb.operations import listen

    with Server() as server:
        dg = client("a-key", base_url=server.url)
        assert answer(dg, lambda dg: dg.run(listen(FLAC))).text == "hello"


def test_retries_and_timeout_are_the_callers() -> None:
    with Server(refused(503)) as server:
        with Deepgram("a-key", base_url=server.url, retries=0) as dg, pytest.raises(errors.ServerError):
            dg.listen(FLAC)
        assert len(server.requests) == 1


# where requests go


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({}, "Deepgram(https://api.deepgram.com, API key from api_key)"),
        ({"region": "eu"}, "Deepgram(https://api.eu.deepgram.com, API key from api_key)"),
        ({"base_url": "https://a.example/b/"}, "Deepgram(https://a.example/b, API key from api_key)"),
    ],
    ids=str,
)
def test_a_client_shows_where_it_goes_and_not_its_key(arguments: Any, shown: str) -> None:
    assert repr(Deepgram("a-key", **arguments)) == shown


def test_a_group_of_operations_shows_its_client() -> None:
    assert repr(AsyncDeepgram("a-key").listen) == (
        "<listen of AsyncDeepgram(https://api.deepgram.com, API key from api_key)>"
    )


def test_a_sandbox_client_shows_itself() -> None:
    assert repr(Deepgram(sandbox=True)) == "Deepgram(sandbox)"


@CLIENTS
def test_without_a_key_the_sandbox_answers_and_says_so(client: Any, caplog: Any) -> None:
    with caplog.at_level(logging.WARNING, logger="dgnb"):
        assert client().sandbox
    assert "offline sandbox answers" in caplog.text


@CLIENTS
def test_a_chosen_sandbox_says_nothing(client: Any, caplog: Any) -> None:
    assert client(sandbox=True).sandbox
    assert caplog.text == ""


def test_a_key_of_the_environment_is_not_used_in_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_API_KEY", "environment-key")
    assert Deepgram(sandbox=True).sandbox
    assert not Deepgram().sandbox


@pytest.mark.parametrize(
    "arguments", [{"sandbox": False}, {"region": "eu"}, {"base_url": "https://speech.example.org"}], ids=str
)
def test_without_a_key_nothing_else_is_guessed(arguments: Any) -> None:
    with pytest.raises(errors.CredentialError, match="No Deepgram key found"):
        Deepgram(**arguments)


@pytest.mark.parametrize(
    "arguments",
    [{"api_key": "a-key"}, {"access_token": "a-token"}, {"region": "eu"}, {"base_url": "https://a.example"}],
    ids=str,
)
def test_the_sandbox_goes_without_a_place_or_key(arguments: Any) -> None:
    with pytest.raises(errors.OptionError, match="sandbox=True goes without"):
        Deepgram(sandbox=True, **arguments)


def test_an_extra_that_is_missing_is_named_by_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dgnb.sandbox", None)
    with Deepgram(sandbox=True) as dg, pytest.raises(errors.MissingExtra, match=r"dgnb\[sandbox\]"):
        dg.listen(FLAC)


# how an operation looks


@CLIENTS
@pytest.mark.parametrize(
    ("pick", "own", "table"),
    [
        (lambda dg: dg.listen, ["source", "cache"], ListenOptions),
        (lambda dg: dg.listen.submit, ["source"], ListenSubmitOptions),
        (lambda dg: dg.estimate, ["sources", "column"], ListenOptions),
    ],
    ids=["listen", "submit", "estimate"],
)
def test_an_operation_offers_its_options_to_tab(client: Any, pick: Any, own: list[str], table: type) -> None:
    assert list(inspect.signature(pick(client("a-key"))).parameters) == [*own, *rows(table)]


def test_an_operation_explains_its_options() -> None:
    text = inspect.getdoc(Deepgram("a-key").listen.__call__) or ""
    assert text.startswith("Transcript of recorded speech.")
    assert "smart_format : bool, default False" in text


# how clients end


@CLIENTS
def test_a_closed_client_opens_anew(client: Any) -> None:
    with Server() as server:
        dg = client("a-key", base_url=server.url)
        for _ in range(2):
            assert answer(dg, lambda dg: dg.listen(FLAC)).text == "hello"


@CLIENTS
def test_closing_twice_or_unused_is_no_error(client: Any) -> None:
    dg = client("a-key")
    for _ in range(2):
        closing = dg.close()
        if inspect.isawaitable(closing):
            asyncio.run(close(closing))


async def close(closing: Any) -> None:
    await closing


def test_a_client_that_is_dropped_leaves_no_socket_behind() -> None:
    with Server() as server:
        Deepgram("a-key", base_url=server.url).listen(FLAC)
        gc.collect()  # a socket left open would warn here


def test_one_connection_serves_one_call_after_another() -> None:
    ports = set()
    with Server() as server, Deepgram("a-key", base_url=server.url) as dg:
        for _ in range(3):
            dg.listen(FLAC)
            ports |= {connection.getpeername()[1] for connection in server._http.open}
    assert len(ports) == 1


def test_an_asynchronous_client_works_on_one_loop_after_another() -> None:
    with Server() as server:
        dg = AsyncDeepgram("a-key", base_url=server.url)
        for _ in range(3):
            assert answer(dg, lambda dg: dg.listen(FLAC)).text == "hello"


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_loop_that_ended_with_connections_open_does_not_disturb_the_next() -> None:
    async def main(dg: AsyncDeepgram) -> Any:
        return await dg.listen(FLAC)

    with Server() as server:
        dg = AsyncDeepgram("a-key", base_url=server.url)
        assert [asyncio.run(main(dg)).text for _ in range(3)] == ["hello"] * 3
        del dg
        gc.collect()


def test_the_blocking_client_works_in_a_running_loop() -> None:
    async def cell(dg: Deepgram) -> str:
        return dg.listen(FLAC).text

    with Server() as server, Deepgram("a-key", base_url=server.url) as dg:
        assert asyncio.run(cell(dg)) == "hello"


@CLIENTS
@pytest.mark.parametrize("act", [pickle.dumps, copy.deepcopy], ids=["pickle", "deep copy"])
def test_a_client_does_not_leave_its_process(client: Any, act: Any) -> None:
    with pytest.raises(errors.CredentialError, match="cannot be pickled"):
        act(client("a-key"))
