"""How many requests run at the same time: as many as the account turns out to allow.

The service limits concurrency, not rate, and tells the limit only by refusing (429). So the number
grows while nothing is refused, and shrinks when something is: additive increase, multiplicative
decrease. A refusal also tells what the service does hold, namely everything else that is on its way;
up to there the number grows back fast, beyond it slowly.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from threading import Lock

from dgnb.protocol import limits
from dgnb.transport.loop import result

START = 16.0
"""Requests at the same time before anything is known; every account has more."""

FIRST_CUT, CUT = 0.5, 0.8
"""What remains of the limit after a refusal: while it was doubling, and later."""

STEP = 0.2
"""Requests by which the limit grows while as many are answered as it has, once a refusal is known."""

REFUSED = 429


@dataclass(frozen=True)
class Place:
    """Room for one request.

    Parameters
    ----------
    weight : float
        Of how many light requests it takes the room.
    epoch : int
        How often the limit had shrunk when it was given.
    number : int
        How many were given until then.
    """

    weight: float
    epoch: int
    number: int


Waiting = Future[Place]


class Gate:
    """Lets requests through, in their order, as long as there is room; any thread and loop may ask.

    Parameters
    ----------
    most : float
        What the limit never exceeds.
    start : float
        What it begins with.

    Examples
    --------
    >>> gate = Gate(most=100, start=2)
    >>> for place in [gate.enter(), gate.enter()]:
    ...     gate.leave(place, 200)
    >>> gate.limit
    4.0
    >>> gate.leave(gate.enter(), 429)
    >>> gate.limit
    1.0
    """

    def __init__(self, most: float, start: float = START) -> None:
        self.limit = float(min(start, most))
        """How much there is room for now."""
        self.refusals = 0
        """How often the service has refused."""
        self._most, self._busy, self._epoch = float(most), 0.0, 0
        self._held: float | None = None
        self._given = self._full_at = 0
        self._waiting: deque[tuple[float, Waiting]] = deque()
        self._lock = Lock()

    def allow(self, room: float) -> None:
        """Begin with more room, since the caller knows that it is there; a refusal tells otherwise."""
        with self._lock:
            self._most = max(self._most, room)
            if self._held is None:
                self.limit = max(self.limit, room)

    def enter(self, weight: float = 1.0) -> Place:
        """Return a place, waiting for it; the wait can be interrupted."""
        found = self._ask(weight)
        if isinstance(found, Place):
            return found
        try:
            return result(found)
        except BaseException:
            self._give_up(found)
            raise

    async def entered(self, weight: float = 1.0) -> Place:
        """Return a place, awaited."""
        found = self._ask(weight)
        if isinstance(found, Place):
            return found
        try:
            return await asyncio.wrap_future(found)
        except BaseException:
            self._give_up(found)
            raise

    def leave(self, place: Place, status: int | None) -> None:
        """Give a place back.

        Parameters
        ----------
        place : Place
        status : int or None
            What the request was answered with, if it was.
        """
        with self._lock:
            self._busy -= place.weight
            if status == REFUSED:
                self._shrink(place)
            elif status is not None and status < 500:
                self._grow(place)
            admitted = self._admit()
        for waiting, found in admitted:
            waiting.set_result(found)

    def _ask(self, weight: float) -> Place | Waiting:
        with self._lock:
            if not self._waiting and self._fits(weight):
                return self._taken(weight)
            self._full_at = self._given
            waiting: Waiting = Future()
            self._waiting.append((weight, waiting))
            return waiting

    def _give_up(self, waiting: Waiting) -> None:
        """Wait no more; a place that has just been given is given back."""
        if not waiting.cancel():
            waiting.add_done_callback(lambda done: self.leave(done.result(), None))

    def _fits(self, weight: float) -> bool:
        # What is heavier than all the room there is goes alone.
        return self._busy <= 0 or self._busy + weight <= self.limit

    def _taken(self, weight: float) -> Place:
        self._busy += weight
        self._given += 1
        if self._busy + weight > self.limit:
            self._full_at = self._given
        return Place(weight, self._epoch, self._given)

    def _admit(self) -> list[tuple[Waiting, Place]]:
        admitted = []
        while self._waiting and self._fits(self._waiting[0][0]):
            weight, waiting = self._waiting.popleft()
            if waiting.set_running_or_notify_cancel():
                admitted.append((waiting, self._taken(weight)))
        return admitted

    def _grow(self, place: Place) -> None:
        if self._full_at < place.number:
            return  # while this was on its way the limit has held nothing up
        is_new = self._held is not None and self.limit >= self._held
        step = STEP * place.weight**2 / self.limit if is_new else place.weight
        self.limit = min(self._most, self.limit + step)

    def _shrink(self, place: Place) -> None:
        self.refusals += 1
        held = max(self._busy, 1.0)
        if place.epoch == self._epoch:
            # Those that were on their way already say the same once more, and cut nothing off.
            self._epoch += 1
            self.limit *= FIRST_CUT if self._held is None else CUT
            self._held = held
        self._held = min(self._held or held, held)
        self.limit = max(1.0, min(self.limit, held))


@cache
def _of(process: int, api: str, fingerprint: str, endpoint: str, places: int | None) -> Gate:
    if places is not None:
        return Gate(places, places)
    return Gate(limits.CONCURRENT_MOST)


def gate(api: str, secret: str, endpoint: str, places: int | None = None) -> Gate:
    """Return the gate of all requests of one kind that this process makes in one name.

    Parameters
    ----------
    api : str
        Root of the service.
    secret : str
        In whose name; it is not kept.
    endpoint : str
        The kind: each has limits of its own.
    places : int, optional
        How much room there is where that is known, and no limit has to be found out.
    """
    fingerprint = hashlib.sha256(secret.encode()).hexdigest()
    return _of(os.getpid(), api, fingerprint, endpoint, places)
