"""Every context-free bandit policy by name, with the settings that its source recommends."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

from ...envs.core.check import integer, number
from ..core.fused import Policy
from . import elimination, epsilon_greedy, exp3, explore_then_commit, thompson, ucb

MOST = 2**31 - 1  # the largest count: products and sums of such numbers fit into compiled code's integers
Made = tuple[Any, Any]
"""A policy's module and its settings."""


class _Arms:
    """What a policy may know about an environment: the number of arms, horizon, noise, and a bound on its memory."""

    def __init__(self, env: Any) -> None:
        core = env.unwrapped.single if hasattr(env.unwrapped, "single") else env.unwrapped
        if not hasattr(core, "arms"):
            raise ValueError(f"env: {type(core).__name__} has no arms, expected a bandit such as ige/TallyingBandit-v0")
        self.count: int = core.arms
        self.horizon: int = core.params.max_steps
        self.memory: int = core.memory
        self.bernoulli: bool = core.bernoulli
        self.variance: float = 0.25 if self.bernoulli else core.params.deviation**2  # a proxy for bounded noise


def _ucb1(arms: _Arms, scale: float = 2.0) -> Made:
    return ucb, ucb.Settings(number("scale", scale, 0), False)


def _tuned_ucb1(arms: _Arms) -> Made:
    return _ucb1(arms, 8 * arms.variance)  # 2 where only the noise's bounds are known


def _kl_ucb(arms: _Arms) -> Made:
    return ucb, ucb.Settings(0.0, True)


def _thompson(arms: _Arms) -> Made:
    return thompson, thompson.Settings(0.0 if arms.bernoulli else max(1e-9, math.sqrt(arms.variance)))


def _epsilon_greedy(arms: _Arms, epsilon: float = 0.05, falling: float = 0.0) -> Made:
    return epsilon_greedy, epsilon_greedy.Settings(number("epsilon", epsilon, 0, 1), number("falling", falling, 0))


def _exp3(arms: _Arms, batch: int = 1) -> Made:
    batch = integer("batch", batch, 1, MOST)
    rounds = arms.horizon / batch
    return exp3, exp3.Settings(math.sqrt(2 * math.log(arms.count) / (rounds * arms.count)), batch)


def _batched_exp3(arms: _Arms) -> Made:
    return _exp3(arms, math.ceil(arms.horizon ** (1 / 3)))


def _explore_then_commit(arms: _Arms, pulls: int | None = None) -> Made:
    pulls = math.ceil(arms.horizon ** (2 / 3) / arms.count) if pulls is None else integer("pulls", pulls, 1, MOST)
    return explore_then_commit, explore_then_commit.Settings(pulls)


def _elimination(arms: _Arms, bound: int | None = None, drop: bool = True) -> Made:
    memory = arms.memory if bound is None else integer("bound", bound, arms.memory, MOST)
    return elimination, elimination.Settings(memory, arms.variance, arms.horizon, drop)


def _elimination_without_dropping(arms: _Arms, bound: int | None = None) -> Made:
    return _elimination(arms, bound, drop=False)


POLICIES: dict[str, Callable[..., Made]] = {
    "ucb1": _ucb1,
    "tuned-ucb1": _tuned_ucb1,
    "kl-ucb": _kl_ucb,
    "thompson": _thompson,
    "epsilon-greedy": _epsilon_greedy,
    "exp3": _exp3,
    "batched-exp3": _batched_exp3,
    "explore-then-commit": _explore_then_commit,
    "elimination": _elimination,
    "elimination-without-dropping": _elimination_without_dropping,
}


def make_policy(name: str, env: Any, seed: int = 0, **settings: Any) -> Policy:
    """A policy for an environment of arms, or a vector of them.

    Args:
        name: one of `POLICIES`.
        env: gives the number of arms, the horizon, the noise and, for elimination, the memory.
        seed: seed of the policy's own draws.
        settings: `scale` (ucb1), `epsilon`, `falling` (epsilon-greedy), `batch` (exp3), `pulls` (explore-then-commit),
            `bound` (elimination: M, a known upper bound on the memory).

    Raises:
        ValueError: no such policy or setting, or the environment has no arms.
    """
    if name not in POLICIES:
        raise ValueError(f"policy: {name!r}, expected one of {', '.join(map(repr, POLICIES))}")
    known = list(inspect.signature(POLICIES[name]).parameters)[1:]
    for setting in settings:
        if setting not in known:
            raise ValueError(f"{setting}: {name} has no such setting, expected {', '.join(known) or 'none'}")
    arms = _Arms(env)
    module, chosen = POLICIES[name](arms, **settings)
    return Policy(name, module, module.record(arms.count), chosen, env, seed)
