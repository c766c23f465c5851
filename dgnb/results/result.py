"""What every reply of the service can do: keep its JSON, be saved and loaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

import msgspec

from dgnb.errors import ReplyError
from dgnb.lazy import load
from dgnb.protocol.part import Part, decoder, to_wire
from dgnb.results.provenance import Provenance


class _Refused(msgspec.Struct):
    """As much of a stored reply as tells that it is an error."""

    err_code: str | None = None
    err_msg: str | None = None


class Result(Part, frozen=True, dict=True):
    """A whole reply. It equals another with the same content, and keeps the JSON it came from.

    `dict=True` gives room for views that are made once, see `dgnb.lazy.View`.
    """

    @classmethod
    def from_json(cls, source: bytes | str | dict[str, Any]) -> Self:
        """Return the result in a stored reply of the service.

        Parameters
        ----------
        source : bytes, str or dict
            The JSON text, or what a JSON parser made of it.

        Raises
        ------
        ReplyError
            The text is not JSON, is cut off, or has another shape.

        Examples
        --------
        >>> from dgnb import Transcript
        >>> Transcript.from_json('{"metadata": {"duration": 1.5}, "results": {"channels": []}}').duration
        1.5
        """
        raw = msgspec.json.encode(source) if isinstance(source, dict) else source
        raw = raw.encode() if isinstance(raw, str) else bytes(raw)
        try:
            result: Self = decoder(cls).decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ReplyError(f"Not a {cls.__name__}: {error}") from error
        if b'"err_code"' in raw[:500] and (refused := decoder(_Refused).decode(raw)).err_code:
            # Every field of a result has a neutral value, so a refusal would pass for an empty one.
            raise ReplyError(f"Not a {cls.__name__}, but a refusal: {refused.err_code}: {refused.err_msg}")
        result.__dict__["json"] = raw
        return result

    @property
    def json(self) -> bytes:
        """The JSON text as it came, unknown fields included."""
        kept: bytes | None = self.__dict__.get("json")
        return to_wire(self) if kept is None else kept

    @property
    def provenance(self) -> Provenance | None:
        """Where it comes from, of a result that is kept or was taken from what is kept; see `dgnb.cache`."""
        told: Provenance | None = self.__dict__.get("provenance")
        return told

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON as plain dictionaries and lists, unknown fields included."""
        content: dict[str, Any] = msgspec.json.decode(self.json)
        return content

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the JSON as it came to `path` and return the path."""
        target = Path(path)
        target.write_bytes(self.json)
        return target

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Return the result that `save` wrote, or any stored reply, from `path`."""
        return cls.from_json(Path(path).read_bytes())

    def __repr__(self) -> str:
        return str(load("dgnb.views.tables:line")(self))

    def _repr_html_(self) -> str:
        return str(load("dgnb.views.tables:description")(self))

    def __copy__(self) -> Self:
        return self  # it never changes

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_json, (self.json,)
