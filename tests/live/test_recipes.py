"""Everyday words, dictionaries, YAML and ids as settings."""

from __future__ import annotations

from typing import Any

import pytest

from dgnb import OptionError, tool
from dgnb.live.recipes import INPUT, OUTPUT, recipe, thinking


@tool
def weather(city: str) -> str:
    """Weather of a city."""
    return city


def test_a_prompt_is_enough() -> None:
    assert recipe(prompt="Be brief.") == {
        "audio": {"input": INPUT, "output": OUTPUT},
        "agent": {
            "listen": {"provider": {"type": "deepgram", "version": "v2", "model": "flux-general-en"}},
            "think": {"provider": {"type": "open_ai", "model": "gpt-4o-mini"}, "prompt": "Be brief."},
            "speak": {"provider": {"type": "deepgram", "version": "v1", "model": "aura-2-thalia-en"}},
        },
    }


def test_everyday_words_find_their_places() -> None:
    own = recipe(
        prompt="Be brief.",
        greeting="Hi.",
        listen="nova-3",
        think="claude-sonnet-4",
        speak="flux-alexis-en",
        language="de",
        tools=[weather],
    )["agent"]
    assert own["greeting"] == "Hi."
    assert own["listen"]["provider"]["language"] == "de"
    assert own["think"]["provider"] == {"type": "anthropic", "model": "claude-sonnet-4"}
    assert own["think"]["functions"] == [weather.definition]
    assert own["speak"]["provider"]["version"] == "v2"


def test_flux_takes_the_language_as_a_hint() -> None:
    own = recipe(listen="flux-general-multi", language="de")["agent"]
    assert own["listen"]["provider"]["language_hints"] == ["de"]


def test_of_several_models_each_has_the_prompt_and_the_functions() -> None:
    found = recipe(think=["gpt-4o", "google:gemini-2.5-pro"], prompt="Be brief.", tools=[weather])
    thinks = found["agent"]["think"]
    assert [one["provider"]["type"] for one in thinks] == ["open_ai", "google"]
    assert [one["prompt"] for one in thinks] == ["Be brief."] * 2
    assert [len(one["functions"]) for one in thinks] == [1, 1]


def test_a_part_or_its_provider_may_be_given_whole() -> None:
    provider = {"type": "eleven_labs", "model_id": "eleven_turbo_v2_5"}
    endpoint = {"url": "wss://example.org"}
    speak = {"provider": provider, "endpoint": endpoint}
    assert recipe(speak=[speak, "aura-2-thalia-en"])["agent"]["speak"][0] == speak
    think = {"type": "open_ai", "model": "gpt-4o", "temperature": 0.2}
    assert recipe(think=think)["agent"]["think"]["provider"] == think


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("gpt-4o-mini", "open_ai"),
        ("o3-mini", "open_ai"),
        ("claude-3-5-haiku-latest", "anthropic"),
        ("gemini-2.5-flash", "google"),
        ("llama-3.3-70b", "groq"),
        ("think-fast", "deepgram"),
        ("aws_bedrock:anthropic/claude", "aws_bedrock"),
    ],
)
def test_a_models_name_says_whose_it_is(name: str, provider: str) -> None:
    assert thinking(name)["provider"] == {"type": provider, "model": name.rpartition(":")[2]}


def test_a_model_of_nobody_is_refused() -> None:
    with pytest.raises(OptionError, match="Whose model is 'mistral-7b'"):
        thinking("mistral-7b")


YAML = """
agent:
  greeting: Hi.
  think:
    provider: {type: open_ai, model: gpt-4o}
    prompt: Be long.
  speak:
    provider: {type: deepgram, model: aura-2-zeus-en}
tags: [test]
"""


def test_yaml_is_read_and_what_else_is_given_goes_before_it() -> None:
    found = recipe(given=YAML, prompt="Be brief.", tools=[weather])
    own = found["agent"]
    assert (found["tags"], own["greeting"], own["think"]["prompt"]) == (["test"], "Hi.", "Be brief.")
    assert own["think"]["provider"]["model"] == "gpt-4o"
    assert own["think"]["functions"] == [weather.definition]
    assert own["speak"]["provider"]["model"] == "aura-2-zeus-en"


def test_the_agent_alone_may_be_given() -> None:
    assert recipe(given="greeting: Hi.")["agent"]["greeting"] == "Hi."


def test_what_is_given_stays_as_it_is() -> None:
    given: dict[str, Any] = {"agent": {"think": thinking("gpt-4o")}}
    recipe(given=given, prompt="Be brief.", tools=[weather])
    assert given == {"agent": {"think": thinking("gpt-4o")}}


def test_a_stored_agent_is_named_by_its_id() -> None:
    name = "0f3c1d22-7c1e-4c39-9a3c-3c8a3c1f9a11"
    assert recipe(given=name) == {"agent": name, "audio": {"input": INPUT, "output": OUTPUT}}
    with pytest.raises(OptionError, match="A stored agent has its own prompt"):
        recipe(given=name, prompt="Be brief.")
    with pytest.raises(OptionError, match="A stored agent has its own tools"):
        recipe(given=name, tools=[weather])


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"agent": {"think": {"provider": {"type": "open_ai"}}}}, "agent.think.provider.model"),
    ({"agent": {"think": {"provider": {}}}}, "agent.think.provider"),
    ({"agent": {"speak": {"provider": {"type": "cartesia"}}}}, "agent.speak.provider.model_id"),
    ({"agent": {"greeting": 5}}, "agent.greeting"),
    ({"agent": {"listen": {"provider": {"version": "v3"}}}}, "agent.listen.provider.version"),
    ({"agent": {"listen": {"provider": {"model": "flux-general-en"}}}}, "agent.listen.provider.version"),
    ({"audio": {"input": {"sample_rate": "fast"}}}, "audio.input.sample_rate"),
]


@pytest.mark.parametrize(("given", "path"), WRONG, ids=[path for _, path in WRONG])
def test_what_is_wrong_is_named_by_its_path(given: dict[str, Any], path: str) -> None:
    with pytest.raises(OptionError) as error:
        recipe(given=given)
    assert (error.value.option or "").startswith(path)
    assert path in str(error.value)


@pytest.mark.parametrize("given", ["[1, 2]", "a: b: c: d", "{"])
def test_what_are_no_settings_is_refused(given: str) -> None:
    with pytest.raises(OptionError, match="settings are"):
        recipe(given=given)
