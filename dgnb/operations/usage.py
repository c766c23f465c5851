"""What was requested, used and paid."""

from __future__ import annotations

from typing import Unpack

from dgnb.operations.asking import own
from dgnb.operations.flow import Flow
from dgnb.protocol import routes
from dgnb.protocol.options import encode
from dgnb.protocol.params import (
    BillingOptions,
    Period,
    PurchasesOptions,
    RequestsOptions,
    UsageBreakdownOptions,
    UsageOptions,
)
from dgnb.results import (
    Balance,
    Balances,
    BillingBreakdown,
    BillingFields,
    Purchases,
    RequestDetails,
    Requests,
    Usage,
    UsageBreakdown,
    UsageFields,
)


def requests(project_id: str | None = None, **options: Unpack[RequestsOptions]) -> Flow[Requests]:
    """A page of the requests that were made, newest first; the service keeps 90 days.

    Parameters
    ----------
    project_id : str, optional
        May be left out where there is only one project.
    """
    return (yield from own(routes.REQUESTS, Requests, project_id, query=encode(options, RequestsOptions)))


def request(request_id: str, project_id: str | None = None) -> Flow[RequestDetails]:
    """One request that was made."""
    return (yield from own(routes.REQUEST_GET, RequestDetails, project_id, request_id))


def usage(project_id: str | None = None, **options: Unpack[UsageOptions]) -> Flow[Usage]:
    """What was used: hours, requests, tokens, characters by stretches of time.

    Parameters
    ----------
    project_id : str, optional
        May be left out where there is only one project.
    """
    return (yield from own(routes.USAGE, Usage, project_id, query=encode(options, UsageOptions)))


def usage_breakdown(
    project_id: str | None = None, **options: Unpack[UsageBreakdownOptions]
) -> Flow[UsageBreakdown]:
    """What was used, by key, endpoint, model, tag, ...

    Parameters
    ----------
    project_id : str, optional
        May be left out where there is only one project.
    """
    query = encode(options, UsageBreakdownOptions)
    return (yield from own(routes.USAGE_BREAKDOWN, UsageBreakdown, project_id, query=query))


def usage_fields(project_id: str | None = None, **options: Unpack[Period]) -> Flow[UsageFields]:
    """What usage can be narrowed to: models, features, methods, tags that occur."""
    return (yield from own(routes.USAGE_FIELDS, UsageFields, project_id, query=encode(options, Period)))


def balances(project_id: str | None = None) -> Flow[Balances]:
    """The credit of a project."""
    return (yield from own(routes.BALANCES, Balances, project_id))


def balance(balance_id: str, project_id: str | None = None) -> Flow[Balance]:
    """One balance of a project."""
    return (yield from own(routes.BALANCE_GET, Balance, project_id, balance_id))


def billing_breakdown(
    project_id: str | None = None, **options: Unpack[BillingOptions]
) -> Flow[BillingBreakdown]:
    """What was spent, by key, deployment, position on the bill, tag."""
    query = encode(options, BillingOptions)
    return (yield from own(routes.BILLING_BREAKDOWN, BillingBreakdown, project_id, query=query))


def billing_fields(project_id: str | None = None, **options: Unpack[Period]) -> Flow[BillingFields]:
    """What the bill can be narrowed to."""
    return (yield from own(routes.BILLING_FIELDS, BillingFields, project_id, query=encode(options, Period)))


def purchases(project_id: str | None = None, **options: Unpack[PurchasesOptions]) -> Flow[Purchases]:
    """The credit that was bought."""
    query = encode(options, PurchasesOptions)
    return (yield from own(routes.PURCHASES, Purchases, project_id, query=query))
