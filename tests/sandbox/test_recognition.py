"""What the sandbox hears, over its own protocol: real words of real audio."""

from collections.abc import Iterator

import jiwer
import numpy as np
import pytest

from dgnb import Deepgram
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import RATE, synthesise

# The recogniser works for long where it has a tenth of a processor.
pytestmark = pytest.mark.timeout(600)

SENTENCES = (
    "The weather in the north will be cold and dry tomorrow.",
    "Please send the report to the office before Monday.",
    "I am sorry to hear that we can not open the door.",
    "Three people were waiting for the train this morning.",
    "The doctor asked the woman about the pain in her back.",
    "We need more money to build a school in the village.",
)

CONTAINERS = ("wav", "flac", "mp3", "ogg", "m4a", "webm")


@pytest.fixture(scope="module")
def dg() -> Iterator[Deepgram]:
    with Deepgram(sandbox=True) as client:
        yield client


def spoken(text: str, voice: str = "edward", container: str = "wav") -> bytes:
    return encode(synthesise(text, voice).samples, RATE, container)


def bare(text: str) -> str:
    return text.lower().replace(".", "")


@pytest.mark.parametrize(("voice", "bound"), [("edward", 0.3), ("klatt", 0.45)])
def test_most_words_of_unseen_sentences_are_heard(dg: Deepgram, voice: str, bound: float) -> None:
    heard = [dg.listen(spoken(text, voice)).text for text in SENTENCES]
    assert jiwer.wer([bare(text) for text in SENTENCES], heard) < bound


def test_different_speech_gives_different_words(dg: Deepgram) -> None:
    assert len({dg.listen(spoken(text)).text for text in SENTENCES}) == len(SENTENCES)


def test_words_are_heard_where_they_are(dg: Deepgram) -> None:
    """The same sentence, two seconds later, has the same words two seconds later."""
    speech = synthesise(SENTENCES[1])
    late = np.concatenate([np.zeros(2 * RATE, np.int16), speech.samples])
    first, second = (dg.listen((samples, RATE)).best[0].words for samples in (speech.samples, late))
    starts = [word.start for word in first]
    assert [word.start - 2 for word in second] == pytest.approx(starts, abs=0.1)
    told = [word.start for word in speech.words]
    assert starts[0] == pytest.approx(told[0], abs=0.15)
    assert starts[-1] == pytest.approx(told[-1], abs=0.15)


@pytest.mark.parametrize("text", [SENTENCES[0], SENTENCES[5]], ids=["weather", "school"])
def test_the_same_speech_in_six_containers_gives_the_same_text(dg: Deepgram, text: str) -> None:
    heard = {container: dg.listen(spoken(text, container=container)).text for container in CONTAINERS}
    assert len(set(heard.values())) == 1, heard
    assert len(heard["wav"].split()) > 8


def test_the_same_request_gives_the_same_answer(dg: Deepgram) -> None:
    calls = [dg.listen(spoken(text), diarize=True) for text in (SENTENCES[0], SENTENCES[3], SENTENCES[0])]
    assert calls[0].results == calls[2].results != calls[1].results


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.zeros(3 * 16000, np.int16), id="digital silence"),
        pytest.param(np.random.default_rng(1).normal(0, 30, 3 * 16000).astype(np.int16), id="faint noise"),
        pytest.param((3000 * np.sin(np.arange(3 * 16000) / 6)).astype(np.int16), id="a tone"),
    ],
)
def test_what_is_not_speech_gives_no_words(dg: Deepgram, samples: np.ndarray) -> None:
    call = dg.listen((samples, 16000))
    assert (call.text, call.duration) == ("", 3.0)


def test_two_voices_are_two_speakers_and_one_is_one(dg: Deepgram) -> None:
    lines = [
        synthesise(text, voice).samples
        for text, voice in zip(SENTENCES[:4], ("edward", "fay") * 2, strict=True)
    ]
    pause = np.zeros(RATE, np.int16)
    talk = np.concatenate([part for line in lines for part in (line, pause)])
    assert dg.listen((talk, RATE), diarize=True).speakers == [0, 1]
    alone = np.concatenate([part for text in SENTENCES[:3] for part in (synthesise(text).samples, pause)])
    assert dg.listen((alone, RATE), diarize=True).speakers == [0]


def test_keyterms_are_heard_that_are_missed_without(dg: Deepgram) -> None:
    terms = ("deepgram", "kubernetes", "jupyter", "oleander", "podcast", "ibuprofen")
    calls = {term: spoken(f"Tell me more about the {term} today.") for term in terms}
    without = {term for term, audio in calls.items() if term in dg.listen(audio, model="nova-3").text}
    found = {term for term, audio in calls.items() if term in listed(dg, audio, terms)}
    assert len(found) >= len(without) + 2


def listed(dg: Deepgram, audio: bytes, terms: tuple[str, ...]) -> str:
    return dg.listen(audio, model="nova-3", keyterm=terms).text
