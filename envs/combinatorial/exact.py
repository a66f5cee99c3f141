"""Exact solutions of small instances: dynamic programming over sets (Held and Karp 1962), branch and bound for items.

Lengths are those of the instance's `cost`. Feasibility is as in the environments: loads up to the capacity +
`TOLERANCE`, trips up to the budget + `BUDGET_TOLERANCE`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..core.compile import compiled
from ..core.inner import inner
from .instance import (
    ATSP,
    BUDGET_TOLERANCE,
    CVRP,
    SLACK,
    TOLERANCE,
    TSP,
    Array,
    Instance,
    Knapsack,
    Orienteering,
    require,
)
from .metric import distance_matrix

Actions = NDArray[np.int64]

LIMITS = {"TSP": 20, "ATSP": 20, "CVRP": 20, "Orienteering": 20, "Knapsack": 1000}  # the largest n
PRECISION = 2.0**-36  # relative: better values of a knapsack are not searched for if they gain a smaller share


def solve(instance: Instance) -> Actions:
    """The actions of an optimal solution, int64; `ValueError` if n is above the problem's limit.

    Routing takes time and memory exponential in n, whatever the numbers are. The knapsack's branch and bound is fast
    for independent values and for values that are the weights plus a constant, but not for every possible instance.
    """
    limit = LIMITS[instance.problem]
    if instance.n > limit:
        raise ValueError(f"n: {instance.n}, expected at most {limit} for an exact solution of {instance.problem}")
    match instance:
        case TSP():
            return _tour(distance_matrix(instance.points, instance.metric))
        case ATSP():
            return _tour(instance.matrix)
        case CVRP():
            return _routes(instance)
        case Orienteering():
            return _trip(instance)
        case Knapsack():
            return _packing(instance)
    raise ValueError(f"instance: {type(instance).__name__}, expected one of {', '.join(LIMITS)}")


def optimum(instance: Instance) -> float:
    """The cost of an optimal solution."""
    return instance.cost(solve(instance))


# --- sets of nodes ----------------------------------------------------------------------------------------------------
# Bit j of a set stands for node j + 1; every trip begins and ends at node 0.


def _shortest_paths(matrix, limit):
    """Shortest paths from node 0 through all nodes of a set to one of them, float64 (sets, nodes), and round trips.

    Paths that cannot return within the limit have infinite length.
    """
    m = matrix.shape[0] - 1
    into = np.ascontiguousarray(matrix[1:, 1:].T)
    paths = np.full((1 << m, m), np.inf)
    trips = np.full(1 << m, np.inf)
    trips[0] = 0.0
    for s in range(1, 1 << m):
        for j in range(m):
            rest = s & ~(1 << j)
            if rest == s or trips[rest] == np.inf:
                continue
            length = matrix[0, j + 1]
            if rest:
                length = np.inf
                for i in range(m):
                    length = min(length, paths[rest, i] + into[j, i])
            if length + matrix[j + 1, 0] <= limit:
                paths[s, j] = length
                trips[s] = min(trips[s], length + matrix[j + 1, 0])
    return paths, trips


_shortest_paths = compiled(_shortest_paths)


def _order(matrix: Array, paths: Array, s: int) -> list[int]:
    """The nodes of a set in the order of its shortest round trip, read backwards from node 0."""
    order, node = [], 0
    while s:
        last = int(np.argmin(paths[s] + matrix[1:, node]))
        node = last + 1
        order.append(node)
        s &= ~(1 << last)
    return order[::-1]


def _sums(values: Array) -> Array:
    """The sum of each subset, float64 (sets,)."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _tour(matrix: Array) -> Actions:
    paths, _ = _shortest_paths(matrix, np.inf)
    return np.array(_order(matrix, paths, len(paths) - 1), np.int64)


def _trip(instance: Orienteering) -> Actions:
    """The trip with the greatest prize, and the shortest of these."""
    matrix = distance_matrix(instance.points)
    paths, trips = _shortest_paths(matrix, instance.budget + BUDGET_TOLERANCE)
    prizes = np.where(np.isfinite(trips), _sums(instance.prizes[1:]), -1.0)
    best = np.flatnonzero(prizes >= prizes.max() - TOLERANCE)
    return np.array(_order(matrix, paths, int(best[np.argmin(trips[best])])), np.int64)


def _partition(trips):
    """The cheapest partition of each set into trips, given by the trip of its first node, int64 (sets,)."""
    cost = np.full(trips.shape[0], np.inf)
    cost[0] = 0.0
    first = np.zeros(trips.shape[0], np.int64)
    for s in range(1, trips.shape[0]):
        lowest = s & -s
        others = s ^ lowest
        t = others
        while True:
            total = trips[t | lowest] + cost[others ^ t]
            if total < cost[s]:
                cost[s], first[s] = total, t | lowest
            if t == 0:
                break
            t = (t - 1) & others
    return first


_partition = compiled(_partition)


def _routes(instance: CVRP) -> Actions:
    require("the exact solver", instance, ("matrix", "directions", "limit"))
    matrix = instance.distances
    paths, trips = _shortest_paths(matrix, np.inf)
    if instance.limit is not None and instance.service is not None:
        trips[trips + _sums(instance.service[1:]) > instance.limit * (1 + SLACK)] = np.inf
    trips[_sums(instance.demands[1:]) > instance.capacity + TOLERANCE] = np.inf
    first = _partition(trips)
    routes, s = [], len(trips) - 1
    while s:
        routes.append(_order(matrix, paths, int(first[s])))
        s &= ~int(first[s])
    return CVRP.actions(routes)


# --- knapsack ---------------------------------------------------------------------------------------------------------
# Where values are weights plus a constant, the linear relaxation gets a share of the constant for part of an item,
# which no solution can, so nothing would be pruned. Therefore the number of items is bounded too: no more can be added
# than of the lightest. A price on each item (a Lagrange multiplier) brings that bound into the relaxation. It remains
# to meet the capacity, for which the last two items are chosen together.


def _packing(instance: Knapsack) -> Actions:
    scale = _scale(instance.weights)
    weights = np.rint(instance.weights * scale).astype(np.int64)
    capacity = min(math.floor((instance.capacity + TOLERANCE) * scale), int(weights.sum()))
    price = _price(instance.values, weights, capacity)
    # Ties go by weight, after rounding, since equal ratios may differ by rounding errors.
    ratios = (instance.values - price) * scale / weights
    order = np.lexsort((weights, -np.round(ratios, 12)))
    packed = _branch_and_bound(instance.values[order], weights[order], capacity, price, PRECISION)
    return np.sort(order[packed])


def _scale(weights: Array) -> float:
    """A factor that makes the weights integers, so that a capacity can be met exactly; else one of fine resolution."""
    finest = 2.0 ** (61 - math.ceil(math.log2(weights.sum())))
    for scale in (*(10.0**k for k in range(7)), 2.0**24):
        if scale <= finest and (np.rint(weights * scale) / scale == weights).all():
            return scale
    return finest


def _price(values: Array, weights: NDArray[np.int64], capacity: int) -> float:
    """The price per item at which the relaxation takes no more items than can fit; 0 if it does not anyway."""
    most = int(np.searchsorted(np.cumsum(np.sort(weights)), capacity, "right"))

    def count(price: float) -> float:
        worth = values - price
        order = np.argsort(-worth / weights)
        room = np.clip(capacity - np.cumsum(weights[order]) + weights[order], 0, weights[order])
        shares = np.where(worth[order] > 0, room / weights[order], 0.0)
        return float(shares.sum())

    low, high = 0.0, float(values.max())
    if count(low) <= most:
        return low
    while low < (middle := (low + high) / 2) < high:
        if count(middle) > most:
            low = middle
        else:
            high = middle
    return high


@inner
def _last_two(values, weights, ascending, dearest, room):
    """The best one or two items to fill the room, -1 for none: each with the most valuable lighter one that fits."""
    best, first, second = 0.0, -1, -1
    lighter = 0  # this many fit alongside item b
    for b in range(ascending.shape[0] - 1, -1, -1):
        j = ascending[b]
        if weights[j] > room:
            continue
        if values[j] > best:
            best, first, second = values[j], j, -1
        while lighter < b and weights[ascending[lighter]] <= room - weights[j]:
            lighter += 1
        if min(lighter, b) > 0:
            other = dearest[min(lighter, b) - 1]
            if values[j] + values[other] > best:
                best, first, second = values[j] + values[other], j, other
    return first, second


def _branch_and_bound(values, weights, capacity, price, precision):
    """A best packing, bool (n,), by depth-first search through items by descending (value - price) / weight."""
    n = values.shape[0]
    filled, worth = np.zeros(n + 1, np.int64), np.zeros(n + 1)  # for items 0 to i - 1; a worthless one is never relaxed
    for i in range(n):
        filled[i + 1] = filled[i] + weights[i]
        worth[i + 1] = worth[i] + max(0.0, values[i] - price)
    # Row i, for items i to n - 1: the order by weight, the weight of the k lightest, the most valuable of the k + 1
    # lightest, the value of the k most valuable.
    rows = n if price else 0
    ascending, lightest = np.zeros((rows, n), np.int64), np.zeros((rows, n + 1), np.int64)
    dearest, richest = np.zeros((rows, n), np.int64), np.zeros((rows, n + 1))
    for i in range(rows):
        ascending[i, : n - i] = i + np.argsort(weights[i:])
        by_value = np.sort(values[i:])
        for k in range(n - i):
            j = ascending[i, k]
            lightest[i, k + 1] = lightest[i, k] + weights[j]
            dearest[i, k] = j if k == 0 or values[j] > values[dearest[i, k - 1]] else dearest[i, k - 1]
            richest[i, k + 1] = richest[i, k] + by_value[n - i - 1 - k]
    packed, best_packed = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    value, best, room, i = 0.0, 0.0, capacity, 0
    while True:
        while i < n:
            k = np.searchsorted(filled, filled[i] + room, "right") - 1  # items i to k - 1 fit
            bound = value + worth[k] - worth[i]
            if k < n:
                bound += (room - filled[k] + filled[i]) * (worth[k + 1] - worth[k]) / weights[k]
            if price:
                fit = np.searchsorted(lightest[i, : n - i + 1], room, "right") - 1
                bound = min(bound + price * fit, value + richest[i, fit])
            if bound <= best * (1 + precision):
                break
            if price and fit <= 2:
                first, second = _last_two(values, weights, ascending[i, : n - i], dearest[i], room)
                if first >= 0 and value + values[first] + (values[second] if second >= 0 else 0.0) > best:
                    best = value + values[first] + (values[second] if second >= 0 else 0.0)
                    best_packed[:] = packed
                    best_packed[first] = True
                    if second >= 0:
                        best_packed[second] = True
                break
            if weights[i] <= room:
                packed[i] = True
                value += values[i]
                room -= weights[i]
            i += 1
        if value > best:
            best = value
            best_packed[:] = packed
        i -= 1
        while i >= 0 and not packed[i]:
            i -= 1
        if i < 0:
            return best_packed
        packed[i] = False
        value -= values[i]
        room += weights[i]
        i += 1


_branch_and_bound = compiled(_branch_and_bound)
