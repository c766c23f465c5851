from __future__ import annotations

from math import isclose, isnan

import pytest

from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.grouping import transcript, words_of
from dgnb.sandbox.engines.numerals import numbers, numerals

IN_DIGITS = {
    "zero": "0",
    "seven": "7",
    "twelve people": "12 people",
    "twenty five": "25",
    "twenty-five people": "25 people",
    "one hundred": "100",
    "one hundred and five": "105",
    "six hundred sixty six": "666",
    "three hundred and sixty five days": "365 days",
    "fifteen hundred": "1500",
    "five thousand two hundred": "5200",
    "two thousand five": "2005",
    "two thousand and five": "2005",
    "forty two thousand": "42000",
    "two hundred and fifty thousand": "250000",
    "five million": "5000000",
    "one million two hundred thirty four thousand five hundred sixty seven": "1234567",
    "two billion and one": "2000000001",
    "a hundred and twenty": "120",
    "a hundred miles": "100 miles",
    "between one hundred and two hundred": "between 100 and 200",
    "between one hundred and one thousand": "between 100 and 1000",
    "five and six": "5 and 6",
    "three point one four": "3.14",
    "zero point five": "0.5",
    "two point oh five": "2.05",
    "two point twenty five": "2.25",
    "two point five million": "2500000",
    "ninety nine point nine percent": "99.9 percent",
    "minus five degrees": "-5 degrees",
    "ten minus five": "10 minus 5",
    "nineteen eighty four": "1984",
    "nineteen oh five": "1905",
    "nineteen hundred": "1900",
    "twenty twenty two": "2022",
    "twenty nineteen": "2019",
    "in twenty thirty": "in 2030",
    "in nineteen eighteen": "in 1918",
    "five five five one two": "55512",
    "triple five one two": "55512",
    "four oh four": "404",
    "double oh seven": "007",
    "my account is nine two eight four seven three": "my account is 928473",
    "eight hundred five five five one two one two": "800 5551212",
    "seven forty five": "7 45",
    "one two": "1 2",
    "twenty first": "21st",
    "the twenty first century": "the 21st century",
    "the thirty second": "the 32nd",
    "fifth": "5th",
    "ninety ninth": "99th",
    "one hundred and third": "103rd",
    "one hundred twenty first": "121st",
    "two hundredth": "200th",
    "the third floor": "the 3rd floor",
    "the eleventh and the twelfth": "the 11th and the 12th",
    "november second twenty twenty two": "november 2nd 2022",
    "the second of november": "the 2nd of november",
    "may fifth": "may 5th",
    "one second": "1 second",
    "one mile": "1 mile",
    "thirty second": "30 second",
    "step one": "step 1",
    "one to ten": "1 to 10",
    "page twenty one": "page 21",
    "3 million": "3000000",
}

AS_WORDS = [
    "one of them",
    "no one knows",
    "the one i like",
    "one day",
    "someone",
    "a second",
    "wait a second please",
    "first of all",
    "the first time",
    "at that point we left",
    "a hundred",
    "thanks a million",
    "hundreds of people",
    "several hundred people",
    "a couple thousand",
    "two thirds of it",
    "one third",
    "three quarters",
    "the nineteen eighties",
    "oh my god",
    "i won it for you to see",
    "the 1980s",
]


@pytest.mark.parametrize(("spoken", "written"), IN_DIGITS.items(), ids=[*IN_DIGITS])
def test_number_words_become_digits(spoken: str, written: str) -> None:
    assert transcript(numerals(words_of(spoken))) == written


@pytest.mark.parametrize("spoken", AS_WORDS)
def test_false_friends_stay_words(spoken: str) -> None:
    assert transcript(numerals(words_of(spoken))) == spoken


def test_marks_keep_numbers_apart_and_are_kept() -> None:
    assert transcript(numerals(words_of("Twenty, five. Twenty five!"))) == "20, 5. 25!"


def test_a_merged_word_spans_the_time_of_its_parts() -> None:
    spoken = [
        Word(word="twenty", start=1.0, end=1.4, confidence=0.6),
        Word(word="five", start=1.5, end=1.9, confidence=1.0),
        Word(word="cats", start=2.0, end=2.4, confidence=0.9),
    ]
    number, cats = numerals(spoken)
    assert (number.word, number.start, number.end) == ("25", 1.0, 1.9)
    assert isclose(number.confidence, 0.8)
    assert cats is spoken[2]


def test_numbers_of_two_speakers_are_not_merged() -> None:
    spoken = [Word(word=word, start=0.0, end=0.0, speaker=n) for n, word in enumerate(("twenty", "five"))]
    assert [word.word for word in numerals(spoken)] == ["20", "5"]


def test_a_long_pause_keeps_numbers_apart() -> None:
    spoken = [Word(word="twenty", start=0.0, end=0.4), Word(word="five", start=3.0, end=3.4)]
    assert [word.word for word in numerals(spoken)] == ["20", "5"]


def test_an_unknown_confidence_stays_unknown() -> None:
    (word,) = numerals([Word(word="twenty", start=0.0, end=0.1), Word(word="two", start=0.1, end=0.2)])
    assert isnan(word.confidence)


def test_numerals_are_stable_when_applied_twice() -> None:
    for spoken in IN_DIGITS:
        once = numerals(words_of(spoken))
        if "million" not in transcript(once):
            assert transcript(numerals(once)) == transcript(once)


def test_numbers_give_kind_and_value() -> None:
    found = numbers(words_of("in nineteen eighty four the third of 12 and two point five"))
    assert [(number.kind, number.value) for number in found] == [
        ("year", 1984),
        ("ordinal", 3),
        ("cardinal", 12),
        ("decimal", 2.5),
    ]


def test_no_words_give_no_numbers() -> None:
    assert numerals([]) == []
