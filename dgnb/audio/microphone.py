"""A microphone of the machine that Python runs on."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from dgnb.audio.live import queued
from dgnb.audio.raw import AudioFormat
from dgnb.errors import AudioError, MissingExtra
from dgnb.protocol.limits import FRAME
from dgnb.protocol.options import nearest

RATE = 16000
"""The rate that is asked for; recognition needs no higher one [Hz]."""

KEPT = 30.0
"""Audio that is kept for whoever does not take it in time [s]; what follows is lost."""

_ELSEWHERE = "It has to be a microphone of the machine that Python runs on, not of the browser's."


class Microphone:
    """Sound that is being recorded, from the moment this is made.

    Parameters
    ----------
    device : str
        Number or part of the name of a device; empty for the default one.
    rate : int, Hz
        A device that does not have it records at its own.
    channels : int

    Raises
    ------
    MissingExtra
        sounddevice is not installed.
    AudioError
        There is no such device, or it cannot be opened.
    """

    def __init__(self, device: str = "", rate: int = RATE, channels: int = 1) -> None:
        sound = _sounddevice()
        index, found = _device(sound, device)
        self.name = f"The microphone '{found['name']}'"
        most = found["max_input_channels"]
        if channels > most:
            raise AudioError(f"{self.name} has {most} channel(s), not {channels}: leave channels out.")
        wanted = {"device": index, "channels": channels, "dtype": "int16"}
        rate = _rate(sound, wanted, rate, round(found["default_samplerate"]))
        self.format = AudioFormat("linear16", rate, channels)
        self._blocks: queue.Queue[bytes | None] = queue.Queue(round(KEPT / FRAME))
        self._lost = 0
        self._closed = False
        with ExitStack() as owned:
            try:
                self._stream = sound.RawInputStream(
                    samplerate=rate,
                    blocksize=round(FRAME * rate),
                    callback=self._heard,
                    finished_callback=self._ended,
                    **wanted,
                )
                owned.callback(self._stream.close)
                self._stream.start()
            except sound.PortAudioError as error:
                raise AudioError(
                    f"{self.name} cannot be opened: {error}. Does another program use it, or may Python not?"
                ) from error
            owned.pop_all()

    @property
    def lost(self) -> float:
        """Audio that nobody took in time [s]."""
        return self._lost / self.format.sample_rate

    def pieces(self) -> Iterator[bytes]:
        """Give what is recorded; an empty piece now and then while nothing comes.

        Raises
        ------
        AudioError
            The device has stopped by itself.
        """
        yield from queued(self._blocks, lambda: self._closed)
        if not self._closed:
            raise AudioError(f"{self.name} has stopped. Was it unplugged?")

    def finish(self) -> None:
        """Record no more; what was recorded is still given."""
        self._closed = True

    def close(self) -> None:
        """Release the device."""
        self.finish()
        self._stream.close()

    def _heard(self, block: Any, frames: int, _time: Any, _status: Any) -> None:
        # Called by the device's own thread, which must never wait.
        if self._closed:
            return
        try:
            self._blocks.put_nowait(bytes(block))
        except queue.Full:
            self._lost += frames

    def _ended(self) -> None:
        try:
            self._blocks.put_nowait(None)
        except queue.Full:
            # The last block makes room for the end.
            self._blocks.get_nowait()
            self._blocks.put_nowait(None)


def _sounddevice() -> Any:
    try:
        import sounddevice  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("Recording from a microphone", "live") from error
    except OSError as error:
        raise AudioError(
            "Recording from a microphone needs the library PortAudio: apt-get install libportaudio2"
        ) from error
    return sounddevice


def _device(sound: Any, device: str) -> tuple[int, Any]:
    """The number of an input device, and what PortAudio tells of it."""
    inputs = {i: found for i, found in enumerate(sound.query_devices()) if found["max_input_channels"]}
    if not inputs:
        raise AudioError(f"There is no microphone. {_ELSEWHERE}")
    names = {index: found["name"].casefold() for index, found in inputs.items()}
    if not device:
        matches = [_default(sound), *inputs]
    elif device.isdecimal():
        matches = [int(device)]
    else:
        name = device.casefold()
        matches = sorted((i for i in names if name in names[i]), key=lambda i: names[i] != name)
    for index in matches:
        if index in inputs:
            return index, inputs[index]
    listed = "; ".join(f"{index}: {found['name']}" for index, found in inputs.items())
    raise AudioError(
        f"There is no microphone '{device}'.{nearest(device, names.values())} There are: {listed}. "
        "One that was plugged in only now is seen after a restart of Python."
    )


def _default(sound: Any) -> int:
    try:
        return int(sound.query_devices(kind="input")["index"])
    except (sound.PortAudioError, ValueError):
        return -1  # none is set: the first one serves


def _rate(sound: Any, wanted: dict[str, Any], rate: int, own: int) -> int:
    """The rate that is asked for where the device has it, otherwise its own [Hz]."""
    try:
        sound.check_input_settings(samplerate=rate, **wanted)
    except sound.PortAudioError:
        return own
    return rate
