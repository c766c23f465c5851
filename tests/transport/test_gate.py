"""How many requests run at the same time."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import deque

import pytest

from dgnb.protocol import limits, routes
from dgnb.transport.gate import Gate, Place, gate


class Account:
    """A service that works on so many requests at a time, asked through a gate for some rounds."""

    def __init__(self, limit: int, gate: Gate) -> None:
        self.limit, self.gate = limit, gate
        self.refused = self.served = self.asked = 0

    def round(self, waiting: int) -> int:
        """Ask as often as the gate lets, and have everything answered; how many were served."""
        places: deque[Place] = deque()
        while len(places) < waiting and isinstance(found := self.gate._ask(1.0), Place):
            places.append(found)
        waiters = [] if isinstance(found, Place) else [found]
        served = min(len(places), self.limit)
        self.refused += len(places) - served
        self.served += served
        # Refusals come at once, answers when the work is done.
        for place in list(places)[served:]:
            self.gate.leave(place, 429)
        for place in list(places)[:served]:
            self.gate.leave(place, 200)
        for waiter in waiters:
            self.gate._give_up(waiter)
        return served


@pytest.mark.parametrize("limit", [1, 3, 17, 50, 140])
def test_the_limit_is_found_and_then_nearly_all_of_it_is_used(limit: int) -> None:
    account = Account(limit, Gate(most=150))
    early = sum(account.round(10**6) for _ in range(30))
    refused = account.refused
    late = sum(account.round(10**6) for _ in range(100))
    assert early >= 0.7 * 30 * limit
    assert late >= 0.9 * 100 * limit
    assert account.refused - refused <= 0.05 * late + 100


def test_without_a_refusal_the_limit_doubles_up_to_its_most() -> None:
    account = Account(10**6, Gate(most=100, start=4))
    seen = [account.round(10**6) for _ in range(7)]
    assert seen[:3] == [4, 8, 16]
    assert seen[-1] == 100


def test_a_limit_that_is_not_needed_does_not_grow() -> None:
    account = Account(10**6, Gate(most=100, start=10))
    for _ in range(20):
        account.round(3)
    assert account.gate.limit == 10


def test_a_refusal_cuts_the_limit_and_those_that_were_on_their_way_do_not_cut_it_again() -> None:
    gate = Gate(most=100, start=20)
    places = [gate.enter() for _ in range(20)]
    for place in places[:5]:
        gate.leave(place, 429)
    assert gate.limit == 10
    assert gate.refusals == 5


def test_what_the_service_holds_is_reached_fast_again_and_only_then_more_is_tried_slowly() -> None:
    gate = Gate(most=100, start=20)
    places = [gate.enter() for _ in range(20)]
    for place in places[:5]:
        gate.leave(place, 429)
    for place in places[5:]:
        gate._ask(1.0)
        gate.leave(place, 200)
    assert 15 <= gate.limit < 16.5


def test_errors_and_cut_connections_do_not_grow_it() -> None:
    gate = Gate(most=100, start=1)
    for status in (500, 503, None):
        gate.leave(gate.enter(), status)
    assert gate.limit == 1


def test_heavier_requests_take_more_room() -> None:
    gate = Gate(most=100, start=10)
    assert [isinstance(gate._ask(5.0), Place) for _ in range(3)] == [True, True, False]


def test_what_is_heavier_than_all_the_room_goes_alone() -> None:
    gate = Gate(most=100, start=10)
    place = gate.enter(16.7)
    waiting = gate._ask(1.0)
    assert not isinstance(waiting, Place)
    gate.leave(place, 200)
    assert isinstance(waiting.result(0), Place)


def test_those_who_wait_are_let_in_in_their_order() -> None:
    gate = Gate(most=1, start=1)
    place, order = gate.enter(), []
    waiting = [gate._ask(1.0) for _ in range(3)]
    for number, each in enumerate(waiting):
        assert not isinstance(each, Place)
        each.add_done_callback(lambda _, number=number: order.append(number))
    for each in waiting:
        gate.leave(place, 200)
        place = each.result(0)
    assert order == [0, 1, 2]


def test_who_gives_up_waiting_takes_no_room() -> None:
    async def main() -> Gate:
        gate = Gate(most=1, start=1)
        place = await gate.entered()
        waiting = [asyncio.create_task(gate.entered()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        gate.leave(place, 200)
        waiting[1].cancel()  # while it is being let in
        await asyncio.wait(waiting)
        gate.leave(waiting[2].result(), 200)
        return gate

    gate = asyncio.run(main())
    assert gate._busy == 0
    assert not gate._waiting


class Crowd:
    """Counts who is inside of a gate."""

    def __init__(self) -> None:
        self.lock, self.inside, self.most = threading.Lock(), 0, 0

    def __enter__(self) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.inside -= 1


def test_threads_and_a_loop_share_it_and_the_room_is_never_exceeded() -> None:
    gate, crowd = Gate(most=5, start=5), Crowd()

    def blocking() -> None:
        for _ in range(100):
            place = gate.enter()
            with crowd:
                pass
            gate.leave(place, 200)

    async def awaited() -> None:
        for _ in range(100):
            place = await gate.entered()
            with crowd:
                await asyncio.sleep(0)
            gate.leave(place, 200)

    async def several() -> None:
        await asyncio.gather(*[asyncio.to_thread(blocking) for _ in range(4)], *[awaited() for _ in range(8)])

    asyncio.run(several())
    assert 1 < crowd.most <= 5
    assert (crowd.inside, gate._busy) == (0, 0)


def test_what_the_caller_knows_is_taken_until_a_refusal_tells_otherwise() -> None:
    gate = Gate(most=100, start=10)
    gate.allow(200)
    assert gate.limit == 200
    gate.leave(gate.enter(), 429)
    gate.allow(200)
    assert gate.limit < 200


def test_a_key_has_one_gate_for_each_kind_of_work() -> None:
    host = f"https://{random.random()}.example.org"
    one = gate(host, "Token a", "/v1/listen")
    assert one is gate(host, "Token a", "/v1/listen")
    assert one is not gate(host, "Token b", "/v1/listen")
    assert one is not gate(host, "Token a", "/v1/speak")
    assert "Token" not in repr(vars(one))


@pytest.mark.parametrize(
    ("query", "weight"),
    [
        pytest.param((("model", "nova-3"), ("diarize", "true")), 1.0, id="light"),
        pytest.param((("summarize", "v2"), ("topics", "false")), 5.0, id="an analysis"),
        pytest.param((("sentiment", "true"), ("detect_entities", "true")), 10.0, id="the heaviest counts"),
        pytest.param((("model", "whisper-large"),), 50 / 3, id="whisper"),
    ],
)
def test_a_request_is_as_heavy_as_its_heaviest_feature(query, weight) -> None:
    assert limits.weight(routes.LISTEN, query) == weight
