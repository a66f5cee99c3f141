"""Inverse gap weighting: invariants, its limits, and Vowpal Wabbit's probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ige.solvers.bandits.igw import (
    DISTRIBUTIONS,
    choose,
    epsilon_greedy,
    fastcb,
    greedy,
    squarecb,
    uniform,
)

GAINS = st.floats(-1, 2) | st.sampled_from([0.0, 0.5, 1.0])


@st.composite
def cases(draw: Callable[..., Any]) -> tuple[Any, Any]:
    """Predictions, with ties and numbers that are no probabilities, and masks with something in each row."""
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 7)))
    mask = draw(hnp.arrays(np.int8, shape, elements=st.integers(0, 1)))
    mask[np.arange(shape[0]), draw(hnp.arrays(np.int64, shape[0], elements=st.integers(0, shape[1] - 1)))] = 1
    return draw(hnp.arrays(np.float64, shape, elements=GAINS)), mask


@given(cases(), st.sampled_from(list(DISTRIBUTIONS)), st.floats(0, 1) | st.floats(0, 1e6))
def test_what_every_distribution_keeps(case: tuple[Any, Any], name: str, parameter: float) -> None:
    f, mask = case
    if name == "epsilon-greedy":
        parameter = min(parameter, 1.0)
    before = f.copy(), mask.copy()
    p = DISTRIBUTIONS[name](f, mask, parameter)
    assert (f == before[0]).all()
    assert (mask == before[1]).all()
    assert np.allclose(p.sum(1), 1, atol=1e-12)
    assert (p >= 0).all()
    assert (p[mask == 0] == 0).all()
    for row in range(len(f)):
        legal = np.flatnonzero(mask[row])
        best = legal[f[row, legal].argmax()]
        assert (p[row, best] >= p[row] - 1e-12).all()
        # A greater prediction never has a smaller chance.
        order = legal[np.argsort(f[row, legal], kind="stable")]
        others = [p[row, a] for a in order if a != best]
        assert (np.diff(others) >= -1e-12).all()
    # What is not available changes nothing, whatever is predicted for it, NaN too.
    other = np.where(mask == 1, f, np.nan)
    assert (DISTRIBUTIONS[name](other, mask, parameter) == p).all()


def test_the_formulas_by_hand() -> None:
    f, mask = [[0.9, 0.5, 0.99, 0.8]], [[1, 1, 0, 1]]
    p = squarecb(f, mask, 10)[0]
    assert p[[1, 3]] == pytest.approx([1 / (3 + 10 * 0.4), 1 / (3 + 10 * 0.1)])
    assert p[0] == pytest.approx(1 - p[1] - p[3])
    p = fastcb(f, mask, 10)[0]
    assert p[[1, 3]] == pytest.approx([0.1 / (3 * 0.1 + 10 * 0.4), 0.1 / (3 * 0.1 + 10 * 0.1)])
    assert epsilon_greedy(f, mask, 0.3)[0] == pytest.approx([0.8, 0.1, 0, 0.1])
    assert greedy(f, mask)[0].tolist() == [1, 0, 0, 0]
    assert uniform(f, mask)[0] == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])


@given(cases())
def test_without_weight_on_gaps_it_is_uniform_and_with_all_it_is_greedy(case: tuple[Any, Any]) -> None:
    f, mask = case
    for weighting in (squarecb, fastcb):
        assert np.allclose(weighting(f, mask, 0), uniform(f, mask))
    distinct = f + np.arange(f.size).reshape(f.shape) * 1e-2
    assert np.allclose(squarecb(distinct, mask, 1e12), greedy(distinct, mask), atol=1e-6)


def test_fastcb_explores_less_where_the_best_is_good() -> None:
    """The same gap of 0.1; squarecb does not tell the two apart."""
    good, poor = [[0.98, 0.88]], [[0.5, 0.4]]
    mask = [[1, 1]]
    assert fastcb(good, mask, 50)[0, 1] < 0.3 * fastcb(poor, mask, 50)[0, 1]
    assert squarecb(good, mask, 50)[0, 1] == pytest.approx(squarecb(poor, mask, 50)[0, 1])


@given(cases(), st.integers(0, 100), st.floats(0, 100))
def test_only_possible_actions_are_drawn(case: tuple[Any, Any], seed: int, gamma: float) -> None:
    p = squarecb(*case, gamma)
    draws = np.random.default_rng(seed).random(len(p))
    for edge in (draws, np.zeros(len(p)), np.full(len(p), np.nextafter(1, 0))):
        assert (p[np.arange(len(p)), choose(p, edge)] > 0).all()


def test_draws_come_as_often_as_they_should() -> None:
    p = np.tile([[0.5, 0.0, 0.2, 0.3, 0.0]], (100_000, 1))
    counts = np.bincount(choose(p, np.random.default_rng(0).random(len(p))), minlength=5) / len(p)
    assert counts == pytest.approx(p[0], abs=0.007)
    assert counts[[1, 4]].tolist() == [0, 0]


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="^mask: row 1: no action is available, expected at least one$"):
        squarecb([[0.1, 0.2]] * 2, [[1, 0], [0, 0]], 1)
    with pytest.raises(ValueError, match=r"^f: row 0: \[nan, 0.2\], expected finite numbers$"):
        fastcb([[np.nan, 0.2]], [[1, 1]], 1)
    with pytest.raises(ValueError, match=r"^mask: shape \(2,\), expected that of f, \(1, 2\)"):
        greedy([[0.1, 0.2]], [1, 1])
    with pytest.raises(ValueError, match="^gamma: -1, expected a number of at least 0"):
        squarecb([[0.1]], [[1]], -1)
    with pytest.raises(ValueError, match="^epsilon: 2, expected a number from 0 to 1"):
        epsilon_greedy([[0.1]], [[1]], 2)


# --- Vowpal Wabbit ----------------------------------------------------------------------------------------------------


def _example(x: Any, actions: Any, label: tuple[int, float] | None = None) -> list[str]:
    lines = ["shared |s " + " ".join(f"x{i}:{value:.6f}" for i, value in enumerate(x))]
    for k, action in enumerate(actions):
        told = f"0:{label[1]}:1 " if label and label[0] == k else ""  # probability 1: its weight in the regression
        lines.append(f"{told}|a a{action}")
    return lines


@pytest.mark.parametrize(("scale", "exponent"), [(20, 0.0), (500, 0.0), (10, 0.5)], ids=["20", "500", "schedule"])
def test_squarecb_agrees_with_vowpal_wabbit(scale: float, exponent: float) -> None:
    """Its SquareCB beside its own regressor alone, fed alike, whose predicted costs go through ours."""
    vowpal = pytest.importorskip("vowpalwabbit")
    shared = "--quiet -q sa --cb_type mtr"
    theirs = vowpal.Workspace(f"--cb_explore_adf --squarecb --gamma_scale {scale} --gamma_exponent {exponent} {shared}")
    regressor = vowpal.Workspace(f"--cb_adf {shared}")
    rng = np.random.default_rng(0)
    explored = 0.0
    for learnt in range(200):
        x = rng.normal(size=3)
        actions = np.sort(rng.choice(6, size=rng.integers(2, 7), replace=False))
        f, mask = np.zeros((1, 6)), np.zeros((1, 6))
        f[0, actions] = -np.array(regressor.predict(_example(x, actions)))  # a gain is minus a cost
        mask[0, actions] = 1
        p = squarecb(f, mask, scale * learnt**exponent)[0, actions]
        assert p == pytest.approx(theirs.predict(_example(x, actions)), abs=1e-5), learnt  # they count in float32
        explored += 1 - p.max()
        label = int(rng.integers(len(actions))), float(rng.random() < 0.3 + 0.2 * np.tanh(x[0]))
        theirs.learn(_example(x, actions, label))
        regressor.learn(_example(x, actions, label))
    assert explored > 5  # the distributions that were compared are not all on one action
