"""What was typed after a verb, taken apart."""

from __future__ import annotations

import keyword
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

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
        What is no option: sources.
    options : dict
        Values by parameter name.
    extra : tuple of (str, str)
        Parameters that are sent as they are written.
    output : str
        Variable to assign to, empty for none.
    format : str
        One of `dgnb.magics.flags.FORMATS`.
    show_code, help : bool
    """

    words: list[Token] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    extra: Query = ()
    output: str = ""
    format: str = FORMATS[0]
    show_code: bool = False
    help: bool = False


class _Parser:
    def __init__(self, table: type, evaluate: Evaluate, verb: str) -> None:
        self.table, self.evaluate, self.verb = table, evaluate, verb
        self.flags = flags(table)
        self.found = Arguments()

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
        after = Token(((rest,) if rest else ()) + token.pieces[1:]) if equals else None
        if off and after:
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
        hint = hint or f" %deepgram help {self.verb} lists them; --param KEY=VALUE sends any."
        raise OptionError(f"{self.verb} has no option {name}.{hint}", name)

    def _store(self, flag: Flag, value: Any) -> None:
        if flag.row is not None:
            self._keep(flag.row, value)
        elif flag.name == "--output":
            self.found.output = _variable(value)
        elif flag.name == "--format":
            self.found.format = _format(value)
        elif flag.name == "--param":
            self._parameter(value)
        elif flag.name == "--show-code":
            self.found.show_code = True
        else:
            self.found.help = True

    def _keep(self, row: Row, value: Any) -> None:
        options = self.found.options
        if isinstance(value, str):
            value = parse(row, value)
        several = (row.repeat or row.pairs) and not isinstance(value, bool | Mapping)
        if several:
            items = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
            earlier = options.get(row.name)
            value = [*earlier, *items] if isinstance(earlier, list) else items
        encode({row.name: value}, self.table)
        options[row.name] = value

    def _parameter(self, value: Any) -> None:
        name, equals, text = str(value).partition("=")
        if not equals or not name:
            raise OptionError(f"--param takes KEY=VALUE, not '{value}'.", "param")
        flag = self.flags.get("--" + name.replace("_", "-"))
        try:
            if flag is not None and flag.row is not None:
                return self._keep(flag.row, text)
        except OptionError:
            pass  # the service may know more values than dgnb does
        self.found.extra += ((name, text),)
        return None


def _following(flag: Flag, name: str, waiting: deque[Token]) -> Token | None:
    """The value of a flag in the next word; an optional one only when it is documented."""
    following = waiting[0].raw if waiting else ""
    if flag.takes == "value" and (not following or following.startswith("-")):
        choices = f": {_some(flag.values)}" if flag.values else ""
        raise OptionError(f"{name} needs a value{choices}.", flag.name)
    documented = flag.takes == "optional" and following in (*flag.values, "true", "false")
    return waiting.popleft() if flag.takes == "value" or documented else None


def _some(values: tuple[str, ...], most: int = 8) -> str:
    return ", ".join(values[:most]) + (", ..." if len(values) > most else "")


def _variable(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise OptionError(f"-o takes the name of a variable, not '{name}'.", "output")
    return name


def _format(name: Any) -> str:
    if name not in FORMATS:
        hint = nearest(str(name), FORMATS)
        raise OptionError(f"-f takes one of {', '.join(FORMATS)}, not '{name}'.{hint}", "format")
    return str(name)


def read(tokens: Iterable[Token], table: type, evaluate: Evaluate, verb: str) -> Arguments:
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
    return _Parser(table, evaluate, verb).read(tokens)
