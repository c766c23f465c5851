import os
import shutil
import subprocess
from pathlib import Path

import pytest


def test_the_widgets_pure_functions_do_what_they_should() -> None:
    node = shutil.which("node")
    if node is None and "CI" not in os.environ:
        pytest.skip("no Node.js on this machine; install it to run the tests of the widgets' JavaScript")
    assert node is not None, "CI has no Node.js"
    tests = sorted(map(str, Path(__file__).parent.glob("*.test.mjs")))
    done = subprocess.run([node, "--test", *tests], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout[-8000:]
