from __future__ import annotations

import pytest

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import colours
from tests.views.artists import boxes, curve, lanes, legend, shades
from tests.views.replies import channel, dialogue, reply, said


def test_segments_have_the_colours_of_their_sentiments():
    assert shades(dialogue().plot.sentiment()) == [
        colours.SENTIMENTS[name] for name in ("positive", "negative")
    ]


def test_a_curve_goes_from_one_sentiment_to_the_next():
    ax = dialogue().plot.sentiment()
    time, mean = curve(ax, -1)
    assert legend(ax) == ["mean over 5 s"]
    assert mean[time < 1].mean() > 0 > mean[time > 4.5].mean()
    assert -0.75 <= mean.min() < mean.max() <= 0.5


def test_the_curve_of_one_mood_is_level():
    segments = [
        {
            "text": "",
            "start_word": 5 * row,
            "end_word": 5 * row + 4,
            "sentiment": "positive",
            "sentiment_score": 0.4,
        }
        for row in range(4)
    ]
    ax = reply(channel(said("word " * 20)), sentiments={"segments": segments}).plot.sentiment()
    assert curve(ax, -1)[1] == pytest.approx(0.4)


def test_each_speaker_has_a_bar_of_sentiments():
    ax = dialogue().plot.sentiment_by_speaker()
    assert lanes(ax) == ["speaker 0", "speaker 1"]
    assert legend(ax) == ["negative", "neutral", "positive"]
    assert [boxes(ax, number) for number in range(3)] == [
        [(0, 0, -0.35, 0.35), (0, 100, 0.65, 1.35)],
        [(0, 0, -0.35, 0.35), (100, 100, 0.65, 1.35)],
        [(0, 100, -0.35, 0.35), (100, 100, 0.65, 1.35)],
    ]
    assert shades(ax, 0)[0] == colours.SENTIMENTS["negative"]


def test_a_segment_of_two_speakers_counts_for_each_by_words():
    words = said("a b c", speaker=0) + said("d", 2.0, speaker=1)
    neutral = {"text": "", "start_word": 0, "end_word": 1, "sentiment": "neutral", "sentiment_score": 0.0}
    positive = {"text": "", "start_word": 2, "end_word": 3, "sentiment": "positive", "sentiment_score": 0.9}
    ax = reply(channel(words), sentiments={"segments": [neutral, positive]}).plot.sentiment_by_speaker()
    assert [box[:2] for box in boxes(ax, 1)] == [(0, 66.667), (0, 0)]
    assert [box[:2] for box in boxes(ax, 2)] == [(66.667, 100), (0, 100)]


def test_sentiments_outside_of_the_words_are_no_error():
    segment = {"text": "", "start_word": 5, "end_word": 50, "sentiment": "neutral", "sentiment_score": 0.0}
    ax = reply(channel(said("a b")), sentiments={"segments": [segment, segment]}).plot.sentiment_by_speaker()
    assert boxes(ax, 1)[0][:2] == (0, 0)


def test_sentiment_of_speakers_that_was_not_asked_for_names_its_option():
    with pytest.raises(OptionError, match="sentiment=True"):
        Transcript().plot.sentiment_by_speaker()
