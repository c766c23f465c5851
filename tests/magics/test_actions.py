import json

import pandas as pd
import pytest
from IPython.display import HTML

from dgnb import NotFound, OptionError
from dgnb.magics.actions import Action
from dgnb.magics.formats import Text
from dgnb.magics.verbs import VERBS
from dgnb.protocol.options import rows
from dgnb.results import CreatedKey, Keys, Listing, StoredAgent, Token, Usage, Variable, Voices

ASKED = [verb for verb in VERBS.values() if isinstance(verb.run, Action)]
LISTS = [verb.name for verb in ASKED if "df" in verb.forms]


@pytest.mark.parametrize("verb", [name for name in LISTS if name != "members.scopes"])
def test_every_list_is_there_and_has_its_frame(run, verb):
    assert isinstance(run(f"%deepgram {verb}").result, Listing)
    assert isinstance(run(f"%deepgram {verb} -f df").result, pd.DataFrame)


@pytest.mark.parametrize("verb", ["voices", "speak.voices"])
def test_voices_are_a_table_of_what_they_are_for(run, verb):
    found = run(f"%deepgram {verb}").result
    assert isinstance(found, Voices)
    frame = found.frame.set_index("name")
    assert frame.columns[:5].to_list() == ["language", "accent", "age", "tags", "use_cases"]
    assert frame.loc["aura-2-thalia-en", "language"] == "en-US"
    assert "feminine" in frame.loc["aura-2-thalia-en", "tags"]


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        pytest.param("result", Keys, id="result"),
        pytest.param("df", pd.DataFrame, id="df"),
        pytest.param("text", Text, id="text"),
        pytest.param("json", dict, id="json"),
        pytest.param("html", HTML, id="html"),
    ],
)
def test_a_list_has_the_form_that_was_asked_for(run, form, kind):
    assert isinstance(run(f"%deepgram keys -f {form}").result, kind)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("keys create 'for the lesson' member usage:write", id="by place"),
        pytest.param("keys.create 'for the lesson' --scopes member --scopes usage:write", id="mixed"),
        pytest.param(
            "keys.create --scopes {['member', 'usage:write']} --comment 'for the lesson'", id="by name"
        ),
    ],
)
def test_a_key_is_made_and_deleted(run, line):
    made = run(f"%deepgram {line} -o made").result
    assert (made.comment, made.scopes) == ("for the lesson", ["member", "usage:write"])
    assert made.api_key_id in run("%deepgram keys -f df").result["api_key_id"].to_list()
    done = run("%deepgram keys delete $made.api_key_id -o done")
    assert done.out.startswith(f"keys.delete {made.api_key_id}: ")
    assert (done.result, bool(run("done.message").result)) == (None, True)
    assert made.api_key_id not in run("%deepgram keys -f df").result["api_key_id"].to_list()


@pytest.mark.parametrize(
    ("line", "kind", "secret"),
    [
        pytest.param("keys.create lesson member", CreatedKey, "key", id="key"),
        pytest.param("grant", Token, "access_token", id="token"),
        pytest.param("auth.grant 60", Token, "access_token", id="token for a time"),
    ],
)
def test_a_secret_is_in_no_output(run, shell, line, kind, secret):
    for form in ("result", "text", "html"):
        done = run(f"%deepgram {line} -f {form} -o made")
        shown, _ = shell.display_formatter.format(done.result)
        if form == "result":
            assert isinstance(done.result, kind)
            hidden = getattr(done.result, secret)
        # The forms made from text hold no secret at all; the result keeps it where the user reads it.
        assert not any(hidden[:12] in text for text in (str(shown), done.out, done.err))
    assert isinstance(run(f"%deepgram {line} -f json").error, OptionError)


def test_a_value_is_json_or_text(run):
    run("setting = {'a': [1, None]}")
    lines = {"$setting": {"a": [1, None]}, "'{\"b\": 2}'": {"b": 2}, "polite": "polite", "5": 5}
    for number, (text, value) in enumerate(lines.items()):
        made = run(f"%deepgram variables.create DG_{number} {text}").result
        assert isinstance(made, Variable)
        assert made.value == value


def test_a_cell_holds_the_last_value(run):
    block = {"think": {"provider": {"type": "open_ai", "model": "gpt-4o-mini"}}}
    made = run('%%deepgram agents.create --metadata \'{"team": "North"}\'\n' + json.dumps(block, indent=2))
    assert isinstance(made.result, StoredAgent)
    assert made.result.metadata == {"team": "North"}
    assert json.loads(made.result.config) == block if isinstance(made.result.config, str) else block


def test_options_reach_the_service(run):
    used = run("%deepgram usage --start 2026-01-02 --end 2026-01-03 --endpoint listen").result
    assert isinstance(used, Usage)
    assert (used.start, used.end) == ("2026-01-02", "2026-01-03")
    assert isinstance(run("%deepgram usage --param endpoint=nothing").error, Exception)


def test_a_name_before_the_magic_takes_two_words(run, shell):
    run("found << %deepgram usage breakdown --grouping models")
    assert type(shell.user_ns["found"]).__name__ == "UsageBreakdown"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("keys.delete", "keys.delete needs KEY_ID.", id="no id"),
        pytest.param("keys.create lesson", "keys.create needs SCOPES.", id="no scopes"),
        pytest.param("projects.delete", "projects.delete needs PROJECT_ID.", id="no project"),
        pytest.param("projects.rename p a b", "what has spaces goes in quotes", id="too many"),
        pytest.param("keys.create a --scope member", "Did you mean '--scopes'?", id="near"),
        pytest.param("requests --limit 5000", "from 1 to 1000", id="out of range"),
        pytest.param("usage --endpoint lisen", "Did you mean 'listen'?", id="near choice"),
    ],
)
def test_what_is_missing_or_wrong_is_told(run, line, problem):
    done = run(f"%deepgram {line}")
    assert isinstance(done.error, OptionError)
    assert problem in done.out
    assert len(done.out.strip().splitlines()) == 1


def test_what_is_not_there_is_told_by_the_service(run):
    assert isinstance(run("%deepgram keys.get 11111111-1111-4111-8111-111111111111").error, NotFound)


@pytest.mark.parametrize("verb", ASKED, ids=lambda verb: verb.name)
def test_every_parameter_of_the_signature_has_its_flag_and_help(verb):
    assert {each.name for each in verb.run.parameters} <= rows(verb.table).keys()
    assert verb.summary
    assert "`" not in verb.summary
