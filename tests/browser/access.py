"""What axe says of a part of a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")


def faults(page: Any, context: str) -> list[tuple[str, str, str]]:
    """The serious faults of what a selector finds: the rule, the element, what is wrong."""
    found = Axe().run(page, context=context).response["violations"]
    return [
        (fault["id"], node["html"][:200], node["failureSummary"])
        for fault in found
        for node in fault["nodes"]
        if node["impact"] in SERIOUS
    ]
