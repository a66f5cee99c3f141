"""The weights that are shipped: small, said what they are, and better than a simple construction."""

from __future__ import annotations

import numpy as np
import pytest

from ige.envs.combinatorial.heuristics import BASELINES
from ige.solvers.core import one_thread
from ige.solvers.nco import draw, solve
from ige.solvers.nco.bq import BQPolicy
from ige.solvers.nco.solvers import WEIGHTS


@pytest.mark.parametrize("problem", ["TSP", "ATSP", "CVRP", "Orienteering", "Knapsack"])
def test_they_solve_what_they_learnt_from_better_than_simple_constructions(problem: str) -> None:
    path = WEIGHTS / f"{problem.lower()}.safetensors"
    assert path.stat().st_size < 1_000_000
    policy = BQPolicy.load(path, "cpu")
    assert policy.config.problem == problem
    assert policy.notes["n"] == 20
    instances = draw(problem, 20, 64, seed=77)
    with one_thread():
        ours = policy.predict(instances, beam=16).objective
        first = solve(instances[0])
    assert first.solver == "bq"
    assert first.cost == pytest.approx(ours[0], rel=1e-5)
    sign = 1 if instances[0].minimise else -1
    simple = [np.array([i.objective(build(i)) for i in instances]) for build in BASELINES[problem].values()]
    assert all((sign * ours).mean() < (sign * values).mean() for values in simple)
