"""The travelling salesperson: points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from numpy.typing import ArrayLike

from .base import Array, Instance
from .checks import check_metric, permutation, points_of, put, scaled_reference, tour_length, unit_square


@dataclass(frozen=True, eq=False)
class TSP(Instance):
    """Points to be visited once each, on a tour as short as possible.

    Attributes:
        points: float64 (n, 2); the tour begins and ends at point 0.
        metric: how `cost` measures, "EUCLIDEAN" or a distance type of TSPLIB; `objective` is Euclidean always.
        distinct: no two points may coincide (in some published files they do).
    """

    problem: ClassVar[str] = "TSP"
    points: Array
    metric: str = "EUCLIDEAN"
    distinct: bool = True
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        put(self, points=points_of("points", self.points, 2, self.distinct))
        check_metric(self.metric)

    @property
    def n(self) -> int:
        return len(self.points)

    def objective(self, actions: ArrayLike) -> float:
        return tour_length(self.points, permutation(actions, self.n))

    def cost(self, actions: ArrayLike) -> float:
        return tour_length(self.points, permutation(actions, self.n), self.metric)

    def scaled(self) -> TSP:
        points, factor = unit_square(self.points)
        return replace(self, points=points, **scaled_reference(self, factor))
