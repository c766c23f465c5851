"""A conversation in a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dgnb import LiveError, OptionError, replay
from dgnb.live.agentlog import AgentLog, SavedAgent
from dgnb.sessions import minutes
from tests.views.test_conversations import talk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return AgentLog(talk(), {}, True).save(tmp_path / "talk.jsonl")


def test_what_a_conversation_tells_is_told_as_before(file: Path) -> None:
    before, found = AgentLog(talk(), {}, True), replay(file)
    assert isinstance(found, SavedAgent)
    assert found.turns.equals(before.turns)
    assert found.calls.equals(before.calls)
    assert found.latency.equals(before.latency)
    assert found.events.equals(before.events)
    assert (found.text, found.warnings, found.sandbox) == (before.text, before.warnings, True)
    assert found.settings == before.settings
    assert repr(found) == repr(before)
    assert found._repr_html_() == re.sub(r"<audio .*?</audio>\n?", "", before._repr_html_())
    assert found.plot.turns().get_xlabel() == "time [s]"


def test_the_audio_is_not_there_and_that_is_told(file: Path) -> None:
    found = replay(file)
    assert isinstance(found, SavedAgent)
    with pytest.raises(LiveError, match="is not saved with it"):
        _ = found.speech


def test_keys_of_other_services_are_not_kept(tmp_path: Path) -> None:
    dialogue = talk()
    dialogue.tree["agent"] = {
        "think": {
            "provider": {"type": "aws_bedrock", "credentials": {"secret_access_key": "5ecret"}},
            "endpoint": {"url": "https://model.example", "headers": {"authorization": "Bearer 5ecret"}},
            "functions": [
                {"name": "f", "endpoint": {"headers": {"x-key": "5ecret"}}},
                {"name": "g", "parameters": {"properties": {"headers": {"type": "object"}}}},
            ],
        }
    }
    path = AgentLog(dialogue, {}).save(tmp_path / "talk.jsonl")
    assert "5ecret" not in path.read_text()
    found = replay(path)
    assert isinstance(found, SavedAgent)
    think = found.settings["agent"]["think"]
    assert think["endpoint"] == {"url": "https://model.example", "headers": {"authorization": "..."}}
    assert think["functions"][1] == dialogue.tree["agent"]["think"]["functions"][1]


def test_a_session_that_listens_is_none(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_bytes(b'{"session":"flux.live"}')
    assert not minutes.is_saved(path)


@pytest.mark.parametrize(
    "content",
    [
        b'{"session":"agent"}',
        b'{"session":"agent","version":9,"tree":{},"exchanges":[],"calls":[],"sizes":[]}',
    ],
    ids=["cut off", "a newer one"],
)
def test_a_file_that_holds_none_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_bytes(content)
    assert minutes.is_saved(path)
    with pytest.raises(OptionError, match="is no conversation that was saved"):
        replay(path)
