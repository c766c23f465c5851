import pytest
from hypothesis import given
from hypothesis import strategies as st

from dgnb.sandbox.phrases import LONGEST, Phrases


@pytest.mark.parametrize(
    ("text", "sentences", "rest"),
    [
        pytest.param("One. Two", ["One. "], "Two", id="full-stop"),
        pytest.param("One.", [], "One.", id="may-go-on"),
        pytest.param("Pi is 3.14 or so", [], "Pi is 3.14 or so", id="decimal"),
        pytest.param("Dr. J. Who? Yes! ", ["Dr. J. Who? ", "Yes! "], "", id="shortened"),
        pytest.param('"Stop!" he said. Now', ['"Stop!" ', "he said. "], "Now", id="quotes"),
        pytest.param("Title\n\nText", ["Title\n\n"], "Text", id="paragraph"),
        pytest.param("はい。いいえ。", ["はい。", "いいえ。"], "", id="japanese"),
        pytest.param(
            'A \\{"word": "b. C", "pronounce": "d. e"\\}. F',
            ['A \\{"word": "b. C", "pronounce": "d. e"\\}. '],
            "F",
            id="control",
        ),
        pytest.param('A \\{"word": "b. C', [], 'A \\{"word": "b. C', id="open-control"),
    ],
)
def test_text_is_cut_at_sentence_ends(text: str, sentences: list[str], rest: str) -> None:
    phrases = Phrases()
    assert phrases.add(text) == sentences
    assert phrases.waiting == rest
    assert bool(phrases) == bool(rest)
    assert phrases.rest() == rest


def test_a_long_sentence_is_cut_between_words() -> None:
    phrases = Phrases()
    found = phrases.add("some words " * 100)
    assert found
    assert all(len(part) <= LONGEST and part.endswith(" ") for part in found)


@given(st.lists(st.text(alphabet='ab .!?\n\\{}"', max_size=300), max_size=12))
def test_nothing_is_lost_or_added(pieces: list[str]) -> None:
    phrases = Phrases()
    found = [sentence for piece in pieces for sentence in phrases.add(piece)]
    assert "".join([*found, phrases.rest()]) == "".join(pieces)
    assert all(found)
