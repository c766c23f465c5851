from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from dgnb import AudioError
from dgnb.audio.origin import Origin
from dgnb.audio.samples import wav
from dgnb.audio.source import Said
from dgnb.results import Speech
from dgnb.views import tracks
from dgnb.views.decoding import decoded
from dgnb.views.tracks import held, peaks, track, waveform
from tests.audio.files import KINDS, Kind, can_write, encoded, raw, tone

RATE = 8000
SMALL = wav(tone(RATE), RATE)
PLAYED = {"WAV", "MP3", "FLAC", "Ogg Opus", "Ogg", "MP4/M4A", "WebM/Matroska", "AAC"}


@pytest.mark.parametrize("kind", [k for k in KINDS if can_write(k.codec)], ids=lambda kind: kind.label)
def test_every_format_is_kept_in_a_form_that_browsers_play(kind: Kind) -> None:
    audio = encoded(kind)
    made = track(Origin(audio), None, Path())
    assert made.kind == (tracks.TYPES[kind.name] if kind.name in PLAYED else "audio/wav")
    assert (made.data == audio) == (kind.name in PLAYED)
    assert 40 <= len(made.peaks) <= 60
    assert made.source.startswith(f"data:{made.kind};base64,")
    assert not made.note


SOURCES = {
    "array": Origin((tone(RATE), RATE)),
    "bytes": Origin(SMALL),
    "speech": Origin(Speech(tone(RATE).tobytes(), f"audio/l16;rate={RATE}", "")),
    "raw": Origin(raw("mulaw", tone(RATE)), Said("mulaw", RATE)),
}


@pytest.mark.parametrize("found", SOURCES.values(), ids=SOURCES)
def test_every_source_is_kept(found: Origin) -> None:
    made = track(found, None, Path())
    assert decoded(made.data, made.kind).duration == 1.0
    assert len(made.peaks) == 50
    assert made.peaks.max() == pytest.approx(0.26, abs=0.02)


def test_a_large_file_is_linked_from_where_the_page_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "LARGEST", 1000)
    path = tmp_path / "a call #1?.wav"
    path.write_bytes(SMALL)
    made = track(Origin(path), None, tmp_path / "pages")
    assert made.data == b""
    assert unquote(made.url) == "../a call #1?.wav"
    assert "#" not in made.url
    assert "is not in here" in made.note
    assert len(made.peaks) == 50
    assert track(Origin(path), True, tmp_path).data == SMALL


def test_a_small_file_is_linked_on_request(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(SMALL)
    made = track(Origin(str(path)), False, tmp_path)
    assert (made.data, made.url) == (b"", "call.wav")


UNLINKED = {"bytes": Origin(SMALL), "array": Origin((tone(RATE), RATE))}


@pytest.mark.parametrize("found", UNLINKED.values(), ids=UNLINKED)
def test_what_is_too_large_and_no_file_says_what_to_do(
    found: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "LARGEST", 1000)
    made = track(found, None, Path())
    assert made.source == ""
    assert "embed=True" in made.note


def test_what_becomes_too_large_when_it_is_decoded_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "call.aiff"
    path.write_bytes(encoded(Kind("AIFF", "aiff", "pcm_s16be", RATE)))
    monkeypatch.setattr(tracks, "LARGEST", path.stat().st_size - 10)
    assert track(Origin(path), None, tmp_path).source == ""


def test_a_url_is_played_from_there_and_not_looked_at() -> None:
    made = track(Origin("https://example.org/call.mp3"), True, Path())
    assert (made.url, made.data, len(made.peaks)) == ("https://example.org/call.mp3", b"", 0)


def test_without_audio_it_is_asked_for() -> None:
    assert "audio='call.wav'" in track(None, None, Path()).note
    with pytest.raises(AudioError, match="no file"):
        track(Origin("missing.wav"), None, Path())


def test_peaks_are_the_loudest_of_each_stretch() -> None:
    loud = np.zeros(60000, np.int16)
    loud[30050] = -32768
    loud[59999] = 16384
    found = peaks(Origin((loud, 1000)))
    assert len(found) == 600
    assert found.argmax() == 300
    assert found[300] == 1.0
    assert found[-1] == 0.5
    assert np.count_nonzero(found) == 2


def test_peaks_do_not_depend_on_where_pieces_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.random.default_rng(1).normal(0, 5000, (70001, 2)).astype(np.int16)
    whole = peaks(Origin((sound, 11025)))
    monkeypatch.setattr("dgnb.audio.recordings.CHUNK", 997)
    monkeypatch.setattr("dgnb.audio.recordings.HANDED", 1)
    assert (peaks(Origin((sound, 11025))) == whole).all()


def test_silence_has_a_waveform() -> None:
    assert "nan" not in waveform(np.zeros(3))
    assert waveform(np.array([1.0, 0.5])).count("L") == 3


def test_what_cannot_be_decoded_has_no_peaks() -> None:
    audio = encoded(Kind("FLAC", "flac", "flac", RATE))
    assert len(peaks(Origin(audio[:100]))) == 0


def test_a_widget_is_sent_what_a_page_would_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(SMALL)
    found = Origin(path)
    linked = track(found, False, tmp_path)
    sent = held(linked, found)
    assert (sent.kind, sent.data, sent.note) == ("audio/wav", SMALL, "")
    assert sent.peaks is linked.peaks
    monkeypatch.setattr(tracks, "SENT", 1000)
    refused = held(linked, found)
    assert (refused.source, "live=True" in refused.note) == ("", True)
    embedded = track(found, None, tmp_path)
    assert held(embedded, found) is embedded
