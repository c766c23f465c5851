"""Words from speech, by pocketsphinx or by an engine of the user's own.

``DGNB_SANDBOX_ENGINE=package.module:factory`` names another engine: the factory
is called without arguments and gives a `Recogniser`.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from msgspec.structs import replace
from pocketsphinx import Decoder

from dgnb.lazy import load
from dgnb.protocol.heard import Word
from dgnb.sandbox.engines.activity import RATE, cut, stretches
from dgnb.sandbox.engines.pronunciation import pronounce

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

ENGINE_VARIABLE = "DGNB_SANDBOX_ENGINE"

_FRAMES = 100  # a second
# Digital silence spoils the means that the decoder normalises with: without noise 0.47 of
# the words of synthetic speech are wrong, with it 0.19. Real speech does not notice it.
_DITHER = 13.0
# A listed term counts as this many equally likely words of the language model's 72,000,
# fewer each when many share the sum. With 10 terms listed, of 50 spoken ones 3 were heard
# without, 31 with 1000 or 3000 each, 34 with 10,000, which put one into 24 other sentences;
# 100,000 each put six there.
_TERM_WEIGHT, _TERM_WEIGHTS = 10_000.0, 100_000.0


class EngineError(RuntimeError):
    """The recogniser cannot be loaded, or failed."""


@runtime_checkable
class Recogniser(Protocol):
    """What an engine offers. `name` and `version` go into a result's metadata."""

    name: str
    version: str

    def recognise(self, samples: NDArray[np.int16], keyterms: Sequence[str] = ()) -> list[Word]:
        """The words in one stretch of speech, mono at 16 kHz; times from its start [s]."""
        ...


def load_engine(path: str | None = None) -> Recogniser:
    """The engine that is named, or pocketsphinx.

    Parameters
    ----------
    path : str, optional
        ``"package.module:factory"``; the environment's `DGNB_SANDBOX_ENGINE` when left out.

    Raises
    ------
    EngineError
        It cannot be imported, its factory fails, or what it gives is no `Recogniser`.

    Examples
    --------
    >>> load_engine("dgnb.sandbox.engines.recognition:PocketsphinxRecogniser").name
    'pocketsphinx'
    """
    path = os.environ.get(ENGINE_VARIABLE, "") if path is None else path
    if not path:
        return PocketsphinxRecogniser()
    try:
        engine = load(path)()
    except Exception as error:
        raise EngineError(
            f"{ENGINE_VARIABLE}={path!r} cannot be loaded ({type(error).__name__}: {error}); "
            "it has the form package.module:factory"
        ) from error
    if not isinstance(engine, Recogniser):
        raise EngineError(f"{path} gives a {type(engine).__name__} without name, version and recognise")
    return engine


def transcribe(engine: Recogniser, samples: NDArray[np.int16], keyterms: Sequence[str] = ()) -> list[Word]:
    """The words of a whole recording, each stretch of speech decoded by itself.

    Parameters
    ----------
    engine : Recogniser
    samples : int16 array, shape (n,)
        Mono at 16 kHz.
    keyterms : sequence of str
        Words and phrases to listen for.

    Examples
    --------
    >>> transcribe(PocketsphinxRecogniser(), np.zeros(16_000, np.int16))
    []
    """
    return [
        word
        for stretch in stretches(samples)
        for word in shifted(engine.recognise(cut(samples, stretch), keyterms), stretch[0])
    ]


def shifted(words: Sequence[Word], seconds: float) -> Iterator[Word]:
    """The words, later by so many seconds; times are rounded to milliseconds."""
    for word in words:
        yield replace(word, start=round(word.start + seconds, 3), end=round(word.end + seconds, 3))


class _Term(NamedTuple):
    """A listed word or phrase; for the decoder a phrase is one long word."""

    words: tuple[str, ...]
    phones: str


class PocketsphinxRecogniser:
    """A rough recogniser of English that needs nothing but its wheel.

    Measured word error rates: 0.10 and 0.16 for the two clearest voices of
    espeak-ng, 0.2 to 0.3 for audiobooks, 0.6 to 0.8 for phone calls.

    A word's confidence is ``0.5 + 0.4 p`` with the decoder's posterior p: that is
    the share of right words by p among 600 words of five synthetic voices. It ranks
    words; on noisy or spontaneous speech it promises too much.

    Keyterms become words of the dictionary and of the language model. That raises
    their recall much (of 50 spoken words from 3 to 34, of 16 phrases from 3 to 14)
    and put one of them into 24 other sentences. A term whose spelling misleads
    about its sound is still missed.

    Examples
    --------
    >>> PocketsphinxRecogniser().recognise(np.zeros(16_000, np.int16))
    []
    """

    name = "pocketsphinx"

    def __init__(self) -> None:
        self.version = version("pocketsphinx")
        self._plain = _decoder({})
        self._listed: tuple[str, ...] = ()
        self._boosted = self._plain
        self._terms: dict[str, _Term] = {}

    def recognise(self, samples: NDArray[np.int16], keyterms: Sequence[str] = ()) -> list[Word]:
        """The words in one stretch of speech; see `Recogniser`."""
        if not stretches(samples):
            return []
        decoder = self._listening_for(tuple(keyterms))
        _settle(decoder)
        _decode(decoder, samples)
        return list(self._words(decoder, len(samples) / RATE))

    def _listening_for(self, keyterms: tuple[str, ...]) -> Any:
        """The decoder that knows the terms; that of the last list is kept."""
        if not keyterms:
            return self._plain
        if keyterms != self._listed:
            terms = {_term(keyterm, self._plain) for keyterm in keyterms}
            sayable = sorted(term for term in terms if term.phones)
            self._terms = {f"~{number}": term for number, term in enumerate(sayable)}
            self._boosted = _decoder(self._terms)
            self._listed = keyterms
        return self._boosted

    def _words(self, decoder: Any, duration: float) -> Iterator[Word]:
        """The decoder's words without fillers, alternates' numbers and its mark for terms."""
        for segment in decoder.seg() or ():
            token = segment.word.partition("(")[0]
            if not token or token[0] in "<[+":
                continue
            start, end = segment.start_frame / _FRAMES, (segment.end_frame + 1) / _FRAMES
            confidence = round(0.5 + 0.4 * min(segment.prob, 1.0), 4)
            for word, begin, stop in self._spread(token, start, min(end, duration)):
                yield Word(word=word, start=begin, end=stop, confidence=confidence)

    def _spread(self, token: str, start: float, end: float) -> Iterator[tuple[str, float, float]]:
        """The words of a token with their times: a phrase is shared out by letters."""
        words = self._terms[token].words if token in self._terms else (token,)
        letters, done = sum(map(len, words)), 0
        for word in words:
            begin = start + (end - start) * done / letters
            done += len(word)
            yield word, begin, start + (end - start) * done / letters


def _settle(decoder: Any) -> None:
    """Bring the decoder's front end into the same state each time.

    Its noise tracker keeps what it learnt from earlier speech, and knows nothing at first:
    without this a recording's words depend on what was decoded before it, and the very
    first stretch is heard worse.
    """
    decoder.reinit_feat()
    _decode(decoder, np.zeros(int(0.3 * RATE), np.int16))


def _decoder(terms: Mapping[str, _Term]) -> Any:
    """A decoder for English, with listed terms added under their tokens."""
    # the second pass is left out: it costs time and changes no error rate
    decoder = Decoder(samprate=RATE, fwdflat=False, loglevel="ERROR")
    model = decoder.get_lm(decoder.current_search())
    weight = min(_TERM_WEIGHT, _TERM_WEIGHTS / max(len(terms), 1))
    for number, (token, term) in enumerate(terms.items(), start=1):
        model.add_word(token, weight)
        decoder.add_word(token, term.phones, number == len(terms))
    return decoder


def _term(keyterm: str, decoder: Any) -> _Term:
    """The term in lower-case words, with the phones of those that can be said."""
    words = keyterm.split()
    phones = (pronounce(word, decoder.lookup_word) for word in words)
    return _Term(tuple(word.lower() for word in words), " ".join(filter(None, phones)))


def _decode(decoder: Any, samples: NDArray[np.int16]) -> None:
    """Decode one utterance as a whole."""
    decoder.start_utt()
    decoder.process_raw(_dither(samples).tobytes(), full_utt=True)
    decoder.end_utt()


def _dither(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """The samples with a little noise, the same each time."""
    noise = np.rint(np.random.default_rng(0).normal(0.0, _DITHER, len(samples)))
    return np.clip(samples + noise, -32768, 32767).astype(np.int16)
