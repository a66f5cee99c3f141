"""Heuristics: simple constructions, trivial baselines, and a local search for when no solver library is installed.

Every function takes an instance and returns the actions of a feasible solution, int64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.check import integer
from ..core.compile import compiled
from ..core.rng import words
from .descent import insert_prizes, search_routes, search_tour, search_trip
from .instance import (
    ATSP,
    BUDGET_TOLERANCE,
    CVRP,
    TOLERANCE,
    TSP,
    Array,
    Instance,
    Knapsack,
    Orienteering,
    distinct,
    integers,
    require,
)
from .metric import distance_matrix, distances

Actions = NDArray[np.int64]
Heuristic = Callable[[Any], Actions]

NEIGHBOURS = 20  # per node, for the local search
SPARE = 12  # routes that the local search may open


def matrix_of(instance: TSP | ATSP | CVRP | Orienteering) -> Array:
    """The distances that `cost` sums, float64 (nodes, nodes)."""
    if isinstance(instance, ATSP):
        return instance.matrix
    if isinstance(instance, CVRP):
        return instance.distances
    return distance_matrix(instance.points, "EUCLIDEAN" if isinstance(instance, Orienteering) else instance.metric)


# --- tours ------------------------------------------------------------------------------------------------------------


def _nearest_neighbour(matrix):
    n = matrix.shape[0]
    tour, visited = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    visited[0] = True
    for k in range(1, n):
        nearest = -1
        for j in range(n):
            if not visited[j] and (nearest < 0 or matrix[tour[k - 1], j] < matrix[tour[k - 1], nearest]):
                nearest = j
        tour[k] = nearest
        visited[nearest] = True
    return tour


_nearest_neighbour = compiled(_nearest_neighbour)


def nearest_neighbour(instance: TSP | ATSP) -> Actions:
    """From node 0, always to the nearest remaining node."""
    return _nearest_neighbour(matrix_of(instance))[1:]


def _farthest_insertion(matrix):
    n = matrix.shape[0]
    successor, inside = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    inside[0] = True
    apart = matrix[0].copy()  # distance to the tour
    for _ in range(n - 1):
        farthest = -1
        for j in range(n):
            if not inside[j] and (farthest < 0 or apart[j] > apart[farthest]):
                farthest = j
        least, after, i = np.inf, 0, 0
        while True:
            j = successor[i]
            added = matrix[i, farthest] + matrix[farthest, j] - matrix[i, j]
            if added < least:
                least, after = added, i
            i = j
            if i == 0:
                break
        successor[farthest], successor[after] = successor[after], farthest
        inside[farthest] = True
        for j in range(n):
            apart[j] = min(apart[j], matrix[farthest, j])
    tour = np.zeros(n, np.int64)
    for k in range(1, n):
        tour[k] = successor[tour[k - 1]]
    return tour


_farthest_insertion = compiled(_farthest_insertion)


def farthest_insertion(instance: TSP | ATSP) -> Actions:
    """Always insert the node farthest from the tour, where it lengthens the tour least."""
    return _farthest_insertion(matrix_of(instance))[1:]


# --- routes -----------------------------------------------------------------------------------------------------------


def _merge(first, second, demands, capacity):
    """Join routes of one customer each at pairs of customers in the given order; returns actions."""
    n = demands.shape[0]
    links, degree = np.zeros((n, 2), np.int64), np.zeros(n, np.int64)
    root, load = np.arange(n), demands.copy()
    for k in range(first.shape[0]):
        i, j = first[k], second[k]
        if degree[i] == 2 or degree[j] == 2:
            continue
        a, b = i, j
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a == b or load[a] + load[b] > capacity:
            continue
        links[i, degree[i]], links[j, degree[j]] = j, i
        degree[i] += 1
        degree[j] += 1
        root[b] = a
        load[a] += load[b]
    actions, count = np.empty(n - 1, np.int64), 0
    done = np.zeros(n, np.bool_)
    for end in range(1, n):
        if done[end] or degree[end] == 2:
            continue
        before, node, flag = 0, end, 1 if count else 0
        while node:
            actions[count] = 2 * node + flag
            count += 1
            done[node] = True
            flag = 0
            onwards = 0
            for d in range(degree[node]):
                if links[node, d] != before:
                    onwards = links[node, d]
            before, node = node, onwards
    return actions


_merge = compiled(_merge)


def savings(instance: CVRP) -> Actions:
    """Join routes where this saves most (Clarke and Wright 1964, in parallel)."""
    require("savings", instance, ("matrix",))
    matrix = matrix_of(instance)
    first, second = np.triu_indices(instance.n + 1, 1)
    first, second = first[first > 0], second[first > 0]
    order = np.argsort(matrix[first, second] - matrix[0, first] - matrix[0, second], kind="stable")
    return _merge(first[order], second[order], instance.demands, instance.capacity + TOLERANCE)


def sweep(instance: CVRP) -> Actions:
    """Customers by angle around the depot, as long as they fit; within a route, always to the nearest remaining one.

    If a file has no coordinates, customers come in its order.
    """
    require("sweep", instance, ("matrix", "directions"))
    matrix = matrix_of(instance)
    apart = np.zeros((instance.n, 2)) if instance.points is None else instance.points[1:] - instance.points[0]
    routes: list[list[int]] = []
    load = np.inf
    for j in 1 + np.argsort(np.arctan2(apart[:, 1], apart[:, 0]), kind="stable"):
        load += instance.demands[j]
        if load > instance.capacity + TOLERANCE:
            load = instance.demands[j]
            routes.append([0])
        routes[-1].append(int(j))
    return CVRP.actions([np.array(route)[_nearest_neighbour(matrix[np.ix_(route, route)])[1:]] for route in routes])


# --- packing ----------------------------------------------------------------------------------------------------------


def prize_insertion(instance: Orienteering) -> Actions:
    """Always insert the node with the greatest prize per added length that fits, where it adds least."""
    matrix = matrix_of(instance)
    trip, place = np.zeros(instance.n + 1, np.int64), np.full(instance.n + 1, -1, np.int64)
    place[0] = 0
    limit = instance.budget + BUDGET_TOLERANCE
    size = insert_prizes(trip, 1, place, matrix, instance.prizes, limit, _generator(0), 0.0)
    return trip[1:size]


def best_ratio(instance: Knapsack) -> Actions:
    """Always the item with the greatest value per weight that fits."""
    return _fill(instance, [])


def _fill(instance: Knapsack, packed: list[int]) -> Actions:
    room = instance.capacity + TOLERANCE - instance.weights[packed].sum()
    packed = list(packed)
    for j in np.argsort(-instance.values / instance.weights, kind="stable").tolist():
        if j not in packed and instance.weights[j] <= room:
            packed.append(j)
            room -= instance.weights[j]
    return np.array(packed, np.int64)


BASELINES: dict[str, dict[str, Heuristic]] = {
    "TSP": {"nearest": nearest_neighbour, "farthest": farthest_insertion},
    "ATSP": {"nearest": nearest_neighbour, "farthest": farthest_insertion},
    "CVRP": {"sweep": sweep, "savings": savings},
    "Orienteering": {"insertion": prize_insertion},
    "Knapsack": {"ratio": best_ratio},
}


def complete(instance: Instance, actions: ArrayLike) -> Actions:
    """Add everything that still fits at the end, the best first: environments end only where nothing fits."""
    filled = integers(actions).tolist()
    if isinstance(instance, Knapsack):
        distinct(filled, 0, instance.n)
        room = instance.capacity - instance.weights[filled].sum()
        for j in np.argsort(-instance.values, kind="stable").tolist():
            if j not in filled and instance.weights[j] <= room + TOLERANCE:
                filled.append(j)
                room -= instance.weights[j]
    elif isinstance(instance, Orienteering):
        distinct(filled, 1, instance.n + 1)
        points, home = instance.points, distances(instance.points, instance.points[0])
        while True:
            here = filled[-1] if filled else 0
            left = instance.budget - (instance.length(filled) - home[here])
            open_ = distances(points, points[here]) + home <= left + BUDGET_TOLERANCE
            open_[[0, *filled]] = False
            if not open_.any():
                break
            filled.append(int(np.where(open_, instance.prizes, -1).argmax()))
    return np.array(filled, np.int64)


# --- local search -----------------------------------------------------------------------------------------------------


def improve(instance: Instance, actions: ArrayLike, iterations: int = 0, seed: int = 0) -> Actions:
    """A solution no worse than the given one, by local search; then `iterations` perturbations, drawn with `seed`.

    Tours: 2-opt and exchanges of two adjacent stretches of any length (Or-opt and more), without reversal where
    directions differ. Routes: the same within each, and exchanges of segments and of ends between two. Trips: shortened
    like tours and extended by insertion. Knapsack: items swapped one for one and added; no perturbations.
    """
    require("local search", instance, ("matrix",))
    cost = instance.cost(actions)  # this also checks the actions
    given = integers(actions)
    iterations, seed = integer("iterations", iterations, 0), integer("seed", seed, 0, 2**64 - 1)
    match instance:
        case TSP() | ATSP():
            found = _improve_tour(instance, given, iterations, seed)
        case CVRP():
            found = _improve_routes(instance, given, iterations, seed)
        case Orienteering():
            found = _improve_trip(instance, given, iterations, seed)
        case Knapsack():
            found = _improve_packing(instance, given)
        case _:
            raise ValueError(f"instance: {type(instance).__name__}, expected one of {', '.join(BASELINES)}")
    better = instance.cost(found) - cost
    return given if (better > 0 if instance.minimise else better < 0) else found


def local_search(instance: Instance, iterations: int = 1000, seed: int = 0) -> Actions:
    """The best of the problem's baselines, improved."""
    require("local search", instance, ("matrix",))
    built = [baseline(instance) for baseline in BASELINES[instance.problem].values()]
    best = (min if instance.minimise else max)(built, key=instance.cost)
    return improve(instance, best, iterations, seed)


def _generator(seed: int) -> NDArray[np.uint64]:
    return words(np.array([seed], np.uint64))[0]


def _near(matrix: Array) -> NDArray[np.int64]:
    """Each node's nearest others by ascending distance, int64 (n, at most NEIGHBOURS)."""
    others = matrix.copy()
    np.fill_diagonal(others, np.inf)
    count = min(NEIGHBOURS, len(matrix) - 1)
    nearest = np.argpartition(others, count - 1, axis=1)[:, :count]
    return np.take_along_axis(nearest, np.argsort(np.take_along_axis(others, nearest, 1), 1, kind="stable"), 1)


def _least(matrix: Array) -> float:
    """The gain that a move must exceed: more than rounding can produce."""
    return 1e-9 * float(matrix.max())


def _improve_tour(instance: TSP | ATSP, actions: Actions, iterations: int, seed: int) -> Actions:
    matrix = matrix_of(instance)
    tour = np.concatenate([[0], actions])
    symmetric = bool((matrix == matrix.T).all())
    search_tour(tour, matrix, _near(matrix), symmetric, _least(matrix), _generator(seed), iterations)
    return np.roll(tour, -int(np.argmin(tour)))[1:]


def _improve_routes(instance: CVRP, actions: Actions, iterations: int, seed: int) -> Actions:
    matrix = matrix_of(instance)
    driven = instance.routes(actions)
    routes = np.zeros((len(driven) + SPARE, instance.n + 2), np.int64)
    sizes = np.zeros(len(routes), np.int64)
    for r, route in enumerate(driven):
        routes[r, 1 : len(route) + 1], sizes[r] = route, len(route)
    capacity = instance.capacity + TOLERANCE
    parameters = (matrix, _near(matrix), instance.demands, capacity, _least(matrix), _generator(seed), iterations)
    search_routes(routes, sizes, *parameters)
    return CVRP.actions([row[1 : size + 1].tolist() for row, size in zip(routes, sizes, strict=True)])


def _improve_trip(instance: Orienteering, actions: Actions, iterations: int, seed: int) -> Actions:
    matrix = matrix_of(instance)
    trip = np.zeros(instance.n + 1, np.int64)
    size = len(actions) + 1
    trip[1:size] = actions
    limit = instance.budget + BUDGET_TOLERANCE
    parameters = (matrix, instance.prizes, limit, _near(matrix), _least(matrix), _generator(seed), iterations)
    return trip[1 : search_trip(trip, size, *parameters)]


def _improve_packing(instance: Knapsack, actions: Actions) -> Actions:
    packed = _fill(instance, actions.tolist())
    values, weights = instance.values, instance.weights
    while True:
        outside = np.setdiff1d(np.arange(instance.n), packed)
        room = instance.capacity + TOLERANCE - weights[packed].sum()
        gains = values[outside][None] - values[packed][:, None]
        gains[weights[outside][None] - weights[packed][:, None] > room] = 0.0
        if not gains.size or gains.max() <= TOLERANCE:
            return packed
        out, into = np.unravel_index(gains.argmax(), gains.shape)
        packed = _fill(instance, [*np.delete(packed, out).tolist(), int(outside[into])])
