"""What the agent says or does next, by rules: the sandbox's own stand-in for a language model.

The same conversation always leads to the same reply. In this order:

1. Results of functions are told: a text as it is, the fields of a JSON object one by one.
2. An answer to the question for an argument completes the call that it was asked for.
3. The function that shares most words with the user's (its name counts double, its
   description and the values it takes once) is called, once for each part of what was
   said that gives a complete call; a required argument that is missing is asked for.
4. Small talk: hello, names, thanks, goodbye, and what was said before.
5. The sentence of the prompt that shares most words with the user's is the answer.
6. Otherwise it says what it has heard, and what it can do.

Of the prompt it honours: "Your name is X" or "You are X,"; "in one sentence"; "Begin
every reply with X"; "End every reply with X".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from dgnb.protocol.messages.agent import History
from dgnb.protocol.settings import Function
from dgnb.sandbox.agent import arguments
from dgnb.sandbox.agent.wording import capital, phrased, sentence, sentences, toned
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.lexicon import content_stems

_ENOUGH = 2
"""Shared words, weighed, from which a function is meant."""

_SHORT = 4
"""Words of a part that can go on with the function of the part before."""


@dataclass(frozen=True)
class Call:
    """A function to be called; `arguments` is the text of a JSON object."""

    name: str
    arguments: str
    id: str = ""
    signature: str | None = None


@dataclass(frozen=True)
class Thought:
    """What comes of thinking: something to say, or functions to call; `reason` is how it was found."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Meant:
    """A function that the user wants, and the arguments that are known."""

    function: Function
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        """What has to be asked for."""
        return arguments.missing(self.function.parameters, self.known)

    @property
    def call(self) -> Call:
        """The call, when nothing is missing."""
        return Call(self.function.name, msgspec.json.encode(self.known).decode())


def think(
    prompt: str, functions: Sequence[Function], history: Sequence[History], today: date | None = None
) -> Thought:
    """Return what comes next in a conversation.

    Parameters
    ----------
    prompt : str
    functions : sequence of Function
    history : sequence of History
        The conversation so far; its end is what is answered.
    today : date, optional
        What "tomorrow" counts from.

    Examples
    --------
    >>> said = [History(role="user", content="What is your name?")]
    >>> think("Your name is Ada. End every reply with Over.", [], said).text
    'My name is Ada. Over.'
    """
    thought = _thought(prompt, functions, history, today or date.today())
    return Thought(toned(thought.text, prompt), thought.calls, thought.reason) if thought.text else thought


def _thought(prompt: str, functions: Sequence[Function], history: Sequence[History], today: date) -> Thought:
    if results := _results(history):
        return Thought(" ".join(results), reason="The functions have answered.")
    text = next((one.content for one in reversed(history) if one.role == "user" and one.content), "")
    meant = _completed(functions, history, today) or _meant(functions, text, today)
    if meant and meant[0].missing:
        name = meant[0].missing[0]
        reason = f"{meant[0].function.name} needs {name}."
        return Thought(_question(meant[0].function, name), reason=reason)
    if meant:
        names = ", ".join(one.function.name for one in meant)
        return Thought(calls=tuple(one.call for one in meant), reason=f"The user wants {names}.")
    return Thought(_talk(prompt, functions, history, text), reason="No function is meant.")


def _results(history: Sequence[History]) -> list[str]:
    """The results that came after the last text, in words."""
    told: list[str] = []
    for one in reversed(history):
        if one.function_calls is None:
            break
        told = [phrased(call.response) for call in one.function_calls] + told
    return told


def _completed(functions: Sequence[Function], history: Sequence[History], today: date) -> list[Meant]:
    """The call that the user's answers to questions complete, or bring nearer."""
    steps = list(_asked(functions, history))
    if not steps:
        return []
    function, begun = steps[0][0], steps[0][1]
    known = arguments.extract(function.parameters, begun, today)
    for _, _, name, said in steps:
        schema = arguments.properties(function.parameters)[name]
        value = arguments.answer(name, schema, said, today)
        known |= {} if value is None else {name: value}
    return [Meant(function, known)]


def _asked(
    functions: Sequence[Function], history: Sequence[History]
) -> Iterator[tuple[Function, str, str, str]]:
    """Questions for arguments at the end of a conversation, oldest first.

    Each is a function, the words that began it, the argument that was asked for, and the answer.
    """
    spoken = [one for one in history if one.role]
    asked: list[tuple[Function, str, str]] = []
    at = len(spoken) - 1
    while at >= 2 and (found := _of_question(functions, spoken[at - 1].content or "")):
        asked.insert(0, (*found, spoken[at].content or ""))
        at -= 2
    for function, name, said in asked:
        yield function, spoken[at].content or "", name, said


def _of_question(functions: Sequence[Function], text: str) -> tuple[Function, str] | None:
    for function in functions:
        for name in arguments.properties(function.parameters):
            if _question(function, name) in text:
                return function, name
    return None


def _question(function: Function, name: str) -> str:
    """The question for an argument."""
    schema = arguments.properties(function.parameters)[name]
    told = name.replace("_", " ")
    values = schema.get("enum") or ()
    choice = f": {', '.join(map(str, values))}" if values else ""
    return f"Which {told} do you want for {function.name.replace('_', ' ')}{choice}?"


def _meant(functions: Sequence[Function], text: str, today: date) -> list[Meant]:
    """The functions that the user wants; several where parts of what was said are whole calls."""
    parts = [part for part in re.split(r"(?<=[.?!])\s+|,?\s+and\s+", text) if part.strip()]
    found: list[Meant] = []
    for part in parts:
        one = _best(functions, part, today) or _more(found, part, today)
        found += [one] if one and not one.missing else []
    calls = [one for index, one in enumerate(found) if one not in found[:index]]
    if len(calls) > 1:
        return calls
    whole = _best(functions, text, today)
    return [whole] if whole else []


def _more(found: Sequence[Meant], part: str, today: date) -> Meant | None:
    """The last function again, of a part that only has other arguments: "and in Rome?"."""
    if not found or len(part.split()) > _SHORT:
        return None
    function = found[-1].function
    known = arguments.extract(function.parameters, part, today)
    return Meant(function, known) if known else None


def _best(functions: Sequence[Function], text: str, today: date) -> Meant | None:
    scored = [(_score(function, text), function) for function in functions]
    score, best = max(scored, key=lambda one: one[0], default=(0, None))
    if best is None or score < _ENOUGH:
        return None
    return Meant(best, arguments.extract(best.parameters, text, today))


def _score(function: Function, text: str) -> int:
    said = _stems(text)
    values = [
        str(value)
        for schema in arguments.properties(function.parameters).values()
        for value in schema.get("enum") or ()
    ]
    parts = [_stems(function.name), *(_stems(part) for part in (function.description, " ".join(values)))]
    return 2 * len(said & parts[0]) + len(said & (parts[1] - parts[0])) + len(said & parts[2])


def _stems(text: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
    return content_stems(word.word.removesuffix("'s") for word in words_of(spaced))


_NAME = re.compile(r"\b(?:my name is|i am called|call me)\s+([A-Za-z][\w'-]*)", re.I)
_OWN_NAME = re.compile(r"\b(?:[Yy]our name is|[Yy]ou are called|[Yy]ou are)\s+([A-Z][\w'-]*)")


def _talk(prompt: str, functions: Sequence[Function], history: Sequence[History], text: str) -> str:
    if not text:
        return f"{_introduction(prompt)} How can I help you?"
    for pattern, reply in _SMALL:
        if re.search(pattern, text, re.I):
            return reply(prompt, history, text)
    return _fact(prompt, text) or _heard(functions, text)


def _introduction(prompt: str) -> str:
    name = _OWN_NAME.search(prompt)
    return f"Hello, I am {name[1]}." if name else "Hello."


def _own_name(prompt: str, _: Sequence[History], __: str) -> str:
    name = _OWN_NAME.search(prompt)
    return f"My name is {name[1]}." if name else "I have no name."


def _users_name(_: str, history: Sequence[History], __: str) -> str:
    said = [found for one in history if one.role == "user" and (found := _NAME.search(one.content or ""))]
    return f"Your name is {capital(said[-1][1])}." if said else "You have not told me your name."


def _met(_: str, __: Sequence[History], text: str) -> str:
    name = _NAME.search(text)
    return f"Nice to meet you, {capital(name[1])}." if name else "Nice to meet you."


def _said_before(_: str, history: Sequence[History], __: str) -> str:
    said = [one.content or "" for one in history if one.role == "user"]
    return f"You said: {sentence(said[-2])}" if len(said) > 1 else "You have not said anything before."


_SMALL = (
    (r"\byour name\b|\bwho are you\b", _own_name),
    (r"\bwhat('s| is) my name\b|\bwho am i\b", _users_name),
    (_NAME.pattern, _met),
    (r"\bwhat did i (just )?(say|ask)\b", _said_before),
    (r"\bthank(s| you)\b", lambda *_: "You are welcome."),
    (r"\b(good ?bye|bye|see you)\b", lambda *_: "Goodbye."),
    (
        r"^\W*(hello|hi|hey|good (morning|afternoon|evening))\b[^?]{0,20}$",
        lambda prompt, *_: f"{_introduction(prompt)} How can I help you?",
    ),
)


_RULE = re.compile(
    r"\b(begin|start|end|finish) (every|each) (reply|answer)|\banswer\b|\byour? (are|name)\b", re.I
)


def _fact(prompt: str, text: str) -> str:
    """The sentence of the prompt that shares most words with the user's."""
    said = _stems(text)
    scored = [(len(said & _stems(one)), one) for one in sentences(prompt) if not _RULE.search(one)]
    score, best = max(scored, key=lambda one: one[0], default=(0, ""))
    return best if score else ""


def _heard(functions: Sequence[Function], text: str) -> str:
    can = [function.description.strip().rstrip(".") or function.name for function in functions]
    offer = f" I can do this: {'; '.join(can)}." if can else ""
    return f"I heard: {sentence(text)}{offer}"
