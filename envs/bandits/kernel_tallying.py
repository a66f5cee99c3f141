"""Tallying bandits, compiled: an arm's cost depends on how often it was pulled recently."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import normal, uniform

PRACTICE, CONSTANT, RANDOM = range(3)
GAUSSIAN, BERNOULLI = range(2)
NOBODY = -1  # entry of the memory before it is full


class Params(NamedTuple):
    """`weights` of the last pulls, newest first, add up to `weight`; `even`: all are 1, so tallies are counts."""

    max_steps: int
    arms: int
    noise: int
    deviation: float
    drift: float
    even: bool
    weight: float
    weights: NDArray[np.float64]
    pool: NDArray[Any]


class StepParams(NamedTuple):
    """The parameters of `Params` that a step needs; each further array would cost time."""

    noise: int
    deviation: float
    drift: float
    even: bool
    weight: float
    weights: NDArray[np.float64]


@inner
def step_params(params):
    return StepParams(params.noise, params.deviation, params.drift, params.even, params.weight, params.weights)


def instance(arms: int, knots: int) -> np.dtype:
    return record_dtype([("losses", np.float64, (arms, knots))])


def record(arms: int, knots: int, memory: int) -> np.dtype:
    """`recent` is a ring buffer whose newest entry is at `newest`; `now` holds the losses after drift.

    The ring has room for more than `memory` pulls, so that most memory lengths share the same compiled code.
    """
    room = 16
    while room < memory:
        room *= 8
    return state_dtype(
        [
            ("losses", np.float64, (arms, knots)),
            ("start", np.uint64, (4,)),
            ("now", np.float64, (arms, knots)),
            ("recent", np.int32, (room,)),
            ("newest", np.int64),
            ("tallies", np.float64, (arms,)),
            ("pulls", np.int64, (arms,)),
            ("paid", np.float64, (arms,)),
            ("last", np.int64),
            ("cost", np.float64),
            ("oracle_loss", np.float64),
            ("oracle_best", np.float64),
        ]
    )


def observation(name: str, arms: int, memory: int) -> np.dtype:
    """A record of one field, so that parts that are not shown take no room."""
    fields = {
        "blind": ("blind", np.int64),
        "tally": ("tally", np.float32, (arms,)),
        "history": ("history", np.int32, (memory,)),
    }
    return record_dtype([fields[name]])


@inner
def draw_arms(rng, losses, kind):
    """Draw losses at evenly spaced exposures; the practice arm is the most expensive first and the cheapest last."""
    arms, knots = losses.shape
    best = np.int64(uniform(rng) * arms)
    for arm in range(arms):
        # Every kind of arm takes the same draws.
        first, last, kindly = uniform(rng), uniform(rng), uniform(rng) < 0.5
        if kind == CONSTANT:
            first = last
        elif kind == PRACTICE:
            if arm == best:
                first, last = 0.9, 0.2
            elif kindly:  # gets cheaper with practice too, but never as cheap
                first, last = 0.6 + 0.3 * first, 0.35 + 0.25 * last
            else:  # gets more expensive with use
                first, last = 0.3 + 0.1 * first, 0.5 + 0.4 * last
        for knot in range(knots):
            if kind == RANDOM:
                losses[arm, knot] = uniform(rng)
            else:
                share = knot / (knots - 1) if knots > 1 else 1.0
                losses[arm, knot] = first + share * (last - first)


@inner
def loss_at(losses, arm, exposure):
    """The loss of an arm at an exposure from 0 to 1, by linear interpolation between the knots."""
    place = exposure * (losses.shape[1] - 1)
    knot = min(np.int64(place), losses.shape[1] - 2)
    if knot < 0:
        return losses[arm, 0]
    share = place - knot
    return (1.0 - share) * losses[arm, knot] + share * losses[arm, knot + 1]


@inner
def least(losses, exposure):
    """The least loss of any arm at any exposure from `exposure` on: no sequence of pulls costs less in a round."""
    best = np.inf
    arms, knots = losses.shape
    for arm in range(arms):
        best = min(best, loss_at(losses, arm, exposure))
        for knot in range(knots):
            if knot >= exposure * (knots - 1):
                best = min(best, losses[arm, knot])
    return best


@inner
def drift(rng, now, deviation):
    """Move the losses of each arm by one normal step, reflected where they leave [0, 1]."""
    for arm in range(now.shape[0]):
        move = deviation * normal(rng)
        for knot in range(now.shape[1]):
            moved = (now[arm, knot] + move) % 2.0
            now[arm, knot] = 2.0 - moved if moved > 1.0 else moved


@inner
def reset(state, params):
    if params.pool.shape[0] > 0:
        chosen = params.pool[np.int64(uniform(state.rng) * params.pool.shape[0])].losses
        for arm in range(chosen.shape[0]):
            for knot in range(chosen.shape[1]):
                state.losses[arm, knot] = chosen[arm, knot]
    else:
        draw_arms(state.rng, state.losses, params.arms)
    for word in range(4):
        state.start[word] = state.rng[word]
    for arm in range(state.losses.shape[0]):
        for knot in range(state.losses.shape[1]):
            state.now[arm, knot] = state.losses[arm, knot]
        state.tallies[arm] = 0.0
        state.pulls[arm] = 0
        state.paid[arm] = 0.0
    for place in range(state.recent.shape[0]):
        state.recent[place] = NOBODY
    state.newest = 0
    state.last = NOBODY
    state.cost = 0.0
    state.oracle_loss = 0.0
    state.oracle_best = least(state.now, params.weights[0] / params.weight)


@inner
def tally(state, params, arm):
    """The share of the memory's weight that belongs to an arm; older pulls weigh less."""
    memory = params.weights.shape[0]
    total, place = 0.0, state.newest
    for age in range(memory):
        if state.recent[place] == arm:
            total += params.weights[age]
        place = place - 1 if place > 0 else memory - 1
    return total


@inner
def step(state, params, action):
    state.newest = state.newest + 1 if state.newest < params.weights.shape[0] - 1 else 0
    forgotten = state.recent[state.newest]
    state.recent[state.newest] = action
    if params.even:
        if forgotten >= 0:
            state.tallies[forgotten] -= 1.0
        state.tallies[action] += 1.0
        exposure = state.tallies[action] / params.weight
    else:
        exposure = tally(state, params, action) / params.weight
    state.oracle_loss = loss_at(state.now, action, exposure)
    if params.noise == BERNOULLI:
        state.cost = 1.0 if uniform(state.rng) < state.oracle_loss else 0.0
    else:
        state.cost = state.oracle_loss + params.deviation * normal(state.rng)
    state.pulls[action] += 1
    state.paid[action] += state.cost
    state.last = action
    if params.drift > 0.0:  # `oracle_best` belongs to the round that was just played
        state.oracle_best = least(state.now, params.weights[0] / params.weight)
        drift(state.rng, state.now, params.drift)
    return -state.cost, False


@inner
def observe(state, params, out):
    out.blind = 0


@inner
def observe_tally(state, params, out):
    for arm in range(out.tally.shape[0]):
        tallied = state.tallies[arm] if params.even else tally(state, params, arm)
        out.tally[arm] = tallied / params.weight


@inner
def observe_history(state, params, out):
    memory, place = out.history.shape[0], state.newest
    for age in range(memory):
        out.history[age] = state.recent[place]
        place = place - 1 if place > 0 else memory - 1


@inner
def least_of_all(losses, start, params, rounds):
    """The sum over the rounds of `least`, with the losses drifting as they did in the episode."""
    if params.drift == 0.0:
        return rounds * least(losses, params.weights[0] / params.weight)
    rng, now = start.copy(), losses.copy()
    total = 0.0
    for _ in range(rounds):
        total += least(now, params.weights[0] / params.weight)
        if params.noise == BERNOULLI:
            uniform(rng)
        else:
            normal(rng)
        drift(rng, now, params.drift)
    return total
