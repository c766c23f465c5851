from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb.views import series

spans = st.lists(st.tuples(st.floats(0, 90), st.floats(0, 10), st.floats(-3, 3)), max_size=30)


@given(spans)
def test_nothing_is_lost_on_the_grid(found):
    start, length, rate = (
        (np.array(column, float) for column in zip(*found, strict=True)) if found else [np.zeros(0)] * 3
    )
    cells = series.amounts(start, start + length, rate, series.grid(100.0))
    assert cells.sum() == pytest.approx((length * rate).sum(), abs=1e-6)


def test_a_span_within_a_cell_belongs_to_it_alone():
    cells = series.amounts(np.array([10.1]), np.array([10.2]), np.array([1.0]), np.arange(0.0, 20.0))
    assert np.flatnonzero(cells.round(9)).tolist() == [10]


def test_smoothing_keeps_the_sum():
    values = np.zeros(101)
    values[50] = 2.0
    smooth = series.smooth(values, 9.0)
    assert smooth.sum() == pytest.approx(2.0)
    assert (smooth > smooth.max() / 2).sum() == 9


def test_nothing_is_as_long_as_the_grid():
    assert len(series.amounts(np.zeros(0), np.zeros(0), np.zeros(0), series.grid(0))) == series.STEPS
