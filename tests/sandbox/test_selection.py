from datetime import timedelta

import pytest

from dgnb.protocol import routes
from dgnb.sandbox.catalogue import identity
from tests.sandbox.days import NOW


def found(account, **query):
    entries = account.told(routes.REQUESTS, params={"limit": 1000, **query})["requests"]
    return [entry["request_id"] for entry in entries]


def counted(account, **query):
    return sum(day["requests"] for day in account.told(routes.USAGE, params=query)["results"])


@pytest.fixture
def made(account):
    """A few requests that differ in everything."""
    return {
        "plain": account.book(query={"model": "nova-3"}),
        "labelled": account.book(query={"model": "nova-2", "tag": ["a", "b"], "diarize": "true"}),
        "off": account.book(query={"diarize": "false", "punctuate": "true"}),
        "spoken": account.book("speak", query={"model": "aura-2-zeus-en", "tag": "b"}),
        "failed": account.book("read", code=400),
        "later": account.book(query={"callback": "https://example.org/", "callback_method": "PUT"}),
        "live": account.book(method="streaming"),
        "old": account.book(created=NOW - timedelta(days=10)),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param({"endpoint": "speak"}, ["spoken"], id="endpoint"),
        pytest.param({"endpoint": "read", "status": "failed"}, ["failed"], id="failed"),
        pytest.param({"method": "async"}, ["later"], id="callback"),
        pytest.param({"method": "streaming"}, ["live"], id="live"),
        pytest.param({"deployment": "self-hosted"}, [], id="elsewhere"),
        pytest.param({"accessor": "another"}, [], id="another-key"),
        pytest.param({"endpoint": "read", "status": "succeeded"}, [], id="succeeded"),
        pytest.param({"end": (NOW - timedelta(days=5)).date().isoformat()}, ["old"], id="until-a-day"),
    ],
)
def test_requests_are_chosen(account, made, query, names):
    assert found(account, **query) == [made[name] for name in names]


def test_a_request_is_chosen_by_its_id_and_its_key(account, made):
    assert found(account, request_id=made["plain"]) == [made["plain"]]
    assert len(found(account, accessor=account.key)) == len(made)


def test_the_last_day_is_counted_whole(account, made):
    today, old = NOW.date(), (NOW - timedelta(days=10)).date()
    assert counted(account, start=today.isoformat(), end=today.isoformat()) == 7
    assert counted(account, start=old.isoformat(), end=old.isoformat()) == 1
    assert counted(account, start=(today + timedelta(days=1)).isoformat()) == 0


@pytest.mark.parametrize(
    "text", ["{:%Y-%m-%dT%H:%M:%S.%fZ}", "{:%Y-%m-%dT%H:%M:%S.%f}"], ids=["zone", "no-zone"]
)
def test_a_moment_is_taken_as_it_is(account, made, text):
    moment = text.format(NOW - timedelta(days=10))
    assert counted(account, start=moment, end=moment) == 1


@pytest.mark.parametrize(
    ("query", "number"),
    [
        pytest.param({"diarize": "true"}, 1, id="used"),
        pytest.param({"diarize": "false"}, 7, id="not-used"),
        pytest.param({"diarize": "true", "punctuate": "true"}, 2, id="any-of-two"),
        pytest.param({"diarize": "false", "punctuate": "false"}, 6, id="none-of-two"),
        pytest.param({"callback": "true"}, 1, id="callback"),
        pytest.param({"tag": "b"}, 2, id="tag"),
        pytest.param({"tag": "c"}, 0, id="no-such-tag"),
        pytest.param({"model": "nova-3"}, 1, id="model-name"),
        pytest.param({"model": "nova-3-general"}, 1, id="model-full-name"),
        pytest.param({"model": identity("nova-3")}, 1, id="model-id"),
        pytest.param({"model": identity("aura-2-zeus-en")}, 1, id="voice-id"),
        pytest.param({"model": "base"}, 4, id="default-model"),
    ],
)
def test_usage_is_chosen_by_features_tags_and_models(account, made, query, number):
    assert counted(account, **query) == number


def test_the_newer_diarizer_counts_as_diarization(account):
    account.book(query={"diarize_model": "v2"})
    assert counted(account, diarize="true") == 1
