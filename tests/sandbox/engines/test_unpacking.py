import threading
from io import BytesIO

import av
import numpy as np
import pytest

from dgnb.audio.samples import wav
from dgnb.sandbox.engines import files
from dgnb.sandbox.engines.decoding import DecodeError, decode
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.synthesis import RATE, synthesise
from dgnb.sandbox.engines.unpacking import Unpacker

TEXT = "The library opens at ten and closes in the evening."


def unpacked(audio: bytes, size: int, *about) -> np.ndarray:
    unpacker = Unpacker(*about)
    try:
        found = [unpacker.feed(audio[at : at + size]) for at in range(0, len(audio), size)]
        found.append(unpacker.finish())
    finally:
        unpacker.close()
    return np.concatenate([samples for samples in found if len(samples)], axis=1)


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name == "dgnb-unpacking"}


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return synthesise(TEXT).samples


RAW = {
    "linear16": (16_000, 1, "<i2"),
    "linear16 at 8 kHz": (8_000, 1, "<i2"),
    "linear16 in stereo": (22_050, 2, "<i2"),
    "linear32 of twenty channels": (16_000, 20, "<i4"),
    "mulaw": (8_000, 1, "u1"),
    "alaw": (8_000, 3, "u1"),
}


@pytest.mark.parametrize("size", [1, 333, 100_000], ids=str)
@pytest.mark.parametrize(("name", "about"), RAW.items(), ids=list(RAW))
def test_raw_audio_in_pieces_is_what_it_is_as_a_whole(name: str, about: tuple, size: int) -> None:
    rate, channels, kind = about
    limits = np.iinfo(kind)
    values = np.random.default_rng(0).integers(limits.min, limits.max, 240 * channels)
    audio, encoding = values.astype(kind).tobytes(), name.split(maxsplit=1)[0]
    whole = decode(audio, encoding=encoding, sample_rate=rate, channels=channels)
    found = unpacked(audio, size, encoding, rate, channels)
    assert found.shape[0] == channels
    assert np.array_equal(found, whole.samples)


@pytest.mark.parametrize("container", ["wav", "flac", "ogg", "webm"])
def test_a_file_in_pieces_is_what_it_is_as_a_whole(speech: np.ndarray, container: str) -> None:
    file = encode(speech, RATE, container)
    assert np.array_equal(unpacked(file, 1_000, None), decode(file).samples)
    assert threads() == set()


def test_an_mp3_in_pieces_lasts_as_long_as_a_whole_one(speech: np.ndarray) -> None:
    file = encode(speech, RATE, "mp3")
    found, whole = unpacked(file, 777, None), decode(file).samples
    assert found.shape[1] == pytest.approx(whole.shape[1], abs=1_200)


@pytest.mark.parametrize(
    ("form", "encoding"),
    [("amr", "amr-nb"), ("bare amr", "amr-nb"), ("amr", None), ("ogg", "opus"), ("flac", "flac")],
)
def test_a_container_may_be_said_to_hold_its_encoding(speech, form: str, encoding: str | None) -> None:
    if "amr" in form:
        file = amr(decode(encode(speech, RATE)).samples[0])
        file = file[6:] if form == "bare amr" else file
    else:
        file = encode(speech, RATE, form)
    found = unpacked(file, 500, encoding)
    assert found.shape[1] == pytest.approx(len(speech) * 16_000 / RATE, rel=0.02)


def amr(samples: np.ndarray) -> bytes:
    codec = av.CodecContext.create("libopencore_amrnb", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = 8_000, "mono", "s16", 12_200
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[::2])[None], format="s16", layout="mono")
    frame.sample_rate = 8_000
    fifo, packets = av.AudioFifo(), []
    fifo.write(frame)
    while (part := fifo.read(160)) is not None:
        packets += codec.encode(part)
    return b"#!AMR\n" + b"".join(bytes(packet) for packet in packets)


@pytest.mark.parametrize("header", ["in pieces", "without a length", "of a stream"])
def test_the_header_of_a_wav_may_be_in_pieces_and_its_length_wrong(speech, header: str) -> None:
    file = bytearray(wav(speech, RATE))
    if header != "in pieces":
        file[40:44] = bytes(4) if header == "without a length" else b"\xff" * 4
    assert np.array_equal(unpacked(bytes(file), 5, None), decode(wav(speech, RATE)).samples)


def test_opus_packets_are_read_one_a_frame(speech: np.ndarray) -> None:
    container = av.open(BytesIO(encode(speech, RATE, "webm")))
    packets = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    unpacker = Unpacker("opus")
    samples = [unpacker.feed(packet) for packet in packets]
    total = sum(part.shape[1] for part in samples) + unpacker.finish().shape[1]
    assert total == pytest.approx(len(speech) * 16_000 / RATE, abs=2_000)


def test_samples_come_with_the_frame_that_holds_them(speech: np.ndarray) -> None:
    """A file is not read ahead: what was sent is heard without waiting for what follows."""
    for container, most in (("wav", 0.2), ("webm", 0.2), ("mp3", 0.5)):
        file, unpacker, taken = encode(speech, RATE, container), Unpacker(), 0
        half = len(file) // 2
        for at in range(0, half, 1_000):
            taken += unpacker.feed(file[at : at + 1_000]).shape[1]
        assert taken / 16_000 > len(speech) / RATE / 2 - most
        unpacker.close()
    assert threads() == set()


@pytest.mark.parametrize(
    "audio",
    [
        pytest.param(bytes(100_000), id="zeros"),
        pytest.param(np.random.default_rng(0).bytes(100_000), id="noise"),
        pytest.param(b"<html>" * 20_000, id="text"),
        pytest.param(b"abc", id="little"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"RIFF\0\0\0\0WAVEjunk" + b"\xff" * 100, id="broken wav"),
    ],
)
def test_what_is_no_audio_is_an_error(audio: bytes) -> None:
    with pytest.raises(DecodeError):
        unpacked(audio, 1_000, None)
    assert threads() == set()


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (("linear16",), "needs sample_rate"),
        (("mulaw", 100), "outside"),
        (("linear16", 16_000, 21), "21 channels"),
        (("amr-wb", 8_000), "16000"),
    ],
    ids=["no rate", "low rate", "many channels", "fixed rate"],
)
def test_what_cannot_be_read_is_known_before_any_audio(about: tuple, words: str) -> None:
    with pytest.raises(DecodeError, match=words):
        Unpacker(*about)


def test_a_fault_in_the_thread_that_reads_is_told_to_who_feeds(
    speech: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(files, "frames", broken)
    with pytest.raises(MemoryError):
        unpacked(encode(speech, RATE, "flac"), 1_000)
