"""What only one side of a verb takes: of what is recorded, of what is live, of Flux."""

from __future__ import annotations

from dataclasses import replace

from dgnb.magics.flags import Flag, flags
from dgnb.magics.verbs import VERBS, Verb
from dgnb.protocol import params

_RECORDED = {"listen.live": "recorded audio", "speak.live": "speech in one piece"}


def elsewhere(verb: Verb) -> dict[str, Flag]:
    """Return flags that only a verb's other side takes; the refusal of each says what to do.

    Examples
    --------
    >>> elsewhere(VERBS["listen"])["--interim-results"].refusal
    '--interim-results needs --live.'
    """
    if verb.name in ("flux", "flux.live"):
        return _not_flux(verb)
    other, why = f"{verb.name}.live", "needs --live."
    if verb.name in _RECORDED:
        other = verb.name.removesuffix(".live")
        why = f"is for {_RECORDED[verb.name]}: %deepgram {other} without --live takes it."
    theirs = VERBS[other].flags if other in VERBS else {}
    return {
        name: replace(flag, refusal=f"{name} {why}")
        for name, flag in theirs.items()
        if flag.row is not None and name not in verb.flags
    }


def _not_flux(verb: Verb) -> dict[str, Flag]:
    """Flags of ``listen.live`` that are often tried with Flux."""
    problems = {rule.options[0]: rule.problem for rule in params.FLUX_RULES if len(rule.options) == 1}
    return {
        name: replace(flag, refusal=problems[flag.row.name])
        for name, flag in flags(params.LiveListenOptions).items()
        if flag.row is not None and flag.row.name in problems and name not in verb.flags
    }
