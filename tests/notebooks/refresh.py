"""``python -m tests.notebooks.refresh [FILE ...]``: runs notebooks and stores what they show."""

import sys
from pathlib import Path

from tests.notebooks.execution import execute
from tests.notebooks.hygiene import clean, notebooks


def main(paths: list[str]) -> None:
    """Execute and store the named notebooks, or all."""
    for path in map(Path, paths) if paths else notebooks():
        path.write_text(clean(execute(path)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
