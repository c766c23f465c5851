import pytest

from dgnb.dashboards import NAMES
from dgnb.magics.verbs import find
from tests.magics.conftest import Run


@pytest.mark.parametrize("name", ["agent", "read", "transcribe"])
def test_a_dashboard_opens_in_a_cell(run: Run, name: str) -> None:
    outcome = run(f"%deepgram dashboard {name} -o board")
    assert outcome.error is None
    assert outcome.result.banner.title.lower() == name


def test_its_source_is_an_option(run: Run) -> None:
    assert run("%deepgram dashboard transcribe --source call.wav").result.source.value == "call.wav"


def test_a_name_that_there_is_not_is_refused_with_those_that_there_are(run: Run) -> None:
    error = run("%deepgram dashboard nothing").error
    assert "transcribe, live, voices" in str(error)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_verb_with_help(run: Run, name: str) -> None:
    assert find(["dashboard", name])[1] == 2
    assert "runs beside the notebook" in run(f"%deepgram help dashboard.{name}").out


def test_tools_of_an_agent_stand_on_the_line(run: Run) -> None:
    run("def weather(city: str) -> str:\n    'Weather in a city.'\n    return 'sunny'")
    assert [tool.__name__ for tool in run("%deepgram dashboard agent $weather").result.tools] == ["weather"]
    assert "nothing but its options" in str(run("%deepgram dashboard read $weather").error)
