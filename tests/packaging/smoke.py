"""``task wheel``: the wheel is built and installed in an empty environment, where it does its work.

It is run from another folder, so that nothing but the wheel is found. With ``--python`` it is
another Python: ``python -m tests.packaging.smoke --python python3.13``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.packaging.environments import ROOT, environment, run, uv

WORK = """
import sys, warnings
from importlib.metadata import version
from pathlib import Path
import dgnb
from dgnb import Deepgram
from dgnb.widgets import Captions

home = Path(dgnb.__file__).parent
assert home.is_relative_to(sys.prefix), home
assert dgnb.__version__ == version("dgnb")
assert (home / "py.typed").is_file()
assert Captions._esm and Captions._css
with Deepgram(sandbox=True) as dg:
    call = dg.listen("interview.mp3", model="nova-3", diarize=True)
    heard = set(call.text.lower().replace(",", "").split())
    assert {"today", "package", "wonderful"} <= heard, call.text
    assert len(call.words) and call.plot.timeline() and "<audio" in call.player()._repr_html_()
    assert dg.speak("Hello.").duration > 0.2
print(dgnb.__version__, sys.version.split()[0], call.duration)
"""


def build(folder: Path) -> list[Path]:
    """Build the wheel and the source distribution, and return both."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT))
    return [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]


def use(package: Path, folder: Path, python: str = sys.executable) -> str:
    """Install a wheel with the sandbox in an empty environment, work with it, and return what it says."""
    own = environment(folder / "venv", python)
    uv("pip", "install", "-q", "--python", own, f"{package}[sandbox]")
    shutil.copy(ROOT / "notebooks" / "audio" / "interview.mp3", folder)
    return run(own, "-I", "-W", "error", "-c", WORK, folder=folder)


def main() -> None:
    """Build it and use it; the last line is the version, Python's, and how much was heard [s]."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", default=sys.executable)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, _ = build(folder)
        sys.stdout.write(use(wheel, folder, parser.parse_args().python))


if __name__ == "__main__":
    main()
