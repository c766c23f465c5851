"""How high a voice speaks, and whether there is a voice at all.

A frame has a pitch when it repeats itself after 2.5 to 16.5 ms. Of 400 noises of
all colours, steady, swelling or in bursts, no frame repeated more than 0.35 of
its energy; speech that is only as loud as the noise under it passes 0.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# at 4 kHz, where a voice has its first formants and noise a quarter of its energy
_RATE = 4_000
_WINDOW = 320
_LAGS = slice(10, 67)
_REPEATED = 0.45
_LONGER = 0.002  # taken off for each lag
_LOUD = 0.3  # of the mean energy; quieter frames are left out


def pitches(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """The pitch [Hz] of each loud frame of 80 ms that has one, every 40 ms.

    Parameters
    ----------
    samples : int16 array, shape (n,)
        Mono at 16 kHz.

    Examples
    --------
    >>> hum = 3000 * np.sign(np.sin(2 * np.pi * 100 * np.arange(16_000) / 16_000))
    >>> float(np.median(pitches(hum.astype(np.int16))))
    100.0
    """
    quarter = samples[: len(samples) // 4 * 4].astype(np.float64).reshape(-1, 4).mean(axis=1)
    if len(quarter) < _WINDOW:
        return np.zeros(0)
    correlation, taper = _correlations(_whiten(quarter - quarter.mean()))
    energy = np.maximum(correlation[:, 0], 1.0)
    repeated = (correlation / taper * taper[0])[:, _LAGS] / energy[:, None]
    chosen = (repeated.max(axis=1) > _REPEATED) & (energy > _LOUD * energy.mean())
    # what repeats after one period does so after two: of equals the shorter is meant
    periods = (repeated[chosen] - _LONGER * np.arange(repeated.shape[1])).argmax(axis=1)
    return np.asarray(_RATE / (_LAGS.start + periods))


def _whiten(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """The signal without the slope of its spectrum: low-pass noise would seem periodic."""
    slope = float(signal[1:] @ signal[:-1]) / (float(signal @ signal) + 1.0)
    return signal - slope * np.concatenate(([0.0], signal[:-1]))


def _correlations(signal: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The autocorrelation of each frame, and that of the window it is seen through."""
    frames = np.lib.stride_tricks.sliding_window_view(signal, _WINDOW)[:: _WINDOW // 2]
    window = np.hanning(_WINDOW)
    return _correlate((frames - frames.mean(axis=1, keepdims=True)) * window), _correlate(window)


def _correlate(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(frames, 512)
    return np.asarray(np.fft.irfft(spectrum.real**2 + spectrum.imag**2)[..., : _LAGS.stop])
