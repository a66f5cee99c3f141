"""Vehicle routing: customers, demands and a capacity, and what files may add."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...core.check import integer
from ..metric import distance_matrix
from .base import Array, Instance
from .checks import (
    SLACK,
    TOLERANCE,
    aligned,
    check_metric,
    distance_table,
    integers,
    permutation,
    points_of,
    positive,
    put,
    scaled_reference,
    tour_length,
    unit_square,
)


@dataclass(frozen=True, eq=False)
class CVRP(Instance):
    """Customers to be served by routes that begin and end at a depot, none with more demand than the capacity.

    Attributes:
        points: float64 (n + 1, 2), the depot first; None of a matrix without places.
        demands: float64 (n + 1,), 0 for the depot.
        capacity: of the vehicle; as many routes as are wanted.
        metric: how `cost` measures, as of `TSP`.
        matrix: float64 (n + 1, n + 1), distances from row to column, in place of those of the points; or None.
        limit: of the length of a route and the service times on it together, measured as `cost` does; or None.
        service: float64 (n + 1,), the times that customers take, 0 for the depot; they are no cost; or None.
        vehicles: the most routes; or None.
    """

    problem: ClassVar[str] = "CVRP"
    points: Array | None
    demands: Array
    capacity: float
    metric: str = "EUCLIDEAN"
    name: str = ""
    best_known: float | None = None
    matrix: Array | None = None
    limit: float | None = None
    service: Array | None = None
    vehicles: int | None = None

    def __post_init__(self) -> None:
        # Customers may share an address, but what is not a number may not.
        points = None if self.points is None else points_of("points", self.points, 2, distinct=False)
        matrix = None if self.matrix is None else distance_table(self.matrix)
        if points is None and matrix is None:
            raise ValueError("points: None without a matrix, expected one of them")
        demands = aligned("demands", self.demands, len(cast(Array, points if matrix is None else matrix)))
        if points is not None and len(points) != len(demands):
            raise ValueError(f"points: {len(points)} of them, expected {len(demands)}: as many as the matrix has")
        capacity = positive("capacity", self.capacity)
        if (over := np.flatnonzero(demands > capacity)).size:
            raise ValueError(f"demands[{over[0]}]: {demands[over[0]]:g}, expected at most the capacity {capacity:g}")
        put(self, points=points, demands=demands, capacity=capacity, matrix=matrix)
        check_metric(self.metric)
        if self.limit is not None:
            self._check_limit()
        elif self.service is not None:
            raise ValueError("service: found it without a limit, which alone it counts for")
        if self.vehicles is not None:
            put(self, vehicles=integer("vehicles", self.vehicles, 1))
            if demands.sum() > self.vehicles * capacity + TOLERANCE:
                least = f"at least {math.ceil(demands.sum() / capacity)} for a demand of {demands.sum():g}"
                raise ValueError(f"vehicles: {self.vehicles}, expected {least}")

    def _check_limit(self) -> None:
        limit = positive("limit", self.limit)
        service = aligned("service", np.zeros(self.n + 1) if self.service is None else self.service, self.n + 1)
        put(self, limit=limit, service=service)
        alone = self.distances[0] + service + self.distances[:, 0]
        if (over := np.flatnonzero(alone > limit * (1 + SLACK))).size:
            raise ValueError(f"limit: {limit:g}, expected at least {alone[over[0]]:g} for customer {over[0]} alone")

    @property
    def constraints(self) -> tuple[str, ...]:
        found = {
            "matrix": self.matrix is not None,
            "directions": self.matrix is not None and bool((self.matrix != self.matrix.T).any()),
            "limit": self.limit is not None,
            "vehicles": self.vehicles is not None,
        }
        return tuple(name for name, is_there in found.items() if is_there)

    @cached_property
    def distances(self) -> Array:
        """What `cost` adds up, float64 (n + 1, n + 1)."""
        return distance_matrix(cast(Array, self.points), self.metric) if self.matrix is None else self.matrix

    @property
    def n(self) -> int:
        return len(self.demands) - 1

    def as_dict(self) -> dict[str, Any]:
        """Plain data; without the fields that only some files fill."""
        rare = ("matrix", "limit", "service", "vehicles")
        return {name: value for name, value in super().as_dict().items() if name not in rare or value is not None}

    def routes(self, actions: ArrayLike) -> list[list[int]]:
        """The customers of each route, in order."""
        routes: list[list[int]] = []
        for action in integers(actions).tolist():
            if action % 2 or not routes:
                routes.append([])
            routes[-1].append(action // 2)
        return routes

    @staticmethod
    def actions(routes: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """The actions that drive the routes; the first is driven to directly, since it begins at the depot."""
        driven = [route for route in routes if len(route)]
        flat = [2 * j + (r > 0 and k == 0) for r, route in enumerate(driven) for k, j in enumerate(route)]
        return np.array(flat, np.int64)

    def objective(self, actions: ArrayLike) -> float:
        return self._length(actions, self.metric if self.constraints else "EUCLIDEAN")

    def cost(self, actions: ArrayLike) -> float:
        return self._length(actions, self.metric)

    def _length(self, actions: ArrayLike, metric: str) -> float:
        given = integers(actions)
        permutation(given // 2, self.n + 1)
        total = 0.0
        routes = self.routes(given)
        if self.vehicles is not None and len(routes) > self.vehicles:
            raise ValueError(f"actions: {len(routes)} routes, expected at most {self.vehicles}, the vehicles")
        for route in routes:
            load = self.demands[route].sum()
            if load > self.capacity + TOLERANCE:
                raise ValueError(f"actions: route {route}: load {load:g}, expected at most {self.capacity:g}")
            tour = np.array([0, *route])
            if self.constraints:
                length = float(self.distances[tour, np.roll(tour, -1)].sum())
            else:
                length = tour_length(cast(Array, self.points), tour, metric)
            total += length
            spent = 0.0 if self.service is None else length + float(self.service[route].sum())
            if self.limit is not None and spent > self.limit * (1 + SLACK):
                found = f"length and service times {spent:g}"
                raise ValueError(f"actions: route {route}: {found}, expected at most {self.limit:g}")
        return total

    def scaled(self) -> CVRP:
        if self.constraints:
            return self._scaled_matrix()
        assert self.points is not None
        points, factor = unit_square(self.points)
        return replace(self, points=points, **scaled_reference(self, factor))


    def _scaled_matrix(self) -> CVRP:
        """With distances that are at most 1, and what is measured as they are; points are only shown."""
        largest = float(self.distances.max()) or 1.0
        return replace(
            self,
            points=None if self.points is None else unit_square(self.points)[0],
            matrix=self.distances / largest,
            limit=None if self.limit is None else self.limit / largest,
            service=None if self.service is None else self.service / largest,
            best_known=None if self.best_known is None else self.best_known / largest,
        )
