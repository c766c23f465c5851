"""The same request as code: Python with dgnb, curl, and the official SDK."""

from __future__ import annotations

import os
import re
import shlex
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from dgnb.errors import OptionError
from dgnb.magics.arguments import Arguments
from dgnb.magics.sources import Source, Sources
from dgnb.protocol.calls import keywords, spread
from dgnb.protocol.options import Query, encode, parse, rows
from dgnb.protocol.params import ListenSubmitOptions
from dgnb.protocol.routes import LISTEN, hosts

SDK_LACKS = frozenset({"sample_rate", "channels"})
"""Parameters without a keyword in the official SDK (7.17.0); it sends them as additional ones."""

_VIEWS = {"df": "{}.words", "text": "print({}.text)", "json": "{}.to_dict()"}
_RAW = ("encoding", "sample_rate", "channels")


def equivalents(sources: Sources, arguments: Arguments) -> str:
    r"""Return what a ``listen`` magic would do as Python, curl and official SDK.

    Examples
    --------
    >>> one = Sources([Source("a.wav", "a.wav", "'a.wav'")], several=False)
    >>> print(equivalents(one, Arguments(options={"diarize": True})).split("\n\n")[1])
    dg = Deepgram()
    call = dg.listen('a.wav', diarize=True)
    """
    query = encode(arguments.options, ListenSubmitOptions) + arguments.extra
    parts = (
        "# Python, with dgnb\n" + python(sources, arguments),
        "# curl\n" + "\n".join(curl(source, query) for source in sources.items),
        "# Python, with the official SDK (deepgram-sdk)\n" + sdk(sources, query),
    )
    return "\n\n".join(parts) + "\n"


def python(sources: Sources, arguments: Arguments) -> str:
    """Return the calls of a ``listen`` magic with dgnb's client."""
    method = "dg.listen.submit" if "callback" in arguments.options else "dg.listen"
    known = rows(ListenSubmitOptions)
    newer = tuple(pair for pair in arguments.extra if pair[0] not in known)
    options = arguments.options | grouped(newer) | arguments.beside
    result = arguments.output or ("calls" if sources.several else "call")
    # dgnb's client checks the values that it knows, so these cannot be written as keywords.
    unsaid = [f"# not sent by this code: {name}={text!r}" for name, text in arguments.extra if name in known]
    view = _VIEWS.get(arguments.format)
    shown = [] if view is None else [_each(view, result) if sources.several else view.format(result)]
    head = ["from dgnb import Deepgram", "", "dg = Deepgram()", *unsaid]
    return "\n".join([*head, *_calls(sources, result, method, keywords(options)), *shown])


def _calls(sources: Sources, result: str, method: str, words: list[str]) -> list[str]:
    codes = [source.code for source in sources.items]
    if not sources.several:
        return [spread(f"{result} = {method}(", [codes[0], *words], ")")]
    call = spread(f"{method}(", ["source", *words], ")")
    return [spread("sources = [", codes, "]"), f"{result} = [{call} for source in sources]"]


def _each(view: str, result: str) -> str:
    return f"[{view.format('each')} for each in {result}]"


def curl(source: Source, query: Query) -> str:
    """Return the request for one source as a shell command; the key stays in the environment."""
    kind, place = located(source)
    sent = urlencode(sendable(source, query), quote_via=quote)
    url = hosts().url(LISTEN) + (f"?{sent}" if sent else "")
    if kind == "url":
        content, body = "application/json", "-d " + shlex.quote(msgspec.json.encode({"url": place}).decode())
    else:
        path = place if kind == "path" else "audio.wav"
        content, body = "application/octet-stream", "--data-binary " + shlex.quote(f"@{path}")
    lines = (
        f"curl -X {LISTEN.method} {shlex.quote(url)}",
        '-H "Authorization: Token $DEEPGRAM_API_KEY"',
        f"-H 'Content-Type: {content}'",
        body,
    )
    remark = "" if kind in ("url", "path") else f"# first save {source.name} as audio.wav\n"
    return remark + " \\\n  ".join(lines)


def sdk(sources: Sources, query: Query) -> str:
    """Return the calls of a ``listen`` magic with the official SDK."""
    calls = [_sdk_call(source, query) for source in sources.items]
    text = spread("replies = [", calls, "]") if sources.several else f"reply = {calls[0]}"
    imports = ["from deepgram import DeepgramClient"]
    if "Path(" in text:
        imports[:0] = ["from pathlib import Path", ""]
    if "load(" in text:
        imports.append("from dgnb.audio import load")
    return "\n".join([*imports, "", "client = DeepgramClient()  # reads DEEPGRAM_API_KEY", text])


def _sdk_call(source: Source, query: Query) -> str:
    known, sent = rows(ListenSubmitOptions).keys() - SDK_LACKS, sendable(source, query)
    options = grouped(tuple(pair for pair in sent if pair[0] in known))
    others = grouped(tuple(pair for pair in sent if pair[0] not in known))
    words = keywords({name: typed(name, value, ListenSubmitOptions) for name, value in options.items()})
    if others:
        words.append(f"request_options={{'additional_query_parameters': {others!r}}}")
    kind, place = located(source)
    method = "transcribe_url" if kind == "url" else "transcribe_file"
    audio = f"url={place!r}" if kind == "url" else f"request={_sdk_body(source, kind, place, query)}"
    return spread(f"client.listen.v1.media.{method}(", [audio, *words], ")")


def _sdk_body(source: Source, kind: str, place: str, query: Query) -> str:
    if kind == "path":
        return f"Path({place!r}).read_bytes()"
    if isinstance(source.value, bytes):
        return source.code
    rate = [f"sample_rate={value}" for name, value in query if name == "sample_rate"]
    given = rate if hasattr(source.value, "__array__") else []
    return f"load({', '.join([source.code, *given])}).chunks()"


def located(source: Source) -> tuple[str, str]:
    """Return whether a source is a ``url``, a ``path`` or an ``object``, and where it is."""
    value = source.value
    if getattr(value, "data", b"") is None and isinstance(getattr(value, "url", None), str):
        value = value.url  # an IPython Audio that only points somewhere
    if not isinstance(value, str | os.PathLike):
        return "object", source.code
    text = os.fsdecode(value).strip()
    if re.match("https?://", text, re.IGNORECASE):
        return "url", text
    if "://" in text and not text.lower().startswith("file://"):
        return "object", source.code
    return "path", os.path.expanduser(re.sub("^file://", "", text, flags=re.IGNORECASE))


def sendable(source: Source, query: Query) -> Query:
    """Return the query without hints about raw audio when samples are sent as a file with a header."""
    samples = source.value[0] if isinstance(source.value, tuple) else source.value
    raw = _RAW if hasattr(samples, "__array__") else ()
    return tuple(pair for pair in query if pair[0] not in raw)


def grouped(pairs: Query) -> dict[str, Any]:
    """Return values by name; a repeated name has a list."""
    values: dict[str, Any] = {}
    for name, text in pairs:
        earlier = values.get(name)
        several = earlier if isinstance(earlier, list) else [earlier]
        values[name] = text if earlier is None else [*several, text]
    return values


def typed(name: str, value: Any, table: type) -> Any:
    """Return a value from the query as Python, so that ``'true'`` is written ``True``."""
    try:
        return parse(rows(table)[name], value) if isinstance(value, str) else value
    except OptionError:
        return value
