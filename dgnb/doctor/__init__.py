"""What works here and what to put right: ``python -m dgnb doctor`` and ``%deepgram doctor``."""

from __future__ import annotations

from dgnb.client import Deepgram
from dgnb.doctor import machine, service
from dgnb.doctor.report import Finding, Report

__all__ = ["Finding", "Report", "check"]


def check(client: Deepgram | None = None) -> Report:
    """Return what works here: versions, key, service, clock, front end, audio, proxies.

    One request is made, the list of projects. No key is in the report.

    Parameters
    ----------
    client : Deepgram, optional
        Whose service is asked; otherwise that of ``Deepgram()``, for 5 s.

    Examples
    --------
    >>> from dgnb import Deepgram
    >>> with Deepgram(sandbox=True) as dg:
    ...     check(dg).ok
    True
    """
    here = (*machine.versions(), machine.sandbox_extra(), machine.place())
    return Report((*here, *service.account(client), machine.audio(), *machine.proxies()))
