"""``task binder``: the environment of ``binder/`` is built in an empty one, and JupyterLab starts in it.

What it prints are the times of its three steps [s].
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from time import monotonic

from tests.browser.lab import lab
from tests.packaging.environments import ROOT, run, uv

PYTHON = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip().replace("-", "")


def install(folder: Path) -> str:
    """Install what Binder does, in the root of the repository, and return the environment's Python."""
    uv("venv", "-q", "--seed", "--python", sys.argv[1] if sys.argv[1:] else PYTHON, str(folder))
    python = str(folder / "bin" / "python")
    run(python, "-m", "pip", "install", "-q", "-r", "binder/requirements.txt")
    return python


def prepare(python: str) -> None:
    """Run what follows the installation."""
    path = f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([ROOT / "binder" / "postBuild"], cwd=ROOT, env={**os.environ, "PATH": path}, check=True)


def main() -> None:
    """Build, prepare, start."""
    with tempfile.TemporaryDirectory() as name:
        home, times = Path(name, "home"), [monotonic()]
        home.mkdir()
        python = install(Path(name, "venv"))
        times.append(monotonic())
        prepare(python)
        times.append(monotonic())
        with lab(ROOT / "notebooks", home, python=[str(ROOT / "binder" / "start"), python]):
            times.append(monotonic())
        steps = [f"{later - earlier:.1f}" for earlier, later in pairwise(times)]
        version = run(python, "--version").strip()
        sys.stdout.write(f"{version}: install {steps[0]}, postBuild {steps[1]}, start {steps[2]}\n")


if __name__ == "__main__":
    main()
