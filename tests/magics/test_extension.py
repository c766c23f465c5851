import gc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from IPython.display import HTML

from dgnb import AudioError, BadRequest, CredentialError, Deepgram, OptionError
from dgnb.magics.formats import Text
from dgnb.magics.transcripts import Transcripts
from dgnb.results import Transcript
from dgnb.sandbox.engines.synthesis import synthesise


@pytest.fixture(autouse=True)
def recordings(folder: Path, shell) -> None:
    """Recordings of 0.1 s in the folder, and samples of 0.2 s in a variable."""
    shell.user_ns["audio"] = (np.zeros(3200, dtype=np.float32), 16000)


def test_a_file_gives_its_transcript(run):
    call = run("%deepgram listen one.wav --model nova-3").result
    assert isinstance(call, Transcript)
    assert (call.duration, call.sandbox) == (0.1, True)


def test_a_variable_gives_its_object_and_not_its_repr(run):
    assert run("%deepgram listen $audio").result.duration == 0.2
    assert run("%deepgram listen {(audio[0][:800], 8000)}").result.duration == 0.1


def test_a_local_variable_is_found(run):
    run("def hear(sound):\n    heard = %deepgram listen $sound\n    return heard")
    assert run("hear(audio)").result.duration == 0.2


def test_speech_is_heard(run, shell):
    speech = synthesise("Good morning. How are you today?")
    shell.user_ns["speech"] = (speech.samples, speech.rate)
    call = run("%deepgram listen $speech --model nova-3 --smart-format").result
    assert call.duration == pytest.approx(speech.duration, abs=0.01)
    assert len(call.words) > 2


def test_options_reach_the_service(run):
    call = run("%deepgram listen --tag a one.wav --tag 'b c' --extra x:1").result
    assert (call.metadata.tags, call.metadata.extra) == (["a", "b c"], {"x": "1"})


def test_param_is_sent_as_it_is_written(run):
    assert "400" in run("%deepgram listen one.wav --param utt_split=soon").out
    assert run("%deepgram listen one.wav --param new_thing=1").result.duration == 0.1


def test_a_cell_lists_its_sources(run):
    calls = run(
        "%%deepgram listen one.wav --model nova-3\n# two more\ncalls/*.wav\n\n$audio\nmy call.wav"
    ).result
    assert isinstance(calls, Transcripts)
    assert [name for name, _ in calls.pairs] == [
        "one.wav",
        "calls/a.wav",
        "calls/b.wav",
        "audio",
        "my call.wav",
    ]


@pytest.mark.parametrize(
    ("cell", "several"),
    [
        pytest.param("%deepgram listen one.wav -o kept", False, id="-o"),
        pytest.param("kept << %deepgram listen one.wav", False, id="shift, line"),
        pytest.param("%%deepgram listen --output kept\none.wav", False, id="-o, cell"),
        pytest.param("kept << %%deepgram listen\none.wav\n$audio", True, id="shift, cell"),
    ],
)
def test_a_result_is_assigned_and_shown(run, shell, cell, several):
    done = run(cell)
    assert shell.user_ns["kept"] is done.result
    assert isinstance(done.result, Transcripts if several else Transcript)


def test_an_assigned_line_shows_nothing(run, shell):
    done = run("kept = %deepgram listen one.wav")
    assert (done.result, shell.user_ns["kept"].duration) == (None, 0.1)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        pytest.param("transcript", Transcript, id="transcript"),
        pytest.param("df", pd.DataFrame, id="df"),
        pytest.param("text", Text, id="text"),
        pytest.param("json", dict, id="json"),
        pytest.param("html", HTML, id="html"),
    ],
)
def test_a_result_has_the_form_that_was_asked_for(run, form, kind):
    assert isinstance(run(f"%deepgram listen one.wav -f {form}").result, kind)


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        pytest.param("transcript", Transcripts, id="transcript"),
        pytest.param("df", pd.DataFrame, id="df"),
        pytest.param("text", Text, id="text"),
        pytest.param("json", list, id="json"),
        pytest.param("html", HTML, id="html"),
    ],
)
def test_several_results_have_the_form_that_was_asked_for(run, form, kind):
    assert isinstance(run(f"%deepgram listen calls/*.wav -f {form}").result, kind)


def test_the_words_of_several_sources_have_their_source(run):
    frame = run("%deepgram listen calls/*.wav -f df").result
    assert frame.columns[0] == "source"


def test_text_is_shown_as_it_reads(run, shell):
    shown, _ = shell.display_formatter.format(Text("one\ntwo \x1b[31m"))
    assert shown["text/plain"] == "one\ntwo \N{REPLACEMENT CHARACTER}[31m"


@pytest.mark.parametrize(
    ("cell", "error", "line"),
    [
        pytest.param(
            "%deepgram listen on.wav",
            AudioError,
            "AudioError: There is no file 'on.wav'. Did you mean 'one.wav'?",
            id="no file",
        ),
        pytest.param(
            "%deepgram listen one.wav --diarise",
            OptionError,
            "OptionError: listen has no option --diarise. Did you mean '--diarize'?",
            id="wrong option",
        ),
        pytest.param(
            "x << %%deepgram lisen\none.wav",
            OptionError,
            "OptionError: %deepgram has no verb 'lisen'. Did you mean 'listen'?",
            id="wrong verb",
        ),
        pytest.param(
            "%deepgram listen $audi",
            OptionError,
            "OptionError: There is no variable 'audi'. Did you mean 'audio'?",
            id="no variable",
        ),
        pytest.param(
            "my-calls << %%deepgram listen\none.wav",
            OptionError,
            "OptionError: -o takes the name of a variable, not 'my-calls'.",
            id="wrong name",
        ),
        pytest.param(
            "%deepgram listen one.wav --keywords a:2 --model nova-3",
            OptionError,
            "OptionError: Nova-3 takes keyterm='...' (no weights) instead of keywords.",
            id="conflict",
        ),
    ],
)
def test_an_error_is_one_line_and_stops_the_notebook(run, cell, error, line):
    done = run(cell)
    assert type(done.error) is error
    assert (done.out.strip(), done.err, done.result) == (line, "", None)


@pytest.mark.parametrize(
    "cell", ["%%deepgram listen", "%%deepgram listen\n\n# later: a.wav", "%deepgram listen"]
)
def test_no_source_is_told(run, cell):
    assert run(cell).out.startswith("AudioError: listen needs a source")


def test_a_refusal_is_one_line(run, folder):
    (folder / "broken.wav").write_bytes(b"RIFF\x10\0\0\0WAVEfmt nothing")
    done = run("%deepgram listen broken.wav")
    assert isinstance(done.error, BadRequest)
    assert len(done.out.strip().splitlines()) == 1
    assert done.out.startswith("BadRequest: 400 ")


def test_code_around_a_magic_may_catch_its_error(run):
    lines = (
        "import dgnb",
        "try:",
        "    %deepgram listen x",
        "except dgnb.AudioError as e:",
        "    caught = e",
    )
    assert run("\n".join((*lines, "str(caught)"))).result == "There is no file 'x'."


def test_a_source_that_fails_leaves_the_others(run):
    done = run("%deepgram listen one.wav notes.txt nowhere.wav calls/a.wav -o calls")
    assert [name for name, _ in done.result.pairs] == ["one.wav", "calls/a.wav"]
    assert list(done.result.errors) == ["notes.txt", "nowhere.wav"]
    assert [line.split(": ")[:2] for line in done.err.splitlines()] == [
        ["notes.txt", "AudioError"],
        ["nowhere.wav", "AudioError"],
    ]
    assert done.error is None


def test_an_error_results_when_all_sources_fail(run):
    done = run("%deepgram listen notes.txt nowhere.wav")
    assert isinstance(done.error, AudioError)
    assert "None of the 2 sources worked" in done.out


def test_a_key_is_never_shown(run, monkeypatch):
    secret = "very secret"
    monkeypatch.setenv("DEEPGRAM_API_KEY", secret)
    done = run("%deepgram listen one.wav")
    assert isinstance(done.error, CredentialError)
    code = run("%deepgram listen one.wav --show-code")
    assert not any(part in text for text in (done.out, done.err, code.out) for part in secret.split())


def test_a_key_that_is_set_later_is_used(run, shell, monkeypatch):
    assert run("%deepgram listen one.wav").result.sandbox
    monkeypatch.setenv("DEEPGRAM_API_KEY", "wrong key")
    assert isinstance(run("%deepgram listen one.wav").error, CredentialError)
    monkeypatch.delenv("DEEPGRAM_API_KEY")
    assert run("%deepgram listen one.wav").result.sandbox


def test_one_client_serves_a_shell_and_tells_once_of_the_sandbox(run, caplog):
    before = clients()
    noticed = [run("%deepgram listen one.wav").noticed for _ in range(3)]
    assert (noticed, caplog.records) == ([True, False, False], [])
    # They are held meanwhile: a new one might else take the place, and so the id, of one that is gone.
    assert len([each for each in clients() if not any(each is old for old in before)]) == 1


def clients() -> list[Deepgram]:
    return [each for each in gc.get_objects() if type(each) is Deepgram]


@pytest.mark.parametrize(
    "cell", ["%deepgram", "%deepgram help", "%deepgram -h", "%%deepgram help", "%%deepgram"]
)
def test_help_names_the_verbs(run, cell):
    assert "listen      recorded speech into text" in run(cell).out


@pytest.mark.parametrize(
    "cell",
    ["%deepgram help listen", "%deepgram listen --help", "%deepgram listen -h", "%%deepgram help listen"],
)
def test_help_of_a_verb_lists_its_flags(run, cell):
    assert "--[no-]diarize" in run(cell).out


def test_the_question_mark_shows_the_flags(shell):
    for name in ("%deepgram", "%%deepgram"):
        text = shell.object_inspect_mime(name)["text/plain"]
        assert "--[no-]diarize" in text
        assert "%deepgram VERB" in text


def test_loading_twice_is_the_same_as_once(run, shell):
    transforms = list(shell.input_transformers_cleanup)
    assert (
        run(
            "%load_ext dgnb\n%reload_ext dgnb\nfrom dgnb.magics import register\nregister(get_ipython())"
        ).error
        is None
    )
    assert shell.input_transformers_cleanup == transforms
    assert len(shell.Completer.custom_matchers) == 1


def test_unloading_takes_all_away(run, shell):
    run("%deepgram listen one.wav")
    run("%unload_ext dgnb")
    assert "not found" in str(run("%deepgram listen one.wav").error)
    assert "not found" in str(run("%%deepgram listen\none.wav").error)
    assert not any(
        "dgnb" in str(each)
        for each in (*shell.input_transformers_cleanup, *shell.input_transformer_manager.token_transformers)
    )
