"""What was typed after a verb, taken apart."""

from __future__ import annotations

import keyword
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dgnb.errors import OptionError
from dgnb.magics.flags import FORMATS, Flag, flags
from dgnb.magics.tokens import Evaluate, Token
from dgnb.protocol.options import Query, Row, encode, nearest, parse


@dataclass
class Arguments:
    """A magic's line after its verb.

    Parameters
    ----------
    words : list of Token
        What is no option: sources, text, ids.
    options : dict
        Values by parameter name.
    extra : tuple of (str, str)
        Parameters that are sent as they are written.
    output : str
        Variable to assign to, empty for none.
    format : str
        One of the verb's forms.
    show_code, help : bool
    cache : bool
        Whether the reply is kept, and taken from what is kept.
    """

    words: list[Token] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    extra: Query = ()
    output: str = ""
    format: str = FORMATS[0]
    show_code: bool = False
    help: bool = False
    cache: bool = False

    @property
    def beside(self) -> dict[str, Any]:
        """What the client's method is given beside the options of the service."""
        return {"cache": True} if self.cache else {}


class _Parser:
    def __init__(self, table: type, evaluate: Evaluate, verb: str, known: Mapping[str, Flag]) -> None:
        self.table, self.evaluate, self.verb, self.flags = table, evaluate, verb, known
        form = known.get("--format")
        self.found = Arguments(format=form.values[0] if form else "")

    def read(self, tokens: Iterable[Token]) -> Arguments:
        waiting = deque(tokens)
        while waiting:
            token = waiting.popleft()
            if token.raw.startswith("-") and len(token.text) > 1:
                self._option(token, waiting)
            else:
                self.found.words.append(token)
        return self.found

    def _option(self, token: Token, waiting: deque[Token]) -> None:
        name, equals, rest = token.text.partition("=")
        if len(token.pieces) > 1 and not equals:
            raise OptionError(f"An option's name is plain text, not '{token.raw}'.")
        flag, off = self._find(name)
        if flag.refusal:
            raise OptionError(flag.refusal, name)
        after = Token(((rest,) if rest else ()) + token.pieces[1:]) if equals else None
        if after and (off or flag.takes == "nothing"):
            raise OptionError(f"{name} takes no value.")
        if after is None and not off:
            after = _following(flag, name, waiting)
        value = False if off else True if after is None else after.value(self.evaluate)
        self._store(flag, value)

    def _find(self, name: str) -> tuple[Flag, bool]:
        """The flag of that name, and whether it is meant to be switched off."""
        typed = name.replace("_", "-")
        for flag in self.flags.values():
            if typed in (flag.name, flag.short):
                return flag, False
            if typed == flag.negation:
                return flag, True
        negations = [flag.negation for flag in self.flags.values() if flag.negation]
        hint = nearest("--" + typed.lstrip("-"), [*self.flags, *negations])
        others = "; --param KEY=VALUE sends any" if "--param" in self.flags else ""
        hint = hint or f" %deepgram help {self.verb} lists them{others}."
        raise OptionError(f"{self.verb} has no option {name}.{hint}", name)

    def _store(self, flag: Flag, value: Any) -> None:
        if flag.row is not None:
            keep(self.found.options, flag.row, value, self.table)
        elif flag.name == "--output":
            self.found.output = _variable(value)
        elif flag.name == "--format":
            self.found.format = _format(value, flag.values)
        elif flag.name == "--param":
            self._parameter(value)
        elif flag.name == "--show-code":
            self.found.show_code = True
        elif flag.name == "--cache":
            self.found.cache = True
        else:
            self.found.help = True

    def _parameter(self, value: Any) -> None:
        name, equals, text = str(value).partition("=")
        if not equals or not name:
            raise OptionError(f"--param takes KEY=VALUE, not '{value}'.", "param")
        flag = self.flags.get("--" + name.replace("_", "-"))
        try:
            if flag is not None and flag.row is not None and not flag.refusal:
                return keep(self.found.options, flag.row, text, self.table)
        except OptionError:
            pass  # the service may know more values than dgnb does
        self.found.extra += ((name, text),)
        return None


def keep(options: dict[str, Any], row: Row, value: Any, table: type) -> None:
    """Add a parameter's value, or its text, to options; one that repeats is added to its list.

    Raises
    ------
    OptionError
        It is not one of the parameter's values.

    Examples
    --------
    >>> from dgnb.protocol.options import rows
    >>> from dgnb.protocol.params import ListenOptions
    >>> found = {"keyterm": ["a"]}
    >>> keep(found, rows(ListenOptions)["keyterm"], "b", ListenOptions)
    >>> found
    {'keyterm': ['a', 'b']}
    """
    if object in row.kinds:
        options[row.name] = _json(value)
        return
    if isinstance(value, str):
        value = parse(row, value)
    several = (row.repeat or row.pairs) and not isinstance(value, bool | Mapping)
    if several:
        items = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
        earlier = options.get(row.name)
        value = [*earlier, *items] if isinstance(earlier, list) else items
    encode({row.name: value}, table)
    options[row.name] = value


def _json(value: Any) -> Any:
    """The JSON value that a text stands for; any other text is itself one."""
    try:
        return msgspec.json.decode(value) if isinstance(value, str) else value
    except msgspec.DecodeError:
        return value


def _following(flag: Flag, name: str, waiting: deque[Token]) -> Token | None:
    """The value of a flag in the next word; an optional one only when it is documented, or a number."""
    following = waiting[0].raw if waiting else ""
    if flag.takes == "value" and (not following or following.startswith("-")):
        choices = f": {_some(flag.values)}" if flag.values else ""
        raise OptionError(f"{name} needs a value{choices}.", flag.name)
    is_number = flag.placeholder == "N" and following.isdecimal()
    fits = flag.takes == "optional" and (is_number or following in (*flag.values, "true", "false"))
    return waiting.popleft() if flag.takes == "value" or fits else None


def _some(values: tuple[str, ...], most: int = 8) -> str:
    return ", ".join(values[:most]) + (", ..." if len(values) > most else "")


def _variable(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise OptionError(f"-o takes the name of a variable, not '{name}'.", "output")
    return name


def _format(name: Any, forms: tuple[str, ...]) -> str:
    if name not in forms:
        hint = nearest(str(name), forms)
        raise OptionError(f"-f takes one of {', '.join(forms)}, not '{name}'.{hint}", "format")
    return str(name)


def read(
    tokens: Iterable[Token],
    table: type,
    evaluate: Evaluate,
    verb: str,
    known: Mapping[str, Flag] | None = None,
) -> Arguments:
    """Return the arguments in the words after a verb.

    Parameters
    ----------
    tokens : iterable of Token
    table : type
        The verb's table of options.
    evaluate : callable
        Gives the value of a Python expression.
    verb : str
        For messages.
    known : mapping of str to Flag, optional
        The verb's flags; by default those of the table.

    Raises
    ------
    OptionError
        An option is unknown, lacks its value, or has one that it does not take.

    Examples
    --------
    >>> from dgnb.magics.tokens import split
    >>> from dgnb.protocol.params import ListenOptions
    >>> read(split("a.wav --no-diarize --utt-split=0.5 -o call"), ListenOptions, str, "listen").options
    {'diarize': False, 'utt_split': 0.5}
    """
    return _Parser(table, evaluate, verb, flags(table) if known is None else known).read(tokens)
