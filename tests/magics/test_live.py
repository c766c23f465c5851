import queue
import signal
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dgnb import AudioError, BadRequest, Deepgram, OptionError, namespaces
from dgnb.live.commands import Opening
from dgnb.live.listening import ListenSession
from dgnb.live.speaking import SpeakSession
from dgnb.live.turns import FluxSession
from dgnb.magics.formats import Text
from dgnb.magics.live import Live
from dgnb.magics.sides import elsewhere
from dgnb.magics.verbs import VERBS, find
from dgnb.publication import Namespace
from dgnb.results import Speech, Transcript
from dgnb.sandbox import Server, serve
from dgnb.sandbox.engines.synthesis import synthesise
from dgnb.transport.loop import result

WAIT = 60


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A sandbox that takes audio as fast as it comes."""
    with serve(rate=None) as running:
        yield running


@pytest.fixture(autouse=True)
def client(run, shell, folder, server) -> Iterator[None]:
    """The magics ask that sandbox; the folder has recordings of silence."""
    _magics(shell).session.take(Deepgram("key", base_url=server.url))
    yield
    _magics(shell).stage.close()


def _magics(shell: Any) -> Any:
    return shell.magics_manager.registry["DeepgramMagics"]


@pytest.fixture
def speech(shell) -> None:
    """Recorded speech in a variable, and the same as a queue that does not end."""
    spoken = synthesise("Good morning.")
    silence = np.zeros(spoken.rate, np.int16)
    samples = np.concatenate([spoken.samples, silence])
    chunks: queue.Queue[bytes | None] = queue.Queue()
    chunks.put(samples.tobytes())
    shell.user_ns |= {"speech": (samples, spoken.rate), "chunks": chunks, "rate": spoken.rate}


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("live = %deepgram listen one.wav --live --pace 50", id="assigned"),
        pytest.param("%deepgram listen --live one.wav --pace 50 -o live", id="-o"),
        pytest.param("live << %deepgram listen one.wav --pace=50 --live", id="shift"),
        pytest.param("%%deepgram listen --live -o live --pace 50\n\none.wav  # silence", id="cell"),
        pytest.param("live << %%deepgram listen.live --pace 50\none.wav", id="shifted cell with a dot"),
        pytest.param("live = %deepgram listen.live one.wav --live --pace 50", id="said twice"),
    ],
)
def test_a_session_is_returned_and_goes_on_by_itself(run, shell, cell):
    done = run(cell)
    live = shell.user_ns["live"]
    assert (done.error, type(live)) == (None, ListenSession)
    assert done.out.startswith("listen.live runs; stop() of the session that it returns ends it.\n")
    assert live.wait(WAIT).duration == pytest.approx(0.1)
    assert live.status == "ended"


def test_speech_is_heard_and_options_reach_the_service(run, speech):
    live = run("%deepgram listen $speech --live --pace 50 --interim-results --tag a --no-punctuate").result
    assert len(live.wait(WAIT).words) > 1
    sent = dict(live._dialogue.query)
    assert (sent["interim_results"], sent["tag"], sent["punctuate"]) == ("true", "a", "false")
    assert not {"pace", "wait", "live"} & sent.keys()


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("%deepgram flux $speech --pace 40 --eot-threshold 0.6 -o talk", id="line"),
        pytest.param("talk << %%deepgram flux --pace 40 --eot-threshold 0.6\n$speech", id="cell"),
        pytest.param("talk = %deepgram flux.live {speech} --eot-threshold=0.6 --pace=40", id="with a dot"),
    ],
)
def test_a_conversation_is_heard_in_turns(run, shell, speech, cell):
    assert run(cell).error is None
    talk = shell.user_ns["talk"]
    assert isinstance(talk, FluxSession)
    assert talk.wait(WAIT).text == talk.text != ""
    assert len(talk.turns) == 1
    assert ("eot_threshold", "0.6") in talk._dialogue.query


def test_a_cell_may_last_as_long_as_the_conversation(run, speech):
    assert len(run("%deepgram flux $speech --pace 40 --wait -f df").result) > 1


def test_what_is_said_of_the_session_is_heeded(run, speech):
    line = "%deepgram listen $speech --live --pace 40 --keep-audio --retries 3 --buffer 30 --patience 5"
    live = run(line).result
    bounds = live._bounds
    assert (bounds.pace, bounds.retries, bounds.buffer, bounds.patience) == (40, 3, 30, 5)
    live.wait(WAIT)
    assert live.audio.content_type == "audio/wav"


def test_param_is_sent_without_a_warning(run):
    live = run("%deepgram listen one.wav --live --pace 50 --param new_thing=1 --param new_thing=2").result
    live.wait(WAIT)
    assert [pair for pair in live._dialogue.query if pair[0] == "new_thing"] == [
        ("new_thing", "1"),
        ("new_thing", "2"),
    ]


def test_what_can_be_iterated_is_one_source_and_several_sessions_run_at_once(run, speech):
    raw = "--live --encoding linear16 --sample-rate $rate"
    one = run(f"%deepgram listen $chunks {raw}").result
    other = run(f"%deepgram listen {{iter([bytes(16000)] * 3)}} {raw}").result
    assert other.wait(WAIT).duration > 0
    assert one.running
    run("chunks.put(None)")
    assert len(one.wait(WAIT).words) > 1


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        pytest.param("%deepgram listen --live", "listen.live takes one source, not 0", id="none"),
        pytest.param("%deepgram listen one.wav two.wav --live", "one source, not 2", id="two"),
        pytest.param(
            "%%deepgram listen a.wav --live\none.wav", "one source, not 2", id="on the line as well"
        ),
        pytest.param("%deepgram listen on.wav --live", "Did you mean 'one.wav'?", id="no file"),
    ],
)
def test_a_session_has_one_source(run, cell, problem):
    done = run(cell)
    assert isinstance(done.error, AudioError)
    assert problem in str(done.error)
    assert len(done.out.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("listen one.wav --interim-results", "--interim-results needs --live."),
        ("listen one.wav --no-vad-events", "--vad-events needs --live."),
        ("listen one.wav --pace 2", "--pace needs --live."),
        (
            "listen one.wav --live --summarize",
            "--summarize is for recorded audio: %deepgram listen without --live takes it.",
        ),
        ("listen.live one.wav --topics", "--topics is for recorded audio: %deepgram listen without --live"),
        ("speak Hello. --wait", "--wait needs --live."),
        ("speak Hello. --live --container wav", "--container is for speech in one piece: %deepgram speak"),
        ("flux one.wav --smart-format", "Flux takes no smart_format: its text is punctuated"),
        ("flux one.wav --language en", "Flux takes no language: model='flux-general-multi'"),
        ("flux one.wav --model nova-3", "/v2/listen takes Flux models only"),
        ("listen one.wav --live --model flux-general-en", "Flux models answer on /v2/listen"),
        ("listen one.wav --live --utterance-end-ms 1000", "utterance_end_ms needs interim_results=True"),
        ("listen one.wav --live --interim-result", "Did you mean '--interim-results'?"),
        ("read Hello. --live", "read has no option --live"),
        ("listen one.wav --live=false", "--live takes no value."),
        ("listen mic", "A microphone is heard while it is spoken: %deepgram listen mic --live."),
        ("listen one.wav --live -f df", "-f needs the transcript, and so --wait."),
        ("speak Hello. --live -f text", "-f needs the speech, and so --wait."),
    ],
)
def test_what_belongs_to_the_other_side_is_refused_with_the_fix(run, line, problem):
    done = run(f"%deepgram {line}")
    assert isinstance(done.error, OptionError)
    assert problem in done.out


def test_param_sends_what_only_the_other_side_has_a_flag_for(run):
    call = run("%deepgram listen one.wav --param interim_results=true")
    assert call.error is None
    assert call.result.duration == pytest.approx(0.1)


def test_a_file_may_be_called_mic(run, folder):
    (folder / "one.wav").rename(folder / "mic")
    assert run("%deepgram listen mic").result.duration == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("form", "kind"),
    [("transcript", Transcript), ("df", pd.DataFrame), ("text", Text), ("json", dict)],
)
def test_a_cell_that_waits_gives_the_transcript(run, form, kind):
    done = run(f"%deepgram listen one.wav --live --pace 50 --wait -f {form} -o kept")
    assert isinstance(done.result, kind)
    assert run("kept").result is done.result
    assert done.out.startswith("listen.live runs; Ctrl-C ends it.\n")


def test_an_interrupt_ends_a_cell_that_waits_and_keeps_what_was_heard(run, shell, speech, monkeypatch):
    here, chunks = threading.get_ident(), shell.user_ns["chunks"]
    stage = _magics(shell).stage

    def stop_when_heard() -> None:
        live = stage._started[-1].session
        next(event for event in live if live.text)
        signal.pthread_kill(here, signal.SIGINT)

    def waiting(future: Any) -> Any:
        threading.Thread(target=stop_when_heard).start()
        return result(future)

    with monkeypatch.context() as patch:
        patch.setattr("dgnb.live.running.result", waiting)
        done = run(
            "%deepgram listen $chunks --live --wait --encoding linear16 --sample-rate $rate"
            " --endpointing 300 -o kept -f text"
        )
    assert isinstance(done.error, KeyboardInterrupt)
    assert shell.user_ns["kept"]
    assert not any(each.session.running for each in stage._started)
    assert chunks.empty()


@pytest.mark.parametrize("cell", ["%unload_ext dgnb", "%reload_ext dgnb"])
def test_unloading_stops_what_runs(run, speech, cell):
    live = run("%deepgram listen $chunks --live --encoding linear16 --sample-rate $rate").result
    assert live.running
    assert run(cell).error is None
    assert live.status == "ended"
    run("%reload_ext dgnb")


def test_a_refusal_of_the_service_is_one_line(run):
    done = run("%deepgram listen one.wav --live --wait --model nope -o kept")
    assert isinstance(done.error, BadRequest)
    assert len(done.out.strip().splitlines()) == 2
    assert run("kept").result.text == ""


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("%%deepgram speak --live -o talk\nGood morning. It's late.\n", id="cell"),
        pytest.param("talk = %deepgram speak --live Good morning. It's late.", id="line"),
        pytest.param(
            "%deepgram speak.live --model flux-alexis-en -o talk Good morning. It's late.", id="Flux"
        ),
    ],
)
def test_a_text_is_spoken_while_the_cell_has_returned(run, shell, cell):
    assert run(cell).error is None
    talk = shell.user_ns["talk"]
    assert isinstance(talk, SpeakSession)
    assert talk.wait(WAIT).duration > 1
    assert talk.text == "Good morning. It's late."


def test_speech_is_waited_for(run):
    done = run("%%deepgram speak --live --wait --encoding mulaw --sample-rate 8000\nGood morning.")
    assert isinstance(done.result, Speech)
    assert done.result.content_type == "audio/mulaw;rate=8000"


@pytest.mark.parametrize(
    ("line", "problem"),
    [("$rate", "speak.live takes text, not int."), ("", "speak.live needs a text")],
)
def test_only_text_is_spoken(run, speech, line, problem):
    assert problem in run(f"%deepgram speak --live {line}").out


def test_every_opening_is_a_verb():
    groups: list[type[Any]] = Namespace.__subclasses__()
    paths = {
        group.__name__.lower() + ("" if name == "__call__" else f".{name}")
        for group in groups
        for name, made in vars(group).items()
        if isinstance(made, Opening)
    }
    assert paths == {"agent"} | {verb.run.path for verb in VERBS.values() if isinstance(verb.run, Live)}
    assert paths <= VERBS.keys()
    assert namespaces.Flux.live is VERBS["flux"].run.opening


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        ("listen --live", "listen.live"),
        ("listen a.wav --diarize --live", "listen.live"),
        ("listen.live --live", "listen.live"),
        ("listen '--live'", "listen"),
        ("flux --live", "flux.live"),
        ("keys --live", "keys"),
    ],
)
def test_live_chooses_the_verb(words, verb):
    assert find(words.split())[0] is VERBS[verb]


def test_no_flag_is_refused_that_is_taken():
    for verb in VERBS.values():
        assert not elsewhere(verb).keys() & verb.flags.keys()


def test_the_help_tells_of_both_sides(run):
    recorded, live = run("%deepgram help listen").out, run("%deepgram listen --live -h").out
    assert "--live " in recorded
    assert "interim-results" not in recorded
    assert live == run("%deepgram help listen.live").out
    assert "--pace NUMBER               how fast a recording is played, 1 is real time; default 1.0" in live
    assert "\nSession: how it runs\n  --[no-]wait " in live
    assert "  flux        a conversation into text" in run("%deepgram").out
