"""Two texts word by word: what stayed, what was left out, put in, and exchanged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from dgnb.errors import MissingExtra
from dgnb.lazy import load
from dgnb.protocol.spelling import bare
from dgnb.views import fragments
from dgnb.views.fragments import escape
from dgnb.views.normalisation import Token, normalised
from dgnb.views.text import clean, count

if TYPE_CHECKING:
    from pandas import DataFrame

_SHOWN = 2000
"""Stretches that a notebook shows."""

_AROUND = 12
"""Words of a long stretch without a difference that are shown at each of its ends."""

_STYLE = """.dgnb-result .dgnb-diff { line-height: 1.9; overflow-wrap: anywhere }
.dgnb-result .dgnb-diff :is(ins, del, span) { padding: .1em .2em; border-radius: 3px; color: inherit }
.dgnb-result ins { background: #2ca68055; text-decoration: underline }
.dgnb-result del { background: #ff5f1655; text-decoration: line-through }
.dgnb-result .dgnb-same { border-bottom: 2px dotted #80808099 }"""


Side = tuple[Sequence[str], Sequence[Token]]


class Stretch(NamedTuple):
    """Words of the reference, and what was heard instead.

    `kind` is equal, variant (another spelling of the same), substitute, delete or insert.
    """

    kind: str
    reference: tuple[str, ...]
    heard: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Diff:
    """The stretches of two texts, in order; it shows itself.

    Attributes
    ----------
    stretches : tuple of Stretch
    """

    stretches: tuple[Stretch, ...]

    @property
    def reference(self) -> str:
        """The reference, word by word."""
        return " ".join(word for stretch in self.stretches for word in stretch.reference)

    @property
    def heard(self) -> str:
        """What was heard, word by word."""
        return " ".join(word for stretch in self.stretches for word in stretch.heard)

    @property
    def frame(self) -> DataFrame:
        """One row a stretch: kind, reference, heard."""
        schema: Any = dict.fromkeys(("kind", "reference", "heard"), load("dgnb.views.frames:STRING"))
        rows = [(kind, " ".join(left), " ".join(right)) for kind, left, right in self.stretches]
        found: DataFrame = load("dgnb.views.frames:table")(schema, rows)
        return found

    def __repr__(self) -> str:
        told = [clean(_plain(stretch)) for stretch in self.stretches if stretch.kind != "equal"]
        head = f"<Diff: {_facts(self.stretches)}>"
        return "\n".join([head, *(f"  {line[:90]}" for line in told[:8])])

    def _repr_html_(self) -> str:
        text = " ".join(_shown(self.stretches[:_SHOWN]))
        left = len(self.stretches) - _SHOWN
        more = [f"<p>{count(left, 'more stretch')}, in <code>.frame</code>.</p>"] if left > 0 else []
        head = fragments.head("Diff", False, [_facts(self.stretches)])
        key = "<p><del>left out</del> <ins>put in</ins> <span class='dgnb-same'>spelled otherwise</span></p>"
        return fragments.article(
            "Diff", [head, key, f'<p class="dgnb-diff" dir="auto">{text}</p>', *more], _STYLE
        )


def _facts(stretches: Sequence[Stretch]) -> str:
    counts: Counter[str] = Counter()
    for kind, reference, heard in stretches:
        counts[kind] += max(len(reference), len(heard))
    kinds = {"substitute": "exchanged", "delete": "left out", "insert": "put in"}
    found = [(name, counts[kind]) for kind, name in kinds.items()]
    return ", ".join(f"{count(number, 'word')} {name}" for name, number in found if number) or "no difference"


def _plain(stretch: Stretch) -> str:
    return f"{stretch.kind}: {' '.join(stretch.reference) or '-'} → {' '.join(stretch.heard) or '-'}"


def _shown(stretches: Iterable[Stretch]) -> Iterator[str]:
    for kind, reference, heard in stretches:
        if kind == "equal":
            yield escape(" ".join(_folded(heard)))
        elif kind == "variant":
            right = escape(" ".join(reference))
            yield f'<span class="dgnb-same" title="{right}">{escape(" ".join(heard))}</span>'
        else:
            yield (f"<del>{escape(' '.join(reference))}</del>" if reference else "") + (
                f"<ins>{escape(' '.join(heard))}</ins>" if heard else ""
            )


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    """Give words without the middle of a long stretch."""
    if len(words) <= 4 * _AROUND:
        return words
    return (*words[:_AROUND], "…", *words[-_AROUND:])


def diff(reference: Sequence[str], heard: Sequence[str]) -> Diff:
    """Return two texts word by word.

    Case and punctuation make no difference; another spelling of the same is a variant.

    Parameters
    ----------
    reference, heard : sequence of str
        Words as they are written.

    Raises
    ------
    MissingExtra
        The extra "compare" is not installed.

    Examples
    --------
    >>> found = diff("It costs $5 or so".split(), "it costs five dollars more or less".split())
    >>> [(one.kind, one.heard) for one in found.stretches]  # doctest: +NORMALIZE_WHITESPACE
    [('equal', ('it', 'costs')), ('variant', ('five', 'dollars')), ('insert', ('more',)),
     ('equal', ('or',)), ('substitute', ('less',))]
    """
    return aligned((reference, normalised(reference)), (heard, normalised(heard)))


def aligned(reference: Side, heard: Side) -> Diff:
    """Return two texts word by word, of which each is its words and these in their one spelling.

    Examples
    --------
    >>> said = ["Yes."]
    >>> aligned((said, normalised(said)), (said, normalised(said)))
    <Diff: no difference>
    """
    found = [Stretch(_kind(ref, got, same), ref, got) for ref, got, same in _chunks(reference, heard)]
    return Diff(tuple(_merged(found)))


def _kind(reference: tuple[str, ...], heard: tuple[str, ...], same: bool) -> str:
    if same:
        return "equal" if list(map(bare, reference)) == list(map(bare, heard)) else "variant"
    return "substitute" if reference and heard else "delete" if reference else "insert"


def _merged(found: Iterable[Stretch]) -> Iterator[Stretch]:
    """Join neighbours of one kind, but variants."""
    for kind, run in groupby(found, key=lambda one: one.kind):
        if kind == "variant":
            yield from run
        else:
            both = [(one.reference, one.heard) for one in run]
            yield Stretch(
                kind, *(tuple(word for part in side for word in part) for side in zip(*both, strict=True))
            )


def _chunks(left: Side, right: Side) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], bool]]:
    """Give the smallest pieces that begin with a word on both sides, and whether they say the same."""
    since, same = (0, 0), True
    for at, equal in _path(left[1], right[1]):
        places = [_begins(side, place) for side, place in zip((left, right), at, strict=True)]
        same = same and equal
        if None not in places:
            now = (places[0] or 0, places[1] or 0)
            if now != since:
                yield tuple(left[0][since[0] : now[0]]), tuple(right[0][since[1] : now[1]]), same
            since, same = now, True


def _begins(side: Side, place: int) -> int | None:
    """Give the word that begins with a token; none when the token goes on with one."""
    words, tokens = side
    if place == len(tokens):
        return len(words)
    if place and tokens[place].word == tokens[place - 1].word:
        return None
    return tokens[place].word


def _path(left: Sequence[Token], right: Sequence[Token]) -> Iterator[tuple[tuple[int, int], bool]]:
    """Give the places in both after each step of the alignment, and whether the step changes nothing."""
    found = opcodes([token.text for token in left], [token.text for token in right])
    for kind, start, end, first, last in found:
        for step in range(1, max(end - start, last - first) + 1):
            yield (min(start + step, end), min(first + step, last)), kind == "equal"
    if not found:
        yield (0, 0), True


def opcodes(reference: Sequence[Hashable], heard: Sequence[Hashable]) -> list[tuple[str, int, int, int, int]]:
    """Return how one sequence becomes another with the fewest changes: kind, and the places in both.

    Examples
    --------
    >>> opcodes("abc", "axcd")
    [('equal', 0, 1, 0, 1), ('substitute', 1, 2, 1, 2), ('equal', 2, 3, 2, 3), ('insert', 3, 3, 3, 4)]
    """
    changes = levenshtein("opcodes")
    names = {"replace": "substitute"}
    return [
        (names.get(one.tag, one.tag), one.src_start, one.src_end, one.dest_start, one.dest_end)
        for one in changes(reference, heard)
    ]


def levenshtein(name: str) -> Callable[..., Any]:
    """Return a function of rapidfuzz that is about the fewest changes between two sequences.

    Raises
    ------
    MissingExtra
        The extra "compare" is not installed.
    """
    try:
        found: Callable[..., Any] = load(f"rapidfuzz.distance.Levenshtein:{name}")
    except ImportError as missing:
        raise MissingExtra("Comparing transcripts", "compare") from missing
    return found
