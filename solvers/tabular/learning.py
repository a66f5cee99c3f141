"""Learning an MDP from episodes, compiled: optimistic planning, and mixtures with a safe baseline.

UCBVI (Azar, Osband, Munos 2017) with empirical Bernstein bonuses; StepMix and EpsMix (Li, Huang, Shen, Yang 2023, arXiv
2306.06265), whose policies have values with a lower bound of at least gamma_c; and conservative UCBVI with a budget
shared by all episodes. The constants are ours. Tables have one entry for each of H steps.
"""

from __future__ import annotations

import math

import numpy as np
from numba import prange

from ...envs.core.inner import inner
from ...envs.core.rng import uniform
from ...envs.tabular.dynamic import evaluate, expected
from ...envs.tabular.kernel import pick

UCBVI, CUMULATIVE, STEPMIX, EPSMIX, BASELINE = range(5)
SLACK = 1e-12  # tolerance between bounds that should be equal


@inner
def bonus(counts, after, step, state, action, scale, log):
    """Error bound of the expectation of `after`: c sqrt(2 Var L / N) + c (H - h - 1) L / N, at most H - h."""
    horizon = counts.shape[0]
    chances = counts[step, state, action]
    n = chances.sum()
    if n == 0.0:
        return np.float64(horizon - step)
    mean, square = 0.0, 0.0
    for other in range(chances.shape[0]):
        mean += chances[other] / n * after[other]
        square += chances[other] / n * after[other] ** 2
    variance = max(0.0, square - mean * mean)
    found = scale * math.sqrt(2.0 * variance * log / n) + scale * (horizon - step - 1) * log / n
    return min(found, np.float64(horizon - step))


@inner
def bounded(counts, rewards, after, step, state, action, scale, log, sign):
    """An upper (sign 1) or lower (-1) bound of the value of an action."""
    chances = counts[step, state, action]
    n = chances.sum()
    most = np.float64(counts.shape[0] - step)
    if n == 0.0:
        return most if sign > 0 else 0.0
    total = rewards[step, state, action]
    for other in range(chances.shape[0]):
        total += chances[other] / n * after[other]
    total += sign * bonus(counts, after, step, state, action, scale, log)
    return min(max(total, 0.0), most)


@inner
def optimistic(counts, rewards, scale, log, policy, values):
    """The optimistic policy, which is greedy by upper bounds."""
    horizon, states, actions = policy.shape
    for state in range(states):
        values[horizon, state] = 0.0
    for back in range(horizon):
        step = horizon - 1 - back
        for state in range(states):
            best, chosen = -1.0, 0
            for action in range(actions):
                found = bounded(counts, rewards, values[step + 1], step, state, action, scale, log, 1.0)
                if found > best:
                    best, chosen = found, action
                policy[step, state, action] = 0.0
            policy[step, state, chosen] = 1.0
            values[step, state] = best


@inner
def pessimistic(counts, rewards, scale, log, policy, initial, values):
    """A lower bound of the value of a policy."""
    horizon, states, actions = policy.shape
    for state in range(states):
        values[horizon, state] = 0.0
    for back in range(horizon):
        step = horizon - 1 - back
        for state in range(states):
            total = 0.0
            for action in range(actions):
                if policy[step, state, action] > 0.0:
                    found = bounded(counts, rewards, values[step + 1], step, state, action, scale, log, -1.0)
                    total += policy[step, state, action] * found
            values[step, state] = total
    return expected(initial, values[0])


@inner
def blend(one, other, share, policy, step):
    """One step of a mixed policy: `other` with this share, else `one`."""
    for state in range(policy.shape[1]):
        for action in range(policy.shape[2]):
            mixed = (1.0 - share) * one[step, state, action] + share * other[step, state, action]
            policy[step, state, action] = mixed


@inner
def copy(one, policy):
    for step in range(policy.shape[0]):
        blend(one, one, 0.0, policy, step)


@inner
def step_mix(counts, rewards, scale, log, initial, baseline, best, gamma_c, policy, values):
    """StepMix: as much of the optimistic policy, step by step, as the lower bound allows; returns that bound.

    Its last share comes from the formula where that is exact, and from bisection where clipping makes it non-linear.
    """
    horizon = baseline.shape[0]
    copy(baseline, policy)
    low = pessimistic(counts, rewards, scale, log, policy, initial, values)
    if low < gamma_c:  # safe by assumption, whatever the estimate
        return low
    for step in range(horizon):
        blend(best, best, 0.0, policy, step)
        less = pessimistic(counts, rewards, scale, log, policy, initial, values)
        if less >= gamma_c:
            low = less
            continue
        left, right = 0.0, 1.0
        share = (low - gamma_c) / (low - less)
        for _ in range(40):
            blend(baseline, best, share, policy, step)
            found = pessimistic(counts, rewards, scale, log, policy, initial, values)
            if -SLACK <= found - gamma_c < 1e-9:
                break
            if found >= gamma_c:
                left = share
            else:
                right = share
            share = (left + right) / 2
        if found < gamma_c - SLACK:
            blend(baseline, best, left, policy, step)
            found = pessimistic(counts, rewards, scale, log, policy, initial, values)
        return found
    return low


@inner
def eps_mix_share(low, less, gamma_c):
    """EpsMix: the probability of playing the optimistic policy, so that the mean of the lower bounds is gamma_c."""
    if less >= gamma_c:
        return 1.0
    if low <= gamma_c:
        return 0.0
    return min(1.0, (low - gamma_c) / (low - less))


@inner
def choose(method, counts, rewards, scale, log, initial, baseline, gamma_c, banked, episode, best, policy, values):
    """Write the policy of the next episode into `policy`.

    Returns the probability of the optimistic policy in EpsMix's coin flip, 0 if the budget does not allow it, else 1.
    """
    if method == BASELINE:
        copy(baseline, policy)
        return 1.0
    optimistic(counts, rewards, scale, log, best, values)
    copy(best, policy)
    if method == STEPMIX:
        step_mix(counts, rewards, scale, log, initial, baseline, best, gamma_c, policy, values)
    elif method == CUMULATIVE:
        less = pessimistic(counts, rewards, scale, log, best, initial, values)
        if banked + less < (episode + 1) * gamma_c:
            copy(baseline, policy)
            return 0.0
    elif method == EPSMIX:
        low = pessimistic(counts, rewards, scale, log, baseline, initial, values)
        less = pessimistic(counts, rewards, scale, log, best, initial, values)
        return eps_mix_share(low, less, gamma_c)
    return 1.0


@inner
def confidence(counts, episodes):
    """L = ln(S A H K / 0.1)."""
    horizon, states, actions = counts.shape[:3]
    return math.log(states * actions * horizon * episodes / 0.1)


@inner
def learn(method, transitions, rewards, initial, baseline, gamma_c, episodes, scale, rng):
    """Play episodes of one MDP; returns the exact value of each episode's policy, float64 (episodes,).

    Transitions (H, S, A, S) and rewards (H, S, A) are only sampled; rewards are learnt when they are seen.
    """
    horizon, states, actions = rewards.shape
    counts, seen = np.zeros((horizon, states, actions, states)), np.zeros((horizon, states, actions))
    best, policy = np.zeros(rewards.shape), np.zeros(rewards.shape)
    values = np.zeros((horizon + 1, states))
    found = np.empty(episodes)
    log, banked = confidence(counts, episodes), 0.0
    for episode in range(episodes):
        share = choose(
            method, counts, seen, scale, log, initial, baseline, gamma_c, banked, episode, best, policy, values
        )
        if method == CUMULATIVE:  # the baseline is known to be worth at least gamma_c
            low = pessimistic(counts, seen, scale, log, policy, initial, values)
            banked += low if share > 0.0 else max(low, gamma_c)
        evaluate(transitions, rewards, policy, values)
        found[episode] = expected(initial, values[0])
        if method == EPSMIX and share < 1.0:  # valued before the coin is flipped
            evaluate(transitions, rewards, baseline, values)
            found[episode] = share * found[episode] + (1.0 - share) * expected(initial, values[0])
            if uniform(rng) >= share:
                copy(baseline, policy)
        state = pick(rng, initial)
        for step in range(horizon):
            action = pick(rng, policy[step, state])
            after = pick(rng, transitions[step, state, action])
            seen[step, state, action] = rewards[step, state, action]
            counts[step, state, action, after] += 1.0
            state = after
    return found


def learn_rows(method, transitions, rewards, initial, baseline, gamma_c, episodes, scale, rng, values):
    """`learn` for many MDPs, on all threads."""
    for i in prange(len(rewards)):
        values[i] = learn(
            method, transitions[i], rewards[i], initial[i], baseline[i], gamma_c[i], episodes, scale, rng[i]
        )
