from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dgnb import ReplyError, Transcript
from dgnb.results.imports import imported
from tests.results.samples import REPLY

WHISPER = {
    "text": " Good morning. Hello.",
    "language": "en",
    "segments": [
        {
            "id": 0,
            "start": 0.0,
            "end": 1.0,
            "text": " Good morning.",
            "words": [
                {"word": " Good", "start": 0.0, "end": 0.4, "probability": 0.9},
                {"word": " morning.", "start": 0.4, "end": 1.0, "probability": 0.8},
            ],
        },
        {"id": 1, "start": 2.0, "end": 2.5, "text": " Hello."},
    ],
}

VERBOSE = {
    "task": "transcribe",
    "language": "english",
    "duration": 8.5,
    "text": "Good morning.",
    "segments": [{"id": 0, "start": 0.0, "end": 3.0, "text": " Good morning."}],
    "words": [{"word": "Good", "start": 0.0, "end": 0.4}, {"word": "morning", "start": 0.4, "end": 1.0}],
}

WHISPERX = {
    "segments": [
        {
            "start": 0.0,
            "end": 1.0,
            "text": "Room 12 now",
            "speaker": "SPEAKER_01",
            "words": [
                {"word": "Room", "start": 0.0, "end": 0.3, "score": 0.9, "speaker": "SPEAKER_01"},
                {"word": "12", "speaker": "SPEAKER_01"},
                {"word": "now", "start": 0.6, "end": 1.0, "score": 0.8, "speaker": "SPEAKER_00"},
            ],
        }
    ]
}

WHISPER_CPP = {
    "result": {"language": "en"},
    "transcription": [{"timestamps": {}, "offsets": {"from": 500, "to": 1500}, "text": " Hello world."}],
}


def aws_item(content: str, start: float | None = None, **more: Any) -> dict[str, Any]:
    item = {
        "alternatives": [{"confidence": "0.9" if start is not None else "0.0", "content": content}],
        **more,
    }
    if start is None:
        return item | {"type": "punctuation"}
    return item | {"type": "pronunciation", "start_time": f"{start}", "end_time": f"{start + 0.5}"}


AWS = {
    "jobName": "job",
    "status": "COMPLETED",
    "results": {
        "transcripts": [{"transcript": "Hello, Ava. Hi."}],
        "language_code": "en-US",
        "speaker_labels": {
            "speakers": 2,
            "segments": [
                {"speaker_label": "spk_0", "items": [{"speaker_label": "spk_0", "start_time": "1.0"}]},
                {"speaker_label": "spk_1", "items": [{"speaker_label": "spk_1", "start_time": "3.0"}]},
            ],
        },
        "items": [
            aws_item("Hello", 1.0),
            aws_item(","),
            aws_item("Ava", 1.5, speaker_label="spk_0"),
            aws_item("."),
            aws_item("Hi", 3.0),
            aws_item("."),
        ],
    },
}

AWS_CHANNELS = {
    "results": {
        "transcripts": [],
        "items": [],
        "channel_labels": {
            "channels": [
                {"channel_label": "ch_0", "items": [aws_item("Yes", 1.0)]},
                {"channel_label": "ch_1", "items": [aws_item("No", 2.0)]},
            ]
        },
    }
}


def google_words(*words: tuple[str, str, str, int]) -> list[dict[str, Any]]:
    return [
        {"word": word, "startTime": start, "endTime": end, **({"speakerTag": tag} if tag else {})}
        for word, start, end, tag in words
    ]


GOOGLE = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "hello there",
                    "confidence": 0.9,
                    "words": google_words(("hello", "0s", "0.500s", 0), ("there", "0.500s", "1.100s", 0)),
                }
            ],
            "languageCode": "en-us",
        },
        {
            "alternatives": [
                {"words": google_words(("hello", "0s", "0.500s", 1), ("there", "0.500s", "1.100s", 2))}
            ]
        },
    ]
}

GOOGLE_V2 = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "Hello.",
                    "confidence": 0.9,
                    "words": [
                        {"startOffset": "0.2s", "endOffset": "0.6s", "word": "Hello.", "speakerLabel": "1"}
                    ],
                }
            ],
            "resultEndOffset": "1s",
            "languageCode": "en-US",
        },
        {"alternatives": [{"transcript": "Bye now."}], "resultEndOffset": "2.6s"},
    ]
}

ASSEMBLYAI = {
    "id": "x",
    "status": "completed",
    "text": "Hi. Hello.",
    "audio_duration": 5,
    "language_code": "en_us",
    "words": [],
    "utterances": [
        {
            "speaker": "A",
            "words": [{"text": "Hi.", "start": 250, "end": 500, "confidence": 0.9, "speaker": "A"}],
        },
        {"speaker": "B", "words": [{"text": "Hello.", "start": 900, "end": 1500, "confidence": 0.8}]},
    ],
}

AZURE = {
    "source": "https://example.org/a.wav",
    "durationInTicks": 50000000,
    "combinedRecognizedPhrases": [{"channel": 0, "display": "Hello there. Bye."}],
    "recognizedPhrases": [
        {
            "recognitionStatus": "Success",
            "channel": 0,
            "speaker": 1,
            "offset": "PT1S",
            "duration": "PT1M1S",
            "offsetInTicks": 10000000.0,
            "durationInTicks": 10000000.0,
            "locale": "en-US",
            "nBest": [
                {
                    "confidence": 0.9,
                    "display": "Hello there.",
                    "displayWords": [
                        {"displayText": "Hello", "offset": "PT1S", "duration": "PT0.4S"},
                        {"displayText": "there.", "offset": "PT1.4S", "duration": "PT0.6S"},
                    ],
                }
            ],
        },
        {
            "channel": 0,
            "speaker": 2,
            "offset": "PT3S",
            "duration": "PT0.5S",
            "nBest": [{"confidence": 0.8, "display": "Bye."}],
        },
    ],
}

AZURE_FAST = {
    "durationMilliseconds": 2000,
    "combinedPhrases": [{"text": "Weather"}],
    "phrases": [
        {
            "speaker": 1,
            "offsetMilliseconds": 40,
            "durationMilliseconds": 240,
            "text": "Weather",
            "words": [{"text": "Weather", "offsetMilliseconds": 40, "durationMilliseconds": 240}],
            "locale": "en-US",
            "confidence": 0.75,
        }
    ],
}

# What it is, its kind, and its words: text, start, end, speaker.
KNOWN: list[tuple[dict[str, Any], str, list[tuple[str, float, float, int | None]]]] = [
    (WHISPER, "whisper", [("Good", 0, 0.4, None), ("morning.", 0.4, 1, None), ("Hello.", 2, 2.5, None)]),
    (VERBOSE, "whisper", [("Good", 0, 0.4, None), ("morning", 0.4, 1, None)]),
    (WHISPERX, "whisper", [("Room", 0, 0.3, 1), ("12", 0.3, 0.3, 1), ("now", 0.6, 1, 0)]),
    (WHISPER_CPP, "whisper", [("Hello", 0.5, 0.954545, None), ("world.", 0.954545, 1.5, None)]),
    (AWS, "aws", [("Hello,", 1, 1.5, 0), ("Ava.", 1.5, 2, 0), ("Hi.", 3, 3.5, 1)]),
    (AWS_CHANNELS, "aws", [("Yes", 1, 1.5, None), ("No", 2, 2.5, None)]),
    (GOOGLE, "google", [("hello", 0, 0.5, 1), ("there", 0.5, 1.1, 2)]),
    ({"response": GOOGLE}, "google", [("hello", 0, 0.5, 1), ("there", 0.5, 1.1, 2)]),
    (
        GOOGLE_V2,
        "google",
        [("Hello.", 0.2, 0.6, 1), ("Bye", 0.6, 1.457143, None), ("now.", 1.457143, 2.6, None)],
    ),
    (ASSEMBLYAI, "assemblyai", [("Hi.", 0.25, 0.5, 0), ("Hello.", 0.9, 1.5, 1)]),
    (AZURE, "azure", [("Hello", 1, 1.4, 1), ("there.", 1.4, 2, 1), ("Bye.", 3, 3.5, 2)]),
    (AZURE_FAST, "azure", [("Weather", 0.04, 0.28, 1)]),
]
IDS = [
    "whisper",
    "verbose",
    "whisperx",
    "cpp",
    "aws",
    "aws-channels",
    "google",
    "google-operation",
    "google-v2",
]
IDS += ["assemblyai", "azure", "azure-fast"]


def told(call: Transcript) -> list[tuple[str, float, float, int | None]]:
    """The words: text, start, end, speaker."""
    words = [word for alternative in call.best for word in alternative.words]
    return [(word.text, round(word.start, 6), round(word.end, 6), word.speaker) for word in words]


@pytest.mark.parametrize(("body", "kind", "words"), KNOWN, ids=IDS)
def test_the_json_of_others_is_found_out_and_read(body: Any, kind: str, words: Any) -> None:
    call = imported(json.dumps(body))
    assert told(call) == words
    assert call.metadata.models == [kind]
    assert told(imported(json.dumps(body), kind)) == words


def test_channels_are_kept() -> None:
    call = imported(json.dumps(AWS_CHANNELS))
    assert call.text == "Yes\nNo"
    assert call.utterances["channel"].to_list() == [0, 1]


def test_language_length_and_confidence_are_kept() -> None:
    call = imported(json.dumps(ASSEMBLYAI))
    assert (call.language, call.duration) == ("en_us", 5.0)
    assert call.confidence == pytest.approx(0.85)


def test_a_reply_of_the_service_is_one() -> None:
    assert imported(json.dumps(REPLY)) == Transcript.from_json(REPLY)


SRT = """1
00:00:01,000 --> 00:00:02,000
<i>Hello</i> there.

2
26:00:03,500 --> 26:00:04,000
Speaker 1: {\\an8}Fish & <chips>
"""


def test_subrip_is_read() -> None:
    call = imported(SRT)
    assert call.utterances["text"].to_list() == ["Hello there.", "Fish & <chips>"]
    assert call.utterances["start"].to_list() == [1.0, 26 * 3600 + 3.5]
    assert call.speakers == [1]


VTT = """WEBVTT Kind: captions

STYLE
::cue { color: red }

NOTE nothing

intro
00:01.000 --> 00:02.000 align:start position:10%
<v Ava>Fish &amp; <c.loud>chips</c></v>
<v Ben>No!</v>

00:03.000 --> 00:04.000
Later
"""


def test_webvtt_is_read_with_its_voices() -> None:
    call = imported(VTT)
    assert call.utterances["text"].to_list() == ["Fish & chips", "No!", "Later"]
    assert [word.speaker for word in call.best[0].words] == [0, 0, 0, 1, None]
    assert call.metadata.speaker_names == {"0:0": "Ava", "0:1": "Ben"}
    assert "<v Ava>Fish &amp; chips" in call.captions("vtt")


@pytest.mark.parametrize("kind", ["srt", "vtt", "ass", "ttml"])
def test_captions_come_back(kind: str, tmp_path: Path) -> None:
    first = imported(SRT.replace("26:", "01:"))
    path = first.captions(kind, speakers=True).save(tmp_path / f"call.{kind}")
    again = Transcript.read(path)
    assert again.text == first.text
    assert [word.speaker for word in again.best[0].words] == [word.speaker for word in first.best[0].words]


def test_old_encodings_are_read() -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nCafé\r\n"
    for content in (text.encode("cp1252"), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        assert imported(content).text == "Café"


def test_text_in_wide_characters_has_no_spaces() -> None:
    call = imported("WEBVTT\n\n00:01.000 --> 00:02.000\n字幕在\n\n00:03.000 --> 00:04.000\n这里。\n")
    assert call.text == "字幕在这里。"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{}", "an object with nothing"),
        ('{"a": 1}', "Known are srt, vtt"),
        ("[1]", "no object"),
        ('{"results": ', "Not a transcript"),
        ("Dear Sir,\nno", "no line with two times"),
        ('{"segments": [{"text": "no times"}]}', "of the kind whisper: KeyError"),
        ("<tt xmlns='http://www.w3.org/ns/ttml'><body>", "Not subtitles of the kind ttml"),
    ],
)
def test_what_is_no_transcript_is_refused(content: str, why: str) -> None:
    with pytest.raises(ReplyError, match=why):
        imported(content)


@pytest.mark.parametrize("content", ["", "WEBVTT", "WEBVTT\n\n00:01.000 --> 00:02.000\n"])
def test_nothing_said_is_an_empty_transcript(content: str) -> None:
    assert imported(content).text == ""
