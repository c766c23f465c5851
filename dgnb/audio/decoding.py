"""Compressed audio of every format as raw audio, by PyAV, while it is read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import MOST_CHANNELS
from dgnb.errors import AudioError, MissingExtra

HIGHEST_RATE = 48000
"""Audio of a higher rate is brought to this one [Hz]."""

_DEMUXERS = {"amr-nb": "amrnb", "amr-wb": "amrwb"}
"""Names by which FFmpeg knows raw audio that does not tell what it is."""


class Decoding:
    """Audio in any format that FFmpeg reads, as linear16.

    Parameters
    ----------
    stream : binary file object
        It may be one that cannot be rewound.
    name : str
        For messages.
    raw : str
        Encoding of raw audio; empty for a format with a header.
    mono : bool
        Whether several channels are mixed.
    extra : str
        The extra that is named when PyAV is missing.

    Raises
    ------
    MissingExtra
        PyAV is not installed.
    AudioError
        There is no audio that can be decoded.
    """

    def __init__(
        self, stream: Any, name: str, *, raw: str = "", mono: bool = False, extra: str = "live"
    ) -> None:
        try:
            import av  # noqa: PLC0415 - in an optional extra
        except ImportError as error:
            raise MissingExtra(f"Decoding {name}", extra) from error
        self._av, self._name = av, name
        self._file = self._opened(stream, raw)
        frames = self._decoded()
        first = next(frames, None)
        if first is None:
            raise AudioError(f"There is no sound in {name}.")
        self._frames = chain([first], frames)
        self._layout = "mono" if mono else first.layout.name
        channels = 1 if mono else first.layout.nb_channels
        if channels > MOST_CHANNELS:
            raise AudioError(f"At most {MOST_CHANNELS} channels can be sent; {name} has {channels}.")
        self.format = AudioFormat("linear16", min(first.sample_rate, HIGHEST_RATE), channels)
        length = self._file.duration or 0
        self.duration = length / av.time_base if length > 0 else None

    def pieces(self) -> Iterator[bytes]:
        """Give the audio from its start, once, cut between samples.

        Raises
        ------
        AudioError
            What follows cannot be decoded.
        """
        kind, resampler = None, None
        for frame in self._frames:
            now = (frame.format.name, frame.layout.name, frame.sample_rate)
            if now != kind:
                yield from _samples(resampler, None)
                kind, resampler = now, self._resampler()
            yield from _samples(resampler, frame)
        yield from _samples(resampler, None)

    def _resampler(self) -> Any:
        return self._av.AudioResampler("s16", self._layout, self.format.sample_rate)

    def _opened(self, stream: Any, raw: str) -> Any:
        try:
            return self._av.open(stream, "r", format=_DEMUXERS.get(raw))
        except (self._av.FFmpegError, ValueError) as error:
            raise self._failed(error) from error

    def _decoded(self) -> Iterator[Any]:
        """Give the frames of the first stream of sound; a damaged packet is left out, as players do."""
        damage: Exception | None = None
        whole = False
        sound = self._file.streams.audio[:1]
        try:
            for packet in self._file.demux(sound) if sound else ():
                try:
                    frames = packet.decode()
                except self._av.error.InvalidDataError as error:
                    damage = error
                    continue
                whole = whole or bool(frames)
                yield from frames
        except (self._av.FFmpegError, ValueError) as error:
            raise self._failed(error) from error
        if damage and not whole:
            raise self._failed(damage) from damage

    def _failed(self, error: Exception) -> AudioError:
        return AudioError(f"{self._name} cannot be decoded: {error}")


def _samples(resampler: Any, frame: Any) -> Iterator[bytes]:
    """Give what a resampler makes of a frame, or has kept at the end."""
    if resampler is None:
        return
    for made in resampler.resample(frame):
        yield made.to_ndarray().tobytes()
