"""What is read from a transcript without a table or plot library."""

from __future__ import annotations

import copy
import math
import subprocess
import sys
from typing import Any

import pytest

from dgnb.results import Transcript
from tests.results.samples import ALTERNATIVE, REPLY


def call(**results: Any) -> Transcript:
    return Transcript.from_json({"results": results})


def channel(text: str, *words: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"alternatives": [{"transcript": text, "words": list(words)}], **more}


def word(text: str, confidence: float = 0.5, **more: Any) -> dict[str, Any]:
    return {"word": text, "start": 0, "end": 1, "confidence": confidence, **more}


def test_the_sample_reads_as_it_says() -> None:
    sample = Transcript.from_json(REPLY)
    assert sample.text == "Hello, world."
    assert sample.duration == 1.25
    assert sample.request_id == REPLY["metadata"]["request_id"]
    assert sample.speakers == [0, 1]
    assert sample.summary == "A greeting."
    assert sample.language == "en"
    assert sample.confidence == pytest.approx(0.74)
    assert not sample.sandbox


def test_channels_are_lines_and_silent_ones_leave_none() -> None:
    assert (
        call(channels=[channel("one"), channel(""), {"alternatives": []}, channel("two")]).text == "one\ntwo"
    )


def test_the_first_reading_of_a_channel_is_the_best() -> None:
    readings = {"alternatives": [{"transcript": "first"}, {"transcript": "second"}]}
    assert [alternative.transcript for alternative in call(channels=[readings]).best] == ["first"]


def test_a_word_is_written_as_it_was_punctuated() -> None:
    bare, written = word("hi"), word("hi", punctuated_word="Hi!")
    (alternative,) = call(channels=[channel("Hi!", bare, written)]).best
    assert [item.text for item in alternative.words] == ["hi", "Hi!"]


def test_speakers_are_numbered_once_over_all_channels() -> None:
    channels = [channel("", word("a", speaker=2), word("b")), channel("", word("c", speaker=0))]
    assert call(channels=channels).speakers == [0, 2]


def test_confidence_is_the_mean_over_words() -> None:
    assert call(channels=[channel("", word("a", 0.25), word("b", 0.75))]).confidence == 0.5
    assert math.isnan(call(channels=[channel("")]).confidence)


def test_an_old_summary_is_read() -> None:
    old = copy.deepcopy(ALTERNATIVE)
    assert call(channels=[{"alternatives": [old]}]).summary == "Someone greets."


def test_a_failed_summary_is_empty() -> None:
    assert call(summary={"result": "failure"}).summary == ""


@pytest.mark.parametrize(
    ("channels", "language"),
    [
        ([channel("", detected_language="es")], "es"),
        ([channel(""), channel("", detected_language="fr")], "fr"),
        ([{"alternatives": [{"languages": ["de", "en"]}]}], "de"),
        ([channel("")], ""),
    ],
    ids=["detected", "in the second channel", "spoken", "not told"],
)
def test_the_language_is_told_if_it_was_found(channels: Any, language: str) -> None:
    assert call(channels=channels).language == language


def test_the_sandbox_marks_what_it_made() -> None:
    info = {"m": {"name": "sandbox", "version": "1", "arch": "sandbox"}}
    assert Transcript.from_json({"metadata": {"model_info": info}}).sandbox


def test_a_paragraph_is_its_sentences() -> None:
    sentences = [{"text": text, "start": 0, "end": 1} for text in ("One.", "Two.")]
    paragraphs = {"paragraphs": [{"sentences": sentences, "start": 0, "end": 1}]}
    (alternative,) = call(channels=[{"alternatives": [{"paragraphs": paragraphs}]}]).best
    assert alternative.paragraphs is not None
    assert alternative.paragraphs.paragraphs[0].text == "One. Two."


def test_reading_a_transcript_loads_no_table_library() -> None:
    program = (
        "import sys; from dgnb import Transcript; call = Transcript.from_json('{}');"
        "call.text, call.speakers, call.summary, call.json;"
        "print(*{'pandas', 'numpy', 'matplotlib', 'IPython', 'httpx'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
