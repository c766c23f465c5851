"""``python -m tests.notebooks.refresh``: runs every notebook on the sandbox and stores its outputs."""

from tests.notebooks.execution import execute
from tests.notebooks.hygiene import clean, notebooks


def main() -> None:
    """Execute and store all notebooks."""
    for path in notebooks():
        path.write_text(clean(execute(path)), encoding="utf-8")


if __name__ == "__main__":
    main()
