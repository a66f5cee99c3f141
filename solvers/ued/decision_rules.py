"""Decision rules of unsupervised environment design on a payoff matrix (policies, thetas), exact and learnt.

A rule says which mixture of policies is best when theta is not known: for uniform thetas (domain randomisation), for
the worst theta (maximin), or for the theta of greatest regret (minimax regret, which PAIRED aims at). `learn` finds the
same mixtures by players that adapt to one another. `ige/UedMatrix-v0` is the game.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from ...envs.core.check import integer, one_of
from ...envs.core.instance import floats
from ...envs.ued.matrix import checked_payoffs

Floats = NDArray[np.float64]

LEARNERS = ("dr", "minimax", "paired", "paired-learnt")


@dataclass(frozen=True)
class Decision:
    """What a rule decides.

    Attributes:
        policy: float64 (policies,), the probabilities of a mixture.
        levels: float64 (thetas,), the probabilities with which its adversary plays thetas.
        value: the policy's value by the rule: its mean payoff (domain randomisation), its payoff on the worst theta
            (maximin), or its regret on the theta where that is greatest (minimax regret).
    """

    policy: Floats
    levels: Floats
    value: float


# --- exact ------------------------------------------------------------------------------------------------------------


def regrets(payoffs: ArrayLike) -> Floats:
    """How much more the best policy for each theta earns than each policy, float64 (policies, thetas)."""
    matrix = checked_payoffs(payoffs)
    return matrix.max(0) - matrix


def domain_randomisation(payoffs: ArrayLike) -> Decision:
    """The best policy for a uniform theta; the first of equal ones."""
    matrix = checked_payoffs(payoffs)
    policies, thetas = matrix.shape
    means = matrix.mean(1)
    return Decision(_only(means.argmax(), policies), np.full(thetas, 1 / thetas), float(means.max()))


def maximin(payoffs: ArrayLike, pure: bool = False) -> Decision:
    """The mixture (or, with `pure`, the policy) with the greatest payoff on its worst theta."""
    return (_best_pure if pure else equilibrium)(checked_payoffs(payoffs))


def minimax_regret(payoffs: ArrayLike, pure: bool = False) -> Decision:
    """The mixture (or, with `pure`, the policy) with the least worst-case regret.

    PAIRED's first theorem is about pure policies. A mixture may do better than any of them, and differ from the
    theorem's solution.
    """
    found = (_best_pure if pure else equilibrium)(-regrets(payoffs))
    return Decision(found.policy, found.levels, -found.value)


def equilibrium(game: ArrayLike) -> Decision:
    """Optimal mixtures of a zero-sum game by linear programming; rows gain the game's entries, columns lose them."""
    matrix = floats("game", game, (None, None))
    rows, columns = matrix.shape
    # Maximise v such that every column gives the mixture at least v. The columns' mixture is the dual solution.
    found = linprog(
        np.r_[np.zeros(rows), -1],
        A_ub=np.c_[-matrix.T, np.ones(columns)],
        b_ub=np.zeros(columns),
        A_eq=[np.r_[np.ones(rows), 0]],
        b_eq=[1],
        bounds=[(0, None)] * rows + [(None, None)],
    )
    if not found.success:
        raise RuntimeError(f"equilibrium: {found.message}")
    return Decision(_chances(found.x[:-1]), _chances(-found.ineqlin.marginals), float(found.x[-1]))


def _best_pure(game: Floats) -> Decision:
    worst = game.min(1)
    row = worst.argmax()
    return Decision(_only(row, len(game)), _only(game[row].argmin(), game.shape[1]), float(worst[row]))


def _only(index: np.intp, length: int) -> Floats:
    return np.eye(length)[index]


def _chances(weights: Floats) -> Floats:
    """A solver's mixture without its rounding errors."""
    weights = np.maximum(weights, 0)
    return weights / weights.sum()


# --- learnt -----------------------------------------------------------------------------------------------------------


def learn(
    rule: str, payoffs: ArrayLike, rounds: int = 20_000, antagonist: ArrayLike | None = None, seed: int = 0
) -> Decision:
    """Learn by multiplicative weights (Hedge) on expected payoffs; mixtures are averages over the rounds.

    In each round the protagonist gains the payoffs against the adversary's thetas, and the adversary

    - `"dr"`: stays uniform;
    - `"minimax"`: gains what the protagonist loses;
    - `"paired"`: gains the protagonist's regret against the best policy for each theta, as with an antagonist that
      always best-responds;
    - `"paired-learnt"`: gains what an antagonist earns more than the protagonist. The antagonist learns as the
      protagonist does and is not told theta either. Both earn the same for the same policy, so the ratio of their odds
      never changes: they become alike, and the regret that the adversary sees vanishes, whatever the true one is.

    Args:
        rule: see above.
        payoffs: (policies, thetas).
        rounds: rounds of learning.
        antagonist: with `"paired-learnt"`, its first log-weights (policies,); the protagonist starts uniform.
            None draws them from a normal distribution.
        seed: seed of that draw.
    """
    one_of("rule", rule, LEARNERS)
    matrix = checked_payoffs(payoffs)
    policies, thetas = matrix.shape
    rounds = integer("rounds", rounds, 1)
    spread = float(np.ptp(matrix)) or 1.0
    best = matrix.max(0)
    ours, levels, theirs = np.zeros(policies), np.zeros(thetas), np.zeros(policies)
    if rule == "paired-learnt":
        start = np.random.default_rng(seed).normal(size=policies) if antagonist is None else antagonist
        theirs = floats("antagonist", start, (policies,)).copy()
    # The learning rates that minimise each player's average regret after so many rounds.
    rate, level_rate = (math.sqrt(8 * math.log(n) / rounds) / spread for n in (policies, thetas))
    policy_sum, level_sum = np.zeros(policies), np.zeros(thetas)
    for _ in range(rounds):
        policy, level = _softmax(ours), _softmax(levels)
        policy_sum += policy
        level_sum += level
        payoff, earned = matrix @ level, policy @ matrix
        ours += rate * payoff
        if rule == "minimax":
            levels -= level_rate * earned
        elif rule == "paired":
            levels += level_rate * (best - earned)
        elif rule == "paired-learnt":
            levels += level_rate * (_softmax(theirs) @ matrix - earned)
            theirs += rate * payoff
    policy, level = policy_sum / rounds, level_sum / rounds
    earned = policy @ matrix
    values = {"dr": earned.mean(), "minimax": earned.min()}
    return Decision(policy, level, float(values.get(rule, (best - earned).max())))


def _softmax(weights: Floats) -> Floats:
    raised = np.exp(weights - weights.max())
    return raised / raised.sum()


# --- what an estimate of regret hides ---------------------------------------------------------------------------------


def estimation_bias(payoffs: ArrayLike, policy: ArrayLike, episodes: int) -> Floats:
    """The expected amount by which PAIRED's estimate overstates regret, for each theta, float64 (thetas,).

    The estimate is the best of the antagonist's episodes minus the mean of the protagonist's. Here both play the same
    mixture, so their true difference is 0. The estimate is not 0: wherever chance decides what an episode earns, it
    grows with the `episodes` of a roll-out.
    """
    matrix = checked_payoffs(payoffs)
    chances = floats("policy", policy, (len(matrix),), 0)
    if not math.isclose(chances.sum(), 1, abs_tol=1e-9):
        raise ValueError(f"policy: adds up to {chances.sum():g}, expected 1")
    episodes = integer("episodes", episodes, 1)
    order = matrix.argsort(0)
    below = np.minimum(chances[order].cumsum(0), 1) ** episodes  # probability that no episode earns more
    best: Floats = (np.take_along_axis(matrix, order, 0) * np.diff(below, axis=0, prepend=0)).sum(0)
    return best - chances @ matrix
