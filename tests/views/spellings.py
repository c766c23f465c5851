"""Texts whose words can be written in more than one way."""

from __future__ import annotations

from hypothesis import strategies as st

_KNOWN = (
    "it's",
    "$5",
    "million",
    "five",
    "dollars",
    "um",
    "Well,",
    "well",
    "twenty",
    "25",
    "no",
    "yes",
    "U.S.",
)


def spellings(*more: str) -> st.SearchStrategy[list[str]]:
    """Return lists of such words, and of others."""
    return st.lists(st.sampled_from([*_KNOWN, *more]))
