"""Solver libraries, one function each: `(instance, effort, seed) -> actions`, empty if the library found nothing.

All except HGS need whole numbers. Distances are whole already in most files; otherwise they are scaled and rounded, so
that the `cost` of the instance is what is minimised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.combinatorial.instance import ATSP, CVRP, TSP, Array, Knapsack, Orienteering
from ...envs.combinatorial.metric import distance_matrix

Actions = Sequence[int] | NDArray[np.int64]
Library = Callable[[Any, int, int], Actions]
Whole = NDArray[np.int64]

FINE = 1_000_000  # the largest distance or capacity where values are rounded to a grid
FACTORS = (*range(1, 1001), 10**4, 10**5, 10**6, 2**24)  # factors tried to turn loads into whole numbers


def pyvrp(instance: TSP | ATSP | CVRP | Orienteering, effort: int, seed: int) -> Actions:
    """PyVRP (Wouda, Lan and Kool 2024): iterated local search; `effort` is its iterations.

    Orienteering is modelled as one vehicle with a maximum distance, optional clients with prizes, and the distance as
    tie-break. Distances are rounded up, so that the solution fits.
    """
    import pyvrp as vrp
    from pyvrp.search import NeighbourhoodParams
    from pyvrp.stop import MaxIterations

    matrix, clients = _matrix(instance), range(1, len(_matrix(instance)))
    if isinstance(instance, Orienteering):
        scale = _scale(matrix, FINE // 10)
        whole = np.ceil(matrix * scale).astype(np.int64)
        # A hundredth of the greatest prize outweighs the longest edge; more would drown the search in penalties.
        prizes = np.ceil(instance.prizes * (10 * FINE / instance.prizes.max())).astype(np.int64).tolist()
        visits = [vrp.Client(j, prize=prizes[j], required=False) for j in clients]
        vehicle = vrp.VehicleType(max_distance=int(instance.budget * scale))
    elif isinstance(instance, CVRP):
        whole = _whole(matrix, FINE)
        demands, capacity = _loads(instance.demands, instance.capacity)
        vehicles = instance.vehicles or instance.n
        times, service, limit = _times(instance, whole)
        visits = [vrp.Client(j, [int(demands[j])], service_duration=int(service[j])) for j in clients]
        vehicle = vrp.VehicleType(vehicles, [capacity], shift_duration=limit)
    else:
        whole = _whole(matrix, FINE)
        visits = [vrp.Client(j) for j in clients]
        vehicle = vrp.VehicleType()
    durations = times if isinstance(instance, CVRP) else np.zeros_like(whole)
    places = [vrp.Location(0, 0)] * len(whole)  # only the matrix is used
    data = vrp.ProblemData(places, visits, [vrp.Depot(0)], [vehicle], [whole], [durations])  # type: ignore[list-item]
    # For searches of so few iterations: fewer neighbours, and a shorter history for late acceptance.
    params = vrp.SolveParams(
        ils=vrp.IteratedLocalSearchParams(history_length=100), neighbourhood=NeighbourhoodParams(num_neighbours=20)
    )
    best = vrp.solve(data, MaxIterations(effort), seed, collect_stats=False, display=False, params=params).best
    if not best.is_feasible():
        return []
    routes = [[visit.idx + 1 for visit in route if visit.is_client()] for route in best.routes()]
    return CVRP.actions(routes) if isinstance(instance, CVRP) else [j for route in routes for j in route]


def hgs(instance: CVRP, effort: int, seed: int) -> Actions:
    """HGS-CVRP (Vidal 2022): hybrid genetic search with a small population; `effort` is its iterations.

    The library's default population of 25 is for minutes of search; for so few iterations it never matures.
    """
    import hygese

    if instance.n == 1:  # on which the library never ends
        return [2]
    matrix = _matrix(instance)
    # It refuses distances and demands of unusual magnitudes, but takes an unrounded matrix.
    matrix = matrix * _scale(matrix, 10_000)
    whole, room = _loads(instance.demands, instance.capacity)
    demands, capacity = whole.astype(np.float64), float(room)
    if demands.sum() <= capacity:
        demands, capacity = np.r_[0.0, np.ones(instance.n)], float(instance.n)
    elif capacity > 1e5:
        demands, capacity = demands * (1e5 / capacity), 1e5
    population = {"mu": 5, "lambda_": 10, "nbElite": 2} if effort >= 50 else {"mu": 3, "lambda_": 5, "nbElite": 1}
    params = hygese.AlgorithmParameters(**population, nbIter=effort, seed=seed)
    points = np.zeros((len(matrix), 2)) if instance.points is None else instance.points
    points = points - points.min(0)  # used for the sectors that routes cover
    points = points * _scale(points, 10_000)
    data = {
        "x_coordinates": points[:, 0], "y_coordinates": points[:, 1], "distance_matrix": matrix, "demands": demands,
        "vehicle_capacity": capacity, "depot": 0,
    }  # fmt: skip
    found = hygese.Solver(params, verbose=False).solve_cvrp(data, rounding=False)
    return CVRP.actions(found.routes)


def fast_tsp(instance: TSP | ATSP, effort: int, seed: int) -> Actions:
    """fast-tsp (Shmulik Amar's): local search; `effort` is milliseconds of wall-clock time, and there is no seed.

    An ATSP becomes a TSP of twice as many nodes (Jonker and Volgenant 1983): each node is split into an entrance and an
    exit at distance zero, and edges only join exits to entrances.
    """
    n, matrix = instance.n, _matrix(instance)
    if isinstance(instance, TSP) or instance.symmetric:
        return _fast_tour(_whole(matrix, 65_535), effort)[1:]  # it takes uint16
    # The constant on every edge makes it expensive to leave out an edge of length zero.
    joined = np.rint(matrix * _scale(matrix, 40_000)).astype(np.int64) + 20_000
    np.fill_diagonal(joined, 0)
    doubled = np.full((2 * n, 2 * n), 65_535, np.int64)
    doubled[n:, :n], doubled[:n, n:] = joined, joined.T
    np.fill_diagonal(doubled, 0)
    tour = _fast_tour(doubled, effort)
    if tour[1] != n:  # node 0 is entered, then left; this tour runs backwards
        tour = [0, *tour[:0:-1]]
    return [node for node in tour[1:] if node < n]


def _fast_tour(matrix: Whole, milliseconds: int) -> list[int]:
    """A tour from node 0 of a symmetric matrix."""
    import fast_tsp as library

    n = len(matrix)
    # Up to 20 nodes are solved exactly, 20 nodes in 50 ms. With copies of node 0 local search is used, which finds the
    # same at this size in a twentieth of the time.
    which = np.r_[np.arange(n), np.zeros(max(0, 21 - n) if n > 12 else 0, np.int64)]
    found = library.find_tour(matrix[np.ix_(which, which)], milliseconds / 1000, max_threads=1)
    tour = [node for node in found if node < n]
    start = tour.index(0)
    return tour[start:] + tour[:start]


def lkh(instance: TSP | ATSP, effort: int, seed: int) -> Actions:
    """LKH (Helsgaun 2000) as packaged by elkai, under a non-commercial licence; `effort` counts runs; no seed."""
    import elkai

    if instance.n < 4:  # elkai needs at least three nodes
        return min(([1, 2], [2, 1]), key=instance.objective) if instance.n == 3 else [1]
    tour = elkai.DistanceMatrix(_whole(_matrix(instance), FINE).tolist()).solve_tsp(effort)
    return list(tour[1:-1])


def ortools(instance: TSP | ATSP | CVRP | Knapsack, effort: int, seed: int) -> Actions:
    """OR-Tools: guided local search; `effort` is the number of solutions examined, and there is no seed.

    The knapsack is solved by branch and bound, and `effort` is a limit in seconds; independent items take milliseconds.
    """
    return _pack(instance, effort) if isinstance(instance, Knapsack) else _route(instance, effort)


def _pack(instance: Knapsack, seconds: int) -> Actions:
    from ortools.algorithms.python import knapsack_solver

    weights, capacity = _loads(instance.weights, instance.capacity)
    values = np.rint(instance.values * (2.0**40 / instance.values.max())).astype(np.int64)
    kind = knapsack_solver.SolverType.KNAPSACK_MULTIDIMENSION_BRANCH_AND_BOUND_SOLVER
    solver = knapsack_solver.KnapsackSolver(kind, "")
    solver.set_time_limit(seconds)
    solver.init(values.tolist(), [weights.tolist()], [capacity])
    solver.solve()
    return [j for j in range(instance.n) if solver.best_solution_contains(j)]


def _route(instance: TSP | ATSP | CVRP, solutions: int) -> Actions:
    from ortools.constraint_solver import pywrapcp
    from ortools.constraint_solver.routing_enums_pb2 import FirstSolutionStrategy, LocalSearchMetaheuristic

    whole = _whole(_matrix(instance), FINE)
    demands, capacity, vehicles = np.zeros(len(whole), np.int64), 0, 1
    if isinstance(instance, CVRP):
        demands, capacity = _loads(instance.demands, instance.capacity)
        # Two routes that fit into one are no shorter than it, so more vehicles than this are never needed.
        vehicles = min(instance.n, 2 * int(demands.sum()) // capacity + 1)
        if instance.constraints:
            vehicles = instance.vehicles or instance.n
    manager = pywrapcp.RoutingIndexManager(len(whole), vehicles, 0)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(whole.tolist()))
    if isinstance(instance, CVRP):
        load = model.RegisterUnaryTransitVector(demands.tolist())
        model.AddDimension(load, 0, capacity, True, "load")
        if instance.limit is not None:
            times, service, limit = _times(instance, whole)
            model.AddDimension(
                model.RegisterTransitMatrix((times + service[:, None]).tolist()), 0, limit, True, "length"
            )
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.solution_limit = solutions
    found = model.SolveWithParameters(search)
    if found is None:
        return []
    routes: list[list[int]] = []
    for vehicle in range(vehicles):
        routes.append([])
        index = found.Value(model.NextVar(model.Start(vehicle)))
        while not model.IsEnd(index):
            routes[-1].append(manager.IndexToNode(index))
            index = found.Value(model.NextVar(index))
    return CVRP.actions(routes) if isinstance(instance, CVRP) else routes[0]


# --- whole numbers ----------------------------------------------------------------------------------------------------


def _matrix(instance: TSP | ATSP | CVRP | Orienteering) -> Array:
    """The distances that `cost` adds."""
    if isinstance(instance, ATSP):
        return instance.matrix
    if isinstance(instance, CVRP):
        return instance.distances
    return distance_matrix(instance.points, "EUCLIDEAN" if isinstance(instance, Orienteering) else instance.metric)


def _scale(values: Array, largest: float) -> float:
    return largest / max(float(values.max()), float(np.finfo(np.float32).tiny))


def _whole(matrix: Array, largest: int) -> Whole:
    """Distances as whole numbers up to `largest`: unchanged, or scaled so that the largest one is `largest`."""
    if matrix.max() > largest or (matrix != np.rint(matrix)).any():
        matrix = matrix * _scale(matrix, largest)
    return np.rint(matrix).astype(np.int64)


def _times(instance: CVRP, whole: Whole) -> tuple[Whole, Whole, int]:
    """Legs, service times and the limit of a route, in the unit of the whole distances.

    Without a limit they are zero. Where they are not whole, they are rounded so that rounded routes really fit.
    """
    matrix = _matrix(instance)
    if instance.limit is None or instance.service is None:
        return np.zeros_like(whole), np.zeros(len(whole), np.int64), int(np.iinfo(np.int64).max)
    scale = float(whole.max()) / max(float(matrix.max()), 1e-300)
    given = (matrix * scale, instance.service * scale)
    times, service = (np.ceil(np.where(np.abs(x - np.rint(x)) < 1e-6, np.rint(x), x)).astype(np.int64) for x in given)
    return times, service, int(instance.limit * scale + 1e-6)


def _loads(loads: Array, capacity: float) -> tuple[Whole, int]:
    """Loads and a capacity as whole numbers that fit exactly when the originals do.

    Where no factor makes them whole they lie on a fine grid, and loads are rounded up, so rounded loads really fit.
    """
    for factor in FACTORS:
        if loads.sum() * factor > 2**53:
            break
        if np.abs((scaled := loads * factor) - np.rint(scaled)).max() <= 1e-9 * factor:
            return np.rint(scaled).astype(np.int64), int(capacity * factor + 1e-6)
    return np.ceil(loads * (FINE / capacity)).astype(np.int64), FINE
