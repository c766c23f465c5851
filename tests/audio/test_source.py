"""Any source as a body: what it is, what is refused, and how it is read."""

from __future__ import annotations

import gc
import hashlib
import io
import os
import tempfile
import threading
import tracemalloc
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dgnb.audio import Body, Remote, load
from dgnb.audio.samples import wav
from dgnb.audio.source import CHUNK, SPOOL
from dgnb.errors import AudioError
from dgnb.results import Speech
from tests.audio.files import KINDS, encoded, raw, tone

WAV = encoded(KINDS[0])
FLAC = encoded(KINDS[10])
PCM = raw("linear16", tone(16000))


def body(source: Any, **hints: Any) -> Body:
    found = load(source, **hints)
    assert isinstance(found, Body)
    return found


def content(source: Body) -> bytes:
    return b"".join(source.chunks())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "call.wav"
    file.write_bytes(WAV)
    return file


class Pipe(io.RawIOBase):
    """A stream that can be read once; `name` is what it calls itself."""

    name = "the pipe"

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.data.readinto(buffer)


class Zeros:
    """The least of a file object: `read` alone. It gives FLAC's mark and then zeros."""

    def __init__(self, size: int) -> None:
        self.left, self.start = size, True

    def read(self, size: int) -> bytes:
        size = min(size, self.left)
        self.left -= size
        mark, self.start = b"fLaC" if self.start else b"", False
        return mark + bytes(size - len(mark))


# sources


def test_a_path_is_read_from_disk_each_time(path: Path) -> None:
    source = body(path)
    assert source.length == len(WAV)
    assert content(source) == content(source) == WAV
    path.write_bytes(FLAC)
    assert content(source) == FLAC


@pytest.mark.parametrize("spelling", ["{}", " {} "], ids=["text", "text with blanks"])
def test_a_path_may_be_text(path: Path, spelling: str) -> None:
    assert content(body(spelling.format(path))) == WAV


def test_a_home_directory_is_expanded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(path.parent))
    assert content(body("~/call.wav")) == WAV


def test_a_file_url_may_have_escaped_characters(tmp_path: Path) -> None:
    file = tmp_path / "my call, 50%.wav"
    file.write_bytes(WAV)
    assert content(body(file.as_uri())) == WAV


@pytest.mark.parametrize(
    "url", ["https://example.org/a.wav", "HTTP://example.org/b", " http://example.org/c?d=e "]
)
def test_a_web_address_is_left_to_the_service(url: str) -> None:
    assert load(url) == Remote(url.strip())


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview], ids=lambda kind: kind.__name__)
def test_bytes_are_a_source(kind: Any) -> None:
    assert content(body(kind(WAV))) == WAV


def test_bytes_that_change_later_are_sent_as_they_were() -> None:
    data = bytearray(WAV)
    source = body(data)
    data[:] = bytes(len(WAV))
    assert content(source) == WAV


def test_a_file_object_stays_open_and_is_set_back(path: Path) -> None:
    with path.open("rb") as file:
        source = body(file)
        assert content(source) == content(source) == WAV
        assert file.tell() == 0
        assert not file.closed


def test_a_file_object_is_sent_from_where_it_stands() -> None:
    file = io.BytesIO(b"junk" + WAV)
    file.seek(4)
    source = body(file)
    assert source.length == len(WAV)
    assert content(source) == content(source) == WAV
    assert file.tell() == 4


def test_an_upload_that_stops_early_sets_the_file_object_back() -> None:
    file = io.BytesIO(WAV * 40)
    chunks = body(file).chunks()
    next(chunks)
    assert file.tell() == CHUNK
    chunks.close()
    assert file.tell() == 0


@pytest.mark.parametrize("buffered", [False, True], ids=["raw", "buffered"])
def test_a_stream_that_cannot_be_rewound_is_kept(buffered: bool) -> None:
    stream: Any = io.BufferedReader(Pipe(WAV)) if buffered else Pipe(WAV)
    source = body(stream)
    assert source.length == len(WAV)
    assert content(source) == content(source) == WAV


def test_an_operating_system_pipe_is_a_source(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    writer = threading.Thread(target=fifo.write_bytes, args=(WAV,))
    writer.start()
    source = body(fifo)
    writer.join()
    assert content(source) == content(source) == WAV


def test_a_long_stream_goes_to_a_temporary_file_that_is_removed(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tracemalloc.start()
    source = body(Zeros(3 * SPOOL))
    digest = hashlib.sha256()
    for _ in range(2):
        for piece in source.chunks():
            digest.update(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert source.length == 3 * SPOOL
    assert peak < 2 * SPOOL
    del source, piece
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_large_file_is_never_in_memory(tmp_path: Path) -> None:
    file, size = tmp_path / "large.flac", 300 << 20
    with file.open("wb") as stream:
        stream.write(b"fLaC")
        stream.truncate(size)
    tracemalloc.start()
    source = body(file)
    sent = sum(len(piece) for piece in source.chunks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent == source.length == size
    assert peak < 4 * CHUNK


def test_an_fsspec_url_is_a_source() -> None:
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://calls/call.wav", "wb") as file:
        file.write(WAV)
    source = body("memory://calls/call.wav")
    assert source.length == len(WAV)
    assert content(source) == content(source) == WAV


@pytest.mark.parametrize("url", ["memory://nowhere.wav", "memory://calls", "nosuchscheme://x/y.wav"])
def test_an_fsspec_url_that_cannot_be_opened_is_refused(url: str) -> None:
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").makedirs("/calls", exist_ok=True)
    with pytest.raises(AudioError, match=url.partition("//")[2]):
        load(url)


@pytest.mark.parametrize("samples", [np.zeros(800), np.zeros((800, 2), np.int16)], ids=["mono", "stereo"])
def test_an_array_with_its_rate_is_a_wav_file(samples: Any) -> None:
    source = body((samples, 8000))
    with wave.open(io.BytesIO(content(source))) as file:
        assert (file.getframerate(), file.getnframes()) == (8000, 800)
    assert source.complete


def test_an_array_takes_its_rate_from_the_option() -> None:
    source = body(np.zeros(800), sample_rate=8000, encoding="mulaw", channels=2)
    assert source.complete


def test_an_array_without_a_rate_is_refused() -> None:
    with pytest.raises(AudioError, match=r"\(samples, 16000\)"):
        load(np.zeros(800))


def test_a_pandas_series_is_an_array() -> None:
    pandas = pytest.importorskip("pandas")
    assert body((pandas.Series(np.zeros(800)), 8000)).length == 1644


def test_a_notebooks_audio_object_is_a_source(path: Path) -> None:
    display = pytest.importorskip("IPython.display")
    assert content(body(display.Audio(data=WAV))) == WAV
    assert content(body(display.Audio(filename=str(path)))) == WAV
    assert load(display.Audio(url="https://example.org/a.wav")) == Remote("https://example.org/a.wav")
    with wave.open(io.BytesIO(content(body(display.Audio(np.sin(np.arange(800)), rate=8000))))) as file:
        assert (file.getframerate(), file.getnframes()) == (8000, 800)


@pytest.mark.parametrize(
    "source",
    [None, 17, 1.5, object(), ["a.wav"], {"url": "x"}, (1, 2), (np.zeros(8),), lambda: None],
    ids=type,
)
def test_what_is_no_source_is_refused_with_what_is(source: Any) -> None:
    with pytest.raises(AudioError, match="path, URL, bytes, file object"):
        load(source)


# refusals


def test_a_missing_file_gets_the_nearest_name(path: Path) -> None:
    with pytest.raises(AudioError, match=r"There is no file .*Did you mean 'call\.wav'\?"):
        load(path.with_name("cal.wav"))


@pytest.mark.parametrize("name", ["nowhere/at/all.wav", "", "a\0b.wav"], ids=repr)
def test_a_path_that_leads_nowhere_is_refused(name: str, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AudioError, match=r"There is no file|is a directory"):
        load(name)


def test_a_name_too_long_for_a_file_is_refused_shortly() -> None:
    with pytest.raises(AudioError, match="cannot be read") as caught:
        load("x" * 5000)
    assert len(str(caught.value)) < 400


def test_a_directory_is_refused_with_a_pattern(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"is a directory.*\*\.wav"):
        load(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_refused(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(AudioError, match="cannot be read"):
        load(path)


@pytest.mark.parametrize("empty", [b"", io.BytesIO(), Pipe(b"")], ids=["bytes", "file object", "stream"])
def test_an_empty_source_is_refused(empty: Any) -> None:
    with pytest.raises(AudioError, match="is empty"):
        load(empty, encoding="linear16", sample_rate=8000)


def test_an_empty_file_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioError, match=r"empty\.wav' is empty"):
        load(tmp_path / "empty.wav")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><html><title>404 Not Found</title></html>", "an HTML page"),
        (b'{"message": "Not Found"}', "JSON text"),
        (b"<?xml version='1.0'?><Error/>", "an XML document"),
        (b"Permission denied\n", "plain text"),
    ],
)
def test_text_that_calls_itself_audio_is_refused(tmp_path: Path, data: bytes, kind: str) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(data)
    with pytest.raises(AudioError, match=f"song.mp3' is {kind}, not audio"):
        load(file)


def test_a_web_page_is_refused_even_as_raw_audio() -> None:
    with pytest.raises(AudioError, match="an HTML page"):
        load(b"<html><body>oops</body></html>", encoding="mulaw", sample_rate=8000)


def test_a_file_object_in_text_mode_is_refused_with_the_fix(path: Path) -> None:
    with path.open(encoding="utf-8") as file, pytest.raises(AudioError, match=r"open\(path, 'rb'\)"):
        load(file)


@pytest.mark.parametrize("seekable", [True, False], ids=["seekable", "not seekable"])
def test_any_stream_of_text_is_refused_with_the_fix(seekable: bool) -> None:
    stream = io.StringIO("RIFF")
    stream.seekable = lambda: seekable  # type: ignore[method-assign]
    with pytest.raises(AudioError, match=r"open\(path, 'rb'\)"):
        load(stream)


def test_a_closed_file_object_is_refused(path: Path) -> None:
    with path.open("rb") as file:
        pass
    with pytest.raises(AudioError, match="is closed"):
        load(file)


# raw audio and its description


@pytest.mark.parametrize("kind", KINDS[:20], ids=[kind.label for kind in KINDS[:20]])
def test_a_file_with_a_header_needs_no_description(kind: Any) -> None:
    assert body(encoded(kind)).length


def test_raw_audio_needs_a_description() -> None:
    with pytest.raises(AudioError, match=r"encoding='linear16', sample_rate=16000"):
        load(PCM)
    with pytest.raises(AudioError, match="sample_rate=16000"):
        load(PCM, encoding="linear16")
    assert content(body(PCM, encoding="linear16", sample_rate=16000)) == PCM


@pytest.mark.parametrize(("encoding", "rate"), [("amr-nb", 8000), ("amr-wb", 16000)])
def test_an_encoding_with_a_fixed_rate_gets_that_rate(encoding: str, rate: int) -> None:
    frames = b"\x3c" + bytes(31)
    with pytest.raises(AudioError, match=f"sample_rate={rate}"):
        load(frames, encoding=encoding, sample_rate=44100)
    assert body(frames, encoding=encoding, sample_rate=rate)


@pytest.mark.parametrize(
    ("encoding", "channels", "size"),
    [("linear16", 1, 2), ("linear16", 2, 4), ("linear32", 3, 12), ("mulaw", 5, 1)],
)
def test_a_length_that_is_no_whole_number_of_samples_is_refused(
    encoding: str, channels: int, size: int
) -> None:
    data = (b"\x80\x01" * 60)[: 60 // size * size]
    hints = {"encoding": encoding, "sample_rate": 8000, "channels": channels}
    assert body(data, **hints)
    if size > 1:
        with pytest.raises(AudioError, match=f"{size} bytes each for {channels}"):
            load(data[:-1], **hints)


@pytest.mark.parametrize("encoding", ["linear16", "mulaw", "opus", "amr-nb"])
def test_an_encoding_for_a_file_with_a_header_is_refused(encoding: str) -> None:
    with pytest.raises(AudioError, match="is WAV: give no encoding"):
        load(WAV, encoding=encoding, sample_rate=16000)


def test_an_encoding_that_agrees_with_the_file_passes() -> None:
    assert body(FLAC, encoding="flac")
    assert body(FLAC, encoding="flac", sample_rate=16000)
    with pytest.raises(AudioError, match="is FLAC: give encoding='flac' or none"):
        load(FLAC, encoding="linear16")


@pytest.mark.parametrize("encoding", ["flac", "ogg-opus"])
def test_raw_audio_that_calls_itself_a_container_is_refused(encoding: str) -> None:
    with pytest.raises(AudioError, match=f"is not {encoding}"):
        load(PCM, encoding=encoding, sample_rate=16000)


@pytest.mark.parametrize("hint", [{"sample_rate": 16000}, {"channels": 2}], ids=str)
def test_hints_for_a_file_with_a_header_are_refused(hint: dict[str, int]) -> None:
    with pytest.raises(AudioError, match="leave those options out"):
        load(WAV, **hint)


def test_one_open_file_can_be_read_by_several_at_once(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(np.arange(4000, dtype=np.int16), 8000))
    with path.open("rb") as stream:
        bodies = [load(stream) for _ in range(3)]
        pieces = zip(*(body.chunks() for body in bodies if isinstance(body, Body)), strict=True)
        assert [b"".join(read) for read in zip(*pieces, strict=True)] == [path.read_bytes()] * 3
        assert stream.tell() == 0


@pytest.mark.parametrize("raw", [False, True], ids=["a file", "raw"])
def test_speech_is_a_source(raw: bool) -> None:
    samples = np.arange(800, dtype=np.int16)
    data = samples.tobytes() if raw else wav(samples, 8000)
    kind = "audio/l16;rate=8000" if raw else "audio/wav"
    body = load(Speech(data, kind, text=""))
    assert isinstance(body, Body)
    assert b"".join(body.chunks()) == wav(samples, 8000)
