import json
import shlex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from dgnb import Deepgram
from dgnb.magics.actions import Action
from dgnb.magics.snippets import SDK
from dgnb.magics.verbs import VERBS
from dgnb.results import Reading, Speech
from tests.magics.test_code import Recorder
from tests.servers import Answer, Server

# raised when the official SDK is loaded
pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

deepgram = pytest.importorskip("deepgram")

PROJECTS = {"projects": [{"project_id": "p-1", "name": "Mine"}]}
WORDS = {
    "keys.create": "'for the lesson' member usage:write --tags a --time-to-live-in-seconds 60",
    "projects.rename": "p-1 'Ümlaut & Co'",
    "members.set_scope": "m-1 admin",
    "invites.create": "a@example.org member",
    "invites.delete": "a@example.org",
    "agents.create": '\'{"greeting": "Hi."}\' --metadata \'{"team": "North"}\'',
    "agents.update": 'a-1 \'{"team": "North"}\'',
    "variables.create": "DG_NAME 'it is \"so\"'",
    "variables.update": "v-1 '[1, null]'",
    "auth.grant": "60",
    "selfhosted.create": "lesson --scopes self-hosted:products --provider quay",
    "usage": "--start 2026-01-01 --endpoint listen --diarize",
    "usage.breakdown": "--grouping models --param new=1",
    "billing": "--grouping accessor --grouping tags",
    "requests": "--limit 5 --status failed",
    "models": "--include-outdated",
    "keys": "--status active",
    "billing.purchases": "--limit 5",
}
ASKED = [name for name, verb in VERBS.items() if isinstance(verb.run, Action) and name == verb.run.path]
IDS = {
    name: " ".join("x-1" for each in VERBS[name].run.parameters if each.default is each.empty)
    for name in ASKED
}
LINES = [
    *(pytest.param(f"{name} {WORDS.get(name, IDS[name])}", id=name) for name in ASKED),
    pytest.param("models p-1", id="models of a project"),
    pytest.param("models.get m-1 p-1", id="model of a project"),
    pytest.param("keys --project-id p-2", id="another project"),
    pytest.param("read I love this place. --sentiment --tag a", id="read"),
    pytest.param("read https://example.org/a.txt --topics --custom-topic a --custom-topic b", id="read URL"),
    pytest.param("speak It\\'s fine. --encoding linear16 --sample-rate 16000 --mip-opt-out", id="speak"),
    pytest.param("speak Hello. --model flux-alexis-en --speed 1.1 --expressivity 1", id="speak with Flux"),
    pytest.param("speak Hello. --callback https://example.org/ --tag a --tag b", id="speak elsewhere"),
]


class Official(Recorder):
    """Keeps what the official SDK sends, and names the project."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        super().answer(request)
        body = PROJECTS if request.url.path == "/v1/projects" else {}
        return httpx.Response(200, json=body)


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Official:
    recorder, original = Official(), deepgram.DeepgramClient
    http = httpx.Client(transport=recorder)
    monkeypatch.setattr(deepgram, "DeepgramClient", lambda: original(api_key="key", httpx_client=http))
    return recorder


def printed(run: Any, line: str) -> list[str]:
    """The three programs that a magic prints."""
    done = run(f"%deepgram {line} --show-code")
    assert (done.error, done.result, done.noticed) == (None, None, False)
    heads = ("# Python, with dgnb\n", "# curl\n", "# Python, with the official SDK (deepgram-sdk)\n")
    rest = done.out
    programs = []
    for head in reversed(heads):
        rest, _, program = rest.rpartition(head)
        programs.insert(0, program)
    assert rest == ""
    return programs


def sent(run: Any, line: str) -> tuple[str, str, list[tuple[str, str]], Any]:
    """What the magic itself sends: method, path, query and JSON."""
    with Server(Answer(body=json.dumps(PROJECTS).encode())) as server:
        session = run("get_ipython().magics_manager.registry['DeepgramMagics'].session").result
        session.take(Deepgram("key", base_url=server.url, retries=0))
        run(f"%deepgram {line}")
        session.leave()
    last = server.requests[-1]
    return last.method, last.path, sorted(last.query), json.loads(last.body) if last.body else None


@pytest.mark.parametrize("line", LINES)
def test_the_official_sdk_sends_the_same(run, official, line):
    method, path, query, body = sent(run, line)
    exec(printed(run, line)[2], {})
    last = official.requests[-1]
    assert (last.method, last.url.raw_path.decode().partition("?")[0]) == (method, path)
    assert sorted(last.url.params.multi_items()) == query
    assert (json.loads(last.read()) if last.read() else None) == body


@pytest.mark.parametrize("line", LINES)
def test_curl_sends_the_same(run, line):
    method, path, query, body = sent(run, line)
    command = printed(run, line)[1].replace("$PROJECT_ID", "p-1").replace("\\\n", " ")
    words = shlex.split(command, comments=True)
    url = urlsplit(words[3])
    assert words[:3] == ["curl", "-X", method]
    assert f"{url.scheme}://{url.netloc}" in ("https://api.deepgram.com", "https://agent.deepgram.com")
    assert url.path == path
    assert sorted(parse_qsl(url.query, keep_blank_values=True)) == query
    assert "Authorization: Token $DEEPGRAM_API_KEY" in words
    assert (json.loads(words[words.index("-d") + 1]) if "-d" in words else None) == body


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param("keys -f df", "Keys", id="list"),
        pytest.param("keys.create lesson member -o made", "CreatedKey", id="key"),
        pytest.param("usage breakdown --grouping models -f json", "UsageBreakdown", id="breakdown"),
        pytest.param("voices -f text", "Voices", id="voices"),
        pytest.param("speak Hello. --model aura-2-zeus-en", "Speech", id="speak"),
        pytest.param("read I love it. --sentiment -f text", "Reading", id="read"),
    ],
)
def test_the_printed_python_runs(run, line, kind):
    names: dict[str, Any] = {}
    exec(printed(run, line)[0].replace("Deepgram()", "Deepgram(sandbox=True)"), names)
    result = next(each for name, each in names.items() if name in ("result", "made", "speech", "reading"))
    assert type(result).__name__ == kind
    names["dg"].close()


def test_a_variable_stays_a_variable(run):
    run("text = 'I love it.'")
    for verb, kind in (("speak", Speech), ("read", Reading)):
        program = printed(run, f"{verb} $text")[0]
        assert f"dg.{verb}(text)" in program
        names: dict[str, Any] = {"text": "I love it."}
        exec(program.replace("Deepgram()", "Deepgram(sandbox=True)"), names)
        assert isinstance(names["speech" if verb == "speak" else "reading"], kind)
        names["dg"].close()


def test_a_long_text_is_sent_in_parts(run, official):
    run("text = 'This is a sentence. ' * 150")
    programs = printed(run, "speak $text --encoding linear16")
    assert programs[1].count("curl -X POST") == 2
    assert "-o speech1.wav" in programs[1]
    exec(programs[2], {})
    assert len(official.requests) == 2


def test_what_would_be_refused_is_refused(run):
    assert "is not a voice" in run("%deepgram speak Hello. --model thalia --show-code").out
    assert "needs KEY_ID" in run("%deepgram keys.delete --show-code").out


def test_every_operation_has_its_method_in_the_sdk():
    assert set(ASKED) == set(SDK)
