"""Every error that dgnb raises, in one tree.

::

    DgnbError
    ├── OptionError        (ValueError)       an option is unknown, out of range, or in conflict
    ├── AudioError         (ValueError)       a source cannot be sent: missing, empty, not audio, mislabelled
    ├── CredentialError                       no usable key, token or sandbox
    ├── MissingExtra       (ImportError)      a feature needs an optional package
    ├── ConnectionFailed   (ConnectionError)  the service could not be reached, or the connection was cut
    │   └── TimedOut       (TimeoutError)     no answer in time
    ├── BudgetExceeded                        a batch would cost more than it may: budget
    ├── LiveError                             a live session was ended, or refused something: code, reason
    ├── CorpusError                           a corpus cannot be read or written
    ├── ReplyError         (ValueError)       a reply is not what the API promises
    └── ApiError                              the service refused: status, code, message, request id
        ├── BadRequest                        400, 413, 415, 422
        ├── NotAllowed                        401, 403
        ├── PaymentRequired                   402
        ├── NotFound                          404
        ├── TooManyRequests                   429
        └── ServerError                       5xx

An error says what was given, what is allowed and what to do next. None of them
ever carries a credential.
"""

from __future__ import annotations


class DgnbError(Exception):
    """The root of all errors that dgnb raises on purpose."""

    attempts = 0
    """How often a request was sent before this came of it; 0 for what was never sent."""


class OptionError(DgnbError, ValueError):
    """An option is unknown, out of range, or in conflict with another.

    Parameters
    ----------
    message : str
        What is wrong and how to put it right.
    option : str
        The option's name on the wire, empty when several are involved.
    """

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message)
        self.option = option


class AudioError(DgnbError, ValueError):
    """A source cannot be sent as audio; the message names the fix."""


class CredentialError(DgnbError):
    """No usable key or token, and no sandbox to fall back on."""


class MissingExtra(DgnbError, ImportError):
    """A feature needs an optional package; the message has the install command."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(feature, extra)
        self.feature, self.extra = feature, extra

    def __str__(self) -> str:
        return f'{self.feature} needs the extra "{self.extra}": python -m pip install "dgnb[{self.extra}]"'


class ConnectionFailed(DgnbError, ConnectionError):
    """The service could not be reached, or the connection was cut."""


class TimedOut(ConnectionFailed, TimeoutError):
    """The service did not answer in time."""


class BudgetExceeded(DgnbError):
    """A batch would cost more than it may, and was not started, or stopped before that.

    Parameters
    ----------
    message : str
        What it would cost, and what to do.
    budget : float
        What it may cost, in dollars.
    """

    def __init__(self, message: str, budget: float = 0.0) -> None:
        super().__init__(message)
        self.budget = budget


class LiveError(DgnbError):
    """A live session was ended by the service, or the service refused a part of it.

    Parameters
    ----------
    message : str
        What happened.
    code : int
        Of the close, 0 when the session goes on.
    reason : str
        The service's own code, for example ``DATA-0000``.
    request_id : str
        To be quoted to the service's support; may be empty.
    hint : str
        What to do next; may be empty.
    """

    def __init__(
        self, message: str, code: int = 0, reason: str = "", request_id: str = "", hint: str = ""
    ) -> None:
        self.message, self.code, self.reason = message, code, reason
        self.request_id, self.hint = request_id, hint
        super().__init__(message, code, reason, request_id, hint)

    def __str__(self) -> str:
        trace = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.message}{trace}" + (f"\n{self.hint}" if self.hint else "")


class CorpusError(DgnbError):
    """A corpus on disk cannot be read or written, or does not hold what is asked for."""


class ReplyError(DgnbError, ValueError):
    """A reply is not what the API promises, for example cut-off JSON."""


class ApiError(DgnbError):
    """The service refused a request.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        The service's own error code, for example ``INVALID_AUTH``; may be empty.
    message : str
        The service's own words.
    request_id : str
        To be quoted to the service's support; may be empty.
    hint : str
        What to do next; may be empty.
    """

    def __init__(self, status: int, code: str, message: str, request_id: str = "", hint: str = "") -> None:
        self.status, self.code, self.message = status, code, message
        self.request_id, self.hint = request_id, hint
        super().__init__(status, code, message, request_id, hint)

    def __str__(self) -> str:
        what = f"{self.status} {self.code}".strip()
        trace = f" (request {self.request_id})" if self.request_id else ""
        return f"{what}: {self.message}{trace}" + (f"\n{self.hint}" if self.hint else "")


class BadRequest(ApiError):
    """The request itself is wrong (400, 413, 415, 422)."""


class NotAllowed(ApiError):
    """The credential is bad or lacks a permission (401, 403)."""


class PaymentRequired(ApiError):
    """The project has no credit left (402)."""


class NotFound(ApiError):
    """The named thing does not exist (404)."""


class TooManyRequests(ApiError):
    """Too many requests at the same time (429): a limit on concurrency, not on the rate."""


class ServerError(ApiError):
    """The service failed (5xx)."""
