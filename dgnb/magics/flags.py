"""The flags of a verb, read from its table of options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dgnb.protocol.options import Row, rows

FORMATS = ("transcript", "df", "text", "json", "html")
"""Forms of a transcript; the first of a verb's forms is what it gives without ``-f``."""


@dataclass(frozen=True)
class Flag:
    """A flag of a magic.

    Parameters
    ----------
    name : str
        As it is typed, ``--smart-format``.
    takes : {"nothing", "optional", "value"}
        Whether a value follows.
    help : str
    placeholder : str
        What stands for the value in the help.
    values : tuple of str
        Documented values.
    row : Row or None
        The parameter; ``None`` for what concerns the magic alone.
    short : str
        Another name of one letter.
    refusal : str
        Why it is not taken here, and what to do; empty for flags that are.
    """

    name: str
    takes: Literal["nothing", "optional", "value"]
    help: str
    placeholder: str = ""
    values: tuple[str, ...] = ()
    row: Row | None = None
    short: str = ""
    refusal: str = ""

    @property
    def negation(self) -> str:
        """The flag that switches it off, empty when there is none."""
        return "" if self.row is None or bool not in self.row.kinds else f"--no-{self.name[2:]}"

    @property
    def repeats(self) -> bool:
        """Whether it may be given several times."""
        return self.name == "--param" if self.row is None else self.row.repeat or self.row.pairs


OUTPUT = Flag("--output", "value", "assign the result to this variable", "NAME", short="-o")
PARAM = Flag("--param", "value", "send a parameter that has no flag yet", "KEY=VALUE")
HELP = Flag("--help", "nothing", "this text", short="-h")
CACHE = Flag("--cache", "nothing", "keep the reply: the same asked again costs nothing and is not sent")
LIVE = Flag("--live", "nothing", "while it is still spoken, as VERB.live: %deepgram help VERB.live says more")


def settings(forms: Sequence[str] = FORMATS, code: str = "Python, curl and official SDK") -> tuple[Flag, ...]:
    """Return the flags that concern the magic: all that ask the service have these.

    Parameters
    ----------
    forms : sequence of str
        What ``-f`` takes.
    code : str
        What ``--show-code`` prints.
    """
    return (
        OUTPUT,
        Flag("--format", "value", "form of the result", "FORM", tuple(forms), short="-f"),
        PARAM,
        Flag("--show-code", "nothing", f"print the same as {code}; nothing is sent"),
        HELP,
    )


def flags(table: type, others: Sequence[Flag] | None = None) -> dict[str, Flag]:
    """Return the flags of a table of options by name, and those that concern the magic alone.

    Parameters
    ----------
    table : type
    others : sequence of Flag, optional
        By default those of `settings`.

    Examples
    --------
    >>> from dgnb.protocol.params import ListenOptions
    >>> flags(ListenOptions)["--smart-format"].negation
    '--no-smart-format'
    """
    found = [_flag(row) for row in rows(table).values()]
    return {flag.name: flag for flag in (*found, *(settings() if others is None else others))}


def _flag(row: Row) -> Flag:
    if row.kinds == {bool}:
        return Flag(row.flag, "optional", row.param.help, values=("true", "false"), row=row)
    takes: Literal["optional", "value"] = "optional" if bool in row.kinds else "value"
    return Flag(row.flag, takes, row.param.help, _placeholder(row), row.values, row)


def _placeholder(row: Row) -> str:
    if row.pairs:
        return "KEY:VALUE"
    if object in row.kinds:
        return "JSON"
    if int in row.kinds:
        return "N"
    return "NUMBER" if float in row.kinds else "TEXT"
