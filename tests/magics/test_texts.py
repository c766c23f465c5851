import pytest
from IPython.display import HTML

from dgnb import OptionError
from dgnb.magics.formats import Text
from dgnb.results import Accepted, Reading, Speech, Transcript
from tests.servers import Answer, Server

WORD = {"word": "I", "start": 0.0, "end": 0.5, "confidence": 0.9}


@pytest.fixture
def call() -> Transcript:
    channel = {"alternatives": [{"transcript": "I love this wonderful place.", "words": [WORD]}]}
    return Transcript.from_json({"results": {"channels": [channel]}})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("%deepgram speak It's a fine day.", "It's a fine day.", id="line"),
        pytest.param("%deepgram speak --speed 1.2 Hello {name}!", "Hello Ava!", id="expression"),
        pytest.param("%deepgram speak $greeting", "Good morning.", id="variable"),
        pytest.param('%%deepgram speak\nIt\'s "five" {name}.\n', 'It\'s "five" {name}.', id="cell"),
        pytest.param(
            "s << %%deepgram speak --model aura-2-zeus-en\nOne.\n\nTwo.", "One.\n\nTwo.", id="lines"
        ),
    ],
)
def test_a_text_is_spoken(run, cell, text):
    run("name, greeting = 'Ava', 'Good morning.'")
    sound = run(cell).result
    assert isinstance(sound, Speech)
    assert (sound.text, sound.sandbox) == (text, True)
    assert sound.audio


def test_speech_shows_itself(run, shell):
    shown, _ = shell.display_formatter.format(run("%deepgram speak Hello.").result)
    assert "<audio" in shown["text/html"]


def test_options_choose_the_sound(run):
    sound = run(
        "%deepgram speak Hello. --encoding linear16 --sample-rate 16000 --model aura-2-thalia-en"
    ).result
    assert (sound.rate, sound.model) == (16000, "aura-2-thalia-en")


@pytest.mark.parametrize(
    ("voice", "hint"),
    [
        pytest.param("thalia", "Did you mean 'aura-2-thalia-en'?", id="short name"),
        pytest.param("aura2-thalia-en", "Did you mean 'aura-2-thalia-en'?", id="a slip"),
    ],
)
def test_a_voice_that_is_none_is_told_with_the_nearest(run, voice, hint):
    done = run(f"%deepgram speak Hello. --model {voice}")
    assert isinstance(done.error, OptionError)
    assert hint in done.out


@pytest.mark.parametrize(
    ("cell", "summary"),
    [
        pytest.param("%deepgram read --sentiment I love this wonderful place.", False, id="line"),
        pytest.param("%%deepgram read --sentiment\nI love this wonderful place.", False, id="cell"),
        pytest.param("%deepgram read $text --sentiment", False, id="variable"),
        pytest.param("%deepgram read $call --sentiment", False, id="transcript"),
        pytest.param("%deepgram read $call", True, id="all analyses"),
    ],
)
def test_a_text_is_read(run, shell, call, cell, summary):
    shell.user_ns |= {"call": call, "text": call.text}
    notes = run(cell).result
    assert isinstance(notes, Reading)
    assert notes.sentiments["sentiment"].to_list() == ["positive"]
    assert bool(notes.summary) == summary


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param("speak Hello. -f speech", Speech, id="speech"),
        pytest.param("speak Hello. -f text", Text, id="speech as text"),
        pytest.param("speak Hello. -f html", HTML, id="speech as HTML"),
        pytest.param("read Hello. -f json", dict, id="reading as JSON"),
        pytest.param("read Hello. -f text", Text, id="reading as text"),
        pytest.param("read Hello. -f html", HTML, id="reading as HTML"),
    ],
)
def test_a_result_has_the_form_that_was_asked_for(run, line, kind):
    assert isinstance(run(f"%deepgram {line}").result, kind)


@pytest.mark.parametrize("verb", ["speak", "read"])
@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        pytest.param("%deepgram {} --tag a", "needs a text", id="none"),
        pytest.param("%%deepgram {}\n\n", "needs a text", id="an empty cell"),
        pytest.param("%%deepgram {} One.\nTwo.", "not from both", id="two"),
        pytest.param("%deepgram {} $number", "There is no text", id="no text"),
    ],
)
def test_no_text_is_told(run, verb, cell, problem):
    run("number = 5")
    done = run(cell.format(verb))
    assert isinstance(done.error, OptionError)
    assert problem in done.out


@pytest.mark.parametrize("verb", ["speak", "read"])
def test_a_callback_gives_a_receipt(run, verb):
    with Server(Answer(body=b'{"request_id": "r1"}')) as server:
        client = f"from dgnb import Deepgram\ndg = Deepgram('key', base_url='{server.url}')"
        run(f"{client}\nget_ipython().magics_manager.registry['DeepgramMagics'].session.take(dg)")
        done = run(f"%deepgram {verb} Hello. --callback https://example.org/ --param new=1")
    assert done.result == Accepted(request_id="r1")
    assert {("callback", "https://example.org/"), ("new", "1")} <= set(server.requests[0].query)
