"""Pronunciations in the phonetic alphabet (IPA), as espeak-ng's own signs for American English.

Source: espeak-ng's documentation of its phonemes; the warnings are those of
Deepgram's documentation page "Speed, Pause, Pronunciation", autumn 2026.
"""
# ruff: noqa: RUF001, RUF002 - the phonetic alphabet

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_SOUNDS = {
    "iː": "i:", "ɪ": "I", "i": "i", "eɪ": "eI", "ɛ": "E", "e": "E", "æ": "a", "a": "a", "ɑː": "A:",
    "ɑ": "A:", "ɒ": "A:", "ɔː": "O:", "ɔ": "O:", "oʊ": "oU", "o": "oU", "ʊ": "U", "uː": "u:", "u": "u:",
    "ʌ": "V", "ə": "@", "ɐ": "@", "ɚ": "3", "ɝː": "3:", "ɝ": "3:", "ɜː": "3:", "ɜ": "3:", "aɪ": "aI",
    "aʊ": "aU", "ɔɪ": "OI", "ɛɹ": "e@", "ɪɹ": "i@3", "ɔːɹ": "O@", "ɔɹ": "O@", "ɑːɹ": "A@", "ɑɹ": "A@",
    "ʊɹ": "U@", "tʃ": "tS", "dʒ": "dZ", "θ": "T", "ð": "D", "ʃ": "S", "ʒ": "Z", "ŋ": "N", "ɹ": "r",
    "r": "r", "ɾ": "t#", "ɡ": "g", "g": "g", "j": "j", "ʔ": "?", "ˈ": "'", "ˌ": ",",
    **{letter: letter for letter in "pbtdkfvszhmnlw"},
}  # fmt: skip
"""American English sounds and stress; a longer one goes before its parts."""

_SOUND = re.compile("|".join(sorted(map(re.escape, _SOUNDS), key=len, reverse=True)))

_VOWELS = frozenset("aeiouyæøœɶɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵʉʊʌʏ")
_BASES = _VOWELS | frozenset("bcdfghjklmnpqrstvwxzçðħŋβθχɓɕɖɗɟɠɡɢɣɥɦɧɫɬɭɮɰɱɲɳɴɸɹɺɻɽɾʀʁʂʃʄʈʋʍʎʐʑʒʔʕʘʙʛʜʝʟʡʢ")
_MODIFIERS = frozenset("ːˑʰʲʷˠˤⁿˡ˞\u0303\u0306\u0308\u0325\u0329\u032a\u032c\u032f\u031a")
_STRESS = frozenset("ˈˌ")
_TIE = "\u0361"
_SILENT = frozenset(". ")
_START, _END = "\x02", "\x03"


def phonemes(ipa: str) -> str:
    """Return the signs of espeak-ng for a pronunciation; what American English does not have is left out.

    Examples
    --------
    >>> phonemes("həˈloʊ"), phonemes("duːˈpɪljuːmæb")
    ("h@'loU", "du:'pIlju:mab")
    """
    return "".join(_SOUNDS[sound] for sound in _SOUND.findall(ipa.replace(_TIE, "")))


def warnings(ipa: str, *, stress_anywhere: bool) -> list[str]:
    """Return the service's codes for what is wrong with a pronunciation, each once.

    Parameters
    ----------
    ipa : str
    stress_anywhere : bool
        Whether a stress mark may also stand before a consonant.

    Examples
    --------
    >>> warnings("həˈloʊ", stress_anywhere=True), warnings("həˈloʊ", stress_anywhere=False)
    ([], ['PRON-008'])
    """
    found = [f"PRON-{code:03}" for code in _codes(ipa, stress_anywhere)]
    return sorted(set(found))


def _codes(ipa: str, stress_anywhere: bool) -> Iterator[int]:
    signs = [_START, *(sign for sign in ipa if sign not in _SILENT), _END]
    for before, sign in pairwise(signs):
        if sign in _MODIFIERS and before == _START:
            yield 3
        elif sign in _MODIFIERS and before not in _BASES | _MODIFIERS:
            yield 2
        elif sign not in _BASES | _MODIFIERS | _STRESS | {_TIE, _END}:
            yield 1
        yield from _tie_codes(before, sign)
        if before in _STRESS and sign == _END:
            yield 9
        elif before in _STRESS and sign not in _VOWELS and not stress_anywhere:
            yield 8


def _tie_codes(before: str, sign: str) -> Iterator[int]:
    """Give what is wrong with a tie bar at either place."""
    if sign == _TIE and before not in _BASES:
        yield 7 if before == _START else 4
    if before == _TIE and sign not in _BASES:
        yield 6 if sign == _END else 5
