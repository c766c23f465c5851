from __future__ import annotations

import pytest

from dgnb.results import Transcript
from dgnb.views import colours
from tests.views.artists import boxes, curve, lanes, legend, shades, texts
from tests.views.replies import channel, dialogue, reply, said


def test_a_steady_voice_has_a_level_pace():
    ax = reply(channel(said("word " * 200)), metadata={"duration": 60.0}).plot.rate()
    time, pace = curve(ax)
    assert pace[(time > 10) & (time < 50)] == pytest.approx(200, rel=0.02)
    assert ax.get_ylim()[0] == 0


def test_each_voice_has_its_curve_where_it_talks():
    words = said("one two three four", 0.0, speaker=0) + said("one two three four", 90.0, speaker=1)
    ax = reply(channel(words), metadata={"duration": 100.0}).plot.rate()
    assert legend(ax) == ["speaker 0", "speaker 1"]
    assert [line.get_color() for line in ax.lines] == list(colours.VOICES[:2])
    assert curve(ax, 0)[0].max() < 50 < curve(ax, 1)[0].min()


def test_many_voices_are_the_eight_that_talk_most():
    words = [word for who in range(12) for word in said("a " * (who + 1), 5 * who, speaker=who)]
    ax = reply(channel(words)).plot.rate()
    assert legend(ax) == [f"speaker {number}" for number in range(4, 12)]


def test_talk_overlap_and_silence_have_their_shares():
    words = said("word", speaker=0) + said("word", 4.0, speaker=1)
    words[0]["end"], words[1]["end"] = 5.0, 7.5
    ax = reply(channel(words), metadata={"duration": 10.0}).plot.talk()
    assert lanes(ax) == ["speaker 0", "speaker 1", "several at once", "silence"]
    assert [box[1] for box in boxes(ax)] == [50.0, 35.0, 10.0, 25.0]
    assert shades(ax) == [*colours.VOICES[:2], colours.TEXT, colours.TEXT]
    assert texts(ax) == ["50 %   0:05", "35 %   0:03", "10 %   0:01", "25 %   0:02"]


def test_nothing_said_is_all_silence():
    ax = reply(channel([])).plot.talk()
    assert texts(ax) == ["0 %   0:00", "100 %   0:12"]
    assert texts(Transcript().plot.talk()) == ["0 %   0:00", "0 %   0:00"]


def test_metrics_have_a_bar_for_each_voice_and_figure():
    ax = dialogue().plot.metrics()
    assert lanes(ax) == ["speaker 0", "speaker 1"]
    headings = [label.get_text() for label in ax.get_xticklabels()]
    assert len(ax.collections) == len(headings) == 9
    assert headings[:4] == ["share of talk", "turns", "words", "words/min"]
    assert texts(ax)[:4] == ["50%", "50%", "1", "1"]
    assert shades(ax) == list(colours.VOICES[:2])
    left, right = boxes(ax, 2)[0][:2]
    assert left == 2 < right < 3
    assert texts(ax)[-2:] == ["-", "+2.40"]


def test_metrics_of_silence_are_an_empty_plot():
    ax = reply(channel([])).plot.metrics()
    ax.figure.canvas.draw()
    assert texts(ax) == []
