"""Distances: what TSPLIB publishes, hand-made cases on both sides of each rounding, and formulas written anew."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.combinatorial.instance import CVRP, TSP
from ige.envs.combinatorial.metric import METRICS, distance_matrix, distances


@pytest.mark.parametrize(
    ("metric", "to", "expected"),
    [
        ("EUCLIDEAN", (1, 1), math.sqrt(2)),
        ("EUC_2D", (1.5, 2), 3),  # 2.5: halves go up, rint would make it 2
        ("EUC_2D", (1, 1), 1),
        ("CEIL_2D", (1, 1), 2),
        ("CEIL_2D", (3, 4), 5),
        ("FLOOR_2D", (1, 2), 2),
        ("EXACT_2D", (1, 1), 1414),
        ("ATT", (10, 0), 4),  # sqrt(10) = 3.16: rounded to 3, which is less
        ("ATT", (18, 0), 6),  # sqrt(32.4) = 5.69
        ("MAN_2D", (1.4, -2.6), 4),
        ("MAX_2D", (1.4, -2.6), 3),
    ],
)
def test_rounding(metric: str, to: tuple[float, float], expected: float) -> None:
    assert distances(np.zeros(2), np.array(to, float), metric) == expected


def test_kilometres_between_the_first_places_of_ulysses() -> None:
    """509, 501 and 312 are published with ulysses16."""
    places = np.array([(38.24, 20.42), (39.57, 26.15), (40.56, 25.32), (36.26, 23.12)])
    assert distance_matrix(places, "GEO")[0].tolist() == [0, 509, 501, 312]


@pytest.mark.parametrize("metric", METRICS)
def test_two_points_in_the_same_place(metric: str) -> None:
    """By the published formulas that is no distance, except of GEO, which adds 1 before it cuts off decimals."""
    points = np.array([(38.24, 20.42), (39.57, 26.15), (38.24, 20.42)])
    apart = 1 if metric == "GEO" else 0
    matrix = distance_matrix(points, metric)
    assert matrix[0].tolist() == [0, matrix[0, 1], apart]
    assert not matrix.diagonal().any()
    tour = TSP(points, metric, distinct=False)
    assert tour.cost([1, 2]) == 2 * matrix[0, 1] + apart
    routes = CVRP(points, [0, 1, 1], 1, metric)
    assert routes.cost(CVRP.actions([[1], [2]])) == 2 * (matrix[0, 1] + apart)


def nearest(x: float) -> int:
    return int(x + 0.5)


def geographical(x: float, y: float, u: float, v: float) -> float:
    def radians(degrees: float) -> float:
        return 3.141592 * (int(degrees) + 5 * (degrees - int(degrees)) / 3) / 180

    a, b, c, d = map(radians, (x, y, u, v))
    cosine = 0.5 * ((1 + math.cos(b - d)) * math.cos(a - c) - (1 - math.cos(b - d)) * math.cos(a + c))
    return int(6378.388 * math.acos(max(-1.0, min(1.0, cosine))) + 1)


def pseudo(x: float, y: float, u: float, v: float) -> float:
    exact = math.sqrt(((x - u) ** 2 + (y - v) ** 2) / 10)
    return nearest(exact) + (nearest(exact) < exact)


def straight(x: float, y: float, u: float, v: float) -> float:
    return math.sqrt((x - u) ** 2 + (y - v) ** 2)


FORMULAS: dict[str, Callable[[float, float, float, float], float]] = {
    "EUCLIDEAN": straight,
    "EUC_2D": lambda x, y, u, v: nearest(straight(x, y, u, v)),
    "CEIL_2D": lambda x, y, u, v: math.ceil(straight(x, y, u, v)),
    "FLOOR_2D": lambda x, y, u, v: int(straight(x, y, u, v)),
    "EXACT_2D": lambda x, y, u, v: nearest(1000 * straight(x, y, u, v)),
    "ATT": pseudo,
    "GEO": geographical,
    "MAN_2D": lambda x, y, u, v: nearest(abs(x - u) + abs(y - v)),
    "MAX_2D": lambda x, y, u, v: max(nearest(abs(x - u)), nearest(abs(y - v))),
}


@given(st.data())
@pytest.mark.parametrize("metric", METRICS)
def test_formulas(metric: str, data: st.DataObject) -> None:
    """Of integer coordinates, as most files have; what is exact there cannot be rounded two ways."""
    axis = st.integers(-90, 90) if metric == "GEO" else st.integers(-5000, 5000)
    points = np.array(data.draw(st.lists(st.tuples(axis, axis), min_size=2, max_size=5)), float)
    matrix = distance_matrix(points, metric)
    assert (matrix == matrix.T).all()
    assert not matrix.diagonal().any()
    expected = np.array([[FORMULAS[metric](*a, *b) for b in points.tolist()] for a in points.tolist()], float)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(matrix, expected, rtol=1e-15 if metric == "EUCLIDEAN" else 0)


def test_unknown() -> None:
    with pytest.raises(ValueError, match=r"^metric: 'XRAY1', expected one of 'EUCLIDEAN', 'EUC_2D'"):
        distances(np.zeros(2), np.ones(2), "XRAY1")
