"""Conversations with agents as tables, audio and text.

The table of `turns`:

=========== ========= ====== ======================================================
column      dtype     unit   what it holds
=========== ========= ====== ======================================================
turn        int64            from 0
start       float64   s      since the session's start
user        string           what the user said; empty where the agent began by itself
agent       string           the reply
latency     float64   s      from the user's text to the reply's first audio
duration    float64   s      of the reply's audio
calls       int64            functions that were called
interrupted bool             whether the user spoke before all of the reply was heard
problem     string           why there is no (whole) reply
=========== ========= ====== ======================================================

of `calls`:

=========== ========= ====== ======================================================
at          float64   s      since the session's start
turn        int64            the exchange that it belongs to
function    string
arguments   string           a JSON object
result      string           what the agent was told
state       string           waiting, running, done, failed, cancelled
duration    float64   s
client_side bool             whether it was called here, and not by the service
=========== ========= ====== ======================================================

and of `latency`, what the service tells of each reply, beside what was measured here:

=========== ========= ====== ======================================================
turn        int64
measured    float64   s      from the user's text to the reply's first audio
total       float64   s      the same, by the service
stt         float64   s      speech to text
token, text float64   s      the language model's first token and first text
tool        float64   s      functions
thinking    float64   s
tts         float64   s      text to speech
=========== ========= ====== ======================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from typing import Any

import numpy as np
import pandas as pd

from dgnb.audio import pcm
from dgnb.audio.raw import AudioFormat
from dgnb.audio.samples import wav
from dgnb.audio.voice import resampled
from dgnb.errors import LiveError
from dgnb.results import Speech
from dgnb.sessions.conversing import Conversing
from dgnb.sessions.exchanges import Call, Exchange
from dgnb.sessions.speaking import Audio
from dgnb.views import fragments
from dgnb.views.frames import STRING, table
from dgnb.views.text import cut

LONGEST = 300
"""Characters of a call's result that are shown as HTML; `calls` has all."""

_TURNS = {
    "turn": "int64",
    "start": "float64",
    "user": STRING,
    "agent": STRING,
    "latency": "float64",
    "duration": "float64",
    "calls": "int64",
    "interrupted": "bool",
    "problem": STRING,
}

_CALLS = {
    "at": "float64",
    "turn": "int64",
    "function": STRING,
    "arguments": STRING,
    "result": STRING,
    "state": STRING,
    "duration": "float64",
    "client_side": "bool",
}

_LATENCY = {
    "turn": "int64",
    **dict.fromkeys(("measured", "total", "stt", "token", "text", "tool", "thinking", "tts"), "float64"),
}


def turns(dialogue: Conversing) -> pd.DataFrame:
    """Return one row an exchange.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> talk = Conversing({"audio": {}, "agent": {}}, Bounds())
    >>> talk.exchanges.append(Exchange(0, user="Hello.", replies=["Hi."]))
    >>> turns(talk)[["user", "agent"]].to_numpy().tolist()
    [['Hello.', 'Hi.']]
    """
    made = [call.exchange for call in dialogue.calls]
    rows = [
        (
            one.index, one.at, one.user, one.reply, _number(one.latency), _duration(dialogue, one),
            sum(exchange is one for exchange in made), one.interrupted, one.problem,
        )
        for one in list(dialogue.exchanges)
    ]  # fmt: skip
    return table(_TURNS, rows)


def calls(dialogue: Conversing) -> pd.DataFrame:
    """Return one row a call of a function.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> calls(Conversing({"audio": {}, "agent": {}}, Bounds())).shape
    (0, 8)
    """
    rows = [
        (
            call.at, call.exchange.index, call.name, call.arguments, call.content, call.state,
            nan if call.ended is None else round(call.ended - call.at, 6), call.client_side,
        )
        for call in list(dialogue.calls)
    ]  # fmt: skip
    return table(_CALLS, rows)


def latency(dialogue: Conversing) -> pd.DataFrame:
    """Return one row an exchange with how long each step of its reply took [s].

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> latency(Conversing({"audio": {}, "agent": {}}, Bounds())).columns[0]
    'turn'
    """
    rows = [(one.index, _number(one.latency), *_steps(one)) for one in list(dialogue.exchanges)]
    return table(_LATENCY, rows)


def _steps(exchange: Exchange) -> tuple[float, ...]:
    report, started = exchange.report, exchange.started
    names = (
        "total_latency", "stt_latency", "ttt_token_latency", "ttt_text_latency",
        "ttt_tool_latency", "ttt_thinking_latency", "tts_latency",
    )  # fmt: skip
    told = {name: getattr(report, name, None) for name in names}
    if started is not None:
        own = {"total_latency": started.total_latency, "tts_latency": started.tts_latency}
        told |= {name: value for name, value in own.items() if told[name] is None}
    return tuple(_number(told[name]) for name in names)


def _number(value: float | None) -> float:
    return nan if value is None else value


def _duration(dialogue: Conversing, exchange: Exchange) -> float:
    start, end = exchange.pieces
    heard = (
        dialogue.pieces[start : end if exchange.done else None] if exchange.first_audio is not None else []
    )
    size = sum(map(len, heard))
    return round(size / dialogue.rate, 6) if dialogue.rate else nan


def speech(dialogue: Conversing) -> Speech:
    """Return all that the agent has said so far, as a WAV file where it can be cut into samples.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> speech(Conversing({"audio": {}, "agent": {}}, Bounds())).text
    ''
    """
    raw, form = b"".join(list(dialogue.pieces)), dialogue.output
    text = " ".join(one.reply for one in dialogue.exchanges if one.reply)
    if not form.width or not raw:
        return Speech(raw, "application/octet-stream", text)
    return Speech(wav(pcm.samples(raw, form.encoding), form.sample_rate), "audio/wav", text)


def audio(dialogue: Conversing) -> Speech:
    """Return both sides of a conversation in time, the user left and the agent right.

    The agent is heard from when its audio came; what was left of a reply that was interrupted is not.

    Raises
    ------
    LiveError
        The agent's audio is in a file format, and cannot be put beside the user's.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> audio(Conversing({"audio": {}, "agent": {}}, Bounds())).content_type
    'audio/wav'
    """
    form, own = dialogue.output, dialogue.uplink.form
    if not form.width:
        raise LiveError("The agent's audio is in a file format; speech has it as it came.")
    plain = AudioFormat("linear16", form.sample_rate)
    left = _track([(at, pcm.samples(raw, own.encoding)) for at, raw in dialogue.heard or []], own.sample_rate)
    user = np.frombuffer(resampled(left, own.sample_rate or form.sample_rate, plain), "<i2")
    said = [
        (record.at, record.notice.number)
        for record in list(dialogue.records)
        if isinstance(record.notice, Audio)
    ]
    pieces = [(at, pcm.samples(dialogue.pieces[number], form.encoding)) for at, number in said]
    cuts = {
        number: one.cut for one in dialogue.exchanges for number in range(*one.pieces) if one.cut is not None
    }
    agent = _track(pieces, form.sample_rate, [cuts.get(number, inf) for _, number in said])
    both = np.zeros((max(len(user), len(agent), 1), 2), np.int16)
    both[: len(user), 0], both[: len(agent), 1] = user, agent
    text = "\n".join(side for one in dialogue.exchanges for side in (one.user, one.reply) if side)
    return Speech(wav(both, form.sample_rate), "audio/wav", text)


def _track(pieces: list[tuple[float, Any]], rate: int, ends: Sequence[float] = ()) -> Any:
    """Pieces at their times [s], each as far as an end [s]; one that comes too soon follows on the last."""
    size, parts = 0, []
    for (at, samples), end in zip(pieces, ends or [inf] * len(pieces), strict=True):
        start = max(round(at * rate), size)
        part = samples if end == inf else samples[: max(round(end * rate) - start, 0)]
        parts.append((start, part))
        size = start + len(part) if len(part) else size
    whole = np.zeros(size, np.int16)
    for start, part in parts:
        whole[start : start + len(part)] = part
    return whole


def html(dialogue: Conversing) -> str:
    """Return both sides of a conversation, and the calls in it, as HTML.

    Examples
    --------
    >>> from dgnb.sessions.bounds import Bounds
    >>> talk = Conversing({"audio": {}, "agent": {}}, Bounds())
    >>> talk.exchanges.append(Exchange(0, user="Hello."))
    >>> html(talk)
    '<dl><dt>User</dt><dd><span dir="auto">Hello.</span></dd></dl>'
    """
    items = [item for exchange in list(dialogue.exchanges) for item in _items(dialogue, exchange)]
    body = "".join(f"<dt>{name}</dt><dd>{shown}</dd>" for name, shown in items)
    return f"<dl>{body}</dl>" if body else ""


def _items(dialogue: Conversing, exchange: Exchange) -> list[tuple[str, str]]:
    made = [call for call in dialogue.calls if call.exchange is exchange]
    calls = [("Call", f"<code>{fragments.foreign(_told(call))}</code>") for call in made]
    user = [("User", fragments.foreign(exchange.user))] if exchange.user else []
    told = exchange.reply or exchange.problem
    note = " <i>(interrupted)</i>" if exchange.interrupted else ""
    return [*user, *calls, *([("Agent", fragments.foreign(told) + note)] if told else [])]


def _told(call: Call) -> str:
    return f"{call.name}({call.arguments}) → {cut(call.content, LONGEST) or call.state}"
