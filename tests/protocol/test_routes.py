"""Hosts, regions and URLs."""

from __future__ import annotations

import pytest

from dgnb.errors import OptionError
from dgnb.protocol.routes import AGENT, LISTEN, REGIONS, Route, hosts


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_its_own_host(region: str) -> None:
    assert hosts(region=region).api == REGIONS[region]


def test_the_agent_has_a_host_of_its_own_only_outside_the_regions() -> None:
    assert hosts().agent == hosts(region="global").agent == AGENT
    assert hosts(region="eu").agent == REGIONS["eu"]
    assert hosts("https://speech.example.org").agent == "https://speech.example.org"


def test_a_route_of_the_agent_goes_to_its_host() -> None:
    route = Route("GET", "/v1/agent/settings/think/models", agent=True)
    assert hosts().url(route) == AGENT + route.path
    assert hosts(region="in").url(route) == REGIONS["in"] + route.path


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://speech.example.org", "https://speech.example.org/v1/listen"),
        ("https://speech.example.org/", "https://speech.example.org/v1/listen"),
        (" https://speech.example.org/dg// ", "https://speech.example.org/dg/v1/listen"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/listen"),
        ("http://[::1]:8080", "http://[::1]:8080/v1/listen"),
        ("https://abc.eu.api.deepgram.com", "https://abc.eu.api.deepgram.com/v1/listen"),
    ],
)
def test_a_base_url_keeps_its_prefix_and_loses_its_slash(base_url: str, url: str) -> None:
    assert hosts(base_url).url(LISTEN) == url


@pytest.mark.parametrize(
    "base_url",
    [
        "speech.example.org",
        "wss://speech.example.org",
        "ftp://speech.example.org",
        "https://",
        "https:///v1",
        "https://a b",
        "http://[bad",
        "https://host?key=1",
        "https://host/#part",
        "https://user:password@host",
        "https://host:port",
    ],
)
def test_a_base_url_that_leads_nowhere_is_refused_and_not_quoted(base_url: str) -> None:
    with pytest.raises(OptionError, match="base_url is https://") as caught:
        hosts(base_url)
    assert "password@" not in str(caught.value)


def test_an_unknown_region_is_refused_with_the_known_ones() -> None:
    with pytest.raises(OptionError, match="global, eu, au, in"):
        hosts(region="us")


def test_a_base_url_and_a_region_exclude_each_other() -> None:
    with pytest.raises(OptionError, match="not both"):
        hosts("https://speech.example.org", "eu")
