"""One-sided feedback under auditors, compiled: labels of rejected individuals stay unknown."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.portable import exp
from ..core.rng import normal, uniform

UNSEEN, NOBODY = -1, -1
# For generated populations: the length of the weight vector without the proxy, the proxy's weight, the logit of an
# average individual, and the least and the greatest weight in a metric.
STEEP, LEAN, TILT, NEAR, FAR = 8.0, 3.0, 1.0, 0.3, 1.2


class Params(NamedTuple):
    """`quorum`: number of auditors that must agree; `full`: all labels are shown, the reference."""

    max_steps: int
    alpha: float
    quorum: int
    penalty: float
    full: bool
    pool: NDArray[Any]


class StepParams(NamedTuple):
    """The parameters of `Params` that a step needs."""

    alpha: float
    quorum: int
    penalty: float
    full: bool


@inner
def step_params(params):
    return StepParams(params.alpha, params.quorum, params.penalty, params.full)


def instance(d: int, auditors: int) -> np.dtype:
    return record_dtype([("weights", np.float64, (d,)), ("bias", np.float64), ("metrics", np.float64, (auditors, d))])


def record(individuals: int, d: int, auditors: int) -> np.dtype:
    """`gaps`: for each pair, the difference beyond alpha above which a quorum objects; `room`: space for sorting."""
    return state_dtype(
        [
            ("weights", np.float64, (d,)),
            ("bias", np.float64),
            ("metrics", np.float64, (auditors, d)),
            ("start", np.uint64, (4,)),
            ("x", np.float64, (individuals, d)),
            ("gaps", np.float64, (individuals, individuals)),
            ("room", np.float64, (auditors,)),
            ("seen", np.int8, (individuals,)),
            ("pair", np.int64, (2,)),
            ("violations", np.int64),
            ("oracle_labels", np.int8, (individuals,)),
            ("oracle_loss", np.float64),
        ]
    )


def observation(individuals: int, d: int) -> np.dtype:
    return record_dtype(
        [
            ("x", np.float64, (individuals, d)),
            ("prev_labels", np.int8, (individuals,)),
            ("prev_pair", np.int64, (2,)),
        ]
    )


@inner
def draw_instance(state):
    """Draw labels that depend on the proxy, and auditors who ignore it."""
    d = state.weights.shape[0]
    proxy = d - 1
    length = 0.0
    for f in range(proxy):
        state.weights[f] = abs(normal(state.rng))
        length += state.weights[f] * state.weights[f]
    for f in range(proxy):
        state.weights[f] *= STEEP / math.sqrt(length)
    sign = 1.0 if uniform(state.rng) < 0.5 else -1.0
    state.weights[proxy] = sign * LEAN
    middle = state.weights[proxy] / 2.0
    for f in range(proxy):
        middle += state.weights[f] / 2.0
    state.bias = (TILT if uniform(state.rng) < 0.5 else -TILT) - middle
    for auditor in range(state.metrics.shape[0]):
        for f in range(proxy):
            state.metrics[auditor, f] = NEAR + (FAR - NEAR) * uniform(state.rng)
        state.metrics[auditor, proxy] = 0.0


@inner
def copy_instance(state, chosen):
    state.bias = chosen.bias
    for f in range(state.weights.shape[0]):
        state.weights[f] = chosen.weights[f]
        for auditor in range(state.metrics.shape[0]):
            state.metrics[auditor, f] = chosen.metrics[auditor, f]


@inner
def gap(state, quorum, left, right):
    """The quorum-th smallest of the auditors' distances between two individuals."""
    auditors, d = state.metrics.shape
    for auditor in range(auditors):
        distance = 0.0
        for f in range(d):
            distance += state.metrics[auditor, f] * abs(state.x[left, f] - state.x[right, f])
        place = auditor
        while place > 0 and state.room[place - 1] > distance:
            state.room[place] = state.room[place - 1]
            place -= 1
        state.room[place] = distance
    return state.room[quorum - 1]


@inner
def draw_round(state, params):
    """Draw the next individuals and their labels, independently of the decisions."""
    individuals, d = state.x.shape
    for i in range(individuals):
        score = state.bias
        for f in range(d):
            u = uniform(state.rng)
            if f == d - 1:
                u = 1.0 if u < 0.5 else 0.0
            state.x[i, f] = u
            score += state.weights[f] * u
        state.oracle_labels[i] = 1 if uniform(state.rng) < 1.0 / (1.0 + exp(-score)) else 0
    for i in range(individuals):
        for j in range(i):
            state.gaps[i, j] = gap(state, params.quorum, i, j)
            state.gaps[j, i] = state.gaps[i, j]


@inner
def reset(state, params):
    if params.pool.shape[0] > 0:
        copy_instance(state, params.pool[np.int64(uniform(state.rng) * params.pool.shape[0])])
    else:
        draw_instance(state)
    for word in range(4):
        state.start[word] = state.rng[word]
    for i in range(state.seen.shape[0]):
        state.seen[i] = UNSEEN
    state.pair[0], state.pair[1] = NOBODY, NOBODY
    state.violations = 0
    state.oracle_loss = 0.0
    draw_round(state, step_params(params))


@inner
def audit(state, params, marginals):
    """Report the pair whose marginals exceed what a quorum tolerates by the most, if there is one."""
    most = 0.0
    state.pair[0], state.pair[1] = NOBODY, NOBODY
    for i in range(state.x.shape[0]):
        for j in range(state.x.shape[0]):
            above = marginals[i] - marginals[j] - params.alpha - state.gaps[i, j]
            if i != j and above > most:
                most = above
                state.pair[0], state.pair[1] = i, j
    return most > 0.0


@inner
def step(state, params, action):
    individuals = state.x.shape[0]
    reported = audit(state, params, action)
    state.violations += reported
    state.oracle_loss = 0.0
    gain = 0.0
    for i in range(individuals):
        label = state.oracle_labels[i]
        accepted = uniform(state.rng) < action[i]
        state.seen[i] = label if accepted or params.full else UNSEEN
        gain += (2.0 * label - 1.0) * accepted
        state.oracle_loss += label + action[i] * (1.0 - 2.0 * label)
    state.oracle_loss /= individuals
    draw_round(state, params)
    return gain / individuals - params.penalty * reported, False


@inner
def observe(state, params, out):
    for i in range(state.x.shape[0]):
        out.prev_labels[i] = state.seen[i]
        for f in range(state.x.shape[1]):
            out.x[i, f] = state.x[i, f]
    out.prev_pair[0], out.prev_pair[1] = state.pair[0], state.pair[1]


@inner
def decides(rule, x):
    """Whether a linear rule accepts; its last entry is the bias."""
    total = rule[x.shape[0]]
    for f in range(x.shape[0]):
        total += rule[f] * x[f]
    return total > 0.0


@inner
def judge(state, params, rounds, rules, decided, errors, violations):
    """Replay the stream and count what each rule, played alone, would have lost; the state is overwritten.

    Args:
        rules: float64 (n, d + 1).
        decided: float64 (individuals,), workspace.
        errors: float64 (n,), sums of error rates.
        violations: int64 (n,), rounds with a reported pair.
    """
    for word in range(4):
        state.rng[word] = state.start[word]
    draw_round(state, params)
    individuals = state.x.shape[0]
    for _ in range(rounds):
        for n in range(rules.shape[0]):
            wrong = 0
            for i in range(individuals):
                decided[i] = decides(rules[n], state.x[i])
                wrong += decided[i] != state.oracle_labels[i]
            errors[n] += wrong / individuals
            violations[n] += audit(state, params, decided)
        for _ in range(individuals):
            uniform(state.rng)  # stands for the decisions
        draw_round(state, params)
