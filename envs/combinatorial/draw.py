"""Random instances, compiled: points of the unit square. A distribution is an index into `DISTRIBUTIONS`."""

from __future__ import annotations

import math

from ..core.inner import inner
from ..core.portable import cos_turn, log, sin_turn
from ..core.rng import randint, uniform

DISTRIBUTIONS = ("uniform", "clustered")
UNIFORM, CLUSTERED = range(2)
SPREAD = 0.07  # standard deviation of a cluster
FEWEST, MOST = 3, 7  # number of clusters


@inner
def grid(rng):
    """A uniform multiple of 2**-24 in (0, 1]: sums and differences of such numbers are exact."""
    return (1 + randint(rng, 1 << 24)) * 2.0**-24


@inner
def draw_points(rng, points, first, distribution):
    """Fill points[first:], (n, 2): independent uniform points, or some of them as centres of normal clusters."""
    count = points.shape[0] if distribution == UNIFORM else FEWEST + randint(rng, MOST - FEWEST + 1)
    for j in range(first, points.shape[0]):
        if j < first + count:
            points[j, 0], points[j, 1] = uniform(rng), uniform(rng)
            continue
        inside = False
        while not inside:
            centre = first + randint(rng, count)
            radius = SPREAD * math.sqrt(-2 * log(1 - uniform(rng)))  # Box-Muller
            turn = uniform(rng)
            x, y = points[centre, 0] + radius * cos_turn(turn), points[centre, 1] + radius * sin_turn(turn)
            points[j, 0], points[j, 1] = x, y
            inside = 0 <= x <= 1 and 0 <= y <= 1


@inner
def distance(points, i, j):
    """The Euclidean distance between two of the points."""
    x, y = points[i, 0] - points[j, 0], points[i, 1] - points[j, 1]
    return math.sqrt(x * x + y * y)
