"""A function's signature as the JSON schema of its arguments, and arguments read by it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from dgnb.errors import OptionError

_REF = "#/$defs/"


def signature(function: Callable[..., Any], name: str) -> inspect.Signature:
    """Return a function's signature, when each of its parameters has a name.

    Raises
    ------
    OptionError
        One takes any number of arguments.
    """
    found = inspect.signature(function)
    for parameter in found.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise OptionError(
                f"{name}: an agent cannot know what {parameter} takes; name each.", parameter.name
            )
    return found


def struct(function: Callable[..., Any], signature: inspect.Signature, name: str) -> type[msgspec.Struct]:
    """Return the arguments as a struct; one that has a default may be left out, and the function knows it.

    Raises
    ------
    OptionError
        A parameter has no type, or one that JSON cannot say.
    """
    hints = _hints(function, name)
    fields: list[Any] = []
    for parameter in signature.parameters.values():
        if parameter.name not in hints:
            raise OptionError(
                f"{name}: {parameter.name} has no type, for example {parameter.name}: str.", parameter.name
            )
        kind = hints[parameter.name]
        if parameter.default is parameter.empty:
            fields.append((parameter.name, kind))
        else:
            fields.append((parameter.name, kind | msgspec.UnsetType, msgspec.UNSET))
    found = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)
    try:
        msgspec.json.Decoder(found)
        msgspec.json.schema(found)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{name}: JSON cannot say what it takes. {error}") from error
    return found


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    target = function if inspect.isroutine(function) else type(function).__call__
    try:
        found = get_type_hints(target, include_extras=True)
    except NameError as error:
        raise OptionError(
            f"{name}: the type {error.name!r} is not known where the function is defined."
        ) from error
    return {key: _annotated(kind) for key, kind in found.items() if key != "return"}


_TIMES = {datetime: "date-time", time: "time"}
"""What msgspec says of times with a zone only, although it takes any."""


def _annotated(kind: Any) -> Any:
    """A type in msgspec's words: with the text that describes it, and with the format of a time."""
    if isinstance(kind, type) and kind in _TIMES:
        return Annotated[kind, msgspec.Meta(extra_json_schema={"format": _TIMES[kind]})]
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return Union[tuple(map(_annotated, inner))]  # noqa: UP007 - of a list that is made here
    if origin is list:
        return list[_annotated(inner[0])]  # type: ignore[misc]
    return _described(_annotated(inner[0]), inner[1:]) if origin is Annotated else kind


def _described(kind: Any, metadata: Sequence[Any]) -> Any:
    texts = " ".join(one for one in metadata if isinstance(one, str))
    metas = [one for one in metadata if isinstance(one, msgspec.Meta)]
    for meta in [*metas, *([msgspec.Meta(description=texts)] if texts else [])]:
        kind = Annotated[kind, meta]
    return kind


def schema(
    kind: type[msgspec.Struct], signature: inspect.Signature, texts: Mapping[str, str]
) -> dict[str, Any]:
    """Return the JSON schema of a struct of arguments.

    Parameters
    ----------
    kind : type
    signature : Signature
        Has the defaults.
    texts : mapping
        What is said of each parameter.
    """
    whole = msgspec.json.schema(kind)
    shapes: dict[str, Any] = whole["$defs"]
    root = whole["$ref"].removeprefix(_REF)
    found: dict[str, Any] = _inlined({"$ref": whole["$ref"]}, shapes, ())
    if _REF in msgspec.json.encode(found).decode():
        found["$defs"] = {key: _untitled(shape) for key, shape in shapes.items() if key != root}
    for parameter in signature.parameters.values():
        about = found["properties"][parameter.name]
        if parameter.name in texts:
            about.setdefault("description", texts[parameter.name])
        if parameter.default not in (parameter.empty, None):
            about |= _default(parameter.default)
    return found


def _inlined(part: Any, shapes: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """A part of a schema with what it refers to put in its place, which every model understands.

    Only a type inside itself stays a reference.
    """
    if isinstance(part, list):
        return [_inlined(one, shapes, inside) for one in part]
    if not isinstance(part, dict):
        return part
    name = part.get("$ref", "").removeprefix(_REF)
    if not name:
        return {key: _inlined(one, shapes, inside) for key, one in part.items()}
    if name in inside:
        return dict(part)
    rest = {key: one for key, one in part.items() if key != "$ref"}
    return _inlined(_untitled(shapes[name]), shapes, (*inside, name)) | rest


def _untitled(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shape.items() if key != "title"}


def _default(value: Any) -> dict[str, Any]:
    try:
        return {"default": msgspec.to_builtins(value)}
    except (TypeError, ValueError):
        return {}  # the function knows it


def read(text: str, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """Return a call's arguments, a JSON object as text.

    Raises
    ------
    OptionError
        They are not what the function takes.
    """
    try:
        return msgspec.convert(_whole(msgspec.json.decode(text)), kind)
    except msgspec.DecodeError as error:
        raise OptionError(f"{kind.__name__}: {_readable(str(error))}.", _path(str(error))) from None


def _whole(value: Any) -> Any:
    """Numbers like 5.0 as 5: in JSON they are the same, and models write both."""
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


_PLACE = re.compile(r" - at `\$\.?(.*?)`$")


def _readable(text: str) -> str:
    """What msgspec says is wrong, with the place in front."""
    place = _path(text)
    told = _PLACE.sub("", text)
    told = told[:1].lower() + told[1:]
    return f"{place}: {told}" if place else told


def _path(text: str) -> str:
    found = _PLACE.search(text)
    return found[1] if found else ""
