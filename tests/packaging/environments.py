"""Virtual environments, made with uv: it is quick, and can ask for the lowest versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str, folder: Path = ROOT) -> str:
    """Run a command and return what it prints; its own words are the message when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def uv(*words: str) -> str:
    """Run uv and return what it prints."""
    return run(sys.executable, "-m", "uv", *words)


def environment(folder: Path, python: str = sys.executable) -> str:
    """Make an empty environment, and return its Python."""
    uv("venv", "-q", "--python", python, str(folder))
    return str(folder / "bin" / "python")
