"""The rules a careful child would use: is the target one step away, and does something divide it?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..foundation import Scorer
from .states import State, scorer_of


def rule_scorer(target: int = 24) -> Scorer:
    """Scores states from 0 to 1: the share of numbers that divide the target, and 1 for two that make it at once."""

    def value(states: list[State]) -> NDArray[np.float64]:
        return np.array([_value(state, target) for state in states])

    return scorer_of(value, target)


def _value(state: State, target: int) -> float:
    if len(state) == 2:
        a, b = state
        return float(target in (a + b, b - a, a * b) or (a > 0 and b == a * target))
    return 0.1 + 0.9 * float(np.mean([number > 0 and target % number == 0 for number in state]))
