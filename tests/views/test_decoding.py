import sys
from io import BytesIO

import av
import numpy as np
import pytest

from dgnb.audio.samples import wav
from dgnb.errors import AudioError, MissingExtra
from dgnb.sandbox.engines.encoding import encode
from dgnb.views.decoding import decoded

TONE = (8000 * np.sin(np.arange(8000) / 10)).astype(np.int16)


def by_ffmpeg(audio: bytes) -> list[int]:
    with av.open(BytesIO(audio)) as file:
        return np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)]).tolist()


@pytest.mark.parametrize("law", ["mulaw", "alaw"])
def test_every_code_of_telephony_is_decoded_as_ffmpeg_does(law: str) -> None:
    codes = bytes(range(256))
    header = encode(np.zeros(256, np.int16), 8000, law)
    expected = by_ffmpeg(header[: header.index(b"data") + 8] + codes)
    assert decoded(codes, f"audio/{law};rate=8000").samples.tolist() == expected


@pytest.mark.parametrize("container", ["wav", "mulaw", "alaw", "flac", "mp3", "ogg"])
def test_files_of_every_format_keep_their_length(container: str) -> None:
    sound = decoded(encode(TONE, 8000, container), "audio/x")
    assert sound.duration == pytest.approx(1.0, abs=0.001)
    assert sound.samples.dtype == np.int16
    assert np.abs(sound.samples.astype(int)).max() == pytest.approx(8000, rel=0.1)


def test_linear_audio_is_exact() -> None:
    assert decoded(wav(TONE, 8000), "audio/wav").samples.tolist() == TONE.tolist()
    assert decoded(TONE.tobytes() + b"x", "audio/L16; rate=8000").samples.tolist() == TONE.tolist()


def test_channels_are_averaged() -> None:
    sound = decoded(wav(np.stack([TONE, -TONE], axis=1), 8000), "audio/wav")
    assert (len(sound.samples), int(np.abs(sound.samples).max())) == (8000, 0)


def test_wav_of_other_codecs_is_left_to_ffmpeg() -> None:
    file = BytesIO()
    with av.open(file, "w", format="wav") as output:
        stream = output.add_stream("pcm_s24le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(TONE[None], format="s16", layout="mono")
        frame.sample_rate = 8000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    assert decoded(file.getvalue(), "audio/wav").samples.tolist() == TONE.tolist()


def test_no_samples_are_no_sound() -> None:
    assert decoded(b"", "audio/l16;rate=8000").duration == 0


@pytest.mark.parametrize("kind", ["audio/l16", "audio/l16;rate=0", "audio/mulaw;rate=x"])
def test_raw_audio_without_a_rate_is_refused(kind: str) -> None:
    with pytest.raises(AudioError, match="sample rate"):
        decoded(bytes(8), kind)


@pytest.mark.parametrize("audio", [b"", b"nonsense" * 100, b"RIFF", b"fLaC" + bytes(60)], ids=repr)
def test_what_is_no_audio_is_an_error(audio: bytes) -> None:
    with pytest.raises(AudioError):
        decoded(audio, "audio/mpeg")


def test_without_pyav_only_compressed_audio_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    mp3 = encode(TONE, 8000, "mp3")
    monkeypatch.setitem(sys.modules, "av", None)
    assert decoded(wav(TONE, 8000), "audio/wav").rate == 8000
    with pytest.raises(MissingExtra, match='Decoding MP3 needs the extra "sandbox"'):
        decoded(mp3, "audio/mpeg")
