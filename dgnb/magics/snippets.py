"""Requests of an account, of speech and of reading as code: Python with dgnb, curl, official SDK."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from dgnb.magics.arguments import Arguments
from dgnb.magics.code import grouped, typed
from dgnb.operations import Flow, Request
from dgnb.protocol import routes
from dgnb.protocol.calls import keywords, spread
from dgnb.protocol.options import rows
from dgnb.protocol.routes import hosts
from dgnb.publication import Operation

SDK = {
    "speak.voices": "manage.v1.models.list",
    "models": "manage.v1.models.list",
    "models.get": "manage.v1.models.get",
    "models.think": "agent.v1.settings.think.models.list",
    "projects": "manage.v1.projects.list",
    "projects.get": "manage.v1.projects.get",
    "projects.rename": "manage.v1.projects.update",
    "projects.delete": "manage.v1.projects.delete",
    "projects.leave": "manage.v1.projects.leave",
    "keys": "manage.v1.projects.keys.list",
    "keys.get": "manage.v1.projects.keys.get",
    "keys.create": "manage.v1.projects.keys.create",
    "keys.delete": "manage.v1.projects.keys.delete",
    "members": "manage.v1.projects.members.list",
    "members.delete": "manage.v1.projects.members.delete",
    "members.scopes": "manage.v1.projects.members.scopes.list",
    "members.set_scope": "manage.v1.projects.members.scopes.update",
    "invites": "manage.v1.projects.members.invites.list",
    "invites.create": "manage.v1.projects.members.invites.create",
    "invites.delete": "manage.v1.projects.members.invites.delete",
    "requests": "manage.v1.projects.requests.list",
    "requests.get": "manage.v1.projects.requests.get",
    "usage": "manage.v1.projects.usage.get",
    "usage.breakdown": "manage.v1.projects.usage.breakdown.get",
    "usage.fields": "manage.v1.projects.usage.fields.list",
    "balances": "manage.v1.projects.billing.balances.list",
    "balances.get": "manage.v1.projects.billing.balances.get",
    "billing": "manage.v1.projects.billing.breakdown.list",
    "billing.fields": "manage.v1.projects.billing.fields.list",
    "billing.purchases": "manage.v1.projects.billing.purchases.list",
    "auth.grant": "auth.v1.tokens.grant",
    "selfhosted": "self_hosted.v1.distribution_credentials.list",
    "selfhosted.get": "self_hosted.v1.distribution_credentials.get",
    "selfhosted.create": "self_hosted.v1.distribution_credentials.create",
    "selfhosted.delete": "self_hosted.v1.distribution_credentials.delete",
    "agents": "voice_agent.configurations.list",
    "agents.get": "voice_agent.configurations.get",
    "agents.create": "voice_agent.configurations.create",
    "agents.update": "voice_agent.configurations.update",
    "agents.delete": "voice_agent.configurations.delete",
    "variables": "voice_agent.variables.list",
    "variables.get": "voice_agent.variables.get",
    "variables.create": "voice_agent.variables.create",
    "variables.update": "voice_agent.variables.update",
    "variables.delete": "voice_agent.variables.delete",
}
"""Methods of the official SDK (7.17.0) by dgnb's operations."""

_IDS = {"credential_id": "distribution_credentials_id"}
_BODIES = ("keys.create", "read")
_MARK = "PROJECT_ID"
_VIEWS = {"df": "{}.frame", "text": "print({})", "json": "{}.to_dict()"}
_TITLES = ("# Python, with dgnb", "# curl", "# Python, with the official SDK (deepgram-sdk)")


def account(path: str, operation: Operation[..., Any], options: Mapping[str, Any], given: Arguments) -> str:
    r"""Return a call of an account as Python, curl and official SDK.

    Parameters
    ----------
    path : str
        The operation as it is reached from a client, ``keys.create``.
    operation : Operation
    options : mapping
        All values that it is given.
    given : Arguments

    Examples
    --------
    >>> from dgnb.namespaces import Keys
    >>> print(account("keys", Keys.__call__, {"status": "active"}, Arguments()).split("\n\n")[1])
    dg = Deepgram()
    result = dg.keys(status='active')
    """
    request, looked_up = _first(operation, options)
    request = replace(request, query=request.query + given.extra)
    remark = f"# {_MARK} is the id that %deepgram projects shows\n" if looked_up else ""
    method = SDK.get(path, "")
    if "project_id" in options and path in ("models", "models.get"):
        method = method.replace("v1.models", "v1.projects.models")
    ids = _ids(path, options, request, looked_up)
    reply = _sdk_call(method, ids, request, operation.table, path in _BODIES)
    parts = (
        _python(spread(f"dg.{path}(", keywords({**options, **grouped(given.extra)}), ")"), given, "result"),
        remark + curl(request),
        _sdk(reply, looked_up) if method else "# It has no such method.",
    )
    return _titled(parts)


def text(verb: str, code: str, requests: list[Request], table: type, given: Arguments) -> str:
    """Return a ``speak`` or ``read`` as Python, curl and official SDK.

    Parameters
    ----------
    verb : {"speak", "read"}
    code : str
        The text as Python.
    requests : list of Request
        One for each part of the text.
    table : type
        The verb's options.
    given : Arguments
    """
    requests = [replace(each, query=each.query + given.extra) for each in requests]
    method = f"dg.{verb}.submit(" if "callback" in given.options else f"dg.{verb}("
    call = spread(method, [code, *keywords({**given.options, **grouped(given.extra), **given.beside})], ")")
    names = list(_files(requests)) if verb == "speak" else [""]
    flux = requests[0].route == routes.SPEAK_FLUX
    official = {"read": "read.v1.text.analyze", "speak": f"speak.v{2 if flux else 1}.audio.generate"}[verb]
    replies = [_sdk_call(official, {}, each, table, verb in _BODIES) for each in requests]
    if verb == "speak":  # it asks when it is read
        replies = [spread("b''.join(", [reply], ")") for reply in replies]
    told = spread("replies = [", replies, "]") if len(replies) > 1 else f"reply = {replies[0]}"
    parts = (
        _python(call, given, {"read": "reading", "speak": "speech"}[verb]),
        "\n".join(curl(each, name) for each, name in zip(requests, names, strict=True)),
        f"{_CLIENT}\n{told}",
    )
    return _titled(parts)


_CLIENT = "from deepgram import DeepgramClient\n\nclient = DeepgramClient()  # reads DEEPGRAM_API_KEY"


def _titled(parts: tuple[str, str, str]) -> str:
    return "\n\n".join(f"{title}\n{part}" for title, part in zip(_TITLES, parts, strict=True)) + "\n"


def _python(call: str, given: Arguments, name: str) -> str:
    result = given.output or name
    view = _VIEWS.get(given.format)
    shown = [] if view is None else [view.format(result)]
    return "\n".join(["from dgnb import Deepgram", "", "dg = Deepgram()", f"{result} = {call}", *shown])


def _first(operation: Operation[..., Any], options: Mapping[str, Any]) -> tuple[Request, bool]:
    """The request itself, and whether the project's id would be asked for before."""
    flow: Flow[Any] = operation.flow(**options)
    request = next(flow)
    takes_project = "project_id" in operation.__signature__.parameters
    if not takes_project or request.route != routes.PROJECTS:
        return request, False
    return next(operation.flow(**{**options, "project_id": _MARK})), True


def curl(request: Request, output: str = "") -> str:
    r"""Return a request as a shell command; the key stays in the environment.

    Examples
    --------
    >>> print(curl(Request(routes.PROJECTS)))
    curl -X GET https://api.deepgram.com/v1/projects \
      -H "Authorization: Token $DEEPGRAM_API_KEY"
    """
    sent = urlencode(request.query, quote_via=quote)
    url = hosts().url(request.route) + (f"?{sent}" if sent else "")
    # Percent-encoded as it is, the URL has nothing that a shell would read in double quotes.
    address = f'"{url.replace(_MARK, f"${_MARK}", 1)}"' if f"/{_MARK}" in url else shlex.quote(url)
    lines = [f"curl -X {request.route.method} {address}", '-H "Authorization: Token $DEEPGRAM_API_KEY"']
    if isinstance(request.body, bytes) and request.body:
        lines += [f"-H 'Content-Type: {request.content_type}'", f"-d {shlex.quote(request.body.decode())}"]
    return " \\\n  ".join([*lines, f"-o {output}"] if output else lines)


def _files(requests: list[Request]) -> Iterator[str]:
    """A name for each part of the speech; none when it is delivered."""
    for number, request in enumerate(requests, 1):
        query = dict(request.query)
        encoding, container = query.get("encoding", "mp3"), query.get("container")
        plain = {"mp3": "mp3", "opus": "ogg", "flac": "flac", "aac": "aac"}.get(encoding, "wav")
        kind = "raw" if container == "none" else plain
        yield "" if "callback" in query else f"speech{number if len(requests) > 1 else ''}.{kind}"


def _ids(path: str, options: Mapping[str, Any], request: Request, looked_up: bool) -> dict[str, str]:
    """What stands in the path, by the SDK's names, as code."""
    names = [name for name in options if name.endswith("_id") and name not in dict(request.query)]
    names += ["email"] if path == "invites.delete" else []
    found = {_IDS.get(name, name): repr(options[name]) for name in names}
    return {"project_id": "project_id", **found} if looked_up else found


def _sdk(call: str, looked_up: bool) -> str:
    look = "\nproject_id = client.manage.v1.projects.list().projects[0].project_id" * looked_up
    return f"{_CLIENT}{look}\nreply = {call}"


def _sdk_call(method: str, ids: Mapping[str, str], request: Request, table: type, whole: bool) -> str:
    """A call of the SDK; `whole` when it takes the body in one argument."""
    body = msgspec.json.decode(request.body) if isinstance(request.body, bytes) and request.body else {}
    query = grouped(request.query)
    known = {name: typed(name, value, table) for name, value in query.items() if name in rows(table)}
    others = {name: value for name, value in query.items() if name not in rows(table)}
    said = {"request": body} if whole and body else body
    words = [f"{name}={code}" for name, code in ids.items()] + keywords({**said, **known})
    if others:
        words.append(f"request_options={{'additional_query_parameters': {others!r}}}")
    return spread(f"client.{method}(", words, ")")
