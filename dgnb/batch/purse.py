"""What may be spent, what is spent, and what is about to be."""

from __future__ import annotations

from dgnb.errors import BudgetExceeded
from dgnb.protocol.prices import dollars


class Purse:
    """Money for a batch, in millionths of a dollar.

    Parameters
    ----------
    budget : int or None
        ``None`` for as much as it takes.

    Examples
    --------
    >>> purse = Purse(1000)
    >>> purse.reserve(900), purse.pay(900, 850), purse.spent
    (None, None, 850)
    """

    def __init__(self, budget: int | None = None) -> None:
        self.budget, self.spent, self._reserved = budget, 0, 0

    def reserve(self, amount: int) -> None:
        """Put aside what a request will cost.

        Raises
        ------
        BudgetExceeded
            There is not enough left, with everything that is on its way.
        """
        if self.budget is not None and self.spent + self._reserved + amount > self.budget:
            raise BudgetExceeded(
                f"The next file would cost about ${dollars(amount):.4f}; of the budget of "
                f"${dollars(self.budget):.4f}, ${dollars(self.spent):.4f} is spent and "
                f"${dollars(self._reserved):.4f} is on its way. Everything so far is kept: the same call "
                "with a larger budget goes on from here.",
                dollars(self.budget),
            )
        self._reserved += amount

    def pay(self, reserved: int, cost: int) -> None:
        """Spend what a request did cost, in place of what was put aside for it."""
        self._reserved -= reserved
        self.spent += cost
