from datetime import UTC, datetime, timedelta

import pytest

from dgnb import Deepgram
from dgnb.protocol import routes
from dgnb.sandbox.catalogue import identity
from dgnb.sandbox.ledger import Used
from tests.sandbox.days import NOW

DAY = NOW.date().isoformat()


def breakdown(account, grouping=""):
    params = {"grouping": grouping} if grouping else {}
    return account.told(routes.USAGE_BREAKDOWN, params=params)["results"]


def test_days_are_told_apart(account):
    account.book(used=Used(seconds=3600, channels=2))
    account.book(used=Used(seconds=1800), created=NOW - timedelta(days=3))
    told = account.told(routes.USAGE)
    assert told["resolution"] == {"units": "day", "amount": 1}
    before = (NOW - timedelta(days=3)).date().isoformat()
    assert DAY < told["end"] <= datetime.now(UTC).date().isoformat()
    assert told["start"] == before
    assert [(day["start"], day["end"]) for day in told["results"]] == [(before, before), (DAY, DAY)]
    assert [(day["hours"], day["total_hours"]) for day in told["results"]] == [(0.5, 0.5), (1.0, 2.0)]


def test_speech_and_tokens_are_counted_apart_from_hours(account):
    account.book("speak", Used(characters=120), {"model": "aura-2-zeus-en"})
    account.book("read", Used(tokens=(300, 40)), {"language": "en"})
    (day,) = account.told(routes.USAGE)["results"]
    assert day["hours"] == day["total_hours"] == 0
    assert day["tts"] == {"characters": 120, "requests": 1}
    assert day["tokens"] == {"in": 300, "out": 40}
    assert day["requests"] == 2


def test_the_asked_period_is_told_as_it_was_asked(account):
    told = account.told(routes.USAGE, params={"start": "2026-01-01", "end": "2026-01-31"})
    assert (told["start"], told["end"], told["results"]) == ("2026-01-01", "2026-01-31", [])


def test_an_agents_time_is_its_own(account):
    account.book("agent", Used(model="agent", seconds=7200), method="streaming")
    (row,) = breakdown(account)
    assert (row["agent_hours"], row["hours"], row["total_hours"]) == (2.0, 0, 0)


@pytest.fixture
def mixed(account):
    account.book(used=Used(seconds=60), query={"model": "nova-3", "tag": ["b", "a"], "diarize": "true"})
    account.book(used=Used(seconds=60), query={"model": "nova-3", "tag": ["a", "b"]})
    account.book("speak", Used(characters=5), {"model": "aura-2-zeus-en"})
    account.book("read", Used(tokens=(1, 1)), {"language": "en"})


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [
        pytest.param("", [4], id="none"),
        pytest.param("endpoint", [("listen", 2), ("read", 1), ("speak", 1)], id="endpoint"),
        pytest.param("method", [("sync", 4)], id="method"),
        pytest.param("deployment", [("hosted", 4)], id="deployment"),
        pytest.param("feature_set", [("", 2), ("diarize", 1), ("language", 1)], id="features"),
        pytest.param("tags", [([], 2), (["a", "b"], 2)], id="tags"),
        pytest.param(
            "models", [([], 1), (["aura-2-zeus-en"], 1), (["nova-3-general"], 2)], id="models"
        ),
    ],
)  # fmt: skip
def test_a_breakdown_goes_by_kind(account, mixed, grouping, expected):
    rows = breakdown(account, grouping)
    assert all(row["grouping"]["start"] == row["grouping"]["end"] == DAY for row in rows)
    if grouping:
        found = [(row["grouping"][grouping], row["requests"]) for row in rows]
        assert sorted(found, key=str) == sorted(expected, key=str)
    else:
        assert [row["requests"] for row in rows] == expected


def test_a_breakdown_by_key_names_the_key(account, mixed):
    (row,) = breakdown(account, "accessor")
    assert row["grouping"]["accessor"] == account.key


def test_fields_tell_what_occurs(account, mixed):
    told = account.told(routes.USAGE_FIELDS)
    assert told["tags"] == ["a", "b"]
    assert told["features"] == ["diarize", "language"]
    assert told["processing_methods"] == ["sync"]
    assert [model["name"] for model in told["models"]] == ["aura-2-zeus-en", "nova-3-general"]
    assert told["models"][1] == {
        "name": "nova-3-general",
        "language": "multi",
        "version": "2025-01-09.0",
        "model_id": identity("nova-3"),
    }


def test_fields_of_a_time_without_requests_are_empty(account, mixed):
    told = account.told(routes.USAGE_FIELDS, params={"end": "2020-01-01"})
    assert told == {"models": [], "tags": [], "processing_methods": [], "features": []}


def test_the_client_reads_usage(account, mixed):
    with Deepgram("any", base_url=account.url) as dg:
        assert dg.usage(account.project, endpoint="listen")[0].requests == 2
        groups = dg.usage.breakdown(account.project, grouping="endpoint")
        assert [group.grouping.endpoint for group in groups] == ["listen", "read", "speak"]
        models = dg.usage.breakdown(account.project, grouping="models", endpoint="listen")
        assert [group.grouping.models for group in models] == [["nova-3-general"]]
        assert dg.usage.breakdown(account.project, grouping="tags")[0].grouping.tags == ["a", "b"]
        assert dg.usage.fields(account.project).tags == ["a", "b"]
