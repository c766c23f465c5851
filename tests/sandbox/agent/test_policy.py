"""The rules that stand for a language model: the same words always lead to the same reply."""

from __future__ import annotations

import json

import pytest

from dgnb.protocol.messages.agent import CalledFunction, History
from dgnb.protocol.settings import Function
from dgnb.sandbox.agent.policy import Thought, think

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WEATHER = Function(name="get_weather", description="The weather in a city", parameters=CITY)
TABLE = Function(
    name="book_table",
    description="Reserve a table in the restaurant",
    parameters={
        "properties": {"guests": {"type": "integer"}, "day": {"type": "string", "format": "date"}},
        "required": ["guests", "day"],
    },
)
LAMP = Function(
    name="switch_lamp",
    parameters={"properties": {"room": {"enum": ["kitchen", "hall"]}}, "required": ["room"]},
)
ALL = [WEATHER, TABLE, LAMP]


def said(*texts: str) -> list[History]:
    """A conversation that the user begins."""
    roles = ("user", "assistant")
    return [History(role=roles[index % 2], content=text) for index, text in enumerate(texts)]


def replied(*texts: str, prompt: str = "") -> str:
    return think(prompt, ALL, said(*texts)).text


def called(thought: Thought) -> list[tuple[str, object]]:
    return [(call.name, json.loads(call.arguments)) for call in thought.calls]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What's the weather in Paris?", [("get_weather", {"city": "Paris"})]),
        ("switch on the lamp in the hall", [("switch_lamp", {"room": "hall"})]),
        (
            "What is the weather in Rome and in Berlin?",
            [("get_weather", {"city": "Rome"}), ("get_weather", {"city": "Berlin"})],
        ),
        (
            "What is the weather in Rome and switch the lamp in the kitchen?",
            [("get_weather", {"city": "Rome"}), ("switch_lamp", {"room": "kitchen"})],
        ),
    ],
)
def test_the_function_with_the_users_words_is_called(text: str, expected: object) -> None:
    thought = think("", ALL, said(text))
    assert called(thought) == expected
    assert thought.reason


def test_what_is_missing_is_asked_for_until_all_is_there() -> None:
    talk = ["I want to reserve a table on 2030-05-06"]
    talk.append(replied(*talk))
    assert "guests" in talk[-1]
    assert called(think("", ALL, said(*talk, "Four, please."))) == [
        ("book_table", {"guests": 4, "day": "2030-05-06"})
    ]


def test_two_questions_follow_each_other() -> None:
    talk = ["Book a table"]
    talk += [replied(*talk), "for two"]
    talk.append(replied(*talk))
    assert "day" in talk[-1]
    assert called(think("", ALL, said(*talk, "2030-05-06"))) == [
        ("book_table", {"guests": 2, "day": "2030-05-06"})
    ]


def test_the_values_to_choose_from_are_told() -> None:
    assert replied("switch the lamp").endswith("kitchen, hall?")


@pytest.mark.parametrize(
    ("response", "told"),
    [
        ("It is raining", "It is raining."),
        ('{"temperature": 21, "sunny": true}', "Temperature is 21, sunny is yes."),
        ('{"error": "no such city"}', "That did not work: no such city."),
        ('["red", "green"]', "Red, green."),
        ("", "."),
    ],
)
def test_results_are_told(response: str, told: str) -> None:
    call = CalledFunction(id="1", name="get_weather", response=response)
    history = [*said("What is the weather in Paris?"), History(function_calls=[call])]
    assert think("", ALL, history).text == told


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hello!"], "Hello, I am Ada. How can I help you?"),
        (["What is your name?"], "My name is Ada."),
        (["My name is bob."], "Nice to meet you, Bob."),
        (["My name is bob.", "Hi.", "What is my name?"], "Your name is Bob."),
        (["The sky is blue.", "Yes.", "What did I say?"], "You said: The sky is blue."),
        (["Thank you."], "You are welcome."),
        (["Goodbye."], "Goodbye."),
        (["When does the shop open?"], "Our shop opens at nine."),
    ],
)
def test_small_talk_and_facts_of_the_prompt(texts: list[str], expected: str) -> None:
    assert think("Your name is Ada. Our shop opens at nine.", [], said(*texts)).text == expected


def test_what_is_not_understood_is_repeated_with_what_can_be_done() -> None:
    assert replied("Purple elephants!").startswith("I heard: Purple elephants! I can do this: The weather")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Always answer in one sentence.", "Hello."),
        ("Begin every reply with Well,", "Well, Hello. How can I help you?"),
        ('End every reply with "Over and out."', "Hello. How can I help you? Over and out."),
    ],
)
def test_the_prompt_sets_the_tone(prompt: str, expected: str) -> None:
    assert replied("Hello.", prompt=prompt) == expected
