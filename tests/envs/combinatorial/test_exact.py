"""Exact solvers against enumeration, heuristics against exact solvers, with Hypothesis."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ige
from ige.envs.combinatorial import exact
from ige.envs.combinatorial.heuristics import BASELINES, complete, improve, local_search
from ige.envs.combinatorial.instance import ATSP, CVRP, TSP, Instance, Knapsack
from ige.envs.combinatorial.metric import distance_matrix

assert ige
PROBLEMS = ["TSP", "ATSP", "CVRP", "Orienteering", "Knapsack"]
SEEDS = st.integers(0, 2**32 - 1)
SMALL = {"TSP": 6, "ATSP": 6, "CVRP": 5, "Orienteering": 6, "Knapsack": 8}  # sizes of test_family.py


def draw(problem: str, n: int, seed: int, **arguments: Any) -> Instance:
    env: Any = gym.make(f"ige/{problem}-v0", n=n, **arguments).unwrapped
    env.reset(seed=seed)
    return env.instance


def enumerated(instance: Any) -> float:
    """The best objective of all orders of all subsets (with all ways by the depot)."""
    if isinstance(instance, Knapsack):
        sets = [c for k in range(1, instance.n + 1) for c in combinations(range(instance.n), k)]
        return max(instance.values[list(c)].sum() for c in sets if instance.weights[list(c)].sum() <= instance.capacity)
    most = instance.n if instance.problem in ("CVRP", "Orienteering") else instance.n - 1
    sizes = range(1, most + 1) if instance.problem == "Orienteering" else [most]
    found = []
    for order in (p for k in sizes for p in permutations(range(1, most + 1), k)):
        ways = [[2 * j + (bits >> i & 1) for i, j in enumerate(order)] for bits in range(2**most)]
        for actions in ways if isinstance(instance, CVRP) else [order]:
            try:
                found.append(instance.objective(actions))
            except ValueError:
                continue
    return min(found) if instance.minimise else max(found)


@pytest.mark.parametrize("problem", PROBLEMS)
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_exact_is_exact(problem: str, seed: int) -> None:
    instance = draw(problem, SMALL[problem], seed)
    assert exact.optimum(instance) == pytest.approx(enumerated(instance), abs=1e-9)


@pytest.mark.parametrize("problem", PROBLEMS)
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_heuristics_are_feasible_and_searching_helps(problem: str, seed: int) -> None:
    instance = draw(problem, 11, seed)
    best = exact.optimum(instance)
    sign = 1 if instance.minimise else -1
    for baseline in BASELINES[problem].values():
        built = baseline(instance)
        once = improve(instance, built)
        found = [instance.objective(a) for a in (built, once, local_search(instance, 50))]
        assert sign * found[0] >= sign * found[1] - 1e-12
        assert all(sign * value >= sign * best - 1e-9 for value in found)
        assert found[2] == pytest.approx(best, rel=0.3)  # one prize of few may be much
        assert len(complete(instance, built)) >= len(built)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, distribution=st.sampled_from(["uniform", "correlated"]), n=st.integers(1, 60))
def test_the_knapsack_of_any_size(seed: int, distribution: str, n: int) -> None:
    """Against the linear relaxation, which is at most one item better."""
    values, weights = 1 - np.random.default_rng(seed).random((2, n))  # drawn here: an environment compiles for each n
    values = weights + 0.1 if distribution == "correlated" else values
    instance = Knapsack(values, weights, max(1.0, min(n / 4, 25)))
    order = np.argsort(-instance.values / instance.weights)
    room = np.clip(instance.capacity - np.r_[0, np.cumsum(instance.weights[order])[:-1]], 0, instance.weights[order])
    bound = (instance.values[order] * room / instance.weights[order]).sum()
    assert bound - instance.values.max() - 1e-9 <= exact.optimum(instance) <= bound + 1e-9


def test_what_is_minimised_is_what_the_file_counts() -> None:
    """On TSPLIB's sphere the shortest tour of plane coordinates need not be the shortest."""
    points = np.random.default_rng(10).uniform((40, -20), (70, 20), (9, 2)).round()
    globe, plane = TSP(points, "GEO"), TSP(points)
    best = ATSP(distance_matrix(points, "GEO"), symmetric=True)
    assert exact.optimum(globe) == exact.optimum(best) < 0.95 * globe.cost(exact.solve(plane))
    assert globe.cost(local_search(globe)) == exact.optimum(best)
    demands = np.r_[0, np.full(8, 2)]
    vehicles = CVRP(points, demands, 6, "GEO")
    assert exact.optimum(vehicles) < vehicles.cost(exact.solve(CVRP(points, demands, 6)))


def test_limits() -> None:
    points = np.random.default_rng(0).random((21, 2))
    with pytest.raises(ValueError, match="n: 21, expected at most 20 for an exact solution of TSP"):
        exact.solve(TSP(points))


def test_repeatable() -> None:
    instance = draw("CVRP", 20, 3)
    assert (local_search(instance, 100, 5) == local_search(instance, 100, 5)).all()
