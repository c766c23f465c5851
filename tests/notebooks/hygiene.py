"""Notebooks without anything that changes from run to run.

``python -m tests.notebooks.hygiene [FILE ...]`` rewrites them in place and
ends with status 1 when it had to, as a pre-commit hook does.
"""

import sys
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebooks() -> list[Path]:
    """The tutorial notebooks in their order."""
    return sorted(FOLDER.glob("*.ipynb"))


def clean(notebook: Any) -> str:
    """The notebook's text with stable ids and counts, and no times, versions or widget state."""
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for index, cell in enumerate(notebook.cells, 1):
        cell.id, cell.metadata = f"cell-{index}", nbformat.from_dict({})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                _clean_output(output, count)
    return nbformat.writes(notebook) + "\n"


def _clean_output(output: Any, count: int) -> None:
    if output.output_type == "execute_result":
        output.execution_count = count
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})


def main(paths: list[str]) -> int:
    """Clean the named notebooks, or all, and return how many were changed, at most 1."""
    changed = 0
    for path in map(Path, paths) if paths else notebooks():
        text = path.read_text(encoding="utf-8")
        better = clean(nbformat.reads(text, as_version=4))
        if better.strip() != text.strip():
            path.write_text(better, encoding="utf-8")
            changed = 1
    return changed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
