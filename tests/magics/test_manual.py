from typing import Any

import pytest

from dgnb.magics.manual import documentation, manual, overview
from dgnb.magics.verbs import VERBS, names
from dgnb.protocol.options import Row, rows

ROWS = [(verb, row) for verb in VERBS.values() for row in rows(verb.table).values()]


def test_the_overview_names_every_verb():
    assert all(f"  {name} " in overview() for name in (*names(), "help"))
    assert "also get, create, delete" in overview()


@pytest.mark.parametrize(
    ("verb", "row"), [pytest.param(*pair, id=f"{pair[0].name} {pair[1].name}") for pair in ROWS]
)
def test_every_parameter_stands_once_in_the_help(verb: Any, row: Row):
    text = manual(verb)
    name = row.flag[2:]
    entries = [line for line in text.splitlines() if line.strip().startswith((f"--{name}", f"--[no-]{name}"))]
    exact = [
        line
        for line in entries
        if line.strip().split()[0].partition("=")[0].rstrip("[") in (f"--{name}", f"--[no-]{name}")
    ]
    assert len(exact) == 1
    assert row.param.help.split()[0] in text


def test_groups_stand_in_the_order_of_the_table():
    text = manual(VERBS["listen"])
    places = [
        text.index(f"\n{name}: ")
        for name in ("Recognition", "Speakers", "Formatting", "Analysis", "Account", "Delivery")
    ]
    assert places == sorted(places)


def test_choices_and_defaults_are_shown():
    text = " ".join(manual(VERBS["listen"]).split())
    assert "one of extended, strict" in text
    assert "default base-general" in text
    assert "nova-3" in text


def test_the_help_fits_a_notebook():
    texts = [documentation(), *map(manual, VERBS.values())]
    assert max(len(line) for text in texts for line in text.splitlines()) <= 100
