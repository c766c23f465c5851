from __future__ import annotations

from io import BytesIO
from struct import pack

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dgnb.audio.pcm import SIZES, Recoder
from dgnb.audio.raw import AudioFormat
from dgnb.audio.waves import Wave, header
from dgnb.errors import AudioError

CODES = {
    "linear16": (1, 16),
    "linear32": (1, 32),
    "mulaw": (7, 8),
    "alaw": (6, 8),
    "unsigned8": (1, 8),
    "linear24": (1, 24),
    "float32": (3, 32),
    "float64": (3, 64),
}


def chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    """A part of a WAV file; one whose length is not said is not filled up either."""
    known = size in (None, len(data))
    return (
        name + pack("<I", len(data) if size is None else size) + data + bytes(len(data) % 2 if known else 0)
    )


def wav(
    audio: bytes, kind: str = "linear16", channels: int = 1, *, extensible: bool = False, claim: str = "right"
) -> bytes:
    """A WAV file with text before its samples, and behind them where its length is right."""
    codec, bits = CODES[kind]
    block = bits // 8 * channels
    form = pack("<HHIIHH", 0xFFFE if extensible else codec, channels, 8000, 8000 * block, block, bits)
    if extensible:
        guid = pack("<H", codec) + bytes.fromhex("000000001000800000aa00389b71")
        form += pack("<HHI", 22, bits, 0) + guid
    text = chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0\0")
    size = {"right": len(audio), "none": 0, "most": 0xFFFFFFFF, "too much": len(audio) + 999}[claim]
    behind = text if claim == "right" else b""
    body = b"WAVE" + chunk(b"fmt ", form) + text + chunk(b"data", audio, size) + behind
    return b"RIFF" + pack("<I", len(body) if claim == "right" else size) + body


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Data in parts whose sizes repeat."""
    parts, at = [], 0
    while at < len(data):
        size = sizes[len(parts) % len(sizes)]
        parts.append(data[at : at + size])
        at += size
    return parts


files = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(CODES)),
        "channels": st.integers(1, 3),
        "extensible": st.booleans(),
        "claim": st.sampled_from(["right", "none", "most", "too much"]),
    }
)


@settings(deadline=None)
@given(files, st.integers(1, 40), st.lists(st.integers(1, 40), min_size=1, max_size=5), st.booleans())
def test_the_samples_of_every_file_come_out_however_it_is_cut(
    how: dict[str, object], count: int, sizes: list[int], mono: bool
) -> None:
    kind, channels = str(how["kind"]), int(str(how["channels"]))
    values = np.random.default_rng(count).uniform(-1, 1, count * channels)
    if kind.startswith("float"):
        audio = values.astype(f"<f{SIZES[kind]}").tobytes()
    else:
        audio = (values * 100).astype("i1").repeat(SIZES[kind]).tobytes()
    wave = Wave(mono=mono)
    found = b"".join(wave.feed(part) for part in cut(wav(audio, **how), sizes))  # type: ignore[arg-type]
    mixed = mono and channels > 1
    as_it_is = kind in ("linear16", "linear32", "mulaw", "alaw") and not mixed
    assert wave.format == AudioFormat(kind if as_it_is else "linear16", 8000, 1 if mono else channels)
    assert found == (audio if as_it_is else Recoder(kind, channels, mixed)(audio))


def test_a_file_of_more_than_4_gb_says_its_length_elsewhere() -> None:
    file = BytesIO()
    with av.open(file, "w", format="wav", options={"rf64": "always"}) as output:
        stream = output.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.arange(800, dtype=np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 8000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            output.mux(packet)
    data = file.getvalue()
    found = header(data)
    assert found is not None
    assert found.length == 1600
    assert Wave().feed(data + b"LIST\x04\0\0\0text") == np.arange(800, dtype="<i2").tobytes()


def test_samples_of_20_bits_lie_in_3_bytes() -> None:
    file = bytearray(wav(bytes(range(12)), "linear24"))
    at = file.index(b"fmt ") + 22
    file[at : at + 2] = pack("<H", 20)
    assert Wave().feed(bytes(file)).hex() == "01020405" + "07080a0b"


@pytest.mark.parametrize("claim", ["right", "none", "too much"])
def test_the_length_is_that_of_the_samples_that_are_there(claim: str) -> None:
    file = wav(bytes(16000), claim=claim)
    found = header(file)
    assert found is not None
    assert found.seconds(len(file)) == 1.0


@pytest.mark.parametrize(
    "data",
    [b"RIFF\x04\0\0\0WAVI" + bytes(8), b"nonsense of some length", wav(b"")[:12] + b"data\0\0\0\0"],
    ids=["other", "nonsense", "no format"],
)
def test_what_is_no_wav_is_refused(data: bytes) -> None:
    with pytest.raises(AudioError, match="WAV"):
        Wave().feed(data)


def test_a_header_with_nonsense_is_refused() -> None:
    file = bytearray(wav(bytes(8)))
    at = file.index(b"fmt ") + 10
    file[at : at + 2] = b"\0\0"
    with pytest.raises(AudioError, match="0 channels of 8000 Hz"):
        Wave().feed(bytes(file))
