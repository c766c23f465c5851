"""Formats told by their first bytes; raw audio and text are told apart from them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dgnb.audio import sniff
from dgnb.audio.formats import HEAD, text_kind
from tests.audio.files import KINDS, Kind, can_write, encoded, raw

RAW = ("linear16", "linear32", "mulaw")


def speech(rate: int = 8000, seconds: float = 20.0) -> NDArray[np.int16]:
    """Voice-like sound: syllables of a gliding pitch with harmonics, and quiet noise in the pauses."""
    time = np.arange(int(rate * seconds)) / rate
    pitch = np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * time)) / rate
    voice = sum(np.sin(2 * np.pi * pitch * n) / n for n in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time), 0, 1) * (np.sin(2 * np.pi * 0.4 * time) > -0.5)
    noise = np.random.default_rng(3).normal(0, 3, time.size)
    return np.asarray(6000 * voice * syllables + noise).clip(-32768, 32767).astype(np.int16)


def noise(level: float, seed: int = 1) -> NDArray[np.int16]:
    values = np.random.default_rng(seed).normal(0, level, 160_000)
    return values.clip(-32768, 32767).astype(np.int16)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.label for kind in KINDS])
def test_a_real_file_is_known_by_its_head(kind: Kind) -> None:
    if not can_write(kind.codec):
        pytest.skip(f"this FFmpeg has no {kind.codec}")
    data = encoded(kind)
    found = sniff(data[:HEAD])
    assert found is not None
    assert found.name == kind.name
    assert text_kind(data[:HEAD]) == ""


def test_formats_that_ffmpeg_does_not_write_are_known() -> None:
    page = b"OggS\x00\x02" + bytes(20) + b"\x01\x50"
    heads = {
        "AMR-WB": b"#!AMR-WB\n" + bytes(61),
        "Ogg Speex": page + b"Speex   1.2.0" + bytes(59),
        "WAV": b"BW64\xff\xff\xff\xffWAVEds64",
        "MP4/M4A": b"\x00\x00\x00\x08wide\x00\x01\x00\x00mdat",
        "AIFF": b"FORM\x00\x00\x00\x00AIFCFVER",
    }
    assert {name: sniff(head).name for name, head in heads.items()} == {name: name for name in heads}  # type: ignore[union-attr]


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 4, 7, 8, 11, 12, 20])
@pytest.mark.parametrize("kind", KINDS[:3] + KINDS[4:6] + KINDS[15:17], ids=lambda kind: kind.label)
def test_a_file_cut_after_a_few_bytes_is_no_error(kind: Kind, cut: int) -> None:
    sniff(encoded(kind, 0.2)[:cut])


@pytest.mark.parametrize("encoding", RAW)
@pytest.mark.parametrize("level", [0, 0.6, 2, 5, 30, 500, 8000, 60000])
def test_raw_noise_is_not_mistaken_for_a_file(encoding: str, level: float) -> None:
    data = raw(encoding, noise(level))
    assert not found_in(data, encoding)


@pytest.mark.parametrize("encoding", RAW)
def test_raw_speech_is_not_mistaken_for_a_file(encoding: str) -> None:
    data = raw(encoding, speech())
    assert not found_in(data, encoding)


def found_in(data: bytes, encoding: str) -> list[Any]:
    """Formats that are found where raw audio might start: at any sample that looks like a frame's start."""
    width = {"linear16": 2, "linear32": 4}.get(encoding, 1)
    places = [place for place in range(0, len(data) - HEAD, width) if data[place] == 0xFF]
    return [sniff(data[place : place + HEAD]) for place in places[:5000] if sniff(data[place : place + HEAD])]


@settings(database=None, deadline=None, max_examples=300)
@given(st.binary(max_size=64))
def test_any_bytes_can_be_looked_at(head: bytes) -> None:
    sniff(head)
    text_kind(head)


@settings(database=None, deadline=None, max_examples=200)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_repeated_pattern_with_a_lone_sync_word_is_raw(a: int, b: int, c: int) -> None:
    head = bytes([0xFF, a, b, c]).ljust(HEAD, b"\x00")
    assert sniff(head) is None


TEXTS = {
    "HTML": (b"<!DOCTYPE html><html><title>404</title>", "an HTML page"),
    "HTML with a mark and blanks": (b"\xef\xbb\xbf \r\n <HTML lang=en>", "an HTML page"),
    "XML": (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "an XML document"),
    "JSON object": (b'{"message": "Not Found"}', "JSON text"),
    "JSON list": (b'[{"id": 1}]', "JSON text"),
    "text": ("Grüße aus Köln\r\n\t\u2013 bis bald".encode(), "plain text"),
    "Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "plain text"),
    "text cut in a letter": ("Grüße".encode()[:3], "plain text"),
}


@pytest.mark.parametrize(("head", "kind"), TEXTS.values(), ids=TEXTS)
def test_text_is_known_as_text(head: bytes, kind: str) -> None:
    assert text_kind(head) == kind
    assert sniff(head) is None


@pytest.mark.parametrize("head", [bytes(8), b"\xff" * 4, b"\x80" * 3, b"a\x00b", b"\xff\xfea\x00"], ids=repr)
def test_raw_bytes_are_no_text(head: bytes) -> None:
    assert text_kind(head) == ""
