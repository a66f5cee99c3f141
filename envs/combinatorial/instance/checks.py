"""What instances check of the numbers that they are given, and what several problems reckon alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...core.text_file import LARGEST
from ..metric import METRICS, distances
from .base import Array, Instance

TOLERANCE = 1e-9  # of sums of weights and demands, which rounding may leave above a capacity that they meet
SLACK = 1e-9  # of the limit of a route, relative to it
BUDGET_TOLERANCE = 1e-6  # of lengths against a budget (the reference code of BQ-NCO has the same)


def put(instance: Instance, **values: Any) -> None:
    """Put what was checked in its place; the reference, which all have, is checked here: gaps are relative to it."""
    if instance.best_known is not None:
        values["best_known"] = positive("best_known", instance.best_known)
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def floats(name: str, value: Any, ndim: int) -> Array:
    """A read-only float64 array of numbers whose squares are finite."""
    try:
        array = np.array(value, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{name}: expected numbers in {ndim} dimension{'s' * (ndim > 1)}") from None
    if array.ndim != ndim:
        raise ValueError(f"{name}: shape {array.shape}, expected {ndim} dimension{'s' * (ndim > 1)}")
    if (wrong := np.argwhere(~(np.abs(array) <= LARGEST))).size:
        where = ", ".join(map(str, wrong[0].tolist()))
        raise ValueError(f"{name}[{where}]: {array[tuple(wrong[0])]}, expected a number up to {LARGEST:g}")
    array.setflags(write=False)
    return array


def distance_table(value: Any) -> Array:
    """A read-only square matrix without negative entries, zero on its diagonal."""
    matrix = floats("matrix", value, 2)
    if matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ValueError(f"matrix: shape {matrix.shape}, expected a square of at least 2 nodes")
    matrix = matrix.copy()
    np.fill_diagonal(matrix, 0.0)
    if matrix.min() < 0:
        i, j = np.argwhere(matrix < 0)[0].tolist()
        raise ValueError(f"matrix[{i}, {j}]: {matrix[i, j]:g}, expected no negative distance")
    matrix.setflags(write=False)
    return matrix


def points_of(name: str, value: Any, least: int, distinct: bool = True) -> Array:
    points = floats(name, value, 2)
    if points.shape[1] != 2 or len(points) < least:
        raise ValueError(f"{name}: shape {points.shape}, expected (n, 2) with at least {least} points")
    if distinct:
        _, first, which = np.unique(points, axis=0, return_index=True, return_inverse=True)
        original = first[which.reshape(-1)]
        if (again := np.flatnonzero(original != np.arange(len(points)))).size:
            i, j = int(again[0]), int(original[again[0]])
            raise ValueError(f"{name}[{i}]: the same as {name}[{j}], expected points that differ")
    return points


def aligned(name: str, value: Any, count: int) -> Array:
    """One number of each point, zero for the depot, none negative."""
    array = floats(name, value, 1)
    if len(array) != count:
        raise ValueError(f"{name}: {len(array)} of them, expected {count}: one for each point")
    if array[0] != 0:
        raise ValueError(f"{name}[0]: {array[0]:g}, expected 0 for the depot")
    if (bad := np.flatnonzero(array < 0)).size:
        raise ValueError(f"{name}[{bad[0]}]: {array[bad[0]]:g}, expected no negative number")
    return array


def positive(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (ValueError, TypeError, OverflowError):
        number = np.nan
    if not 0 < number <= LARGEST:
        raise ValueError(f"{name}: {value!r}, expected a positive number")
    return number


def check_metric(metric: str) -> None:
    if metric not in METRICS:
        raise ValueError(f"metric: {metric!r}, expected one of {', '.join(map(repr, METRICS))}")


def integers(actions: ArrayLike) -> NDArray[np.int64]:
    """A sequence of integers as they are: nothing is rounded or read as a truth value."""
    given = np.asarray(actions)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise ValueError(f"actions: {given.dtype} {given.shape}, expected a sequence of integers")
    return given.astype(np.int64)


def distinct(actions: ArrayLike, low: int, high: int) -> NDArray[np.int64]:
    """Actions from low to below high, none twice."""
    chosen = integers(actions)
    seen: set[int] = set()
    for i, action in enumerate(chosen.tolist()):
        if not low <= action < high or action in seen:
            what = "a second time" if action in seen else f"expected {low} to {high - 1}"
            raise ValueError(f"actions[{i}]: {action}, {what}")
        seen.add(action)
    return chosen


def permutation(actions: ArrayLike, n: int) -> NDArray[np.int64]:
    """The tour of actions that visit nodes 1 to n - 1 once each: [0, *actions]."""
    chosen = distinct(actions, 1, n)
    if len(chosen) != n - 1:
        raise ValueError(f"actions: {len(chosen)} nodes, expected all {n - 1} after node 0")
    return np.concatenate([[0], chosen])


def tour_length(points: Array, tour: NDArray[np.int64], metric: str = "EUCLIDEAN") -> float:
    """The length of a tour that returns to where it began."""
    return float(distances(points[tour], points[np.roll(tour, -1)], metric).sum())


def unit_square(points: Array) -> tuple[Array, float]:
    """Points moved and scaled by one factor for both axes into the unit square; left alone if they lie there."""
    if points.min() >= 0 and points.max() <= 1:
        return points, 1.0
    low = points.min(0)
    extent = float((points - low).max())
    factor = 1.0 / extent if extent > np.finfo(float).tiny else 1.0  # all in one place
    return (points - low) * factor, factor


def at_most_one(array: Array) -> tuple[Array, float]:
    """Numbers and what they were divided by: the largest, if it is above 1."""
    largest = max(1.0, float(array.max()))
    return array / largest, largest


def scaled_reference(instance: Any, factor: float) -> dict[str, Any]:
    """Metric and best known length in the unit square, where all is Euclidean; a rounded length cannot be scaled."""
    known = instance.best_known if instance.metric == "EUCLIDEAN" else None
    return {"metric": "EUCLIDEAN", "best_known": None if known is None else known * factor}
