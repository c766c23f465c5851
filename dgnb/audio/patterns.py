"""Patterns such as ``calls/*.wav`` as the files that match them."""

from __future__ import annotations

import glob
import os
from collections import Counter
from pathlib import Path

from dgnb.errors import AudioError
from dgnb.protocol.options import nearest


def is_pattern(text: str) -> bool:
    """Return whether a text is a pattern of paths, and not the name of a file, or a URL.

    Examples
    --------
    >>> is_pattern("calls/*.wav"), is_pattern("call.wav"), is_pattern("https://example.org/?a=*")
    (True, False, False)
    """
    return glob.has_magic(text) and "://" not in text and not os.path.lexists(os.path.expanduser(text))


def matching(pattern: str) -> list[str]:
    """Return the files that match a pattern, sorted: their order in a folder differs between machines.

    Raises
    ------
    AudioError
        There is none; the message tells what there is.
    """
    found = glob.glob(os.path.expanduser(pattern), recursive=True)
    paths = sorted(path for path in found if os.path.isfile(path))
    if not paths:
        raise AudioError(_no_match(pattern))
    return paths


def _no_match(pattern: str) -> str:
    folder = Path(*_before_magic(Path(os.path.expanduser(pattern)).parts))
    if not folder.is_dir():
        near = (
            nearest(folder.name, (item.name for item in folder.parent.iterdir()))
            if folder.parent.is_dir()
            else ""
        )
        return f"No file matches '{pattern}': there is no folder '{folder}'.{near}"
    kinds = Counter(item.suffix or item.name for item in folder.iterdir() if item.is_file())
    held = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(4)) or "no files"
    return f"No file matches '{pattern}': the folder '{folder.resolve()}' has {held}."


def _before_magic(parts: tuple[str, ...]) -> list[str]:
    plain: list[str] = []
    for part in parts[:-1]:
        if glob.has_magic(part):
            break
        plain.append(part)
    return plain
