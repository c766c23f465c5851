import asyncio
import inspect

import numpy as np

from dgnb import AsyncDeepgram, Deepgram, callbacks
from dgnb.sandbox import Server, serve
from dgnb.sandbox.store import Store


def made(server: Server, number: int) -> list[str]:
    """The ids of some requests, newest first."""
    with Deepgram("key", base_url=server.url) as dg:
        return [dg.read("Good.", sentiment=True).request_id for _ in range(number)][::-1]


def test_requests_are_iterated_over_all_pages() -> None:
    with serve() as server:
        ids = made(server, 7)
        with Deepgram("key", base_url=server.url) as dg:
            assert [request.request_id for request in dg.requests.iterate(limit=3)] == ids
            assert [request.request_id for request in dg.requests.iterate(limit=3, page=1)] == ids[3:]
            assert list(dg.requests.iterate(endpoint="speak")) == []


def test_requests_are_iterated_asynchronously() -> None:
    async def found(url: str) -> list[str]:
        async with AsyncDeepgram("key", base_url=url) as dg:
            return [request.request_id async for request in dg.requests.iterate(limit=2)]

    with serve() as server:
        ids = made(server, 4)
        assert asyncio.run(found(server.url)) == ids


def test_a_method_spells_its_options_out() -> None:
    dg = Deepgram(sandbox=True)
    assert {"limit", "status", "project_id"} <= inspect.signature(dg.requests.iterate).parameters.keys()
    assert {"diarize", "keyterm"} <= inspect.signature(dg.listen).parameters.keys()


def test_a_receiver_takes_transcripts_readings_and_speech() -> None:
    with callbacks.receive() as receiver, serve(store=Store()) as server:
        with Deepgram("key", base_url=server.url) as dg:
            jobs = [
                dg.listen.submit((np.zeros(800), 16000), callback=receiver.url),
                dg.read.submit("I love it.", sentiment=True, callback=receiver.url),
                dg.speak.submit("Good morning.", callback=receiver.url),
            ]
        call, reading, speech = (receiver.wait(job.request_id, timeout=60) for job in jobs)
        assert call.duration == 0.05
        assert reading.sentiments["sentiment"].to_list() == ["positive"]
        assert 0.3 < speech.duration < 3
        assert speech.sandbox
        assert speech.characters == len("Good morning.")
