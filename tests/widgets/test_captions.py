"""Captions without a browser: what a page is told, and what it asks for."""

from __future__ import annotations

import queue
import statistics
from typing import Any

import pytest

from dgnb import Deepgram
from dgnb.sandbox import Server
from dgnb.views import colours
from dgnb.widgets.captions import Captions
from tests.widgets.pages import Page
from tests.widgets.talker import PATIENT, Talker, begun, results

RATE = 16_000


def ended(message: dict[str, Any]) -> bool:
    return bool(message.get("status", {}).get("state") == "ended")


def plain(pieces: list[dict[str, Any]]) -> str:
    parts = [[part if isinstance(part, str) else part[0] for part in piece["parts"]] for piece in pieces]
    return " ".join("".join(part) for part in parts)


def test_a_page_is_told_what_is_provisional_and_then_what_is_final(
    dg: Deepgram, speech: Any, page: Page
) -> None:
    source, go_on = begun(speech)
    live = dg.listen.live(source, encoding="linear16", sample_rate=RATE, model="nova-3", interim_results=True)
    captions = Captions(live)
    page.wait(lambda message: message.get("interim") and not message.get("add"))
    go_on()
    transcript = live.wait()
    page.wait(ended)
    assert plain(page.added("add")) == transcript.text
    assert page.status["words"] == len(transcript.words)
    assert page.status["seconds"] == pytest.approx(live.duration, abs=0.1)
    assert page.status["sandbox"]
    assert page.status["latency"] == round(live.events["latency"].dropna().iloc[-1], 2)
    assert page.messages[-1].get("interim", []) == []
    captions.close()


def test_speakers_have_their_names_and_colours(dg: Deepgram, speech: Any, page: Page) -> None:
    live = dg.listen.live((speech, RATE), diarize=True, pace=50.0)
    captions = Captions(live)
    live.wait()
    page.wait(ended)
    assert page.open(captions)["voices"] == [{"name": "Speaker 0", "colour": colours.voice(0)}]


def test_a_page_that_comes_late_is_told_all_that_the_others_know(
    dg: Deepgram, speech: Any, page: Page
) -> None:
    live = dg.listen.live((speech, RATE), model="nova-3", pace=10.0)
    captions = Captions(live)
    page.wait(lambda message: message.get("add"))
    middle = page.open(captions, "in the middle")
    known = [
        one for message in page.messages[: page.messages.index(middle)] for one in message.get("add", ())
    ]
    assert middle["add"] == known
    live.wait()
    page.wait(ended)
    late = page.open(captions, "late")
    assert late["add"] == page.added("add")
    assert late["status"] == page.status


def test_the_buttons_reach_the_session(dg: Deepgram, speech: Any, page: Page) -> None:
    live = dg.listen.live((speech, RATE), model="nova-3", pace=PATIENT)
    captions = Captions(live)
    page.wait(lambda message: message.get("status", {}).get("state") == "live")
    page.say(captions, "finalize")
    assert page.wait(lambda message: message["kind"] == "answer")["ok"]
    page.say(captions, "stop")
    page.wait(ended)
    assert live.duration < len(speech) / RATE
    page.say(captions, "stop")
    page.say(captions, "format the disk")


def test_a_connection_that_is_lost_is_told_and_no_word_is(
    dg: Deepgram, remembering: Server, speech: Any, page: Page
) -> None:
    whole = dg.listen.live((speech, RATE), model="nova-3", pace=10.0).wait().text
    remembering.faults = "drop@2s, refuse"
    live = dg.listen.live((speech, RATE), model="nova-3", pace=10.0)
    captions = Captions(live)
    lost = page.wait(lambda message: message.get("status", {}).get("state") == "reconnecting")
    assert lost["status"]["why"]
    assert page.wait(lambda message: (message.get("status", {}).get("left") or 0) > 0)
    live.wait()
    page.wait(ended)
    assert plain(page.added("add")) == whole
    assert page.status["left"] is None
    captions.close()


def test_audio_that_was_lost_is_told_as_such(
    dg: Deepgram, remembering: Server, page: Page, speech: Any
) -> None:
    source: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    remembering.faults = "drop@1s, refuse"
    live = dg.listen.live(source, encoding="linear16", sample_rate=RATE, buffer=0.5)
    captions = Captions(live)
    for at in range(0, len(speech), RATE // 10):
        source.put(speech[at : at + RATE // 10].tobytes())
    source.put(None)
    live.wait()
    page.wait(ended)
    gaps = [piece["gap"] for piece in page.added("add") if "gap" in piece]
    assert gaps
    assert all(start < end for start, end in gaps)
    captions.close()


def test_an_update_costs_the_same_after_an_hour(page: Page) -> None:
    text = "one two three four five six seven eight nine"
    hour = [results(text, at * 3.6, 3.6, pause=at % 5 == 0) for at in range(1000)]
    with Talker(hour) as talker, Deepgram("key", base_url=talker.url) as dg:
        live = dg.listen.live(iter([bytes(320)]), encoding="linear16", sample_rate=RATE, patience=60)
        captions = Captions(live)
        page.wait(lambda message: message.get("status", {}).get("words") == 9000)
        count, sizes = len(page.messages), {True: [], False: []}
        for number in range(20):
            for final in (False, True):
                words = f"{text} {number}"
                talker.say(results(words, 3600 + number, 1, final=final))
                mark = (
                    (lambda m, w=words: plain(m.get("add", ())) == w)
                    if final
                    else (lambda m, w=words: m.get("interim") and m["interim"][0]["text"] == w)
                )
                told = page.wait(mark)
                sizes[final].append(page.sizes[page.messages.index(told)])
        assert count > 1
        assert max(map(max, sizes.values())) < 600
        assert statistics.pstdev(sizes[False]) < 40
        talker.say(None)
        live.stop()
    assert len(page.open(captions)["add"]) == 1020


def test_text_is_sent_without_characters_that_act(page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)> \u202eright\x1b[31m " + 10_000 * "w"
    with Talker([results(hostile, 0, 10), None]) as talker, Deepgram("key", base_url=talker.url) as dg:
        live = dg.listen.live(iter([bytes(320)]), encoding="linear16", sample_rate=RATE, patience=60)
        captions = Captions(live)
        said = plain(page.wait(lambda message: message.get("add"))["add"])
        assert said.startswith("<img src=x onerror=alert(1)> \ufffdright\ufffd[31m www")
        assert len(said) == len(hostile)
        live.stop()
        captions.close()


def test_why_a_session_failed_is_told(remembering: Server, speech: Any, page: Page) -> None:
    remembering.faults = "401"
    with Deepgram("key", base_url=remembering.url) as dg:
        captions = Captions(dg.listen.live((speech, RATE)))
        failed = page.wait(lambda message: message.get("status", {}).get("state") == "failed")
    assert "401" in failed["status"]["why"]
    remembering.faults = ""
    captions.close()
