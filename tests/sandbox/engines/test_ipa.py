# ruff: noqa: RUF001 - the phonetic alphabet
import pytest

from dgnb.sandbox.engines.ipa import phonemes, warnings
from dgnb.sandbox.engines.synthesis import synthesise


@pytest.mark.parametrize(
    ("ipa", "word"),
    [("həˈloʊ", "hello"), ("ˈwɪn", "win"), ("ˈsiːkwəl", "sequel"), ("t͡ʃˈɪp", "chip")],
)
def test_a_pronunciation_sounds_like_the_word_it_is_of(ipa: str, word: str) -> None:
    spelt = synthesise(f"Take [[{phonemes(ipa)}]] daily.", phonemes=True).samples
    read = synthesise(f"Take {word} daily.").samples
    assert abs(len(spelt) - len(read)) / len(read) < 0.03


def test_unknown_signs_are_left_out() -> None:
    assert phonemes("h5ə☃ˈloʊ") == phonemes("həˈloʊ")
    assert phonemes("55") == ""


WRONG = {
    "a digit": ("ˈwɪ1n", ["PRON-001"]),
    "length of a digit": ("ˈw1ːn", ["PRON-001", "PRON-002"]),
    "length first": ("ːwɪn", ["PRON-003"]),
    "tie after length": ("tː͡ʃɪp", ["PRON-004"]),
    "tie before stress": ("t͡ˈʃɪp", ["PRON-005"]),
    "tie last": ("ʃɪt͡", ["PRON-006"]),
    "tie first": ("͡ʃɪp", ["PRON-007"]),
    "stress last": ("wɪnˈ", ["PRON-009"]),
}


@pytest.mark.parametrize(("ipa", "codes"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_has_the_services_code(ipa: str, codes: list[str]) -> None:
    assert warnings(ipa, stress_anywhere=True) == codes


@pytest.mark.parametrize(
    "ipa", ["duːˈpɪljuːmæb", "æzəˈθaɪəpɹiːn", "ɛəɹˈmɛz", "ˈmɪstɚ", "ˌɪnfɚˈmeɪʃən", "ˈæp.əl"]
)
def test_the_services_own_examples_are_right(ipa: str) -> None:
    assert warnings(ipa, stress_anywhere=True) == []


def test_stress_before_a_consonant_is_wrong_for_aura_alone() -> None:
    assert warnings("duːˈpɪl", stress_anywhere=False) == ["PRON-008"]
    assert warnings("duːpˈɪl", stress_anywhere=False) == []
