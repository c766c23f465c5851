"""Where requests go: methods, paths, hosts, regions."""

from __future__ import annotations

from dataclasses import dataclass

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


LISTEN = Route("POST", "/v1/listen")


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
    root = base_url.rstrip("/")
    if not root.startswith(("https://", "http://")):
        raise OptionError(f"base_url starts with https:// or http://, not {base_url!r}.", "base_url")
    return Hosts(root, root)
