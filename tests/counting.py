"""A service that takes a moment for every request, and counts how many there are at the same time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

from tests.servers import Answer, Received, Server


class Counting(Server):
    """Takes a moment for every request, and counts how many there are at the same time."""

    def __init__(self, *answers: Answer, latency: float = 0.1) -> None:
        super().__init__(*answers)
        self.latency = latency
        self.now = self.most = 0

    def next(self, received: Received) -> Answer:
        words = [{"word": received.digest[:8], "start": 0, "end": 1, "confidence": 0.5}]
        alternative = {"transcript": received.digest, "words": words}
        about = {"sha256": received.digest, "request_id": str(len(self.requests)), "duration": 1.0}
        body = {"metadata": about, "results": {"channels": [{"alternatives": [alternative]}]}}
        answer = super().next(received)
        if answer.status != 200:
            return answer
        return replace(answer, body=json.dumps(body).encode(), then=self.work)

    def work(self) -> None:
        with self.arrived:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.latency)  # the service at work, whether or not anybody still listens
        with self.arrived:
            self.now -= 1
            self.arrived.notify_all()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Return when something is so; looked at after each request and answer."""
        with self.arrived:
            assert self.arrived.wait_for(condition, 60), "it did not come to that"

    def wait(self, count: int) -> None:
        """Return when `count` requests have come; whoever sends them may have to start first."""
        self.wait_for(lambda: len(self.requests) >= count)
