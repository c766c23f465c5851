from datetime import UTC, datetime, timedelta

from dgnb import Deepgram
from dgnb.protocol import routes
from dgnb.sandbox.access import Caller
from dgnb.sandbox.catalogue import identity
from dgnb.sandbox.ledger import Asked, Used, begin


def test_pages_follow_each_other_newest_first(account):
    made = [account.book() for _ in range(25)][::-1]
    pages = [account.told(routes.REQUESTS, params={"page": page}) for page in range(4)]
    assert [page["page"] for page in pages] == [0, 1, 2, 3]
    assert [len(page["requests"]) for page in pages] == [10, 10, 5, 0]
    assert [entry["request_id"] for page in pages for entry in page["requests"]] == made


def test_numbers_may_come_as_the_sdk_sends_them(account):
    for _ in range(3):
        account.book()
    told = account.told(routes.REQUESTS, params={"limit": "2.0", "page": "1.0"})
    assert (told["limit"], len(told["requests"])) == (2, 1)


def test_a_request_is_told_in_full(account):
    query = {"model": "nova-3", "tag": ["b", "a"], "diarize": "true", "keyterm": ["x", "y"]}
    made = account.book(used=Used(seconds=30, channels=2, tokens=(100, 10)), query=query)
    told = account.told(routes.REQUEST_GET, made)["request"]
    assert told["request_id"] == made
    assert told["project_uuid"] == account.project
    assert told["api_key_id"] == account.key
    assert told["path"].startswith("/v1/listen?model=nova-3")
    assert (told["code"], told["deployment"]) == (200, "hosted")
    assert told["response"]["code"] == 200
    assert told["response"]["completed"] >= told["created"]
    details = told["response"]["details"]
    assert details["usd"] == (4300 + 1300 + 30 + 6) / 1e6
    assert (details["duration"], details["total_audio"], details["channels"]) == (30, 60, 2)
    assert details["models"] == [identity("nova-3")]
    assert details["tags"] == ["a", "b"]
    assert details["features"] == ["diarize", "keyterm"]
    assert details["config"]["keyterm"] == ["x", "y"]
    assert details["token_details"] == [{"input": 100, "output": 10}]


def test_spoken_characters_are_told(account):
    made = account.book("speak", Used(characters=50), {"model": "aura-2-zeus-en"})
    details = account.told(routes.REQUEST_GET, made)["request"]["response"]["details"]
    assert (details["tts_details"], details["usd"]) == ({"characters": 50}, 0.0015)


def test_a_request_that_is_worked_on_has_no_outcome_yet(account):
    begin(account.store, Caller(account.key, account.project), Asked("now", "listen", "/v1/listen"))
    told = account.told(routes.REQUEST_GET, "now")["request"]
    assert "code" not in told
    assert "response" not in told
    assert account.told(routes.USAGE)["results"] == []


def test_a_callback_is_told(account):
    made = account.book(query={"callback": "https://example.org/take"})
    assert account.told(routes.REQUEST_GET, made)["request"]["callback"] == "https://example.org/take"


def test_the_log_goes_back_ninety_days_and_usage_further(account):
    account.book(created=datetime.now(UTC) - timedelta(days=91))
    recent = account.book(created=datetime.now(UTC) - timedelta(days=89))
    assert [entry["request_id"] for entry in account.told(routes.REQUESTS)["requests"]] == [recent]
    assert sum(day["requests"] for day in account.told(routes.USAGE)["results"]) == 2


def test_another_projects_request_is_not_found(account):
    made = account.book()
    other = account.store.add_project("Other")
    path = routes.REQUEST_GET.at(other, made).path
    assert account.http.get(path, headers={"Authorization": "Token any"}).status_code == 404


def test_the_client_reads_the_log(account):
    made = account.book(used=Used(seconds=60), query={"model": "nova-3"})
    with Deepgram("any", base_url=account.url) as dg:
        assert dg.requests(account.project, limit=5)[0].request_id == made
        assert dg.requests.get(made, account.project).request.response["details"]["usd"] == 0.0043
