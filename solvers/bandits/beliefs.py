"""What a policy believes about its arms while it plays; `ige.render.intervals` draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from ..core.fused import Policy


@dataclass(frozen=True, eq=False)
class Belief:
    """Per arm, float64 (arms,): its estimated cost with an interval, NaN where unknown; and its pulls, int64."""

    pulls: NDArray[np.int64]
    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def belief(pulls: ArrayLike, cost: ArrayLike, low: ArrayLike | None = None, high: ArrayLike | None = None) -> Belief:
    """A `Belief` about the arms that were pulled; the others are unknown."""
    counts = np.array(pulls, np.int64)
    values = [np.where(counts > 0, cost if v is None else v, np.nan) for v in (cost, low, high)]
    return Belief(counts, *values)


def beliefs(policy: Policy, row: int = 0) -> Belief:
    """A policy's current beliefs; `ValueError` for a policy that keeps weights or a list of arms instead."""
    module: Any = policy.module
    if not hasattr(module, "believes"):
        raise ValueError(f"policy: {policy.name} has no beliefs about single arms")
    found: Belief = module.believes(policy.state[row], policy.settings)
    return found
