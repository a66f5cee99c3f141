"""Every way to solve an instance, by name: the BQ policy, the experts, the simple constructions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.combinatorial import exact
from ...envs.combinatorial.heuristics import BASELINES
from ...envs.combinatorial.instance import Instance, require
from ..core import check_device
from .experts import EXPERTS, default_expert

BEAM, NEAREST = 16, 250  # the BQ policy's, as in its paper
WEIGHTS = Path(__file__).with_name("weights")


@dataclass(frozen=True, eq=False)
class Solved:
    """A solution of one instance.

    Attributes:
        solver: the solver's name.
        actions: int (decisions,).
        cost: by the conventions of the instance's file.
        gap: gap to the best known solution, None without one.
        seconds: time taken, without loading libraries.
    """

    solver: str
    actions: NDArray[np.integer]
    cost: float
    gap: float | None
    seconds: float


def names(problem: str) -> list[str]:
    """The solvers of a problem."""
    experts = [name for name, expert in EXPERTS.items() if problem in expert.problems]
    return ["bq", *experts, *BASELINES[problem]]


def _for_constraints(instance: Instance) -> str:
    """The first installed expert that supports an instance's constraints; `ValueError` if there is none."""
    for expert in EXPERTS.values():
        knows = instance.problem in expert.problems and set(instance.constraints) <= set(expert.constraints)
        if knows and expert.available and (expert.name != "exact" or instance.n <= exact.LIMITS[instance.problem]):
            return expert.name
    require("what is installed", instance)
    raise AssertionError("it has constraints")


def solve(
    instance: Instance,
    solver: str | None = None,
    weights: str | Path | None = None,
    seed: int = 0,
    device: str = "auto",
) -> Solved:
    """Solve an instance.

    Args:
        instance: an instance of any problem.
        solver: one of `names`; None is the BQ policy where there are weights, else the default expert.
        weights: a file of BQ policy weights; None uses those that are shipped.
        seed: the expert's seed.
        device: the BQ policy's device.

    Raises:
        ValueError: no such solver, or no such weights.
        ImportError: the expert's package is not installed.
    """
    check_device(device)
    problem = instance.problem
    shipped = WEIGHTS / f"{problem.lower()}.safetensors"
    if solver is None:
        solver = "bq" if weights or shipped.exists() else default_expert(problem, instance.n)
        if instance.constraints and not weights:
            solver = _for_constraints(instance)
    if solver not in names(problem):
        raise ValueError(f"solver: {solver!r}, expected one of {', '.join(map(repr, names(problem)))}")
    if solver == "bq":
        require("solver: 'bq'", instance)
        from .bq import BQPolicy

        path = Path(weights) if weights else shipped
        if not path.is_file():
            raise ValueError(f"weights: {str(path)!r} is no file, expected one that BQPolicy.save wrote for {problem}")
        policy = BQPolicy.load(path, device)
        if policy.config.problem != problem:
            raise ValueError(f"weights: {str(path)!r} solve {policy.config.problem}, expected {problem}")
        start = time.perf_counter()
        actions: Any = policy.predict([instance], BEAM, NEAREST).actions[0]
        actions = actions[actions >= 0]
    elif solver in EXPERTS:
        EXPERTS[solver].require(problem)
        start = time.perf_counter()
        actions = EXPERTS[solver].solve(instance, seed=seed)
    else:
        start = time.perf_counter()
        actions = BASELINES[problem][solver](instance)
    seconds = time.perf_counter() - start
    gap = None if instance.best_known is None else instance.gap(actions)
    return Solved(solver, actions, instance.cost(actions), gap, seconds)
