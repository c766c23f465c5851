from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from dgnb.protocol import limits
from dgnb.protocol.params import NOT_FLUX
from dgnb.sandbox import Server
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import RATE as OWN_RATE
from dgnb.sandbox.engines.synthesis import synthesise
from tests.sandbox.dialling import dial
from tests.sandbox.talking import (
    LIBRARY,
    RATE,
    SISTER,
    closed,
    joined,
    kind,
    send,
    silence,
    spoken,
    trimmed,
    turning,
)

# The recogniser works for long where it has a tenth of a processor.
pytestmark = pytest.mark.timeout(600)

EVENTS = ("StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EndOfTurn")

TALK = joined(0.5, trimmed(spoken(LIBRARY)), 0.45, spoken(SISTER), 3.5, spoken("How are you?"), 1.5)
"""Two sentences with a short pause, and one after a long one."""


def heard(url: str, audio: Any = TALK, **query: Any) -> list[dict[str, Any]]:
    with turning(url, **query) as call:
        send(call, audio)
        return closed(call)


def steps(messages: list[dict[str, Any]]) -> list[str]:
    return [message["event"] for message in kind(messages, *EVENTS)]


def ends(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return kind(messages, "EndOfTurn")


@pytest.fixture(scope="module")
def talk(fast: Server) -> list[dict[str, Any]]:
    return heard(fast.url, eager_eot_threshold=0.4)


def test_the_first_message_names_the_request_and_all_are_counted(fast: Server, talk) -> None:
    assert talk[0]["type"] == "Connected"
    assert [message["sequence_id"] for message in talk] == list(range(len(talk)))
    with turning(fast.url) as call:
        assert call.next() == {"type": "Connected", "request_id": call.request_id, "sequence_id": 0}


def test_turns_follow_the_pauses(talk) -> None:
    """The short pause ends the first turn early and is taken back."""
    assert steps(talk) == [
        "StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EagerEndOfTurn", "EndOfTurn",
        "StartOfTurn", "EagerEndOfTurn", "EndOfTurn",
    ]  # fmt: skip
    first, second = ends(talk)
    assert (first["turn_index"], second["turn_index"]) == (0, 1)
    assert "library opens" in first["transcript"]
    assert "sister" in first["transcript"]
    assert first["transcript"][0].isupper()
    assert first["trigger"] == second["trigger"] == "model"
    assert not any("trigger" in message for message in talk if message.get("event") != "EndOfTurn")


def test_an_end_says_what_the_early_end_before_it_said(talk) -> None:
    told = kind(talk, *EVENTS)
    pairs = [(a, b) for a, b in pairwise(told) if (a["event"], b["event"]) == ("EagerEndOfTurn", "EndOfTurn")]
    assert len(pairs) == 2
    for early, end in pairs:
        assert (early["transcript"], early["words"]) == (end["transcript"], end["words"])
        assert early["transcript"]


def test_words_are_those_of_the_whole_turn_as_they_are_written(talk) -> None:
    for end in ends(talk):
        assert " ".join(word["word"] for word in end["words"]) == end["transcript"]
        assert end["words"][0].keys() == {"word", "start", "end", "confidence"}
        starts = [word["start"] for word in end["words"]]
        assert starts == sorted(starts)
        assert end["audio_window_start"] <= starts[0]
        assert end["words"][-1]["end"] <= end["audio_window_end"]


def test_updates_come_every_quarter_of_a_second_of_audio_in_silence_too(talk) -> None:
    times = [message["audio_window_end"] for message in kind(talk, "Update", *EVENTS[:3])]
    assert max(after - before for before, after in pairwise(times)) < 0.55
    assert len(kind(talk, "Update")) > len(TALK) / RATE * 2.5
    idle = [message for message in kind(talk, "Update") if not message["transcript"]]
    assert idle


def test_a_turn_begins_where_the_last_one_ended_or_later_in_silence(talk) -> None:
    starts, finished = kind(talk, "StartOfTurn"), ends(talk)
    after = next(message for message in talk if message.get("turn_index") == 1)
    assert after["audio_window_start"] == finished[0]["audio_window_end"]
    assert starts[1]["audio_window_start"] > finished[0]["audio_window_end"]
    assert all(start["audio_window_start"] <= start["words"][0]["start"] for start in starts)


def test_who_connects_again_after_a_turn_hears_the_same_words(fast: Server, talk) -> None:
    end = ends(talk)[0]["audio_window_end"]
    (again,) = ends(heard(fast.url, TALK[round(end * RATE) :]))
    assert again["transcript"] == ends(talk)[1]["transcript"]


def test_confidence_grows_with_the_silence(talk) -> None:
    (start, end) = (kind(talk, "StartOfTurn")[1]["sequence_id"], ends(talk)[1]["sequence_id"])
    values = [message["end_of_turn_confidence"] for message in talk[start : end + 1]]
    assert values == sorted(values)
    assert values[0] == 0.0
    assert values[-1] >= 0.7


def test_raising_the_threshold_delays_the_turn(fast: Server) -> None:
    line = joined(spoken("Open the window."), 4.0)

    def told(**query: Any) -> float:
        messages = heard(fast.url, line, **query)
        at = messages.index(ends(messages)[0])
        return max(message["audio_window_end"] for message in messages[1:at])

    early, usual, late = told(eot_threshold=0.5), told(), told(eot_threshold=0.9)
    assert early + 0.2 < usual < late - 1.0


def test_a_threshold_of_one_leaves_the_end_to_the_time_out(fast: Server) -> None:
    asked = {"eot_threshold": 1.0, "eot_timeout_ms": 1500}
    (end,) = ends(heard(fast.url, joined(spoken(SISTER), 2.0), **asked))
    assert end["trigger"] == "timeout"


def test_a_turn_is_ended_on_demand(fast: Server) -> None:
    with turning(fast.url, eot_threshold=1.0) as call:
        send(call, spoken(LIBRARY)[: 2 * RATE])
        call.say("ForceEndTurn")
        _, messages = call.until("TurnInfo")
        while not ends(messages):
            messages += call.until("TurnInfo")[1]
        (end,) = ends(messages)
        assert (end["trigger"], end["audio_window_end"]) == ("manual", 2.0)
        assert "library" in end["transcript"]
        send(call, spoken(LIBRARY)[2 * RATE :])
        (rest,) = ends(closed(call))
    assert rest["audio_window_start"] == 2.0
    assert "evening" in rest["transcript"].lower()
    assert rest["turn_index"] == 1


def test_outside_a_turn_there_is_nothing_to_end(fast: Server) -> None:
    with turning(fast.url) as call:
        call.next()
        call.say("ForceEndTurn")
        warning = call.next()
    assert (warning["type"], warning["code"], warning["sequence_id"]) == ("Warning", "NO_TURN_IN_PROGRESS", 1)


@pytest.mark.parametrize("ending", ["CloseStream", "empty"])
def test_the_last_words_are_not_lost_when_the_stream_ends_in_mid_word(fast: Server, ending: str) -> None:
    with turning(fast.url) as call:
        send(call, spoken(LIBRARY)[: int(2.9 * RATE)])
        call.say("CloseStream") if ending == "CloseStream" else call.raw.send(b"")
        _, messages, how = call.end()
    assert how == (1000, "")
    assert messages[-1]["event"] == "EndOfTurn"
    assert "closes" in messages[-1]["transcript"]


def test_no_audio_has_no_turn(fast: Server) -> None:
    assert [message["type"] for message in heard(fast.url, silence(0))] == ["Connected"]


def test_silence_has_no_turn_and_its_window_moves_on(fast: Server) -> None:
    messages = heard(fast.url, silence(7))
    assert steps(messages) == []
    starts = [message["audio_window_start"] for message in kind(messages, "Update")]
    assert starts == sorted(starts)
    assert starts[-1] > 5.0


def test_other_settings_count_from_now_on(fast: Server) -> None:
    with turning(fast.url, eager_eot_threshold=0.5, keyterm="Deepgram") as call:
        call.next()
        wanted = {"eot_threshold": "0.8", "eot_timeout_ms": 3000}
        call.say("Configure", thresholds=wanted, numerals=True)
        assert call.next() == {
            "type": "ConfigureSuccess",
            "request_id": call.request_id,
            "sequence_id": 1,
            "thresholds": {"eager_eot_threshold": 0.5, "eot_threshold": 0.8, "eot_timeout_ms": 3000},
            "keyterms": ["Deepgram"],
            "numerals": True,
        }
        call.say("Configure", keyterms="one", thresholds={"eager_eot_threshold": 0.3})
        answer = call.next()
        assert answer["keyterms"] == ["one"]
        assert answer["thresholds"]["eager_eot_threshold"] == 0.3
        call.say("Configure", keyterms=[])
        assert call.next()["keyterms"] == []
        send(call, joined(spoken("Twenty three people live in this house."), 1.0))
        (end,) = ends(closed(call))
    assert end["transcript"].startswith("23")


REFUSED = {
    "out of range": {"thresholds": {"eot_threshold": 0.2}},
    "an early end after the end": {"thresholds": {"eot_threshold": 0.6, "eager_eot_threshold": 0.7}},
    "no number": {"thresholds": {"eot_threshold": "high"}},
    "no list": {"keyterms": {"a": 1}},
    "hints": {"language_hints": ["es"]},
    "tokens": {"keyterms": ["word"] * (limits.KEYTERM_TOKENS + 1)},
}


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED)
def test_settings_that_cannot_be_followed_change_nothing(fast: Server, fields: dict[str, Any]) -> None:
    with turning(fast.url) as call:
        call.next()
        call.say("Configure", **{"numerals": True, **fields})
        failure = call.next()
        assert failure["type"] == "ConfigureFailure"
        assert failure["code"].isupper()
        assert failure["description"]
        call.say("Configure")
        answer = call.next()
    assert answer["thresholds"] == {"eot_threshold": 0.7, "eot_timeout_ms": 5000}
    assert (answer["numerals"], answer["keyterms"]) == (False, [])


def test_the_model_of_several_languages_tells_them(fast: Server) -> None:
    asked = {"model": "flux-general-multi", "language_hint": ["en", "es"]}
    messages = heard(fast.url, joined(spoken(SISTER), 1.0), **asked)
    (end,) = ends(messages)
    assert (end["languages"], end["languages_hinted"]) == (["en"], ["en", "es"])
    assert not kind(messages, "Warning")


def test_languages_that_are_not_recognised_are_told(fast: Server) -> None:
    with turning(fast.url, model="flux-general-multi", language_hint="es") as call:
        call.next()
        warning = call.next()
        call.say("Configure", language_hints=["en"])
        assert call.next()["language_hints"] == ["en"]
        call.say("Configure", language_hints=["fr", "es"])
        assert [call.next()["type"], call.next()["type"]] == ["ConfigureSuccess", "Warning"]
    assert (warning["type"], warning["code"]) == ("Warning", "UNSUPPORTED_BY_SANDBOX")
    assert "es" in warning["description"]


@pytest.mark.parametrize(
    "frame", ["{", '{"type": "KeepAlive"}', '{"type": "Finalize"}', "[1]"], ids=["cut", "keep", "v1", "list"]
)
def test_a_message_that_is_not_taken_ends_the_connection(fast: Server, frame: str) -> None:
    with turning(fast.url) as call:
        call.next()
        call.raw.send(frame)
        _, messages, ending = call.end()
    assert ending == (1008, "DATA-0000")
    assert [(message["type"], message["sequence_id"]) for message in messages] == [("Error", 1)]


def test_files_need_no_encoding(fast: Server) -> None:
    with dial(fast.url, "/v2/listen", model="flux-general-en") as call:
        send(call, encode(synthesise(SISTER).samples, OWN_RATE, "webm"))
        (end,) = ends(closed(call))
    assert "sister plays the piano" in end["transcript"]


def test_what_is_no_audio_ends_the_connection(fast: Server) -> None:
    with dial(fast.url, "/v2/listen", model="flux-general-en") as call:
        send(call, np.random.default_rng(0).bytes(100_000), 100_000)
        _, messages, ending = call.end()
    assert ([message["type"] for message in messages], ending) == (["Connected"], (1008, "DATA-0000"))


BAD = {
    "no model": {"model": ""},
    "flux alone": {"model": "flux"},
    "nova": {"model": "nova-3"},
    "unknown flux": {"model": "flux-general-xx"},
    "hint without multi": {"language_hint": "es"},
    "empty hint": {"model": "flux-general-multi", "language_hint": ""},
    "threshold": {"eot_threshold": 0.2},
    "early end after the end": {"eot_threshold": 0.6, "eager_eot_threshold": 0.7},
    "no rate": {"sample_rate": [], "encoding": "linear16"},
    "encoding": {"encoding": "flac"},
    **{name: {name: "true"} for name in NOT_FLUX},
}


@pytest.mark.parametrize("query", BAD.values(), ids=BAD)
def test_what_cannot_be_followed_is_refused_before_the_connection(fast: Server, query: Any) -> None:
    with pytest.raises(InvalidStatus) as refused, turning(fast.url, **query):
        pass
    assert refused.value.response.status_code == 400
    assert refused.value.response.headers["dg-error"]


def test_a_model_has_to_be_named(fast: Server) -> None:
    with pytest.raises(InvalidStatus) as refused, dial(fast.url, "/v2/listen"):
        pass
    assert "model is required" in refused.value.response.headers["dg-error"]


def test_other_unknown_options_are_passed_over(fast: Server) -> None:
    with turning(fast.url, sparkle="yes") as call:
        assert call.next()["type"] == "Connected"


def test_seconds_are_booked(fast: Server) -> None:
    with turning(fast.url) as call:
        send(call, silence(2))
        closed(call)
    (row,) = fast.store.rows("select * from requests where id = ?", call.request_id)
    assert (row["method"], row["endpoint"], row["seconds"], row["channels"]) == (
        "streaming",
        "listen",
        2.0,
        1,
    )
    assert row["model"] == "flux-general-en"


def test_in_real_time_turns_are_the_same(sandbox: Server) -> None:
    """Guesses are not waited for then; what is final does not depend on them."""
    line = joined(spoken(SISTER), 1.2)
    with turning(sandbox.url) as call:
        send(call, line)
        messages = closed(call)
    assert steps(messages) == ["StartOfTurn", "EndOfTurn"]
    assert "sister plays" in ends(messages)[0]["transcript"]
