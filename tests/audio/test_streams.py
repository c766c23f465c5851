"""Recordings as streams: every kind of source, byte for byte."""

from __future__ import annotations

import asyncio
import io
import struct
import subprocess
import sys
import tracemalloc
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import wav
from dgnb.audio.streams import open_stream
from dgnb.errors import AudioError, ConnectionFailed, MissingExtra, OptionError
from dgnb.results.speech import Speech
from tests.audio.files import KINDS, Kind, can_write, encoded, raw, tone
from tests.audio.taking import opened, pieces, taken, threads

TONE = tone(8000)
WAV = wav(TONE, 8000)
MONO = AudioFormat("linear16", 8000)
COMPRESSED = [kind for kind in KINDS if can_write(kind.codec) and kind.container != "wav"]
MP3 = next(kind for kind in COMPRESSED if kind.name == "MP3")
M4A = next(kind for kind in COMPRESSED if kind.name == "MP4/M4A")


def by_ffmpeg(audio: bytes, layout: str | None = None, rate: int | None = None) -> bytes:
    with av.open(io.BytesIO(audio)) as file:
        stream = file.streams.audio[0]
        resampler = av.AudioResampler("s16", layout or stream.layout.name, rate or stream.rate)
        frames = [part for frame in file.decode(stream) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
        return b"".join(frame.to_ndarray().tobytes() for frame in frames)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "call.wav"
    file.write_bytes(WAV)
    return file


def sources(path: Path) -> dict[str, Any]:
    display = pytest.importorskip("IPython.display")
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://streams/call.wav", "wb") as file:
        file.write(WAV)
    return {
        "path": path,
        "name": str(path),
        "URL of a file": path.as_uri(),
        "URL of fsspec": "memory://streams/call.wav",
        "bytes": WAV,
        "bytearray": bytearray(WAV),
        "file object": io.BytesIO(WAV),
        "Audio": display.Audio(data=WAV),
        "array": (TONE, 8000),
        "speech": Speech(WAV, "audio/wav", text=""),
        "raw speech": Speech(TONE.tobytes(), "audio/l16;rate=8000", text=""),
    }


def test_every_kind_of_recording_is_the_same_audio(path: Path) -> None:
    async def facts(source: Any) -> tuple[Any, ...]:
        async with opened(source) as stream:
            return stream.live, stream.duration, stream.lost

    for name, source in sources(path).items():
        assert asyncio.run(facts(source)) == (False, 1.0, 0.0), name
        assert taken(source) == (MONO, TONE.astype("<i2").tobytes()), name


def test_pieces_are_80_ms_long_and_the_last_is_what_is_left(path: Path) -> None:
    found = asyncio.run(pieces(path))
    assert [len(piece) for piece in found] == [1280] * 12 + [640]


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(["linear16", "linear32", "mulaw"]),
    st.integers(1, 5000),
    st.integers(1, 3),
    st.sampled_from([8000, 11025, 16000, 44100]),
)
def test_raw_audio_comes_as_it_is(encoding: str, count: int, channels: int, rate: int) -> None:
    audio = raw(encoding, np.arange(count * channels).astype(np.int16))
    form, found = taken(audio, encoding=encoding, sample_rate=rate, channels=channels)
    assert form == AudioFormat(encoding, rate, channels)
    assert found == audio


@pytest.mark.parametrize("kind", COMPRESSED, ids=[kind.label for kind in COMPRESSED])
def test_whatever_is_compressed_is_decoded(kind: Kind) -> None:
    data = encoded(kind)
    form, audio = taken(data)
    assert form.encoding == "linear16"
    # VOC cannot say every rate exactly.
    assert form.sample_rate == pytest.approx(kind.rate, rel=0.01)
    assert form.channels == (2 if kind.layout == "stereo" else 1)
    assert audio == by_ffmpeg(data)


@pytest.mark.parametrize("name", ["MP3", "FLAC", "Ogg Opus", "MP4/M4A", "WebM/Matroska", "AMR"])
def test_the_length_of_a_compressed_file_is_told(name: str) -> None:
    kind = next((kind for kind in COMPRESSED if kind.name == name), None)
    if kind is None:
        pytest.skip(f"this FFmpeg writes no {name}")
    assert open_stream(encoded(kind)).duration == pytest.approx(1.0, abs=0.1)


def test_a_very_high_rate_is_brought_to_48_khz() -> None:
    data = encoded(Kind("FLAC", "flac", "flac", 96000))
    form, audio = taken(data)
    assert form == AudioFormat("linear16", 48000)
    assert audio == by_ffmpeg(data, rate=48000)


@pytest.mark.parametrize("codec", ["pcm_s24le", "pcm_f32le", "pcm_u8", "adpcm_ima_wav"])
def test_wav_of_any_codec_becomes_linear16(codec: str) -> None:
    data = encoded(Kind("WAV", "wav", codec, 16000))
    form, audio = taken(data)
    difference = np.frombuffer(by_ffmpeg(data), "<i2").astype(int) - np.frombuffer(audio, "<i2")
    assert form == AudioFormat("linear16", 16000)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("container", ["amr", "amr-wb"], ids=["narrow", "wide"])
def test_raw_amr_is_decoded(container: str) -> None:
    name, header = ("AMR", b"#!AMR\n") if container == "amr" else ("AMR-WB", b"#!AMR-WB\n")
    kind = next(kind for kind in KINDS if kind.name == name)
    if not can_write(kind.codec):
        pytest.skip(f"this FFmpeg has no {kind.codec}")
    data = encoded(kind)
    encoding = "amr-nb" if container == "amr" else "amr-wb"
    found = taken(data.removeprefix(header), encoding=encoding, sample_rate=kind.rate)
    assert found == (AudioFormat("linear16", kind.rate), by_ffmpeg(data))


def test_for_flux_several_channels_are_mixed() -> None:
    stereo = np.stack([TONE, np.zeros_like(TONE)], axis=1)
    mean = np.frombuffer(taken((stereo, 8000), flux=True)[1], "<i2")
    assert np.abs(mean - TONE / 2).max() <= 0.5
    law = np.repeat(np.frombuffer(raw("mulaw", TONE), np.uint8), 2).tobytes()
    form, audio = taken(law, encoding="mulaw", sample_rate=8000, channels=2, flux=True)
    assert form == MONO
    assert len(audio) == 16000
    kind = next(kind for kind in COMPRESSED if kind.layout == "stereo")
    assert taken(encoded(kind), flux=True)[1] == by_ffmpeg(encoded(kind), "mono")


def test_an_encoding_that_flux_does_not_take_is_refused(path: Path) -> None:
    with pytest.raises(OptionError, match="linear16, linear32, mulaw, alaw, opus, ogg-opus, not 'speex'"):
        open_stream(b"\x01\x80" * 80, encoding="speex", sample_rate=8000, flux=True)
    assert taken(path, flux=True)[0] == MONO


def test_packets_that_are_not_decoded_are_passed_on() -> None:
    form, audio = taken(b"\x01\x80" * 80, encoding="speex", sample_rate=8000)
    assert (form, form.width, audio) == (AudioFormat("speex", 8000), 0, b"\x01\x80" * 80)


# long files


def test_a_gigabyte_is_never_in_memory(tmp_path: Path) -> None:
    file = tmp_path / "long.wav"
    with file.open("wb") as stream:
        stream.write(WAV[:40] + struct.pack("<I", 1 << 30))
        stream.truncate((1 << 30) + 44)

    async def some() -> int:
        size = 0
        async with opened(file) as stream:
            assert stream.duration == (1 << 29) / 8000
            async for piece in stream.pieces():
                size += len(piece)
                if size >= 20 << 20:
                    return size
        return size

    tracemalloc.start()
    assert asyncio.run(some()) >= 20 << 20
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 << 20


# URLs


@pytest.mark.parametrize(
    "data",
    [WAV, encoded(MP3), encoded(M4A), encoded(Kind("WAV", "wav", "pcm_f32le"))],
    ids=["WAV", "MP3", "MP4 with its index at the end", "WAV of floats"],
)
def test_a_url_is_read_while_it_comes(data: bytes) -> None:
    asked, closed = [], []

    def fetch(url: str) -> Any:
        asked.append(url)
        try:
            yield from (data[i : i + 999] for i in range(0, len(data), 999))
        finally:
            closed.append(url)

    url = "https://me:word@example.org/call?signature=secret"
    stream = open_stream(url, fetch=fetch)
    assert not stream.live
    assert stream.name == "https://example.org/call"
    asyncio.run(stream.close())
    assert (asked, closed) == ([url], [url])
    form, audio = taken(url, fetch=fetch)
    whole = taken(data)
    # What an encoder has filled up at the end is known only of a file that can be rewound.
    assert (form, audio[: len(whole[1])]) == whole
    assert len(audio) - len(whole[1]) <= 2 * 1152


def test_a_station_that_never_ends_is_heard() -> None:
    def fetch(_: str) -> Any:
        while True:
            yield encoded(MP3)

    async def first() -> bytes:
        async with opened("https://example.org/radio", fetch=fetch) as stream:
            return await anext(aiter(stream.pieces()))

    assert len(asyncio.run(first())) == 2 * 3528


def test_a_connection_that_is_cut_is_told() -> None:
    def fetch(_: str) -> Any:
        yield encoded(MP3, 8.0)[:40000]
        raise ConnectionFailed("cut")

    async def all_of_it() -> None:
        await pieces("https://example.org/call.mp3", fetch=fetch)

    with pytest.raises(ConnectionFailed, match="cut"):
        asyncio.run(all_of_it())


def test_a_url_that_nobody_fetches_is_refused() -> None:
    with pytest.raises(AudioError, match=r"download https://example\.org/a\.mp3 first"):
        open_stream("https://example.org/a.mp3")


def test_a_page_where_audio_should_be_is_refused() -> None:
    with pytest.raises(AudioError, match="an HTML page"):
        open_stream("https://example.org/a.mp3", fetch=lambda _: [b"<html>", b"Not found</html>"])


# refusals


@pytest.mark.parametrize(
    ("source", "options", "fix"),
    [
        ("nowhere.wav", {}, "There is no file"),
        (b"", {}, "is empty"),
        (b"a letter to the editor", {}, "plain text"),
        (b"\x80\x01" * 100, {}, "encoding='linear16', sample_rate=16000"),
        (b"\x80\x01" * 100, {"encoding": "mulaw"}, "sample_rate=16000"),
        (WAV, {"encoding": "linear16", "sample_rate": 8000}, "give no encoding"),
        (TONE, {}, "An array needs its rate"),
        (17, {}, "A source is"),
        (WAV[:20], {}, "not a WAV file with samples"),
        (encoded(MP3)[:64], {}, "cannot be decoded|no sound"),
        (b"fLaC" + bytes(99), {}, "cannot be decoded|no sound"),
    ],
    ids=["missing", "empty", "text", "raw", "no rate", "conflict", "array", "number", "cut", "MP3", "FLAC"],
)
def test_what_cannot_be_sent_is_refused_at_once(source: Any, options: Any, fix: str) -> None:
    with pytest.raises(AudioError, match=fix):
        open_stream(source, **options)
    assert threads() == []


@pytest.mark.parametrize(
    "options",
    [{"encoding": "linear17"}, {"sample_rate": -8000}, {"channels": 40}],
    ids=lambda options: next(iter(options)),
)
def test_an_option_out_of_range_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=next(iter(options))):
        open_stream(b"\x80\x01" * 100, **{"encoding": "linear16", "sample_rate": 8000, **options})


def test_a_damaged_packet_is_left_out() -> None:
    data = bytearray(encoded(MP3, 4.0))
    data[9000:9400] = b"\x55" * 400
    assert len(taken(bytes(data))[1]) == pytest.approx(4 * 88200, rel=0.1)


def test_without_pyav_only_compressed_audio_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    mp3 = encoded(MP3)
    monkeypatch.setitem(sys.modules, "av", None)
    assert taken(WAV)[0] == MONO
    assert taken(raw("mulaw", TONE), encoding="mulaw", sample_rate=8000)[0] == AudioFormat("mulaw", 8000)
    with pytest.raises(MissingExtra, match='needs the extra "live"'):
        open_stream(mp3)


def test_a_film_is_heard_and_a_silent_one_is_refused() -> None:
    assert taken(film(sound=True))[0] == AudioFormat("linear16", 16000)
    with pytest.raises(AudioError, match="There is no sound in the bytes"):
        open_stream(film(sound=False))


def film(*, sound: bool) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        video = container.add_stream("mpeg4", rate=25)
        video.width, video.height = 64, 48
        audio = container.add_stream("pcm_s16le", rate=16000, layout="mono") if sound else None
        container.mux(video.encode(av.VideoFrame(64, 48, "yuv420p")))
        if audio is not None:
            heard = av.AudioFrame.from_ndarray(tone(16000)[None], format="s16", layout="mono")
            heard.sample_rate = 16000
            container.mux(audio.encode(heard))
        container.mux(video.encode(None))
    return file.getvalue()


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    code = "import sys, dgnb.audio.streams; print({'numpy', 'av', 'sounddevice'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# closing


def test_a_stream_that_is_closed_early_releases_its_file(path: Path) -> None:
    async def first() -> None:
        with path.open("rb") as file:
            async with opened(file) as stream:
                await anext(aiter(stream.pieces()))
            assert file.tell() == 0
            await stream.close()
            assert [piece async for piece in stream.pieces()] == []

    asyncio.run(first())
    assert threads() == []


def test_at_its_end_a_recording_is_released_by_itself(path: Path) -> None:
    async def read() -> None:
        stream = open_stream(path)
        assert len([piece async for piece in stream.pieces()]) == 13
        for thread in threads():
            await asyncio.to_thread(thread.join)
        await stream.close()

    asyncio.run(read())
    assert threads() == []


def test_a_file_that_is_still_open_is_readable_by_others(path: Path) -> None:
    with wave.open(str(path)) as file:
        assert taken(path)[1] == file.readframes(8000)
