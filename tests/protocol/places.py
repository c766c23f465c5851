"""Where a parameter shows: each place looks for one, and says whether it is there.

Run as a script it prints what it finds as JSON.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable

import httpx
import numpy as np

import dgnb
from dgnb import Deepgram, OptionError
from dgnb.audio.samples import wav
from dgnb.magics.completion import offers
from dgnb.magics.manual import manual
from dgnb.magics.verbs import VERBS
from dgnb.namespaces import Listen
from dgnb.protocol.options import encode
from dgnb.protocol.params import ListenOptions
from dgnb.widgets import Form
from docs import facts

NAME, HELP = "topic_depth", "how deep topics go"
ROW = f'    {NAME}: Annotated[int, Param("{HELP}", 3, low=1, high=9)]\n'
FLAG = "--topic-depth"


def method() -> bool:
    """A keyword of the method, which Tab shows."""
    with Deepgram(sandbox=True) as dg:
        return NAME in inspect.signature(dg.listen).parameters


def docstring() -> bool:
    """The method's help."""
    return f"{NAME} : int, default 3\n    {HELP}" in str(vars(Listen)["__call__"].__doc__)


def check() -> bool:
    """A value out of range is refused before anything is sent, and one in range goes into the query."""
    try:
        encode({NAME: 10}, ListenOptions)
    except OptionError as error:
        told = str(error) == f"{NAME} takes a whole number from 1 to 9, not 10."
        return told and encode({NAME: 4}, ListenOptions) == ((NAME, "4"),)
    return False


def flag() -> bool:
    """A flag of the magic."""
    return FLAG in VERBS["listen"].flags


def manual_page() -> bool:
    """The magic's help."""
    return f"{FLAG} N" in manual(VERBS["listen"]) and HELP in manual(VERBS["listen"])


def completion() -> bool:
    """What Tab offers behind the verb."""
    line = "%deepgram listen --topic-d"
    return [text for offer in offers([line], 0, len(line), {}) for text in offer.texts] == [FLAG]


def documentation() -> bool:
    """Its line in the documentation."""
    return f"| `{NAME}` | `int` | `3` | {HELP}; from 1 to 9 |" in facts.options(ListenOptions)


def form() -> bool:
    """A control of the form, with its help, and its check."""
    made = Form(ListenOptions, {NAME: 10})
    controls = [field for group in made.groups for field in group["fields"] if field["name"] == NAME]
    return len(controls) == 1 and HELP in str(controls[0]) and "from 1 to 9" in made.problems.get(NAME, "")


def sandbox() -> bool:
    """The sandbox takes a right value, and refuses a wrong one by its name."""
    patient = {"trust_env": False, "timeout": 60}
    with dgnb.sandbox.serve() as server, httpx.Client(base_url=server.url, **patient) as client:
        silence = wav(np.zeros(800, dtype=np.int16), 16000)
        headers = {"Authorization": "Token any"}
        right, wrong = (
            client.post("/v1/listen", params={NAME: value}, content=silence, headers=headers)
            for value in ("4", "deep")
        )
    return right.status_code == 200 and wrong.status_code == 400 and NAME in wrong.text


PLACES: dict[str, Callable[[], bool]] = {
    place.__name__: place
    for place in (method, docstring, check, flag, manual_page, completion, form, documentation, sandbox)
}

if __name__ == "__main__":
    json.dump({name: place() for name, place in PLACES.items()}, sys.stdout)
