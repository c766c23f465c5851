from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter

from dgnb.magics.completion import offers
from dgnb.magics.verbs import names
from dgnb.protocol.models import LISTEN_MODELS

NAMES = {"call": b"", "calls": [], "np": pytest, "load": print, "helper": lambda: None}


def completed(text: str, names: dict[str, Any] | None = None) -> dict[str, str]:
    """What completes a cell at ``|``: the text after each completion is made, by completion."""
    before, _, after = text.partition("|")
    lines = (before + after).split("\n")
    row, column = before.count("\n"), len(before.rpartition("\n")[2])
    found = [offer for offer in offers(lines, row, column, NAMES if names is None else names) if offer.texts]
    assert all(before.endswith(offer.fragment) for offer in found)
    return {
        text: before[: len(before) - len(offer.fragment)] + text for offer in found for text in offer.texts
    }


@pytest.mark.parametrize(
    "start",
    [
        pytest.param("%deepgram ", id="line"),
        pytest.param("x = %deepgram ", id="assigned line"),
        pytest.param("x << %deepgram ", id="shifted line"),
        pytest.param("%%deepgram ", id="cell"),
        pytest.param("calls << %%deepgram ", id="shifted cell"),
        pytest.param("if x:\n    y['a'] = %deepgram ", id="indented"),
    ],
)
class TestAnyForm:
    def test_verbs(self, start):
        assert list(completed(start + "|")) == [*names(), "help"]
        assert list(completed(start + "li|")) == ["listen"]

    def test_verbs_of_two_words(self, start):
        assert list(completed(start + "keys.|")) == ["keys.get", "keys.create", "keys.delete"]
        assert completed(start + "keys cr|") == {"create": start + "keys create"}

    def test_flags(self, start):
        assert completed(start + "listen --smart|") == {"--smart-format": start + "listen --smart-format"}

    def test_values(self, start):
        assert list(completed(start + "listen --model nova-3-|")) == ["nova-3-general", "nova-3-medical"]

    def test_variables(self, start):
        assert completed(start + "listen $ca|") == {
            "call": start + "listen $call",
            "calls": start + "listen $calls",
        }

    def test_files(self, start, folder):
        assert completed(start + "listen on|") == {"one.wav": start + "listen one.wav"}


def test_verbs_complete_after_help():
    assert list(completed("%deepgram help |")) == names()
    assert list(completed("%deepgram help usage b|")) == []


def test_actions_are_offered_with_the_flags_of_a_verb():
    found = list(completed("%deepgram usage |"))
    assert found[:2] == ["breakdown", "fields"]
    assert {"--start", "--endpoint", "--format"} <= set(found)
    assert "voices" not in completed("%deepgram speak |")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("speak --encoding o|", ["opus"], id="speak"),
        pytest.param("speak --model=aura-2-thali|", ["aura-2-thalia-en"], id="voice"),
        pytest.param("read --custom-topic-mode |", ["extended", "strict"], id="read"),
        pytest.param("usage breakdown --grouping m|", ["models", "method"], id="breakdown"),
        pytest.param("keys.create --scop|", ["--scopes"], id="ids and values have flags"),
        pytest.param("keys -f |", ["result", "df", "text", "json", "html"], id="forms of a list"),
        pytest.param("keys.create -f |", ["result", "text", "html"], id="forms of a secret"),
        pytest.param("login --region |", ["global", "eu", "au", "in"], id="region"),
        pytest.param("keys.delete $ca|", ["call", "calls"], id="variable"),
        pytest.param("listen --interim|", [], id="flags of live sessions need --live"),
        pytest.param("listen --live --interim|", ["--interim-results"], id="live"),
        pytest.param("listen --interim| --live", ["--interim-results"], id="live behind the cursor"),
        pytest.param("listen.live --pac|", ["--pace"], id="live with a dot"),
        pytest.param("listen.|", ["listen.live"], id="what follows a dot"),
        pytest.param("listen --live --li|", [], id="live is said once"),
        pytest.param("listen --li|", ["--live"], id="live is offered"),
        pytest.param("listen --live --summ|", [], id="flags of recorded audio"),
        pytest.param("listen --live mi|", ["mic"], id="microphone"),
        pytest.param("flux --model flux-general-m|", ["flux-general-multi"], id="flux"),
        pytest.param("flux --eager|", ["--eager-eot-threshold"], id="flag of flux"),
        pytest.param("speak --live --encoding |", ["linear16", "mulaw", "alaw"], id="live speech"),
        pytest.param("listen --live -f t|", ["transcript", "text"], id="forms of a session"),
    ],
)
def test_every_verb_is_completed(text, values):
    assert list(completed(f"%deepgram {text}")) == values


def test_all_flags_are_offered_after_the_sources(folder):
    found = list(completed("%deepgram listen |"))
    assert found[:4] == ["calls/", r"my\ call.wav", "notes.txt", "one.wav"]
    assert {"--model", "--diarize", "--output", "--show-code", "--param"} <= set(found)


def test_a_given_flag_is_not_offered_again_unless_it_repeats():
    found = completed("%deepgram listen --diarize --keyterm a --no-punctuate -o x --|")
    assert not {"--diarize", "--punctuate", "--output"} & set(found)
    assert {"--keyterm", "--param"} <= set(found)


def test_a_flag_behind_the_cursor_counts_as_given():
    assert "--diarize" not in completed("%deepgram listen --|  --diarize")


def test_switching_off_is_offered_on_request():
    assert list(completed("%deepgram listen --no-di|")) == ["--no-diarize", "--no-dictation"]
    assert "--no-diarize" not in completed("%deepgram listen --|")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("--model |", list(LISTEN_MODELS), id="known values, in their order"),
        pytest.param("--model=nova-3-m|", ["nova-3-medical"], id="after an equals sign"),
        pytest.param("--callback-method |", ["POST", "PUT"], id="choices"),
        pytest.param("--diarize=|", ["true", "false"], id="switch"),
        pytest.param("-f |", ["transcript", "df", "text", "json", "html"], id="forms"),
        pytest.param("--format=t|", ["transcript", "text"], id="form after an equals sign"),
        pytest.param("--redact p|", ["pci", "pii"], id="optional"),
    ],
)
def test_values_are_those_of_the_table(folder, text, values):
    assert list(completed(f"%deepgram listen {text}")) == values


def test_an_optional_value_leaves_room_for_sources(folder):
    found = list(completed("%deepgram listen --redact |"))
    assert found[:4] == ["pci", "pii", "numbers", "calls/"]
    assert "--diarize" in found


def test_braces_offer_functions_as_well():
    assert list(completed("%deepgram listen {|")) == list(NAMES)
    assert completed("%deepgram listen {lo|") == {"load": "%deepgram listen {load"}
    assert list(completed("%deepgram listen {load(ca|")) == ["call", "calls"]


def test_attributes_are_left_to_ipython():
    assert completed("%deepgram listen {call.w|") == {}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("calls/|", ["calls/a.wav", "calls/b.wav"], id="in a folder"),
        pytest.param("./ca|", ["./calls/"], id="with a dot"),
        pytest.param("my|", [r"my\ call.wav"], id="escaped"),
        pytest.param(r"my\ c|", [r"my\ call.wav"], id="begun with an escape"),
        pytest.param('"my c|', ['"my call.wav'], id="in quotes"),
        pytest.param(".|", [".hidden"], id="hidden on request"),
        pytest.param("nowhere/|", [], id="no folder"),
    ],
)
def test_files_on_the_line(folder, text, after):
    (folder / ".hidden").write_bytes(b"")
    found = completed(f"%deepgram listen {text}", names={})
    assert [line.removeprefix("%deepgram listen ") for line in found.values() if "--" not in line] == after


def test_home_is_written_as_a_tilde(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    assert list(completed("%deepgram listen ~/on|")) == ["~/one.wav"]


@pytest.mark.parametrize(
    ("line", "after"),
    [
        pytest.param("calls/a|", {"calls/a.wav": "calls/a.wav"}, id="file"),
        pytest.param("my c|", {"my call.wav": "my call.wav"}, id="file with a space"),
        pytest.param("$cal|", {"call": "$call", "calls": "$calls"}, id="variable"),
        pytest.param("{call|", {"call": "{call", "calls": "{calls"}, id="expression"),
        pytest.param("# on|", {}, id="remark"),
        pytest.param("mi|", {}, id="microphone"),
    ],
)
@pytest.mark.parametrize(
    "first", ["%%deepgram listen --diarize", "\nx << %%deepgram listen"], ids=["plain", "shifted"]
)
def test_lines_of_a_cell(folder, first, line, after):
    found = completed(f"{first}\none.wav\n{line}")
    assert {text: made.rpartition("\n")[2] for text, made in found.items()} == after


def test_a_live_cell_offers_the_microphone(folder):
    for first in ("%%deepgram flux", "%%deepgram listen --live"):
        assert completed(f"{first}\nmi|") == {"mic": f"{first}\nmic"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = deepgram listen |", id="no magic"),
        pytest.param("%%time\non|", id="another cell magic"),
        pytest.param("%deepgram nothing --|", id="no verb"),
        pytest.param("%deepgram listen on|\n", id="nothing fits"),
        pytest.param("print('%deepgram li|')", id="in a string"),
    ],
)
def test_elsewhere_nothing_is_offered(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    assert completed(text) == {}


def test_the_shell_completes_with_exact_places(shell, folder):
    shell.user_ns["recording"] = b""
    cell = "%%deepgram listen --mod\n$rec"
    with provisionalcompleter():
        flags = list(shell.Completer.completions(cell, len("%%deepgram listen --mod")))
        names = list(shell.Completer.completions(cell, len(cell)))
    assert [(found.text, found.start, found.end) for found in flags] == [("--model", 18, 23)]
    assert [(found.text, found.start, found.end) for found in names] == [("recording", 25, 28)]


def test_the_shell_offers_no_hidden_names(shell):
    shell.run_cell("mine = 1")
    with provisionalcompleter():
        found = [each.text for each in shell.Completer.completions("%deepgram listen $", 18)]
    assert found == ["mine"]


def test_unloading_ends_completion(shell):
    shell.run_cell("%unload_ext dgnb")
    assert shell.Completer.custom_matchers == []
