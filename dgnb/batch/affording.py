"""Whether a budget is enough for what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dgnb.batch.estimate import asked, costs, measured
from dgnb.batch.jobs import Job, Plan
from dgnb.batch.purse import Purse
from dgnb.batch.sources import Source
from dgnb.errors import BudgetExceeded, DgnbError
from dgnb.protocol.prices import dollars


def price(source: Source, options: Mapping[str, Any]) -> int:
    """Return what a source will cost, in millionths of a dollar.

    Raises
    ------
    DgnbError, OSError
        Its length is not known.
    """
    return sum(line.microdollars for line in costs(measured(source, options), asked(options)))


def afford(sources: Iterable[Source], plan: Plan, purse: Purse) -> None:
    """Go through all sources, and see that the budget is enough for those that are not paid for.

    What a file costs that was paid for before is found out only if it matters: all of it is read.

    Raises
    ------
    BudgetExceeded
        It is not.
    """
    if purse.budget is None:
        return
    needed = sum(_known(source, plan) for source in sources)
    if needed > purse.budget:
        needed -= sum(_known(source, plan) for source in sources if _is_kept(source, plan))
    if needed > purse.budget:
        raise BudgetExceeded(
            f"The files would cost about ${dollars(needed):.4f}, more than the budget of "
            f"${dollars(purse.budget):.4f}. Nothing was sent. Give fewer files, or a larger budget.",
            dollars(purse.budget),
        )


def _known(source: Source, plan: Plan) -> int:
    try:
        return price(source, plan.options)
    except (DgnbError, OSError):
        return 0  # it is refused when its turn comes


def _is_kept(source: Source, plan: Plan) -> bool:
    outcome = Job(source, plan).begin()
    return outcome is not None and outcome.row.cached
