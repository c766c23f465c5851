"""Where a reply comes from, and whether it was paid for this time."""

from __future__ import annotations

from msgspec import field

from dgnb.protocol.part import Part


class Provenance(Part, frozen=True):
    """What a kept reply was made from, by whom and when.

    Parameters
    ----------
    key : str
        The address under which it is kept: a digest of all that it depends on.
    sha256 : str
        Digest of what was sent: of the audio, or of the JSON with the text or URL.
    endpoint : str
        Method and path, ``"POST /v1/listen"``.
    query : list of (str, str)
        The options as they were sent, in the order of their names.
    place : str
        Who answered: ``"deepgram"``, the root of another service, or the sandbox and its version.
    source : str
        What was sent, for people; nothing of it that may be a secret.
    created : str
        When the reply came, ISO 8601 in UTC.
    request_id : str
    version : str
        Of dgnb.
    cached : bool
        Whether it was taken from what is kept, so that nothing was sent this time.
    """

    key: str = ""
    sha256: str = ""
    endpoint: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    place: str = ""
    source: str = ""
    created: str = ""
    request_id: str = ""
    version: str = ""
    cached: bool = False
