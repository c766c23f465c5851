"""The help of the magics, written from the tables."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from dgnb.magics.flags import Flag, flags
from dgnb.magics.verbs import VERBS, Verb, names, within

_WIDTH, _INDENT, _NAME = 100, 30, 12

_SHOWN = ("listen", "speak", "read")
"""Verbs whose help stands in the magic's own."""


def overview() -> str:
    """Return the verbs, and how to find out more.

    Examples
    --------
    >>> print(overview().splitlines()[0])
    %deepgram VERB ... [options] [-o NAME]
    """
    verbs = "\n".join(map(_line, names()))
    return f"""\
%deepgram VERB ... [options] [-o NAME]
%%deepgram VERB [options] [-o NAME]

Verbs
{verbs}
  {"help":{_NAME}}this text; %deepgram help VERB: a verb's options

Examples
  call = %deepgram listen call.wav --diarize --smart-format
  calls << %%deepgram listen --model nova-3       (and below it one source a line)
  %deepgram listen $audio -f df
  live = %deepgram listen mic --live --interim-results        (runs on; live.text, live.stop())
  %deepgram speak --model aura-2-thalia-en Good morning.
  %deepgram keys create "for the lesson" member

Without a key the offline sandbox answers; %deepgram login, or DEEPGRAM_API_KEY, to use Deepgram.
"""


def _line(name: str) -> str:
    verb = VERBS[name]
    others = ", ".join(within(name))
    return f"  {name:{_NAME}}{verb.summary}" + (f"\n  {'':{_NAME}}also {others}" if others else "")


def manual(verb: Verb) -> str:
    """Return a verb's help: usage, its flags by group, their values and defaults."""
    options = "[options] [-o NAME]" if "--output" in verb.flags else "[options]"
    usage = " ".join(filter(None, ["%deepgram", verb.name, verb.takes, options]))
    if verb.below:
        usage += f"\n%%deepgram {verb.name} {options}    and below it {verb.below}"
    about = fill(_sentence(verb.summary), _WIDTH)
    own = [flag for flag in verb.flags.values() if flag.row is None]
    parts = [usage, about, verb.notes, _others(verb), _section("Result", own)]
    return "\n\n".join([*(part for part in parts if part), *_groups(verb)]) + "\n"


def _others(verb: Verb) -> str:
    others = " ".join(f"{verb.name}.{name}" for name in within(verb.name))
    return fill(f"Also: {others}", _WIDTH) if others else ""


def documentation() -> str:
    """Return the docstring of the magic: the overview, and the help of the verbs with most options."""
    return "\n\n".join([overview(), *(manual(VERBS[name]) for name in _SHOWN)])


def _groups(verb: Verb) -> list[str]:
    sections = []
    for group in verb.groups or (verb.table,):
        about = (group.__doc__ or "").strip().rstrip(".").replace("`", "")
        title = f"{group.__name__}: {about[:1].lower()}{about[1:]}" if verb.groups else "Options"
        own = [flag for flag in flags(group).values() if flag.row is not None]
        sections += [_section(title, own)] if own else []
    return sections


def _section(title: str, members: Iterable[Flag]) -> str:
    return "\n".join([fill(title, _WIDTH), *(_entry(flag) for flag in members)])


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
