"""Every account call: its route, the permission that it needs, and what answers it."""

from __future__ import annotations

from starlette.routing import Route

from dgnb.protocol import routes
from dgnb.sandbox import billing, catalogue, keys, people, projects, requests, stored, tokens, usage
from dgnb.sandbox.calls import Operation

OPERATIONS = (
    Operation(routes.GRANT, "", tokens.grant),
    Operation(routes.TOKEN, "", tokens.describe),
    Operation(routes.MODELS, "", catalogue.listing),
    Operation(routes.MODEL_GET, "", catalogue.one),
    Operation(routes.THINK_MODELS, "", catalogue.thinkers),
    Operation(routes.PROJECT_MODELS, "project:read", catalogue.listing),
    Operation(routes.PROJECT_MODEL_GET, "project:read", catalogue.one),
    Operation(routes.PROJECTS, "project:read", projects.projects),
    Operation(routes.PROJECT_GET, "project:read", projects.project),
    Operation(routes.PROJECT_UPDATE, "project:write", projects.rename),
    Operation(routes.PROJECT_DELETE, "project:write:destroy", projects.delete),
    Operation(routes.PROJECT_LEAVE, "project:read", projects.leave),
    Operation(routes.KEYS, "keys:read", keys.keys),
    Operation(routes.KEY_CREATE, "keys:write", keys.create),
    Operation(routes.KEY_GET, "keys:read", keys.key),
    Operation(routes.KEY_DELETE, "keys:write", keys.delete),
    # Of these the permission also depends on the roles concerned.
    Operation(routes.MEMBERS, "members:read", people.members),
    Operation(routes.MEMBER_DELETE, "members:write:kick", people.delete_member),
    Operation(routes.SCOPES, "members:read:scopes", people.scopes),
    Operation(routes.SCOPE_UPDATE, "members:write:scopes", people.set_scope),
    Operation(routes.INVITES, "members:read:invites", people.invites),
    Operation(routes.INVITE_CREATE, "members:write:invites", people.create_invite),
    Operation(routes.INVITE_DELETE, "members:write:invites", people.delete_invite),
    Operation(routes.REQUESTS, "usage:read", requests.requests),
    Operation(routes.REQUEST_GET, "usage:read", requests.request),
    Operation(routes.USAGE, "usage:read", usage.usage),
    Operation(routes.USAGE_BREAKDOWN, "usage:read", usage.breakdown),
    Operation(routes.USAGE_FIELDS, "usage:read", usage.fields),
    Operation(routes.BALANCES, "billing:read", billing.balances),
    Operation(routes.BALANCE_GET, "billing:read", billing.balance),
    Operation(routes.BILLING_BREAKDOWN, "billing:read", billing.breakdown),
    Operation(routes.BILLING_FIELDS, "billing:read", billing.fields),
    Operation(routes.PURCHASES, "billing:read", billing.purchases),
    Operation(routes.CREDENTIALS, "project:read", stored.credentials),
    Operation(routes.CREDENTIAL_CREATE, "project:write", stored.create_credential),
    Operation(routes.CREDENTIAL_GET, "project:read", stored.credential),
    Operation(routes.CREDENTIAL_DELETE, "project:write", stored.delete_credential),
    Operation(routes.AGENTS, "project:read", stored.agents),
    Operation(routes.AGENT_CREATE, "project:write", stored.create_agent),
    Operation(routes.AGENT_GET, "project:read", stored.agent),
    Operation(routes.AGENT_UPDATE, "project:write", stored.update_agent),
    Operation(routes.AGENT_DELETE, "project:write", stored.delete_agent),
    Operation(routes.VARIABLES, "project:read", stored.variables),
    Operation(routes.VARIABLE_CREATE, "project:write", stored.create_variable),
    Operation(routes.VARIABLE_GET, "project:read", stored.variable),
    Operation(routes.VARIABLE_UPDATE, "project:write", stored.update_variable),
    Operation(routes.VARIABLE_DELETE, "project:write", stored.delete_variable),
)


def table() -> list[Route]:
    """Return the account calls for the application's table of routes."""
    return [
        Route(operation.route.path, operation.respond, methods=[operation.route.method])
        for operation in OPERATIONS
    ]
