import asyncio
import inspect
import queue
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.audio.samples import wav
from dgnb.live.session import Session
from dgnb.magics import dialling
from dgnb.magics.live import Live
from dgnb.magics.verbs import VERBS
from dgnb.protocol.options import rows
from dgnb.protocol.params import FluxLiveSpeakOptions, FluxOptions, LiveListenOptions, LiveSpeakOptions
from dgnb.sandbox import Server, serve
from tests.peers.calls import environment

# raised when the official SDK is loaded
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

deepgram = pytest.importorskip("deepgram")
WAIT = 60
AUDIO = (np.zeros(1600, dtype=np.float32), 16000)

HEARD = [
    pytest.param("listen one.wav --live --model nova-3 --interim-results", id="file"),
    pytest.param("listen $audio --live --no-delay --filler-words --tag a --tag 'b c'", id="samples"),
    pytest.param("listen $data --live --pace 3 --replace a:b --keep-audio --param new=1", id="bytes"),
    pytest.param("listen $chunks --live --encoding linear16 --sample-rate 16000", id="chunks"),
    pytest.param("flux one.wav --eot-threshold 0.8 --keyterm a --keyterm b", id="turns"),
    pytest.param("listen $waiting --live --encoding linear16 --sample-rate 16000", id="queue"),
]
SPOKEN = [
    pytest.param("speak Hello. It\\'s late. --live", id="voice"),
    pytest.param("speak --live --model flux-alexis-en --speed 1.1 --tag a Hello.", id="Flux"),
    pytest.param("speak --live --encoding mulaw --sample-rate 8000 $text -o talk", id="variable"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A sandbox that takes audio as fast as it comes."""
    with serve(rate=None) as running:
        yield running


@pytest.fixture
def names(run, shell, folder, server, monkeypatch) -> dict[str, Any]:
    """The user's variables; the official SDK asks the sandbox."""
    original = deepgram.DeepgramClient
    place = environment(server.url)
    monkeypatch.setattr(deepgram, "DeepgramClient", lambda: original(api_key="key", environment=place))
    waiting: queue.Queue[bytes | None] = queue.Queue()
    for chunk in (bytes(3200), None):
        waiting.put(chunk)
    names = {"audio": AUDIO, "data": wav(*AUDIO), "chunks": [bytes(3200)], "waiting": waiting}
    shell.user_ns |= names | {"text": "Good morning."}
    return names | {"text": "Good morning."}


def printed(run: Any, line: str) -> tuple[str, str]:
    """What a magic prints as Python with dgnb, and with the official SDK."""
    done = run(f"%deepgram {line} --show-code")
    assert (done.error, done.result, done.noticed) == (None, None, False)
    head, curl, last = (
        "# Python, with dgnb\n",
        "\n\n# curl",
        "# Python, with the official SDK (deepgram-sdk)\n",
    )
    own, _, rest = done.out.removeprefix(head).partition(curl)
    return own, rest.partition(last)[2]


@pytest.mark.parametrize("line", [*HEARD, *SPOKEN])
def test_the_printed_python_runs(run, names, server, line):
    program = printed(run, line)[0].replace("Deepgram()", "client")
    with Deepgram("key", base_url=server.url) as client:
        known = names | {"client": client}
        if "--param" in line:
            with pytest.warns(UserWarning, match="does not know the option 'new'"):
                exec(program, known)
        else:
            exec(program, known)
    session = known["talk" if "speak" in line else "live"]
    assert isinstance(session, Session)
    assert session.status == "ended"
    assert known["speech" if "speak" in line else "transcript"].duration > 0


@pytest.mark.parametrize("line", HEARD)
def test_the_official_sdk_hears_the_same(run, names, line, capsys):
    exec(printed(run, line)[1], names)
    assert ("Connected" if "flux" in line else "Metadata") in capsys.readouterr().out
    assert not [thread for thread in threading.enumerate() if "start_listening" in thread.name]


@pytest.mark.parametrize("line", SPOKEN)
def test_the_official_sdk_speaks_the_same(run, names, line):
    exec(printed(run, line)[1], names)
    assert len(names["audio"]) > 1000


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        pytest.param(
            "flux mic:headset --eot-threshold 0.8",
            ["listen.v2.connect(", "model='flux-general-en'", "encoding='linear16'", "device='headset'"],
            id="microphone",
        ),
        pytest.param(
            "flux https://example.org/a.wav",
            ["urlopen('https://example.org/a.wav').read()"],
            id="URL",
        ),
        pytest.param("listen $later --live", ["# later is asynchronous"], id="asynchronous chunks"),
    ],
)
def test_other_sources_are_programs_as_well(run, shell, line, parts):
    shell.user_ns["later"] = asyncio.Queue()
    official = printed(run, line)[1]
    compile(official, "official", "exec")
    assert all(part in official for part in parts)


def test_what_is_waited_for_has_the_name_that_was_given(run):
    waits = printed(run, "listen one.wav --live --wait -o call -f df")[0]
    assert waits.splitlines()[-3:] == ["live = dg.listen.live('one.wav')", "call = live.wait()", "call.words"]
    runs = printed(run, "listen one.wav --live -o call")[0]
    assert runs.splitlines()[-2:] == ["call = dg.listen.live('one.wav')", "transcript = call.wait()"]


def test_the_sdk_has_a_keyword_for_all_other_options():
    client = deepgram.DeepgramClient(api_key="key")
    for method, table in (
        (client.listen.v1.connect, LiveListenOptions),
        (client.listen.v2.connect, FluxOptions),
        (client.speak.v1.connect, LiveSpeakOptions),
        (client.speak.v2.connect, FluxLiveSpeakOptions),
    ):
        lacking = rows(table).keys() - inspect.signature(method).parameters.keys()
        assert lacking == (dialling.SDK_LACKS if table is LiveListenOptions else set())


def test_what_concerns_the_session_is_not_sent():
    for verb in VERBS.values():
        if isinstance(verb.run, Live):
            assert rows(verb.run.arguments).keys() - {"wait"} <= set(dialling.OWN)
            assert not set(dialling.OWN) & rows(verb.run.opening.table).keys()
