from itertools import pairwise

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.recognition import transcribe
from dgnb.sandbox.engines.search import search


def heard(text: str) -> list[Word]:
    """Words of half a second each."""
    return [
        Word(word=word, start=number / 2, end=(number + 1) / 2, confidence=0.8)
        for number, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("text", "term", "snippets"),
    [
        ("the train to the north leaves at nine", "train", ["train"]),
        ("the train to the north leaves at nine", "Train To The North", ["train to the north"]),
        ("we used deep gram for the calls", "Deepgram", ["deep gram"]),
        ("do you know the answer", "no", ["know"]),
        ("a cat sat there and the cat slept", "cat", ["cat", "cat"]),
        ("call the doctors office", "doctor's office", ["doctors office"]),
        ("the train to the north leaves at nine", "airport", []),
        ("was it that or the hat", "cat", []),
        ("something", "", []),
        ("", "train", []),
    ],
    ids=[
        "word",
        "phrase",
        "compound",
        "sound",
        "twice",
        "apostrophe",
        "absent",
        "unlike",
        "no term",
        "no words",
    ],
)
def test_a_term_is_found_where_it_sounds_so(text: str, term: str, snippets: list[str]) -> None:
    assert [hit.snippet for hit in search(heard(text), term)] == snippets


def test_a_hit_has_the_times_of_its_words() -> None:
    (hit,) = search(heard("we used deep gram for the calls"), "deepgram")
    assert (hit.start, hit.end) == (1.0, 2.0)


def test_an_exact_hit_is_as_sure_as_its_words_and_comes_first() -> None:
    sounding, exact = search(heard("do you know or no"), "no")[::-1]
    assert (exact.snippet, exact.confidence) == ("no", 0.8)
    assert sounding.confidence < exact.confidence


def test_hits_do_not_overlap() -> None:
    hits = sorted(search(heard("very very very good"), "very very"), key=lambda hit: hit.start)
    assert all(before.end <= after.start for before, after in pairwise(hits))


def test_a_term_is_found_in_recognised_speech(recogniser, say) -> None:
    words = transcribe(recogniser, say("My sister plays the piano in a small band."))
    (hit,) = search(words, "piano")
    assert 0.8 < hit.start < hit.end < 2.0
    assert search(words, "violin") == []
