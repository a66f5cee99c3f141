"""The travelling salesperson: a matrix of distances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .base import Array, Instance
from .checks import at_most_one, distance_table, permutation, points_of, put


@dataclass(frozen=True, eq=False)
class ATSP(Instance):
    """A tour by a matrix of distances, which may differ by direction.

    Attributes:
        matrix: float64 (n, n), from row to column; the diagonal is set to zero.
        symmetric: the matrix must be symmetric (a TSP that is given by its matrix).
        display: float64 (n, 2) or None: where a picture shows the nodes.
    """

    problem: ClassVar[str] = "ATSP"
    matrix: Array
    symmetric: bool = False
    display: Array | None = None
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        matrix = distance_table(self.matrix)
        if self.symmetric and (unequal := np.argwhere(matrix != matrix.T)).size:
            i, j = unequal[0].tolist()
            raise ValueError(
                f"matrix[{i}, {j}]: {matrix[i, j]:g}, expected {matrix[j, i]:g} as in matrix[{j}, {i}]: it is said to "
                "be symmetric"
            )
        display = None if self.display is None else points_of("display", self.display, 2, distinct=False)
        if display is not None and len(display) != len(matrix):
            raise ValueError(f"display: {len(display)} points, expected {len(matrix)}")
        put(self, matrix=matrix, display=display)

    @property
    def n(self) -> int:
        return len(self.matrix)

    def objective(self, actions: ArrayLike) -> float:
        tour = permutation(actions, self.n)
        return float(self.matrix[tour, np.roll(tour, -1)].sum())

    def scaled(self) -> ATSP:
        matrix, largest = at_most_one(self.matrix)
        return replace(self, matrix=matrix, best_known=None if self.best_known is None else self.best_known / largest)
