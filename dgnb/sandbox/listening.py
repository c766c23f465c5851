"""``POST /v1/listen``: recorded speech into text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from dgnb.errors import OptionError
from dgnb.protocol import models
from dgnb.protocol.options import check, decode
from dgnb.protocol.params import LISTEN_RULES, ListenSubmitOptions
from dgnb.protocol.refusals import NO_MODEL, legacy_body
from dgnb.results import DiarizeInfo, Metadata, ModelInfo, Transcript, Word, to_wire
from dgnb.sandbox import jobs, ledger
from dgnb.sandbox.engines import speakers
from dgnb.sandbox.engines.decoding import DecodeError, Recording
from dgnb.sandbox.engines.decoding import decode as decode_audio
from dgnb.sandbox.engines.recognition import EngineError
from dgnb.sandbox.engines.workers import Ready, Workers
from dgnb.sandbox.intake import Upload, receive
from dgnb.sandbox.replies import RefusedError, answer, attended, bad_query, bad_request
from dgnb.sandbox.transcription import Transcription


async def listen(request: Request) -> Response:
    """The transcript of a recording, or the receipt when it goes to a callback."""
    options = _options(request)
    upload = await receive(request)
    workers, request_id = request.app.state.workers, request.state.request_id
    if "callback" not in options:
        transcript = await attended(request, transcribe(upload, options, workers, request_id))
        request.state.used = ledger.heard(transcript)
        return answer(transcript)

    async def work() -> bytes:
        try:
            transcript = await transcribe(upload, options, workers, request_id)
        except RefusedError as error:
            return msgspec.json.encode(legacy_body(error.code, error.message, request_id))
        ledger.charge(request.app.state.store, request_id, ledger.heard(transcript))
        return to_wire(transcript)

    receipt: Response = request.app.state.jobs.start(request, options, work)
    return receipt


def _options(request: Request) -> dict[str, Any]:
    try:
        options = decode(request.query_params.multi_items(), ListenSubmitOptions)
        check(options, LISTEN_RULES)
    except OptionError as error:
        raise bad_query(str(error)) from error
    check_known(options)
    return options


def check_known(options: Mapping[str, Any]) -> None:
    """Raise `RefusedError` for a model that there is not, or a callback that is not taken."""
    if options.get("model", models.DEFAULT_LISTEN_MODEL) not in models.LISTEN_MODELS:
        raise bad_request(f"Bad Request: {NO_MODEL}")
    if "callback" in options:
        jobs.check(options["callback"])


async def transcribe(
    upload: Upload, options: Mapping[str, Any], workers: Workers, request_id: str
) -> Transcript:
    """Return the transcript of a recording.

    Raises
    ------
    RefusedError
        The bytes are not audio, or the recogniser cannot work.
    """
    asked = Transcription(options)
    recording = await asyncio.to_thread(_decoded, upload, options)
    channels = (recording if options.get("multichannel") else recording.mixed()).samples
    try:
        heard = [await _heard(samples, asked, workers) for samples in channels]
        engine = await workers.engine()
    except EngineError as error:
        raise RefusedError(500, "INTERNAL", f"The sandbox's recogniser failed: {error}") from error
    results = await asyncio.to_thread(asked.results, heard)
    about = Metadata(
        request_id=request_id,
        sha256=upload.sha256,
        created=created(),
        duration=recording.duration,
        channels=len(channels),
        **_told(asked, engine, sum(map(len, heard))),
    )
    return Transcript(metadata=about, results=results)


def _decoded(upload: Upload, options: Mapping[str, Any]) -> Recording:
    hints = {name: options.get(name) for name in ("encoding", "sample_rate", "channels")}
    try:
        return decode_audio(upload.file, **hints)
    except DecodeError as error:
        raise bad_request(f"Bad Request: failed to process audio: {error}") from error
    finally:
        upload.file.close()


async def _heard(samples: Any, asked: Transcription, workers: Workers) -> list[Word]:
    words = await workers.recognise(samples, asked.keyterms) if asked.english else []
    if not asked.diarized or not words:
        return words
    labels = await asyncio.to_thread(speakers.label, samples, words)
    return [
        msgspec.structs.replace(word, speaker=speaker, speaker_confidence=confidence)
        for word, (speaker, confidence) in zip(words, labels, strict=True)
    ]


def created() -> str:
    """The time now, as the metadata has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def model(engine: Ready) -> tuple[str, ModelInfo]:
    """The id and description of the recogniser, which say that it is the sandbox's."""
    name = f"sandbox {engine.name}"
    uuid = str(uuid5(NAMESPACE_URL, f"dgnb {name} {engine.version}"))
    return uuid, ModelInfo(name=name, version=engine.version, arch="sandbox")


def _told(asked: Transcription, engine: Ready, words: int) -> dict[str, Any]:
    """What the metadata tells of the engine, of the analyses, and of what was asked."""
    uuid, info = model(engine)
    return {
        "transaction_key": "deprecated",
        "models": [uuid],
        "model_info": {uuid: info},
        "diarize_info": DiarizeInfo(model_uuid=uuid, arch="sandbox") if asked.diarized else None,
        "tags": asked.values("tag") or None,
        "extra": asked.extra,
        "warnings": asked.notices or None,
        **asked.infos(words, uuid),
    }
