"""What a live session has heard as the reply that a recording would have had."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import nan

from msgspec.structs import replace

from dgnb.protocol.heard import Alternative, Channel, Entity, Search, Word
from dgnb.protocol.messages import listen
from dgnb.results import Metadata, Results, Transcript, Utterance
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.listening import Listening
from dgnb.sessions.turns import Turns


def heard(session: Listening) -> Transcript:
    """Return the final results of a session of ``/v1/listen`` as a transcript; pauses end its utterances.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> heard(Listening({}, Bounds())).text
    ''
    """
    numbers = sorted({*session.finals, *range(max(session.finals, default=0))})
    channels = [_channel(session.finals.get(number, [])) for number in numbers]
    said = [said for number in numbers for said in _utterances(session, number)]
    return Transcript(
        metadata=_metadata(session, len(channels)),
        results=Results(channels=channels, utterances=sorted(said, key=lambda one: (one.start, one.channel))),
    )


def _channel(finals: Sequence[listen.Results]) -> Channel:
    alternatives = [found.channel.alternatives[0] for found in finals if found.channel.alternatives]
    words = [word for one in alternatives for word in one.words]
    entities = list(_entities(finals))
    languages = list(dict.fromkeys(name for one in alternatives for name in one.languages or []))
    return Channel(
        alternatives=[
            Alternative(
                transcript=_joined(one.transcript for one in alternatives),
                confidence=_confidence(words),
                words=words,
                languages=languages or None,
                entities=entities or None,
            )
        ],
        search=_search(finals),
    )


def _entities(finals: Sequence[listen.Results]) -> Iterable[Entity]:
    """Entities with the places of their words in the whole."""
    count = 0
    for found in finals:
        for entity in found.entities or []:
            yield replace(entity, start_word=entity.start_word + count, end_word=entity.end_word + count)
        count += len(found.channel.alternatives[0].words) if found.channel.alternatives else 0


def _search(finals: Sequence[listen.Results]) -> list[Search] | None:
    hits: dict[str, Search] = {}
    for search in (search for found in finals for search in found.channel.search or []):
        earlier = hits.get(search.query, Search(query=search.query))
        hits[search.query] = replace(earlier, hits=[*earlier.hits, *search.hits])
    return list(hits.values()) or None


def _utterances(session: Listening, channel: int) -> Iterable[Utterance]:
    finals = session.finals.get(channel, [])
    ends = [0, *session.pauses.get(channel, []), len(finals)]
    for start, stop in pairwise(sorted(set(ends))):
        parts = [found.channel.alternatives[0] for found in finals[start:stop] if found.channel.alternatives]
        words = [word for part in parts for word in part.words]
        if words:
            yield _utterance(_joined(part.transcript for part in parts), words, channel)


def _utterance(text: str, words: list[Word], channel: int = 0) -> Utterance:
    return Utterance(
        start=words[0].start,
        end=words[-1].end,
        transcript=text,
        confidence=_confidence(words),
        channel=channel,
        words=words,
        speaker=words[0].speaker,
    )


def conversation(session: Turns) -> Transcript:
    """Return the turns of a session of ``/v2/listen`` as a transcript, an utterance each.

    A turn that has not ended belongs to it when the session is over.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> conversation(Turns({}, Bounds())).text
    ''
    """
    turns = session.said
    words = [word for turn in turns for word in turn.words]
    whole = Alternative(
        transcript=_joined(turn.text for turn in turns), confidence=_confidence(words), words=words
    )
    said = [
        replace(_utterance(turn.text, list(turn.words)), start=turn.start, end=turn.end)
        for turn in turns
        if turn.words
    ]
    return Transcript(
        metadata=_metadata(session, 1),
        results=Results(channels=[Channel(alternatives=[whole])], utterances=said),
    )


def _metadata(session: Hearing, channels: int) -> Metadata:
    told = session.metadata if isinstance(session, Listening) else None
    models = dict(told.model_info or {}) if told else {}
    if isinstance(session, Listening):
        # A copy: the loop's thread may add a channel meanwhile.
        for found in (finals[-1].metadata for finals in list(session.finals.values()) if finals):
            if found.model_uuid:
                models.setdefault(found.model_uuid, found.model_info)
    return Metadata(
        request_id=session.request_ids[0] if session.request_ids else "",
        created=told.created if told else "",
        duration=session.duration or (told.duration if told else 0.0),
        channels=channels,
        # That of one connection is not that of the audio when there were several.
        sha256=told.sha256 if told and session.connection == 1 else "",
        models=list(models),
        model_info=models,
    )


def _joined(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)


def _confidence(words: Sequence[Word]) -> float:
    return sum(word.confidence for word in words) / len(words) if words else nan
