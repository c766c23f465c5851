"""What the account calls have in common: one request, one typed reply, one project."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, TypeVar

from dgnb.errors import OptionError
from dgnb.operations.flow import Flow, Reply, Request, json_body
from dgnb.protocol import routes
from dgnb.protocol.options import Query
from dgnb.protocol.routes import Route
from dgnb.results import Projects, Result

R = TypeVar("R", bound=Result)


def ask(
    route: Route, kind: type[R], query: Query = (), body: Mapping[str, Any] | None = None
) -> Generator[Request, Reply, R]:
    """Send one request and return its typed reply; ``None`` in the body is left out."""
    if body is None:
        reply = yield Request(route, query)
    else:
        content = {name: value for name, value in body.items() if value is not None}
        reply = yield Request(route, query, json_body(content), "application/json")
    return reply.decode(kind)


def own(
    route: Route,
    kind: type[R],
    project_id: str | None,
    *ids: str,
    query: Query = (),
    body: Mapping[str, Any] | None = None,
) -> Flow[R]:
    """Send one request about a project, which is looked up where there is only one."""
    route.at("-", *ids)  # a wrong id is refused before anything is sent
    project = yield from project_of(project_id)
    return (yield from ask(route.at(project, *ids), kind, query, body))


def project_of(project_id: str | None) -> Flow[str]:
    """Return the given project's id, or that of the only project there is.

    Raises
    ------
    OptionError
        None was given, and there are several or none.
    """
    if project_id is not None:
        return project_id
    found = (yield from ask(routes.PROJECTS, Projects)).projects
    ids = [project.project_id for project in found if project.project_id]
    if len(ids) != 1:
        names = ", ".join(f"{project.project_id} ({project.name})" for project in found)
        raise OptionError(f"Name the project by project_id: {names or 'there is none'}.", "project_id")
    return ids[0]
