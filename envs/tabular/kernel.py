"""Tabular MDPs, compiled: the record holds a state, a step, and the tables."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import copy, inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import gamma, uniform

RANDOM, CHAIN, RIVERSWIM = range(3)


class Params(NamedTuple):
    max_steps: int
    horizon: int
    kind: int
    concentration: float
    pool: NDArray[Any]


class StepParams(NamedTuple):
    horizon: int


@inner
def step_params(params):
    return StepParams(params.horizon)


def instance(count: int, states: int, actions: int) -> np.dtype:
    """`count` is 1, or the horizon if every step has its own table."""
    return record_dtype(tables(count, states, actions))


def record(count: int, states: int, actions: int) -> np.dtype:
    return state_dtype([*tables(count, states, actions), ("state", np.int64)])


def tables(count: int, states: int, actions: int) -> list[tuple]:
    return [
        ("transitions", np.float64, (count, states, actions, states)),
        ("rewards", np.float64, (count, states, actions)),
        ("initial", np.float64, (states,)),
    ]


OBSERVATION = record_dtype([("state", np.int64), ("step", np.int64)])


@inner
def pick(rng, chances):
    """An index drawn with these probabilities."""
    left, last = uniform(rng), 0
    for k in range(chances.shape[0]):
        if chances[k] > 0.0:
            last = k
            left -= chances[k]
            if left < 0.0:
                break
    return last


@inner
def draw(rng, transitions, rewards, initial, kind, concentration):
    """Fill the tables: random ones from `rng`, or a chain or RiverSwim as in their papers."""
    tables, states, actions = rewards.shape
    for state in range(states):
        initial[state] = 1.0 if state == 0 else 0.0
    for table in range(tables):
        for state in range(states):
            for action in range(actions):
                chances = transitions[table, state, action]
                rewards[table, state, action] = 0.0
                if kind == RANDOM:
                    total = 0.0
                    for other in range(states):
                        chances[other] = gamma(rng, concentration)
                        total += chances[other]
                    for other in range(states):  # a tiny concentration may give nothing but zeros
                        chances[other] = chances[other] / total if total > 0.0 else 1.0 / states
                    root = uniform(rng)
                    rewards[table, state, action] = root * root
                    continue
                for other in range(states):
                    chances[other] = 0.0
                ahead, back = min(state + 1, states - 1), max(state - 1, 0)
                if kind == CHAIN:  # one action in five slips and does what the other does
                    onward = 0.8 if action == 0 else 0.2
                    chances[ahead] += onward
                    chances[0] += 1.0 - onward
                    if state == states - 1 and action == 0:
                        rewards[table, state, action] = 1.0
                    elif action == 1:
                        rewards[table, state, action] = 0.2
                elif action == 0:
                    chances[back] = 1.0
                    rewards[table, state, action] = 0.005 if state == 0 else 0.0
                else:
                    if state == 0:
                        chances[0], chances[ahead] = 0.4, 0.6
                    elif state == states - 1:
                        chances[back], chances[state] = 0.4, 0.6
                        rewards[table, state, action] = 1.0
                    else:
                        chances[back], chances[state], chances[ahead] = 0.05, 0.6, 0.35


@inner
def take(state, params):
    """Copy an instance of the pool into the record and return its index; -1 if the pool is empty."""
    if params.pool.shape[0] == 0:
        return -1
    place = np.int64(uniform(state.rng) * params.pool.shape[0])
    chosen = params.pool[place]
    copy(state.transitions, chosen.transitions)
    copy(state.rewards, chosen.rewards)
    copy(state.initial, chosen.initial)
    return place


@inner
def reset(state, params):
    if take(state, params) < 0:
        draw(state.rng, state.transitions, state.rewards, state.initial, params.kind, params.concentration)
    state.state = pick(state.rng, state.initial)


@inner
def step(state, params, action):
    table = state.t - 1 if state.rewards.shape[0] > 1 else 0
    reward = state.rewards[table, state.state, action]
    state.state = pick(state.rng, state.transitions[table, state.state, action])
    return reward, state.t >= params.horizon


@inner
def observe(state, params, out):
    out.state = state.state
    out.step = state.t
