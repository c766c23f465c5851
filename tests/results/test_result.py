"""What every reply can do: keep its JSON, be saved, compared and sent to another process."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dgnb.errors import ReplyError
from dgnb.results import (
    Accepted,
    Alternative,
    Channel,
    Reading,
    Requests,
    Result,
    Results,
    Transcript,
    Word,
    to_wire,
)
from tests.results.samples import REPLY

TEXT = json.dumps(REPLY)


@pytest.mark.parametrize("source", [TEXT, TEXT.encode(), bytearray(TEXT.encode()), REPLY], ids=type)
def test_a_reply_is_read_from_text_bytes_or_a_dictionary(source: Any) -> None:
    assert Transcript.from_json(source).to_dict() == REPLY


def test_the_json_is_kept_as_it_came() -> None:
    raw = b'{ "results":{"channels":[]},\n "newer": {"field": [1, null]} }'
    call = Transcript.from_json(raw)
    assert call.json == raw
    assert call.to_dict()["newer"] == {"field": [1, None]}


def test_every_documented_field_is_read() -> None:
    """Nothing of the sample is lost when the typed result is written out again."""
    call = Transcript.from_json(REPLY)
    assert json.loads(to_wire(call)) == REPLY


def test_unknown_fields_are_passed_over_at_every_level() -> None:
    def grown(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: grown(item) for key, item in value.items()} | {"newer_field": {"a": [1]}}
        return [grown(item) for item in value] if isinstance(value, list) else value

    assert Transcript.from_json(grown(REPLY)).results == Transcript.from_json(REPLY).results


def test_an_empty_reply_has_neutral_values() -> None:
    call = Transcript.from_json("{}")
    assert (call.text, call.duration, call.request_id, call.speakers, call.summary, call.language) == (
        "", 0.0, "", [], "", "",
    )  # fmt: skip
    assert call.confidence != call.confidence


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"{",
        TEXT[: len(TEXT) // 2],
        b"null",
        b"[]",
        b"17",
        b'"text"',
        b"<html>",
        b'{"metadata": []}',
        b'{"metadata": {"duration": "long"}}',
        b'{"results": {"channels": [{"alternatives": [{"words": [{"start": 1.0}]}]}]}}',
        b'{"metadata": {"request_id": "\xff"}}',
        b'{"newer": ' + b"[" * 100_000,
        TEXT.encode("utf-16"),
    ],
    ids=lambda source: repr(source)[:40],
)
def test_what_is_no_reply_is_an_error_with_its_place(source: Any) -> None:
    with pytest.raises(ReplyError, match="Not a Transcript: "):
        Transcript.from_json(source)


def test_whole_numbers_may_come_as_floats() -> None:
    alternative = {"entities": [{"label": "A", "value": "a", "start_word": 1.0, "end_word": 2.0}]}
    call = Transcript.from_json(
        {"metadata": {"channels": 1.0}, "results": {"channels": [{"alternatives": [alternative]}]}}
    )
    (entity,) = call.best[0].entities or []
    assert (entity.start_word, entity.end_word, call.metadata.channels) == (1, 2, 1)
    assert type(entity.start_word) is int


def test_a_result_is_saved_and_loaded(tmp_path: Path) -> None:
    call = Transcript.from_json(TEXT)
    path = call.save(tmp_path / "call.json")
    assert path.read_bytes() == TEXT.encode()
    assert Transcript.load(path) == call


@pytest.mark.parametrize("act", [lambda call: pickle.loads(pickle.dumps(call)), copy.copy, copy.deepcopy])
def test_a_result_survives_copying_with_its_json(act: Any) -> None:
    call = Transcript.from_json(TEXT)
    again = act(call)
    assert again == call
    assert again.json == call.json


def test_results_are_equal_by_content_whatever_was_looked_at() -> None:
    one, other = Transcript.from_json(TEXT), Transcript.from_json(json.dumps(REPLY, indent=2))
    assert len(one.words) == 2
    assert one == other
    assert one != Transcript.from_json("{}")


def made() -> Transcript:
    word = Word(word="hi", start=0, end=0.5)
    return Transcript(results=Results(channels=[Channel(alternatives=[Alternative(words=[word])])]))


def test_a_result_made_by_hand_has_json_too() -> None:
    assert Transcript.from_json(made().json) == made()
    assert "confidence" not in made().to_dict()["results"]["channels"][0]["alternatives"][0]["words"][0]


@pytest.mark.parametrize("name", ["metadata", "results", "text", "json"])
def test_a_result_cannot_be_changed(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(Transcript.from_json(TEXT), name, None)


def test_a_receipt_needs_its_id() -> None:
    assert Accepted.from_json('{"request_id": "r-1"}').request_id == "r-1"
    with pytest.raises(ReplyError, match="request_id"):
        Accepted.from_json("{}")


def test_results_are_one_family() -> None:
    assert all(issubclass(kind, Result) for kind in (Transcript, Accepted))
    assert all(issubclass(kind, msgspec.Struct) for kind in (Word, Channel, Result))


@pytest.mark.parametrize("kind", [Transcript, Reading])
def test_a_stored_refusal_is_no_empty_result(kind: type[Result]) -> None:
    with pytest.raises(ReplyError, match="INVALID_AUTH: Not with this key"):
        kind.from_json({"err_code": "INVALID_AUTH", "err_msg": "Not with this key."})


def test_a_request_that_was_refused_can_stand_in_a_log() -> None:
    log = Requests.from_json({"requests": [{"code": 401, "response": {"err_code": "INVALID_AUTH"}}]})
    assert log[0].code == 401


FIRST_DECODED_BY_SEVERAL = """
import sys, threading
from dgnb import results
sys.setswitchinterval(1e-6)
classes = [each for each in vars(results).values() if isinstance(each, type)]
kinds = [each for each in classes if issubclass(each, results.Result)]
together = threading.Barrier(8)

def work():
    for kind in kinds:
        together.wait()
        try:
            kind.from_json(b"{}")
        except results.result.ReplyError:
            pass

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(kinds))
"""


def test_results_that_several_threads_decode_at_once_for_the_first_time_do_not_end_the_process() -> None:
    command = [sys.executable, "-c", FIRST_DECODED_BY_SEVERAL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 30
