"""What a policy believes of its arms while it plays; `ige.render.intervals` draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from ..core.fused import Policy


@dataclass(frozen=True, eq=False)
class Belief:
    """Of each arm, float64 (arms,): its cost with an interval, NaN where nothing is believed; and its pulls, int64."""

    pulls: NDArray[np.int64]
    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def belief(pulls: ArrayLike, cost: ArrayLike, low: ArrayLike | None = None, high: ArrayLike | None = None) -> Belief:
    """A `Belief` of arms that were pulled; of the others nothing is believed."""
    counts = np.array(pulls, np.int64)
    values = [np.where(counts > 0, cost if v is None else v, np.nan) for v in (cost, low, high)]
    return Belief(counts, *values)


def beliefs(policy: Policy, row: int = 0) -> Belief:
    """What a policy believes now; `ValueError` for one that keeps weights or a list of arms instead of beliefs."""
    module: Any = policy.module
    if not hasattr(module, "believes"):
        raise ValueError(f"policy: {policy.name} has no beliefs about single arms")
    found: Belief = module.believes(policy.state[row], policy.settings)
    return found
