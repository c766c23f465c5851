"""``%%deepgram agent``: a cell describes a voice agent."""

from __future__ import annotations

import pytest

from dgnb import OptionError
from dgnb.live.agent import AgentSession
from dgnb.magics.agent import described


def weather(city: str) -> str:
    """Weather of a city."""
    return f"sunny in {city}"


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("Be brief.", id="prompt"),
        pytest.param(
            "agent:\n  think:\n    provider: {type: open_ai, model: gpt-4o}\n    prompt: Be brief.", id="YAML"
        ),
    ],
)
def test_a_cell_makes_an_agent_with_tools_that_is_talked_to_in_writing(run, shell, cell):
    shell.user_ns["weather"] = weather
    done = run(f"%%deepgram agent $weather --greeting Hello! -o talk\n{cell}")
    talk = shell.user_ns["talk"]
    assert (done.error, type(talk)) == (None, AgentSession)
    with talk:
        assert "Rome" in talk.say("What is the weather in Rome?")
    assert talk.settings["agent"]["think"]["prompt"] == "Be brief."
    assert talk.turns["agent"][0] == "Hello!"
    assert talk.calls["function"].tolist() == ["weather"]


def test_a_word_is_no_tool(run):
    assert "On the line stand tools, as $name; 'weather' is none." in run("%deepgram agent weather").out


def test_what_is_wrong_in_the_settings_is_named_by_its_path(run):
    cell = "%%deepgram agent\nagent:\n  think:\n    provider: {type: open_ai}"
    assert "agent.think.provider.model is required" in run(cell).out


def test_text_with_a_colon_is_a_prompt():
    assert described("You are Max: a waiter.\nBe brief.") == {"prompt": "You are Max: a waiter.\nBe brief."}
    assert described("Role: waiter") == {"prompt": "Role: waiter"}
    assert described(" \n") == {}


def test_settings_that_are_no_yaml_are_not_taken_for_a_prompt():
    with pytest.raises(OptionError, match="The settings are no YAML"):
        described("agent: {think: [}")


def test_the_help_tells_what_it_does(run):
    assert "a conversation with a voice agent" in run("%deepgram").out
    assert "--greeting" in run("%deepgram help agent").out
