"""Completion of ``%deepgram`` and ``%%deepgram``: verbs, flags, values, files, variables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher

from dgnb.magics.flags import LIVE, Flag
from dgnb.magics.tokens import Token, scan
from dgnb.magics.verbs import VERBS, Verb, find, within
from dgnb.magics.verbs import names as verb_names

_LINE = re.compile(r"\s*(?:[\w.,\[\]'\"\s]+?\s*(?:=|<<)\s*)?%{1,2}deepgram\s+")
_CELL = re.compile(r"(?:\S+\s*<<\s*)?%%deepgram\s+(?P<rest>.*)")
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*$")
_NEEDS_ESCAPE = re.compile(r"([\s'\"{}$])")


@dataclass(frozen=True)
class Offer:
    """What may stand in the place of `fragment`, the text before the cursor; `required` if only that may."""

    fragment: str
    texts: tuple[str, ...]
    kind: str
    required: bool = False


Names = Mapping[str, Any]


def offers(lines: list[str], row: int, column: int, names: Names) -> Iterator[Offer]:
    """Yield what completes a cell at a place in it.

    Parameters
    ----------
    lines : list of str
        The cell.
    row, column : int
        The cursor, from 0.
    names : mapping
        The user's variables.

    Examples
    --------
    >>> [offer.texts for offer in offers(["%deepgram li"], 0, 12, {})]
    [('listen',)]
    """
    before = lines[row][:column]
    magic = _LINE.match(before) if "%deepgram" in before else None
    if magic:
        yield from _on_line(before[magic.end() :], lines[row][magic.end() :], names)
    elif (verb := _verb_of_cell(lines, row)) and verb.by_line:
        yield from _in_body(before, names, verb.sources)


def _verb_of_cell(lines: list[str], row: int) -> Verb | None:
    """The verb when the row is in the body of a cell magic."""
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    magic = _CELL.match(lines[first]) if first < row else None
    return find(magic["rest"].split())[0] if magic else None


@dataclass(frozen=True)
class Place:
    """The cursor behind a verb: the word it is in, the one before, all of the line's words."""

    verb: Verb
    current: str
    previous: Token
    words: list[Token]
    unclosed: str
    names: Names


def _on_line(before: str, whole: str, names: Names) -> Iterator[Offer]:
    words, unclosed = scan(before)
    is_new = not before or (before[-1].isspace() and not unclosed)
    current, earlier = ("", words) if is_new else (words[-1].raw, words[:-1])
    if not earlier:
        yield Offer(current, _verbs(current, "help"), "keyword")
        return
    if len(earlier) == 1 and earlier[0].raw == "help":
        yield Offer(current, _verbs(current), "keyword")
    # Flags are those of the live verb wherever --live stands.
    live = [LIVE.name for word in scan(whole)[0] if word.raw == LIVE.name]
    verb, count = find([*(word.raw for word in earlier), *live])
    if verb is None:
        return
    if len(earlier) == count == 1:
        yield Offer(current, _begun(current, within(verb.name)), "keyword")
    yield from _after_verb(Place(verb, current, earlier[-1], scan(whole)[0], unclosed, names))


def _verbs(current: str, *others: str) -> tuple[str, ...]:
    """Verbs that begin so; those with a dot only when what stands before it is typed."""
    group = current.partition(".")[0]
    dotted = [name for name in VERBS if name.startswith(f"{group}.")]
    return _begun(current, [*verb_names(), *dotted, *others])


def _after_verb(place: Place) -> Iterator[Offer]:
    verb, current = place.verb, place.current
    if expression := _in_expression(current, place.unclosed, place.names):
        yield from expression
        return
    values = list(_values(place))
    yield from values
    if values and values[0].required:
        return
    if verb.by_line and not current.startswith("-"):
        yield Offer(current, _begun(current, verb.sources), "keyword")
        yield from _files(current)
    yield Offer(current, _begun(current, _flag_names(verb, place.words, current)), "param")


def _values(place: Place) -> Iterator[Offer]:
    """Values of the flag that the cursor is in, or that stands before it."""
    name, equals, value = place.current.partition("=")
    flag = _flag(place.verb, name) if equals else None
    if flag is not None:
        yield Offer(value, _begun(value, flag.values), "value", required=True)
        return
    flag = _flag(place.verb, place.previous.raw)
    if flag is not None and flag.placeholder:
        values = _begun(place.current, flag.values)
        yield Offer(place.current, values, "value", required=flag.takes == "value")


def _flag(verb: Verb, name: str) -> Flag | None:
    typed = name.replace("_", "-")
    return next((flag for flag in verb.flags.values() if typed in (flag.name, flag.short)), None)


def _flag_names(verb: Verb, words: Iterable[Token], current: str) -> Iterator[str]:
    given = {word.raw.partition("=")[0].replace("_", "-") for word in words if word.raw != current}
    for flag in verb.flags.values():
        if flag.repeats or not given & {flag.name, flag.short, flag.negation}:
            yield flag.name
            if current.startswith("--n") and flag.negation:
                yield flag.negation


def _in_body(before: str, names: Names, sources: tuple[str, ...]) -> Iterator[Offer]:
    text = before.lstrip()
    if text.startswith("#"):
        return
    yield Offer(text, _begun(text, sources), "keyword")
    braces = "{" if text.rfind("{") > text.rfind("}") else ""
    yield from _in_expression(text, braces, names) or _files(text, escape=False)


def _in_expression(current: str, unclosed: str, names: Names) -> list[Offer]:
    """Variables after a dollar sign or a brace; what follows a dot is left to IPython."""
    if unclosed == "{":
        name = _NAME.search(current)
        fragment = name[0] if name else ""
        opened = not name and current.rstrip()[-1:] in "{([,+-*/"
        return [Offer(fragment, _begun(fragment, names), "instance")] if name or opened else []
    dollar = re.search(r"\$(\w*)$", current)
    if not dollar or unclosed == "'":
        return []
    plain = [name for name, value in names.items() if not isinstance(value, ModuleType | FunctionType | type)]
    return [Offer(dollar[1], _begun(dollar[1], plain), "instance")]


def _files(current: str, escape: bool = True) -> Iterator[Offer]:
    quote = current[:1] if current[:1] in ("'", '"') else ""
    typed = current[len(quote) :]
    path = typed if quote or not escape else re.sub(r"\\([\s'\"{}$#])", r"\1", typed)
    folder, name = os.path.split(path)
    found = tuple(_entries(folder, name))
    if escape and not quote:
        found = tuple(_NEEDS_ESCAPE.sub(r"\\\1", entry) for entry in found)
    yield Offer(typed, found, "path")


def _entries(folder: str, name: str) -> Iterator[str]:
    """Paths in a folder that begin with a name, written as the folder is; hidden ones only on request."""
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder) or "."), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
            yield os.path.join(folder, entry.name) + ("/" if entry.is_dir() else "")


def _begun(fragment: str, texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text.startswith(fragment))


def _variables(shell: Any) -> dict[str, Any]:
    hidden = shell.user_ns_hidden
    return {
        name: value
        for name, value in shell.user_ns.items()
        if not name.startswith("_") and name not in hidden
    }


def matcher(shell: Any) -> Any:
    """Return what IPython asks for the completions of a shell's cells."""

    def complete(context: CompletionContext) -> dict[str, Any]:
        lines = context.full_text.split("\n")
        found = [
            offer
            for offer in offers(lines, context.cursor_line, context.cursor_position, _variables(shell))
            if offer.texts
        ]
        return {
            "completions": [
                SimpleCompletion(text, type=offer.kind) for offer in found for text in offer.texts
            ],
            "matched_fragment": found[0].fragment if found else context.token,
            "suppress": True,
            "ordered": True,
        }

    # Before the others, so that they need not run: the first answer of jedi takes seconds.
    return context_matcher(identifier="dgnb", priority=100)(complete)


def install(shell: Any) -> None:
    """Add the matcher to a shell."""
    uninstall(shell)
    shell.Completer.custom_matchers.append(matcher(shell))


def uninstall(shell: Any) -> None:
    """Remove the matcher from a shell."""
    others = [
        own for own in shell.Completer.custom_matchers if getattr(own, "matcher_identifier", "") != "dgnb"
    ]
    shell.Completer.custom_matchers[:] = others
