"""A paper's claim as numbers: what was measured, what was asked for, and what follows."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .estimates import Estimate

HOLDS, FAILS, OPEN = "holds", "does not hold", "inconclusive"
RELATIONS = {"<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt}


@dataclass(frozen=True)
class Claim:
    """One measured statement.

    Attributes:
        name: short, such as "24-A1".
        statement: what should be true.
        measured: the quantity, with its interval and the units that the interval is made from. A bare number raises
            `TypeError`: use `estimates.exact` where no other draw could change it.
        relation: how it must compare with `threshold`: "<=", ">=", "<" or ">".
        threshold: fixed before the run.
        paper: the paper's own figure with its source, or "" where it gives none.
    """

    name: str
    statement: str
    measured: Estimate
    relation: str
    threshold: float
    paper: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.measured, Estimate):
            found = f"{type(self.measured).__name__} {self.measured!r}"
            raise TypeError(f"{self.name}: measured: found {found}, expected an Estimate, which names its units")
        if self.relation not in RELATIONS:
            raise ValueError(f"{self.name}: relation: {self.relation!r}, expected one of {', '.join(RELATIONS)}")

    @property
    def verdict(self) -> str:
        """From the 95 % interval: it lies wholly on the right side, wholly on the wrong side, or neither."""
        compare = RELATIONS[self.relation]
        ends = {compare(self.measured.low, self.threshold), compare(self.measured.high, self.threshold)}
        return OPEN if len(ends) == 2 else HOLDS if ends == {True} else FAILS

    def as_dict(self) -> dict[str, Any]:
        low, high = self.measured.low, self.measured.high
        known = math.isfinite(low + high)
        return {
            "name": self.name,
            "statement": self.statement,
            "measured": self.measured.value,
            "interval": [low, high] if known else None,
            "units": [list(unit) for unit in self.measured.units],
            "relation": self.relation,
            "threshold": self.threshold,
            "verdict": self.verdict,
            "paper": self.paper,
        }


def overall(claims: Sequence[Claim]) -> str:
    """The verdict on all claims together: the worst single one."""
    verdicts = {claim.verdict for claim in claims}
    return FAILS if FAILS in verdicts else OPEN if OPEN in verdicts else HOLDS
