from __future__ import annotations

from matplotlib.figure import Figure

from dgnb.results import Transcript
from tests.views.artists import legend
from tests.views.replies import channel, dialogue, reply, said


def titles(figure):
    return [ax.get_title(loc="left") for ax in figure.axes]


def test_the_overview_shows_what_there_is():
    assert titles(dialogue().plot()) == [
        "who speaks", "how surely", "how it feels", "what about", "how fast", "how much",
    ]  # fmt: skip
    assert titles(reply(channel(said("hi"))).plot()) == ["who speaks", "how surely", "how fast", "how much"]


def test_the_overview_of_nothing_can_be_drawn():
    Transcript().plot().canvas.draw()


def test_the_overview_is_a_picture_without_background():
    figure = dialogue().plot()
    png, about = figure._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert about["alt"] == "Overview over 12.5 seconds"
    assert figure.get_facecolor()[3] == 0
    assert all(ax.get_facecolor()[3] == 0 for ax in figure.axes)


def test_the_overview_is_drawn_where_it_is_wanted():
    half = Figure(figsize=(16, 8)).subfigures(1, 2)[1]
    assert dialogue().plot(half) is half
    assert len(half.axes) == 6


def test_the_time_is_the_same_in_all_and_told_once():
    *over_time, _ = dialogue().plot().axes
    assert {ax.get_xlim() for ax in over_time} == {(0, 12.5)}
    assert [ax.get_xlabel() for ax in over_time] == [""] * 4 + ["time [s]"]


def test_voices_are_named_once():
    _, surely, *_, fast, _ = dialogue().plot().axes
    assert legend(surely) == ["mean 0.90"]
    assert legend(fast) == []
