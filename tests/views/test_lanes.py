from __future__ import annotations

import pytest

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import colours
from dgnb.views.lanes import MOST
from tests.views.artists import boxes, lanes, legend, shades
from tests.views.replies import channel, dialogue, reply, said


def about(*names, confidence=0.5, spans=None):
    """Return a transcript of ten words for each topic."""
    segments = [
        {"text": "", "start_word": 10 * row, "end_word": 10 * row + 9}
        | {"topics": [{"topic": name, "confidence_score": confidence}]}
        for row, name in enumerate(names)
    ]
    return reply(channel(said("word " * 10 * len(names))), topics={"segments": segments})


def test_where_several_speak_all_lanes_are_grey():
    words = said("one two three", speaker=0) + said("hm", 0.4, speaker=1)
    ax = reply(channel(words)).plot.timeline()
    assert boxes(ax, 1) == [(0.4, 0.6, -0.5, 1.5)]
    assert shades(ax, 1) == [colours.TEXT]
    assert legend(ax) == ["several at once, 1 time, 0.2 s"]
    assert ax.collections[1].get_zorder() < ax.collections[0].get_zorder()


def test_who_waits_for_the_other_leaves_no_grey():
    assert legend(dialogue().plot.timeline()) == []


def test_a_lane_has_the_colour_of_its_voice():
    assert shades(dialogue().plot.timeline()) == list(colours.VOICES[:2])


@pytest.mark.parametrize(("name", "lane"), [("topics", "Repair"), ("intents", "Get help")])
def test_a_finding_has_its_lane_and_time(name, lane):
    ax = getattr(dialogue().plot, name)()
    assert lanes(ax) == [lane]
    ((left, right, _, _),) = boxes(ax)
    assert (left, right) == (4.0, 5.1)


def test_topics_have_lanes_and_colours_in_the_order_of_time():
    ax = about("tea", "milk", "tea").plot.topics()
    assert lanes(ax) == ["tea", "milk"]
    assert shades(ax) == [colours.voice(number) for number in (0, 1, 0)]
    assert [round((bottom + top) / 2) for *_, bottom, top in boxes(ax)] == [0, 1, 0]


def test_a_surer_topic_is_higher():
    high, low = (
        top - bottom
        for confidence in (1.0, 0.2)
        for *_, bottom, top in boxes(about("tea", confidence=confidence).plot.topics())
    )
    assert high > low > 0


def test_many_topics_share_the_last_lane():
    ax = about(*(f"topic {number}" for number in range(20))).plot.topics()
    assert len(lanes(ax)) == MOST
    assert lanes(ax)[-1] == "others"
    assert len(boxes(ax)) == 20


def test_dollars_in_a_topic_are_no_formula():
    ax = about("$x^2$ and $y").plot.topics()
    ax.figure.canvas.draw()
    assert lanes(ax) == ["$x^2$ and $y"]
    assert not ax.get_yticklabels()[0].get_parse_math()


@pytest.mark.parametrize("name", ["topics", "intents"])
def test_what_was_not_asked_for_names_its_option(name):
    with pytest.raises(OptionError, match=f"{name}=True") as caught:
        getattr(Transcript().plot, name)()
    assert caught.value.option == name


@pytest.mark.parametrize("name", ["topics", "intents"])
def test_what_was_asked_for_and_not_found_is_an_empty_plot(name):
    ax = getattr(reply(channel(said("hi")), **{name: {"segments": []}}).plot, name)()
    ax.figure.canvas.draw()
    assert boxes(ax) == []
