"""A corrected transcript in the shape of a reply: all that is told of its words follows them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from msgspec.structs import replace

from dgnb.protocol.heard import Alternative, Channel, Entity, Paragraph, Paragraphs, Sentence, Word
from dgnb.results.drafts import Draft, Strand, places
from dgnb.results.transcript import Transcript, Utterance

T = TypeVar("T")


def rebuilt(call: Transcript, now: Draft) -> Transcript:
    """Return a transcript with the words of a draft.

    Examples
    --------
    >>> from dgnb.results.drafts import draft
    >>> rebuilt(Transcript(), draft(Transcript())).text
    ''
    """
    results = call.results
    channels = [_channel(one, strand) for one, strand in zip(results.channels, now.strands, strict=True)]
    segments = {name: _segments(getattr(results, name), now) for name in ("sentiments", "topics", "intents")}
    return Transcript(
        metadata=replace(call.metadata, speaker_names=now.names or None),
        results=replace(results, channels=channels, utterances=_utterances(call, now), **segments),
    )


def _channel(channel: Channel, strand: Strand) -> Channel:
    if not channel.alternatives:
        return channel
    best = channel.alternatives[0]
    return replace(channel, alternatives=[_alternative(best, strand), *channel.alternatives[1:]])


def _alternative(best: Alternative, strand: Strand) -> Alternative:
    gap = best.gap
    changed: dict[str, Any] = {"words": strand.words}
    if strand.rewritten:
        move = partial(_moved, strand.origins)
        changed |= {
            "transcript": gap.join(word.text for word in strand.words),
            "entities": _kept(best.entities, lambda one: _entity(one, move)),
            "summaries": _kept(best.summaries, lambda one: _span(one, move)),
            "topics": _kept(best.topics, lambda one: _span(one, move)),
        }
    if best.paragraphs or strand.broken:
        changed["paragraphs"] = _paragraphs(best, strand, gap)
    return replace(best, **changed)


def _moved(origins: list[int], place: int) -> int:
    """Give where the word is now that had a place, or else the next one."""
    return bisect_left(origins, place)


def _kept(things: list[T] | None, change: Callable[[T], T | None]) -> list[T] | None:
    return None if things is None else [new for new in map(change, things) if new is not None]


def _entity(entity: Entity, move: Callable[[int], int]) -> Entity | None:
    first, stop = move(entity.start_word), move(entity.end_word)
    return replace(entity, start_word=first, end_word=stop) if first < stop else None


def _span(one: Any, move: Callable[[int], int]) -> Any:
    """Give a stretch of words, `end_word` included; none when all of them are gone."""
    first, stop = move(one.start_word), move(one.end_word + 1)
    return replace(one, start_word=first, end_word=stop - 1) if first < stop else None


def _segments(found: Any, now: Draft) -> Any:
    """Give the sentiments, topics or intents, which are of the first channel."""
    if found is None or not now.strands or not now.strands[0].rewritten:
        return found
    strand = now.strands[0]
    kept = _kept(found.segments, lambda one: _span(one, partial(_moved, strand.origins))) or []
    texts = (" ".join(word.text for word in strand.words[one.start_word : one.end_word + 1]) for one in kept)
    return replace(found, segments=[replace(one, text=text) for one, text in zip(kept, texts, strict=True)])


def _paragraphs(best: Alternative, strand: Strand, gap: str) -> Paragraphs:
    known = best.paragraphs.paragraphs if best.paragraphs else []
    sentences = [sentence for paragraph in known for sentence in paragraph.sentences]
    starts = places([(one.start, len(one.text.split())) for one in sentences], best.words)
    limits = {_moved(strand.origins, at) for at in starts}
    found = [
        _paragraph(strand.words, first, stop, limits, gap)
        for first, stop in pairwise([*sorted({0, *strand.breaks}), len(strand.words)])
        if first < stop
    ]
    return Paragraphs(transcript="\n" + "\n\n".join(one.text for one in found), paragraphs=found)


def _paragraph(words: Sequence[Word], first: int, stop: int, limits: set[int], gap: str) -> Paragraph:
    inside = sorted({first, stop, *(at for at in limits if first < at < stop)})
    sentences = [
        Sentence(
            text=gap.join(word.text for word in words[start:end]),
            start=words[start].start,
            end=words[end - 1].end,
        )
        for start, end in pairwise(inside)
    ]
    return Paragraph(
        sentences=sentences,
        start=words[first].start,
        end=words[stop - 1].end,
        num_words=stop - first,
        speaker=_most(words[first:stop]),
    )


def _sentence(words: Sequence[Word], gap: str) -> Sentence:
    return Sentence(text=gap.join(word.text for word in words), start=words[0].start, end=words[-1].end)


def _most(words: Sequence[Word]) -> int | None:
    """Give who says most of some words, the first of them when it is a draw."""
    known = Counter(word.speaker for word in words if word.speaker is not None)
    return known.most_common(1)[0][0] if known else None


def _utterances(call: Transcript, now: Draft) -> list[Utterance] | None:
    found = call.results.utterances
    if found is None:
        return None
    new: dict[int, Utterance | None] = {}
    for channel, strand in enumerate(now.strands):
        mine = [at for at, one in enumerate(found) if one.channel == channel]
        best = call.results.channels[channel].alternatives[:1]
        starts = places(
            [(found[at].start, len(found[at].words)) for at in mine], best[0].words if best else []
        )
        ends = [*starts[1:], len(best[0].words) if best else 0]
        for at, first, stop in zip(mine, starts, ends, strict=True):
            new[at] = _utterance(found[at], strand, first, stop, best[0].gap if best else " ")
    return [one for at in range(len(found)) if (one := new.get(at)) is not None]


def _utterance(said: Utterance, strand: Strand, first: int, stop: int, gap: str) -> Utterance | None:
    words = strand.words[_moved(strand.origins, first) : _moved(strand.origins, stop)]
    if not words:
        return None
    text = gap.join(word.text for word in words) if strand.rewritten else said.transcript
    return replace(said, words=words, transcript=text, speaker=_most(words))
