"""Arguments of a function, found in somebody's words by its JSON schema.

Each property is looked for by its type: a value of an ``enum`` by its name, numbers
as words or digits (of several, the one nearest to a word of the property), yes and no,
a day (``format: date``), and otherwise a text: in quotes, behind the property's own
name ("the order number is A17"), a known place where a place is asked for, what
stands behind a preposition, or a name with a capital.
"""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.engines.lexicon import MONTHS, STOP_WORDS, WEEKDAYS, content_stems, named, stem
from dgnb.sandbox.engines.numerals import Number, numbers

_MONTHS = tuple(name.lower() for name in month_name[1:])
_WEEKDAYS = tuple(name.lower() for name in day_name)
_YES = re.compile(r"\b(yes|yeah|yep|sure|true|on|please do|of course|enable|with)\b", re.I)
_NO = re.compile(r"\b(no|nope|not|false|off|don't|never|without|disable)\b", re.I)
_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]")
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CODE = re.compile(r"\b(?=\w*\d)[\w-]+\b")
_PLACES = ("city", "location", "place", "country", "state", "town", "destination", "origin")
_CODES = ("id", "number", "code", "reference")
_LEADS = r"in|at|for|to|from|of|about|called|named|with|on|by"
_TAIL = re.compile(
    rf"\b(?P<lead>{_LEADS})\s+(?:the\s+|a\s+|an\s+)?(?P<value>[^,.?!;]+?)"
    rf"(?=\s+(?:{_LEADS}|and|please|today|tomorrow|now|right)\b|[,.?!;]|$)",
    re.I,
)
_POLITE = re.compile(
    r"^(?:(?:um|uh|well|so|it's|it is|that is|that's|the|a|an|in|to|at|for|from|please|yes|i want)\s+)+"
    r"|(?:[,\s]+(?:please|thanks|thank you))?[.?!]*$",
    re.I,
)

_ROLES = {
    "from": {"from", "source", "origin", "start", "departure"},
    "to": {"to", "target", "destination", "end", "arrival", "recipient"},
}
"""Words of a property's name that ask for what stands behind this preposition."""

Schema = Mapping[str, Any]


def properties(parameters: Schema) -> dict[str, Schema]:
    """Return the properties of a function's parameters by name."""
    return dict(parameters.get("properties") or {})


def missing(parameters: Schema, found: Mapping[str, Any]) -> list[str]:
    """Return the required properties that have no value yet."""
    required = parameters.get("required") or []
    return [name for name in required if name not in found and name in properties(parameters)]


def extract(parameters: Schema, text: str, today: date | None = None) -> dict[str, Any]:
    """Return the arguments in a text; a property that is not spoken of is left out.

    Parameters
    ----------
    parameters : mapping
        A JSON schema of type object.
    text : str
    today : date, optional
        What "tomorrow" counts from.

    Examples
    --------
    >>> schema = {"properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}
    >>> extract(schema, "What is the weather in Paris for the next three days?")
    {'city': 'Paris', 'days': 3}
    """
    wanted, required = properties(parameters), parameters.get("required") or []
    found: dict[str, Any] = dict(_numbers(wanted, text))
    for name in sorted(wanted, key=lambda name: name not in required):
        if not _is_number(wanted[name]):
            taken = [value for value in found.values() if isinstance(value, str)]
            found[name] = _value(name, wanted[name], text, today, taken)
    return {name: found[name] for name in wanted if found.get(name) is not None}


def answer(name: str, schema: Schema, text: str, today: date | None = None) -> Any:
    """Return the value in an answer to a question for one property: if need be the whole of it.

    Examples
    --------
    >>> answer("city", {"type": "string"}, "The old town, please."), answer("n", {"type": "integer"}, "Two.")
    ('old town', 2)
    """
    found = extract({"properties": {name: schema}}, text, today)
    if name in found or kind(schema) != "string" or schema.get("enum") or _is_date(schema):
        return found.get(name)
    return _bare(text) or None


def kind(schema: Schema) -> str:
    """Return a property's type; of several, the first that is not ``null``."""
    told = schema.get("type")
    if told is None:
        several = schema.get("anyOf") or schema.get("oneOf") or [{"type": "string"}]
        told = [part.get("type", "string") for part in several]
    names = [told] if isinstance(told, str) else list(told)
    return next((name for name in names if name != "null"), "string")


def _is_number(schema: Schema) -> bool:
    return kind(schema) in ("integer", "number") and not schema.get("enum")


def _is_date(schema: Schema) -> bool:
    return schema.get("format") == "date"


def _value(name: str, schema: Schema, text: str, today: date | None, taken: Sequence[str]) -> Any:
    if schema.get("enum"):
        return _choice(schema["enum"], text)
    match kind(schema):
        case "boolean":
            return _truth(name, text)
        case "array":
            return _several(name, schema.get("items") or {}, text)
        case "string" if _is_date(schema):
            return _day(text, today or date.today())
        case "string":
            return _string(name, text, taken)
    return None


def _choice(values: Sequence[Any], text: str) -> Any:
    """The value of an enumeration that stands first in the text."""
    places = [(place, value) for value in values if (place := _place(str(value), text)) >= 0]
    return min(places, key=lambda one: one[0])[1] if places else None


def _place(value: str, text: str) -> int:
    words = r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", value)))
    found = re.search(rf"\b{words}(?:s|es)?\b", text, re.I)
    return found.start() if found else -1


def _truth(name: str, text: str) -> bool | None:
    near = " ".join(_near(name, text)) or text
    if _NO.search(near):
        return False
    return True if _YES.search(near) or near is not text else None


def _near(name: str, text: str) -> list[str]:
    """The words around those of a property's name."""
    stems = content_stems(_parts(name))
    words = text.split()
    at = [index for index, word in enumerate(words) if stem(word.lower().strip(".,?!")) in stems]
    return words[max(0, at[0] - 2) : at[-1] + 2] if at else []


def _several(name: str, items: Schema, text: str) -> list[Any] | None:
    if items.get("enum"):
        return [value for value in items["enum"] if _place(str(value), text) >= 0] or None
    if _is_number(items):
        return [_written(number) for number in numbers(words_of(text))] or None
    whole = _string(name, text)
    if whole is None:
        return None
    listed = re.split(r",\s*(?:and\s+)?|\s+and\s+", text[text.find(whole) :].rstrip(".?!"))
    return [item.strip() for item in listed if item.strip()]


def _numbers(wanted: Mapping[str, Schema], text: str) -> dict[str, Any]:
    """Numbers for properties, each to the one whose words are nearest, the rest in order."""
    words = words_of(text)
    left = [number for number in numbers(words) if number.kind != "ordinal"]
    stems = [stem(word.word) for word in words]
    found: dict[str, Any] = {}
    asked = {name: schema for name, schema in wanted.items() if _is_number(schema)}
    for name, schema in sorted(asked.items(), key=lambda one: _distance(one[0], one[1], stems, left)[0]):
        fitting = [number for number in left if _fits(number, schema)]
        if fitting:
            _, number = _distance(name, schema, stems, fitting)
            found[name] = _written(number)
            left.remove(number)
    return found


def _distance(name: str, schema: Schema, stems: Sequence[str], left: Sequence[Number]) -> tuple[int, Number]:
    """How far the nearest number is from a property's words, and which it is."""
    told = content_stems([*_parts(name), *_parts(schema.get("description", ""))])
    at = [index for index, word in enumerate(stems) if word in told]
    none = Number(0, 0, "", "", 0.0)
    ways = [(min((abs(number.start - index) for index in at), default=99), number) for number in left]
    return min(ways, key=lambda way: way[0], default=(99, none))


def _fits(number: Number, schema: Schema) -> bool:
    low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    return low <= number.value <= high and (kind(schema) == "number" or float(number.value).is_integer())


def _written(number: Number) -> int | float:
    return int(number.value) if float(number.value).is_integer() else number.value


def _day(text: str, today: date) -> str | None:
    """The day that is spoken of, in ISO form; a weekday or a date without a year is the next one."""
    if found := _ISO.search(text):
        return found[0]
    tokens = [word.word for word in words_of(text)]
    for word, ahead in (("today", 0), ("tonight", 0), ("tomorrow", 1), ("yesterday", -1)):
        if word in tokens:
            return (today + timedelta(ahead)).isoformat()
    if dated := _dated(text, today):
        return dated.isoformat()
    for token in tokens:
        if token in WEEKDAYS:
            ahead = (_WEEKDAYS.index(token) - today.weekday()) % 7 or 7
            return (today + timedelta(ahead)).isoformat()
    return None


def _dated(text: str, today: date) -> date | None:
    """A month with a day: "november second", "the 2nd of November 2030"."""
    words = words_of(text)
    month = next((index for index, word in enumerate(words) if word.word in MONTHS), None)
    if month is None:
        return None
    near = [number for number in numbers(words) if abs(number.start - month) <= 3]
    days = [number for number in near if 1 <= number.value <= 31]
    years = [number for number in near if 1900 <= number.value < 2100]
    if not days:
        return None
    try:
        found = date(today.year, _MONTHS.index(words[month].word) + 1, int(days[0].value))
        if years:
            return found.replace(year=int(years[0].value))
        return found if found >= today else found.replace(year=today.year + 1)
    except ValueError:  # the thirtieth of February
        return None


def _string(name: str, text: str, taken: Sequence[str] = ()) -> str | None:
    """A text for a property, other than those that are taken."""
    parts = _parts(name)
    quoted = [found[1].strip() for found in _QUOTED.finditer(text)]
    if left := [value for value in quoted if value not in taken]:
        return left[0]
    if parts and parts[-1] in _CODES and (code := _CODE.search(text)):
        return code[0]
    place = bool(set(parts) & set(_PLACES))
    known = _placed(text, taken) if place and not _role(parts) else None
    return _led(parts, text) or known or _tail(parts, text, taken)


def _role(parts: Sequence[str]) -> str | None:
    return next((lead for lead, names in _ROLES.items() if set(parts) & names), None)


def _led(parts: Sequence[str], text: str) -> str | None:
    """What follows the property's own name: "the name is Ada", "under the name Ada"."""
    if not parts:
        return None
    own = re.escape(parts[-1])
    found = re.search(rf"\b{own}\s+(?:is|are|was|called|named|=|:)\s*(?P<value>[^,.?!;]+)", text, re.I)
    found = found or re.search(rf"\b(?i:{own})\s+(?P<value>[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)", text)
    return _bare(found["value"]) or None if found else None


def _placed(text: str, taken: Sequence[str]) -> str | None:
    """The place in the text, as it is written there."""
    names = named([word.word for word in words_of(text)])
    places = (name.written for name in names if name.label.startswith("LOCATION"))
    return next((place for place in places if place not in taken), None)


def _tail(parts: Sequence[str], text: str, taken: Sequence[str]) -> str | None:
    """What stands behind a preposition, the last that leads to more than function words; or a name."""
    role = _role(parts)
    found = [match for match in _TAIL.finditer(text) if role in (None, match["lead"].lower())]
    told = [value for match in found if _is_text(value := match["value"].strip(), taken)]
    capitals = [value for value in told if value[:1].isupper()]
    if told or role:
        return (capitals or told or [None])[-1]
    names = re.findall(r"(?<=\s)[A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)*", text)
    return next((name for name in names if name != "I" and _is_text(name, taken)), None)


def _is_text(value: str, taken: Sequence[str]) -> bool:
    """Whether it can be a text: no number, no day, no function words only, and not taken."""
    words = set(value.lower().split())
    dated = words & (WEEKDAYS | MONTHS)
    return not (words <= STOP_WORDS or dated or value in taken or numbers(words_of(value)))


def _bare(text: str) -> str:
    """A short answer without what is polite."""
    return _POLITE.sub("", _POLITE.sub("", text.strip())).strip(" ,.?!")


def _parts(name: str) -> list[str]:
    """The words of a name: ``order_id`` and ``orderId`` are "order id"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W]+", " ", name).lower().split()
