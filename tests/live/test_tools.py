import asyncio
import datetime
import enum
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict, Union

import msgspec
import numpy as np
import pytest

from dgnb import Deepgram, OptionError, tool
from dgnb.live.tools import Tool, written


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Place:
    """Where something is."""

    name: str
    floor: int = 0
    tags: list[str] = field(default_factory=list)


class Guest(TypedDict):
    name: str
    age: NotRequired[int]


class Room(msgspec.Struct):
    number: int
    place: Place


@dataclass
class Tree:
    leaf: str
    branches: list["Tree"] = field(default_factory=list)


PLACE = {
    "type": "object",
    "description": "Where something is.",
    "properties": {
        "name": {"type": "string"},
        "floor": {"type": "integer", "default": 0},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["name"],
}
GUEST = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name"],
}
TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
NOTHING = {"type": "null"}

TYPES: list[tuple[Any, dict[str, Any]]] = [
    (str, TEXT),
    (int, WHOLE),
    (float, NUMBER),
    (bool, {"type": "boolean"}),
    (None, NOTHING),
    (Any, {}),
    (Optional[str], {"anyOf": [TEXT, NOTHING]}),  # noqa: UP045 - users write it
    (str | None, {"anyOf": [TEXT, NOTHING]}),
    (Union[int, str], {"anyOf": [WHOLE, TEXT]}),  # noqa: UP007 - users write it
    (float | None, {"anyOf": [NUMBER, NOTHING]}),
    (list, {"type": "array"}),
    (list[str], {"type": "array", "items": TEXT}),
    (Sequence[int], {"type": "array", "items": WHOLE}),
    (list[list[float]], {"type": "array", "items": {"type": "array", "items": NUMBER}}),
    (set[str], {"type": "array", "items": TEXT, "uniqueItems": True}),
    (tuple[int, ...], {"type": "array", "items": WHOLE}),
    (
        tuple[float, float],
        {"type": "array", "minItems": 2, "maxItems": 2, "prefixItems": [NUMBER, NUMBER], "items": False},
    ),
    (dict, {"type": "object"}),
    (dict[str, int], {"type": "object", "additionalProperties": WHOLE}),
    (Mapping[str, Any], {"type": "object"}),
    (dict[str, list[int]], {"type": "object", "additionalProperties": {"type": "array", "items": WHOLE}}),
    (Literal["a", "b"], {"enum": ["a", "b"]}),
    (Literal[1, 2], {"enum": [1, 2]}),
    (Literal["a", None], {"enum": [None, "a"]}),
    (Colour, {"enum": ["blue", "red"]}),
    (Level, {"enum": [1, 2]}),
    (list[Colour], {"type": "array", "items": {"enum": ["blue", "red"]}}),
    (Place, PLACE),
    (Place | None, {"anyOf": [PLACE, NOTHING]}),
    (list[Place], {"type": "array", "items": PLACE}),
    (Guest, GUEST),
    (
        Room,
        {"type": "object", "properties": {"number": WHOLE, "place": PLACE}, "required": ["number", "place"]},
    ),
    (datetime.date, {"type": "string", "format": "date"}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (datetime.time, {"type": "string", "format": "time"}),
    (datetime.time | None, {"anyOf": [{"type": "string", "format": "time"}, NOTHING]}),
    (list[datetime.datetime], {"type": "array", "items": {"type": "string", "format": "date-time"}}),
    (datetime.timedelta, {"type": "string", "format": "duration"}),
    (uuid.UUID, {"type": "string", "format": "uuid"}),
    (Decimal, {"type": "string", "format": "decimal"}),
    (bytes, {"type": "string", "contentEncoding": "base64"}),
    (Annotated[int, msgspec.Meta(ge=1, le=9)], {"type": "integer", "minimum": 1, "maximum": 9}),
    (Annotated[str, "A city."], {"type": "string", "description": "A city."}),
    (
        Annotated[int, "How many.", msgspec.Meta(ge=1)],
        {"type": "integer", "description": "How many.", "minimum": 1},
    ),
]


def takes(kind: Any) -> Tool[..., Any]:
    def function(value: Any) -> Any:
        return value

    function.__annotations__["value"] = kind
    return tool(function)


@pytest.mark.parametrize(("kind", "schema"), TYPES, ids=[str(kind)[:50] for kind, _ in TYPES])
def test_a_type_is_its_schema(kind: Any, schema: dict[str, Any]) -> None:
    assert takes(kind).parameters == {
        "type": "object",
        "properties": {"value": schema},
        "required": ["value"],
        "additionalProperties": False,
    }


def test_a_default_makes_it_optional_and_is_told() -> None:
    @tool
    def book(  # noqa: PLR0917 - as users write it
        room: int,
        nights: int = 1,
        guests: list[str] = [],  # noqa: B006 - users write it
        colour: Colour = Colour.RED,
        place: Place = Place("Rome"),  # noqa: B008 - users write it
        note: str | None = None,
        *,
        quiet: bool = False,
    ) -> None: ...

    properties = book.parameters["properties"]
    assert book.parameters["required"] == ["room"]
    assert {name: one["default"] for name, one in properties.items() if "default" in one} == {
        "nights": 1,
        "guests": [],
        "colour": "red",
        "place": {"name": "Rome", "floor": 0, "tags": []},
        "quiet": False,
    }


def test_nothing_to_take_is_an_empty_object() -> None:
    @tool
    def now() -> str:
        return "noon"

    assert now.parameters == {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    assert now.bind("").args == now.bind("{}").args == ()


def test_a_type_inside_itself_stays_a_reference() -> None:
    parameters = takes(Tree).parameters
    assert parameters["properties"]["value"]["properties"]["branches"]["items"] == {"$ref": "#/$defs/Tree"}
    assert parameters["$defs"]["Tree"]["properties"]["leaf"] == TEXT


def test_what_it_is_for_comes_from_the_docstring() -> None:
    @tool
    def weather(city: str, days: Annotated[int, "From today."] = 1) -> str:
        """Weather forecast.

        Parameters
        ----------
        city : str
            Name in English.
        days : int
            Not this.
        """
        return ""

    assert weather.definition == {
        "name": "weather",
        "description": "Weather forecast.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name in English."},
                "days": {"type": "integer", "description": "From today.", "default": 1},
            },
            "required": ["city"],
            "additionalProperties": False,
        },
    }


def test_a_name_a_description_and_a_limit_may_be_given() -> None:
    @tool(name="look-up", description="Finds.", timeout=3)
    def find(key: str) -> str:
        """Something else."""
        return key

    assert (find.name, find.description, find.timeout, find("a")) == ("look-up", "Finds.", 3, "a")


def test_an_endpoint_makes_it_the_services() -> None:
    @tool(endpoint="https://example.org/find")
    def find(key: str) -> None:
        """Finds."""

    assert not find.client_side
    assert find.definition["endpoint"] == {"url": "https://example.org/find", "method": "post"}
    whole = {"url": "https://example.org", "method": "get", "headers": {"a": "b"}}
    assert tool(endpoint=whole)(find.function).definition["endpoint"] == whole


def test_a_method_is_a_tool_when_it_is_bound() -> None:
    class Shop:
        def price(self, item: str) -> float:
            return len(item)

        def __call__(self, item: str) -> float:
            return 0.0

    assert tool(Shop().price).bind('{"item": "tea"}').args == ("tea",)
    assert tool(Shop()).definition["name"] == "Shop"


GIVEN: list[tuple[Any, str, Any]] = [
    (int, "5", 5),
    (int, "5.0", 5),
    (float, "5", 5.0),
    (str | None, "null", None),
    (datetime.date, '"2026-02-03"', datetime.date(2026, 2, 3)),
    (Colour, '"blue"', Colour.BLUE),
    (Level, "2", Level.HIGH),
    (Place, '{"name": "Rome"}', Place("Rome")),
    (list[Place], '[{"name": "Rome", "floor": 2}]', [Place("Rome", 2)]),
    (Guest, '{"name": "Ann"}', {"name": "Ann"}),
    (Room, '{"number": 1, "place": {"name": "Rome"}}', Room(1, Place("Rome"))),
    (set[str], '["a", "a"]', {"a"}),
    (tuple[float, float], "[1, 2.5]", (1.0, 2.5)),
    (Decimal, '"1.10"', Decimal("1.10")),
    (Tree, '{"leaf": "a", "branches": [{"leaf": "b"}]}', Tree("a", [Tree("b")])),
]


@pytest.mark.parametrize(("kind", "raw", "value"), GIVEN, ids=[f"{raw}" for _, raw, _ in GIVEN])
def test_an_argument_comes_as_its_type(kind: Any, raw: str, value: Any) -> None:
    found = takes(kind).bind(f'{{"value": {raw}}}').arguments["value"]
    assert found == value
    assert type(found) is type(value)


WRONG: list[tuple[Any, str, str]] = [
    (int, '{"value": "5"}', "function: value: expected `int`, got `str`."),
    (int, '{"value": 5.5}', "function: value: expected `int`, got `float`."),
    (int, '{"value": null}', "function: value: expected `int`, got `null`."),
    (int, "{}", "function: object missing required field `value`."),
    (int, '{"value": 1, "other": 2}', "function: object contains unknown field `other`."),
    (list[int], '{"value": [1, "b"]}', "function: value[1]: expected `int`, got `str`."),
    (Place, '{"value": {"name": 1}}', "function: value.name: expected `str`, got `int`."),
    (Place, '{"value": {}}', "function: value: object missing required field `name`."),
    (Literal["a", "b"], '{"value": "c"}', "function: value: invalid enum value 'c'."),
    (Colour, '{"value": "green"}', "function: value: invalid enum value 'green'."),
    (datetime.date, '{"value": "soon"}', "function: value: invalid RFC3339 encoded date."),
    (Annotated[int, msgspec.Meta(ge=1)], '{"value": 0}', "function: value: expected `int` >= 1."),
    (int, '{"value": ', "function: input data was truncated."),
    (int, "[1]", "function: expected `object`, got `array`."),
]


@pytest.mark.parametrize(("kind", "raw", "told"), WRONG, ids=[raw for _, raw, _ in WRONG])
def test_what_is_wrong_with_an_argument_is_told(kind: Any, raw: str, told: str) -> None:
    with pytest.raises(OptionError) as error:
        takes(kind).bind(raw)
    assert str(error.value) == told


def test_the_functions_own_defaults_are_used() -> None:
    marker = Place("default")

    def keep(place: Place = marker, *, note: str = "a") -> Any:
        return place, note

    bound = tool(keep).bind('{"note": "b"}')
    assert keep(*bound.args, **bound.kwargs) == (marker, "b")


def test_a_positional_only_parameter_may_be_left_out() -> None:
    def add(a: int = 1, b: int = 2, /) -> int:
        return 10 * a + b

    bound = tool(add).bind('{"b": 3}')
    assert add(*bound.args, **bound.kwargs) == 13


class Strange:
    pass


def untyped(value):  # type: ignore[no-untyped-def]
    return value


def many(*values: int) -> None: ...


def open_ended(**values: int) -> None: ...


def strange(value: Strange) -> None: ...


def unknown(value: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (untyped, "untyped: value has no type, for example value: str."),
    (many, r"many: an agent cannot know what \*values: int takes"),
    (open_ended, r"open_ended: an agent cannot know what \*\*values: int takes"),
    (strange, "strange: JSON cannot say what it takes"),
    (unknown, "unknown: the type 'Nowhere' is not known"),
    (lambda value: value, "A tool's name has up to 64 letters"),
]


@pytest.mark.parametrize(("function", "told"), REFUSED, ids=[one.__name__ for one, _ in REFUSED])
def test_a_function_that_cannot_be_told_is_refused(function: Callable[..., Any], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        tool(function)


def test_a_limit_is_more_than_nothing() -> None:
    with pytest.raises(OptionError, match="timeout is more than 0, not 0"):
        tool(timeout=0)(takes(int).function)


def test_a_tool_takes_a_function() -> None:
    with pytest.raises(OptionError, match="tool takes a function, not str"):
        tool("weather")  # type: ignore[call-overload]


def test_an_asynchronous_function_stays_one() -> None:
    @tool
    async def wait(seconds: float) -> float:
        return seconds

    assert asyncio.run(wait(1.0)) == 1.0


class Plain:
    def __str__(self) -> str:
        return "plain"


RESULTS: list[tuple[Any, str]] = [
    ("text", "text"),
    (None, "null"),
    (1.5, "1.5"),
    ({"a": [1, None]}, '{"a":[1,null]}'),
    (Place("Rome"), '{"name":"Rome","floor":0,"tags":[]}'),
    (datetime.date(2026, 2, 3), '"2026-02-03"'),
    (Colour.RED, '"red"'),
    (np.float64(0.5), "0.5"),
    (np.arange(3), "[0,1,2]"),
    ({"mean": np.float32(0.5)}, '{"mean":0.5}'),
    (Plain(), "plain"),
    ([Plain()], "[<"),
    ({(1, 2): 3}, "{(1, 2): 3}"),
]


@pytest.mark.parametrize(("value", "text"), RESULTS, ids=[text for _, text in RESULTS])
def test_a_result_becomes_text(value: Any, text: str) -> None:
    assert written(value).startswith(text)


def test_the_official_client_takes_the_definition() -> None:
    sdk = pytest.importorskip("deepgram")
    assert sdk
    from deepgram.types.think_settings_v1functions_item import ThinkSettingsV1FunctionsItem

    found = ThinkSettingsV1FunctionsItem.model_validate(takes(Place).definition)
    assert found.name == "function"
    assert found.parameters == takes(Place).parameters


def test_a_tool_is_a_public_name() -> None:
    import dgnb

    assert dgnb.tool is tool
    assert Deepgram
