"""The help of the magics, written from the tables."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from dgnb.magics.flags import SETTINGS, Flag, flags
from dgnb.magics.verbs import VERBS, Verb

_WIDTH, _INDENT = 100, 30


def overview() -> str:
    """Return the verbs, and how to find out more.

    Examples
    --------
    >>> print(overview().splitlines()[0])
    %deepgram VERB ... [options] [-o NAME]
    """
    verbs = "\n".join(f"  {verb.name:10}{verb.summary}" for verb in VERBS.values())
    return f"""\
%deepgram VERB ... [options] [-o NAME]
%%deepgram VERB [options] [-o NAME]

Verbs
{verbs}
  {"help":10}this text; %deepgram help VERB: a verb's options

Examples
  call = %deepgram listen call.wav --diarize --smart-format
  calls << %%deepgram listen --model nova-3       (and below it one source a line)
  %deepgram listen $audio -f df

Without a key the offline sandbox answers; set DEEPGRAM_API_KEY to use Deepgram.
"""


def manual(verb: Verb) -> str:
    """Return a verb's help: usage, its flags by group, their values and defaults."""
    usage = " ".join(filter(None, ["%deepgram", verb.name, verb.takes, "[options] [-o NAME]"]))
    cell = f"%%deepgram {verb.name} [options] [-o NAME]" + (
        "    and below it one source a line" * verb.by_line
    )
    parts = [f"{usage}\n{cell}", _sentence(verb.summary), verb.notes, _section("Result", SETTINGS)]
    return "\n\n".join([*(part for part in parts if part), *_groups(verb)]) + "\n"


def documentation() -> str:
    """Return the docstring of the magic: the overview and every verb's help."""
    return "\n\n".join([overview(), *(manual(verb) for verb in VERBS.values())])


def _groups(verb: Verb) -> list[str]:
    sections = []
    for group in verb.groups or (verb.table,):
        about = (group.__doc__ or "").strip().rstrip(".")
        title = f"{group.__name__}: {about[:1].lower()}{about[1:]}"
        own = [flag for flag in flags(group).values() if flag.row is not None]
        sections.append(_section(title, own))
    return sections


def _section(title: str, members: Iterable[Flag]) -> str:
    return "\n".join([title, *(_entry(flag) for flag in members)])


def _entry(flag: Flag) -> str:
    head = f"  {_usage(flag)}"
    gap = "\n" + " " * _INDENT if len(head) > _INDENT - 2 else " " * (_INDENT - len(head))
    text = flag.help + _default(flag) + _values(flag) + ("; may repeat" if flag.repeats else "")
    indent = " " * _INDENT
    body = fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    ).lstrip()
    return head + gap + body


def _usage(flag: Flag) -> str:
    names = f"{flag.short}, {flag.name}" if flag.short else flag.name
    if flag.takes == "value":
        return f"{names} {flag.placeholder}"
    name = f"--[no-]{flag.name[2:]}" if flag.negation else names
    return f"{name}[={flag.placeholder}]" if flag.placeholder else name


def _default(flag: Flag) -> str:
    default = None if flag.row is None else flag.row.param.default
    if default is None:
        return ""
    return f"; default {({True: 'on', False: 'off'}[default]) if isinstance(default, bool) else default}"


def _values(flag: Flag) -> str:
    if not flag.placeholder or not flag.values:
        return ""
    closed = flag.row is None or bool(flag.row.closed)
    if closed or len(flag.values) <= 6:
        return f"; {'one of' if closed else 'known:'} {', '.join(flag.values)}"
    return f"; known: {', '.join(flag.values[:4])} and {len(flag.values) - 4} more (Tab lists them)"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
