"""The same live session as code: Python with dgnb, and the official SDK."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from textwrap import indent
from typing import Any

from dgnb.audio.live import is_live
from dgnb.audio.microphone import RATE
from dgnb.magics.arguments import Arguments
from dgnb.magics.code import grouped, located, sendable, typed
from dgnb.magics.sources import Source
from dgnb.protocol.calls import keywords, spread
from dgnb.protocol.models import DEFAULT_FLUX_MODEL, DEFAULT_LISTEN_MODEL, DEFAULT_VOICE, family
from dgnb.protocol.options import encode, rows
from dgnb.protocol.sentences import parts

SDK_LACKS = frozenset({"no_delay", "filler_words", "measurements"})
"""Options of ``listen.live`` without a keyword in the official SDK (7.17.0); they are sent all the same."""

OWN = ("pace", "keep_audio", "retries", "buffer", "patience")
"""What is said of a session of dgnb and not to the service."""

_VIEWS = {"df": "{}.words", "text": "print({}.text)", "json": "{}.to_dict()"}
_CLIENT = "client = DeepgramClient()  # reads DEEPGRAM_API_KEY"


def equivalents(path: str, subject: Source, options: Mapping[str, Any], given: Arguments, table: type) -> str:
    r"""Return what a live magic would do as Python and official SDK.

    Parameters
    ----------
    path : str
        ``listen.live``, ``flux.live`` or ``speak.live``.
    subject : Source
        The source, or the text.
    options : mapping
        All values that it is given.
    given : Arguments
    table : type
        The options of the connection.

    Examples
    --------
    >>> from dgnb.protocol.params import FluxOptions
    >>> code = equivalents("flux.live", Source("mic", "mic", "'mic'"), {}, Arguments(), FluxOptions)
    >>> print(code.split("\n\n")[1])
    dg = Deepgram()
    live = dg.flux.live('mic')
    transcript = live.wait()
    """
    spoken = path == "speak.live"
    connecting = {name: value for name, value in options.items() if name not in OWN}
    query = sendable(subject, encode(connecting, table)) + given.extra
    found, known = grouped(query), rows(table)
    words = {name: typed(name, value, table) if name in known else value for name, value in found.items()}
    sections = (
        "# Python, with dgnb\n" + (_said if spoken else _heard)(path, subject, options, given),
        "# curl has no form of this: a live connection is a WebSocket.",
        "# Python, with the official SDK (deepgram-sdk)\n"
        + (_sdk_spoken(subject, words, table) if spoken else _sdk_heard(path, subject, words, table)),
    )
    return "\n\n".join(sections) + "\n"


def _heard(path: str, source: Source, options: Mapping[str, Any], given: Arguments) -> str:
    session, outcome = _names(given, "live", "transcript")
    words = keywords({**options, **grouped(given.extra)})
    call = spread(f"{session} = dg.{path}(", [source.code, *words], ")")
    return _program(call, f"{outcome} = {session}.wait()", *_view(given, outcome))


def _said(path: str, text: Source, options: Mapping[str, Any], given: Arguments) -> str:
    session, outcome = _names(given, "talk", "speech")
    call = spread(f"{session} = dg.{path}(", keywords({**options, **grouped(given.extra)}), ")")
    say = spread(f"{session}.say(", [text.code], ")")
    return _program(call, say, f"{outcome} = {session}.finish()", *_view(given, outcome))


def _names(given: Arguments, session: str, outcome: str) -> tuple[str, str]:
    """Give the session and what it came to their names: the output is named after what the cell gives."""
    if given.options.get("wait", False):
        return session, given.output or outcome
    return given.output or session, outcome


def _program(*lines: str) -> str:
    return "\n".join(["from dgnb import Deepgram", "", "dg = Deepgram()", *lines])


def _view(given: Arguments, name: str) -> list[str]:
    view = _VIEWS.get(given.format)
    return [] if view is None else [view.format(name)]


_LISTENING = """\
connection.on(EventType.MESSAGE, print)
listener = Thread(target=connection.start_listening)
listener.start()
{audio}
connection.send_close_stream()
listener.join()"""

_RECORDING = """\
for start in range(0, len(audio), 3200):
    connection.send_media(audio[start : start + 3200])
    sleep(0.1)  # 32 kB/s, the pace of 16-bit samples at 16 kHz: other audio needs another"""

_CHUNKS = """\
for chunk in {code}:
    connection.send_media(chunk)"""

_MICROPHONE = """\
with sounddevice.RawInputStream({rate}, channels=1, dtype="int16"{device}) as microphone:
    try:
        while True:
            connection.send_media(bytes(microphone.read({rate} // 10)[0]))
    except KeyboardInterrupt:
        pass"""

_SPEAKING = """\
for text in {texts!r}:
    {say}
connection.send_flush()
for message in connection:
    if isinstance(message, bytes):
        audio += message
    elif message.type == "Flushed":
        break
connection.send_close()"""


def _sdk_heard(path: str, source: Source, options: dict[str, Any], table: type) -> str:
    version, model = ("v2", DEFAULT_FLUX_MODEL) if path == "flux.live" else ("v1", DEFAULT_LISTEN_MODEL)
    imports, made, sending = _sdk_audio(source, options)
    if sending.startswith("with"):
        options = {"encoding": "linear16", "sample_rate": RATE} | options
    words = _sdk_words({"model": model} | options, table)
    official = ["from deepgram import DeepgramClient", "from deepgram.core.events import EventType"]
    head = [*imports, "from threading import Thread", "", *official, "", _CLIENT, *made]
    body = _LISTENING.format(audio=sending)
    return "\n".join([*head, _connected(f"listen.{version}", words, body)])


def _connected(socket: str, words: list[str], body: str) -> str:
    call = spread(f"client.{socket}.connect(", words, ")")
    return f"with {call} as connection:\n{indent(body, '    ')}"


def _sdk_audio(source: Source, options: Mapping[str, Any]) -> tuple[list[str], list[str], str]:
    """What has to be imported and made, and how the audio is sent."""
    value = source.value
    if source.is_microphone:
        device = f", device={value[4:].strip()!r}" if value[4:].strip() else ""
        rate = str(options.get("sample_rate", RATE))
        return ["import sounddevice"], [], _MICROPHONE.format(rate=rate, device=device)
    if is_live(value):
        return [], [], _chunks(source)
    kind, place = located(source)
    importing, audio = {
        "url": ("from urllib.request import urlopen", f"urlopen({place!r}).read()"),
        "path": ("from pathlib import Path", f"Path({place!r}).read_bytes()"),
        "object": ("from dgnb.audio import load", f"b''.join(load({source.code}).chunks())"),
    }[kind]
    return [importing, "from time import sleep"], [f"audio = {audio}"], _RECORDING


def _chunks(source: Source) -> str:
    get = getattr(source.value, "get", None)
    if hasattr(source.value, "__iter__"):
        return _CHUNKS.format(code=source.code)
    if get is not None and not inspect.iscoroutinefunction(get):
        return _CHUNKS.format(code=f"iter({source.code}.get, None)")
    return f"# {source.code} is asynchronous: that needs AsyncDeepgramClient, and send_media awaited"


def _sdk_words(options: Mapping[str, Any], table: type) -> list[str]:
    known = rows(table).keys() - SDK_LACKS
    others = {name: value for name, value in options.items() if name not in known}
    added = [f"request_options={{'additional_query_parameters': {others!r}}}"] if others else []
    return [*keywords({name: value for name, value in options.items() if name in known}), *added]


def _sdk_spoken(text: Source, options: dict[str, Any], table: type) -> str:
    version = "v2" if family(str(options.get("model") or DEFAULT_VOICE)) == "flux" else "v1"
    send, kind = {"v1": ("send_text", "SpeakV1Text"), "v2": ("send_speak", "SpeakV2Speak")}[version]
    say = f"connection.{send}({kind}(type='Speak', text=text))"
    body = _SPEAKING.format(texts=list(parts(text.value)), say=say)
    connected = _connected(f"speak.{version}", _sdk_words(options, table), body)
    official = ["from deepgram import DeepgramClient", f"from deepgram.speak.{version}.types import {kind}"]
    return "\n".join([*official, "", _CLIENT, "audio = bytearray()  # raw", connected])
