import struct
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest

from dgnb.sandbox.engines.decoding import DecodeError, decode
from dgnb.sandbox.engines.encoding import FORMATS, encode

CLICK = np.zeros(16_000, np.int16)
CLICK[8_000:8_002] = 20_000, -20_000


def tone(hertz: float, rate: int = 16_000, seconds: float = 1.0) -> np.ndarray:
    return (8_000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


def loudest_tone(samples: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * 16_000 / len(samples))


def wav(codec: str, samples: np.ndarray, rate: int) -> bytes:
    """A WAV file in any of its codecs."""
    body = BytesIO()
    with av.open(body, "w", format="wav") as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "s16", "mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    return body.getvalue()


def video(samples: np.ndarray) -> bytes:
    """An MP4 file with pictures and sound."""
    body = BytesIO()
    with av.open(body, "w", format="mp4") as file:
        pictures = file.add_stream("mpeg4", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 32, 32, "yuv420p"
        sound = file.add_stream("aac", rate=16_000, layout="mono")
        for number in range(10):
            picture = av.VideoFrame(32, 32, "yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, 10)
            file.mux(pictures.encode(picture))
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.time_base, frame.pts = 16_000, Fraction(1, 16_000), 0
        file.mux([*pictures.encode(None), *sound.encode(frame), *sound.encode(None)])
    return body.getvalue()


@pytest.mark.parametrize("container", sorted(set(FORMATS) - {"aac"}))  # bare AAC has no mark of its delay
def test_every_container_gives_the_same_moment_at_the_same_time(container: str) -> None:
    recording = decode(encode(CLICK, 16_000, container))
    assert abs(int(np.abs(recording.samples[0].astype(int)).argmax()) / 16_000 - 0.5) < 0.01
    assert recording.duration == pytest.approx(1.0, abs=0.06)
    assert recording.samples.dtype == np.int16


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "adpcm_ms"])
def test_every_kind_of_wav_is_read(codec: str) -> None:
    recording = decode(wav(codec, tone(440, 44_100), 44_100))
    assert recording.sample_rate == 44_100
    assert recording.duration == pytest.approx(1.0, abs=0.05)
    assert loudest_tone(recording.samples[0]) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("channels", [2, 6, 9, 20])
def test_channels_are_kept_apart(channels: int) -> None:
    tones = np.stack([tone(200 + 100 * number, 8_000) for number in range(channels)])
    recording = decode(encode(tones, 8_000))
    assert recording.samples.shape == (channels, 16_000)
    found = [loudest_tone(row) for row in recording.samples]
    assert found == pytest.approx([200 + 100 * number for number in range(channels)], abs=2)


def test_channels_are_averaged_into_one_on_demand() -> None:
    both = decode(encode(np.stack([np.full(1_600, 1_000), np.full(1_600, 3_000)]).astype(np.int16), 16_000))
    mixed = both.mixed()
    assert (mixed.channels, mixed.duration) == (1, both.duration)
    assert set(mixed.samples[0]) == {2_000}


def test_the_sound_of_a_video_is_read() -> None:
    recording = decode(video(tone(440)))
    assert loudest_tone(recording.samples[0]) == pytest.approx(440, abs=2)


def test_the_rate_of_the_source_is_told_and_the_samples_have_16_khz() -> None:
    recording = decode(encode(tone(440, 22_050, 2.0), 22_050, "flac"))
    assert (recording.sample_rate, recording.duration) == (22_050, 2.0)
    assert recording.samples.shape[1] == pytest.approx(32_000, abs=2)


@pytest.mark.parametrize(
    ("container", "encoding", "header"),
    [("wav", "linear16", 44), ("mulaw", "mulaw", 58), ("alaw", "alaw", 58), ("amr", "amr-nb", 6)],
)
def test_raw_audio_is_read_as_its_encoding_says(container: str, encoding: str, header: int) -> None:
    file = encode(tone(440, 8_000), 8_000, container)
    start = file.index(b"data") + 8 if b"data" in file[:200] else header
    recording = decode(file[start:], encoding=encoding, sample_rate=8_000)
    assert recording.duration == pytest.approx(1.0, abs=0.03)
    assert loudest_tone(recording.samples[0]) == pytest.approx(440, abs=2)


def test_raw_stereo_is_kept_apart() -> None:
    body = np.stack([tone(300), tone(600)], axis=1).tobytes()
    recording = decode(body, encoding="linear16", sample_rate=16_000, channels=2)
    assert [loudest_tone(row) for row in recording.samples] == pytest.approx([300, 600], abs=2)


@pytest.mark.parametrize(("container", "encoding"), [("ogg", "opus"), ("flac", "flac"), ("amr", "amr-nb")])
def test_an_encoding_may_name_what_a_container_holds(container: str, encoding: str) -> None:
    recording = decode(encode(tone(440), 16_000, container), encoding=encoding)
    assert loudest_tone(recording.samples[0]) == pytest.approx(440, abs=2)


def test_g729_is_decoded_without_a_container() -> None:
    assert decode(bytes(range(1, 201)) * 5, encoding="g729").duration == 1.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"encoding": "linear16"}, "needs sample_rate"),
        ({"encoding": "mp9"}, "'mp9' is none of linear16"),
        ({"encoding": "opus"}, "opus is read from Ogg"),
        ({"encoding": "linear16", "sample_rate": 8_000, "channels": 0}, "0 channels"),
        ({"encoding": "linear16", "sample_rate": 8_000, "channels": 21}, "21 channels"),
        ({"encoding": "linear16", "sample_rate": 1}, "1 Hz"),
    ],
    ids=["no rate", "unknown", "bare opus", "no channel", "too many channels", "rate too low"],
)
def test_wrong_options_are_explained(options: dict, words: str) -> None:
    with pytest.raises(DecodeError, match=words):
        decode(bytes(range(1, 201)), **options)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        bytes(1_000),
        b"<html><body>404</body></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hosts\n",
        b"ffconcat version 1.0\nfile /etc/hosts\n",
        encode(CLICK, 16_000)[:44],
        encode(np.zeros((21, 160), np.int16), 16_000),
        encode(np.zeros(160, np.int16), 1),
    ],
    ids=["empty", "byte", "zeros", "page", "picture", "playlist", "list", "no sample", "21 channels", "1 Hz"],
)
def test_what_is_not_audio_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(body)


def test_a_playlist_cannot_open_a_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(encode(CLICK, 16_000))
    for text in (f"ffconcat version 1.0\nfile '{secret}'\n", f"#EXTM3U\n#EXTINF:1,\n{secret.as_uri()}\n"):
        with pytest.raises(DecodeError):
            decode(text.encode())


def test_a_file_cut_short_gives_its_beginning() -> None:
    whole = encode(tone(440, seconds=4.0), 16_000, "mp3")
    recording = decode(whole[: len(whole) // 2])
    assert recording.duration == pytest.approx(2.0, abs=0.2)


def test_a_file_object_is_read_from_its_start_and_stays_open() -> None:
    file = BytesIO(encode(CLICK, 16_000))
    file.read(10)
    assert decode(file).duration == 1.0
    assert not file.closed


@pytest.mark.parametrize("container", sorted(FORMATS))
def test_damaged_files_are_decoded_or_refused_and_nothing_else(container: str) -> None:
    random, whole = np.random.default_rng(0), encode(tone(440, seconds=0.5), 16_000, container)
    for _ in range(30):
        body = bytearray(whole[: random.integers(1, len(whole) + 1)])
        for place in random.integers(0, len(body), random.integers(0, 30)):
            body[place] = random.integers(256)
        try:
            recording = decode(bytes(body))
        except DecodeError:
            continue
        assert recording.samples.size


def test_a_wav_that_promises_more_than_it_holds_is_read_to_its_end() -> None:
    body = bytearray(encode(CLICK, 16_000))
    at = body.index(b"data") + 4
    body[at : at + 4] = struct.pack("<I", 0x7FFFFFF0)
    assert decode(bytes(body)).duration == 1.0
