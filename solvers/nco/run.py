"""Solving one instance of a combinatorial problem for `ige solve`: from a file, or drawn by the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gymnasium as gym

from ...envs.combinatorial.files import read_one
from ...envs.combinatorial.instance import ATSP, Instance
from ...envs.combinatorial.picture import check_suffix, save
from ..core.outcome import Outcome
from .solvers import Solved
from .solvers import solve as solve_instance


@dataclass(frozen=True, eq=False)
class Found(Outcome):
    """A solution of an instance."""

    instance: Instance
    solution: Solved

    def as_dict(self) -> dict[str, Any]:
        found = self.solution
        return {
            "solver": found.solver, "cost": found.cost, "best_known": self.instance.best_known, "gap": found.gap,
            "seconds": found.seconds, "actions": found.actions.tolist(),
        }  # fmt: skip

    def __str__(self) -> str:
        instance, found = self.instance, self.solution
        known = "" if found.gap is None else f", best known {instance.best_known:g}: gap {100 * found.gap:.2f} %"
        what = "length" if instance.minimise else "worth"
        name = f"{instance.name or instance.problem}, n={instance.n}"
        return f"{name}: {what} {found.cost:.10g}{known}\n{found.solver}: {found.seconds:.3f} s"


def solve(
    env: gym.Env[Any, Any],
    solver: str | None = None,
    seed: int = 0,
    file: Path | None = None,
    plot: Path | None = None,
    weights: Path | None = None,
    device: str = "auto",
) -> Found:
    """Solve an instance.

    Args:
        env: an environment of the problem.
        solver: a name of `ige.solvers.nco.solvers.names`; None chooses.
        seed: seed of the drawn instance and of the solver.
        file: an instance of TSPLIB or CVRPLIB, .json or .npz; None draws one.
        plot: file for a picture of the solution (.png) or of its construction (.gif).
        weights: weights of the BQ policy, instead of those that are shipped.
        device: the BQ policy's device.
    """
    core: Any = env.unwrapped
    if plot is not None:
        check_suffix(plot)
    if file is not None:
        instance: Any = read_one(file)
        by_matrix = core.problem.problem == "TSP" and isinstance(instance, ATSP) and instance.symmetric
        if not isinstance(instance, core.problem) and not by_matrix:
            raise ValueError(f"file: {file} is an instance of {instance.problem}, expected {core.problem.problem}")
    else:
        env.reset(seed=seed)
        instance = core.instance
    found = solve_instance(instance, solver, weights, seed, device)
    if plot is not None:
        save(plot, instance, found.actions, f"{instance.name} {found.solver}".strip())
    return Found(instance, found)
