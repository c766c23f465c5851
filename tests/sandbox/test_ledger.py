import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import numpy as np
import pytest

from dgnb import AudioError, Deepgram, Transcript, callbacks
from dgnb.errors import BadRequest, PaymentRequired
from dgnb.protocol import routes
from dgnb.protocol.models import FLUX_VOICES, LISTEN_MODELS, VOICES
from dgnb.protocol.prices import charges, dollars
from dgnb.sandbox.catalogue import canonical
from dgnb.sandbox.ledger import FEATURES, Used, charge, credit, heard

SILENCE = (np.zeros(16_000, np.int16), 16_000)


def test_the_reported_features_are_the_36_of_the_contract():
    assert len(FEATURES) == 36
    assert {"alternatives", "diarize", "version"} <= set(FEATURES)


def test_a_transcription_is_counted_by_channels_and_tokens():
    told = {
        "metadata": {
            "duration": 12.5,
            "channels": 2,
            "summary_info": {"input_tokens": 10, "output_tokens": 3},
            "topics_info": {"input_tokens": 10, "output_tokens": 4},
        },
        "results": {"channels": []},
    }
    assert heard(Transcript.from_json(told)) == Used(seconds=12.5, channels=2, tokens=(20, 7))


def test_a_failed_request_costs_nothing(account):
    account.book(used=Used(seconds=60), query={"model": "nova-3"}, code=500)
    assert credit(account.store, account.project) == 200_000_000


def test_what_is_booked_again_takes_the_place_of_the_first(account):
    made = account.book(query={"model": "nova-3"}, method="streaming")
    for seconds in (10.0, 20.0, 30.0):
        charge(account.store, made, Used(seconds=seconds))
    assert credit(account.store, account.project) == 200_000_000 - 2400


def test_booking_for_a_request_that_is_not_there_does_nothing(account):
    charge(account.store, str(uuid4()), Used(seconds=60))
    assert account.store.rows("select 1 from charges where request not in (select id from requests)") == []


def test_a_project_pays_only_for_its_own(account):
    other = account.store.add_project("Other")
    account.book(used=Used(seconds=3600), query={"model": "nova-3"})
    assert credit(account.store, other) == 200_000_000


def drawn(rng: random.Random) -> tuple[str, dict, Used]:
    """A request as a user might make it, and what it consumed."""
    endpoint = rng.choice(["listen", "listen", "speak", "read", "agent"])
    tokens = (rng.randrange(5000), rng.randrange(500)) if endpoint in ("listen", "read") else (0, 0)
    if endpoint == "listen":
        query = {"model": rng.choice(LISTEN_MODELS), "tag": rng.sample(["a", "b", "c"], rng.randrange(3))}
        query |= dict.fromkeys(rng.sample(["diarize", "redact", "punctuate"], rng.randrange(3)), "true")
        return endpoint, query, Used(seconds=rng.uniform(0, 4000), channels=rng.randint(1, 4), tokens=tokens)
    if endpoint == "speak":
        voice = rng.choice((*VOICES, *FLUX_VOICES))
        return endpoint, {"model": voice}, Used(characters=rng.randrange(2000))
    if endpoint == "agent":
        return endpoint, {}, Used(model="agent", seconds=rng.uniform(0, 600))
    return endpoint, {"language": "en"}, Used(tokens=tokens)


def cost(endpoint: str, query: dict, used: Used, method: str) -> int:
    options = [name for name in query if name not in ("model", "tag", "language")]
    lines = charges(
        endpoint,
        used.model or canonical(query.get("model", "")),
        method,
        seconds=used.seconds * used.channels,
        characters=used.characters,
        tokens=used.tokens,
        options=options,
    )
    return sum(line.microdollars for line in lines)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_was_used_is_found_in_every_report_to_the_millionth(account, seed):
    rng = random.Random(seed)
    spent, made, today = 0, [], datetime.now(UTC)
    for _ in range(rng.randint(20, 60)):
        endpoint, query, used = drawn(rng)
        method = "streaming" if endpoint == "agent" else rng.choice(["", "streaming"])
        when = today - timedelta(days=rng.randrange(80))
        made.append((account.book(endpoint, used, query, method=method, created=when), endpoint, used))
        spent += cost(endpoint, query, used, method or "sync")

    everything = account.told(routes.REQUESTS, params={"limit": 1000})["requests"]
    assert {entry["request_id"] for entry in everything} == {request_id for request_id, *_ in made}
    assert sum(round(entry["response"]["details"]["usd"] * 1e6) for entry in everything) == spent

    (balance,) = account.told(routes.BALANCES)["balances"]
    assert round((200 - balance["amount"]) * 1e6) == spent
    assert balance["amount"] == dollars(200_000_000 - spent)

    for grouping in ([], ["line_item"], ["tags"], ["accessor", "deployment", "line_item", "tags"]):
        bill = account.told(routes.BILLING_BREAKDOWN, params={"grouping": grouping})["results"]
        assert sum(round(row["dollars"] * 1e6) for row in bill) == spent

    listened = [used for _, endpoint, used in made if endpoint == "listen"]
    wanted = {
        "requests": len(made),
        "hours": sum(used.seconds for used in listened) / 3600,
        "total_hours": sum(used.seconds * used.channels for used in listened) / 3600,
        "agent_hours": sum(used.seconds for _, endpoint, used in made if endpoint == "agent") / 3600,
        "tokens_in": sum(used.tokens[0] for *_, used in made),
        "tokens_out": sum(used.tokens[1] for *_, used in made),
        "tts_characters": sum(used.characters for *_, used in made),
    }
    for grouping in ("", "accessor", "endpoint", "feature_set", "models", "method", "tags", "deployment"):
        query = {"grouping": grouping} if grouping else {}
        rows = account.told(routes.USAGE_BREAKDOWN, params=query)["results"]
        assert {name: sum(row[name] for row in rows) for name in wanted} == pytest.approx(wanted)

    days = account.told(routes.USAGE)["results"]
    assert sum(day["requests"] for day in days) == wanted["requests"]
    assert sum(day["total_hours"] for day in days) == pytest.approx(wanted["total_hours"])
    assert sum(day["tts"]["characters"] for day in days) == wanted["tts_characters"]
    assert sum(day["tokens"]["in"] for day in days) == wanted["tokens_in"]


def test_what_is_heard_is_booked(account):
    with Deepgram("any", base_url=account.url) as dg:
        key = dg.keys.create("books", ["member"], project_id=account.project)
    with Deepgram(key.key, base_url=account.url) as dg:
        dg.listen(SILENCE, model="nova-3", tag=["one", "two"], redact="pci", diarize=True)
        with pytest.raises((BadRequest, AudioError)):
            dg.listen(SILENCE, model="nova-99")
        refused, logged = dg.requests(account.project)
    with Deepgram("any", base_url=account.url) as dg:
        (balance,) = dg.balances(account.project)
        (row,) = dg.usage.breakdown(account.project, endpoint="listen", tag="two")
        bill = dg.billing(account.project, grouping="line_item")
    assert (refused.code, refused.response["details"]["usd"]) == (400, 0)
    assert (logged.code, logged.api_key_id) == (200, key.api_key_id)
    assert logged.path.startswith("/v1/listen?")
    assert logged.response["details"]["duration"] == 1
    assert logged.response["details"]["features"] == ["diarize", "redact"]
    assert logged.response["details"]["tags"] == ["one", "two"]
    spent = round(4300 / 60) + round(2000 / 60)
    assert balance.amount == dollars(200_000_000 - spent)
    assert row.hours == pytest.approx(1 / 3600)
    assert {line.grouping.line_item: line.dollars for line in bill} == {
        "sync::nova-3": 0.000072,
        "sync::redact": 0.000033,
    }


def test_what_is_spoken_and_read_is_booked(account):
    text = "What a wonderful day in London!"
    with Deepgram("any", base_url=account.url) as dg:
        key = dg.keys.create("books", ["member"], project_id=account.project)
    with Deepgram(key.key, base_url=account.url) as dg:
        dg.speak(text, model="aura-2-thalia-en", tag="a")
        reading = dg.read(text, sentiment=True, summarize=True)
        days = dg.usage(account.project)
    tokens = [reading.metadata.sentiment_info, reading.metadata.summary_info]
    read, written = sum(one.input_tokens for one in tokens), sum(one.output_tokens for one in tokens)
    # Midnight may come between the two.
    assert (sum(day.tts.characters for day in days), sum(day.tts.requests for day in days)) == (len(text), 1)
    assert (sum(day.tokens.in_ for day in days), sum(day.tokens.out for day in days)) == (read, written)
    spent = 30 * len(text) + round(read * 0.3) + round(written * 0.6)
    assert credit(account.store, account.project) == 200_000_000 - spent


def test_what_goes_to_a_callback_is_booked_when_it_is_done(account):
    with Deepgram("any", base_url=account.url) as dg:
        key = dg.keys.create("books", ["member"], project_id=account.project)
    with callbacks.receive() as receiver, Deepgram(key.key, base_url=account.url) as dg:
        receipt = dg.listen.submit(SILENCE, callback=receiver.url, model="nova-3")
        assert receiver.wait(receipt.request_id, timeout=60).duration == 1
        logged = dg.requests.get(receipt.request_id, account.project).request
    assert logged.callback == receiver.url
    assert (logged.response["details"]["method"], logged.response["details"]["usd"]) == ("async", 0.000072)


@pytest.fixture
def penniless(account):
    account.store.run("update purchases set amount = 0 where project = ?", account.project)
    with Deepgram("any", base_url=account.url) as dg:
        key = dg.keys.create("poor", ["member"], project_id=account.project)
    return key.key


def test_without_credit_nothing_is_worked_on(account, penniless):
    with Deepgram(penniless, base_url=account.url) as dg:
        with pytest.raises(PaymentRequired) as refused:
            dg.listen(SILENCE)
        (logged,) = dg.requests(account.project)
    assert refused.value.code == "ASR_PAYMENT_REQUIRED"
    assert logged.code == 402


@pytest.mark.parametrize(
    "route", [routes.LISTEN, routes.SPEAK, routes.SPEAK_FLUX, routes.READ], ids=lambda route: route.path
)
def test_every_kind_of_work_is_paid_for_and_logged(account, penniless, route):
    assert account.ask(route, key=penniless, content=b"x").status_code == 402
    (logged,) = account.told(routes.REQUESTS)["requests"]
    assert logged["path"] == route.path


def test_account_calls_are_free_and_not_logged(account, penniless):
    account.told(routes.KEYS, key=penniless)
    assert account.told(routes.REQUESTS)["requests"] == []
