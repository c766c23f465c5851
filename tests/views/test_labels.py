from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from dgnb.views import labels
from dgnb.views.columns import columns
from tests.views.replies import channel, reply, said


def plot(text):
    """Return the plot of a text's words."""
    return reply(channel(said(text)), metadata={"duration": 0}).plot.words()


def written(ax):
    """Return the words in a plot."""
    return [text.get_text() for text in ax.texts]


def boxes(ax):
    """Return where the words of a drawn plot are [dots]."""
    ax.figure.canvas.draw()
    return [text.get_window_extent() for text in ax.texts]


def test_few_words_are_all_written():
    assert written(plot("Hello, this is Ava.")) == ["Hello,", "this", "is", "Ava."]


@pytest.mark.parametrize("count", [20, 60, 150])
def test_words_do_not_touch_each_other(count):
    places = boxes(plot("gypsum " * count))
    assert len(places) >= min(count, 45)
    assert all(left.x1 <= right.x0 for left, right in pairwise(places))


def test_of_very_many_words_none_is_written():
    assert written(plot("word " * 1000)) == []


@pytest.mark.parametrize("length", [5, 20, 10_000])
def test_a_word_stays_in_its_lane(length):
    ax = plot("w" * length)
    (place,) = boxes(ax)
    assert place.height <= 0.65 * ax.get_window_extent().height


def test_dollars_are_no_formula():
    assert written(plot("$5 $x^2$")) == ["$5", "$x^2$"]


def test_words_in_different_lanes_are_in_nobodys_way():
    both = channel(said("one two")), channel(said("three four"))
    assert set(written(reply(*both).plot.words())) == {"one", "two", "three", "four"}


def test_letters_that_the_font_lacks_are_named_in_one_warning():
    with pytest.warns(UserWarning, match=r"2 words not written.*font\.family") as caught:
        ax = plot("hello 你好 世界")
    assert written(ax) == ["hello"]
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.canvas.draw()


def test_words_without_room_between_them_still_end():
    words = columns(reply(channel(said("a b c"))))
    ax = Figure().add_subplot()
    ax.set_xlim(0, 1e9)
    assert labels.with_room(ax, words, np.zeros(3, np.intp)) == [0]
