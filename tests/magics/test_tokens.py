import pytest

from dgnb.errors import OptionError
from dgnb.magics.tokens import Expression, evaluator, lines, scan, split


def pieces(line: str) -> list[object]:
    """The words of a line, those of one piece as that piece."""
    return [word.pieces[0] if len(word.pieces) == 1 else word.pieces for word in split(line)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("listen a.wav  --diarize", ["listen", "a.wav", "--diarize"], id="words"),
        pytest.param("'my call.wav' \"an other.wav\"", ["my call.wav", "an other.wav"], id="quotes"),
        pytest.param(r"my\ call.wav", ["my call.wav"], id="escaped space"),
        pytest.param(r"C:\calls\a.wav", [r"C:\calls\a.wav"], id="Windows path"),
        pytest.param("--model=nova-3", ["--model=nova-3"], id="value after an equals sign"),
        pytest.param("$call", [Expression("call")], id="variable"),
        pytest.param("$call.audio", [Expression("call.audio")], id="attribute"),
        pytest.param("$5.wav", ["$5.wav"], id="dollar without a name"),
        pytest.param("{calls[0]}", [Expression("calls[0]")], id="expression"),
        pytest.param("{load(x, 16000)}", [Expression("load(x, 16000)")], id="expression with spaces"),
        pytest.param("{ {'a': 1}['a'] }", [Expression("{'a': 1}['a']")], id="expression with a dict"),
        pytest.param("{'}'}", [Expression("'}'")], id="brace in a string"),
        pytest.param("{a}{b}", [(Expression("a"), Expression("b"))], id="two expressions in a word"),
        pytest.param(
            "calls/{name}.wav", [("calls/", Expression("name"), ".wav")], id="expression within text"
        ),
        pytest.param('"$name x"', [(Expression("name"), " x")], id="variable in double quotes"),
        pytest.param("'$name {x}'", ["$name {x}"], id="single quotes keep text as it is"),
        pytest.param("a.wav # the first", ["a.wav"], id="remark"),
        pytest.param("take#2.wav", ["take#2.wav"], id="number sign in a name"),
        pytest.param("It's 5\" and we'll see", ["It's", '5"', "and", "we'll", "see"], id="apostrophe"),
        pytest.param("--title='a b'", ["--title=a b"], id="quotes after an equals sign"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_line_is_split_into_words(line, words):
    assert pieces(line) == words


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("a.wav 'b.wav", "' that is not closed", id="quote"),
        pytest.param("{calls[0]", "no } closes", id="brace"),
        pytest.param("{no python}", "no } closes", id="no expression"),
        pytest.param('--extra {"a": 1}', "single quotes", id="JSON"),
    ],
)
def test_what_is_not_closed_is_told(line, problem):
    with pytest.raises(OptionError, match=problem):
        split(line)


def test_an_unfinished_line_can_be_scanned():
    words, unclosed = scan("a.wav {calls[")
    assert ([word.raw for word in words], unclosed) == (["a.wav", "{calls["], "{")


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        pytest.param("a.wav\n\nb.wav\n", ["a.wav", "b.wav"], id="blank lines"),
        pytest.param("my call.wav", ["my call.wav"], id="spaces"),
        pytest.param("Anna's call.wav", ["Anna's call.wav"], id="apostrophe"),
        pytest.param("'my call.wav'", ["my call.wav"], id="quotes around the line"),
        pytest.param("  a.wav  ", ["a.wav"], id="indented"),
        pytest.param("# both\na.wav # one\n#b.wav", ["a.wav"], id="remarks"),
        pytest.param("take #2.wav", ["take #2.wav"], id="number sign in a name"),
        pytest.param("https://example.org/a.wav#t=3", ["https://example.org/a.wav#t=3"], id="URL"),
        pytest.param("{name} of {name}.wav", ["x y of x y.wav"], id="expressions"),
    ],
)
def test_a_line_of_a_cell_is_one_source(body, texts):
    evaluate = evaluator({"name": "x y"})
    assert [line.value(evaluate) for line in lines(body)] == texts


def test_a_lone_expression_gives_its_object():
    audio = object()
    assert split("$audio")[0].value(evaluator({"audio": audio})) is audio


def test_a_missing_variable_is_told_with_its_neighbour():
    with pytest.raises(OptionError, match=r"no variable 'cals'\. Did you mean 'calls'\?"):
        evaluator({"calls": 1})("cals")


def test_an_expression_that_fails_is_told():
    with pytest.raises(OptionError, match=r"\{1 / 0\} fails with ZeroDivisionError"):
        evaluator({})("1 / 0")


def test_evaluation_leaves_no_trace_in_the_namespace():
    names: dict[str, object] = {}
    evaluator(names)("1 + 1")
    assert names == {}
