from __future__ import annotations

from itertools import combinations

import pytest

from tests.views.artists import legend, texts
from tests.views.replies import channel, dialogue, reply, said


def doubtful(*confidences, text="word"):
    """Return words with these confidences, each half a second after the one before."""
    words = [
        said(f"{text}{row}", 0.5 * row, confidence=confidence)[0]
        for row, confidence in enumerate(confidences)
    ]
    return reply(channel(words), metadata={"duration": len(words) / 2})


def test_words_of_low_confidence_are_named_and_counted():
    ax = doubtful(0.9, 0.3, 0.5, 0.49).plot.confidence()
    assert texts(ax) == ["word1", "word3"]
    assert legend(ax) == ["mean 0.55", "2 words below 0.5"]
    assert [tuple(round(float(place), 3) for place in text.xy) for text in ax.texts] == [
        (0.6, 0.3),
        (1.6, 0.49),
    ]


def test_sure_words_are_not_named():
    assert texts(dialogue().plot.confidence()) == []


def test_names_do_not_touch_and_the_lowest_come_first():
    ax = doubtful(*(0.1 + 0.003 * row for row in range(100))).plot.confidence()
    ax.figure.canvas.draw()
    places = [text.get_window_extent() for text in ax.texts]
    assert "word0" in texts(ax)
    assert 5 < len(places) < 41
    assert not any(one.overlaps(other) for one, other in combinations(places, 2))


@pytest.mark.parametrize("row", [0, 5])
def test_a_name_at_the_edge_stays_inside(row):
    ax = doubtful(*(0.2 if number == row else 0.9 for number in range(6)), text="w" * 20).plot.confidence()
    ax.figure.canvas.draw()
    (name,) = ax.texts
    frame, place = ax.get_window_extent(), name.get_window_extent()
    assert frame.x0 - 1 <= place.x0 < place.x1 <= frame.x1 + 1


def test_names_take_the_ink_of_the_axes():
    ax = doubtful(0.2).plot.confidence()
    assert ax.texts[0].get_color() == ax.yaxis.label.get_color()
