import pytest

from dgnb.magics.assignment import cell


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("calls << %%deepgram listen\n", "%%deepgram -o calls listen\n", id="plain"),
        pytest.param(
            "calls<<%%deepgram listen --diarize # x\n",
            "%%deepgram -o calls listen --diarize # x\n",
            id="without spaces, with a remark",
        ),
        pytest.param("a.b << %%deepgram listen\n", "%%deepgram -o a.b listen\n", id="no name"),
        pytest.param("%%deepgram listen << x\n", "%%deepgram listen << x\n", id="not before the magic"),
        pytest.param("x << %%deepgrams listen\n", "x << %%deepgrams listen\n", id="another magic"),
        pytest.param("x << %%time\n", "x << %%time\n", id="a foreign magic"),
    ],
)
def test_a_name_before_the_magic_becomes_an_option(before, after):
    assert cell([before, "a.wav\n"]) == [after, "a.wav\n"]


@pytest.mark.parametrize(
    ("source", "call"),
    [
        pytest.param("x << %deepgram listen a.wav", "'-o x listen a.wav'", id="alone"),
        pytest.param("y = 1\nif y:\n    x << %deepgram listen a.wav", "'-o x listen a.wav'", id="indented"),
        pytest.param(
            "x << %deepgram listen $a \\\n  --diarize", "'-o x listen $a    --diarize'", id="continued"
        ),
    ],
)
def test_a_line_may_assign_as_well(shell, source, call):
    assert f"run_line_magic('deepgram', {call})" in shell.transform_cell(source)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('text = """\nx << %deepgram listen a.wav\n"""\n', id="string"),
        pytest.param("%%writefile notes.py\nx << %deepgram listen a.wav\n", id="another cell magic"),
        pytest.param("x = 1 << 3\n", id="shift"),
        pytest.param("x << deepgram % 3\n", id="other operators"),
        pytest.param("x << %deepgram.y\n", id="attribute"),
        pytest.param("x << % deepgram\n", id="space"),
        pytest.param("'x' << %deepgram listen a.wav\n", id="no name"),
        pytest.param("x \\\n << %deepgram listen a.wav\n", id="continued"),
    ],
)
def test_nothing_else_is_touched(shell, source):
    with_magics = shell.transform_cell(source)
    shell.run_cell("%unload_ext dgnb")
    assert with_magics == shell.transform_cell(source)


def test_an_empty_cell_reaches_the_verb(shell):
    assert (
        shell.transform_cell("%%deepgram help").strip()
        == r"get_ipython().run_cell_magic('deepgram', 'help', '\n')"
    )


@pytest.mark.parametrize(
    "magic", ["%deepgram listen a.wav", "%%deepgram listen", "%%deepgram listen\na.wav\n"]
)
def test_a_terminal_knows_when_a_cell_is_complete(shell, magic):
    check = shell.input_transformer_manager.check_complete
    assert check(f"x << {magic}") == check(magic)
