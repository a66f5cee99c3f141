"""Exact answers about an MDP: values of policies, the best policy, and how often states are visited."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.check import integer
from ..core.compile import compiled
from . import dynamic
from .policy import checked_policy


def _plan(transitions, rewards, horizon):
    _, states, actions = rewards.shape
    q, values = np.empty((horizon, states, actions)), np.empty((horizon + 1, states))
    dynamic.plan(transitions, rewards, q, values)
    return q, values


def _evaluate(transitions, rewards, policy):
    values = np.empty((policy.shape[0] + 1, policy.shape[1]))
    dynamic.evaluate(transitions, rewards, policy, values)
    return values


def _occupancy(transitions, initial, policy):
    horizon, states, actions = policy.shape
    visits = np.zeros((horizon + 1, states))
    visits[0] = initial
    for step in range(horizon):
        table = step if transitions.shape[0] > 1 else 0
        for state in range(states):
            for action in range(actions):
                chance = visits[step, state] * policy[step, state, action]
                if chance > 0.0:
                    visits[step + 1] += chance * transitions[table, state, action]
    return visits


_plan, _evaluate, _occupancy = compiled(_plan), compiled(_evaluate), compiled(_occupancy)


def action_values(mdp: Any, horizon: int) -> Any:
    """The best action values, float64 (H, S, A)."""
    return _planned(mdp, horizon)[0]


def optimal_value(mdp: Any, horizon: int) -> float:
    """The value of the best policy from the start."""
    return float(mdp.initial @ _planned(mdp, horizon)[1][0])


def optimal_policy(mdp: Any, horizon: int) -> Any:
    """A best policy, float64 (H, S, A) of zeros and ones; ties go to the first action."""
    q = action_values(mdp, horizon)
    return np.eye(q.shape[2])[q.argmax(2)]


def values(mdp: Any, policy: Any) -> Any:
    """The values of a policy (H, S, A), float64 (H + 1, S)."""
    return _evaluate(mdp.transitions, mdp.rewards, _fitting(mdp, policy))


def value(mdp: Any, policy: Any) -> float:
    """The value of a policy from the start."""
    return float(mdp.initial @ values(mdp, policy)[0])


def occupancy(mdp: Any, policy: Any) -> Any:
    """The probability of each state at each step under a policy, float64 (H + 1, S)."""
    return _occupancy(mdp.transitions, mdp.initial, _fitting(mdp, policy))


def _planned(mdp: Any, horizon: int) -> Any:
    tables = mdp.sizes[0]
    return _plan(mdp.transitions, mdp.rewards, integer("horizon", horizon, 1, tables if tables > 1 else None))


def _fitting(mdp: Any, policy: Any) -> Any:
    """A policy over the MDP's states and actions; if the MDP has several tables, it has at most as many steps."""
    tables, states, actions = mdp.sizes
    given = checked_policy("policy", policy, (None, states, actions))
    if 1 < tables < len(given):
        raise ValueError(f"policy: {len(given)} steps, expected at most {tables}, as the MDP has tables")
    return given
