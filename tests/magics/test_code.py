import inspect
import shlex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import numpy as np
import pytest

from dgnb import operations
from dgnb.audio.samples import wav
from dgnb.magics.arguments import Arguments, read
from dgnb.magics.code import SDK_LACKS, curl, equivalents, python, sdk
from dgnb.magics.sources import Sources, gather
from dgnb.magics.tokens import evaluator, split
from dgnb.protocol.options import encode, rows
from dgnb.protocol.params import ListenSubmitOptions

# raised when the official SDK is loaded
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

deepgram = pytest.importorskip("deepgram")
AUDIO = (np.zeros(1600, dtype=np.float32), 16000)
NAMES = {
    "audio": AUDIO,
    "samples": AUDIO[0],
    "data": wav(*AUDIO),
    "raw": bytes(range(1, 201)),
    "calls": [AUDIO, "one.wav"],
}

LINES = [
    pytest.param("one.wav", id="file"),
    pytest.param("'my call.wav' --diarize --no-punctuate", id="file with a space"),
    pytest.param("https://example.org/a.wav?x=1&y='2' --model nova-3", id="URL"),
    pytest.param("$audio --summarize --utt-split 0.5", id="samples"),
    pytest.param("$data --keyterm a --keyterm 'b & c' --model nova-3", id="bytes"),
    pytest.param("one.wav --redact --detect-language de --detect-language fr", id="optional values"),
    pytest.param("$raw --encoding linear16 --sample-rate 16000 --channels 2", id="raw"),
    pytest.param("$audio --encoding linear16 --sample-rate 16000", id="samples with hints that are not sent"),
    pytest.param("$samples --sample-rate 16000", id="samples without their rate"),
    pytest.param("one.wav --replace {dict(a='b', c=None)} --extra k:v", id="pairs"),
    pytest.param("one.wav --param new=1 --param new=2 --param a-b=x", id="further parameters"),
    pytest.param("one.wav --callback https://example.org/?q=1 --callback-method PUT", id="callback"),
]


def parsed(line: str) -> tuple[Sources, Arguments]:
    evaluate = evaluator(NAMES)
    arguments = read(split(line), ListenSubmitOptions, evaluate, "listen")
    return gather(arguments.words, evaluate), arguments


def expected(line: str) -> operations.Request:
    """The request that the magic itself sends."""
    sources, arguments = parsed(line)
    flow = operations.submit if "callback" in arguments.options else operations.listen
    request = next(flow(sources.items[0].value, **arguments.options))
    return operations.Request(request.route, request.query + arguments.extra, request.body)


def content(body: Any) -> bytes:
    return body if isinstance(body, bytes) else b"".join(body.chunks())


class Recorder(httpx.MockTransport):
    """Keeps what the official SDK sends."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return httpx.Response(200, json={"request_id": "r"})


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder, original = Recorder(), deepgram.DeepgramClient
    http = httpx.Client(transport=recorder)
    monkeypatch.setattr(deepgram, "DeepgramClient", lambda: original(api_key="key", httpx_client=http))
    return recorder


@pytest.mark.parametrize("line", LINES)
def test_the_official_sdk_sends_the_same(folder, official, line):
    sources, arguments = parsed(line)
    query = encode(arguments.options, ListenSubmitOptions) + arguments.extra
    exec(sdk(sources, query), dict(NAMES))
    sent, same = official.requests[0], expected(line)
    assert sorted(sent.url.params.multi_items()) == sorted(same.query)
    assert sent.url.path == "/v1/listen"
    if sent.headers["content-type"] == "application/json":
        assert sent.read().replace(b" ", b"") == content(same.body)
    else:
        assert sent.read() == content(same.body)


@pytest.mark.parametrize("line", LINES)
def test_curl_sends_the_same(folder, line):
    sources, arguments = parsed(line)
    command = curl(sources.items[0], encode(arguments.options, ListenSubmitOptions) + arguments.extra)
    words = shlex.split(command.replace("\\\n", " "), comments=True)
    url = urlsplit(words[3])
    assert words[:3] == ["curl", "-X", "POST"]
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://api.deepgram.com/v1/listen"
    assert "Authorization: Token $DEEPGRAM_API_KEY" in words
    if "audio" in line:
        assert words[-1] == "@audio.wav"
    assert tuple(parse_qsl(url.query, keep_blank_values=True)) == tuple(pair for pair in expected(line).query)


@pytest.mark.parametrize(
    "line", [line for line in LINES if "https" not in line.values[0] and "$raw" not in line.values[0]]
)
def test_the_printed_python_runs(folder, line):
    names: dict[str, Any] = dict(NAMES)
    sources, arguments = parsed(line)
    if arguments.extra:
        with pytest.warns(UserWarning, match="does not know the option"):
            exec(python(sources, arguments), names)
    else:
        exec(python(sources, arguments), names)
    assert names["call"].sandbox
    names["dg"].close()


def test_several_sources_become_lists(folder, official):
    sources, arguments = parsed("one.wav $calls calls/*.wav -f df -o heard --diarize")
    names: dict[str, Any] = dict(NAMES)
    exec(python(sources, arguments), names)
    names["dg"].close()
    assert [call.duration for call in names["heard"]] == [0.1] * 5
    exec(sdk(sources, (("diarize", "true"),)), names)
    assert len(official.requests) == len(names["replies"]) == 5


def test_the_magic_prints_and_does_not_send(run, folder):
    done = run("%deepgram listen one.wav --diarize --show-code -o call")
    assert (done.result, done.err) == (None, "")
    assert done.out == equivalents(*parsed("one.wav --diarize -o call"))
    assert [part.splitlines()[0] for part in done.out.split("\n\n# ")] == [
        "# Python, with dgnb",
        "curl",
        "Python, with the official SDK (deepgram-sdk)",
    ]
    assert run("call").error is not None


def test_what_dgnb_would_not_send_is_told():
    sources, arguments = parsed("one.wav --param utt_split=soon")
    assert "# not sent by this code: utt_split='soon'" in python(sources, arguments)
    assert "utt_split=soon" in curl(sources.items[0], arguments.extra)


def test_the_sdk_has_a_keyword_for_all_other_parameters():
    media = deepgram.DeepgramClient(api_key="key").listen.v1.media
    for method in (media.transcribe_file, media.transcribe_url):
        assert rows(ListenSubmitOptions).keys() - inspect.signature(method).parameters.keys() == SDK_LACKS
