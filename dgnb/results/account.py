"""What the account calls answer: projects, people, keys, requests, usage, money, stored agents.

Fields have the wire's names. Times are ISO 8601 texts as they came; the
DataFrames of lists have timestamps.
"""

from __future__ import annotations

from typing import Any

from msgspec import field

from dgnb.protocol.part import Part
from dgnb.results.listing import Listing
from dgnb.results.result import Result


class Message(Result, frozen=True):
    """The service's words about what was done."""

    message: str | None = None


class Project(Result, frozen=True):
    """A project: the owner of keys, members and credit."""

    project_id: str | None = None
    name: str | None = None
    mip_opt_out: bool | None = None


class Projects(Listing, frozen=True):
    """The projects that the credential may see."""

    projects: list[Project] = field(default_factory=list)


class Member(Part, frozen=True):
    """A person in a project."""

    member_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    scopes: list[str] | None = None


class Members(Listing, frozen=True):
    """The members of a project."""

    members: list[Member] = field(default_factory=list)


class Scopes(Listing, frozen=True):
    """What a member may do."""

    scopes: list[str] = field(default_factory=list)


class Invite(Part, frozen=True):
    """A person who was asked to join."""

    email: str | None = None
    scope: str | None = None


class Invites(Listing, frozen=True):
    """The open invitations of a project."""

    invites: list[Invite] = field(default_factory=list)


class Key(Part, frozen=True):
    """An API key, without its secret."""

    api_key_id: str | None = None
    comment: str | None = None
    scopes: list[str] | None = None
    tags: list[str] | None = None
    created: str | None = None
    expiration_date: str | None = None


class KeyHolder(Member, frozen=True):
    """A key's holder; some replies hold the key in it."""

    api_key: Key | None = None


class OwnedKey(Part, frozen=True):
    """A key and its holder."""

    member: KeyHolder | None = None
    api_key: Key | None = None

    @property
    def key(self) -> Key | None:
        """The key, beside its holder or in it: replies differ."""
        return self.api_key or (self.member.api_key if self.member else None)


class Keys(Listing, frozen=True):
    """The keys of a project."""

    api_keys: list[OwnedKey] = field(default_factory=list)


class KeyDetails(Result, frozen=True):
    """One key and its holder."""

    item: OwnedKey | None = None

    @property
    def key(self) -> Key | None:
        """The key."""
        return self.item.key if self.item else None


class CreatedKey(Result, frozen=True):
    """A new key. This is the only time that its secret is told; no repr shows it."""

    api_key_id: str | None = None
    key: str | None = None
    comment: str | None = None
    scopes: list[str] | None = None
    tags: list[str] | None = None
    expiration_date: str | None = None

    def __repr__(self) -> str:
        return f"CreatedKey(api_key_id={self.api_key_id!r}, comment={self.comment!r}); its secret is in .key"


class Token(Result, frozen=True):
    """A short-lived access token; no repr shows it."""

    access_token: str
    expires_in: float | None = None

    def __repr__(self) -> str:
        return f"Token(expires_in={self.expires_in}); its secret is in .access_token"


class Logged(Part, frozen=True):
    """A request that was made."""

    request_id: str | None = None
    project_uuid: str | None = None
    created: str | None = None
    path: str | None = None
    api_key_id: str | None = None
    response: dict[str, Any] | None = None
    code: int | None = None
    deployment: str | None = None
    callback: str | None = None


class Requests(Listing, frozen=True):
    """A page of the requests that were made, newest first."""

    page: float | None = None
    limit: float | None = None
    requests: list[Logged] = field(default_factory=list)


class RequestDetails(Result, frozen=True):
    """One request that was made."""

    request: Logged | None = None


class Resolution(Part, frozen=True):
    """The length of the stretches of time that are counted."""

    units: str | None = None
    amount: float | None = None


class TokenCount(Part, frozen=True):
    """Tokens read and written."""

    in_: float | None = field(default=None, name="in")
    out: float | None = None


class SpokenCount(Part, frozen=True):
    """Text that was spoken."""

    characters: float | None = None
    requests: float | None = None


class UsageStretch(Part, frozen=True):
    """What was used in a stretch of time."""

    start: str | None = None
    end: str | None = None
    hours: float | None = None
    total_hours: float | None = None
    requests: float | None = None
    tokens: TokenCount | None = None
    tts: SpokenCount | None = None


class Usage(Listing, frozen=True):
    """What was used, by stretches of time."""

    start: str | None = None
    end: str | None = None
    resolution: Resolution | None = None
    results: list[UsageStretch] = field(default_factory=list)


class Group(Part, frozen=True):
    """What a row of a breakdown stands for."""

    start: str | None = None
    end: str | None = None
    accessor: str | None = None
    endpoint: str | None = None
    feature_set: str | None = None
    models: list[str | None] | str | None = None
    method: str | None = None
    tags: list[str] | str | None = None
    deployment: str | None = None
    line_item: str | None = None


class UsageGroup(Part, frozen=True):
    """What was used, of one kind."""

    hours: float | None = None
    total_hours: float | None = None
    agent_hours: float | None = None
    tokens_in: float | None = None
    tokens_out: float | None = None
    tts_characters: float | None = None
    requests: float | None = None
    grouping: Group | None = None


class UsageBreakdown(Listing, frozen=True):
    """What was used, by kind."""

    start: str | None = None
    end: str | None = None
    resolution: Resolution | None = None
    results: list[UsageGroup] = field(default_factory=list)


class UsedModel(Part, frozen=True):
    """A model that was used."""

    name: str | None = None
    language: str | None = None
    version: str | None = None
    model_id: str | None = None


class UsageFields(Listing, frozen=True):
    """What usage can be narrowed to: models, features, methods, tags."""

    models: list[UsedModel] = field(default_factory=list)
    tags: list[str] | None = None
    processing_methods: list[str] | None = None
    features: list[str] | None = None


class Balance(Result, frozen=True):
    """Credit that is left."""

    balance_id: str | None = None
    amount: float | None = None
    units: str | None = None
    purchase_order_id: str | None = None


class Balances(Listing, frozen=True):
    """A project's credit."""

    balances: list[Balance] = field(default_factory=list)


class BillingGroup(Part, frozen=True):
    """What was spent, of one kind."""

    dollars: float | None = None
    grouping: Group | None = None


class BillingBreakdown(Listing, frozen=True):
    """What was spent, by kind."""

    start: str | None = None
    end: str | None = None
    resolution: Resolution | None = None
    results: list[BillingGroup] = field(default_factory=list)


class BillingFields(Result, frozen=True):
    """What the bill can be narrowed to."""

    accessors: list[str] | None = None
    deployments: list[str] | None = None
    tags: list[str] | None = None
    line_items: dict[str, str] | None = None


class Purchase(Part, frozen=True):
    """Credit that was bought."""

    order_id: str | None = None
    expiration: str | None = None
    created: str | None = None
    amount: float | None = None
    units: str | None = None
    order_type: str | None = None


class Purchases(Listing, frozen=True):
    """Credit that was bought."""

    orders: list[Purchase] = field(default_factory=list)


class Distribution(Part, frozen=True):
    """A credential for the images of a self-hosted service."""

    distribution_credentials_id: str
    provider: str
    scopes: list[str]
    created: str
    comment: str | None = None


class DistributionCredential(Result, frozen=True):
    """A self-hosted credential and its holder."""

    member: Member
    distribution_credentials: Distribution


class DistributionCredentials(Listing, frozen=True):
    """The self-hosted credentials of a project."""

    distribution_credentials: list[DistributionCredential] = field(default_factory=list)


class StoredAgent(Result, frozen=True):
    """A stored configuration of a voice agent."""

    agent_id: str
    config: dict[str, Any] | str
    metadata: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class StoredAgents(Listing, frozen=True):
    """The stored agent configurations of a project."""

    agents: list[StoredAgent] = field(default_factory=list)


class Variable(Result, frozen=True):
    """A value that stored agents share."""

    variable_id: str
    key: str
    value: Any
    created_at: str | None = None
    updated_at: str | None = None


class Variables(Listing, frozen=True):
    """The agent variables of a project."""

    variables: list[Variable] = field(default_factory=list)
