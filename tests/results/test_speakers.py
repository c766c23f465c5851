from __future__ import annotations

import pytest

from dgnb.results.speakers import Numbers


@pytest.mark.parametrize(
    ("label", "number"),
    [("spk_3", 3), ("SPEAKER_02", 2), ("Speaker 4", 4), ("7", 7), ("B", 0), ("", None), ("Speaker ?", None)],
)
def test_labels_that_are_numbers_stay_what_they_are(label: str, number: int | None) -> None:
    numbers = Numbers()
    assert numbers.number(0, label) == number
    assert not numbers.names


def test_each_channel_counts_for_itself() -> None:
    numbers = Numbers()
    assert [numbers.number(channel, name) for channel, name in ((0, "Ava"), (1, "Ben"), (0, "Cy"))] == [
        0,
        0,
        1,
    ]
    assert numbers.names == {"0:0": "Ava", "1:0": "Ben", "0:1": "Cy"}


def test_a_number_is_given_once() -> None:
    numbers = Numbers()
    assert [numbers.number(0, label) for label in ("Ava", "spk_0", "Ava", "spk_0")] == [0, 1, 0, 1]
