from typing import Annotated, Any, TypedDict

import pytest
from IPython.core.completer import provisionalcompleter

from dgnb.magics.actions import actions
from dgnb.magics.call import Call
from dgnb.magics.verbs import VERBS, Verb, find
from dgnb.protocol.options import Param, rows


class EchoOptions(TypedDict, total=False):
    """How it sounds."""

    loud_ness: Annotated[int, Param("how loud", 1, low=1)]
    voice: Annotated[str, Param("who speaks", known=("anna", "bert"))]


def echo(call: Call) -> Any:
    return call.body, call.arguments.options


@pytest.fixture(autouse=True)
def verb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VERBS, "echo", Verb("echo", echo, EchoOptions, "what was said", below="words"))


def test_a_new_verb_is_a_function_and_a_table(run):
    done = run("%%deepgram echo --loud-ness 3 -o said\nGood {morning}.\n")
    assert done.result == ("Good {morning}.\n", {"loud_ness": 3})
    assert run("said").result == done.result


def test_its_errors_follow(run):
    assert "Did you mean '--voice'?" in run("%deepgram echo --voise x").out


def test_its_help_follows(run):
    assert "echo        what was said" in run("%deepgram").out
    text = run("%deepgram help echo").out
    assert text.startswith(
        "%deepgram echo [options] [-o NAME]\n%%deepgram echo [options] [-o NAME]    and below"
    )
    assert "Options\n  --loud-ness" in text
    assert "who speaks; known: anna, bert" in text


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        pytest.param("%deepgram ec", ["echo"], id="verb"),
        pytest.param("%deepgram echo --vo", ["--voice"], id="flag"),
        pytest.param("%%deepgram echo --voice ", ["anna", "bert"], id="value"),
    ],
)
def test_its_completion_follows(shell, cell, texts):
    with provisionalcompleter():
        assert [found.text for found in shell.Completer.completions(cell, len(cell))] == texts


@pytest.mark.parametrize(
    ("words", "verb", "count"),
    [
        pytest.param("keys", "keys", 1, id="one word"),
        pytest.param("keys p-1", "keys", 1, id="one word and an id"),
        pytest.param("keys create x", "keys.create", 2, id="two words"),
        pytest.param("members set-scope", "members.set_scope", 2, id="a dash"),
        pytest.param("speak voices are", "speak", 1, id="text"),
        pytest.param("speak.voices", "speak.voices", 1, id="a dot"),
    ],
)
def test_a_verb_may_have_two_words(words, verb, count):
    assert find(words.split()) == (VERBS[verb], count)


def test_every_operation_is_a_verb():
    missing = {action.path for action in actions()} - VERBS.keys()
    # listen, speak and read submit when they are given a callback
    assert missing == {"listen.submit", "speak.submit", "read.submit"}


def test_groups_hold_every_parameter_once():
    for verb in VERBS.values():
        names = [name for group in verb.groups or (verb.table,) for name in rows(group)]
        assert sorted(names) == sorted(rows(verb.table))
