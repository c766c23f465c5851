"""The view of turns without a browser: what a page is told, and what it asks for."""

from __future__ import annotations

from typing import Any

import pytest

from dgnb import Deepgram
from dgnb.protocol.heard import Word
from dgnb.protocol.messages import flux
from dgnb.sandbox import Server
from dgnb.views import colours
from dgnb.widgets.turns import STEPS, TurnsView
from tests.live.conftest import SENTENCES, spoken
from tests.widgets.pages import Page
from tests.widgets.talker import PATIENT, Talker, begun

RATE = 16_000


@pytest.fixture(scope="module")
def speech() -> Any:
    """One sentence, 3 s: a turn is heard anew with each step, and that takes its time."""
    return spoken(SENTENCES[1])


def ended(message: dict[str, Any]) -> bool:
    return bool(message.get("status", {}).get("state") == "ended")


def plain(turn: dict[str, Any]) -> str:
    return "".join(part if isinstance(part, str) else part[0] for part in turn["parts"])


def test_a_page_is_told_a_turn_while_it_is_spoken_and_when_it_has_ended(
    dg: Deepgram, speech: Any, page: Page
) -> None:
    source, go_on = begun(speech)
    talk = dg.flux.live(source, encoding="linear16", sample_rate=RATE, eager_eot_threshold=0.4)
    view = TurnsView(talk)
    going = page.wait(lambda message: message.get("current") and message["current"]["parts"])
    assert going["current"]["state"] == "open"
    go_on()
    talk.wait()
    page.wait(ended)
    told = page.added("turns")
    assert "\n".join(map(plain, told)) == talk.text
    assert [turn["start"] for turn in told] == pytest.approx(talk.turns["start"].tolist(), abs=0.01)
    assert {turn["state"] for turn in told} == {"end"}
    assert page.status["words"] == len(talk.words)
    late = page.open(view)
    assert late["turns"] == told
    assert late["steps"] == page.added("steps")
    assert late["bars"] == page.added("bars")
    assert late["status"] == page.status
    assert late["current"] is None


def test_a_slider_changes_the_session_or_says_why_not(dg: Deepgram, speech: Any, page: Page) -> None:
    with dg.flux.live((speech, RATE), eager_eot_threshold=0.4, pace=PATIENT) as talk:
        view = TurnsView(talk)
        page.wait(lambda message: message.get("status", {}).get("state") == "live")
        page.say(view, "configure", eot_threshold=0.8, eot_timeout_ms=3000, other=1)
        changed = page.wait(lambda message: (message.get("bars") or [{}])[0].get("eot_threshold") == 0.8)
        assert changed["bars"][0] | {"time": 0} == {
            "time": 0, "eot_threshold": 0.8, "eager_eot_threshold": 0.4, "eot_timeout_ms": 3000,
        }  # fmt: skip
        assert page.wait(lambda message: message["kind"] == "answer")["ok"]
        page.say(view, "configure", eot_threshold=7)
        assert "eot_threshold" in page.wait(lambda message: message.get("ok") is False)["told"]
        page.say(view, "stop")
        page.wait(ended)


def test_a_turn_is_ended_by_its_button(dg: Deepgram, speech: Any, page: Page) -> None:
    source, _ = begun(speech)
    with dg.flux.live(source, encoding="linear16", sample_rate=RATE, eot_threshold=0.9) as talk:
        view = TurnsView(talk)
        page.wait(lambda message: message.get("current") and message["current"]["parts"])
        page.say(view, "force")
        assert page.wait(lambda message: message.get("turns"))["turns"][0]["trigger"] == "manual"
        talk.stop()


def test_a_turn_that_a_connection_lost_is_heard_again(
    dg: Deepgram, remembering: Server, speech: Any, page: Page
) -> None:
    remembering.faults = "drop@1s, refuse"
    talk = dg.flux.live((speech, RATE), pace=5.0)
    view = TurnsView(talk)
    page.wait(lambda message: message.get("status", {}).get("state") == "reconnecting")
    talk.wait()
    page.wait(ended)
    assert "\n".join(map(plain, page.added("turns"))) == talk.text
    view.close()


def test_an_update_costs_the_same_after_a_thousand_turns(page: Page) -> None:
    words = [Word("yes", 0.1, 0.2, 0.9)] * 9
    turns = [
        flux.TurnInfo("EndOfTurn", at, "", at + 1, at, at + 1, "yes " * 9, words, 0.9, "model")
        for at in range(1000)
    ]
    with Talker([flux.Connected(), *turns]) as talker, Deepgram("key", base_url=talker.url) as dg:
        talk = dg.flux.live(iter([bytes(320)]), encoding="linear16", sample_rate=RATE, patience=60)
        view = TurnsView(talk)
        page.wait(lambda message: message.get("status", {}).get("words") == 9000)
        for at in range(1000, 1020):
            talker.say(flux.TurnInfo("Update", 1000, "", at + 1, 1000, at + 1, "yes " * 9, words, 0.1))
            told = page.wait(lambda message, end=at + 1: (message.get("steps") or [[0]])[-1][0] == end)
            assert page.sizes[page.messages.index(told)] < 600
        talker.say(None)
        talk.stop()
    late = page.open(view)
    assert (len(late["turns"]), len(late["steps"])) == (1000, STEPS)


def test_it_has_the_colours_of_the_picture_and_the_bounds_of_the_options(
    dg: Deepgram, speech: Any, page: Page
) -> None:
    with dg.flux.live((speech, RATE)) as talk:
        view = TurnsView(talk)
        assert view.about["colours"]["EndOfTurn"] == colours.TURNS["EndOfTurn"]
        assert view.about["bounds"]["eot_threshold"]["low"] == 0.5
        view.close()
        talk.stop()
