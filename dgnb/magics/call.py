"""One use of a magic, as its verb sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from dgnb.client import Deepgram
from dgnb.lazy import load
from dgnb.magics.arguments import Arguments
from dgnb.magics.session import Session
from dgnb.magics.stage import Stage
from dgnb.magics.tokens import Evaluate
from dgnb.operations import Flow
from dgnb.protocol.options import Query

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """What a verb is given.

    Parameters
    ----------
    arguments : Arguments
    body : str
        The cell below the line, empty for ``%deepgram``.
    evaluate : callable
        Gives the value of a Python expression in the user's namespace.
    session : Session
        Has the client.
    keep : callable
        Assigns to the variable of ``-o``, if there is one.
    stage : Stage
        Shows the live sessions that are started.
    """

    arguments: Arguments
    body: str
    evaluate: Evaluate
    session: Session
    keep: Callable[[Any], None]
    stage: Stage = field(default_factory=Stage)

    def client(self) -> Deepgram:
        """Return the shell's client."""
        return self.session.client()

    def ask(self, flow: Flow[T]) -> T:
        """Return what a flow gives, with the parameters of ``--param``; ``--cache`` keeps its replies."""
        client, asked = self.client(), extended(flow, self.arguments.extra)
        if self.arguments.cache:
            asked = load("dgnb.cache:keeping")(asked, load("dgnb.cache:store")(True), client.place)
        return client.run(asked)


def extended(flow: Flow[T], extra: Query) -> Flow[T]:
    """Return a flow whose requests carry further parameters, as they are written."""
    request = next(flow)
    while True:
        reply = yield replace(request, query=request.query + extra)
        try:
            request = flow.send(reply)
        except StopIteration as stop:
            value: T = stop.value
            return value
