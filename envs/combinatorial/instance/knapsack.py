"""The knapsack: values, weights and a capacity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .base import Array, Instance
from .checks import TOLERANCE, at_most_one, distinct, floats, positive, put


@dataclass(frozen=True, eq=False)
class Knapsack(Instance):
    """Items to be packed for as much value as the capacity allows.

    Attributes:
        values: float64 (n,), positive.
        weights: float64 (n,), positive.
        capacity: of the sack.
    """

    problem: ClassVar[str] = "Knapsack"
    minimise: ClassVar[bool] = False
    values: Array
    weights: Array
    capacity: float
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        values, weights = floats("values", self.values, 1), floats("weights", self.weights, 1)
        if len(values) != len(weights) or not len(values):
            raise ValueError(f"weights: {len(weights)} of them for {len(values)} values, expected one each")
        for what, array in (("values", values), ("weights", weights)):
            if (bad := np.flatnonzero(array <= 0)).size:
                raise ValueError(f"{what}[{bad[0]}]: {array[bad[0]]:g}, expected a positive number")
        capacity = positive("capacity", self.capacity)
        if weights.min() > capacity + TOLERANCE:
            raise ValueError(f"capacity: {capacity:g} holds no item, expected at least {weights.min():g}")
        put(self, values=values, weights=weights, capacity=capacity)

    @property
    def n(self) -> int:
        return len(self.values)

    def objective(self, actions: ArrayLike) -> float:
        chosen = distinct(actions, 0, self.n)
        if (load := self.weights[chosen].sum()) > self.capacity + TOLERANCE * (len(chosen) + 1):
            raise ValueError(f"actions: weight {load:g}, expected at most {self.capacity:g}")
        return float(self.values[chosen].sum())

    def scaled(self) -> Knapsack:
        (values, most), (weights, heaviest) = at_most_one(self.values), at_most_one(self.weights)
        best = None if self.best_known is None else self.best_known / most
        return replace(self, values=values, weights=weights, capacity=self.capacity / heaviest, best_known=best)
