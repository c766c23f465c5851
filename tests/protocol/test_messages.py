"""Messages of the live connections: every field of the wire, written and read alike, nothing lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.errors import ReplyError
from dgnb.protocol.messages import Message, Reader, Unknown, agent, flux, fluxspeak, listen, speak, write

READERS = {
    "listen": (listen.CLIENT, listen.SERVER),
    "flux": (flux.CLIENT, flux.SERVER),
    "speak": (speak.CLIENT, speak.SERVER),
    "fluxspeak": (fluxspeak.CLIENT, fluxspeak.SERVER),
    "agent": (agent.CLIENT, agent.SERVER),
}
SIDES = {
    f"{name}-{side}": reader
    for name, sides in READERS.items()
    for side, reader in zip(("client", "server"), sides, strict=True)
}

# The fields that the service documents, of each message; a dot goes into an object, or into those of a list.
WORD = "words.word words.confidence words.start words.end"
SPOKEN = (
    "speech_id audio_duration_ms input_character_count billable_character_count "
    "controls_applied.pronunciations_applied controls_applied.breaks_applied "
    "controls_applied.pronunciation_warnings"
)
WIRE = {
    "listen-client": {
        "CloseStream": "",
        "Configure": "keyterms features",
        "Finalize": "channel",
        "KeepAlive": "",
    },
    "listen-server": {
        "ConfigureSuccess": "request_id keyterms",
        "ConfigureFailure": "request_id code description",
        "Results": (
            "channel_index duration start is_final speech_final from_finalize "
            "channel.alternatives.transcript channel.alternatives.confidence "
            "channel.alternatives.languages channel.alternatives.languages_hinted "
            "channel.alternatives.words.word channel.alternatives.words.start "
            "channel.alternatives.words.end channel.alternatives.words.confidence "
            "channel.alternatives.words.language channel.alternatives.words.punctuated_word "
            "channel.alternatives.words.speaker channel.search.query channel.search.hits.snippet "
            "metadata.request_id metadata.model_info.name metadata.model_info.version "
            "metadata.model_info.arch metadata.model_uuid metadata.diarize_info.model_uuid "
            "metadata.diarize_info.arch entities.label entities.value entities.raw_value "
            "entities.confidence entities.start_word entities.end_word"
        ),
        "Metadata": "transaction_key request_id sha256 created duration channels models model_info",
        "UtteranceEnd": "channel last_word_end",
        "SpeechStarted": "channel timestamp",
        "Error": "variant description code message",
    },
    "flux-client": {
        "CloseStream": "",
        "Configure": (
            "thresholds.eager_eot_threshold thresholds.eot_threshold thresholds.eot_timeout_ms "
            "keyterms language_hints numerals"
        ),
        "ForceEndTurn": "",
    },
    "flux-server": {
        "Connected": "request_id sequence_id",
        "TurnInfo": (
            "request_id sequence_id event turn_index audio_window_start audio_window_end transcript "
            f"end_of_turn_confidence trigger languages languages_hinted {WORD}"
        ),
        "ConfigureSuccess": (
            "request_id thresholds.eager_eot_threshold thresholds.eot_threshold "
            "thresholds.eot_timeout_ms keyterms language_hints numerals sequence_id"
        ),
        "ConfigureFailure": "request_id sequence_id code description",
        "Warning": "request_id sequence_id code description",
        "Error": "sequence_id code description",
    },
    "speak-client": {"Clear": "", "Close": "", "Flush": "", "Speak": "text"},
    "speak-server": {
        "Metadata": "request_id model_name model_version model_uuid additional_model_uuids",
        "Flushed": "sequence_id",
        "Cleared": "sequence_id",
        "Warning": "description code",
    },
    "fluxspeak-client": {
        "Close": "",
        "Configure": "speed",
        "Flush": "",
        "Interrupt": "playback_offset.type playback_offset.value",
        "Speak": "text",
    },
    "fluxspeak-server": {
        "Connected": "request_id model_name model_version model_uuids",
        "SpeechStarted": "speech_id",
        "SpeechMetadata": SPOKEN,
        "SpeechInterrupted": "audio_played_ms text_spoken text_remaining "
        + " ".join(f"metadata.{name}" for name in SPOKEN.split()),
        "Flushed": "speech_id",
        "SessionMetadata": (
            "total_audio_duration_ms total_input_character_count total_billable_character_count"
        ),
        "ConfigureSuccess": "applied.speed",
        "ConfigureFailure": "code field value description",
        "Warning": "code description",
        "Error": "code description",
    },
    "agent-client": {
        "__customToThinkProvider": "content",
        "ForceEndTurn": "",
        "FunctionCallResponse": "id name content",
        "InjectAgentMessage": "message behavior is_dynamic",
        "InjectUserMessage": "content",
        "KeepAlive": "",
        "Settings": "tags experimental flags mip_opt_out audio agent",
        "UpdateListen": "listen",
        "UpdatePrompt": "prompt",
        "UpdateSpeak": "speak",
        "UpdateThink": "think",
        "UpdateThink_Live": "think_live",
    },
    "agent-server": {
        "__customFromThinkProvider": "content",
        "AgentAudioDone": "",
        "AgentStartedSpeaking": "total_latency tts_latency ttt_latency",
        "AgentThinking": "content",
        "ConversationText": "role content conversational_behavior languages_hinted languages",
        "Error": "description code",
        "FrustrationDetected": "count escalated",
        "FunctionCallCancelled": "functions.id functions.name",
        "FunctionCallRequest": (
            "functions.id functions.name functions.arguments functions.client_side "
            "functions.thought_signature"
        ),
        "FunctionCallResponse": "id name content",
        "History": (
            "role content function_calls.id function_calls.name function_calls.client_side "
            "function_calls.arguments function_calls.response function_calls.thought_signature"
        ),
        "InjectionRefused": "message",
        "LatencyReport": (
            "stt_latency ttt_token_latency ttt_text_latency ttt_tool_latency ttt_thinking_latency "
            "tts_latency total_latency"
        ),
        "ListenUpdated": "",
        "PromptUpdated": "",
        "SettingsApplied": "",
        "SpeakUpdated": "",
        "ThinkLiveUpdated": "",
        "ThinkUpdated": "",
        "UserStartedSpeaking": "",
        "Warning": "description code",
        "Welcome": "request_id",
    },
}


def kinds(reader: Reader[Any]) -> dict[str, type[Message]]:
    return {str(kind.__struct_config__.tag): kind for kind in reader.kinds}


def structs(hint: Any) -> list[type[msgspec.Struct]]:
    """The structs within a type."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [struct for part in get_args(hint) for struct in structs(part)]


def has(kind: type, path: str) -> bool:
    if path == "type":
        return "type" in get_type_hints(kind)
    name, _, rest = path.partition(".")
    hint = get_type_hints(kind).get(name)
    return hint is not None and (not rest or any(has(struct, rest) for struct in structs(hint)))


@pytest.mark.parametrize("side", SIDES)
def test_all_messages_of_the_wire_are_known_and_no_others(side: str) -> None:
    assert set(kinds(SIDES[side])) == set(WIRE[side])


@pytest.mark.parametrize("side", SIDES)
def test_all_fields_of_the_wire_are_known(side: str) -> None:
    found = kinds(SIDES[side])
    missing = [
        f"{name}.{path}"
        for name, paths in WIRE[side].items()
        for path in paths.split()
        if not has(found[name], path)
    ]
    assert missing == []


NUMBERS = st.floats(0, 1e6) | st.integers(0, 1000).map(float)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=8),
    int: st.integers(-(2**31), 2**31),
    float: NUMBERS,
    bool: st.booleans(),
    NoneType: st.none(),
    Any: st.text(max_size=4) | st.booleans(),
}
COMPOSED: dict[Any, Callable[..., st.SearchStrategy[Any]]] = {
    Union: st.one_of,
    UnionType: st.one_of,
    list: partial(st.lists, max_size=2),
    tuple: st.tuples,
    dict: partial(st.dictionaries, max_size=2),
}


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type."""
    kind, arguments = get_origin(hint), get_args(hint)
    if kind is Literal:
        return st.sampled_from(arguments)
    if kind is not None:
        return COMPOSED[kind](*map(of, arguments))
    return SIMPLE[hint] if hint in SIMPLE else struct(hint)


def struct(hint: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    fields = {name: of(part) for name, part in get_type_hints(hint).items() if name in hint.__struct_fields__}
    return st.builds(hint, **fields)


MESSAGES = [
    pytest.param(reader, kind, id=f"{side}-{name}")
    for side, reader in SIDES.items()
    for name, kind in kinds(reader).items()
]


@pytest.mark.parametrize(("reader", "kind"), MESSAGES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_alike(reader: Reader[Any], kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(of(kind))
    text = write(message)
    assert json.loads(text)["type"] == message.type
    assert reader.read(text) == message
    assert reader.read(text.encode()) == message


@pytest.mark.parametrize(("reader", "kind"), MESSAGES)
def test_a_message_without_its_fields_and_with_new_ones_is_the_same_message(
    reader: Reader[Any], kind: type[Message]
) -> None:
    name = str(kind.__struct_config__.tag)
    assert isinstance(reader.read(json.dumps({"type": name, "newer": {"than": ["this"]}})), kind)


@pytest.mark.parametrize(("reader", "kind"), MESSAGES)
def test_a_message_that_is_cut_off_anywhere_is_an_error(reader: Reader[Any], kind: type[Message]) -> None:
    text = write(kind())
    for size in range(len(text)):
        with pytest.raises(ReplyError):
            reader.read(text[:size])


documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | NUMBERS | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("side", SIDES)
@settings(max_examples=25)
@given(content=st.dictionaries(st.text(max_size=6), documents, max_size=4), name=st.text(max_size=8))
def test_a_message_that_is_not_known_is_kept_as_it_came(
    side: str, content: dict[str, Any], name: str
) -> None:
    reader = SIDES[side]
    content = {**content, "type": name}
    if name not in kinds(reader):
        assert reader.read(json.dumps(content)) == Unknown(name, content)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (listen.SERVER, '{"type": "Results", "channel": [], "kept": 1}'),
        (listen.SERVER, '{"type": "Results", "channel_index": [0]}'),
        (listen.SERVER, '{"type": "UtteranceEnd", "last_word_end": "soon"}'),
        (listen.SERVER, '{"type": "Metadata", "channels": 1.5}'),
        (flux.SERVER, '{"type": "TurnInfo", "transcript": null}'),
        (flux.SERVER, '{"type": "TurnInfo", "words": [{"confidence": 1}]}'),
        (speak.CLIENT, '{"type": "Speak", "text": 5}'),
        (fluxspeak.CLIENT, '{"type": "Interrupt", "playback_offset": {"type": "words"}}'),
        (listen.SERVER, '{"text": "without a type"}'),
        (listen.SERVER, '{"type": 7}'),
        (listen.SERVER, "{}"),
    ],
)
def test_a_message_in_another_shape_is_kept_as_it_came(reader: Reader[Any], text: str) -> None:
    content = json.loads(text)
    assert reader.read(text) == Unknown(str(content.get("type", "")), content)


@pytest.mark.parametrize(
    "text",
    ["", " ", "[]", "null", "5", '"Results"', "{", "Results", b"\xff{}", '{"type": 7', "[" * 5000],
    ids=range(11),
)
def test_what_is_no_object_is_an_error(text: str | bytes) -> None:
    with pytest.raises(ReplyError):
        listen.SERVER.read(text)


def test_a_whole_number_may_have_a_point() -> None:
    found = listen.SERVER.read('{"type": "Metadata", "channels": 2.0, "duration": 3}')
    assert found == listen.Metadata(channels=2, duration=3.0)


def test_thresholds_may_be_written_as_text() -> None:
    text = '{"type": "Configure", "thresholds": {"eot_threshold": "0.8", "eot_timeout_ms": "3000"}}'
    thresholds = flux.Thresholds(eot_threshold=0.8, eot_timeout_ms=3000)
    assert flux.CLIENT.read(text) == flux.Configure(thresholds=thresholds)


@pytest.mark.parametrize("kind", ["Configure", "ConfigureSuccess"])
def test_one_keyterm_may_stand_alone(kind: str) -> None:
    reader = flux.CLIENT if kind == "Configure" else flux.SERVER
    found = reader.read(json.dumps({"type": kind, "keyterms": "Deepgram"}))
    assert getattr(found, "keyterms", None) == "Deepgram"


def test_words_of_a_turn_may_have_no_times() -> None:
    text = '{"type": "TurnInfo", "transcript": "Hi.", "words": [{"word": "Hi.", "confidence": 0.9}]}'
    found = flux.SERVER.read(text)
    assert isinstance(found, flux.TurnInfo)
    assert (found.words[0].word, found.words[0].timed) == ("Hi.", False)


def test_what_is_absent_is_not_written_and_an_empty_list_is() -> None:
    assert write(listen.Configure(keyterms=[])) == '{"type":"Configure","keyterms":[]}'
    assert write(fluxspeak.Interrupt()) == '{"type":"Interrupt"}'
    assert write(speak.Speak(text='He said "ä".')) == '{"type":"Speak","text":"He said \\"ä\\"."}'
