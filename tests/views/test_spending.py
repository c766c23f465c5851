from datetime import date, timedelta

from matplotlib.dates import date2num

from dgnb.views.spending import LEAST, daily


def test_each_day_is_a_bar_at_its_place() -> None:
    first = date(2026, 8, 1)
    ax = daily({str(first + timedelta(days)): days / 10 for days in (0, 1, 100)})
    assert [bar.get_height() for bar in ax.patches] == [0, 0.1, 10]
    assert [bar.get_x() + bar.get_width() / 2 - date2num(first) for bar in ax.patches] == [0, 1, 100]


def test_a_single_day_does_not_fill_the_plot_and_none_is_no_error() -> None:
    low, high = daily({"2026-11-26": 1.0, "": 3.0}).get_xlim()
    assert high - low == LEAST + 1
    assert len(daily({}).patches) == 0
