"""``POST /v1/read``: an analysis of text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dgnb.errors import OptionError
from dgnb.protocol.options import check, decode
from dgnb.protocol.params import ANALYSIS_RULES, ReadSubmitOptions
from dgnb.results import (
    AnalysisInfo,
    Reading,
    ReadingMetadata,
    ReadingResults,
    ReadingSummary,
    Word,
    to_wire,
)
from dgnb.sandbox import jobs, ledger, texts
from dgnb.sandbox.engines import intents, sentiment, summary, topics
from dgnb.sandbox.engines.grouping import words_of
from dgnb.sandbox.replies import RefusedError, answer, bad_query

MOST_TOKENS = 150_000
"""Tokens of one text; the service's documented limit. The sandbox counts a word as one."""

LARGEST = 8_000_000
"""Bytes of one text: far more than its tokens can have."""

Words = Sequence[Word]
Options = Mapping[str, Any]


async def read(request: Request) -> Response:
    """The analysis of a text, or the receipt when it goes to a callback."""
    options = _options(request)
    text = await texts.receive(request, ("application/json",), LARGEST)
    words = await asyncio.to_thread(_words, text)
    request_id = request.state.request_id

    async def work() -> bytes:
        found = await asyncio.to_thread(analyse, words, options, request_id)
        ledger.charge(request.app.state.store, request_id, _used(found))
        return to_wire(found)

    if "callback" in options:
        receipt: Response = request.app.state.jobs.start(request, options, work)
        return receipt
    found = await asyncio.to_thread(analyse, words, options, request_id)
    request.state.used = _used(found)
    return answer(found)


def _used(found: Reading) -> ledger.Used:
    infos = found.metadata.infos
    read, written = (sum(info.input_tokens for info in infos), sum(info.output_tokens for info in infos))
    return ledger.Used(tokens=(read, written))


def _options(request: Request) -> dict[str, Any]:
    try:
        options = decode(request.query_params.multi_items(), ReadSubmitOptions)
        check(options, ANALYSIS_RULES)
    except OptionError as error:
        raise bad_query(str(error)) from error
    language = options.get("language", "")
    if not language:
        raise bad_query("language is required: language=en.")
    if language.lower().partition("-")[0] != "en":
        raise bad_query(f"Only English text is analysed, not '{language[:40]}': language=en.")
    if options.get("summarize", True) not in (True, False, "v2"):
        raise bad_query("summarize takes true, false or v2.")
    if "callback" in options:
        jobs.check(options["callback"])
    return options


def _words(text: str) -> list[Word]:
    words = words_of(text)
    if not words:
        raise RefusedError(400, "PAYLOAD_ERROR", "The text is empty.")
    if len(words) > MOST_TOKENS:
        message = f"The text has {len(words)} tokens; at most {MOST_TOKENS} are read."
        raise RefusedError(400, "TOKEN_LIMIT_EXCEEDED", message)
    return words


def analyse(words: Words, options: Options, request_id: str) -> Reading:
    """Return what the options ask of a text.

    Examples
    --------
    >>> reading = analyse(words_of("What a wonderful day!"), {"sentiment": True}, "id")
    >>> reading.results.sentiments.average.sentiment, reading.sandbox
    ('positive', True)
    """
    made = {
        name: analysis.make(words, options)
        for name, analysis in _ANALYSES.items()
        if any(options.get(option) for option in analysis.options)
    }
    infos: dict[str, Any] = {
        _ANALYSES[name].info: _info(name, len(words), part) for name, part in made.items()
    }
    about = ReadingMetadata(
        request_id=request_id,
        created=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        language="en",
        **infos,
    )
    return Reading(metadata=about, results=ReadingResults(**made))


def _summary(words: Words, _: Options) -> ReadingSummary:
    return ReadingSummary(text=summary.summarize(words).short)


def _topics(words: Words, options: Options) -> Any:
    return topics.topics(words, options.get("custom_topic", ()), options.get("custom_topic_mode", "extended"))


def _intents(words: Words, options: Options) -> Any:
    mode = options.get("custom_intent_mode", "extended")
    return intents.intents(words, options.get("custom_intent", ()), mode)


class _Analysis(NamedTuple):
    """A part of the results: options that ask for it, its place in the metadata, and what makes it."""

    options: tuple[str, ...]
    info: str
    make: Callable[[Words, Options], Any]


_ANALYSES = {
    "summary": _Analysis(("summarize",), "summary_info", _summary),
    "topics": _Analysis(("topics", "custom_topic"), "topics_info", _topics),
    "intents": _Analysis(("intents", "custom_intent"), "intents_info", _intents),
    "sentiments": _Analysis(("sentiment",), "sentiment_info", lambda words, _: sentiment.sentiments(words)),
}


def _info(name: str, read: int, part: Any) -> AnalysisInfo:
    """Tell which model analysed; its id says that it is the sandbox's."""
    uuid = uuid5(NAMESPACE_URL, f"dgnb sandbox {name}")
    written = len(msgspec.json.encode(part).split())
    return AnalysisInfo(model_uuid=f"sandbox-{uuid}", input_tokens=read, output_tokens=written)
