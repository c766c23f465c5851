"""The magics in a real kernel, spoken to as JupyterLab does."""

import os
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from nbclient.exceptions import CellExecutionError

from tests import kernels
from tests.servers import Answer, Server

pytest.importorskip("ipykernel")

WAIT = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kernel")
    for name in ("one.wav", "two words.wav"):
        with wave.open(str(folder / name), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(1600))
    return folder


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEEPGRAM_")}
    root = str(Path(__file__).parents[2])
    return kept | {
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "PYTHONPATH": os.pathsep.join(filter(None, [root, kept.get("PYTHONPATH")])),
        "IPYTHONDIR": str(folder / ".ipython"),
    }


@pytest.fixture(scope="module")
def kernel(place: Path) -> Iterator[BlockingKernelClient]:
    with kernels.running(environment(place), place) as client:
        Cell(client, "%load_ext dgnb\nimport os\nrecording = open('one.wav', 'rb').read()")
        yield client


class Cell:
    """What came back for a cell."""

    def __init__(self, client: BlockingKernelClient, code: str, **options: Any) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []
        reply = client.execute_interactive(code, timeout=WAIT, output_hook=self._keep, **options)
        self.reply: dict[str, Any] = reply["content"]

    def _keep(self, message: dict[str, Any]) -> None:
        self.messages.append((message["msg_type"], message["content"]))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [content for each, content in self.messages if each == kind]

    @property
    def text(self) -> str:
        return "".join(content["text"] for content in self.of("stream"))


def completed(client: BlockingKernelClient, marked: str) -> list[str]:
    """The cell after each completion is made at ``|``, as a front end makes it."""
    before, _, after = marked.partition("|")
    reply = client.complete(before + after, len(before), reply=True, timeout=WAIT)["content"]
    code, start, end = before + after, reply["cursor_start"], reply["cursor_end"]
    assert reply["status"] == "ok"
    assert end == len(before)
    return [code[:start] + match + code[end:] for match in reply["matches"]]


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        pytest.param("%deepgram li|", ["%deepgram listen"], id="verb"),
        pytest.param("%%deepgram li|", ["%%deepgram listen"], id="verb of a cell"),
        pytest.param("x = %deepgram listen --smart|", ["x = %deepgram listen --smart-format"], id="flag"),
        pytest.param(
            "%%deepgram listen --smart|\none.wav",
            ["%%deepgram listen --smart-format\none.wav"],
            id="flag of a cell",
        ),
        pytest.param(
            "x << %%deepgram listen --model nova-3-m|",
            ["x << %%deepgram listen --model nova-3-medical"],
            id="value",
        ),
        pytest.param("%deepgram listen --callback-method=P|", None, id="choices"),
        pytest.param("%deepgram listen tw|", [r"%deepgram listen two\ words.wav"], id="file"),
        pytest.param("%%deepgram listen\ntwo w|", ["%%deepgram listen\ntwo words.wav"], id="file in a cell"),
        pytest.param("%deepgram listen $rec|", ["%deepgram listen $recording"], id="variable"),
        pytest.param(
            "%%deepgram listen\n\n{rec|",
            ["%%deepgram listen\n\n{recording"],
            id="expression in a cell",
        ),
        pytest.param(
            "y = 'é🎧'\n%deepgram listen on| --diarize",
            ["y = 'é🎧'\n%deepgram listen one.wav --diarize"],
            id="in the middle, behind other alphabets",
        ),
    ],
)
def test_completions_fall_into_place(kernel, cell, made):
    if made is None:
        made = [cell.replace("P|", value) for value in ("POST", "PUT")]
    assert completed(kernel, cell) == made


def test_a_completion_tells_its_kind(kernel):
    reply = kernel.complete("%deepgram listen --smart", 24, reply=True, timeout=WAIT)["content"]
    kinds = reply["metadata"]["_jupyter_types_experimental"]
    assert [(each["text"], each["type"]) for each in kinds] == [("--smart-format", "param")]


def test_a_result_is_shown(kernel):
    cell = Cell(kernel, "call << %%deepgram listen --model nova-3\none.wav")
    data = cell.of("execute_result")[0]["data"]
    assert cell.reply["status"] == "ok"
    assert data["text/plain"].startswith("Transcript 0.1 s")
    assert "text/html" in data


def test_the_sandbox_is_told_of_once_in_one_line(kernel):
    cell = Cell(kernel, "%reload_ext dgnb\nfor _ in range(2):\n    %deepgram listen one.wav")
    assert [line[:28] for line in cell.text.splitlines()] == ["dgnb: no Deepgram key found,"]


def test_login_asks_for_the_key_hidden_and_shows_it_nowhere(kernel):
    secret, asked = "dg-5ecret-4f9a", []

    def answer(message):
        asked.append(message["content"])
        kernel.input(secret)

    projects = b'{"projects": [{"project_id": "p", "name": "Mine"}]}'
    with Server(Answer(body=projects)) as server:
        line = f"%deepgram login --base-url {server.url}"
        cell = Cell(kernel, line, allow_stdin=True, stdin_hook=answer)
        status = Cell(kernel, "%deepgram status")
        history = Cell(kernel, "print(In, Out)\n%deepgram logout")
    assert [each["password"] for each in asked] == [True]
    assert "takes the key. Projects: Mine." in cell.text
    assert server.requests[0].headers["authorization"] == f"Token {secret}"
    assert secret not in f"{cell.messages}{status.messages}{history.messages}"


def test_login_says_what_to_do_where_nothing_can_be_asked(kernel):
    cell = Cell(kernel, "%deepgram login", allow_stdin=False)
    assert cell.reply["ename"] == "CredentialError"
    assert "DEEPGRAM_API_KEY" in cell.reply["evalue"]


def test_speech_plays_in_its_output(kernel):
    data = Cell(kernel, "%%deepgram speak\nGood morning.").of("execute_result")[0]["data"]
    assert "<audio" in data["text/html"]


def test_several_results_are_a_table(kernel):
    cell = Cell(kernel, "%%deepgram listen -o calls\n*.wav\n$recording")
    assert "<table" in cell.of("execute_result")[0]["data"]["text/html"]
    assert Cell(kernel, "len(calls)").of("execute_result")[0]["data"]["text/plain"] == "3"


def test_an_error_is_one_line_and_an_error_of_the_cell(kernel):
    cell = Cell(kernel, "%deepgram listen one.wav --diarise")
    line = "listen has no option --diarise. Did you mean '--diarize'?"
    assert (cell.reply["status"], cell.reply["ename"], cell.reply["evalue"]) == ("error", "OptionError", line)
    assert cell.of("error")[0]["traceback"] == [f"OptionError: {line}"]
    assert cell.text == ""


def test_sources_that_fail_are_told_on_stderr(kernel):
    cell = Cell(kernel, "%%deepgram listen\none.wav\nnowhere.wav\n*.wav")
    assert cell.reply["status"] == "ok"
    assert "nowhere.wav: AudioError: There is no file 'nowhere.wav'." in cell.text
    assert len(cell.of("execute_result")) == 1


def test_help_is_printed_and_inspected(kernel):
    assert "--[no-]diarize" in Cell(kernel, "%deepgram help listen").text
    page = Cell(kernel, "%deepgram?").reply["payload"][0]["data"]["text/plain"]
    inspected = kernel.inspect("%deepgram", 9, reply=True, timeout=WAIT)["content"]
    assert "--[no-]diarize" in page
    assert inspected["found"]
    assert "--[no-]diarize" in inspected["data"]["text/plain"]


def test_run_all_stops_at_an_error(place):
    cells = ["%load_ext dgnb", "%%deepgram listen\nnowhere.wav", "after = 1"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with pytest.raises(CellExecutionError, match=r"AudioError: There is no file 'nowhere.wav'"):
        kernels.execute(notebook, environment(place), place)
    assert notebook.cells[2].execution_count is None
