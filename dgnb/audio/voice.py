"""Recordings as the one kind of raw audio that a connection was promised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dgnb.audio import pcm
from dgnb.audio.raw import AudioFormat
from dgnb.audio.recordings import Fetch, opened
from dgnb.audio.source import AudioLike, Said
from dgnb.errors import AudioError, MissingExtra


def voice(source: AudioLike, form: AudioFormat, fetch: Fetch | None = None) -> bytes:
    """Return a whole recording as raw audio of a format, one channel.

    Parameters
    ----------
    source : object
        Whatever `dgnb.audio.load` takes.
    form : AudioFormat
        linear16 of any rate; any other format only of a recording that has it already.
    fetch : callable, optional
        Gives the pieces of what stands at an ``http(s)`` URL.

    Raises
    ------
    AudioError
        It cannot be read, or cannot become what is wanted.
    MissingExtra
        It has another rate or is compressed, and PyAV is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> len(voice((np.zeros(8000, np.int16), 8000), AudioFormat("linear16", 16000)))
    32000
    """
    recording = opened(source, Said(), mono=True, fetch=fetch)
    try:
        raw, found = b"".join(recording.pieces), recording.format
    finally:
        recording.close()
    if found == form:
        return raw
    if form.encoding != "linear16" or not found.width:
        raise AudioError(f"{recording.name} is {found.encoding}, and the connection takes {form.encoding}.")
    return resampled(pcm.mixed(pcm.samples(raw, found.encoding), found.channels), found.sample_rate, form)


def resampled(samples: Any, rate: int, form: AudioFormat) -> bytes:
    """Return samples, int16 of shape ``(samples,)`` at `rate` [Hz], as linear16 of a format.

    Raises
    ------
    MissingExtra
        It has another rate, and PyAV is not installed.
    """
    if rate == form.sample_rate or not len(samples):
        return bytes(samples.astype("<i2").tobytes())
    try:
        import av  # noqa: PLC0415 - in an optional extra
    except ImportError as error:
        raise MissingExtra("Another sample rate", "live") from error
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler("s16", "mono", form.sample_rate)
    made: Iterable[Any] = [*resampler.resample(frame), *resampler.resample(None)]
    raw = b"".join(part.to_ndarray().tobytes() for part in made)
    size = round(len(samples) * form.sample_rate / rate) * form.width
    return raw[:size].ljust(size, b"\0")  # the filter gives a few samples more or less
