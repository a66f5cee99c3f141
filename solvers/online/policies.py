"""Every policy for online learning, by name, for the environment that it learns in."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.bandits.fairness import OneSidedFairness
from ...envs.bandits.group import GroupRegression
from ...envs.core.check import integer, number
from ..core.fused import Policy
from . import fair_exp2, fair_ftpl, groupwise

MOST = 2**31 - 1  # the largest count in compiled code
Made = tuple[Any, Any, Any]
"""A policy's module, its record and its settings."""


def _groupwise(core: Any, play: int, penalty: float) -> Made:
    settings = groupwise.Settings(play, number("penalty", penalty, 1e-12))
    return groupwise, groupwise.record(len(core.group_names), core.observation_space["x"].shape[0]), settings


def _adanormalhedge(core: Any, penalty: float = 1.0) -> Made:
    return _groupwise(core, groupwise.DRAW, penalty)


def _adanormalhedge_average(core: Any, penalty: float = 1.0) -> Made:
    return _groupwise(core, groupwise.AVERAGE, penalty)


def _ridge(core: Any, penalty: float = 1.0) -> Made:
    return _groupwise(core, groupwise.ALWAYS, penalty)


def _exp2(core: Any, cost: float = 20.0, eta: float | None = None, mix: float = 0.05, weighted: bool = True) -> Made:
    rules, individuals = core.linear_rules, core.action_space.shape[0]
    eta = 2 / math.sqrt(core.params.max_steps) if eta is None else number("eta", eta, 0)
    settings = fair_exp2.Settings(eta, number("mix", mix, 0, 1), number("cost", cost, 0), bool(weighted), rules)
    return fair_exp2, fair_exp2.record(len(rules), individuals), settings


def _exp2_unfair(core: Any, eta: float | None = None, mix: float = 0.05) -> Made:
    return _exp2(core, 0.0, eta, mix)


def _exp2_unweighted(core: Any, cost: float = 20.0, eta: float | None = None, mix: float = 0.05) -> Made:
    return _exp2(core, cost, eta, mix, weighted=False)


def _ftpl(
    core: Any,
    cost: float = 20.0,
    scale: float | None = None,
    mix: float = 0.05,
    calls: int = 100,
    cap: int = 100,
    points: int = 8,
) -> Made:
    rules, individuals = core.linear_rules, core.action_space.shape[0]
    points = integer("points", points, 1)
    settings = fair_ftpl.Settings(
        scale=math.sqrt(core.params.max_steps) / 3 if scale is None else number("scale", scale, 0),
        mix=number("mix", mix, 0, 1),
        cost=number("cost", cost, 0),
        calls=integer("calls", calls, 1, MOST),
        cap=integer("cap", cap, 1, MOST),
        rules=rules,
        separated=_separated(rules, points),
    )
    return fair_ftpl, fair_ftpl.record(len(rules), individuals, points), settings


def _separated(rules: NDArray[np.float64], points: int) -> NDArray[np.float64]:
    """Each rule's decisions on a separator set of random individuals, which distinguishes most rules."""
    d = rules.shape[1] - 1
    rng = np.random.default_rng(points)
    x = np.concatenate([rng.random((points, d - 1)), rng.integers(2, size=(points, 1))], 1)
    return (rules[:, :d] @ x.T + rules[:, d:] > 0).astype(np.float64)


REGRESSION: dict[str, Callable[..., Made]] = {
    "adanormalhedge": _adanormalhedge,
    "adanormalhedge-average": _adanormalhedge_average,
    "ridge": _ridge,
}
FAIRNESS: dict[str, Callable[..., Made]] = {
    "exp2": _exp2,
    "exp2-unfair": _exp2_unfair,
    "exp2-unweighted": _exp2_unweighted,
    "ftpl": _ftpl,
}
POLICIES: dict[type, dict[str, Callable[..., Made]]] = {GroupRegression: REGRESSION, OneSidedFairness: FAIRNESS}


def known(env: Any) -> dict[str, Callable[..., Made]]:
    """The policies for an environment or a vector of them; empty unless it is an online-learning environment."""
    core = env.unwrapped
    core = getattr(core, "single", core)
    return next((policies for kind, policies in POLICIES.items() if isinstance(core, kind)), {})


def make_policy(name: str, env: Any, seed: int = 0, **settings: Any) -> Policy:
    """A policy for an environment, or a vector of them.

    Args:
        name: one of those in `known(env)`; with full feedback exp2-unweighted is the full-information reference.
        seed: seed of the policy's own draws.
        settings: `penalty` (ridge penalty, for all of GroupRegression); `cost` (C of the Lagrangian loss), `eta`, `mix`
            (the probability of accepting everybody) and for ftpl `scale` (of the noise), `calls` (oracle calls per
            action), `cap` (on calls to resample) and `points` (of the separator set).

    Raises:
        ValueError: no such policy or setting for this environment.
    """
    policies = known(env)
    core = getattr(env.unwrapped, "single", env.unwrapped)
    if name not in policies:
        names = ", ".join(map(repr, policies)) or "none"
        raise ValueError(f"policy: {name!r}, expected one for {type(core).__name__}: {names}")
    makes = policies[name]
    takes = list(inspect.signature(makes).parameters)[1:]
    for setting in settings:
        if setting not in takes:
            raise ValueError(f"{setting}: {name} has no such setting, expected {', '.join(takes) or 'none'}")
    module, record, chosen = makes(core, **settings)
    return Policy(name, module, record, chosen, env, seed)
