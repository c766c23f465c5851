from dgnb.widgets.chooser import Chooser

ROWS = [{"id": "a", "voice": "Ann"}, {"id": "b", "voice": "Bob"}]


def test_what_is_not_there_cannot_be_chosen() -> None:
    chooser = Chooser(["voice"], rows=ROWS)
    chooser.chosen = ["b", "z", "a"]
    assert chooser.chosen == ["b", "a"]


def test_of_one_choice_the_last_counts() -> None:
    chooser = Chooser(["voice"], rows=ROWS, several=False)
    chooser.chosen = ["a", "b"]
    assert chooser.chosen == ["b"]


def test_what_was_chosen_stays_if_it_is_among_new_rows() -> None:
    chooser = Chooser(["voice"], rows=ROWS)
    chooser.chosen = ["a", "b"]
    chooser.offer([ROWS[1]])
    assert chooser.chosen == ["b"]
