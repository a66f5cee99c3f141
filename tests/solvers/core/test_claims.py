"""Claims: verdicts follow from intervals, intervals from units, and a number without units is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, ttest_1samp

from ige.solvers.core import Claim
from ige.solvers.core import estimates as e
from ige.solvers.core.claims import overall

FEW = np.array([0.9, 1.1, 1.0, 1.4, 0.8, 1.3])


def claim(measured: Any, relation: str = "<=", threshold: float = 1.0) -> Claim:
    return Claim("x", "a statement", measured, relation, threshold)


def test_verdicts_follow_from_the_interval() -> None:
    assert claim(e.mean([0.5, 0.51, 0.49], "seed")).verdict == "holds"
    assert claim(e.mean([1.5, 1.51, 1.49], "seed")).verdict == "does not hold"
    assert claim(e.mean([0.5, 1.6, 0.6], "seed")).verdict == "inconclusive"
    assert claim(e.exact(1.0)).verdict == "holds"
    assert claim(e.exact(1.0), "<").verdict == "does not hold"
    assert overall([claim(e.exact(0.5)), claim(e.exact(2.0))]) == "does not hold"
    assert overall([claim(e.exact(0.5)), claim(e.mean([0.5, 1.6, 0.6], "seed"))]) == "inconclusive"


@pytest.mark.parametrize(
    ("wins", "losses", "verdict"),
    [(9, 1, "holds"), (1, 9, "does not hold"), (6, 4, "inconclusive"), (3, 0, "inconclusive"), (0, 0, "inconclusive")],
)
def test_a_test_that_finds_nothing_is_no_evidence(wins: int, losses: int, verdict: str) -> None:
    signs = e.sign_test([1] * wins + [0] * losses, [0] * wins + [1] * losses)
    found = claim(e.test(signs.p, signs.opposite, "game", 10), "<", 0.05)
    assert found.verdict == verdict
    assert found.measured.needed(0.05) is None


@pytest.mark.parametrize("bare", [0.5, (0.5, 0.6), np.float64(0.5), None])
def test_a_claim_without_units_is_refused(bare: Any) -> None:
    with pytest.raises(TypeError, match=r"^x: measured: found .*, expected an Estimate, which names its units$"):
        claim(bare)
    with pytest.raises(ValueError, match="^units: found none, expected the name of each axis"):
        e.mean([1.0, 2.0])
    with pytest.raises(ValueError, match="^x: relation: '=='"):
        claim(e.exact(1.0), "==")


def test_one_unit_says_nothing_of_the_spread() -> None:
    some = e.share([0.5], "seed")
    assert (some.low, some.high) == (0, 1)
    for found in (e.mean([0.5], "seed"), e.mean([[0.5, 0.6]], "seed", "game"), e.bootstrap(np.max, "seed", [0.5])):
        assert (found.low, found.high) == (-math.inf, math.inf)
        assert claim(found).verdict == "inconclusive"
        assert found.text() == f"{found.value:.3f}"
        assert json.loads(json.dumps(claim(found).as_dict()))["interval"] is None


def test_a_mean_has_students_interval() -> None:
    found = e.mean(FEW, "seed")
    expected = ttest_1samp(FEW, 0).confidence_interval(0.95)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert found.units == (("seed", 6),)
    assert (found.sample, e.exact(1).sample) == ("6 seeds", "exact")
    assert e.mean(np.ones((2, 3)), "seed", "game").sample == "2 seeds x 3 games"


def test_many_units_are_resampled_as_scipy_does() -> None:
    """Where there are many units, widening for few of them makes no difference."""
    rng = np.random.default_rng(3)
    ours, theirs = rng.gamma(2, size=400), rng.gamma(3, size=400)
    expected = bootstrap(
        (ours, theirs), lambda a, b, axis: a.mean(axis) / b.mean(axis), paired=True, method="percentile", rng=rng
    ).confidence_interval
    for found in (e.ratio(ours, theirs, "seed"), e.bootstrap(lambda a, b: a.mean() / b.mean(), "seed", ours, theirs)):
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=4e-3)


def test_few_units_cover_as_students_interval_does() -> None:
    rng, inside = np.random.default_rng(0), 0
    for _ in range(300):
        found = e.of_means(lambda a: a, ("seed",), rng.normal(size=6))
        inside += found.low < 0 < found.high
    assert inside / 300 == pytest.approx(0.95, abs=0.03), "plain percentiles would give 0.86"


def test_both_levels_are_resampled() -> None:
    """Games that differ much, scorers that agree: more scorers on the same games do not make the interval narrower."""
    games = np.random.default_rng(1).normal(size=20)
    few, many = (e.mean(np.tile(games, (n, 1)), "scorer", "game") for n in (5, 500))
    one = e.mean(games, "game")
    assert many.high - many.low == pytest.approx(one.high - one.low, rel=0.1)
    assert few.high - few.low >= many.high - many.low


@given(st.lists(st.sampled_from([0.0, 0.25, 1.0]), min_size=2, max_size=30))
@settings(deadline=None)
def test_shares_stay_between_0_and_1(values: list[float]) -> None:
    found = e.share(values, "seed")
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    if set(values) in ({0.0}, {1.0}):
        expected = binomtest(int(sum(values)), len(values)).proportion_ci(method="wilson")
        assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_what_is_no_share_or_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="^values: found 0 to 2, expected shares from 0 to 1$"):
        e.share([0, 2], "seed")
    with pytest.raises(ValueError, match="^values: found NaN or infinity"):
        e.mean([0, math.nan], "seed")
    with pytest.raises(ValueError, match=r"^arrays: found \(3,\) beside \(2,\), expected the same units in all$"):
        e.ratio([1, 2], [1, 2, 3], "seed")
    with pytest.raises(ValueError, match=r"^values: found shape \(2,\), expected an axis for each of seed, game$"):
        e.mean([1, 2], "seed", "game")


def test_how_many_units_would_tell() -> None:
    """So many do, nine times of ten."""
    rng = np.random.default_rng(2)
    pilot = rng.normal(0.3, 1, 4000)
    needed = e.mean(pilot, "seed").needed(0.0)
    assert needed is not None
    told = [claim(e.mean(rng.normal(pilot.mean(), 1, needed), "seed"), ">", 0.0).verdict == "holds" for _ in range(400)]
    assert np.mean(told) == pytest.approx(0.9, abs=0.05)
    assert e.exact(1.0).needed(2.0) is None
    assert e.mean([1.0], "seed").needed(2.0) is None
    assert e.bootstrap(np.max, "MDP", pilot).needed(0.0) is None, "the worst of more MDPs is another quantity"
