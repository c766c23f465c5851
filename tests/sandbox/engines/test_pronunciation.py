import random
from pathlib import Path

import jiwer
import pytest
from pocketsphinx import get_model_path

from dgnb.sandbox.engines.pronunciation import pronounce


@pytest.fixture(scope="module")
def dictionary() -> dict[str, str]:
    lines = Path(get_model_path("en-us/cmudict-en-us.dict")).read_text("utf-8").splitlines()
    return {word: phones for word, _, phones in (line.partition(" ") for line in lines) if "(" not in word}


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("Train", "T R EY N"),
        ("deepgram", "D IY P G R AE M"),
        ("keyterms", "K IY T ER M Z"),
        ("Jupyter", "JH UW P IH T ER"),
        ("JWT", "JH EY D AH B AH L Y UW T IY"),
        ("nova-3", "N OW V AH TH R IY"),
        ("7", "S EH V AH N"),
        ("Čapek", "K AE P IH K"),
        ("&", ""),
        ("", ""),
        ("'", ""),
    ],
    ids=repr,
)
def test_a_word_is_pronounced(dictionary: dict[str, str], word: str, phones: str) -> None:
    assert pronounce(word, dictionary.get) == phones


def test_rules_alone_get_three_phones_in_four_of_the_dictionary(dictionary: dict[str, str]) -> None:
    words = [word for word in dictionary if word.isalpha() and len(word) > 3]
    sample = random.Random(0).sample(words, 500)
    right, read = [dictionary[word] for word in sample], [pronounce(word, {}.get) for word in sample]
    assert jiwer.wer(right, read) < 0.25


def test_every_phone_is_one_of_the_dictionary(dictionary: dict[str, str]) -> None:
    known = {phone for phones in dictionary.values() for phone in phones.split()}
    words = [
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "xylophone",
        "rhythm",
        "psychology",
        "bureau",
        "queue",
        "knight",
    ]
    assert {phone for word in words for phone in pronounce(word, {}.get).split()} <= known
