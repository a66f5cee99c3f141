"""Distances between points: Euclidean, and the distance types of TSPLIB (Reinelt 1991) with their rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

METRICS = ("EUCLIDEAN", "EUC_2D", "CEIL_2D", "FLOOR_2D", "EXACT_2D", "ATT", "GEO", "MAN_2D", "MAX_2D")
_EARTH = 6378.388  # km, from TSPLIB
_PI = 3.141592  # from TSPLIB: more digits would change published optima


def distances(a: Array, b: Array, metric: str = "EUCLIDEAN") -> Array:
    """Distances, float64 (...), from points a to points b, both (..., 2); `ValueError` for an unknown metric."""
    if metric == "GEO":
        return _geographical(a, b)
    apart = np.abs(a - b)
    squared = (apart**2).sum(-1)
    match metric:
        case "EUCLIDEAN":
            return np.sqrt(squared)
        case "EUC_2D":  # not rint, which rounds halves to even and changes published optima
            return np.floor(np.sqrt(squared) + 0.5)
        case "CEIL_2D":
            return np.ceil(np.sqrt(squared))
        case "FLOOR_2D":
            return np.floor(np.sqrt(squared))
        case "EXACT_2D":  # from CVRPLIB: thousandths
            return np.floor(1000 * np.sqrt(squared) + 0.5)
        case "ATT":
            pseudo = np.sqrt(squared / 10)
            rounded = np.floor(pseudo + 0.5)
            return rounded + (rounded < pseudo)
        case "MAN_2D":
            return np.floor(apart.sum(-1) + 0.5)
        case "MAX_2D":
            return np.floor(apart + 0.5).max(-1)
    raise ValueError(f"metric: {metric!r}, expected one of {', '.join(map(repr, METRICS))}")


def distance_matrix(points: Array, metric: str = "EUCLIDEAN") -> Array:
    """Distances, float64 (n, n), read-only, between points, (n, 2); 0 from a point to itself."""
    matrix = distances(points[:, None], points[None], metric)
    np.fill_diagonal(matrix, 0.0)  # GEO gives 1 for two points in the same place
    matrix.setflags(write=False)  # like given matrices: Numba compiles anew for writable arrays
    return matrix


def _geographical(a: Array, b: Array) -> Array:
    """Kilometres on TSPLIB's sphere; coordinates are degrees.minutes, latitude first."""
    (lat_a, lon_a), (lat_b, lon_b) = (np.moveaxis(_radians(points), -1, 0) for points in (a, b))
    q1, q2, q3 = np.cos(lon_a - lon_b), np.cos(lat_a - lat_b), np.cos(lat_a + lat_b)
    angle = np.arccos(np.clip(0.5 * ((1 + q1) * q2 - (1 - q1) * q3), -1, 1))
    return np.trunc(_EARTH * angle + 1)


def _radians(points: Array) -> Array:
    degrees = np.trunc(points)
    return _PI * (degrees + 5 * (points - degrees) / 3) / 180
