"""Transcripts against a reference, or against each other.

Every table has these columns, rates in [0, 1] and above:

============================= ==================================================================
column                        what it holds
============================= ==================================================================
wer, cer                      word and character error rate, in one spelling of words, see
                              `dgnb.views.normalisation`
low, high                     where `wer` lies with 95 %: a bootstrap over blocks of 20 words
raw_wer, raw_cer              the same rates of the texts as they are written
words                         words of the reference
substituted, deleted,         words that are exchanged, left out, put in
inserted
der                           diarization error rate, ``nan`` where speakers are not known
============================= ==================================================================
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, Any

import pandas as pd

from dgnb.errors import OptionError
from dgnb.results import Transcript
from dgnb.views import fragments
from dgnb.views.diff import Diff
from dgnb.views.frames import STRING, table
from dgnb.views.scores import Said, Score, interval, rate, said
from dgnb.views.text import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Spoken = Transcript | str | Mapping[str, "Transcript | str"] | Iterable["Transcript | str"]
"""A transcript, a text, or several of them: in order, or each with the name of its file."""

_RATES = {"wer": "float64", "low": "float64", "high": "float64", "cer": "float64"}
_RATES |= {"raw_wer": "float64", "raw_cer": "float64", "words": "int64"}
_COUNTS = {"substituted": "int64", "deleted": "int64", "inserted": "int64"}
_TABLE = {"name": STRING, **_RATES, **_COUNTS, "der": "float64"}
_FILES = {"name": STRING, "file": STRING, **_RATES, **_COUNTS, "der": "float64"}
_SPEAKERS = {"name": STRING, "speaker": STRING, "wer": "float64", "words": "int64", **_COUNTS}
_WORST = {
    "name": STRING,
    "word": STRING,
    "count": "int64",
    "errors": "int64",
    "rate": "float64",
    "heard": STRING,
}

_KINDS = ("substitute", "delete", "insert")


class Comparison:
    """What was heard, against a reference.

    Parameters
    ----------
    scores : dict of str to dict of str to Score
        By what was compared, and by file.
    """

    def __init__(self, scores: Mapping[str, Mapping[str, Score]]) -> None:
        self.scores = {name: dict(files) for name, files in scores.items()}

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row for each that was compared, over all files."""
        return table(_TABLE, [(name, *_row(list(files.values()))) for name, files in self.scores.items()])

    @cached_property
    def files(self) -> pd.DataFrame:
        """One row for each that was compared and each file."""
        rows = [
            (name, file, *_row([one])) for name, files in self.scores.items() for file, one in files.items()
        ]
        return table(_FILES, rows)

    @cached_property
    def speakers(self) -> pd.DataFrame:
        """One row for each that was compared and each speaker of the reference: wer, words, errors."""
        return table(
            _SPEAKERS, [row for name, files in self.scores.items() for row in _by_speaker(name, files)]
        )

    @cached_property
    def worst(self) -> pd.DataFrame:
        """The words of the reference with the most errors: count, errors, rate, and what is heard instead."""
        found = table(_WORST, [row for name, files in self.scores.items() for row in _by_word(name, files)])
        return found.sort_values(
            ["errors", "rate", "word"], ascending=[False, False, True], ignore_index=True
        )

    @property
    def wer(self) -> float:
        """The word error rate of the first that was compared."""
        return float(self.table["wer"].iloc[0])

    @property
    def cer(self) -> float:
        """The character error rate of the first that was compared."""
        return float(self.table["cer"].iloc[0])

    @property
    def der(self) -> float:
        """The diarization error rate of the first that was compared; ``nan`` where speakers are not known."""
        return float(self.table["der"].iloc[0])

    def diff(self, name: str | None = None, file: str | None = None) -> Diff:
        """Return the words that differ, of the first that was compared and the first file if not told.

        Raises
        ------
        OptionError
            There is no such name, or no such file.
        """
        files = self.scores[_known("name", name, self.scores)]
        return files[_known("file", file, files)].diff

    def plot(self, ax: Axes | None = None) -> Axes:
        """Word error rates: what is substituted, deleted and inserted, and the interval of 95 %."""
        from dgnb.views.rates import rates  # noqa: PLC0415 - loads matplotlib

        return rates(self.table, ax)

    def __repr__(self) -> str:
        shown = self.table[["name", "wer", "low", "high", "cer", "words"]]
        text = shown.to_string(index=False, max_rows=7, float_format="{:.3f}".format)
        return f"<Comparison: {len(self.scores)} with {count(len(self._files), 'file')}>\n{text}"

    def _repr_html_(self) -> str:
        shown = self.table.to_html(index=False, max_rows=60, notebook=True, float_format="{:.3f}".format)
        parts = [fragments.head("Comparison", False, [count(len(self._files), "file")]), str(shown)]
        if len(self.scores) == len(self._files) == 1:
            parts.append(self.diff()._repr_html_())
        return fragments.article("Comparison", parts)

    @property
    def _files(self) -> list[str]:
        return list(next(iter(self.scores.values())))


def _known(what: str, wanted: str | None, known: Mapping[str, Any]) -> str:
    if wanted is not None and wanted not in known:
        raise OptionError(f"{what}={wanted!r}: known are {', '.join(map(repr, list(known)[:20]))}.", what)
    return next(iter(known)) if wanted is None else wanted


def _row(scores: Sequence[Score]) -> tuple[Any, ...]:
    counts = sum((score.counts for score in scores), Counter[str]())
    ders = [score.diarization for score in scores]
    known = [der for der in ders if der == der]  # noqa: PLR0124 - not nan
    return (
        rate([(score.errors, score.length) for score in scores]),
        *interval(scores),
        rate([score.characters for score in scores]),
        rate([score.raw for score in scores]),
        rate([score.raw_characters for score in scores]),
        sum(score.length for score in scores),
        *(counts[kind] for kind in _KINDS),
        sum(known) / len(known) if known else nan,
    )


def _by_speaker(name: str, files: Mapping[str, Score]) -> Iterable[tuple[Any, ...]]:
    words: Counter[str] = Counter()
    errors: dict[str, Counter[str]] = defaultdict(Counter)
    for score in files.values():
        speakers = score.speakers
        words.update(speakers)
        for place, kind in score.marks if speakers else ():
            errors[speakers[place]][kind] += 1
    for speaker, many in sorted(words.items()):
        found = [errors[speaker][kind] for kind in _KINDS]
        yield (name, speaker, sum(found) / many, many, *found)


def _by_word(name: str, files: Mapping[str, Score]) -> Iterable[tuple[Any, ...]]:
    words: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    instead: dict[str, Counter[str]] = defaultdict(Counter)
    for score in files.values():
        left, right = score.reference.tokens, score.heard.tokens
        words.update(token.text for token in left)
        for kind, start, end, first, _ in score.changes:
            for at in range(start, end) if kind in ("substitute", "delete") else ():
                errors[left[at].text] += 1
                instead[left[at].text][right[first + at - start].text if kind == "substitute" else ""] += 1
    for word, wrong in errors.items():
        heard = ", ".join(text or "-" for text, _ in instead[word].most_common(3))
        yield name, word, words[word], wrong, wrong / words[word], heard


def compare(*heard: Spoken, reference: Spoken | None = None, **named: Spoken) -> Comparison:
    """Return how far transcripts differ from a reference: error rates, a diff, the worst words, a plot.

    Parameters
    ----------
    *heard : Transcript, str, or several
        What is compared. Several files are a mapping by name, or any collection in the same order.
    reference : Transcript, str, or several, optional
        What is right; the first of `heard` if not given.
    **named : Transcript, str, or several
        What is compared, each under its name: ``compare(reference=right, nova=calls, flux=others)``.

    Returns
    -------
    Comparison
        ``wer``, ``cer``, ``der``; ``table``, ``files``, ``speakers``, ``worst``; ``diff()``; ``plot()``.

    Raises
    ------
    OptionError
        There is nothing to compare, or the files are not those of the reference.
    MissingExtra
        The extra "compare" is not installed.

    Examples
    --------
    >>> found = compare("It's twenty-five dollars, Sir.", "it is $25 madam")
    >>> found.wer, found.diff().frame["kind"].to_list()
    (0.2, ['variant', 'variant', 'substitute'])
    """
    given = dict(zip(_letters(len(heard)), heard, strict=True)) | named
    if reference is None and given:
        reference = given.pop(next(iter(given)))
    if reference is None or not given:
        raise OptionError("compare() needs two transcripts or texts, or one and a reference.", "reference")
    right = _by_file(reference)
    return Comparison({name: _scores(name, right, _by_file(spoken)) for name, spoken in given.items()})


def _letters(many: int) -> list[str]:
    return [chr(ord("a") + at) if at < 26 else f"a{at}" for at in range(many)]


def _by_file(spoken: Any) -> dict[str, Said]:
    """Give the words of each file, under its name or number."""
    if isinstance(spoken, Transcript | str):
        return {"": said(spoken)}
    if isinstance(spoken, Mapping):
        pairs = list(spoken.items())
    else:  # a collection of this package knows the names
        pairs = getattr(spoken, "pairs", None) or [(str(at), one) for at, one in enumerate(spoken)]
    found = {str(name): said(one) for name, one in pairs}
    if len(found) < len(pairs):
        raise OptionError("Two of the files have the same name.", "reference")
    return found


def _scores(name: str, right: dict[str, Said], heard: dict[str, Said]) -> dict[str, Score]:
    if right.keys() == heard.keys():
        return {file: Score(right[file], heard[file]) for file in right}
    numbered = all(file.isdecimal() for file in right) or all(file.isdecimal() for file in heard)
    if len(right) == len(heard) and (numbered or len(right) == 1):
        names = heard if all(file.isdecimal() for file in right) else right
        pairs = zip(right.values(), heard.values(), strict=True)
        return {file: Score(*pair) for file, pair in zip(names, pairs, strict=True)}
    missing = sorted(file for file in right.keys() ^ heard.keys() if file)
    raise OptionError(
        f"{name}: {count(len(heard), 'file')}, the reference has {len(right)}; "
        f"not in both: {', '.join(missing[:5])}.",
        "reference",
    )
