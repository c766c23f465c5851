"""The clients: `Deepgram`, blocking, and `AsyncDeepgram`, awaited, with the same operations."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable  # noqa: F401 - named in a Method
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from dgnb import namespaces
from dgnb._version import __version__
from dgnb.errors import CredentialError, MissingExtra, OptionError
from dgnb.lazy import Method, load
from dgnb.operations import Flow
from dgnb.protocol.routes import REGIONS, Hosts, hosts
from dgnb.publication import Namespace
from dgnb.transport.credentials import Credential, find, given
from dgnb.transport.retry import Retry

if TYPE_CHECKING:
    from dgnb.batch.batch import Batch  # noqa: F401 - named in a Method

T = TypeVar("T")

log = logging.getLogger("dgnb")

NOTICE = (
    "dgnb: no Deepgram key found, so the offline sandbox answers (rough recognition, no network). "
    "Set DEEPGRAM_API_KEY to use Deepgram."
)


class _Client:
    """What both clients have in common: where requests go, in whose name, and the operations."""

    listen: namespaces.Listen[Self]
    flux: namespaces.Flux[Self]
    speak: namespaces.Speak[Self]
    agent: namespaces.Agent[Self]
    read: namespaces.Read[Self]
    models: namespaces.Models[Self]
    projects: namespaces.Projects[Self]
    keys: namespaces.Keys[Self]
    members: namespaces.Members[Self]
    invites: namespaces.Invites[Self]
    requests: namespaces.Requests[Self]
    usage: namespaces.Usage[Self]
    balances: namespaces.Balances[Self]
    billing: namespaces.Billing[Self]
    auth: namespaces.Auth[Self]
    selfhosted: namespaces.SelfHosted[Self]
    agents: namespaces.Agents[Self]
    variables: namespaces.Variables[Self]
    batch = Method["Callable[..., Batch]"]("dgnb.batch.opening:batch")
    estimate = Method["Callable[..., Any]"]("dgnb.batch.opening:estimate")

    def __init__(  # noqa: PLR0913 - each is a choice of the user's
        self,
        api_key: str | None = None,
        *,
        access_token: str | None = None,
        sandbox: bool | None = None,
        base_url: str | None = None,
        region: str | None = None,
        timeout: float = 30.0,
        retries: int = 2,
        proxy: str | None = None,
        tokens: bool = False,
    ) -> None:
        credential = given(api_key, access_token)
        del api_key, access_token  # a traceback may show this frame's variables
        if sandbox and (credential or base_url or region):
            raise OptionError("sandbox=True goes without a key, token, base_url or region.", "sandbox")
        self._hosts = hosts(base_url, region)
        self._credential = None if sandbox else credential or find()
        if self._credential is not None:
            self._credential.check()
        self._timeout, self._retry, self._proxy, self._tokens = timeout, Retry(retries), proxy, tokens
        self.sandbox = self._credential is None
        """Whether the offline sandbox answers, and not the service."""
        if self.sandbox and not sandbox:
            self._fall_back(allowed=sandbox is None and not (base_url or region))
        self._publish()

    def _publish(self) -> None:
        """Set each annotated group of operations; an attribute is named like its class."""
        groups: list[type[Any]] = Namespace.__subclasses__()
        for group in groups:
            setattr(self, group.__name__.lower(), group(self))

    def _fall_back(self, allowed: bool) -> None:
        if not allowed:
            raise CredentialError(
                "No Deepgram key found. Give Deepgram(api_key=...), set DEEPGRAM_API_KEY, "
                "or work without one: Deepgram(sandbox=True)."
            )
        log.warning(NOTICE)

    @property
    def place(self) -> str:
        """Who answers: replies that are kept of one place never stand for another's, see `dgnb.cache`."""
        if self.sandbox:
            return f"sandbox {__version__}"
        return "deepgram" if self._hosts.api in REGIONS.values() else self._hosts.api

    @cached_property
    def _settings(self) -> Any:
        make = load("dgnb.transport.http:Settings")
        hosts_, credential, places = self._hosts, self._credential, None
        if credential is None:
            url = sandbox_url()
            hosts_, credential = Hosts(url, url), Credential("Token", "sandbox", "the sandbox")
            # It works on this machine: more at a time would only wait there.
            places = 2 * (os.cpu_count() or 1)
        agent = f"dgnb/{__version__}"
        return make(hosts_, credential, agent, self._timeout, self._retry, self._proxy, self._tokens, places)

    def __repr__(self) -> str:
        if "sandbox" not in vars(self):  # a traceback shows the client that could not be made
            return f"{type(self).__name__}(unfinished)"
        if self._credential is None:
            return f"{type(self).__name__}(sandbox)"
        source = f"{self._credential.kind} from {self._credential.origin}"
        return f"{type(self).__name__}({self._hosts.api}, {source})"


def sandbox_url() -> str:
    """Return the URL of this process's sandbox, which is started on first use.

    Raises
    ------
    MissingExtra
        The sandbox's packages are not installed.
    """
    try:
        shared = load("dgnb.sandbox:shared")
    except ModuleNotFoundError as error:
        raise MissingExtra("The offline sandbox", "sandbox") from error
    return str(shared().url)


class Deepgram(_Client):
    """The blocking client. It works in scripts and in notebook cells alike.

    Parameters
    ----------
    api_key : str, optional
        Otherwise the first found of ``DEEPGRAM_API_KEY``, ``DEEPGRAM_ACCESS_TOKEN``, the OS
        keyring, and Colab secrets; without any, the offline sandbox answers and says so.
    access_token : str, optional
        Short-lived token; goes before a key.
    sandbox : bool, optional
        ``True``: always the sandbox. ``False``: never.
    base_url : str, optional
        Root of a self-hosted or dedicated service.
    region : {"global", "eu", "au", "in"}, optional
    timeout : float, default 30.0
        To connect, and between two pieces of data [s]. What the service may take to
        answer, 10 minutes for a recording, is added.
    retries : int, default 2
        Further attempts after a cut connection or a passing refusal (429, 5xx).
    proxy : str, optional
        URL of a proxy; otherwise the environment's is used.
    tokens : bool, default False
        Send audio and text with short-lived tokens, which the key is used to get.

    Raises
    ------
    CredentialError
        No key was found and the sandbox is ruled out, or the key cannot be one.
    MissingExtra
        The sandbox is needed but not installed; raised by the first call.

    Examples
    --------
    >>> with Deepgram(sandbox=True) as dg:
    ...     print(dg)
    Deepgram(sandbox)
    """

    @cached_property
    def _channel(self) -> Any:
        return load("dgnb.transport.http:Channel")(self._settings)

    def run(self, flow: Flow[T]) -> T:
        """Return what a flow of `dgnb.operations` returns."""
        result: T = self._channel.run(flow)
        return result

    def close(self) -> None:
        """Close the client's connections; the next call opens new ones."""
        channel = self.__dict__.pop("_channel", None)
        if channel is not None:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncDeepgram(_Client):
    """The asynchronous client: the same operations, awaited. See `Deepgram` for its parameters.

    Examples
    --------
    >>> import asyncio
    >>> import numpy as np
    >>> async def main():
    ...     async with AsyncDeepgram(sandbox=True) as dg:
    ...         return await dg.listen((np.zeros(8000), 16000))
    >>> asyncio.run(main()).duration
    0.5
    """

    @cached_property
    def _channel(self) -> Any:
        return load("dgnb.transport.http:AsyncChannel")(self._settings)

    async def run(self, flow: Flow[T]) -> T:
        """Return what a flow of `dgnb.operations` returns."""
        result: T = await self._channel.run(flow)
        return result

    async def close(self) -> None:
        """Close the client's connections; the next call opens new ones."""
        channel = self.__dict__.pop("_channel", None)
        if channel is not None:
            await channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
