import pytest

from dgnb.live.docstrings import read

NUMPY = """Weather of a city.

    Also of a village.

    Parameters
    ----------
    city, country : str
        Names in English,
        without an article.
    days : int, default 1
        How far to look.
    **more
        Passed on.

    Returns
    -------
    str
        Not a parameter : really.
    """

GOOGLE = """Weather of a city.

    Also of a village.

    Args:
        city (str): Names in English,
            without an article.
        country (Optional[str]): Names in English, without an article.
        days: How far to look.
        **more: Passed on.

    Returns:
        str: a text.
    """

SPHINX = """Weather of a city.

    Also of a village.

    :param city: Names in English,
        without an article.
    :type city: str
    :param str country: Names in English, without an article.
    :param days: How far to look.
    :param more: Passed on.
    :returns: a text
    """


@pytest.mark.parametrize("text", [NUMPY, GOOGLE, SPHINX], ids=["numpydoc", "Google", "Sphinx"])
def test_each_style_gives_the_same(text: str) -> None:
    found = read(text)
    assert found.text == "Weather of a city. Also of a village."
    assert found.parameters == {
        "city": "Names in English, without an article.",
        "country": "Names in English, without an article.",
        "days": "How far to look.",
        "more": "Passed on.",
    }


@pytest.mark.parametrize("text", [None, "", "   \n  "])
def test_nothing_said_is_nothing(text: str | None) -> None:
    assert read(text) == ("", {})


def test_a_colon_in_a_sentence_is_no_section() -> None:
    assert (
        read("Tells one thing: the time.\n\nNote: in UTC.").text == "Tells one thing: the time. Note: in UTC."
    )


def test_examples_are_not_told() -> None:
    assert read("Adds.\n\nExamples\n--------\n>>> add(1)\n2").text == "Adds."


def test_only_parameters_are_parameters() -> None:
    assert read("Adds.\n\nRaises:\n    ValueError: never\n\nArgs:\n    a: one").parameters == {"a": "one"}
