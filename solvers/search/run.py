"""Searches, as `ige solve` runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym

from ...envs.core.text import has_text, text_interface
from ...wrappers import Budget
from ..core.outcome import Outcome
from ..core.solution import Solution
from ..foundation import FoundationModel, make_model
from ..registry import loaded, models
from . import WITH_MODEL, make_solver

STEPS = 700  # the default budget


@dataclass(frozen=True)
class Found(Outcome):
    """A solution, with a description of each step."""

    solution: Solution
    lines: tuple[str, ...]

    @property
    def solved(self) -> bool:
        return self.solution.solved

    def as_dict(self) -> dict[str, Any]:
        return self.solution.as_dict()

    def __str__(self) -> str:
        spent, solution = self.solution.spent, self.solution
        last = (
            f"{solution.status}: {spent.env_steps} steps, {spent.returns} returns, {spent.model_calls} model calls, "
            f"{solution.archived} states kept"
        )
        return "\n".join([*self.lines, last])


def solve(
    env: gym.Env[Any, Any],
    solver: str | None = None,
    seed: int = 0,
    model: str | None = None,
    instance: Any = None,
    budget: int | None = None,
    device: str = "auto",
) -> Found:
    """Search the episode of `seed`.

    Args:
        env: an environment with snapshots.
        solver: a solver name of `ige.solvers.search`; None is "go-explore".
        seed: seed of the episode, the search and the model.
        model: the spec of a foundation model; None is the environment's default.
        instance: as in `options["instance"]` of `reset`; None draws one.
        budget: environment steps; None is 700.
        device: the model's device.
    """
    solver = solver or "go-explore"
    options = None if instance is None else {"instance": instance}
    env.reset(seed=seed, options=options)  # a bad instance is reported before a model is trained for it
    chosen = model_for(env, model, seed, device) if solver in WITH_MODEL else None
    found = make_solver(solver, chosen).solve(env, seed=seed, options=options, budget=Budget(env_steps=budget or STEPS))
    env.reset(seed=seed, options=options)
    return Found(found, tuple(_steps(env, found.actions)))


def model_for(env: gym.Env[Any, Any], spec: str | None, seed: int, device: str) -> FoundationModel:
    """The foundation model of a spec; a `ValueError` lists those for the environment."""
    known = models(env.spec.id if env.spec else "")
    spec = known[0].name if spec is None else spec
    for model in known:
        if model.name == spec and model.entry_point:
            made: FoundationModel = loaded(model.entry_point)(spec, env, seed, device)
            return made
    try:
        return make_model(spec, seed)
    except ValueError:
        names = ", ".join(model.name for model in known)
        raise ValueError(f"model: found {spec!r}, expected one of {names}") from None


def _steps(env: gym.Env[Any, Any], actions: tuple[Any, ...]) -> list[str]:
    """The start of the episode, then the actions in words, one line each."""
    if not has_text(env):
        return [f"  {action}" for action in actions]
    words = text_interface(env)
    lines = words.describe().splitlines()[:1]
    for action in actions:
        after = words.preview_text(action)
        lines.append(f"  {words.action_text(action)}" + (f"  (left: {after})" if after else ""))
        env.step(action)
    return lines
