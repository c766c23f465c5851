"""What a session has heard, as the reply that a recording would have had."""

from __future__ import annotations

import math
from typing import Any

import pytest

from dgnb.protocol.heard import Alternative, Channel, Entity, Hit, ModelInfo, Search, Word
from dgnb.protocol.messages import Message, flux, listen, write
from dgnb.sessions.assembly import conversation, heard
from dgnb.sessions.bounds import Bounds
from dgnb.sessions.listening import Listening
from dgnb.sessions.turns import Turns
from tests.sessions.counted import FORM, audio


def begun(session: Any) -> Any:
    session.begin(FORM)
    session.opened("first", 0.0)
    session.take(audio(0.0, 10.0))
    session.outgoing(0.0)
    return session


@pytest.fixture
def live() -> Listening:
    found: Listening = begun(Listening({}, Bounds(pace=1e6)))
    return found


@pytest.fixture
def talk() -> Turns:
    found: Turns = begun(Turns({}, Bounds(pace=1e6)))
    return found


def hear(session: Listening | Turns, *messages: Message) -> None:
    for message in messages:
        session.hear(write(message), 1.0)


def results(
    start: float, end: float, text: str, channel: tuple[int, int] = (0, 1), **more: Any
) -> listen.Results:
    said, speaker = text.split(), more.pop("speaker", None)
    step = (end - start) / max(len(said), 1)
    words = [
        Word(
            word=word.strip(".,").lower(), punctuated_word=word, confidence=0.5 + at / 10,
            start=round(start + at * step, 3), end=round(start + (at + 1) * step, 3), speaker=speaker,
        )
        for at, word in enumerate(said)
    ]  # fmt: skip
    alternative = Alternative(
        transcript=text, words=words, confidence=0.9, languages=more.pop("languages", None)
    )
    return listen.Results(
        channel_index=channel,
        start=start,
        duration=end - start,
        is_final=True,
        channel=Channel(alternatives=[alternative], search=more.pop("search", None)),
        **more,
    )


def test_final_results_are_one_transcript(live: Listening) -> None:
    hear(
        live,
        results(0, 1, "Good morning."),
        results(1, 2, ""),
        results(2, 4, "How are you?", speech_final=True),
    )
    (channel,) = heard(live).results.channels
    (alternative,) = channel.alternatives
    assert alternative.transcript == "Good morning. How are you?"
    assert [word.word for word in alternative.words] == ["good", "morning", "how", "are", "you?"]
    assert alternative.confidence == pytest.approx((0.5 + 0.6 + 0.5 + 0.6 + 0.7) / 5)


def test_pauses_end_its_utterances(live: Listening) -> None:
    hear(
        live,
        results(0, 1, "Good", speaker=1),
        results(1, 2, "morning.", speaker=1, speech_final=True),
        results(2, 4, "How are you?", speaker=0),
    )
    first, second = heard(live).results.utterances or []
    assert (first.transcript, first.start, first.end, first.speaker) == ("Good morning.", 0.0, 2.0, 1)
    assert (second.transcript, second.start, second.speaker) == ("How are you?", 2.0, 0)


def test_channels_keep_their_numbers_and_utterances_the_order_in_time(live: Listening) -> None:
    hear(
        live,
        results(2, 3, "Second.", channel=(1, 2), speech_final=True),
        results(0, 1, "First.", channel=(0, 2)),
    )
    found = heard(live)
    assert [one.alternatives[0].transcript for one in found.results.channels] == ["First.", "Second."]
    assert [(one.channel, one.transcript) for one in found.results.utterances or []] == [
        (0, "First."),
        (1, "Second."),
    ]
    assert found.metadata.channels == 2


def test_a_channel_that_has_said_nothing_yet_is_there(live: Listening) -> None:
    hear(live, results(0, 1, "Alone.", channel=(1, 2)))
    assert [one.alternatives[0].transcript for one in heard(live).results.channels] == ["", "Alone."]


def test_entities_point_to_their_words_in_the_whole(live: Listening) -> None:
    entity = Entity(label="NAME", value="Ann", start_word=1, end_word=2)
    hear(live, results(0, 1, "Hello Ann"), results(1, 2, "Dear Ann", entities=[entity]))
    (alternative,) = heard(live).results.channels[0].alternatives
    (found,) = alternative.entities or []
    assert [word.text for word in alternative.words[found.start_word : found.end_word]] == ["Ann"]
    assert found.start_word == 3


def test_hits_of_a_search_term_are_collected(live: Listening) -> None:
    def search(start: float) -> list[Search]:
        return [
            Search(query="ann", hits=[Hit(confidence=1, start=start, end=start + 0.5)]),
            Search(query="bob"),
        ]

    hear(live, results(0, 1, "Ann", search=search(0.0)), results(1, 2, "Ann", search=search(1.0)))
    found = heard(live).results.channels[0].search or []
    assert [(one.query, [hit.start for hit in one.hits]) for one in found] == [
        ("ann", [0.0, 1.0]),
        ("bob", []),
    ]


def test_languages_are_named_once_each(live: Listening) -> None:
    hear(live, results(0, 1, "Hello", languages=["en"]), results(1, 2, "Hola", languages=["es", "en"]))
    assert heard(live).results.channels[0].alternatives[0].languages == ["en", "es"]


def test_the_last_message_tells_about_the_connection(live: Listening) -> None:
    models = {"uuid": ModelInfo(name="nova-3", version="1", arch="nova-3")}
    told = listen.Metadata(
        request_id="r", sha256="5f", created="2026-11-01", duration=10.0, model_info=models
    )
    hear(live, results(0, 1, "Hello"), told)
    metadata = heard(live).metadata
    assert (metadata.request_id, metadata.sha256, metadata.created) == ("first", "5f", "2026-11-01")
    assert (metadata.duration, metadata.models, metadata.model_info) == (10.0, ["uuid"], models)


def test_after_several_connections_nothing_is_told_that_was_about_one_of_them(live: Listening) -> None:
    hear(live, results(0, 1, "Hello"))
    live.opened("second", 2.0)
    live.outgoing(2.0)
    hear(live, listen.Metadata(request_id="second", sha256="5f", duration=9.0))
    metadata = heard(live).metadata
    assert (metadata.request_id, metadata.sha256, metadata.duration) == ("first", "", 10.0)


def test_before_the_end_the_models_are_those_of_the_results(live: Listening) -> None:
    info = ModelInfo(name="nova-3")
    hear(live, results(0, 1, "Hello", metadata=listen.ResultsMetadata(model_uuid="uuid", model_info=info)))
    assert heard(live).metadata.model_info == {"uuid": info}


def test_before_anything_was_heard_there_is_an_empty_transcript() -> None:
    found = heard(Listening({}, Bounds()))
    assert (found.text, found.metadata.request_id, found.results.utterances) == ("", "", [])
    assert (found.results.channels, found.metadata.channels) == ([], 0)


def test_without_a_word_there_is_no_confidence(live: Listening) -> None:
    hear(live, results(0, 1, ""))
    assert math.isnan(heard(live).results.channels[0].alternatives[0].confidence)


def info(event: str, index: int, start: float, text: str, sequence: int) -> flux.TurnInfo:
    words = [
        Word(word=word, start=start + at, end=start + at + 1, confidence=0.5)
        for at, word in enumerate(text.split())
    ]
    return flux.TurnInfo(
        event=event,
        turn_index=index,
        audio_window_start=start,
        audio_window_end=start + 4,
        transcript=text,
        words=words,
        sequence_id=sequence,
    )


def test_each_turn_is_an_utterance(talk: Turns) -> None:
    hear(talk, info("EndOfTurn", 0, 0.0, "Good morning.", 1), info("EndOfTurn", 1, 4.0, "Hello.", 2))
    found = conversation(talk)
    assert found.text == "Good morning. Hello."
    said = found.results.utterances or []
    assert [(one.transcript, one.start, one.end) for one in said] == [
        ("Good morning.", 0.0, 2.0),
        ("Hello.", 4.0, 5.0),
    ]
    assert (found.metadata.request_id, found.metadata.duration) == ("first", 10.0)


def test_a_turn_that_did_not_end_belongs_to_it_when_the_session_is_over(talk: Turns) -> None:
    hear(talk, info("EndOfTurn", 0, 0.0, "Good morning.", 1), info("Update", 1, 4.0, "Hel", 2))
    assert conversation(talk).text == "Good morning."
    talk.ended("", 5.0)
    assert conversation(talk).text == "Good morning. Hel"
