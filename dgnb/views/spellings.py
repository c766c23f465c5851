"""English words that are written in several ways; which of them is taken does not matter."""

from __future__ import annotations

from dgnb.protocol.cardinals import ORDINALS

CONTRACTIONS = {
    "won't": "will not", "wont": "will not", "can't": "can not", "cant": "can not", "cannot": "can not",
    "shan't": "shall not", "ain't": "is not", "let's": "let us", "y'all": "you all", "'cause": "because",
    "cause": "because", "cuz": "because", "'em": "them", "'til": "until", "till": "until", "ma'am": "madam",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me", "lemme": "let me",
    "kinda": "kind of", "sorta": "sort of", "outta": "out of", "dunno": "do not know", "dont": "do not",
    "didnt": "did not", "doesnt": "does not", "isnt": "is not", "wasnt": "was not", "arent": "are not",
    "werent": "were not", "havent": "have not", "hasnt": "has not", "couldnt": "could not",
    "wouldnt": "would not", "shouldnt": "should not", "im": "i am", "ive": "i have", "youre": "you are",
    "theyre": "they are", "thats": "that is", "o'clock": "",
}  # fmt: skip

SPELLINGS = {
    "ok": "okay", "alright": "all right", "mr": "mister", "mrs": "missus", "dr": "doctor",
    "prof": "professor",
    "vs": "versus", "etc": "et cetera", "&": "and", "+": "plus", "%": "percent",
    "colour": "color", "favourite": "favorite", "centre": "center", "theatre": "theater", "grey": "gray",
    "programme": "program", "cheque": "check", "travelling": "traveling", "cancelled": "canceled",
    "kg": "kilograms", "km": "kilometers", "cm": "centimeters", "mm": "millimeters", "lb": "pounds",
    "lbs": "pounds", "oz": "ounces", "ft": "feet", "mph": "miles per hour", "kph": "kilometers per hour",
    "dollar": "dollars", "cent": "cents", "euro": "euros", "pound": "pounds", "yen": "yen",
}  # fmt: skip

ENDINGS = (("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'m", "am"))
IS = frozenset(
    ["it", "he", "she", "that", "this", "there", "here", "what", "who", "where", "how", "when", "why"]
)
HAD = frozenset(["been", "got", "had", "become", "gone", "done", "come", "better"])
FILLERS = frozenset(["uh", "um", "uhm", "umm", "er", "erm", "ah", "hm", "hmm", "mm", "mhm", "mmhmm", "uhhuh"])
CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}
MONEY = frozenset([*CURRENCIES.values(), "cents"])
MONTHS = frozenset(
    (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    )
)
FRACTIONS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4}
FRACTIONS |= {
    name + "s" * plural: value for name, value in ORDINALS.items() if value > 2 for plural in (0, 1)
}
