"""The operations of the API, grouped as their names suggest; both clients publish them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dgnb.live import conversing as live_conversing
from dgnb.live import listening as live_listening
from dgnb.live import speaking as live_speaking
from dgnb.live import turns as live_turns
from dgnb.live.agent import AgentSession
from dgnb.live.commands import Opening
from dgnb.live.listening import ListenSession
from dgnb.live.speaking import SpeakSession
from dgnb.live.turns import FluxSession
from dgnb.operations import listening, projects, reading, speaking, stored, usage
from dgnb.protocol import params
from dgnb.publication import C_co, Namespace, NoOptions, Operation, Pages

if TYPE_CHECKING:
    from dgnb.client import AsyncDeepgram, Deepgram


class Listen(Namespace[C_co]):
    """Speech into text: ``listen(source)``, ``listen.live(source)``, ``listen.submit(...)``."""

    __call__ = Operation(listening.listen, params.ListenOptions)
    submit = Operation(listening.submit, params.ListenSubmitOptions)
    live: Opening[ListenSession[Deepgram], ListenSession[AsyncDeepgram]] = Opening(
        live_listening.live, params.LiveListenOptions
    )


class Flux(Namespace[C_co]):
    """Conversations turn by turn: ``flux.live(source)``."""

    live: Opening[FluxSession[Deepgram], FluxSession[AsyncDeepgram]] = Opening(
        live_turns.live, params.FluxOptions
    )


class Speak(Namespace[C_co]):
    """Text into speech: ``speak(text)``, ``speak.live()``, ``speak.submit(text, callback=...)``."""

    __call__ = Operation(speaking.speak, params.AnySpeakOptions)
    submit = Operation(speaking.submit, params.AnySpeakSubmitOptions)
    live: Opening[SpeakSession[Deepgram], SpeakSession[AsyncDeepgram]] = Opening(
        live_speaking.live, params.AnyLiveSpeakOptions
    )
    voices = Operation(stored.voices)


class Agent(Namespace[C_co]):
    """A conversation with a voice agent: ``agent(prompt=..., tools=[...])``; stored ones are ``agents``."""

    __call__: Opening[AgentSession[Deepgram], AgentSession[AsyncDeepgram]] = Opening(
        live_conversing.converse, NoOptions
    )


class Read(Namespace[C_co]):
    """Analysis of text: ``read(text)``, ``read.submit(text, callback=...)``."""

    __call__ = Operation(reading.read, params.ReadOptions)
    submit = Operation(reading.submit, params.ReadSubmitOptions)


class Models(Namespace[C_co]):
    """Recognisers and voices: ``models()``, ``models.get(model_id)``, ``models.think()``."""

    __call__ = Operation(stored.models, params.ModelsOptions)
    get = Operation(stored.model)
    think = Operation(stored.think_models)


class Projects(Namespace[C_co]):
    """Projects: ``projects()``, ``projects.get()``."""

    __call__ = Operation(projects.projects)
    get = Operation(projects.project, params.ProjectOptions)
    rename = Operation(projects.rename_project)
    delete = Operation(projects.delete_project)
    leave = Operation(projects.leave_project)


class Keys(Namespace[C_co]):
    """API keys: ``keys()``, ``keys.create(comment, scopes)``."""

    __call__ = Operation(projects.keys, params.KeysOptions)
    get = Operation(projects.key)
    create = Operation(projects.create_key)
    delete = Operation(projects.delete_key)


class Members(Namespace[C_co]):
    """People in a project: ``members()``, ``members.scopes(member_id)``."""

    __call__ = Operation(projects.members)
    delete = Operation(projects.delete_member)
    scopes = Operation(projects.scopes)
    set_scope = Operation(projects.set_scope)


class Invites(Namespace[C_co]):
    """Invitations to a project: ``invites()``, ``invites.create(email, scope)``."""

    __call__ = Operation(projects.invites)
    create = Operation(projects.create_invite)
    delete = Operation(projects.delete_invite)


class Requests(Namespace[C_co]):
    """Requests that were made: ``requests()``, ``requests.iterate()``, ``requests.get(request_id)``."""

    __call__ = Operation(usage.requests, params.RequestsOptions)
    iterate = Pages(usage.requests, params.RequestsOptions)
    get = Operation(usage.request)


class Usage(Namespace[C_co]):
    """What was used: ``usage()``, ``usage.breakdown()``, ``usage.fields()``."""

    __call__ = Operation(usage.usage, params.UsageOptions)
    breakdown = Operation(usage.usage_breakdown, params.UsageBreakdownOptions)
    fields = Operation(usage.usage_fields, params.Period)


class Balances(Namespace[C_co]):
    """A project's credit: ``balances()``, ``balances.get(balance_id)``."""

    __call__ = Operation(usage.balances)
    get = Operation(usage.balance)


class Billing(Namespace[C_co]):
    """What was spent and bought: ``billing()``, ``billing.fields()``, ``billing.purchases()``."""

    __call__ = Operation(usage.billing_breakdown, params.BillingOptions)
    fields = Operation(usage.billing_fields, params.Period)
    purchases = Operation(usage.purchases, params.PurchasesOptions)


class Auth(Namespace[C_co]):
    """Short-lived tokens: ``auth.grant()``."""

    grant = Operation(stored.grant)


class SelfHosted(Namespace[C_co]):
    """Credentials for a self-hosted service: ``selfhosted()``, ``selfhosted.create()``."""

    __call__ = Operation(stored.credentials)
    get = Operation(stored.credential)
    create = Operation(stored.create_credential, params.CredentialOptions)
    delete = Operation(stored.delete_credential)


class Agents(Namespace[C_co]):
    """Stored configurations of voice agents: ``agents()``, ``agents.create(config)``."""

    __call__ = Operation(stored.agents)
    get = Operation(stored.agent)
    create = Operation(stored.create_agent)
    update = Operation(stored.update_agent)
    delete = Operation(stored.delete_agent)


class Variables(Namespace[C_co]):
    """Values that stored agents share: ``variables()``, ``variables.create(key, value)``."""

    __call__ = Operation(stored.variables)
    get = Operation(stored.variable)
    create = Operation(stored.create_variable)
    update = Operation(stored.update_variable)
    delete = Operation(stored.delete_variable)
