from __future__ import annotations

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure

from dgnb.views import axes
from tests import kernels
from tests.magics.test_kernel import environment

SETUP = """
from tests.views.replies import dialogue
call = dialogue()
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return the mime types that each cell of a real notebook shows, by its source."""
    cells = [
        SETUP,
        "call.plot.timeline()",
        "%matplotlib inline",
        "call.plot.words()",
        "call.plot.confidence(); None",
        "import matplotlib.pyplot as plt; call.plot.sentiment(plt.figure().add_subplot())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    folder = tmp_path_factory.mktemp("kernel")
    kernels.execute(notebook, environment(folder), folder)
    return {
        cell.source: [mime for output in cell.outputs for mime in output.get("data", {})]
        for cell in notebook.cells
    }


def test_a_cell_shows_the_plot_it_returns(shown):
    assert shown["call.plot.timeline()"].count("image/png") == 1


def test_a_plot_is_shown_once_with_matplotlib_inline(shown):
    assert shown["call.plot.words()"].count("image/png") == 1


def test_a_plot_that_is_not_returned_is_not_shown(shown):
    assert shown["call.plot.confidence(); None"] == []


def test_a_plot_on_axes_of_pyplot_is_shown_once(shown):
    (pyplot,) = (mimes for source, mimes in shown.items() if "plt.figure()" in source)
    assert pyplot.count("image/png") == 1


def test_the_picture_has_twice_the_dots_of_its_size():
    png, about = axes.new(2.0, "Nothing")._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == 2 * about["width"] == 1600
    assert about["alt"] == "Nothing"


@pytest.mark.parametrize(
    ("duration", "label", "last"),
    [
        (0, "time [s]", "1.0"),
        (12.5, "time [s]", "12"),
        (300, "time [min:s]", "5:00"),
        (7200, "time [h:min:s]", "2:00:00"),
    ],
    ids=["nothing", "seconds", "minutes", "hours"],
)
def test_the_axis_of_time_has_a_unit_that_fits(duration, label, last):
    ax = axes.new(2.0, "")
    axes.show_time(ax, duration)
    ax.figure.canvas.draw()
    within = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    ticks = [label.get_text() for place, label in within if 0 <= place <= (duration or 1)]
    assert ax.get_xlabel() == label
    assert last in ticks
    assert len({tick.count(":") for tick in ticks}) == 1
    assert len(ticks) <= 11


def test_boxes_are_one_artist():
    ax = Figure().add_subplot()
    axes.add_boxes(ax, ([0, 2], [1, 3]), (0, 1), np.array([[0, 0, 0, 1]] * 2))
    (boxes,) = ax.collections
    assert [path.get_extents().extents.tolist() for path in boxes.get_paths()] == [[0, 0, 1, 1], [2, 0, 3, 1]]


def test_very_many_boxes_are_few_paths_of_the_same_boxes():
    ax, many = Figure().add_subplot(), 25_000
    left = np.arange(many, dtype=float)
    left[7] = np.nan
    shades = np.array([[0, 0, 0, 1], [1, 0, 0, 1]], float)[np.arange(many) % 2]
    axes.add_boxes(ax, (left, left + 0.5), (0, 1), shades)
    (boxes,) = ax.collections
    paths, colours = boxes.get_paths(), boxes.get_facecolor()
    assert len(paths) == len(colours) < many / 15
    drawn = {
        (corner[0], colour[0])
        for path, colour in zip(paths, colours, strict=True)
        for corner in path.vertices[::5].tolist()
    }
    assert drawn == {(number, number % 2) for number in range(many) if number != 7}
    ax.set_xlim(0, many)
    ax.figure.canvas.draw()


def test_boxes_leave_the_limits_as_they_are():
    ax = Figure().add_subplot()
    axes.add_boxes(ax, ([0], [9]), (0, 9), np.array([[0, 0, 0, 1]]))
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 1), (0, 1))


@pytest.mark.parametrize(
    ("start", "end", "label", "ticks"),
    [(100, 104, "time [s]", ["100.5", "102.0"]), (3590, 3612, "time [h:min:s]", ["1:00:00", "1:00:05"])],
    ids=["seconds", "over the hour"],
)
def test_a_part_of_the_time_has_ticks_of_its_own(start, end, label, ticks):
    ax = axes.new(2.0, "")
    axes.show_time(ax, end, start)
    ax.figure.canvas.draw()
    assert ax.get_xlim() == (start, end)
    assert ax.get_xlabel() == label
    assert set(ticks) <= {tick.get_text() for tick in ax.get_xticklabels()}
