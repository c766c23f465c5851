"""Errors as one line each, without a traceback."""

from __future__ import annotations

from dgnb.lazy import load


def line(error: BaseException) -> str:
    r"""Return an error's class and message in one line.

    Examples
    --------
    >>> line(ValueError("There is no file.\nLook again."))
    'ValueError: There is no file. Look again.'
    """
    text: str = load("dgnb.views.text:clean")(" ".join(str(error).split()))
    return f"{type(error).__name__}: {text}"


def brief(error: Exception) -> None:
    """Let IPython show an error as one line.

    It stays what it is, so that ``except AudioError`` around a magic works and a cell that
    raises it stops "Run All"; a ``UsageError`` would lose the class, and kernels print it
    as ordinary text.
    """
    # IPython asks an exception how it wants to be shown: the hook that ipyparallel uses.
    error._render_traceback_ = lambda: [line(error)]  # type: ignore[attr-defined]
