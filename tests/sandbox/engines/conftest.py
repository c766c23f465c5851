from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from dgnb.sandbox.engines.decoding import decode
from dgnb.sandbox.engines.encoding import encode
from dgnb.sandbox.engines.recognition import PocketsphinxRecogniser
from dgnb.sandbox.engines.synthesis import synthesise

Samples = NDArray[np.int16]


@pytest.fixture(scope="session")
def recogniser() -> PocketsphinxRecogniser:
    return PocketsphinxRecogniser()


@pytest.fixture(scope="session")
def say() -> Callable[..., Samples]:
    """Spoken text at 16 kHz."""

    @cache
    def spoken(text: str, voice: str = "edward") -> Samples:
        speech = synthesise(text, voice)
        return decode(encode(speech.samples, speech.rate)).samples[0]

    return spoken


@pytest.fixture(scope="session")
def noise() -> Callable[..., Samples]:
    """Six seconds of noise; its spectrum falls with the frequency to the power of `slope`."""

    def made(slope: float, amplitude: float, kind: str = "steady", seed: int = 0) -> Samples:
        random, count = np.random.default_rng(seed), 96_000
        spectrum = np.fft.rfft(random.normal(size=count))
        signal = np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 1) ** slope, count)
        if kind == "swelling":
            signal *= (1 + np.sin(np.arange(count) / 2_000)) / 2
        if kind == "bursts":
            signal *= np.repeat(random.random(60) > 0.5, count // 60)
        return np.clip(signal / signal.std() * amplitude, -32768, 32767).astype(np.int16)

    return made
