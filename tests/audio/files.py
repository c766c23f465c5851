"""Real audio files of many formats, made by FFmpeg, and raw audio without a header."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from av.codec.codec import UnknownCodecError
from numpy.typing import NDArray


@dataclass(frozen=True)
class Kind:
    """A container with a codec that FFmpeg can write, and the name that `sniff` gives it."""

    name: str
    container: str
    codec: str
    rate: int = 16000
    layout: str = "mono"
    muxer: dict[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return "-".join([self.container, self.codec, str(self.rate), *self.muxer])


_BARE = {"id3v2_version": "0", "write_xing": "0"}

KINDS = [
    Kind("WAV", "wav", "pcm_s16le"),
    Kind("WAV", "wav", "pcm_f32le", 44100, "stereo"),
    Kind("WAV", "wav", "pcm_mulaw", 8000),
    Kind("WAV", "wav", "pcm_s24le", 48000, "stereo", {"rf64": "always"}),
    Kind("MP3", "mp3", "libmp3lame", 44100),
    Kind("MP3", "mp3", "libmp3lame", 44100, "stereo", _BARE),
    Kind("MP3", "mp3", "libmp3lame", 16000, "mono", _BARE),
    Kind("MP3", "mp3", "libmp3lame", 8000, "mono", _BARE),
    Kind("MP2", "mp2", "mp2", 48000, "stereo"),
    Kind("MP2", "mp2", "mp2", 16000),
    Kind("FLAC", "flac", "flac"),
    Kind("Ogg Opus", "ogg", "libopus", 48000),
    Kind("Ogg", "ogg", "vorbis", 44100, "stereo"),
    Kind("MP4/M4A", "ipod", "aac"),
    Kind("MP4/M4A", "mp4", "aac", 44100, "stereo"),
    Kind("MP4/M4A", "mov", "aac", 44100),
    Kind("MP4/M4A", "3gp", "aac"),
    Kind("WebM/Matroska", "webm", "libopus", 48000),
    Kind("WebM/Matroska", "matroska", "pcm_s16le"),
    Kind("AAC", "adts", "aac"),
    Kind("AAC", "adts", "aac", 44100, "stereo"),
    Kind("AMR", "amr", "libopencore_amrnb", 8000),
    Kind("AMR-WB", "amr", "libvo_amrwbenc"),
    Kind("AIFF", "aiff", "pcm_s16be"),
    Kind("AU", "au", "pcm_mulaw", 8000),
    Kind("CAF", "caf", "pcm_s16be"),
    Kind("WMA/ASF", "asf", "wmav2", 44100),
    Kind("AVI", "avi", "pcm_s16le"),
    Kind("MPEG-TS", "mpegts", "aac", 44100),
    Kind("MPEG", "mpeg", "mp2", 44100),
    Kind("W64", "w64", "pcm_s16le"),
    Kind("WavPack", "wv", "wavpack"),
    Kind("TTA", "tta", "tta"),
    Kind("VOC", "voc", "pcm_u8"),
    Kind("FLV", "flv", "aac", 44100),
]


def can_write(codec: str) -> bool:
    """Whether this build of FFmpeg has an encoder for the codec."""
    try:
        return av.codec.Codec(codec, "w").is_encoder
    except UnknownCodecError:
        return False


def tone(rate: int, seconds: float = 1.0) -> NDArray[np.int16]:
    """A note of 440 Hz with a little noise, shape (samples,)."""
    time = np.arange(int(rate * seconds)) / rate
    noise = np.random.default_rng(7).normal(0, 200, time.size)
    return (8000 * np.sin(2 * np.pi * 440 * time) + noise).astype(np.int16)


def encoded(kind: Kind, seconds: float = 1.0) -> bytes:
    """A file of a kind, holding a note."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind.container, options=kind.muxer) as container:
        stream: Any = container.add_stream(kind.codec, rate=kind.rate)
        stream.layout, stream.bit_rate = kind.layout, 64000
        stream.codec_context.options = {"strict": "experimental"} if kind.codec == "vorbis" else {}
        stream.codec_context.open()
        for frame in _frames(kind, stream.codec_context, seconds):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def _frames(kind: Kind, context: Any, seconds: float) -> list[av.AudioFrame]:
    frame = av.AudioFrame.from_ndarray(tone(kind.rate, seconds)[None], format="s16", layout="mono")
    frame.sample_rate = kind.rate
    resampler = av.AudioResampler(context.format, kind.layout, kind.rate, context.frame_size)
    return [*resampler.resample(frame), *resampler.resample(None)]


def mulaw(samples: NDArray[np.int16]) -> bytes:
    """Samples as G.711 mu-law."""
    level = np.minimum(np.abs(samples.astype(np.int32)), 32635) + 132
    exponent = np.floor(np.log2(level)).astype(np.int32) - 7
    mantissa = (level >> (exponent + 3)) & 15
    sign = np.where(samples < 0, 0x80, 0)
    return (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8).tobytes()


def raw(encoding: str, samples: NDArray[np.int16]) -> bytes:
    """Samples without a header."""
    if encoding == "mulaw":
        return mulaw(samples)
    if encoding == "linear32":
        return (samples.astype(np.int32) << 16).astype("<i4").tobytes()
    return samples.astype("<i2").tobytes()
