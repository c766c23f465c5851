"""Words and the marks around them."""

from __future__ import annotations

OPENING = "\"'({<\u201c\u2018"
CLOSING = ".,!?;:\"')}>\u201d\u2019\u2026\n"


def bare(text: str) -> str:
    """Word without the punctuation around it, in lower case.

    Parameters
    ----------
    text : str
        A word as it is written. Square brackets and signs such as ``$`` and ``%`` are part of it, and what
        is in square brackets keeps its capitals.

    Returns
    -------
    str
        `text` itself when it is nothing but punctuation.

    Examples
    --------
    >>> [bare(text) for text in ('"Well,', "O'Neill's", "$20.50.", "[NUMBER_1],", "--")]
    ['well', "o'neill's", '$20.50', '[NUMBER_1]', '--']
    """
    inner = text.lstrip(OPENING).rstrip(CLOSING) or text
    return inner if inner.startswith("[") else inner.lower().replace("\u2019", "'")
