"""Quantities over time, sampled on an even grid: exact however many spans they come from."""

from __future__ import annotations

import numpy as np

from dgnb.views.columns import Numbers

STEPS = 800
"""Cells of a grid: one for each dot of a wide figure."""

_WINDOWS = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)


def grid(duration: float) -> Numbers:
    """Return the edges of `STEPS` cells that cover a duration [s].

    Examples
    --------
    >>> len(grid(60.0)), float(grid(60.0)[-1])
    (801, 60.0)
    """
    return np.linspace(0, duration or 1, STEPS + 1)


def amounts(start: Numbers, end: Numbers, rate: Numbers, edges: Numbers) -> Numbers:
    """Return how much of something that lasts falls into each cell.

    Parameters
    ----------
    start, end : array of float, shape (n,), seconds
        When it is there.
    rate : array of float, shape (n,)
        How much of it there is in a second; of spans that overlap the sum.
    edges : array of float, shape (m + 1,), seconds

    Returns
    -------
    array of float, shape (m,)

    Examples
    --------
    >>> edges = np.array([0.0, 1.0, 2.0])
    >>> amounts(np.array([0.5]), np.array([1.75]), np.array([4.0]), edges).tolist()
    [2.0, 3.0]
    """
    time = np.concatenate([start, end])
    order = np.argsort(time, kind="stable")
    time = time[order]
    if not time.size:
        return np.zeros(len(edges) - 1)
    level = np.cumsum(np.concatenate([rate, -rate])[order])
    so_far = np.concatenate([[0.0], np.cumsum(level[:-1] * np.diff(time))])
    found: Numbers = np.diff(np.interp(edges, time, so_far))
    return found


def window(duration: float) -> float:
    """Return the width [s] over which a curve is smoothed: a round one, a twelfth of the whole or less.

    Examples
    --------
    >>> window(60.0), window(3600.0)
    (5.0, 300.0)
    """
    return max((width for width in _WINDOWS if width <= duration / 12), default=_WINDOWS[0])


def smooth(values: Numbers, cells: float) -> Numbers:
    """Return values averaged with a Gaussian, of which `cells` are the full width at half height.

    Examples
    --------
    >>> smooth(np.array([0.0, 0.0, 1.0, 0.0, 0.0]), 1.0).round(2).tolist()
    [0.0, 0.06, 0.89, 0.06, 0.0]
    """
    sigma = max(cells, 0.1) / 2.355
    reach = min(int(np.ceil(4 * sigma)), len(values))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    found: Numbers = np.convolve(values, weights / weights.sum())[reach : reach + len(values)]
    return found
