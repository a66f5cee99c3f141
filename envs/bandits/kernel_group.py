"""Regression for intersecting groups, compiled: a stream of features, groups and labels, generated or from a table."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import bits, normal, randint, uniform

MEAN, MINIMUM, MAXIMUM, PERMUTATION = range(4)
SPREAD = 4.5  # the range for scaling covers this many standard deviations of a group's labels


class Params(NamedTuple):
    """One group of each partition holds in a round: the groups `ends[k]` to `ends[k + 1]` are the k-th partition.

    `chances` are their probabilities, cumulative within each partition. If the table has rows, they are the stream.
    """

    max_steps: int
    rule: int
    noise: float
    drift: float
    ends: NDArray[np.int64]
    chances: NDArray[np.float64]
    table_x: NDArray[np.float64]
    table_groups: NDArray[np.int8]
    table_y: NDArray[np.float64]
    pool: NDArray[Any]


class StepParams(NamedTuple):
    """The parameters of `Params` that a round needs."""

    rule: int
    noise: float
    drift: float
    ends: NDArray[np.int64]
    chances: NDArray[np.float64]
    table_x: NDArray[np.float64]
    table_groups: NDArray[np.int8]
    table_y: NDArray[np.float64]


@inner
def step_params(params):
    return StepParams(
        params.rule,
        params.noise,
        params.drift,
        params.ends,
        params.chances,
        params.table_x,
        params.table_groups,
        params.table_y,
    )


def instance(groups: int, d: int) -> np.dtype:
    return record_dtype(
        [
            ("weights", np.float64, (groups, d)),
            ("order", np.int64, (groups,)),
            ("low", np.float64),
            ("high", np.float64),
        ]
    )


def record(groups: int, d: int) -> np.dtype:
    """`groups` excludes the one that always holds; `now`: drifted weights; `place`: position in a table's order."""
    return state_dtype(
        [
            ("weights", np.float64, (groups, d)),
            ("order", np.int64, (groups,)),
            ("low", np.float64),
            ("high", np.float64),
            ("start", np.uint64, (4,)),
            ("now", np.float64, (groups, d)),
            ("place", np.int64),
            ("x", np.float64, (d + groups,)),
            ("groups", np.int8, (groups + 1,)),
            ("previous", np.float64),
            ("oracle_label", np.float64),
            ("oracle_loss", np.float64),
        ]
    )


def observation(groups: int, d: int) -> np.dtype:
    return record_dtype(
        [("x", np.float64, (d + groups,)), ("groups", np.int8, (groups + 1,)), ("prev_y", np.float64, (1,))]
    )


@inner
def draw_instance(state, noise):
    """Draw weights uniform in [0, 1], a random order of groups, and the range of nearly all labels of any group."""
    groups, d = state.weights.shape
    state.low, state.high = np.inf, -np.inf
    for group in range(groups):
        total, squares = 0.0, 0.0
        for f in range(d):
            weight = uniform(state.rng)
            state.weights[group, f] = weight
            total += weight
            squares += weight * weight
        deviation = math.sqrt(squares / 12.0 + noise * noise)
        state.low = min(state.low, total / 2.0 - SPREAD * deviation)
        state.high = max(state.high, total / 2.0 + SPREAD * deviation)
    for group in range(groups):  # each group is inserted before a random one of those already there
        place = randint(state.rng, group + 1)
        state.order[group] = state.order[place]
        state.order[place] = group


@inner
def copy_instance(state, chosen):
    groups, d = state.weights.shape
    for group in range(groups):
        state.order[group] = chosen.order[group]
        for f in range(d):
            state.weights[group, f] = chosen.weights[group, f]
    state.low, state.high = chosen.low, chosen.high


@inner
def shuffled(keys, place, n):
    """The position of row `place` of n in an order that the keys determine: a Feistel network on just enough bits.

    It permutes 4^half numbers; a result that is no row is permuted again until it is one.
    """
    half = np.uint64(1)
    while (np.int64(1) << np.int64(half + half)) < n:
        half += np.uint64(1)
    low = (np.uint64(1) << half) - np.uint64(1)
    left, right = np.uint64(place) >> half, np.uint64(place) & low
    while True:
        for turn in range(6):
            z = (right + np.uint64(turn) * np.uint64(0x9E3779B97F4A7C15)) ^ keys[turn % 4]
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            left, right = right, left ^ ((z ^ (z >> np.uint64(31))) & low)
        found = np.int64((left << half) | right)
        if found < n:
            return found


@inner
def combined(state, params):
    """The label: the groups that hold each give a noisy label; these are combined, then scaled."""
    groups, d = state.now.shape
    label, place, count = 0.0, groups, 0
    for group in range(groups):
        if state.groups[group] == 0:
            continue
        own = params.noise * normal(state.rng)
        for f in range(d):
            own += state.now[group, f] * state.x[f]
        count += 1
        if params.rule == MEAN:
            label += (own - label) / count
        elif params.rule == MINIMUM:
            label = own if count == 1 else min(label, own)
        elif params.rule == MAXIMUM:
            label = own if count == 1 else max(label, own)
        elif state.order[group] < place:
            label, place = own, state.order[group]
    return min(max((label - state.low) / (state.high - state.low), 0.0), 1.0)


@inner
def draw_round(state, params):
    """Draw the next features, groups and label, independently of predictions; from a table, row `state.t`."""
    groups, d = state.now.shape
    if params.table_y.shape[0] > 0:
        state.place = state.t % params.table_y.shape[0]
        row = shuffled(state.start, state.place, params.table_y.shape[0])
        for f in range(d):
            state.x[f] = params.table_x[row, f]
        for group in range(groups):
            state.groups[group] = params.table_groups[row, group]
            state.x[d + group] = state.groups[group]
        state.oracle_label = params.table_y[row]
        return
    for group in range(groups):
        state.groups[group] = 0
    for k in range(params.ends.shape[0] - 1):
        group, u = params.ends[k], uniform(state.rng)
        while group < params.ends[k + 1] - 1 and u >= params.chances[group]:
            group += 1
        state.groups[group] = 1
    for f in range(d):
        state.x[f] = uniform(state.rng)
    for group in range(groups):
        state.x[d + group] = state.groups[group]
    state.oracle_label = combined(state, params)
    if params.drift > 0.0:
        for group in range(groups):
            for f in range(d):
                moved = (state.now[group, f] + params.drift * normal(state.rng)) % 2.0
                state.now[group, f] = 2.0 - moved if moved > 1.0 else moved


@inner
def begin(state, params):
    """The first round of the stream that the state's instance and generator determine."""
    groups, d = state.weights.shape
    for group in range(groups):
        for f in range(d):
            state.now[group, f] = state.weights[group, f]
    state.groups[groups] = 1
    draw_round(state, params)


@inner
def reset(state, params):
    if params.table_y.shape[0] > 0:
        bits(state.rng)  # another order in each episode
    elif params.pool.shape[0] > 0:
        copy_instance(state, params.pool[np.int64(uniform(state.rng) * params.pool.shape[0])])
    else:
        draw_instance(state, params.noise)
    for word in range(4):
        state.start[word] = state.rng[word]
    state.previous = 0.0
    state.oracle_loss = 0.0
    begin(state, step_params(params))


@inner
def step(state, params, action):
    error = action[0] - state.oracle_label
    state.oracle_loss = error * error
    state.previous = state.oracle_label
    draw_round(state, params)
    return -state.oracle_loss, False


@inner
def observe(state, params, out):
    for f in range(state.x.shape[0]):
        out.x[f] = state.x[f]
    for group in range(state.groups.shape[0]):
        out.groups[group] = state.groups[group]
    out.prev_y[0] = state.previous


@inner
def moments(state, params, points, squares, products, labels, rounds):
    """The sums that least squares needs over the first rounds of the stream, per group; the state is overwritten.

    Args:
        points: int64 (p,), ascending.
        squares, products, labels: sums of x x', x y and y^2, (p, groups, D, D), (p, groups, D), (p, groups).
        rounds: rounds of each group, (p, groups).
    """
    for word in range(4):
        state.rng[word] = state.start[word]
    state.t = 0
    begin(state, params)
    total, size = state.groups.shape[0], state.x.shape[0]
    for k in range(points.shape[0]):
        if k > 0:
            squares[k], products[k], labels[k], rounds[k] = (
                squares[k - 1],
                products[k - 1],
                labels[k - 1],
                rounds[k - 1],
            )
        while state.t < points[k]:
            y = state.oracle_label
            for group in range(total):
                if state.groups[group] == 0:
                    continue
                rounds[k, group] += 1
                labels[k, group] += y * y
                for i in range(size):
                    products[k, group, i] += state.x[i] * y
                    for j in range(size):
                        squares[k, group, i, j] += state.x[i] * state.x[j]
            state.t += 1
            draw_round(state, params)
