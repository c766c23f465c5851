"""Under which address a reply is kept: a digest of all that the reply depends on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property

import msgspec

from dgnb.audio import Body
from dgnb.operations import Request
from dgnb.protocol import routes
from dgnb.protocol.options import Query, rows
from dgnb.protocol.params import AnySpeakOptions, ListenOptions, ReadOptions
from dgnb.protocol.routes import Route

FORMAT = 1
"""Of addresses and of what is kept there; another one finds nothing of this one."""

TABLES: dict[Route, type] = {
    routes.LISTEN: ListenOptions,
    routes.SPEAK: AnySpeakOptions,
    routes.SPEAK_FLUX: AnySpeakOptions,
    routes.READ: ReadOptions,
}
"""The requests whose replies are kept: the same question has the same answer. Each with its options."""


@dataclass(frozen=True)
class Address:
    """All that a reply depends on.

    Parameters
    ----------
    place : str
        Who answers; what the sandbox says never stands for the service.
    endpoint : str
        Method and path.
    query : tuple of (str, str)
        Canonical: in the order of the names, without what says no more than its absence.
    sha256 : str
        Digest of the audio, or of the JSON with the text or URL.
    """

    place: str
    endpoint: str
    query: Query
    sha256: str

    @cached_property
    def key(self) -> str:
        """The digest of all of it.

        Examples
        --------
        >>> one = Address("deepgram", "POST /v1/listen", (("model", "nova-3"),), "ab")
        >>> len(one.key), one.key == Address("sandbox", one.endpoint, one.query, "ab").key
        (64, False)
        """
        whole = (FORMAT, self.place, self.endpoint, self.query, self.sha256)
        return hashlib.sha256(msgspec.json.encode(whole)).hexdigest()


def address(request: Request, place: str) -> Address:
    """Return the address of a request's reply; all that is to be sent is read for it.

    Parameters
    ----------
    request : Request
    place : str
        Who is asked.

    Raises
    ------
    OSError
        The audio cannot be read.

    Examples
    --------
    >>> request = Request(routes.LISTEN, (("model", "nova-3"), ("diarize", "false")), b"audio")
    >>> address(request, "deepgram").query
    (('model', 'nova-3'),)
    """
    endpoint = f"{request.route.method} {request.route.path}"
    return Address(place, endpoint, canonical(request.query, TABLES[request.route]), digest(request.body))


def canonical(query: Query, table: type) -> Query:
    """Return a query in one order, without options that are off anyway; several values keep theirs."""
    off = _off(table)
    kept = (pair for pair in query if not (pair[1] == "false" and pair[0] in off))
    return tuple(sorted(kept, key=lambda pair: pair[0]))


@cache
def _off(table: type) -> frozenset[str]:
    return frozenset(name for name, row in rows(table).items() if row.param.default is False)


def digest(body: Body | bytes) -> str:
    """Return the SHA-256 of what is to be sent, in hexadecimal digits."""
    if isinstance(body, bytes):
        return hashlib.sha256(body).hexdigest()
    found = hashlib.sha256()
    for piece in body.chunks():
        found.update(piece)
    return found.hexdigest()
