"""The words of a magic's line: text, quotes, ``$variable`` and ``{expression}``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dgnb.errors import OptionError
from dgnb.protocol.options import nearest

Evaluate = Callable[[str], Any]
"""Gives the value of a Python expression in the user's namespace."""

_VARIABLE = re.compile(r"\$([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
# A backslash before anything else is kept: it parts folders on Windows.
_ESCAPE = re.compile(r"\\([\s'\"{}$#])")
_REMARK = re.compile(r"(?:^|\s)#(?=\s|$)")


@dataclass(frozen=True)
class Expression:
    """What stands between braces or after a dollar sign."""

    code: str


Piece = str | Expression


@dataclass(frozen=True)
class Token:
    """A word: pieces side by side, and where it was written."""

    pieces: tuple[Piece, ...]
    start: int = 0
    raw: str = ""

    @property
    def text(self) -> str:
        """The text that it begins with, empty when it begins with an expression."""
        first = self.pieces[0] if self.pieces else ""
        return first if isinstance(first, str) else ""

    @property
    def expression(self) -> str:
        """The code when it is one expression and nothing else, otherwise empty."""
        alone = self.pieces[0] if len(self.pieces) == 1 else ""
        return alone.code if isinstance(alone, Expression) else ""

    def value(self, evaluate: Evaluate) -> Any:
        """Return the object that a lone expression stands for, otherwise text."""
        if self.expression:
            return evaluate(self.expression)
        return "".join(
            piece if isinstance(piece, str) else str(evaluate(piece.code)) for piece in self.pieces
        )


class _Scanner:
    """Reads tokens from left to right; `unclosed` is the quote or brace that the text ends in."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.unclosed = text, 0, ""

    def tokens(self) -> Iterator[Token]:
        while self.at < len(self.text):
            if self.text[self.at].isspace():
                self.at += 1
                continue
            start = self.at
            pieces = _joined(self._word())
            yield Token(pieces, start, self.text[start : self.at])

    def _word(self) -> Iterator[Piece]:
        while self.at < len(self.text) and not self.text[self.at].isspace():
            if self._opens():
                yield from self._quoted()
            else:
                yield self.piece()

    def _opens(self) -> bool:
        """Whether a quote begins here; behind a letter or digit it is an apostrophe, or inches."""
        return self.text[self.at] in "'\"" and not (self.at and self.text[self.at - 1].isalnum())

    def _quoted(self) -> Iterator[Piece]:
        quote = self.text[self.at]
        self.at += 1
        yield ""
        while self.at < len(self.text) and self.text[self.at] != quote:
            yield self.piece() if quote == '"' else self._character()
        if self.at == len(self.text):
            self.unclosed = self.unclosed or quote
        self.at += 1

    def piece(self) -> Piece:
        if self.text[self.at] == "{":
            return self._braces()
        if variable := _VARIABLE.match(self.text, self.at):
            self.at = variable.end()
            return Expression(variable[1])
        if escape := _ESCAPE.match(self.text, self.at):
            self.at = escape.end()
            return escape[1]
        return self._character()

    def _character(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _braces(self) -> Expression:
        start = end = self.at + 1
        # The first brace that leaves a whole expression closes it: others are within strings or sets.
        while (end := self.text.find("}", end)) >= 0:
            code = self.text[start:end].strip()
            if _is_expression(code):
                self.at = end + 1
                return Expression(code)
            end += 1
        self.unclosed, self.at = "{", len(self.text)
        return Expression(self.text[start:].strip())


def _is_expression(code: str) -> bool:
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _joined(pieces: Iterator[Piece]) -> tuple[Piece, ...]:
    """Pieces with neighbouring texts made one, and without empty ones."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)


def scan(text: str) -> tuple[list[Token], str]:
    """Return the tokens of a line that may be unfinished, and the quote or brace left open.

    Examples
    --------
    >>> words, unclosed = scan('call.wav --model "nov')
    >>> words[-1].raw, unclosed
    ('"nov', '"')
    """
    scanner = _Scanner(text)
    return list(scanner.tokens()), scanner.unclosed


def split(line: str) -> list[Token]:
    """Return the tokens of a line; a ``#`` standing alone begins a remark.

    Raises
    ------
    OptionError
        A quote or brace is not closed.

    Examples
    --------
    >>> [word.pieces for word in split("call.wav --model $name")]
    [('call.wav',), ('--model',), (Expression(code='name'),)]
    """
    found: list[Token] = []
    words, unclosed = scan(line)
    for word in words:
        if word.raw == "#":
            return split(line[: word.start])
        found.append(word)
    _require_closed(line, unclosed)
    return found


def _require_closed(line: str, unclosed: str) -> None:
    if unclosed == "{":
        text = "has a { that no } closes as a Python expression. Text with braces goes in single quotes."
    elif unclosed:
        text = f"has a {unclosed} that is not closed."
    else:
        return
    raise OptionError(f"'{line.strip()}' {text}")


def lines(body: str) -> list[Token]:
    r"""Return one token for each line of a cell; blank lines and remarks are left out.

    Spaces and quotes are a part of the text, but quotes around a whole line are not.

    Examples
    --------
    >>> [line.value(str) for line in lines("my call.wav  # the first\n\n# the others:\ncalls/*.wav")]
    ['my call.wav', 'calls/*.wav']
    """
    texts = (_without_remark(line).strip() for line in body.splitlines())
    return [_line(text) for text in texts if text]


def _without_remark(line: str) -> str:
    if line.lstrip().startswith("#"):
        return ""
    remark = _REMARK.search(line)
    return line[: remark.start()] if remark else line


def _line(text: str) -> Token:
    if text[0] in "'\"" and text[-1] == text[0] and len(text) > 1:
        return split(text)[0]
    scanner = _Scanner(text)
    pieces: list[Piece] = []
    while scanner.at < len(text):
        pieces.append(scanner.piece())
    _require_closed(text, scanner.unclosed)
    return Token(_joined(iter(pieces)), 0, text)


def evaluator(namespace: Mapping[str, Any]) -> Evaluate:
    """Return what evaluates expressions with the names of `namespace`.

    Examples
    --------
    >>> evaluator({"calls": ["a.wav", "b.wav"]})("calls[0]")
    'a.wav'
    """

    def evaluate(code: str) -> Any:
        try:
            return eval(code, dict(namespace))  # noqa: S307 - the user's own code, in the user's own kernel
        except NameError as error:
            hint = nearest(error.name or "", namespace)
            raise OptionError(f"There is no variable '{error.name}'.{hint}") from error
        except Exception as error:
            raise OptionError(f"{{{code}}} fails with {type(error).__name__}: {error}") from error

    return evaluate
