"""What ``%deepgram`` can do: a verb is a function and a row of `VERBS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dgnb.dashboards import NAMES
from dgnb.magics import agent, batching, dashboards, live, login, texts
from dgnb.magics.actions import Action, actions
from dgnb.magics.call import Call
from dgnb.magics.flags import CACHE, FORMATS, HELP, LIVE, OUTPUT, PARAM, Flag, flags, settings
from dgnb.magics.listening import listen
from dgnb.magics.tokens import Token
from dgnb.namespaces import Flux, Listen, Speak
from dgnb.protocol import params
from dgnb.publication import NoOptions


@dataclass(frozen=True)
class Verb:
    """Something that ``%deepgram`` does.

    Parameters
    ----------
    name : str
    run : callable
        Takes a `Call` and gives what the magic returns.
    table : type
        Its options.
    summary : str
        What it gives.
    groups : tuple of type
        The parts of the table, in the order of the help; by default the table is its only part.
    takes : str
        What the line takes beside options, for the help.
    notes : str
        Further help.
    below : str
        What stands in the cell, for the help.
    by_line : bool
        Whether the cell's body names one source a line.
    sources : tuple of str
        Words that name a source.
    forms : tuple of str
        What ``-f`` takes; the first stands for the result itself.
    others : tuple of Flag, optional
        Flags that concern the magic alone, by default those of `dgnb.magics.flags.settings`.
    """

    name: str
    run: Callable[[Call], Any]
    table: type
    summary: str
    groups: tuple[type, ...] = ()
    takes: str = ""
    notes: str = ""
    below: str = ""
    by_line: bool = False
    sources: tuple[str, ...] = ()
    forms: tuple[str, ...] = FORMATS
    others: tuple[Flag, ...] | None = None

    @cached_property
    def flags(self) -> dict[str, Flag]:
        """Its flags by name."""
        return flags(self.table, settings(self.forms) if self.others is None else self.others)


_SOURCES = """\
SOURCE is a path, a pattern (calls/*.wav, **), a URL, $variable or {expression}; an object may be
bytes, an open file, (array, rate), an IPython Audio, or a list of sources. Several sources, a
pattern and a list give a list that shows as a table; sources that fail are told and left out.
In a cell each line is one source, spaces need no quotes, and # begins a remark. On the line
quote what has spaces ("my call.wav") and put text with { or $ in single quotes."""

_SPOKEN = """\
On the line the text may hold $variable and {expression}; in a cell it is spoken as it stands.
%deepgram voices lists the voices."""

_READ = """\
TEXT may be a URL, or $variable that holds a text or a transcript. In a cell the text is read as
it stands. With no analysis named, all four are made."""

_LIVE = """\
It returns at once and runs on; the cell shows how it goes, and keeps what it came to. The result
is the session: stop() ends it, wait() waits for its end, events is its log. Running the cell again
stops the session that it has started before, where the front end tells cells apart, as JupyterLab
does. With --wait the cell lasts as long as the session; interrupting the kernel ends both, and -o
has what there is."""

_HEARD = f"""\
SOURCE is a path or URL, which is played at its pace; or mic, the microphone (mic:NAME: one of this
machine's); or $variable or {{expression}}: bytes, (array, rate), an iterator or queue of chunks. In a
cell the source stands below. The session has text, interim, words and transcript at any time.

{_LIVE}"""

_HEARD_TURNS = f"""\
Flux finds the ends of turns itself; turns has a row for each, configure() changes when they end.

{_HEARD}"""

_SPOKEN_LIVE = f"""\
On the line the text may hold $variable and {{expression}}; in a cell it is spoken as it stands.
The session ends when all is spoken, and plays; speech has all audio so far.

{_LIVE}"""

_NO_KEY = """\
The key is asked for, hidden, and tried before it is kept: in the OS keyring when there is one,
otherwise until the kernel ends. It is never given on the line, where the history would keep it."""


def _verb_of(action: Action, name: str = "") -> Verb:
    return Verb(
        name or action.path,
        action,
        action.table,
        action.summary,
        action.groups,
        action.takes,
        below=action.below,
        forms=action.forms,
    )


def _written() -> list[Verb]:
    """The verbs that are more than an operation."""
    listening = params.Recognition, params.Speakers, params.Formatting, params.Analysis
    return [
        Verb(
            "listen",
            listen,
            params.ListenSubmitOptions,
            "recorded speech into text",
            (*listening, params.Account, params.Delivery),
            "SOURCE...",
            _SOURCES,
            "one source a line",
            by_line=True,
            others=(LIVE, CACHE, *settings()),
        ),
        Verb(
            "batch",
            batching.batch,
            batching.Options,
            "many recordings into text, paid for once",
            (batching.Running, *listening, params.Account),
            "SOURCE...",
            batching.NOTES,
            "one source a line",
            by_line=True,
            others=(OUTPUT, PARAM, HELP),
        ),
        Verb(
            "speak",
            texts.speak,
            params.AnySpeakSubmitOptions,
            "text into speech",
            takes="TEXT",
            notes=_SPOKEN,
            below="the text",
            forms=texts.SPOKEN,
            others=(LIVE, CACHE, *settings(texts.SPOKEN)),
        ),
        Verb(
            "read",
            texts.read,
            params.ReadSubmitOptions,
            "analysis of text",
            takes="TEXT",
            notes=_READ,
            below="the text",
            forms=texts.READ,
            others=(CACHE, *settings(texts.READ)),
        ),
        Verb(
            "agent",
            agent.agent,
            agent.AgentOptions,
            "a conversation with a voice agent",
            takes="$TOOL...",
            notes=agent.NOTES,
            below="the prompt, or settings in YAML",
            others=(OUTPUT, HELP),
        ),
    ]


def _live() -> list[Verb]:
    """The verbs of sessions that run by themselves."""
    listening = (
        params.Hearing, params.Pacing, params.Speakers, params.Writing, params.Naming, params.Account,
        params.LiveDelivery,
    )  # fmt: skip
    heard = live.hearing("listen.live", Listen.live, FORMATS, listening)
    turns = live.hearing("flux.live", Flux.live, FORMATS)
    spoken = live.speaking("speak.live", Speak.live)
    about_turns = "a conversation into text, turn by turn, while it is spoken"
    return [
        _verb_of_live("listen.live", heard, "speech into text while it is spoken", _HEARD),
        _verb_of_live("flux", turns, about_turns, _HEARD_TURNS),
        _verb_of_live("flux.live", turns, about_turns, _HEARD_TURNS),
        _verb_of_live("speak.live", spoken, "text into speech while it is being made", _SPOKEN_LIVE),
    ]


def _verb_of_live(name: str, run: live.Live, summary: str, notes: str) -> Verb:
    heard = run.forms == FORMATS
    return Verb(
        name,
        run,
        run.table,
        summary,
        run.groups,
        "SOURCE" if heard else "TEXT",
        notes,
        "the source" if heard else "the text",
        by_line=heard,
        sources=("mic",) if heard else (),
        forms=run.forms,
        others=settings(run.forms, "Python and official SDK"),
    )


def _about_keys() -> list[Verb]:
    """The verbs that concern who asks."""
    none, report = (HELP,), (OUTPUT, HELP)
    return [
        Verb(
            "login", login.login, login.LoginOptions, "ask for a key and keep it", notes=_NO_KEY, others=none
        ),
        Verb("logout", login.logout, NoOptions, "forget the key that login kept", others=none),
        Verb("status", login.status, NoOptions, "who answers, and in whose name", others=none),
        Verb("doctor", login.check, NoOptions, "what works here, and what to put right", others=report),
    ]


def _of_dashboards() -> list[Verb]:
    """The verbs that open a dashboard."""
    shown = OUTPUT, HELP
    openers = [dashboards.Opener(name) for name in NAMES]
    found = [
        Verb(
            f"dashboard.{each.name}",
            each,
            each.table,
            each.summary,
            takes="$TOOL..." if each.has_tools else "",
            notes=dashboards.NOTES,
            others=shown,
        )
        for each in openers
    ]
    about = "a page of controls: " + ", ".join(NAMES)
    return [Verb("dashboard", dashboards.choose, NoOptions, about, takes="NAME", others=shown), *found]


_SHORT = {"speak.voices": "voices", "billing.purchases": "purchases", "auth.grant": "grant"}
"""Operations that have a verb of their own."""


def _all() -> dict[str, Verb]:
    written = _written()
    # listen, speak and read take more than the operations that they are named after.
    names = [name for verb in written for name in (verb.name, f"{verb.name}.submit")]
    asked = [action for action in actions() if action.path not in names]
    short = [_verb_of(action, _SHORT[action.path]) for action in asked if action.path in _SHORT]
    found = [*written, *_live(), *map(_verb_of, asked), *short, *_of_dashboards(), *_about_keys()]
    return {verb.name: verb for verb in found}


VERBS = _all()
"""All verbs by name. A new one needs nothing else: flags, help and completion follow from its table."""


def names() -> list[str]:
    """Return the verbs of one word."""
    return [name for name in VERBS if "." not in name]


def within(group: str) -> list[str]:
    """Return what may follow a verb, behind a dot or a space.

    Examples
    --------
    >>> within("keys")
    ['get', 'create', 'delete']
    """
    # What follows speak is its text.
    if group not in VERBS or not (isinstance(VERBS[group].run, Action) or group == "dashboard"):
        return []
    return [name.removeprefix(f"{group}.") for name in VERBS if name.startswith(f"{group}.")]


def find(words: Sequence[str]) -> tuple[Verb | None, int]:
    """Return the verb that words begin with, and how many of them name it.

    Examples
    --------
    >>> [(verb.name, count) for verb, count in (find(["keys.get"]), find(["keys", "get", "k"]))]
    [('keys.get', 1), ('keys.get', 2)]
    """
    first, second = (word.replace("-", "_") for word in (*words, "", "")[:2])
    if second in within(first):
        return VERBS[f"{first}.{second}"], 2
    live_one = f"{first}.live"
    return VERBS.get(live_one if LIVE.name in words and live_one in VERBS else first), 1


def without_live(verb: Verb, words: Sequence[Token]) -> list[Token]:
    """Return what follows a verb without the ``--live`` that has chosen it."""
    return [word for word in words if word.raw != LIVE.name or not isinstance(verb.run, live.Live)]
