"""The settings of an agent: read, checked, and written without a loss."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dgnb.errors import OptionError
from dgnb.protocol import settings
from dgnb.protocol.settings import Agent, Listen, Settings, Speak, Think

THINK = {"provider": {"type": "open_ai", "model": "gpt-4o-mini", "temperature": 1}}
SPEAK = {"provider": {"type": "deepgram", "model": "aura-2-thalia-en"}}
FLUX = {"provider": {"type": "deepgram", "version": "v2", "model": "flux-general-en"}}


def tree(**agent: Any) -> dict[str, Any]:
    return {"audio": {}, "agent": {"listen": FLUX, "think": THINK, "speak": SPEAK, **agent}}


def agent(**parts: Any) -> Agent:
    found = settings.read(tree(**parts)).agent
    assert isinstance(found, Agent)
    return found


def test_what_is_left_out_has_the_default_of_the_service() -> None:
    found = settings.read({"audio": {}, "agent": {}})
    assert (found.audio.input.encoding, found.audio.input.sample_rate) == ("linear16", 24_000)
    assert (found.audio.output.encoding, found.audio.output.container) == ("linear16", "none")
    assert found.flags.history
    assert isinstance(found.agent, Agent)
    assert found.agent.listen.provider.version == "v1"


def test_an_agent_may_be_the_id_of_a_stored_one() -> None:
    assert settings.read({"audio": {}, "agent": "an-id"}).agent == "an-id"


def test_one_and_several_language_models_and_voices_read_alike() -> None:
    assert agent().thinks == agent(think=[THINK]).thinks
    assert len(agent(speak=[SPEAK, SPEAK]).speaks) == 2


def test_a_conversation_to_take_up_has_both_kinds_of_history() -> None:
    call = {"id": "1", "name": "f", "client_side": True, "arguments": "{}", "response": "ok"}
    said = {"type": "History", "role": "user", "content": "Hello."}
    found = agent(context={"messages": [said, {"type": "History", "function_calls": [call]}]})
    first, second = found.context.messages
    assert first.content == "Hello."
    assert second.function_calls is not None
    assert second.function_calls[0].response == "ok"


def test_every_key_is_kept_on_the_way() -> None:
    given = {**tree(newer={"than": [None, 1]}), "newest": True}
    settings.read(given)
    assert json.loads(settings.write(given)) == {"type": "Settings", **given}


@pytest.mark.parametrize(
    ("part", "kind", "option"),
    [
        ({"agent": {}}, Settings, ""),
        ({"audio": {"input": {"sample_rate": "fast"}}, "agent": {}}, Settings, "audio.input.sample_rate"),
        ({"provider": {"version": "v2"}}, Listen, "listen.provider.model"),
        ({"provider": {"version": "v3"}}, Listen, "provider.version"),
        ({"provider": {"model": "flux-general-en"}}, Listen, "listen.provider.version"),
        ({"provider": {"eot_threshold": 0.7}}, Listen, "listen.provider.eot_threshold"),
        ({"provider": {**FLUX["provider"], "smart_format": True}}, Listen, "listen.provider.smart_format"),
        ({"provider": {**FLUX["provider"], "eot_threshold": 2}}, Listen, "eot_threshold"),
        (
            {"provider": {**FLUX["provider"], "eot_threshold": 0.6, "eager_eot_threshold": 0.7}},
            Listen,
            "eager_eot_threshold",
        ),
        ({"provider": {"type": "open_ai"}}, Think, "think.provider.model"),
        ({"prompt": "Hi."}, Think, ""),
        ({**THINK, "functions": [{"description": "nameless"}]}, Think, "functions[0]"),
        ({**THINK, "context_length": "least"}, Think, "context_length"),
        ({"provider": {"type": "deepgram"}}, Speak, "speak.provider.model"),
        ({"provider": {**SPEAK["provider"], "speed": 9}}, Speak, "speed"),
        ({"provider": {"type": "open_ai", "model": "tts-1", "voice": "nova"}}, Speak, "speak.endpoint.url"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(part: dict[str, Any], kind: Any, option: str) -> None:
    with pytest.raises(OptionError) as caught:
        settings.read(part, kind)
    assert caught.value.option == option


def test_fillers_need_think_live() -> None:
    think = {**THINK, "functions": [{"name": "slow", "initial_agent_filler": True}]}
    with pytest.raises(OptionError, match="think_live"):
        agent(think=think)
    assert agent(think=think, think_live={"provider": {}}).thinks[0].functions[0].fills


def test_a_provider_that_is_not_known_yet_is_taken() -> None:
    assert settings.read({"provider": {"type": "newer"}}, Think).provider.type == "newer"
