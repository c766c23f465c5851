"""Where requests go: methods, paths, hosts, regions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from dgnb.errors import OptionError

REGIONS = {
    "global": "https://api.deepgram.com",
    "eu": "https://api.eu.deepgram.com",
    "au": "https://api.au.deepgram.com",
    "in": "https://api.in.deepgram.com",
}
"""Hosts of the service by region. The same keys work on all; no region takes over for another."""

AGENT = "https://agent.deepgram.com"
"""Host of the voice agent outside the regions; inside a region it lives on the region's host."""


@dataclass(frozen=True)
class Route:
    """One operation's method and path; `agent` marks those of the agent's host."""

    method: str
    path: str
    agent: bool = False

    def at(self, *ids: str) -> Route:
        """Return the route with its placeholders filled in order; an id cannot leave its place.

        Raises
        ------
        OptionError
            An id is empty.

        Examples
        --------
        >>> KEY_GET.at("p1", "a/b").path
        '/v1/projects/p1/keys/a%2Fb'
        """
        names = _PLACEHOLDER.findall(self.path)
        for name, value in zip(names, ids, strict=True):
            if not value or not isinstance(value, str):
                raise OptionError(f"{name} is a text and not empty; {value!r} was given.", name)
        filled = iter(ids)
        path = _PLACEHOLDER.sub(lambda _: quote(next(filled), safe="@"), self.path)
        return Route(self.method, path, self.agent)


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_PROJECT = "/v1/projects/{project_id}"
_CREDENTIALS = f"{_PROJECT}/self-hosted/distribution/credentials"

LISTEN = Route("POST", "/v1/listen")
SPEAK = Route("POST", "/v1/speak")
SPEAK_FLUX = Route("POST", "/v2/speak")
READ = Route("POST", "/v1/read")

LISTEN_LIVE = Route("GET", "/v1/listen")
FLUX_LIVE = Route("GET", "/v2/listen")
SPEAK_LIVE = Route("GET", "/v1/speak")
FLUX_SPEAK_LIVE = Route("GET", "/v2/speak")
AGENT_LIVE = Route("GET", "/v1/agent/converse", agent=True)

TOKEN_PATHS = (LISTEN.path, FLUX_LIVE.path, SPEAK.path, SPEAK_FLUX.path, READ.path, AGENT_LIVE.path)
"""Paths that take a short-lived token; the account calls need a key."""

GRANT = Route("POST", "/v1/auth/grant")
TOKEN = Route("GET", "/v1/auth/token")

MODELS = Route("GET", "/v1/models")
MODEL_GET = Route("GET", "/v1/models/{model_id}")
PROJECT_MODELS = Route("GET", f"{_PROJECT}/models")
PROJECT_MODEL_GET = Route("GET", f"{_PROJECT}/models/{{model_id}}")
THINK_MODELS = Route("GET", "/v1/agent/settings/think/models", agent=True)

PROJECTS = Route("GET", "/v1/projects")
PROJECT_GET = Route("GET", _PROJECT)
PROJECT_UPDATE = Route("PATCH", _PROJECT)
PROJECT_DELETE = Route("DELETE", _PROJECT)
PROJECT_LEAVE = Route("DELETE", f"{_PROJECT}/leave")

KEYS = Route("GET", f"{_PROJECT}/keys")
KEY_CREATE = Route("POST", f"{_PROJECT}/keys")
KEY_GET = Route("GET", f"{_PROJECT}/keys/{{key_id}}")
KEY_DELETE = Route("DELETE", f"{_PROJECT}/keys/{{key_id}}")

MEMBERS = Route("GET", f"{_PROJECT}/members")
MEMBER_DELETE = Route("DELETE", f"{_PROJECT}/members/{{member_id}}")
SCOPES = Route("GET", f"{_PROJECT}/members/{{member_id}}/scopes")
SCOPE_UPDATE = Route("PUT", f"{_PROJECT}/members/{{member_id}}/scopes")

INVITES = Route("GET", f"{_PROJECT}/invites")
INVITE_CREATE = Route("POST", f"{_PROJECT}/invites")
INVITE_DELETE = Route("DELETE", f"{_PROJECT}/invites/{{email}}")

REQUESTS = Route("GET", f"{_PROJECT}/requests")
REQUEST_GET = Route("GET", f"{_PROJECT}/requests/{{request_id}}")

USAGE = Route("GET", f"{_PROJECT}/usage")
USAGE_BREAKDOWN = Route("GET", f"{_PROJECT}/usage/breakdown")
USAGE_FIELDS = Route("GET", f"{_PROJECT}/usage/fields")

BALANCES = Route("GET", f"{_PROJECT}/balances")
BALANCE_GET = Route("GET", f"{_PROJECT}/balances/{{balance_id}}")
BILLING_BREAKDOWN = Route("GET", f"{_PROJECT}/billing/breakdown")
BILLING_FIELDS = Route("GET", f"{_PROJECT}/billing/fields")
PURCHASES = Route("GET", f"{_PROJECT}/purchases")

CREDENTIALS = Route("GET", _CREDENTIALS)
CREDENTIAL_CREATE = Route("POST", _CREDENTIALS)
CREDENTIAL_GET = Route("GET", f"{_CREDENTIALS}/{{distribution_credentials_id}}")
CREDENTIAL_DELETE = Route("DELETE", f"{_CREDENTIALS}/{{distribution_credentials_id}}")

AGENTS = Route("GET", f"{_PROJECT}/agents")
AGENT_CREATE = Route("POST", f"{_PROJECT}/agents")
AGENT_GET = Route("GET", f"{_PROJECT}/agents/{{agent_id}}")
AGENT_UPDATE = Route("PUT", f"{_PROJECT}/agents/{{agent_id}}")
AGENT_DELETE = Route("DELETE", f"{_PROJECT}/agents/{{agent_id}}")

VARIABLES = Route("GET", f"{_PROJECT}/agent-variables")
VARIABLE_CREATE = Route("POST", f"{_PROJECT}/agent-variables")
VARIABLE_GET = Route("GET", f"{_PROJECT}/agent-variables/{{variable_id}}")
VARIABLE_UPDATE = Route("PATCH", f"{_PROJECT}/agent-variables/{{variable_id}}")
VARIABLE_DELETE = Route("DELETE", f"{_PROJECT}/agent-variables/{{variable_id}}")


_ROOT = re.compile(r"https?://([\w.-]+|\[[0-9a-f:]+\])(:\d{1,5})?(/[^\s?#@]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Hosts:
    """Where REST requests and sockets go.

    Parameters
    ----------
    api, agent : str
        URLs without a trailing slash; a path prefix is kept.
    """

    api: str
    agent: str

    def url(self, route: Route) -> str:
        """Return the full URL of a route, without its query.

        Examples
        --------
        >>> hosts(region="eu").url(LISTEN)
        'https://api.eu.deepgram.com/v1/listen'
        """
        return (self.agent if route.agent else self.api) + route.path

    def socket(self, route: Route) -> str:
        """Return the full URL of a live connection, without its query.

        Examples
        --------
        >>> hosts(region="eu").socket(LISTEN_LIVE)
        'wss://api.eu.deepgram.com/v1/listen'
        """
        return "ws" + self.url(route).removeprefix("http")


def hosts(base_url: str | None = None, region: str | None = None) -> Hosts:
    """Return the hosts of a region, of a self-hosted service, or of a dedicated one.

    Parameters
    ----------
    base_url : str, optional
        Root of a self-hosted or dedicated service, for example ``https://speech.example.org``.
    region : {"global", "eu", "au", "in"}, optional

    Raises
    ------
    OptionError
        Both are given, the region is unknown, or the URL is not HTTP(S).

    Examples
    --------
    >>> hosts("https://speech.example.org/dg/").api
    'https://speech.example.org/dg'
    """
    if base_url and region:
        raise OptionError("Give base_url or region, not both.", "region")
    if base_url:
        return _self_hosted(base_url)
    if region not in (None, *REGIONS):
        raise OptionError(f"region is one of {', '.join(REGIONS)}, not {region!r}.", "region")
    api = REGIONS[region or "global"]
    return Hosts(api, AGENT if region in (None, "global") else api)


def _self_hosted(base_url: str) -> Hosts:
    root = base_url.strip().rstrip("/")
    if not _ROOT.fullmatch(root):
        # It is not quoted: it may hold a password.
        raise OptionError(
            "base_url is https:// or http://, a host, and if need be a port and a path; "
            "it has no user, password or query.",
            "base_url",
        )
    return Hosts(root, root)
