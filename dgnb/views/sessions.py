"""Live sessions as tables, text and HTML.

The tables of `events`:

=========== ========= ====== ======================================================
column      dtype     unit   what it holds
=========== ========= ====== ======================================================
at          float64   s      since the session's start
connection  Int16            number of the connection, from 1
type        string           a message's type; Opened, Lost, Gap, Ended, Audio of dgnb
event       string           what happened to a turn (Flux)
channel     Int16
start, end  float64   s      in the source, or in the speech
text        string           what was heard
final       boolean          whether it is
pause       boolean          whether the speaker paused
confidence  float64          that the turn has ended (Flux) [0, 1]
latency     float64   s      since the last audio that it is about was sent; of speech, since
                             it was asked for
replayed    bool             whether it repeats what was known, after a new connection
detail      string           anything else, as JSON
=========== ========= ====== ======================================================

and of `turns`:

=========== ========= ====== ======================================================
turn        int64            from 0
start, end  float64   s      first and last word
text        string
num_words   int64
confidence  float64          that it has ended [0, 1]
trigger     string           why: model, timeout, manual; empty when it did not
eager       int64            how often it seemed to end
resumed     int64            how often it went on after all
eager_lead  float64   s      how long before the end the last early one came
latency     float64   s      since the audio of the last word was sent
=========== ========= ====== ======================================================
"""

from __future__ import annotations

from collections.abc import Iterable
from math import nan
from typing import Any

import msgspec
import pandas as pd

from dgnb.audio import pcm
from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import wav
from dgnb.live.agentlog import AgentLog
from dgnb.live.log import FluxLog, HearingLog, ListenLog, Log
from dgnb.live.speaking import SpeakSession
from dgnb.protocol.messages import flux, listen
from dgnb.protocol.models import DEFAULT_VOICE
from dgnb.results import Speech
from dgnb.sessions.dialogue import Dialogue
from dgnb.sessions.hearing import Hearing
from dgnb.sessions.records import Gap, Record
from dgnb.sessions.speaking import Audio, Speaking
from dgnb.sessions.turns import Turn
from dgnb.views import conversations, fragments, speeches
from dgnb.views import html as transcripts
from dgnb.views.frames import STRING, table
from dgnb.views.text import count, shorten

_EVENTS = {
    "at": "float64",
    "connection": "Int16",
    "type": STRING,
    "event": STRING,
    "channel": "Int16",
    "start": "float64",
    "end": "float64",
    "text": STRING,
    "final": "boolean",
    "pause": "boolean",
    "confidence": "float64",
    "latency": "float64",
    "replayed": "bool",
    "detail": STRING,
}

_TURNS = {
    "turn": "int64",
    "start": "float64",
    "end": "float64",
    "text": STRING,
    "num_words": "int64",
    "confidence": "float64",
    "trigger": STRING,
    "eager": "int64",
    "resumed": "int64",
    "eager_lead": "float64",
    "latency": "float64",
}


def events(dialogue: Dialogue) -> pd.DataFrame:
    """Return one row an event, with the source's times.

    Examples
    --------
    >>> from dgnb.sessions.speaking import Speaking
    >>> session = Speaking({})
    >>> session.opened("r", now=5.0)
    >>> session.hear('{"type": "Flushed", "sequence_id": 0}', now=5.25)
    >>> events(session)[["at", "connection", "type"]].to_numpy().tolist()
    [[0.0, 1, 'Opened'], [0.25, 1, 'Flushed']]
    """
    return table(_EVENTS, [_row(dialogue, record) for record in list(dialogue.records)])


def _row(dialogue: Dialogue, record: Record) -> tuple[Any, ...]:
    event = dialogue.event(record)
    told = _told(event)
    known = {
        "at": record.at,
        "connection": record.connection or None,
        "type": event.type,
        "latency": nan if record.latency is None else record.latency,
        "replayed": record.replayed,
    }
    empty = dict.fromkeys(_EVENTS) | {"start": nan, "end": nan, "confidence": nan}
    return tuple({**empty, **known, **told}.values())


def _told(event: Any) -> dict[str, Any]:
    """The columns that depend on what it is."""
    if isinstance(event, listen.Results):
        found = event.channel.alternatives
        return {
            "channel": event.channel_index[0],
            "start": event.start,
            "end": round(event.start + event.duration, 6),
            "text": found[0].transcript if found else "",
            "final": event.is_final,
            "pause": event.speech_final,
        }
    if isinstance(event, flux.TurnInfo):
        return {
            "event": event.event,
            "start": event.audio_window_start,
            "end": event.audio_window_end,
            "text": event.transcript,
            "final": event.event == "EndOfTurn",
            "confidence": event.end_of_turn_confidence,
        }
    if isinstance(event, listen.UtteranceEnd):
        return {"channel": event.channel[0], "end": event.last_word_end}
    if isinstance(event, listen.SpeechStarted):
        return {"channel": event.channel[0], "start": event.timestamp}
    if isinstance(event, Gap | Audio):
        return {"start": event.start, "end": event.end}
    content = {name: value for name, value in msgspec.to_builtins(event).items() if name != "type"}
    return {"detail": msgspec.json.encode(content.get("content", content)).decode() if content else None}


def turns(found: Iterable[Turn]) -> pd.DataFrame:
    """Return one row a turn.

    Examples
    --------
    >>> turns([Turn(0, 1.0, 2.0, "Hello.", trigger="model")])[["turn", "text"]].to_numpy().tolist()
    [[0, 'Hello.']]
    """
    rows = [
        (
            turn.index, turn.start, turn.end, turn.text, len(turn.words), turn.confidence, turn.trigger,
            turn.eager, turn.resumed, _number(turn.eager_lead), _number(turn.latency),
        )
        for turn in found
    ]  # fmt: skip
    return table(_TURNS, rows)


def _number(value: float | None) -> float:
    return nan if value is None else value


def sound(dialogue: Hearing, text: str) -> Speech:
    """Return the audio that a session has kept, as a WAV file where it can be cut into samples."""
    raw, form = b"".join(dialogue.kept or []), dialogue.uplink.form
    if not form.width or not raw:
        return Speech(raw, "application/octet-stream", text)
    return Speech(_wav(raw, form), "audio/wav", text)


def _wav(raw: bytes, form: AudioFormat) -> bytes:
    found = pcm.samples(raw, form.encoding)
    whole = found[: len(found) // form.channels * form.channels]
    return wav(whole.reshape(-1, form.channels) if form.channels > 1 else whole, form.sample_rate)


def speech(dialogue: Speaking) -> Speech:
    """Return the audio that a session has spoken so far."""
    text = "".join(dialogue.texts)
    about = dialogue.about
    uuids = getattr(about, "model_uuids", None) or [getattr(about, "model_uuid", "")]
    return Speech(
        audio=b"".join(list(dialogue.pieces)),
        content_type=dialogue.content_type,
        text=text,
        model=getattr(about, "model_name", "") or str(dialogue.options.get("model") or DEFAULT_VOICE),
        characters=len(text),
        request_ids=tuple(dialogue.request_ids),
        model_uuid=uuids[0] if uuids else "",
    )


def summary(session: Log) -> str:
    """Return how a session stands, and the end of what it has heard or said, in a few lines."""
    lines = [f"<{_title(session)}: {', '.join(_facts(session))}>", *(_end(text) for text in _texts(session))]
    return "\n".join(line for line in lines if line)


_NAMES = {
    ListenLog: "listen.live",
    FluxLog: "flux.live",
    SpeakSession: "speak.live",
    AgentLog: "agent",
}


def _title(session: Log) -> str:
    return next(name for kind, name in _NAMES.items() if isinstance(session, kind))


def _facts(session: Log) -> list[str]:
    facts = [session.status]
    if isinstance(session, HearingLog):
        words = sum(len(one.words) for one in session.transcript.best)
        facts += [f"{session.duration:,.1f} s", count(words, "word")]
    if isinstance(session, SpeakSession):
        facts.append(f"{session.duration:,.1f} s spoken")
    if isinstance(session, AgentLog):
        facts += [count(len(session._dialogue.exchanges), "turn")]
        facts += [count(len(session._dialogue.calls), "call")]
    lost = sum(1 for record in session.records if isinstance(record.notice, Gap))
    return [*facts, *([count(lost, "gap")] if lost else []), *([str(session.error)] if session.error else [])]


def _texts(session: Log) -> list[str]:
    provisional = session.interim if isinstance(session, ListenLog | FluxLog) else ""
    if isinstance(session, AgentLog):
        return session.text.splitlines()[-4:]
    text = session.text if isinstance(session, ListenLog | FluxLog | SpeakSession) else ""
    return [text, f"({provisional})" if provisional and session.running else ""]


def _end(text: str, width: int = 88) -> str:
    """The end of a text on one line."""
    line = " ".join(text.split())
    return shorten(line if len(line) < width else "…" + line[-width + 1 :], width)


def html(session: Log) -> str:
    """Return how a session stands, and what it has heard or said, as HTML that a notebook keeps."""
    if isinstance(session, SpeakSession):
        body = speeches.html(session.speech) if session.duration else ""
        sandbox = session.speech.sandbox
    elif isinstance(session, AgentLog):
        body, sandbox = conversations.html(session._dialogue), session.sandbox
    else:
        found = session.transcript if isinstance(session, HearingLog) else None
        body = transcripts.transcript(found) if found and found.text else ""
        sandbox = session.sandbox
    parts = [fragments.head(_title(session), sandbox, _facts(session)), body, _recording(session)]
    if session.running and (provisional := getattr(session, "interim", "")):
        parts.append(f"<p><i>{fragments.foreign(provisional)}</i></p>")
    return fragments.article(_title(session), [part for part in parts if part], speeches.AUDIO_STYLE)


def _recording(session: Log) -> str:
    """The audio of a session that is over, if it was kept."""
    if session.running:
        return ""
    if isinstance(session, AgentLog):
        return _conversation(session)
    if not isinstance(session, HearingLog) or not session._dialogue.kept:
        return ""
    heard = session.audio
    return speeches.recording(heard) if heard.audio else ""


def _conversation(session: AgentLog) -> str:
    """The audio of both sides, or of the agent alone."""
    dialogue = session._dialogue
    if session._silent or not (dialogue.pieces or dialogue.heard):
        return ""
    both = dialogue.output.width and dialogue.heard is not None
    return speeches.recording(session.audio if both else session.speech)
