from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from dgnb.views import colours

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
SIGHT = {
    "all cones": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Ottosson 2020: linear RGB to cone responses, their cube roots to OKLab.
CONES = [
    [0.41222147, 0.53633254, 0.05144599],
    [0.21190350, 0.68069954, 0.10739696],
    [0.08830246, 0.28171884, 0.62997870],
]
LAB = [
    [0.21045426, 0.79361779, -0.00407205],
    [1.97799850, -2.42859221, 0.45059371],
    [0.02590404, 0.78277177, -0.80867577],
]


def linear(colour):
    """Return the amounts of light of a colour."""
    share = np.array(to_rgb(colour))
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast of two colours as WCAG defines it."""
    dark, light = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def distance(one, other, sight):
    """Return how far two colours look apart, black and white being 1."""
    one, other = (LAB @ np.cbrt(CONES @ np.clip(sight @ linear(colour), 0, 1)) for colour in (one, other))
    return np.linalg.norm(one - other)


@pytest.mark.parametrize("page", ["#ffffff", "#111111"], ids=["light", "dark"])
@pytest.mark.parametrize("colour", [*colours.VOICES, *colours.SENTIMENTS.values()])
def test_shapes_stand_out_from_the_page(colour, page):
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("page", ["#ffffff", "#111111"], ids=["light", "dark"])
def test_letters_stand_out_from_the_page(page):
    assert contrast(colours.TEXT, page) >= 4.1


@pytest.mark.parametrize("sight", SIGHT.values(), ids=SIGHT)
def test_voices_are_told_apart(sight):
    nearest = min(distance(one, other, np.array(sight)) for one, other in combinations(colours.VOICES, 2))
    assert nearest > 0.12


def test_an_unknown_sentiment_looks_neutral():
    assert colours.sentiment("mixed") == colours.SENTIMENTS["neutral"]
