"""How an English word sounds, in the phones (ARPABET) of the recogniser's dictionary.

What is not in the dictionary is taken apart into words that are, then read by
rules for letters. The rules are few: on words of the CMU dictionary itself
about one phone in four is wrong, which is good enough to hear a listed term
more often and no more than that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Callable

    Lookup = Callable[[str], str | None]

_NAMES = """
a EY|b B IY|c S IY|d D IY|e IY|f EH F|g JH IY|h EY CH|i AY|j JH EY|k K EY|l EH L|m EH M|n EH N|o OW|p P IY
q K Y UW|r AA R|s EH S|t T IY|u Y UW|v V IY|w D AH B AH L Y UW|x EH K S|y W AY|z Z IY
0 Z IH R OW|1 W AH N|2 T UW|3 TH R IY|4 F AO R|5 F AY V|6 S IH K S|7 S EH V AH N|8 EY T|9 N AY N
"""

# The first rule that fits is taken; where a rule needs company it looks around itself.
_RULES = """
tion$ SH AH N|sion$ ZH AH N|ture$ CH ER|ous$ AH S|le$ AH L|ism$ IH Z AH M|age$ IH JH
^kn N|^wr R|^ps S|^x Z|tch CH|dge JH|igh AY|ough AO|eau OW|sch SH
ch CH|sh SH|th TH|ph F|wh W|ck K|qu K W|ng(?![aeiouy]) NG|ngu(?=[aeio]) NG G W|gh(?=[aeiou]) G|gh
ee IY|ea IY|oo UW|ou AW|ow$ OW|ow AW|oi OY|oy OY|oa OW|ai EY|ay EY|au AO|aw AO
ie$ IY|ie IY|ei EY|ey$ IY|ey EY|ew UW|eu Y UW|ue$ UW|ui UW|io IY OW|ia IY AH
are$ EH R|ed$ D|es$ Z|ar AA R|er ER|ir ER|ur ER|ore$ AO R|or AO R|ire$ AY ER|yr IH R
a(?=[bcdfgklmnpstvz]es?$) EY|e(?=[bcdfgklmnpstvz]es?$) IY|i(?=[bcdfgklmnpstvz]es?$) AY
o(?=[bcdfgklmnpstvz]es?$) OW|u(?=[bcdfgklmnpstvz]es?$) UW
u(?=[bcdfgklmnprst][aeiouy]) UW|o(?=[bcdfgklmnprst][aeiouy]) OW
cc(?=[eiy]) K S|c(?=[eiy]) S|g(?=[eiy]) JH|([bcdfgklmnprstvz])\\1 =
a$ AH|e$|i$ IY|o$ OW|u$ UW|y$ IY|^y Y|y(?=[aeiou]) Y|s(?<=[aeiou]s)(?=[aeiou]) Z
a AE|b B|c K|d D|e EH|f F|g G|h HH|i IH|j JH|k K|l L|m M|n N|o AA|p P|q K|r R|s S|t T
u AH|v V|w W|x K S|y IH|z Z
"""


def _table(text: str) -> list[tuple[str, str]]:
    """Letters and phones of each entry."""
    entries = (entry for line in text.split("\n") for entry in line.split("|") if entry)
    return [(letters, phones) for letters, _, phones in (entry.partition(" ") for entry in entries)]


_CHARACTERS = dict(_table(_NAMES))
_READING = [(re.compile(letters.replace("^", "(?<![a-z])")), phones) for letters, phones in _table(_RULES)]
_ENDINGS = {"s": "Z", "es": "IH Z", "ed": "D", "ing": "IH NG", "er": "ER", "ly": "L IY", "'s": "Z"}


def pronounce(word: str, lookup: Lookup) -> str:
    """The phones of a word, separated by spaces; empty where nothing in it can be said.

    Parameters
    ----------
    word : str
        One word; capitals alone (``JWT``) are spelled, unless the dictionary has them.
    lookup : callable
        Gives the phones of a lower-case word in the dictionary, or None.

    Examples
    --------
    >>> pronounce("deepgram", {"deep": "D IY P", "gram": "G R AE M"}.get)
    'D IY P G R AE M'
    >>> pronounce("JWT", {}.get)
    'JH EY D AH B AH L Y UW T IY'
    """
    plain = normalize("NFKD", word).encode("ascii", "ignore").decode()
    lower = plain.lower()
    if known := lookup(lower):
        return known
    parts = re.findall(r"[a-z']+|[0-9]", lower)
    if parts != [lower] or lower.isdigit():
        return " ".join(filter(None, (_said(part, lookup) for part in parts)))
    if len(plain) < 6 and (plain.isupper() or not re.search("[aeiouy]", lower)):
        return " ".join(_CHARACTERS[letter] for letter in lower if letter in _CHARACTERS)
    return _compound(lower, lookup) or _inflected(lower, lookup) or _read(lower)


def _said(part: str, lookup: Lookup) -> str:
    """The phones of a digit or of letters between others."""
    return _CHARACTERS[part] if part.isdigit() else pronounce(part, lookup)


def _compound(word: str, lookup: Lookup) -> str:
    """The phones of two words written as one, the most even pair."""
    cuts = sorted(range(3, len(word) - 2), key=lambda at: abs(2 * at - len(word)))
    for at in cuts:
        first, second = lookup(word[:at]), lookup(word[at:])
        if first and second:
            return f"{first} {second}"
    return ""


def _inflected(word: str, lookup: Lookup) -> str:
    """The phones of a known word with a common ending."""
    for ending, phones in _ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and (known := lookup(stem) or lookup(stem + "e")):
            return f"{known} {phones}"
    return ""


def _read(word: str) -> str:
    """The phones by the rules for letters."""
    letters, phones, at = word.replace("'", ""), [], 0
    while at < len(letters):
        match, said = next((m, said) for rule, said in _READING if (m := rule.match(letters, at)))
        if said == "=":  # a doubled letter is said once: leave the second
            at += 1
            continue
        phones.append(said)
        at = match.end()
    return " ".join(filter(None, phones))
