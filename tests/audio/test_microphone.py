"""The microphone: PortAudio itself on a device that ALSA plays from a file; rarer devices are imitated."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dgnb.audio import microphone
from dgnb.audio.raw import AudioFormat
from dgnb.audio.streams import open_stream
from dgnb.errors import AudioError, MissingExtra, OptionError
from dgnb.protocol.limits import FRAME
from tests.audio.taking import threads

SPOKEN = (np.arange(64000) % 30011).astype("<i2").tobytes()

ALSA = """
pcm.null {{ type null }}
pcm.{name} {{ type file, slave.pcm "null", file "/dev/null", infile "{recording}", format "raw" }}
"""
"""A device that gives what is in a file, as fast as it is read."""

real = pytest.mark.skipif(
    sys.platform != "linux" or find_library("portaudio") is None, reason="PortAudio over ALSA is needed"
)


@pytest.fixture
def python(tmp_path: Path) -> Callable[[str], str]:
    """Runs code on a machine with two microphones, and returns what it prints."""
    recording = tmp_path / "spoken.raw"
    recording.write_bytes(SPOKEN)
    devices = [ALSA.format(name=name, recording=recording) for name in ("Headset", "!default")]
    (tmp_path / "alsa.conf").write_text("".join(devices))

    def run(code: str) -> str:
        environment = os.environ | {"ALSA_CONFIG_PATH": str(tmp_path / "alsa.conf")}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=environment,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


LISTENING = """
import asyncio, sys, threading
from dgnb.audio import feeds
from dgnb.audio.streams import open_stream
feeds.GRACE = 60.0  # the machine may be busy
async def main():
    stream = open_stream({source!r}, **{options!r})
    heard = aiter(stream.pieces())
    pieces = [await anext(heard) for _ in range(20)]
    await stream.close()
    await stream.close()
    assert await anext(heard, None) is None
    assert threading.enumerate() == [threading.current_thread()]
    form = stream.format
    print(stream.name, stream.live, form.encoding, form.sample_rate, form.channels)
    with open("spoken.raw", "rb") as spoken:
        print({{len(piece) for piece in pieces}}, spoken.read(20 * len(pieces[0])) == b"".join(pieces))
asyncio.run(main())
"""


@real
@pytest.mark.parametrize(
    ("source", "options", "told"),
    [
        ("mic", {}, "'default' True linear16 16000 1\n{2560} True"),
        ("mic:headset", {"flux": True}, "'Headset' True linear16 16000 1\n{2560} True"),
        (
            "mic:0",
            {"sample_rate": 8000, "encoding": "linear16"},
            "'Headset' True linear16 8000 1\n{1280} True",
        ),
        ("mic", {"channels": 2}, "'default' True linear16 16000 2\n{5120} True"),
    ],
    ids=["default", "by name", "by number", "stereo"],
)
def test_what_is_spoken_is_heard(
    python: Callable[[str], str], source: str, options: dict[str, Any], told: str
) -> None:
    assert python(LISTENING.format(source=source, options=options)) == f"The microphone {told}\n"


@real
def test_what_nobody_takes_is_lost_and_counted(python: Callable[[str], str]) -> None:
    code = """
import asyncio, threading
from dgnb.audio.microphone import Microphone
heard = Microphone()
full = threading.Event()
while heard.lost == 0:
    full.wait(0.001)
heard.close()
print(heard.lost > 0, sum(len(piece) for piece in heard.pieces()) / 32000)
"""
    kept = round(microphone.KEPT / FRAME) * FRAME
    assert python(code) == f"True {kept - FRAME}\n"


@real
def test_a_device_that_is_not_there_is_refused_with_those_that_are(python: Callable[[str], str]) -> None:
    code = """
from dgnb.audio.streams import open_stream
for name in ("headse", "hedset", "7"):
    try:
        print(open_stream("mic:" + name, channels=999 if name == "headse" else None))
    except ValueError as error:
        print(error)
"""
    refused, near, number = python(code).splitlines()
    assert "channels" in refused
    assert near.startswith("There is no microphone 'hedset'. Did you mean 'headset'?")
    assert "There are: 0: Headset; 1: default." in number


# devices that ALSA cannot imitate


class PortAudioError(Exception):
    """An error of PortAudio."""


class Device:
    """Stands in for sounddevice: one device, whose sound the test makes."""

    PortAudioError = PortAudioError

    def __init__(self, rate: float = 44100.0, refused: str = "") -> None:
        self.rate, self.refused = rate, refused
        self.closed = 0

    def query_devices(self, kind: str = "") -> Any:
        found = {"name": "Desk", "index": 0, "max_input_channels": 1, "default_samplerate": self.rate}
        return found if kind else [found]

    def check_input_settings(self, samplerate: float, **_: Any) -> None:
        if samplerate != self.rate:
            raise PortAudioError("Invalid sample rate")

    def RawInputStream(self, callback: Any, finished_callback: Any, **_: Any) -> Any:  # noqa: N802
        self.speak, self.unplug = callback, finished_callback
        return SimpleNamespace(start=self._start, close=self._close)

    def _start(self) -> None:
        if self.refused:
            raise PortAudioError(self.refused)

    def _close(self) -> None:
        self.closed += 1


def plugged(monkeypatch: pytest.MonkeyPatch, device: Any) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", device)


def test_a_machine_without_a_microphone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    monkeypatch.setattr(device, "query_devices", list)
    plugged(monkeypatch, device)
    with pytest.raises(AudioError, match=r"no microphone.*machine that Python runs on, not of the browser"):
        open_stream("mic")


def test_a_device_of_another_rate_records_at_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, device := Device())
    stream = open_stream("mic")
    assert stream.format == AudioFormat("linear16", 44100)
    asyncio.run(stream.close())
    assert device.closed == 1


def test_a_device_that_is_unplugged_is_told_after_its_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, device := Device())
    heard = []

    async def session() -> None:
        stream = open_stream("mic")
        device.speak(memoryview(b"\1\2" * 100), 100, None, None)
        device.unplug()
        try:
            async for piece in stream.pieces():
                heard.extend([piece])
        finally:
            await stream.close()

    with pytest.raises(AudioError, match=r"'Desk' has stopped\. Was it unplugged"):
        asyncio.run(session())
    assert heard == [b"\1\2" * 100]
    assert (device.closed, threads()) == (1, [])


def test_a_device_in_use_is_refused_and_released(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, device := Device(refused="Device unavailable"))
    with pytest.raises(AudioError, match="cannot be opened: Device unavailable"):
        open_stream("mic")
    assert device.closed == 1


def test_more_channels_than_there_are_get_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, Device())
    with pytest.raises(AudioError, match=r"has 1 channel\(s\), not 2"):
        open_stream("mic", channels=2)


def test_another_encoding_is_refused() -> None:
    with pytest.raises(OptionError, match="gives linear16"):
        open_stream("mic", encoding="mulaw", sample_rate=8000)


def test_without_sounddevice_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged(monkeypatch, None)
    with pytest.raises(MissingExtra, match='needs the extra "live"'):
        open_stream("mic")


def test_without_portaudio_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text('raise OSError("PortAudio library not found")')
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AudioError, match="apt-get install libportaudio2"):
        open_stream("mic")
