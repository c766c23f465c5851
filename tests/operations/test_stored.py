"""What a project keeps, asked for by hand."""

from __future__ import annotations

import json

import pytest

from dgnb.operations import Reply
from dgnb.operations.stored import voices
from dgnb.protocol import routes
from dgnb.results import Voices

ZEUS = {
    "name": "zeus",
    "canonical_name": "aura-2-zeus-en",
    "languages": ["en", "en-US"],
    "metadata": {"accent": "American", "age": "Adult", "tags": ["masculine"], "use_cases": ["IVR"]},
}


def listed(*tts: object) -> Voices:
    flow = voices()
    assert next(flow).route == routes.MODELS
    with pytest.raises(StopIteration) as stop:
        flow.send(Reply(200, json.dumps({"stt": [{"name": "general"}], "tts": tts}).encode()))
    found = stop.value.value
    assert isinstance(found, Voices)
    return found


def test_voices_are_listed_by_the_name_that_speak_takes() -> None:
    found = listed(ZEUS, {**ZEUS, "canonical_name": "aura-2-apollo-en"})
    assert [voice.name for voice in found] == ["aura-2-apollo-en", "aura-2-zeus-en"]
    row = found.frame.iloc[1]
    assert row[["language", "accent", "age"]].to_list() == ["en-US", "American", "Adult"]
    assert (row["tags"], row["use_cases"]) == (["masculine"], ["IVR"])


def test_what_is_not_told_of_a_voice_is_missing() -> None:
    frame = listed({"name": "mine"}).frame
    assert frame["name"].to_list() == ["mine"]
    assert frame[["language", "accent", "sample"]].isna().all(axis=None)
