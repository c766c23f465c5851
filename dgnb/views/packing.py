"""Words as columns of bytes, for a page: a tenth of what they take as JSON."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dgnb.results import Transcript
from dgnb.views import frames
from dgnb.views.columns import columns
from dgnb.views.stretches import Stretch, times

UNKNOWN = 255
"""A confidence that is not known."""

SCALE = 200
"""What a confidence of 1 becomes: 0.5, 0.7 and 0.9 are whole numbers, so that "below" is exact."""

Spans = dict[str, list[tuple[int, int]]]


def packed(transcript: Transcript, shown: list[Stretch]) -> dict[str, Any]:
    """Return the words of paragraphs, in their order, as a page takes them.

    Times are milliseconds, lengths are JavaScript's (UTF-16). `starts` are differences to the word
    before, the lowest bit is the sign.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> packed(Transcript(), [])["sentiments"]
    {}
    """
    found, (start, end) = columns(transcript), times(transcript)
    order = rows(shown)
    begins = np.round(start[order] * 1000).astype(np.int64)
    ends = np.round(end[order] * 1000).astype(np.int64)
    step = np.diff(begins, prepend=0)
    sure = np.floor(found.confidence[order].clip(0, 1) * SCALE)
    return {
        "starts": text(varints(np.where(step < 0, -2 * step - 1, 2 * step))),
        "lengths": text(varints(ends - begins)),
        "letters": text(varints(np.array([_letters(word) for word in found.text[order]], np.int64))),
        "confidences": text(np.nan_to_num(sure, nan=UNKNOWN).astype(np.uint8).tobytes()),
        "paragraphs": [(each.voice, len(each.rows), len(each.gap)) for each in shown],
        "sentiments": _sentiments(transcript, order),
        "topics": _named(frames.topics(transcript), "topic", order),
    }


def rows(shown: list[Stretch]) -> NDArray[np.intp]:
    """Return the row of each word of the paragraphs, in their order.

    Examples
    --------
    >>> rows([Stretch(0, range(2, 4), ""), Stretch(1, range(0, 2), "")]).tolist()
    [2, 3, 0, 1]
    """
    empty = np.empty(0, np.intp)
    return np.concatenate([empty, *(np.arange(each.rows.start, each.rows.stop) for each in shown)])


def varints(values: NDArray[np.int64]) -> bytes:
    r"""Return whole numbers from 0 on in seven bits a byte, the lowest first; the eighth says that more come.

    Examples
    --------
    >>> varints(np.array([1, 300]))
    b'\x01\xac\x02'
    """
    bits = 7 * np.arange(1, 9)
    size = 1 + (values[:, None] >> bits > 0).sum(axis=1)
    at = np.cumsum(size) - size
    out = np.zeros(int(size.sum()), np.uint8)
    for byte in range(int(size.max(initial=0))):
        here = size > byte
        more = np.where(size[here] > byte + 1, 128, 0)
        out[at[here] + byte] = (values[here] >> 7 * byte & 127) | more
    return out.tobytes()


def text(data: bytes) -> str:
    """Return bytes as base64."""
    return b64encode(data).decode()


def _letters(word: str) -> int:
    return len(word) if word.isascii() else len(word.encode("utf-16-le", "surrogatepass")) // 2


def _sentiments(transcript: Transcript, order: NDArray[np.intp]) -> Spans:
    """Give where each sentiment is: in the segments, or else as the words themselves say."""
    segments = frames.sentiments(transcript)
    if not segments.empty:
        return _named(segments, "sentiment", order)
    said = columns(transcript).sentiment[order]
    labels = sorted({label for label in said if label is not None})
    return {label: _runs(np.flatnonzero(said == label)) for label in labels}


def _named(table: Any, name: str, order: NDArray[np.intp]) -> Spans:
    """Give the spans of a table by their name, as places in the order."""
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    found: dict[str, list[NDArray[np.intp]]] = {}
    for label, first, last in table[[name, "start_word", "end_word"]].itertuples(index=False):
        found.setdefault(label, []).append(place[max(first, 0) : max(last + 1, 0)])
    return {label: _runs(np.unique(np.concatenate(parts))) for label, parts in sorted(found.items())}


def _runs(places: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Give first and last of places that follow each other.

    Examples
    --------
    >>> _runs(np.array([1, 2, 4]))
    [(1, 2), (4, 4)]
    """
    if not places.size:
        return []
    apart = np.flatnonzero(np.diff(places) > 1)
    firsts = places[np.concatenate([[0], apart + 1])].tolist()
    lasts = places[np.concatenate([apart, [-1]])].tolist()
    return list(zip(firsts, lasts, strict=True))
