"""Errors of the libraries below, without what must not be seen."""

from __future__ import annotations

from typing import TypeVar

E = TypeVar("E", bound=BaseException)


def bare(error: E) -> E:
    """Return an error whose own frames, and its causes', are gone: those hold the credential."""
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
