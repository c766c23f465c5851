"""How far a live session goes to survive a bad connection."""

from __future__ import annotations

import pytest

from dgnb.errors import OptionError
from dgnb.protocol.limits import RATE
from dgnb.sessions.bounds import Bounds


def test_audio_is_caught_up_with_no_faster_than_the_service_takes_it() -> None:
    assert Bounds().rate == RATE
    assert Bounds(pace=4.0).rate == 4 * RATE


@pytest.mark.parametrize("name", ["pace", "buffer", "patience"])
@pytest.mark.parametrize("value", [0, -1.0, float("nan")])
def test_what_must_be_more_than_nothing_is_refused_by_its_name(name: str, value: float) -> None:
    with pytest.raises(OptionError, match=f"{name} is more than 0") as caught:
        Bounds(**{name: value})
    assert caught.value.option == name


def test_no_retries_are_allowed_and_fewer_are_not() -> None:
    assert Bounds(retries=0).retries == 0
    with pytest.raises(OptionError, match="retries is 0 or more, not -1"):
        Bounds(retries=-1)
