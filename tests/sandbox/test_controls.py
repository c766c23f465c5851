# ruff: noqa: RUF001 - the phonetic alphabet
import pytest

from dgnb.sandbox.controls import Pause, Piece, Pronunciation, billed, check_together, pieces, warnings
from dgnb.sandbox.replies import RefusedError

SQL = r'\{"word": "SQL", "pronounce": "ˈsiːkwəl"\}'


@pytest.mark.parametrize(
    "marker",
    [
        r"\{pause:500\}",
        r"\{pause:500ms\}",
        r"\{pause:0.5s\}",
        r"\{ pause : 500 ms \}",
        "{pause:{duration_ms:500}}",
    ],
)
def test_every_form_of_a_pause_is_read(marker: str) -> None:
    assert pieces(f"One.{marker}Two.", pauses=True) == ["One.", Pause(500.0), "Two."]


def test_a_pronunciation_is_read_as_json() -> None:
    text = r'Say \{"word": "a \"b\" \\", "pronounce": "bi\u02d0"\}.'
    assert pieces(text, pauses=True) == ["Say ", Pronunciation('a "b" \\', "biː"), "."]


@pytest.mark.parametrize("text", ["", "plain", r"a \ b { c } \{", "{x} \\} [[h@'loU]]", "pause:500"])
def test_what_is_no_control_is_text(text: str) -> None:
    assert pieces(text, pauses=True) == ([text] if text else [])


def test_aura_has_no_pauses() -> None:
    text = r"One. \{pause:500ms\} {pause:1} Two."
    assert billed(pieces(text, pauses=False)) == text


WRONG = {
    "not escaped": ("{pause:500ms}", "BREAK_SYNTAX_INVALID"),
    "structure escaped": (r"\{pause:{duration_ms:500}\}", "BREAK_SYNTAX_INVALID"),
    "no length": (r"\{pause:\}", "BREAK_SYNTAX_INVALID"),
    "two points": (r"\{pause:1.2.3\}", "BREAK_SYNTAX_INVALID"),
    "too short": (r"\{pause:400ms\}", "BREAK_OUT_OF_RANGE"),
    "too long": (r"\{pause:3.1s\}", "BREAK_OUT_OF_RANGE"),
    "no step": (r"\{pause:550ms\}", "BREAK_INCREMENT_INVALID"),
    "nine": (r"a\{pause:500\}" * 9, "BREAKS_LIMIT_EXCEEDED"),
    "two together": (r"a \{pause:500\} \{pause:500\} b", "BREAKS_LIMIT_EXCEEDED"),
    "not json": (r'\{"word": x\}', "pronunciation_invalid"),
    "no word": (r'\{"word": "", "pronounce": "a"\}', "pronunciation_invalid"),
    "no sound": (r'\{"word": "a", "pronounce": " "\}', "pronunciation_invalid"),
    "long sound": (rf'\{{"word": "ab", "pronounce": "{"a" * 21}"\}}', "pronunciation_invalid"),
    "longest sound": (rf'\{{"word": "{"w" * 40}", "pronounce": "{"a" * 129}"\}}', "pronunciation_invalid"),
    "501": (SQL * 501, "pronunciation_invalid"),
}


@pytest.mark.parametrize(("text", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_control_gets_the_services_code(text: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        pieces(text, pauses=True)
    assert (caught.value.status, caught.value.code) == (400, code)


def test_eight_pauses_and_a_short_word_with_a_long_sound_are_taken() -> None:
    assert len(pieces(r"a\{pause:500\}" * 8, pauses=True)) == 16
    assert pieces(rf'\{{"word": "a", "pronounce": "{"a" * 15}"\}}', pauses=True)


TOGETHER = {
    "pronunciation and speed": ([Pronunciation("a", "a")], 1.1, "CONTROL_COMBINATION_INVALID"),
    "pronunciation and pause": ([Pronunciation("a", "a"), Pause(500)], 1.0, "CONTROL_COMBINATION_INVALID"),
    "fast pause": ([Pause(500)], 1.2, "PAUSE_SPEED_CAP_EXCEEDED"),
}


@pytest.mark.parametrize(("found", "speed", "code"), TOGETHER.values(), ids=TOGETHER)
def test_what_does_not_go_together_is_refused(found: list[Piece], speed: float, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_together(found, speed)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("found", "speed"),
    [([Pause(500)], 1.15), ([Pronunciation("a", "a")], 1.0), (["text"], 1.5)],
    ids=["pause", "pronunciation", "text"],
)
def test_what_goes_together_is_taken(found: list[Piece], speed: float) -> None:
    check_together(found, speed)


def test_controls_are_not_billed() -> None:
    text = r'Hello, \{"word": "Mr.", "pronounce": "ˈmɪstɚ"\} Bond.'
    assert len(billed(pieces(text, pauses=True))) == 16
    assert billed(pieces(r"One.\{pause:1s\}", pauses=True)) == "One."


def test_warnings_name_every_doubtful_pronunciation() -> None:
    found = pieces(r'\{"word": "ab", "pronounce": "ˈb1"\} \{"word": "ab", "pronounce": "ːa"\}', pauses=True)
    assert warnings(found, flux=True) == ["PRON-001", "PRON-003"]
    assert warnings(found, flux=False) == ["PRON-001", "PRON-008", "PRON-003"]
