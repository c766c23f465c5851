"""What flows yield and are sent."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from dgnb.audio import Body
from dgnb.errors import ApiError, OptionError
from dgnb.protocol.options import Query
from dgnb.protocol.refusals import refusal
from dgnb.protocol.routes import Route
from dgnb.results import Result

T = TypeVar("T")
R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Request:
    """What is sent, without host and credential.

    Parameters
    ----------
    route : Route
    query : tuple of (str, str)
    body : Body or bytes
    content_type : str
        Of the body, empty without one.
    patience : float
        The longest that the service may work before it answers [s].
    """

    route: Route
    query: Query = ()
    body: Body | bytes = b""
    content_type: str = ""
    patience: float = 60.0


@dataclass(frozen=True)
class Reply:
    """What came back.

    Parameters
    ----------
    status : int
    body : bytes
    headers : mapping
        Names in lower case.
    attempts : int
        How often the request was sent for it.
    model : str
        What was asked for, where it was refused.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 1
    model: str = ""

    @property
    def refused(self) -> bool:
        """Whether the service did anything but answer; a redirection would take the key elsewhere."""
        return not 200 <= self.status < 300

    def decode(self, kind: type[R]) -> R:
        """Return the body as a result.

        Raises
        ------
        ApiError
            The service refused.
        ReplyError
            The body is not what the API promises.
        """
        if self.refused:
            raise self.refusal()
        return kind.from_json(self.body)

    def refusal(self) -> ApiError:
        """Return the error that it stands for."""
        return refusal(self.status, self.body, self.headers.get("dg-request-id", ""), self.model)


def json_body(content: object) -> bytes:
    """Return a request's body as JSON.

    Raises
    ------
    OptionError
        A text holds half of a surrogate pair, or a value has no form in JSON.

    Examples
    --------
    >>> json_body({"text": "hi"})
    b'{"text":"hi"}'
    """
    try:
        return msgspec.json.encode(content)
    except (UnicodeEncodeError, TypeError) as error:
        raise OptionError(f"This cannot be sent as JSON: {error}") from error


CacheLike = bool | str | os.PathLike[str]
"""Whether replies are kept, and if so in which folder; ``True`` for the usual one. See `dgnb.cache`."""

Flow = Generator[Request, Reply, T]
