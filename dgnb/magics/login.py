"""The verbs ``login``, ``logout``, ``status`` and ``doctor``: who answers, and in whose name."""

from __future__ import annotations

import getpass
import os
import sys
import warnings
from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

from dgnb import doctor
from dgnb.client import Deepgram
from dgnb.doctor import service
from dgnb.errors import CredentialError, NotAllowed, OptionError
from dgnb.magics import keychain
from dgnb.magics.call import Call
from dgnb.protocol.options import Param
from dgnb.protocol.routes import REGIONS
from dgnb.transport.credentials import KEY_VARIABLE, TOKEN_VARIABLE, Credential, find


class LoginOptions(TypedDict, total=False):
    """Where to, and for how long."""

    session: Annotated[bool, Param("for this session only, and not in the OS keyring", False)]
    base_url: Annotated[str, Param("root of a self-hosted or dedicated service; for this session only")]
    region: Annotated[str, Param("where the service runs, for this session", "global", known=tuple(REGIONS))]


# What was typed is not quoted: it may be a key.
NO_KEY = (
    "login takes no key: on a line or in a cell it would stay in the history. %deepgram login alone asks "
    "for it, hidden. If that was a key, clear the cell and delete the key at the service."
)


def login(call: Call) -> None:
    """Ask for a key, try it, keep it."""
    if call.arguments.words or call.body.strip():
        raise OptionError(NO_KEY)
    options = call.arguments.options
    credential = Credential("Token", _asked().strip(), "login")
    credential.check()
    client = Deepgram(credential.secret, base_url=options.get("base_url"), region=options.get("region"))
    told = _projects(client)
    kept = "" if options.get("session") or options.get("base_url") else keychain.keep(credential)
    call.session.take(client, f"login, kept in {kept}" if kept else "login, for this session")
    _say(f"{service.who(client)[0]} takes the key. {told}\n{_where(kept, options)}")


def _asked() -> str:
    try:
        with warnings.catch_warnings():
            # It would go on without hiding what is typed.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass("Deepgram API key: ")
    except (NotImplementedError, EOFError, getpass.GetPassWarning) as error:
        raise CredentialError(
            f"login cannot ask for a key hidden here: set {KEY_VARIABLE} before the kernel starts."
        ) from error


def _projects(client: Deepgram) -> str:
    """The projects in a sentence. A key that may not list them is a key all the same."""
    if service.has_token(client):
        return "A token may not list the projects."
    try:
        names = [project.name or project.project_id or "?" for project in client.projects()]
    except NotAllowed as error:
        if service.is_stranger(error):
            raise
        return "It may not list its projects."
    return f"Projects: {', '.join(names) or 'none'}."


def _where(kept: str, options: Mapping[str, Any]) -> str:
    if kept:
        found = next((name for name in (KEY_VARIABLE, TOKEN_VARIABLE) if os.environ.get(name)), "")
        later = f" In other sessions {found} of the environment goes first." if found else ""
        return f"The key is kept in the OS keyring ({kept}); %deepgram logout forgets it.{later}"
    wanted = options.get("session") or options.get("base_url")
    why = "" if wanted else " No OS keyring takes it here: python -m pip install keyring may help."
    return f"The key is forgotten when the kernel ends.{why}"


def logout(call: Call) -> None:
    """Forget the key, of this session and in the OS keyring."""
    _take_nothing(call, "logout")
    forgotten = [
        name
        for name, had in (
            ("the key of this session", call.session.leave()),
            ("the key in the OS keyring", keychain.forget()),
        )
        if had
    ]
    left = find()
    now = f"the {left.kind} from {left.origin}" if left else "the offline sandbox"
    _say(f"Forgotten: {' and '.join(forgotten) or 'nothing, there was no key'}. From now on: {now}.")


def status(call: Call) -> None:
    """Tell who answers."""
    _take_nothing(call, "status")
    client = call.client()
    host, credential = service.who(client)
    with_key = f"with the {credential}" if credential else "without a key"
    _say(f"Answers come from {host}, {with_key}. {_projects(client)}")


def check(call: Call) -> doctor.Report:
    """Report of what works here."""
    _take_nothing(call, "doctor")
    return doctor.check(call.session.own)


def _take_nothing(call: Call, verb: str) -> None:
    if call.arguments.words or call.body.strip():
        raise OptionError(f"{verb} takes nothing but its options.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
