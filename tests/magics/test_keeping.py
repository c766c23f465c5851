"""``--cache``: a cell that is run again costs nothing."""

from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter

from dgnb import OptionError
from dgnb.cache import entries


@pytest.fixture(autouse=True)
def kept(folder, monkeypatch) -> None:
    """Replies are kept in the test's folder."""
    monkeypatch.setenv("DGNB_CACHE", str(folder / "kept"))


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("%deepgram listen one.wav --cache", id="listen"),
        pytest.param("%%deepgram listen --cache --model nova-3\none.wav\n", id="cell"),
        pytest.param("%deepgram speak --cache Good morning.", id="speak"),
        pytest.param("%%deepgram read --cache --sentiment\nI love it.\n", id="read"),
    ],
)
def test_the_same_cell_again_takes_what_is_kept(run, cell):
    assert [run(cell).result.provenance.cached for _ in range(2)] == [False, True]
    assert len(entries()) == 1


def test_of_several_sources_each_is_kept_and_parameters_count(run):
    line = "%deepgram listen calls/a.wav $other --cache"
    run("import numpy as np; other = np.ones(1600, np.int16), 16000")
    assert [call.provenance.cached for call in run(line).result] == [False, False]
    assert [call.provenance.cached for call in run(line).result] == [True, True]
    assert run(f"{line} --param new_flag=1").result[0].provenance.cached is False


def test_nothing_is_kept_unless_that_is_asked_for(run):
    assert run("%deepgram listen one.wav").result.provenance is None
    assert len(entries()) == 0


def test_what_goes_to_a_callback_is_refused(run):
    done = run("%deepgram listen one.wav --cache --callback https://example.org")
    assert isinstance(done.error, OptionError)
    assert "leave cache out" in done.out


def test_the_same_as_code_keeps_too(run):
    assert "dg.listen('one.wav', cache=True)" in run("%deepgram listen one.wav --cache --show-code").out
    assert "dg.speak('Hello.', cache=True)" in run("%deepgram speak Hello. --cache --show-code").out


@pytest.mark.parametrize("verb", ["listen", "speak", "read"])
def test_help_and_completion_know_it(run, shell: Any, verb):
    assert "--cache  " in run(f"%deepgram help {verb}").out
    line = f"%deepgram {verb} --ca"
    with provisionalcompleter():
        found = [completion.text for completion in shell.Completer.completions(line, len(line))]
    assert "--cache" in found
