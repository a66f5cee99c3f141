"""Decision rules: the numbers of the claim, duality and brute force on random matrices, and where regret misleads."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ige  # noqa: F401
from ige.envs.ued.matrix import PAYOFFS
from ige.solvers.ued.decision_rules import (
    domain_randomisation,
    equilibrium,
    estimation_bias,
    learn,
    maximin,
    minimax_regret,
    regrets,
)

# A policy that fails on one theta and succeeds on the others, for each theta; and one that earns 75 everywhere.
SPECIALISTS = np.r_[100 * (1 - np.eye(5)), [[75] * 5]]


def drawn(seed: int, thetas: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(3, thetas)).round(1)


def test_the_claim_exactly() -> None:
    assert domain_randomisation(PAYOFFS).policy.tolist() == [0, 1]
    assert domain_randomisation(PAYOFFS).value == 80
    assert maximin(PAYOFFS).policy == pytest.approx([1, 0])
    assert maximin(PAYOFFS).value == pytest.approx(75)
    found = minimax_regret(PAYOFFS)
    assert found.policy == pytest.approx([0.75, 0.25])
    assert found.value == pytest.approx(18.75)
    assert found.levels[0] == pytest.approx(0.25)
    assert found.policy @ regrets(PAYOFFS) == pytest.approx(18.75)


def test_the_claim_learnt() -> None:
    assert learn("dr", PAYOFFS).policy[0] <= 0.1
    assert learn("minimax", PAYOFFS).policy[0] >= 0.95
    found = learn("paired", PAYOFFS)
    assert found.policy[0] == pytest.approx(0.75, abs=0.03)
    assert found.levels[0] == pytest.approx(0.25, abs=0.03)
    assert found.value == pytest.approx(18.75, abs=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999))
def test_mixtures_by_duality_and_brute_force(seed: int) -> None:
    matrix = drawn(seed)
    grid = np.array([(a, b, 10 - a - b) for a in range(11) for b in range(11 - a)]) / 10
    worst, most = maximin(matrix), minimax_regret(matrix)
    assert worst.value == pytest.approx((worst.policy @ matrix).min()) == pytest.approx((matrix @ worst.levels).max())
    assert most.value == pytest.approx((most.policy @ regrets(matrix)).max())
    assert most.value == pytest.approx((regrets(matrix) @ most.levels).min())
    assert worst.value >= (grid @ matrix).min(1).max() - 1e-9
    assert most.value <= (grid @ regrets(matrix)).max(1).min() + 1e-9
    for rule in (maximin, minimax_regret):
        pure = rule(matrix, pure=True)
        assert set(pure.policy.tolist()) == {0, 1}
        assert (pure.value - rule(matrix).value) * (1 if rule is minimax_regret else -1) >= -1e-9
    assert minimax_regret(matrix, pure=True).value == regrets(matrix).max(1).min()
    assert maximin(matrix, pure=True).value == matrix.min(1).max()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999))
def test_an_antagonist_that_answers_to_theta_makes_the_protagonist_minimax_regret(seed: int) -> None:
    """PAIRED's second theorem: adversary and antagonist as one player, who picks a theta and a policy."""
    matrix = drawn(seed)
    pairs = np.array([matrix[:, theta] - matrix[policy, theta] for theta in range(4) for policy in range(3)]).T
    assert -equilibrium(pairs).value == pytest.approx(minimax_regret(matrix).value)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 9999))
def test_learners_come_as_close_as_their_bound_says(seed: int) -> None:
    matrix, rounds = drawn(seed), 2000
    gap = np.ptp(matrix) * (np.log(3) ** 0.5 + np.log(4) ** 0.5) / (2 * rounds) ** 0.5
    assert maximin(matrix).value - gap <= learn("minimax", matrix, rounds).value <= maximin(matrix).value + 1e-9
    best = minimax_regret(matrix).value
    assert best - 1e-9 <= learn("paired", matrix, rounds).value <= best + gap


def test_the_theorem_is_about_pure_policies_only() -> None:
    assert minimax_regret(SPECIALISTS, pure=True).policy.tolist() == [0, 0, 0, 0, 0, 1]
    assert minimax_regret(SPECIALISTS, pure=True).value == 25
    mixed = minimax_regret(SPECIALISTS)
    assert mixed.value == pytest.approx(20)
    assert mixed.policy == pytest.approx([0.2] * 5 + [0])
    assert learn("paired", SPECIALISTS).policy[5] < 0.1


@pytest.mark.parametrize(("lean", "mixture"), [((0.1, 0), (1, 0)), ((0, 0.1), (0, 1)), ((0, 0), (0, 1))])
def test_an_antagonist_that_learns_alongside_hides_regret(lean: Any, mixture: Any) -> None:
    """Whichever way it leans at first both end; the regret that is left is far from the least."""
    found = learn("paired-learnt", PAYOFFS, antagonist=lean)
    assert found.policy == pytest.approx(mixture, abs=0.05)
    assert found.value > 18.75 + 5


def test_the_estimate_of_regret_grows_with_episodes_for_identical_policies() -> None:
    policy, growing = [0.75, 0.25], [estimation_bias(PAYOFFS, [0.75, 0.25], k) for k in (1, 2, 4, 8, 16)]
    assert growing[0] == pytest.approx(0)
    assert (np.diff(growing, axis=0) > 0).all()
    assert estimation_bias(PAYOFFS, [1, 0], 16) == pytest.approx(0)  # nothing is chance

    rows, episodes, rng = 20_000, 4, np.random.default_rng(0)
    envs = gym.make_vec("ige/UedMatrix-v0", rows, theta=1, autoreset_mode="SameStep")
    envs.reset(seed=0)
    returns = np.array([envs.step(rng.choice(2, rows, p=policy))[1] for _ in range(2 * episodes)])
    antagonist, protagonist = returns[:episodes], returns[episodes:]
    assert (antagonist.max(0) - protagonist.mean(0)).mean() == pytest.approx(growing[2][1], abs=0.4)
    assert (antagonist.mean(0) - protagonist.mean(0)).mean() == pytest.approx(0, abs=0.4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learn("plr", PAYOFFS), r"^rule: 'plr', expected one of 'dr', 'minimax', 'paired', 'paired-learnt'$"),
        (lambda: learn("dr", PAYOFFS, rounds=0), r"^rounds: 0, expected an integer of at least 1$"),
        (lambda: learn("paired-learnt", PAYOFFS, antagonist=[1]), r"^antagonist: shape \(1,\), expected \(2\)$"),
        (lambda: maximin([[1, 2], [3]]), r"^payoffs\[1\]: 1 thetas, expected 2 as in payoffs\[0\]$"),
        (lambda: equilibrium([[1, np.nan]]), r"^game\[0\]\[1\]: nan, expected a number finite$"),
        (lambda: estimation_bias(PAYOFFS, [0.5, 0.4], 2), r"^policy: adds up to 0.9, expected 1$"),
        (lambda: estimation_bias(PAYOFFS, [1, 0], 0), r"^episodes: 0, expected an integer of at least 1$"),
    ],
)
def test_mistakes(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
