"""A paper's claim as numbers: what was measured, what was asked for, and what follows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HOLDS, FAILS, OPEN = "holds", "does not hold", "inconclusive"


def mean_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float, float]:
    """The mean and its two-sided Student interval; a single value has an interval of no width."""
    mean = math.fsum(values) / len(values)
    if len(values) < 2 or len(set(values)) == 1:
        return mean, mean, mean
    from scipy.stats import t

    variance = math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1)
    half = float(t.ppf((1 + confidence) / 2, len(values) - 1)) * math.sqrt(variance / len(values))
    return mean, mean - half, mean + half


def sign_test(ours: Sequence[float], theirs: Sequence[float]) -> tuple[int, int, float]:
    """Cases where ours is better, where theirs is, and the one-sided p of so many wins; ties do not count."""
    wins = sum(a > b for a, b in zip(ours, theirs, strict=True))
    losses = sum(a < b for a, b in zip(ours, theirs, strict=True))
    n = wins + losses
    return wins, losses, sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n


@dataclass(frozen=True)
class Claim:
    """One measured statement.

    Attributes:
        name: short, such as "24-A1".
        statement: what should be true.
        values: the measured quantity, one value per seed.
        relation: how its mean must stand to `threshold`: "<=", ">=", "<" or ">".
        threshold: fixed before the run.
        paper: the paper's own figure with its source, or "" where it gives none.
    """

    name: str
    statement: str
    values: tuple[float, ...]
    relation: str
    threshold: float
    paper: str = ""

    @property
    def verdict(self) -> str:
        """From the 95 % interval of the mean over seeds: all of it on the right side, on the wrong one, or neither."""
        _, low, high = mean_interval(self.values)
        compare = {"<=": float.__le__, ">=": float.__ge__, "<": float.__lt__, ">": float.__gt__}[self.relation]
        ends = {compare(float(low), float(self.threshold)), compare(float(high), float(self.threshold))}
        return OPEN if len(ends) == 2 else HOLDS if ends == {True} else FAILS

    def as_dict(self) -> dict[str, Any]:
        mean, low, high = mean_interval(self.values)
        return {
            "name": self.name,
            "statement": self.statement,
            "mean": mean,
            "interval": [low, high],
            "values": list(self.values),
            "relation": self.relation,
            "threshold": self.threshold,
            "verdict": self.verdict,
            "paper": self.paper,
        }


def overall(claims: Sequence[Claim]) -> str:
    """The verdict on all of them: the worst of theirs."""
    verdicts = {claim.verdict for claim in claims}
    return FAILS if FAILS in verdicts else OPEN if OPEN in verdicts else HOLDS
