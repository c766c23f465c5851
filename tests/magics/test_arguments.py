from typing import Any

import pytest

from dgnb.errors import OptionError
from dgnb.magics.arguments import Arguments, read
from dgnb.magics.flags import flags
from dgnb.magics.tokens import evaluator, split
from dgnb.protocol.options import encode, rows
from dgnb.protocol.params import ListenSubmitOptions, LiveListenOptions


def arguments(line: str, **names: Any) -> Arguments:
    return read(split(line), ListenSubmitOptions, evaluator(names), "listen")


@pytest.mark.parametrize(
    ("line", "options"),
    [
        pytest.param("--diarize", {"diarize": True}, id="switch"),
        pytest.param("--no-diarize", {"diarize": False}, id="switched off"),
        pytest.param("--diarize=false", {"diarize": False}, id="switch with a value"),
        pytest.param("--smart_format", {"smart_format": True}, id="underscore"),
        pytest.param("--model nova-3", {"model": "nova-3"}, id="value"),
        pytest.param("--model=nova-3", {"model": "nova-3"}, id="value after an equals sign"),
        pytest.param("--utt-split 0.5 --channels 2", {"utt_split": 0.5, "channels": 2}, id="numbers"),
        pytest.param("--keyterm a --keyterm 'b c'", {"keyterm": ["a", "b c"]}, id="repeated"),
        pytest.param("--replace a:b --replace c", {"replace": ["a:b", "c"]}, id="pairs"),
        pytest.param("--summarize", {"summarize": True}, id="optional value left out"),
        pytest.param("--summarize v2", {"summarize": "v2"}, id="optional value"),
        pytest.param("--redact pci --redact=ssn", {"redact": ["pci", "ssn"]}, id="optional and repeated"),
        pytest.param("--no-redact", {"redact": False}, id="optional switched off"),
        pytest.param("--detect-language de", {"detect_language": ["de"]}, id="language"),
        pytest.param("--param utt_split=0.5", {"utt_split": 0.5}, id="known parameter"),
        pytest.param("--model base --model nova-3", {"model": "nova-3"}, id="the last counts"),
        pytest.param("--keyterm {terms}", {"keyterm": ["x", "y"]}, id="list"),
        pytest.param("--replace {pairs}", {"replace": {"a": "b"}}, id="mapping"),
        pytest.param("--utt-split {half}", {"utt_split": 0.5}, id="number from a variable"),
        pytest.param("--model nova-{three}", {"model": "nova-3"}, id="expression within a value"),
    ],
)
def test_flags_become_options(line, options):
    found = arguments(line, terms=["x", "y"], pairs={"a": "b"}, half=0.5, three=3)
    assert (found.options, found.words, found.extra) == (options, [], ())


@pytest.mark.parametrize("name", [row.name for row in rows(ListenSubmitOptions).values()])
def test_every_parameter_has_a_flag(name):
    row = rows(ListenSubmitOptions)[name]
    value = (*row.values, "2")[0]
    text = row.flag if row.kinds == {bool} else f"{row.flag}={value}"
    assert [pair[0] for pair in encode(arguments(text).options, ListenSubmitOptions)] == [name]


def test_an_optional_value_may_be_a_number():
    table = LiveListenOptions
    found = read(split("--endpointing 300 --no-vad-events 5.wav"), table, str, "listen.live")
    assert found.options == {"endpointing": 300, "vad_events": False}
    assert [word.text for word in found.words] == ["5.wav"]


def test_an_optional_value_does_not_take_a_source():
    found = arguments("--summarize call.wav --detect-language de b.wav --diarize c.wav")
    assert [word.text for word in found.words] == ["call.wav", "b.wav", "c.wav"]
    assert found.options == {"summarize": True, "detect_language": ["de"], "diarize": True}


def test_settings_are_kept_apart():
    found = arguments("a.wav -o call -f df --show-code")
    assert (found.output, found.format, found.show_code) == ("call", "df", True)
    assert (found.options, arguments("--output=x --format text -h").help) == ({}, True)


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        pytest.param("--param new=1", (("new", "1"),), id="unknown"),
        pytest.param("--param new=a=b --param new=", (("new", "a=b"), ("new", "")), id="repeated"),
        pytest.param("--param encoding=new", (("encoding", "new"),), id="unknown value of a known one"),
    ],
)
def test_param_sends_anything(line, extra):
    assert arguments(line).extra == extra


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("--diarise", "Did you mean '--diarize'?", id="near"),
        pytest.param("-model nova-3", "Did you mean '--model'?", id="one dash"),
        pytest.param("--no-diarise", "Did you mean '--no-diarize'?", id="near, switched off"),
        pytest.param("--no-model", "listen has no option --no-model", id="no switch"),
        pytest.param("--xyzzy", "%deepgram help listen lists them", id="far"),
        pytest.param("--model", "needs a value: nova-3, nova-3-general", id="no value"),
        pytest.param("--model --diarize", "--model needs a value", id="a flag for a value"),
        pytest.param("--no-diarize=true", "takes no value", id="too much"),
        pytest.param("--encoding linar16", "Did you mean 'linear16'?", id="near choice"),
        pytest.param("--utt-split soon", "a number of at least 0", id="no number"),
        pytest.param("--channels 99", "from 1 to 20", id="out of range"),
        pytest.param("--diarize=maybe", "takes True or False", id="no switch value"),
        pytest.param("-o my-call", "name of a variable", id="no variable"),
        pytest.param("-o class", "name of a variable", id="keyword"),
        pytest.param("-f jsn", "Did you mean 'json'?", id="near form"),
        pytest.param("--param new", "KEY=VALUE", id="no pair"),
        pytest.param("--mo{x}", "plain text", id="expression in a name"),
    ],
)
def test_a_wrong_option_is_told_with_the_fix(line, problem):
    with pytest.raises(OptionError) as error:
        arguments(line, x=1)
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_no_two_flags_have_the_same_name():
    found = flags(ListenSubmitOptions).values()
    names = [name for flag in found for name in (flag.name, flag.short, flag.negation) if name]
    assert len(names) == len(set(names))
