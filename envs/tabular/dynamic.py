"""Finite-horizon dynamic programming, compiled: values of given and best policies, written into given arrays.

Transitions (L, S, A, S) and rewards (L, S, A) have L = 1 where all steps share them, else one for each step. Values
have shape (H + 1, S), with last row 0; policies and action values have shape (H, S, A).
"""

from __future__ import annotations

from ..core.inner import inner


@inner
def backup(transitions, rewards, step, state, action, after):
    """The value of an action at a step: its reward plus the expectation of `after`, the values of the next step."""
    place = step if transitions.shape[0] > 1 else 0
    total = rewards[place, state, action]
    chances = transitions[place, state, action]
    for other in range(chances.shape[0]):
        total += chances[other] * after[other]
    return total


@inner
def plan(transitions, rewards, q, values):
    """The action values and values of the best policy, by backward induction."""
    horizon, states, actions = q.shape
    for state in range(states):
        values[horizon, state] = 0.0
    for back in range(horizon):
        step = horizon - 1 - back
        for state in range(states):
            best = -1.0
            for action in range(actions):
                q[step, state, action] = backup(transitions, rewards, step, state, action, values[step + 1])
                best = max(best, q[step, state, action])
            values[step, state] = best


@inner
def evaluate(transitions, rewards, policy, values):
    """The values of a policy, which may be stochastic."""
    horizon, states, actions = policy.shape
    for state in range(states):
        values[horizon, state] = 0.0
    for back in range(horizon):
        step = horizon - 1 - back
        for state in range(states):
            total = 0.0
            for action in range(actions):
                if policy[step, state, action] > 0.0:
                    chance = policy[step, state, action]
                    total += chance * backup(transitions, rewards, step, state, action, values[step + 1])
            values[step, state] = total


@inner
def expected(chances, values):
    """The mean of values under a distribution over states."""
    total = 0.0
    for state in range(chances.shape[0]):
        total += chances[state] * values[state]
    return total
