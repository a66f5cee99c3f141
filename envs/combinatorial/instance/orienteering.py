"""Orienteering: points, prizes and a budget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .base import Array, Instance
from .checks import BUDGET_TOLERANCE, aligned, at_most_one, distinct, points_of, positive, put, tour_length, unit_square


@dataclass(frozen=True, eq=False)
class Orienteering(Instance):
    """Prizes to be collected on a round trip from the depot that is no longer than the budget.

    Attributes:
        points: float64 (n + 1, 2), the depot first.
        prizes: float64 (n + 1,), positive, 0 for the depot.
        budget: the greatest length of the trip.
    """

    problem: ClassVar[str] = "Orienteering"
    minimise: ClassVar[bool] = False
    points: Array
    prizes: Array
    budget: float
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        points = points_of("points", self.points, 2, distinct=False)
        prizes, budget = aligned("prizes", self.prizes, len(points)), positive("budget", self.budget)
        if (none := np.flatnonzero(prizes[1:] <= 0)).size:
            raise ValueError(f"prizes[{none[0] + 1}]: {prizes[none[0] + 1]:g}, expected a positive prize")
        nearest = 2 * np.hypot(*(points[1:] - points[0]).T).min()
        if nearest > budget + BUDGET_TOLERANCE:
            raise ValueError(f"budget: {budget:g} reaches no node, expected at least {nearest:g}: there and back")
        put(self, points=points, prizes=prizes, budget=budget)

    @property
    def n(self) -> int:
        return len(self.points) - 1

    def length(self, actions: ArrayLike) -> float:
        """Of the round trip."""
        return tour_length(self.points, np.array([0, *distinct(actions, 1, self.n + 1).tolist()]))

    def objective(self, actions: ArrayLike) -> float:
        chosen = distinct(actions, 1, self.n + 1)
        if (length := self.length(chosen)) > self.budget + BUDGET_TOLERANCE * (len(chosen) + 1):
            raise ValueError(f"actions: the trip is {length:g} long, expected at most {self.budget:g}")
        return float(self.prizes[chosen].sum())

    def scaled(self) -> Orienteering:
        points, factor = unit_square(self.points)
        prizes, largest = at_most_one(self.prizes)
        best = None if self.best_known is None else self.best_known / largest
        return replace(self, points=points, prizes=prizes, budget=self.budget * factor, best_known=best)
