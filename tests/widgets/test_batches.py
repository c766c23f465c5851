"""How a batch shows itself in a real kernel."""

import nbformat
import pytest

from tests import kernels
from tests.magics.test_kernel import environment

pytest.importorskip("ipykernel")

CELLS = [
    """%load_ext dgnb
from dgnb import Deepgram
from tests.limited import limited
from tests.batch.second import second
service = limited(latency=0.05)
dg = Deepgram("key", base_url=service.__enter__())
get_ipython().magics_manager.registry["DeepgramMagics"].session.take(dg)
calls = [second(number) for number in range(12)] + [b""]""",
    "%%deepgram batch --concurrency 2 --no-cache -o running\n$calls",
    "running.wait(); None",
    "%deepgram batch $calls --no-cache --wait",
    "dg.batch(calls, cache=False).wait()",
]


def test_a_notebook_keeps_a_table_of_what_a_batch_came_to(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    kernels.execute(notebook, environment(tmp_path), tmp_path)
    live, _, waited, called = notebook.cells[1:]
    for cell in (live, waited, called):
        shown = [output["data"] for output in cell.outputs if "text/html" in output.get("data", {})]
        assert len(shown) == 1
        assert "<script" not in shown[0]["text/html"]
        assert "Batch" in shown[0]["text/html"]
    assert "<table>" in called.outputs[-1]["data"]["text/html"]
    (html,) = [output["data"]["text/html"] for output in waited.outputs if "data" in output]
    assert "ended" in html
    assert "13 files" in html
    assert "1 failed" in html
