"""The tree of errors."""

from __future__ import annotations

import copy
import inspect
import pickle
import re

import pytest

from dgnb import errors

CLASSES = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind)}

DRAWN = [
    (len(indent) // 4, name, base or "")
    for indent, name, base in re.findall(
        r"^([ │├└─]*)([A-Z]\w+)(?: +\((\w+)\))?", inspect.getdoc(errors) or "", re.MULTILINE
    )
    if name in CLASSES
]


def test_every_error_is_drawn_in_the_docstring() -> None:
    assert {name for _, name, _ in DRAWN} == set(CLASSES)


@pytest.mark.parametrize("place", range(1, len(DRAWN)), ids=[name for _, name, _ in DRAWN[1:]])
def test_an_error_descends_from_the_one_above_it(place: int) -> None:
    depth, name, base = DRAWN[place]
    parent = next(other for level, other, _ in reversed(DRAWN[:place]) if level < depth)
    bases = [kind.__name__ for kind in CLASSES[name].__bases__]
    assert bases == [parent, base] if base else [parent]


@pytest.mark.parametrize("name", CLASSES)
def test_an_error_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(CLASSES[name])


def test_an_api_error_shows_what_it_knows() -> None:
    error = errors.BadRequest(400, "Bad Request", "No such model.", "r-1", "Use nova-3.")
    assert str(error) == "400 Bad Request: No such model. (request r-1)\nUse nova-3."
    assert str(errors.NotFound(404, "", "Gone.")) == "404: Gone."


def through_pickle(error: errors.DgnbError) -> object:
    return pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize("act", [through_pickle, copy.copy], ids=["pickle", "copy"])
@pytest.mark.parametrize(
    "error",
    [
        errors.TooManyRequests(429, "TOO_MANY_REQUESTS", "Slow down.", "r-1", "Fewer at once."),
        errors.AudioError("empty"),
        errors.TimedOut("late"),
        errors.OptionError("bad value", "model"),
        errors.MissingExtra("The sandbox", "sandbox"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_a_process_border(error: errors.DgnbError, act: object) -> None:
    again = act(error)  # type: ignore[operator]
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_a_missing_extra_has_the_command_to_install_it() -> None:
    assert 'python -m pip install "dgnb[cloud]"' in str(errors.MissingExtra("Opening s3://a", "cloud"))
