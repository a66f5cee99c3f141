"""Every policy for online learning, by name, for the environment that it learns in."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ...envs.bandits.group import GroupRegression
from ...envs.core.check import number
from ..core.fused import Policy
from . import groupwise

Made = tuple[Any, Any, Any]
"""A policy's module, its record and its settings."""


def _groupwise(face: Any, play: int, penalty: float) -> Made:
    settings = groupwise.Settings(play, number("penalty", penalty, 1e-12))
    return groupwise, groupwise.record(len(face.group_names), face.observation_space["x"].shape[0]), settings


def _adanormalhedge(face: Any, penalty: float = 1.0) -> Made:
    return _groupwise(face, groupwise.DRAW, penalty)


def _adanormalhedge_average(face: Any, penalty: float = 1.0) -> Made:
    return _groupwise(face, groupwise.AVERAGE, penalty)


def _ridge(face: Any, penalty: float = 1.0) -> Made:
    return _groupwise(face, groupwise.ALWAYS, penalty)


REGRESSION: dict[str, Callable[..., Made]] = {
    "adanormalhedge": _adanormalhedge,
    "adanormalhedge-average": _adanormalhedge_average,
    "ridge": _ridge,
}
POLICIES: dict[type, dict[str, Callable[..., Made]]] = {GroupRegression: REGRESSION}


def known(env: Any) -> dict[str, Callable[..., Made]]:
    """The policies for an environment or a vector of them; none for one that is not of online learning."""
    face = env.unwrapped
    face = getattr(face, "single", face)
    return next((policies for kind, policies in POLICIES.items() if isinstance(face, kind)), {})


def make_policy(name: str, env: Any, seed: int = 0, **settings: Any) -> Policy:
    """A policy for an environment, or a vector of them.

    Args:
        name: one of those in `known(env)`.
        seed: of the policy's own draws.
        settings: `penalty` (all of GroupRegression: of the ridge).

    Raises:
        ValueError: no such policy or setting for this environment.
    """
    policies = known(env)
    face = getattr(env.unwrapped, "single", env.unwrapped)
    if name not in policies:
        names = ", ".join(map(repr, policies)) or "none"
        raise ValueError(f"policy: {name!r}, expected one for {type(face).__name__}: {names}")
    makes = policies[name]
    takes = list(inspect.signature(makes).parameters)[1:]
    for setting in settings:
        if setting not in takes:
            raise ValueError(f"{setting}: {name} has no such setting, expected {', '.join(takes) or 'none'}")
    module, record, chosen = makes(face, **settings)
    return Policy(name, module, record, chosen, env, seed)
