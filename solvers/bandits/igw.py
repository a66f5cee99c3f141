"""Distributions over actions from predicted gains: inverse gap weighting and its baselines.

Each takes `f`, the predicted probability of success of every action, float (n, actions); `mask`, non-zero where an
action is available; and a parameter. Each returns float64 (n, actions) whose rows sum to 1, with 0 where an action is
not available. The available action with the greatest prediction (the first of ties) has the greatest probability.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...envs.core.check import number

Distribution = Callable[[ArrayLike, ArrayLike, float], NDArray[np.float64]]
LEAST = 1e-6  # least loss that FastCB assumes for the best action: with 0 it would never try another


def squarecb(f: ArrayLike, mask: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """Inverse gap weighting (Foster, Rakhlin 2020, arXiv 2002.04926); `gamma` 0 is uniform, infinite is greedy."""
    gains, available, best = _checked(f, mask)
    gamma = number("gamma", gamma, 0)
    top = np.take_along_axis(gains, best[:, None], 1)
    weights = 1 / (available.sum(1, keepdims=True) + gamma * (top - gains))
    return _with_rest(np.where(available, weights, 0.0), best)


def fastcb(f: ArrayLike, mask: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """Weighting by gaps relative to the best loss (Foster, Krishnamurthy 2021, arXiv 2107.02237); a loss is 1 - f."""
    gains, available, best = _checked(f, mask)
    gamma = number("gamma", gamma, 0)
    losses = np.clip(1 - gains, LEAST, None)
    least = np.take_along_axis(losses, best[:, None], 1)
    weights = least / (available.sum(1, keepdims=True) * least + gamma * (losses - least))
    return _with_rest(np.where(available, weights, 0.0), best)


def epsilon_greedy(f: ArrayLike, mask: ArrayLike, epsilon: float) -> NDArray[np.float64]:
    """The best action with probability 1 - epsilon, else any available one."""
    _, available, best = _checked(f, mask)
    epsilon = number("epsilon", epsilon, 0, 1)
    return _with_rest(epsilon * available / available.sum(1, keepdims=True), best)


def uniform(f: ArrayLike, mask: ArrayLike, parameter: float = 0.0) -> NDArray[np.float64]:
    """Any available action."""
    _, available, _ = _checked(f, mask)
    return available / available.sum(1, keepdims=True)


def greedy(f: ArrayLike, mask: ArrayLike, parameter: float = 0.0) -> NDArray[np.float64]:
    """The best action."""
    return epsilon_greedy(f, mask, 0.0)


DISTRIBUTIONS: dict[str, Distribution] = {
    "squarecb": squarecb,
    "fastcb": fastcb,
    "epsilon-greedy": epsilon_greedy,
    "uniform": uniform,
    "greedy": greedy,
}


def choose(p: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.int64]:
    """One action per row, drawn from its distribution by one uniform number in [0, 1) per row."""
    cumulated = p.cumsum(1)
    found = (cumulated <= draws[:, None] * cumulated[:, -1:]).sum(1)
    return np.minimum(found, p.shape[1] - 1 - (p[:, ::-1] > 0).argmax(1))  # guards against rounding


def _checked(f: ArrayLike, mask: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Predictions, available actions, and the best action of each row."""
    gains, available = np.asarray(f, np.float64), np.asarray(mask).astype(np.bool_)
    if gains.ndim != 2 or gains.shape != available.shape:
        raise ValueError(f"mask: shape {available.shape}, expected that of f, {gains.shape}: (rows, actions)")
    empty = np.flatnonzero(~available.any(1))
    if len(empty):
        raise ValueError(f"mask: row {empty[0]}: no action is available, expected at least one")
    wrong = np.flatnonzero((~np.isfinite(gains) & available).any(1))
    if len(wrong):
        raise ValueError(f"f: row {wrong[0]}: {gains[wrong[0]].tolist()}, expected finite numbers")
    best = np.where(available, gains, -np.inf).argmax(1)
    # Unavailable actions get the best prediction, where they do not disturb the computation.
    return np.where(available, gains, np.take_along_axis(gains, best[:, None], 1)), available, best


def _with_rest(p: NDArray[np.float64], best: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the best action the remaining probability."""
    rows = np.arange(len(p))
    p[rows, best] = 0.0
    p[rows, best] = 1 - p.sum(1)
    return p
