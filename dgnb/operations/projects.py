"""Projects and the people, keys and invitations in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Unpack

from dgnb.errors import OptionError
from dgnb.operations.asking import ask, own
from dgnb.operations.flow import Flow
from dgnb.protocol import routes
from dgnb.protocol.options import encode
from dgnb.protocol.params import KeysOptions, ProjectOptions
from dgnb.results import (
    CreatedKey,
    Invites,
    KeyDetails,
    Keys,
    Members,
    Message,
    Project,
    Projects,
    Scopes,
)


def projects() -> Flow[Projects]:
    """The projects that the credential may see."""
    return (yield from ask(routes.PROJECTS, Projects))


def project(project_id: str | None = None, **options: Unpack[ProjectOptions]) -> Flow[Project]:
    """One project.

    Parameters
    ----------
    project_id : str, optional
        May be left out where there is only one.
    """
    return (yield from own(routes.PROJECT_GET, Project, project_id, query=encode(options, ProjectOptions)))


def rename_project(project_id: str, name: str) -> Flow[Message]:
    """Give a project another name."""
    return (yield from ask(routes.PROJECT_UPDATE.at(project_id), Message, body={"name": name}))


def delete_project(project_id: str) -> Flow[Message]:
    """Delete a project with its keys and members, for good. Its id is always to be given."""
    return (yield from ask(routes.PROJECT_DELETE.at(project_id), Message))


def leave_project(project_id: str) -> Flow[Message]:
    """Leave a project. Its id is always to be given; only another member can ask you back."""
    return (yield from ask(routes.PROJECT_LEAVE.at(project_id), Message))


def keys(project_id: str | None = None, **options: Unpack[KeysOptions]) -> Flow[Keys]:
    """The API keys of a project, without their secrets.

    Parameters
    ----------
    project_id : str, optional
        May be left out where there is only one project.
    """
    return (yield from own(routes.KEYS, Keys, project_id, query=encode(options, KeysOptions)))


def key(key_id: str, project_id: str | None = None) -> Flow[KeyDetails]:
    """One API key, without its secret."""
    return (yield from own(routes.KEY_GET, KeyDetails, project_id, key_id))


def create_key(  # noqa: PLR0913 - the service's own fields
    comment: str,
    scopes: Sequence[str],
    *,
    tags: Sequence[str] | None = None,
    expiration_date: str | date | None = None,
    time_to_live_in_seconds: int | None = None,
    project_id: str | None = None,
) -> Flow[CreatedKey]:
    """A new API key. The reply is the only place that ever holds its secret, in ``.key``.

    Parameters
    ----------
    comment : str
        What it is for.
    scopes : list of str
        What it may do, for example ``["usage:write"]`` or ``["member"]``.
    tags : list of str, optional
    expiration_date : str or date, optional
        When it ends to work.
    time_to_live_in_seconds : int, optional
        How long it works [s]; instead of `expiration_date`.
    project_id : str, optional
        May be left out where there is only one project.

    Raises
    ------
    OptionError
        Both ends are given, or the scopes are one text instead of a list.
    """
    if expiration_date is not None and time_to_live_in_seconds is not None:
        raise OptionError("Give expiration_date or time_to_live_in_seconds, not both.", "expiration_date")
    if isinstance(scopes, str) or not scopes:
        raise OptionError("scopes is a list with at least one scope, such as ['member'].", "scopes")
    end = expiration_date.isoformat() if isinstance(expiration_date, date) else expiration_date
    body = {
        "comment": comment,
        "scopes": list(scopes),
        "tags": None if tags is None else list(tags),
        "expiration_date": end,
        "time_to_live_in_seconds": time_to_live_in_seconds,
    }
    return (yield from own(routes.KEY_CREATE, CreatedKey, project_id, body=body))


def delete_key(key_id: str, project_id: str | None = None) -> Flow[Message]:
    """Delete an API key: what uses it is refused from then on."""
    return (yield from own(routes.KEY_DELETE, Message, project_id, key_id))


def members(project_id: str | None = None) -> Flow[Members]:
    """The members of a project."""
    return (yield from own(routes.MEMBERS, Members, project_id))


def delete_member(member_id: str, project_id: str | None = None) -> Flow[Message]:
    """Take a member out of a project."""
    return (yield from own(routes.MEMBER_DELETE, Message, project_id, member_id))


def scopes(member_id: str, project_id: str | None = None) -> Flow[Scopes]:
    """What a member may do in a project."""
    return (yield from own(routes.SCOPES, Scopes, project_id, member_id))


def set_scope(member_id: str, scope: str, project_id: str | None = None) -> Flow[Message]:
    """Give a member another role: ``owner``, ``admin`` or ``member``."""
    return (yield from own(routes.SCOPE_UPDATE, Message, project_id, member_id, body={"scope": scope}))


def invites(project_id: str | None = None) -> Flow[Invites]:
    """The open invitations to a project."""
    return (yield from own(routes.INVITES, Invites, project_id))


def create_invite(email: str, scope: str, project_id: str | None = None) -> Flow[Message]:
    """Ask a person to join a project in a role: ``owner``, ``admin`` or ``member``."""
    body = {"email": email, "scope": scope}
    return (yield from own(routes.INVITE_CREATE, Message, project_id, body=body))


def delete_invite(email: str, project_id: str | None = None) -> Flow[Message]:
    """Take an invitation back."""
    return (yield from own(routes.INVITE_DELETE, Message, project_id, email))
