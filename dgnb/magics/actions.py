"""Every operation of the client as something that ``%deepgram`` does.

What can be said of an operation is read from itself: ids and values from its
signature, their help from its docstring, flags from its table of options, the
forms of its result from the type that it gives.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from dgnb.errors import OptionError
from dgnb.magics.arguments import keep
from dgnb.magics.call import Call, extended
from dgnb.magics.formats import formatted
from dgnb.magics.snippets import account
from dgnb.magics.tokens import Token
from dgnb.protocol.options import Param, Repeat, rows
from dgnb.publication import Namespace, Operation
from dgnb.results import CreatedKey, Listing, Message
from dgnb.results import Token as Secret

_ENTRY = re.compile(r"^(\w+) : .*\n((?: {4}.*\n?)+)", re.MULTILINE)
_SECRETS = (CreatedKey, Secret)


@dataclass(frozen=True)
class Action:
    """An operation, and how it is asked for in a magic.

    Parameters
    ----------
    path : str
        As it is reached from a client, ``keys.create``.
    operation : Operation

    Examples
    --------
    >>> from dgnb.namespaces import Keys
    >>> Action("keys.create", Keys.create).takes
    'COMMENT SCOPES...'
    """

    path: str
    operation: Operation[..., Any]

    @cached_property
    def parameters(self) -> list[inspect.Parameter]:
        """What the operation takes beside options."""
        found = inspect.signature(self.operation.flow).parameters.values()
        return [each for each in found if each.kind is not inspect.Parameter.VAR_KEYWORD]

    @cached_property
    def arguments(self) -> type:
        """The same as a table; in it every value has a name and a flag."""
        about = "what it is about, by its place or by its flag"
        return new_table("Arguments", about, taken(self.operation.flow, self.parameters))

    @cached_property
    def table(self) -> type:
        """All that it takes."""
        parts = [get_type_hints(each, include_extras=True) for each in self.groups]
        return new_table(
            "Options", self.summary, {name: hint for part in parts for name, hint in part.items()}
        )

    @cached_property
    def groups(self) -> tuple[type, ...]:
        """The parts of the table that are not empty."""
        return tuple(each for each in (self.arguments, self.operation.table) if rows(each)) or (
            self.arguments,
        )

    @property
    def summary(self) -> str:
        """What it gives."""
        text = (inspect.getdoc(self.operation.flow) or "").partition("\n\n")[0]
        return _small(" ".join(text.split())).rstrip(".")

    @property
    def takes(self) -> str:
        """What stands on the line without a flag."""
        return " ".join(map(self._place, self._places))

    def _place(self, name: str) -> str:
        text = name.upper() + "..." * rows(self.arguments)[name].repeat
        return text if name in self._needed else f"[{text}]"

    @property
    def below(self) -> str:
        """What a cell may hold, empty when a line is enough."""
        table = rows(self.arguments)
        return "the last value, as JSON" if any(object in table[name].kinds for name in self._places) else ""

    @property
    def _places(self) -> list[str]:
        return [each.name for each in self.parameters if each.kind is not inspect.Parameter.KEYWORD_ONLY]

    @property
    def _needed(self) -> list[str]:
        return [each.name for each in self.parameters if each.default is inspect.Parameter.empty]

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that ``-f`` may ask for. A secret is never among them."""
        kind = get_args(get_type_hints(self.operation.flow)["return"])[2]
        if issubclass(kind, _SECRETS):
            return "result", "text", "html"
        return ("result", *(["df"] if issubclass(kind, Listing) else []), "text", "json", "html")

    def __call__(self, call: Call) -> Any:
        """Return what the operation gives; what only has words of the service is printed."""
        arguments, options = call.arguments, self._options(call)
        if arguments.show_code:
            sys.stdout.write(account(self.path, self.operation, options, arguments))
            return None
        result = call.client().run(extended(self.operation.flow(**options), arguments.extra))
        if isinstance(result, Message) and arguments.format == self.forms[0]:
            about = " ".join(str(options[name]) for name in self._needed)
            sys.stdout.write(f"{self.path} {about}: {result.message or 'done'}\n")
            call.keep(result)
            return None
        return formatted(result, arguments.format)

    def _options(self, call: Call) -> dict[str, Any]:
        """All values by name: flags, then words by their place; a cell's text is the last word."""
        body = [Token((call.body.strip(),))] if call.body.strip() else []
        words, options = deque([*call.arguments.words, *body]), dict(call.arguments.options)
        for name in self._places:
            row = rows(self.arguments)[name]
            while words and (name not in options or row.repeat):
                keep(options, row, words.popleft().value(call.evaluate), self.table)
        missing = [name.upper() for name in self._needed if name not in options]
        if missing:
            raise OptionError(f"{self.path} needs {' and '.join(missing)}. {self._usage()}")
        if words:
            raise OptionError(
                f"{self.path} takes {self.takes or 'no values'}: there are {len(words)} too many; "
                f"what has spaces goes in quotes. {self._usage()}"
            )
        return options

    def _usage(self) -> str:
        return f"%deepgram help {self.path} says more."


def actions() -> Iterator[Action]:
    """Yield every operation of every namespace."""
    groups: Sequence[type[Any]] = Namespace.__subclasses__()
    for group in groups:
        for name, operation in vars(group).items():
            if isinstance(operation, Operation):
                path = group.__name__.lower() + ("" if name == "__call__" else f".{name}")
                yield Action(path, operation)


def taken(function: Callable[..., Any], parameters: Iterable[inspect.Parameter]) -> dict[str, Any]:
    """Return parameters of a function as the fields of a table; its docstring gives their help.

    Examples
    --------
    >>> from dgnb.live.listening import live
    >>> taken(live, [inspect.signature(live).parameters["pace"]])["pace"].__metadata__[0].default
    1.0
    """
    hints, helps = get_type_hints(function), _helps(function)
    return {each.name: Annotated[_annotation(hints[each.name]), _param(each, helps)] for each in parameters}


def _param(parameter: inspect.Parameter, helps: Mapping[str, str]) -> Param:
    default = parameter.default if isinstance(parameter.default, bool | int | float | str) else None
    text = helps.get(parameter.name, parameter.name.replace("_", " "))
    return Param(text, None if default == "" else default)


def new_table(name: str, doc: str, hints: Mapping[str, Any]) -> type:
    """Return a table of options with these fields; the docstring is its title in the help."""
    return type(name, (), {"__doc__": doc, "__annotations__": dict(hints)})


def _annotation(hint: Any) -> Any:
    """A parameter's type as a table has it: any JSON value is ``object``."""
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if set(parts) == {bool, NoneType}:
        return bool
    origins = [get_origin(part) for part in parts]
    if Any in parts or Mapping in origins:
        return object
    return Repeat if Sequence in origins else hint


def _helps(function: Callable[..., Any]) -> dict[str, str]:
    """What a docstring says of each parameter."""
    text = inspect.getdoc(function) or ""
    return {name: _small(" ".join(about.split())).rstrip(".") for name, about in _ENTRY.findall(text)}


def _small(text: str) -> str:
    """A text without marks, that begins with a small letter unless it begins with a name."""
    text = text.replace("`", "")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
