"""Samples in the audio format that a request asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dgnb.audio.joining import data
from dgnb.protocol.models import FLUX_SPEECH_RATES, LIVE_SPEECH_RATES, SPEECH_FORMATS
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.replies import RefusedError, bad_query

_FILES = {"linear16": "wav", "opus": "ogg"}
"""What the encoder calls an encoding, where the names differ."""

_TYPES = {"mp3": "audio/mpeg", "opus": "audio/ogg;codecs=opus", "flac": "audio/flac", "aac": "audio/aac"}
_RAW_TYPES = {"linear16": "l16"}

_MOST_BIT_RATES = {"opus": 256_000}
"""The most that the codec takes for one channel [bits a second]."""


@dataclass(frozen=True)
class Sound:
    """An audio format.

    Parameters
    ----------
    encoding : str
    container : str
        Empty where the encoding has none to choose.
    sample_rate : int, Hz
    bit_rate : int, bits a second
        0 where there is no choice.
    """

    encoding: str
    container: str
    sample_rate: int
    bit_rate: int = 0

    @property
    def content_type(self) -> str:
        """The name that the service gives it.

        Examples
        --------
        >>> Sound("mulaw", "none", 8000).content_type
        'audio/mulaw;rate=8000'
        """
        if self.container == "none":
            return f"audio/{_RAW_TYPES.get(self.encoding, self.encoding)};rate={self.sample_rate}"
        return _TYPES.get(self.encoding, "audio/wav")

    def of(self, samples: NDArray[np.int16], rate: int) -> bytes:
        """Return samples in this format, without a header where it has no container.

        Parameters
        ----------
        samples : int16 array, shape (n,)
        rate : int, Hz

        Examples
        --------
        >>> len(Sound("linear16", "none", 8000).of(np.zeros(16000, np.int16), 16000))
        16000
        """
        converted = resampled(samples, rate, self.sample_rate)
        bit_rate = min(self.bit_rate, _MOST_BIT_RATES.get(self.encoding, self.bit_rate))
        name = _FILES.get(self.encoding, self.encoding)
        file = encode(converted, self.sample_rate, name, bit_rate=bit_rate)
        return file[slice(*data(file))] if self.container == "none" else file


def sound(options: Mapping[str, Any], *, flux: bool = False) -> Sound:
    """Return the audio format that options ask for.

    Parameters
    ----------
    options : mapping
    flux : bool
        Whether it is for a voice of Flux, which has a rate more.

    Raises
    ------
    RefusedError
        The service has no such combination.

    Examples
    --------
    >>> sound({"encoding": "linear16"})
    Sound(encoding='linear16', container='wav', sample_rate=24000, bit_rate=0)
    """
    encoding = options.get("encoding", "mp3")
    form = SPEECH_FORMATS.get(encoding)
    if form is None:
        raise unsupported(f"encoding '{encoding}'.")
    rates = form.sample_rates + (FLUX_SPEECH_RATES.get(encoding, ()) if flux else ())
    container = _chosen(options, "container", encoding, form.containers or ("",))
    rate = _chosen(options, "sample_rate", encoding, rates)
    return Sound(encoding, container, rate, _bit_rate(options, encoding))


def raw(options: Mapping[str, Any], *, flux: bool = False) -> Sound:
    """Return the audio format of a live connection, which has no container.

    Raises
    ------
    RefusedError
        The service has no such combination.

    Examples
    --------
    >>> raw({"encoding": "mulaw"})
    Sound(encoding='mulaw', container='none', sample_rate=8000, bit_rate=0)
    """
    encoding = options.get("encoding", "linear16")
    if encoding not in LIVE_SPEECH_RATES:
        raise unsupported(f"encoding '{encoding}' on a live connection.")
    rates = LIVE_SPEECH_RATES[encoding] + (FLUX_SPEECH_RATES.get(encoding, ()) if flux else ())
    return Sound(encoding, "none", _chosen(options, "sample_rate", encoding, rates))


def _chosen(options: Mapping[str, Any], name: str, encoding: str, known: tuple[Any, ...]) -> Any:
    value = options.get(name, known[0])
    if value not in known:
        allowed = ", ".join(map(str, known)) or "none to choose"
        raise unsupported(f"encoding '{encoding}' with {name} '{value}'; it takes {allowed}.")
    return value


def _bit_rate(options: Mapping[str, Any], encoding: str) -> int:
    form = SPEECH_FORMATS[encoding]
    value: int = options.get("bit_rate", form.bit_rate)
    exact = encoding == "mp3"
    allowed = form.bit_rates or (0, 0)
    if value not in allowed if exact else not allowed[0] <= value <= allowed[1]:
        words = f"{allowed[0]} {'or' if exact else 'to'} {allowed[1]}" if form.bit_rates else "none"
        raise unsupported(f"encoding '{encoding}' with bit_rate '{value}'; it takes {words}.")
    return value


def unsupported(what: str) -> RefusedError:
    """A refusal of a combination of encoding, container and rates."""
    return bad_query(f"Unsupported audio format: {what}")


def resampled(samples: NDArray[np.int16], rate: int, wanted: int) -> NDArray[np.int16]:
    """Return samples at another rate.

    Examples
    --------
    >>> resampled(np.zeros(22050, np.int16), 22050, 8000).shape
    (8000,)
    """
    if rate == wanted or not len(samples):
        return samples
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
    resampler = av.AudioResampler("s16", "mono", wanted)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    found = np.concatenate([np.zeros(0, np.int16), *(part.to_ndarray()[0] for part in frames)])
    exact = round(len(samples) * wanted / rate)
    # The filter gives a few samples more or less than the length that is due.
    return np.pad(found, (0, max(exact - len(found), 0)))[:exact]
