"""Transcripts of any kind, made by hypothesis."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import strategies as st

from dgnb.results import Transcript

Words = list[dict[str, Any]]

HOSTILE = [
    "Tom&Jerry", "<b>", "</v>", "<v", "&amp;", "-->", "{\\an8}", "a<b>c", "😀", "👨‍👩‍👧‍👦", "👍🏽", "é̂̃",
    "שלום", "مرحبا،", "字幕在这里。", "日本語のテキスト", "กำลัง",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    "2024", "7", "New York", "NOTE", "WEBVTT", "STYLE", "x" * 100, "\\N", "well,", "Yes.", "and", "so",
]  # fmt: skip

texts = st.sampled_from(HOSTILE) | st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=12
)


courses = st.sampled_from(
    list(product([0.0, 0.05, 0.2, 0.4, 1.5, 9.0], [-0.1, 0.0, 0.0, 0.05, 0.5, 2.0], [None, 0, 0, 1]))
)
"""How long a word lasts, how long after it the next one begins [s], and who says it: one draw is quick."""

spoken_words = st.tuples(texts.filter(str.strip), courses)


@st.composite
def channels(draw: Any, most: int = 14) -> Words:
    """Words of a channel in the order of time: quick and slow ones, pauses, hours, words without a length."""
    at = draw(st.sampled_from([0.0, 0.0, 3599.9, 25 * 3600.0, 98 * 3600.0]))
    words = []
    for text, (length, pause, speaker) in draw(st.lists(spoken_words, max_size=most)):
        end = at + length
        word = {"word": text.lower(), "punctuated_word": text, "start": round(at, 3), "end": round(end, 3)}
        words.append(word | {"confidence": 0.9, "speaker": speaker})
        at = max(at, end + pause)
    return words


@st.composite
def transcripts(draw: Any, most: int = 14) -> Transcript:
    """A reply with one channel or two."""
    spoken = draw(st.lists(channels(most), min_size=1, max_size=2))
    found = [
        {
            "alternatives": [
                {"transcript": " ".join(word["punctuated_word"] for word in words), "words": words}
            ]
        }
        for words in spoken
    ]
    return Transcript.from_json({"results": {"channels": found}})
