from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dgnb.errors import OptionError
from dgnb.results import Transcript
from tests.views.replies import channel, dialogue, reply, said

PLOTS = ("words", "timeline", "confidence", "sentiment")
OVER_TIME = (*PLOTS, "rate", "topics", "intents")
ALL = (*OVER_TIME, "sentiment_by_speaker", "talk", "metrics")


def spans(ax: Axes) -> list[tuple[float, float]]:
    """Return from when to when the shapes of a plot reach [s]."""
    paths = ax.collections[0].get_paths()
    return [(round(path.vertices[:, 0].min(), 3), round(path.vertices[:, 0].max(), 3)) for path in paths]


@pytest.mark.parametrize("name", ALL)
def test_a_plot_returns_the_axes_it_was_given(name):
    ax = Figure().add_subplot()
    assert getattr(dialogue().plot, name)(ax) is ax


@pytest.mark.parametrize("name", ALL)
def test_a_plot_makes_a_figure_of_its_own(name):
    ax = getattr(dialogue().plot, name)()
    assert ax.figure.get_facecolor()[3] == 0
    ax.figure.canvas.draw()


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_one_collection(name):
    assert len(getattr(dialogue().plot, name)().collections) == 1


@pytest.mark.parametrize("name", OVER_TIME)
def test_an_axis_names_its_unit(name):
    assert getattr(dialogue().plot, name)().get_xlabel() == "time [s]"


@pytest.mark.parametrize("name", ["words", "timeline", "confidence"])
def test_silence_is_an_empty_plot(name):
    ax = getattr(reply(channel([])).plot, name)()
    ax.figure.canvas.draw()
    assert ax.get_xlim() == (0, 12.5)
    assert spans(ax) == []


@pytest.mark.parametrize("name", ["words", "confidence"])
def test_each_word_lasts_from_start_to_end(name):
    call = dialogue()
    times = zip(call.words["start"], call.words["end"], strict=True)
    assert spans(getattr(call.plot, name)()) == [(round(start, 3), round(end, 3)) for start, end in times]


def test_each_speaker_has_a_lane():
    ax = dialogue().plot.timeline()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["speaker 0", "speaker 1"]
    lanes = [round(path.vertices[:-1, 1].mean()) for path in ax.collections[0].get_paths()]
    assert lanes == [0, 1]


def test_each_channel_has_a_lane():
    ax = reply(channel(said("a")), channel(said("b"))).plot.timeline()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["channel 0", "channel 1"]


def test_a_bar_of_the_timeline_ends_at_a_pause():
    words = said("one two") + said("three", 1.29) + said("four", 3.0)
    assert spans(reply(channel(words)).plot.timeline()) == [(0.0, 1.49), (3.0, 3.2)]


def test_an_interruption_does_not_end_a_bar():
    words = said("one two three", speaker=0) + said("hm", 0.4, speaker=1)
    assert spans(reply(channel(words)).plot.timeline()) == [(0.0, 0.8), (0.4, 0.6)]


def test_confidence_marks_the_mean():
    labels = [text.get_text() for text in dialogue().plot.confidence().get_legend().get_texts()]
    assert labels == ["speaker 0", "speaker 1", "mean 0.90"]


def test_words_without_confidence_are_left_out():
    words = [{"word": "hi", "start": 0, "end": 1}]
    ax = reply({"alternatives": [{"words": words}]}).plot.confidence()
    ax.figure.canvas.draw()
    assert ax.get_legend() is None
    assert np.isnan(ax.collections[0].get_paths()[0].vertices[:, 1]).all()


def test_sentiment_goes_up_and_down():
    heights = [path.vertices[1, 1] for path in dialogue().plot.sentiment().collections[0].get_paths()]
    assert heights == [0.5, -0.75]


def test_sentiment_that_was_not_asked_for_names_its_option():
    with pytest.raises(OptionError, match="sentiment=True") as caught:
        Transcript().plot.sentiment()
    assert caught.value.option == "sentiment"


def test_plots_know_nothing_of_an_edited_table():
    call = dialogue()
    before = spans(call.plot.words())
    call.words["start"] = 0.0
    assert spans(call.plot.words()) == before


def test_speakers_beyond_the_screen_are_drawn_smaller():
    words = [word for number in range(40) for word in said("a", number, speaker=number)]
    assert reply(channel(words)).plot.words().figure.get_size_inches()[1] == 10


def test_pyplot_is_not_loaded():
    code = (
        "import sys; from tests.views.replies import dialogue; dialogue().plot.words()._repr_png_();"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
