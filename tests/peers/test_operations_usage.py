"""What the official SDK and dgnb use of a project is in every report again, to a part of a cent."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
import pytest

pytest.importorskip("deepgram")
pytest.importorskip("starlette")
pytest.importorskip("pocketsphinx")

from deepgram import DeepgramClient

import dgnb
from dgnb import Deepgram, callbacks
from dgnb.audio.samples import wav
from dgnb.errors import BadRequest
from dgnb.protocol.prices import charges
from dgnb.results import Reading
from tests.peers.calls import environment

pytestmark = pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")

RATE = 8000
TEXT = "I love this wonderful place."
CREDIT = 200_000_000


def silence(seconds: float, channels: int = 1) -> bytes:
    return wav(np.zeros((round(seconds * RATE), channels), np.int16), RATE)


@dataclass
class Book:
    """What was used, as those who used it know it."""

    seconds: float = 0.0
    channel_seconds: float = 0.0
    characters: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    requests: dict[str, int] = field(default_factory=lambda: {"listen": 0, "speak": 0, "read": 0})
    microdollars: int = 0

    def heard(self, seconds: float, channels: int = 1, method: str = "sync", *features: str) -> None:
        self.seconds += seconds
        self.channel_seconds += seconds * channels
        self._add("listen", "nova-3", method, seconds=seconds * channels, options=features)

    def spoken(self, text: str, voice: str) -> None:
        self.characters += len(text)
        self._add("speak", voice, characters=len(text))

    def read(self, reading: Reading) -> None:
        infos = reading.metadata.infos
        tokens = int(sum(info.input_tokens for info in infos)), int(sum(info.output_tokens for info in infos))
        self.tokens_in += tokens[0]
        self.tokens_out += tokens[1]
        self._add("read", "", tokens=tokens)

    def _add(self, endpoint: str, model: str, method: str = "sync", **used: Any) -> None:
        self.requests[endpoint] += 1
        self.microdollars += sum(line.microdollars for line in charges(endpoint, model, method, **used))

    @property
    def dollars(self) -> float:
        return self.microdollars / 1e6


@dataclass(frozen=True)
class Account:
    """A project of its own, both clients with its key, and what they have used."""

    sdk: DeepgramClient
    dgnb: Deepgram
    project: str
    book: Book

    def use_sdk(self) -> None:
        listen, speak = self.sdk.listen.v1.media.transcribe_file, self.sdk.speak
        for seconds in (0.5, 1.25):
            listen(request=silence(seconds), model="nova-3", tag=["sdk"])
            self.book.heard(seconds)
        listen(request=silence(0.75, channels=2), model="nova-3", multichannel=True, redact="pci")
        self.book.heard(0.75, 2, "sync", "redact")
        for text in ("Good morning.", "ü"):
            b"".join(speak.v1.audio.generate(text=text, model="aura-2-thalia-en"))
            self.book.spoken(text, "aura-2-thalia-en")
        b"".join(speak.v2.audio.generate(text="Hi there.", model="flux-kai-en", tag="sdk"))
        self.book.spoken("Hi there.", "flux-kai-en")
        answer = self.sdk.read.v1.text.analyze(request={"text": TEXT}, language="en", topics=True)
        self.book.read(Reading.from_json(answer.model_dump_json()))

    def use_dgnb(self) -> None:
        self.dgnb.listen(silence(1.0), model="nova-3", tag=["dgnb", "lesson"], keyterm="Köln")
        self.book.heard(1.0, 1, "sync", "keyterm")
        self.dgnb.speak("Good evening.", encoding="linear16")
        self.book.spoken("Good evening.", "aura-asteria-en")
        self.book.read(self.dgnb.read(TEXT, sentiment=True, tag="dgnb"))
        with callbacks.receive() as receiver:
            job = self.dgnb.listen.submit(silence(2.0), model="nova-3", callback=receiver.url)
            assert receiver.wait(job.request_id, timeout=60).duration == 2.0
        self.book.heard(2.0, 1, "async")
        with pytest.raises(BadRequest):
            self.dgnb.listen(b"no audio at all", encoding="mulaw", sample_rate=8000, model="nova-9")
        self.book.requests["listen"] += 1  # it failed, and costs nothing


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with (
        warnings.catch_warnings(action="ignore", category=DeprecationWarning),
        dgnb.sandbox.serve() as server,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        project = server.store.add_project("Counted")
        with Deepgram("any", base_url=server.url) as owner:
            key = owner.keys.create("counted", ["owner"], project_id=project).key or ""
        sdk = DeepgramClient(api_key=key, environment=environment(server.url), httpx_client=http)
        with Deepgram(key, base_url=server.url) as ours:
            account = Account(sdk, ours, project, Book())
            account.use_sdk()
            account.use_dgnb()
            yield account


def test_the_log_has_every_request(account: Account) -> None:
    logged = account.dgnb.requests(limit=1000)
    details = [one.response["details"] for one in logged if one.response]
    assert len(logged) == len(details) == sum(account.book.requests.values())
    assert sum(one["usd"] for one in details) == pytest.approx(account.book.dollars, abs=1e-9)
    assert sum(one["duration"] for one in details) == account.book.seconds
    assert sum(one["total_audio"] for one in details) == account.book.channel_seconds
    spoken = sum(one.get("tts_details", {}).get("characters", 0) for one in details)
    assert spoken == account.book.characters


def test_pages_of_the_log_lose_and_repeat_nothing(account: Account) -> None:
    count = sum(account.book.requests.values())
    list_ = account.sdk.manage.v1.projects.requests.list
    pages = [list_(account.project, limit=4, page=page).requests for page in range(count // 4 + 2)]
    ids = [one.request_id for page in pages for one in page]
    assert (len(ids), len(set(ids))) == (count, count)
    assert ids == [one.request_id for one in account.dgnb.requests(limit=1000)]


def test_the_usage_is_what_was_used(account: Account) -> None:
    (day,) = account.dgnb.usage()
    assert day.hours * 3600 == pytest.approx(account.book.seconds)
    assert day.total_hours * 3600 == pytest.approx(account.book.channel_seconds)
    assert (day.tts.characters, day.tts.requests) == (account.book.characters, account.book.requests["speak"])
    assert (day.tokens.in_, day.tokens.out) == (account.book.tokens_in, account.book.tokens_out)
    assert day.requests == sum(account.book.requests.values())


GROUPINGS = ("accessor", "endpoint", "feature_set", "models", "method", "tags", "deployment")


@pytest.mark.parametrize("grouping", [None, *GROUPINGS])
def test_every_breakdown_adds_up_to_what_was_used(account: Account, grouping: str | None) -> None:
    theirs = account.sdk.manage.v1.projects.usage.breakdown.get(account.project, grouping=grouping).results
    ours = account.dgnb.usage.breakdown(account.project, grouping=grouping)
    for rows in (ours.results, theirs):
        assert sum(row.requests for row in rows) == sum(account.book.requests.values())
        assert sum(row.hours for row in rows) * 3600 == pytest.approx(account.book.seconds)
        assert sum(row.total_hours for row in rows) * 3600 == pytest.approx(account.book.channel_seconds)
        assert sum(row.tts_characters for row in rows) == account.book.characters
        assert sum(row.tokens_in for row in rows) == account.book.tokens_in
        assert sum(row.tokens_out for row in rows) == account.book.tokens_out


def test_a_breakdown_counts_each_endpoint(account: Account) -> None:
    rows = account.dgnb.usage.breakdown(grouping="endpoint")
    assert {row.grouping.endpoint: row.requests for row in rows} == account.book.requests


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"tag": "sdk"}, 3),
        ({"tag": "dgnb"}, 2),
        ({"method": "async"}, 1),
        ({"endpoint": "speak"}, 4),
        ({"multichannel": True}, 1),
        ({"redact": True, "keyterm": True}, 2),
        ({"keyterm": False, "endpoint": "listen"}, 5),
    ],
    ids=str,
)
def test_a_selection_is_the_same_for_both(account: Account, filters: dict[str, Any], count: int) -> None:
    (ours,) = account.dgnb.usage(account.project, **filters)
    theirs = account.sdk.manage.v1.projects.usage.get(account.project, **filters)
    assert ours.requests == theirs.results[0]["requests"] == count


GROUPS: list[Any] = [None, "accessor", "deployment", "line_item", "tags", ["line_item", "tags", "accessor"]]


@pytest.mark.parametrize("grouping", GROUPS, ids=str)
def test_every_bill_adds_up_to_what_it_costs(account: Account, grouping: Any) -> None:
    theirs = account.sdk.manage.v1.projects.billing.breakdown.list(account.project, grouping=grouping)
    ours = account.dgnb.billing(account.project, grouping=grouping)
    for rows in (ours.results, theirs.results):
        assert sum(row.dollars for row in rows) == pytest.approx(account.book.dollars, abs=1e-9)


def test_the_balance_is_what_was_bought_less_what_was_spent(account: Account) -> None:
    (theirs,) = account.sdk.manage.v1.projects.billing.balances.list(account.project).balances
    (ours,) = account.dgnb.balances()
    bought = sum(order.amount for order in account.dgnb.billing.purchases())
    assert ours.amount == theirs.amount == (CREDIT - account.book.microdollars) / 1e6
    assert bought == CREDIT / 1e6


def test_the_project_is_the_only_one_that_its_key_sees(account: Account) -> None:
    assert [project.project_id for project in account.dgnb.projects()] == [account.project]
