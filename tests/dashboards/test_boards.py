"""Voices, Read, Usage and Compare models: their main job, their code, their failures."""

from __future__ import annotations

import json
from inspect import isfunction
from threading import Event
from typing import Any

import numpy as np
import pytest
from ipywidgets import HTML, VBox

import dgnb
from dgnb import Deepgram, NotFound, OptionError, dashboards
from dgnb.audio.samples import wav
from dgnb.dashboards import NAMES
from dgnb.dashboards.gallery import Audition, _card, _row
from dgnb.dashboards.results import Pick, Results, note
from dgnb.results import Speech, Voice
from dgnb.transport.loop import result
from dgnb.views.text import count
from tests.dashboards.conftest import PATIENCE, done, made, page, press, run
from tests.servers import Server, refused

TEXT = "I love this place, but the coffee was cold."


@pytest.mark.parametrize("name", NAMES)
def test_a_dashboard_is_a_widget_that_says_who_answers(name: str) -> None:
    board = getattr(dashboards, name)()
    if board.job is not None:
        result(board.job, PATIENCE)
    assert board.banner.sandbox
    assert board.banner.title
    assert {"application/vnd.jupyter.widget-view+json", "text/html"} <= board._repr_mimebundle_().keys()
    assert repr(board).startswith(f"<{board.banner.title}: ")
    # ipywidgets' own methods are not replaced by chance.
    kinds = [kind for kind in type(board).__mro__ if kind.__module__.startswith("dgnb")]
    own = {name for kind in kinds for name, value in vars(kind).items() if isfunction(value)}
    assert {each for each in own if hasattr(VBox, each)} <= {"__init__", "__repr__", "_repr_mimebundle_"}


def test_a_text_is_read_and_the_code_reads_it_too() -> None:
    board = dashboards.read()
    board.text.value = TEXT
    assert done(board) == "9 words read."
    assert board.results.titles == ("Marked up", "Tables", "JSON")
    assert "coffee" in page(board.results, "Marked up").value
    reading = run(board)["reading"]
    assert reading.results == board.result.results
    assert not reading.sentiments.empty


def test_a_text_that_is_not_there_is_asked_for() -> None:
    board = dashboards.read()
    press(board)
    assert board.banner.told == "There is no text yet: write or paste one."


def test_the_same_text_in_several_voices() -> None:
    board = dashboards.voices()
    result(board.loaded, PATIENCE)
    rows = {row["id"]: row for row in board.chooser.rows}
    assert rows["aura-2-thalia-en"]["gender"] == "feminine"
    assert rows["aura-2-thalia-en"]["model"] == "aura-2"
    assert rows["flux-wes-en"]["gender"] == "masculine"
    board.chooser.chosen = ["aura-2-thalia-en", "aura-2-zeus-en"]
    board.text.value = "Good morning."
    board.form.value = {"encoding": "linear16", "sample_rate": 16000}
    assert done(board) == "2 voices spoke."
    assert [each.voice for each in board.auditions] == board.chooser.chosen
    assert all("<audio controls" in each.value for each in board.heard.children)
    assert [speech.audio for speech in run(board)["speeches"]] == [
        each.speech.audio for each in board.auditions
    ]


def test_a_voice_that_cannot_speak_does_not_silence_the_others() -> None:
    board = dashboards.voices()
    result(board.loaded, PATIENCE)
    board.chooser.offer([*board.chooser.rows, {"id": "aura-9-nobody-en", "voice": "<b>Nobody</b>"}])
    board.chooser.chosen = ["aura-9-nobody-en", "aura-2-zeus-en"]
    assert done(board) == "1 voice spoke. 1 could not."
    assert "No such model" in board.heard.children[0].value


def test_voices_that_could_not_be_asked_for_are_asked_for_again() -> None:
    with Server(refused(403, "INSUFFICIENT_PERMISSIONS")) as server:
        board = dashboards.voices(Deepgram("key", base_url=server.url))
        result(board.loaded, PATIENCE)
    assert board.banner.state == "failed"
    assert board.chooser.empty == "The voices could not be asked for."
    board.client = Deepgram(sandbox=True)
    press(board)
    assert board.chooser.rows
    assert "Choose one voice" in board.banner.told


def test_the_type_of_an_audio_is_no_markup() -> None:
    speech = Speech(audio=wav(np.ones(800, np.int16), 8000), content_type='audio/wav;"><img src=x>', text="")
    shown = _card(Audition("a-voice", speech, 0.1))
    assert 'aria-label="a-voice"' in shown
    assert "<img" not in shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("aura-2-thalia-en", ("Thalia", "aura-2", "feminine")),
        ("aura-zeus-en", ("Zeus", "aura", "masculine")),
        ("flux-wes-en", ("Wes", "flux", "masculine")),
        ("our-own-voice", ("our-own-voice", "", "")),
    ],
)
def test_a_name_tells_of_a_voice_what_it_can(name: str, shown: tuple[str, ...]) -> None:
    row = _row(Voice(name=name))
    assert (row["voice"], row["model"], row["gender"]) == shown


def test_usage_tells_what_was_done_and_a_failure_is_looked_into() -> None:
    dg = Deepgram(sandbox=True)
    dg.read(TEXT, sentiment=True, tag="lesson <1>")
    with pytest.raises(NotFound):
        dg.projects.get("nobody")
    with pytest.raises(dgnb.BadRequest):
        dg.speak("Hello.", model="aura-9-nobody-en")
    board = dashboards.usage(dg)
    assert done(board) == "This is how it stands now."
    days = page(board.results, "Days").value
    assert "left, usd" in days
    # Days are those of UTC, and one of them may end just now.
    assert f'alt="What was spent, on each of {count(len(list(board.found["used"])), "day")}"' in days
    assert "lesson &lt;1&gt;" in page(board.results, "Tags").value
    assert "never" in page(board.results, "Keys").value
    assert page(board.results, "Failed requests").children[0] is board.failures
    row = board.failures.rows[0]
    assert (row["status"], row["endpoint"]) == ("400", "/v1/speak")
    board.failures.chosen = [row["id"]]
    assert board.asked is not None
    result(board.asked, PATIENCE)
    assert row["id"] in board.details.children[0].value
    names = run(board)
    assert names["request"].request.request_id == row["id"]
    assert len(names["failed"]) == len(board.found["failed"])
    # Its pages are made anew, and these stay.
    done(board)
    assert board.failures.comm is not None
    board.failures.offer([])
    assert board.details.children == ()


def test_a_key_that_may_see_nothing_is_told_so() -> None:
    with Server(refused(403, "INSUFFICIENT_PERMISSIONS")) as server:
        board = dashboards.usage(Deepgram("key", base_url=server.url))
        assert board.job is not None
        result(board.job, PATIENCE)
    assert board.banner.state == "failed"


def viewed(shown: Any) -> str:
    """The HTML of a page, of several views the first."""
    return str((made(lambda: shown.shown) if isinstance(shown, Pick) else shown).value)


def test_models_are_compared_with_a_reference(dg: Deepgram, recording: str) -> None:
    board = dashboards.compare(dg, source=recording)
    board.form.value = {"model": "nova-3", "smart_format": True}
    board.add.click()
    assert list(board.trials) == ["nova-3", "nova-2", "nova-3, smart_format=True"]
    board.shown.children[1].children[1].click()
    board.reference.value = "The weather was cold, but the people were friendly."
    assert done(board) == "2 trials on weather.wav."
    assert board.comparison is not None
    assert list(board.comparison.scores) == list(board.trials)
    titles = ("Scores", "Differences", "Plot", "Worst words", "Transcripts", "Time and price")
    assert board.results.titles == titles
    for title in titles:
        assert "dgnb-note" not in viewed(page(board.results, title)), title
    assert run(board)["found"].table.equals(board.comparison.table)


def test_without_a_reference_the_first_is_it(dg: Deepgram, recording: str) -> None:
    board = dashboards.compare(dg, source=recording)
    done(board)
    assert board.comparison is not None
    assert list(board.comparison.scores) == ["nova-2"]
    assert run(board)["found"].wer == board.comparison.wer


def test_too_few_trials_are_refused(dg: Deepgram, recording: str) -> None:
    board = dashboards.compare(dg, source=recording)
    board.shown.children[0].children[1].click()
    press(board)
    assert "two trials or more" in board.banner.told


def test_a_widget_has_no_key_in_its_state() -> None:
    board = dashboards.read(Deepgram("a-secret-key"))
    shown = [board, *board.children]
    assert "a-secret-key" not in json.dumps([each.get_state() for each in shown], default=str)


def test_an_error_without_a_place_is_told_in_the_head() -> None:
    board = dashboards.read()
    board.fail(OptionError("Nothing of this form.", "other"))
    assert (board.banner.state, board.banner.told) == ("failed", "Nothing of this form.")


def test_a_page_that_is_gone_before_it_was_made_leaves_no_widget() -> None:
    results, late, go_on = Results(), HTML(), Event()
    before = {"Late": lambda: late if go_on.wait(PATIENCE) else note("")}
    results.show(before)
    results.show({"New": lambda: note("new")})
    gone = Event()
    late.observe(lambda _: gone.set(), "comm")
    go_on.set()
    assert gone.wait(PATIENCE)
    assert made(lambda: results.children[0]).comm is not None


def test_a_page_that_is_chosen_while_pages_are_exchanged_is_made_all_the_same() -> None:
    results = Results()
    results.show({"One": lambda: note("old"), "Two": lambda: note("old")})

    class Exchanged(dict[str, Any]):
        def __iter__(self) -> Any:
            results.selected_index = 1  # on another thread, just now
            return super().__iter__()

    results.show(Exchanged(One=lambda: note("new one"), Two=lambda: note("new two")))
    assert "new one" in page(results, "One").value
    assert "new two" in page(results, "Two").value


def test_of_two_choices_the_last_is_shown_and_the_other_is_no_widget_any_more() -> None:
    go_on, shown = Event(), dict[str, Any](slow=HTML("slow"), quick=HTML("quick"))
    pick = Pick(
        "View", list(shown), lambda name: shown[name] if name == "quick" or go_on.wait(PATIENCE) else ""
    )
    pick.choice.value = "quick"
    assert made(lambda: pick.shown) is shown["quick"]
    gone = Event()
    shown["slow"].observe(lambda _: gone.set(), "comm")
    go_on.set()
    assert gone.wait(PATIENCE)
    assert pick.shown.children == (shown["quick"],)
