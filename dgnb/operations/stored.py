"""What a project keeps at the service: self-hosted credentials, agents, variables; and its models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import msgspec

from dgnb.operations.asking import ask, own
from dgnb.operations.flow import Flow
from dgnb.protocol import routes
from dgnb.protocol.options import encode
from dgnb.protocol.params import CredentialOptions, ModelsOptions
from dgnb.results import (
    DistributionCredential,
    DistributionCredentials,
    Message,
    Model,
    Models,
    StoredAgent,
    StoredAgents,
    ThinkModels,
    Token,
    Variable,
    Variables,
    Voice,
    VoiceInfo,
    Voices,
)


def models(project_id: str | None = None, **options: Unpack[ModelsOptions]) -> Flow[Models]:
    """Recognisers and voices: all public ones, or with a project those that it may use.

    Parameters
    ----------
    project_id : str, optional
        Its custom models are listed too.
    """
    route = routes.MODELS if project_id is None else routes.PROJECT_MODELS.at(project_id)
    return (yield from ask(route, Models, encode(options, ModelsOptions)))


def voices() -> Flow[Voices]:
    """The voices that ``speak`` can use, by name.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     found = dg.speak.voices().frame
    >>> "aura-2-thalia-en" in found["name"].to_list()
    True
    """
    found = yield from ask(routes.MODELS, Models)
    return Voices(voices=sorted(map(_voice, found.tts), key=lambda voice: voice.name or ""))


def _voice(model: Model) -> Voice:
    about = model.metadata or VoiceInfo()
    return Voice(
        name=model.canonical_name or model.name,
        # of "en" and "en-US" the one that says more
        language=max(model.languages or [], key=len, default=None),
        accent=about.accent,
        age=about.age,
        tags=about.tags,
        use_cases=about.use_cases,
        sample=about.sample,
    )


def model(model_id: str, project_id: str | None = None) -> Flow[Model]:
    """One model.

    Parameters
    ----------
    model_id : str
        Its uuid, as ``models()`` lists it.
    project_id : str, optional
        Needed for a custom model.
    """
    route = routes.MODEL_GET.at(model_id)
    if project_id is not None:
        route = routes.PROJECT_MODEL_GET.at(project_id, model_id)
    return (yield from ask(route, Model))


def think_models() -> Flow[ThinkModels]:
    """The language models that a voice agent can think with."""
    return (yield from ask(routes.THINK_MODELS, ThinkModels))


def grant(ttl_seconds: float | None = None) -> Flow[Token]:
    """A short-lived access token, to be given to others instead of the key.

    Parameters
    ----------
    ttl_seconds : float, optional
        How long it works, 1 to 3600 s; the service's default is 30 s. An open
        connection outlives it. It cannot be used for the account calls.
    """
    return (yield from ask(routes.GRANT, Token, body={"ttl_seconds": ttl_seconds}))


def credentials(project_id: str | None = None) -> Flow[DistributionCredentials]:
    """The self-hosted credentials of a project."""
    return (yield from own(routes.CREDENTIALS, DistributionCredentials, project_id))


def create_credential(
    comment: str | None = None, project_id: str | None = None, **options: Unpack[CredentialOptions]
) -> Flow[DistributionCredential]:
    """A new credential for the images of a self-hosted service.

    Parameters
    ----------
    comment : str, optional
        What it is for.
    project_id : str, optional
        May be left out where there is only one project.
    """
    query, body = encode(options, CredentialOptions), {"comment": comment}
    return (
        yield from own(routes.CREDENTIAL_CREATE, DistributionCredential, project_id, query=query, body=body)
    )


def credential(credential_id: str, project_id: str | None = None) -> Flow[DistributionCredential]:
    """One self-hosted credential."""
    return (yield from own(routes.CREDENTIAL_GET, DistributionCredential, project_id, credential_id))


def delete_credential(credential_id: str, project_id: str | None = None) -> Flow[DistributionCredential]:
    """Delete a self-hosted credential."""
    return (yield from own(routes.CREDENTIAL_DELETE, DistributionCredential, project_id, credential_id))


def agents(project_id: str | None = None) -> Flow[StoredAgents]:
    """The stored agent configurations of a project."""
    return (yield from own(routes.AGENTS, StoredAgents, project_id))


def agent(agent_id: str, project_id: str | None = None) -> Flow[StoredAgent]:
    """One stored agent configuration."""
    return (yield from own(routes.AGENT_GET, StoredAgent, project_id, agent_id))


def create_agent(
    config: str | Mapping[str, Any],
    *,
    metadata: Mapping[str, Any] | None = None,
    api_version: int | None = None,
    project_id: str | None = None,
) -> Flow[StoredAgent]:
    """Store the ``agent`` block of a voice agent's settings. It cannot be changed later, only its metadata.

    Parameters
    ----------
    config : dict or str
        The block, or its JSON text.
    metadata : dict, optional
    api_version : int, optional
    project_id : str, optional
        May be left out where there is only one project.
    """
    text = config if isinstance(config, str) else msgspec.json.encode(config).decode()
    body = {"config": text, "metadata": metadata, "api_version": api_version}
    return (yield from own(routes.AGENT_CREATE, StoredAgent, project_id, body=body))


def update_agent(
    agent_id: str, metadata: Mapping[str, Any], project_id: str | None = None
) -> Flow[StoredAgent]:
    """Give a stored agent other metadata."""
    return (
        yield from own(routes.AGENT_UPDATE, StoredAgent, project_id, agent_id, body={"metadata": metadata})
    )


def delete_agent(agent_id: str, project_id: str | None = None) -> Flow[Message]:
    """Delete a stored agent configuration."""
    return (yield from own(routes.AGENT_DELETE, Message, project_id, agent_id))


def variables(project_id: str | None = None) -> Flow[Variables]:
    """The values that stored agents share."""
    return (yield from own(routes.VARIABLES, Variables, project_id))


def variable(variable_id: str, project_id: str | None = None) -> Flow[Variable]:
    """One value that stored agents share."""
    return (yield from own(routes.VARIABLE_GET, Variable, project_id, variable_id))


def create_variable(
    key: str, value: Any, *, api_version: int | None = None, project_id: str | None = None
) -> Flow[Variable]:
    """A value for stored agents to share.

    Parameters
    ----------
    key : str
        Its name, such as ``DG_PROMPT``.
    value : any JSON value
    api_version : int, optional
    project_id : str, optional
        May be left out where there is only one project.
    """
    body = {"key": key, "value": value, "api_version": api_version}
    return (yield from own(routes.VARIABLE_CREATE, Variable, project_id, body=body))


def update_variable(variable_id: str, value: Any, project_id: str | None = None) -> Flow[Variable]:
    """Give a variable another value."""
    return (yield from own(routes.VARIABLE_UPDATE, Variable, project_id, variable_id, body={"value": value}))


def delete_variable(variable_id: str, project_id: str | None = None) -> Flow[Message]:
    """Delete a variable."""
    return (yield from own(routes.VARIABLE_DELETE, Message, project_id, variable_id))
