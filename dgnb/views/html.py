"""A transcript as HTML that a notebook keeps: no script, and readable without its style sheet.

Its size is bounded: a long transcript is folded, and cut where it would make a notebook heavy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from dgnb.results import Transcript, Word
from dgnb.views import colours
from dgnb.views.columns import columns
from dgnb.views.fragments import BADGE, LONGEST, escape, foreign, lang
from dgnb.views.passages import Passage, passages
from dgnb.views.text import clock, count, models
from dgnb.views.voices import NOBODY, name, title, told_apart, voices

LOW = 0.5
"""Words below this confidence are marked: they are rather wrong than right."""

_OPEN = 10
"""Passages in front of the fold."""

_NOTICES = 10
"""Notices at most."""

_REACH = 12
"""Characters to look ahead for a word."""

_LARGEST = 100_000
"""Characters of the HTML of all passages but the last."""

# Jupyter's colours where there are any, else those of the page. MathJax is kept off: dollars are money here.
_STYLE = """<style>
.dgnb-transcript { line-height: 1.5; max-width: 64em; color: var(--jp-ui-font-color1, inherit) }
.dgnb-transcript p { margin: 0 0 .5em; text-align: start }
.dgnb-transcript .dgnb-badge { border: 1px solid; border-radius: 3px; padding: 0 .4em; font-weight: 600 }
.dgnb-transcript .dgnb-summary { margin-bottom: 1em }
.dgnb-transcript .dgnb-facts, .dgnb-transcript time { color: var(--jp-ui-font-color2, inherit) }
.dgnb-transcript .dgnb-passage { display: flex; flex-wrap: wrap; gap: 0 .75em }
.dgnb-transcript time { flex: 0 0 3.5em; text-align: end; font-variant-numeric: tabular-nums }
.dgnb-transcript .dgnb-voice { flex: 0 0 8em; padding-left: .6em; border-left: 4px solid }
.dgnb-transcript .dgnb-text { flex: 1 1 20em; overflow-wrap: anywhere }
.dgnb-transcript u { text-decoration: underline dotted; text-underline-offset: .2em; cursor: help }
.dgnb-transcript summary { cursor: pointer; margin-bottom: .5em }
</style>"""


def transcript(result: Transcript) -> str:
    """Return a transcript as HTML: what it is, its summary, and who said what when.

    Examples
    --------
    >>> from dgnb.results import Transcript
    >>> "No speech was recognised." in transcript(Transcript())
    True
    """
    said = passages(result)
    parts = [_STYLE, _head(result), *_notices(result), *_summary(result), *_folded(_Writer(result), said)]
    classes = "dgnb-transcript tex2jax_ignore mathjax_ignore"
    return f'<article class="{classes}" aria-label="Transcript">\n' + "\n".join(parts) + "\n</article>"


def _head(result: Transcript) -> str:
    badge = f"{BADGE} " if result.sandbox else ""
    facts = " · ".join(_facts(result))
    return f'<p><b>Transcript</b> {badge}<span class="dgnb-facts">{facts}</span></p>'


def _facts(result: Transcript) -> Iterator[str]:
    words, speakers = columns(result), told_apart(result)
    yield clock(result.duration)
    yield count(len(words), "word")
    if speakers:
        yield count(speakers, "speaker")
    yield count(len(result.results.channels), "channel")
    if not isnan(result.confidence):
        low = int((words.confidence < LOW).sum())
        marked = f", <u>{count(low, 'word')}</u> below {LOW}" if low else ""
        yield f"mean confidence {result.confidence:.2f}{marked}"
    if models(result):
        yield foreign(models(result))


def _notices(result: Transcript) -> Iterator[str]:
    for notice in (result.metadata.warnings or [])[:_NOTICES]:
        text = ": ".join(part for part in (notice.parameter, notice.message or notice.type) if part)
        if text:
            yield f'<p role="note"><b>Notice</b> {foreign(text)}</p>'


def _summary(result: Transcript) -> Iterator[str]:
    if result.summary:
        yield f'<p class="dgnb-summary"><b>Summary</b> {foreign(result.summary)}</p>'


def _folded(writer: _Writer, said: list[Passage]) -> Iterator[str]:
    """Show the first passages, fold the following, and say how many there is no room for."""
    if not said:
        yield "<p>No speech was recognised.</p>"
        return
    shown = list(writer.passages(said))
    yield from shown[:_OPEN]
    if shown[_OPEN:]:
        yield f"<details><summary>{count(len(shown) - _OPEN, 'more passage')}</summary>"
        yield from shown[_OPEN:]
        yield "</details>"
    if len(shown) < len(said):
        left = count(len(said) - len(shown), "more passage")
        yield f"<p>{left} not shown: <code>.text</code> and <code>.words</code> have everything.</p>"


class _Writer:
    """Writes passages, each with its time and the name and colour of its voice."""

    def __init__(self, result: Transcript) -> None:
        self._language = result.language
        self._many = len(result.results.channels) > 1
        self._known = {(voice.channel, voice.speaker): voice for voice in voices(result)[0]}

    def passages(self, said: list[Passage]) -> Iterator[str]:
        """Give passages as HTML until it is large."""
        size = 0
        for passage in said:
            if size > _LARGEST:
                return
            text = self._passage(passage)
            size += len(text)
            yield text

    def _passage(self, passage: Passage) -> str:
        time = "" if isnan(passage.start) else _time(passage.start)
        parts = [time, self._voice(passage), self._text(passage)]
        return f'<p class="dgnb-passage">{" ".join(part for part in parts if part)}</p>'

    def _voice(self, passage: Passage) -> str:
        voice = self._known.get((passage.channel, -1 if passage.speaker is None else passage.speaker))
        colour = voice.colour if voice else colours.TEXT
        who = voice.name if voice else name(passage.channel if self._many else None, passage.speaker)
        if who == NOBODY:
            return ""
        return f'<b class="dgnb-voice" style="border-color: {colour}">{escape(title(who))}</b>'

    def _text(self, passage: Passage) -> str:
        text = "".join(_marked(passage.text[:LONGEST], passage.words))
        if len(passage.text) > LONGEST:
            text += f"… ({count(len(passage.text) - LONGEST, 'more character')})"
        language = lang(passage.language or self._language)
        return f'<span class="dgnb-text" dir="auto"{language}>{text}</span>'


def _time(seconds: float) -> str:
    # A duration in the form that HTML defines: a bare 0:03 would be a time of the day.
    return f'<time datetime="PT{seconds:.2f}S" title="{seconds:.2f} s">{clock(seconds)}</time>'


def _marked(text: str, words: Sequence[Word]) -> Iterator[str]:
    """Give a text as HTML, its words of low confidence marked."""
    done = 0
    for start, end, confidence in doubtful(text, words):
        yield escape(text[done:start])
        yield f'<u title="confidence {confidence:.2f}">{escape(text[start:end])}</u>'
        done = end
    yield escape(text[done:])


def doubtful(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int, float]]:
    """Give where in a text the words of low confidence begin and end, and their confidence.

    A word is looked for where the one before ends, and somewhat further on
    for each that was not found: a text may have, miss or change words.
    """
    place, reach = 0, _REACH
    for word in words:
        size = len(word.text)
        at = text.find(word.text, place, place + size + reach)
        if at < 0 or not size:
            reach += size + 1
            continue
        place, reach = at + size, _REACH
        if word.confidence < LOW:
            yield at, place, word.confidence
