"""Measured quantities with their 95 % intervals, made from the units that were drawn at random.

Every function takes one measured value for each unit (seed, instance, game, MDP), and the names of these units. With
two kinds of unit the array has two axes (seed x game), and both are resampled. With a single unit nothing is known
about the spread, so the interval is unbounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Units = tuple[tuple[str, int], ...]
CONFIDENCE = 0.95
DRAWS = 5_000  # resamples of a bootstrap


@dataclass(frozen=True)
class Estimate:
    """A measured quantity.

    Attributes:
        value: what was measured.
        low: lower end of the 95 % interval; -inf where nothing is known.
        high: upper end of the interval; inf where nothing is known.
        units: what was drawn at random, and how many: `(("seed", 20),)`. Empty: exact, by enumeration or proof.
        narrows: whether the interval's width falls with the square root of the number of units. It does for a mean, but
            not for a worst case.
    """

    value: float
    low: float
    high: float
    units: Units = ()
    narrows: bool = True

    def text(self, digits: int = 3) -> str:
        """The value and its interval, as tables show them."""
        if not math.isfinite(self.low + self.high):
            return f"{self.value:.{digits}f}"
        return f"{self.value:.{digits}f}" + (
            f" ({self.low:.{digits}f} to {self.high:.{digits}f})" if self.low < self.high else ""
        )

    @property
    def sample(self) -> str:
        """The units in words: "20 seeds x 25 games", or "exact"."""
        return " x ".join(f"{n} {unit}{'' if n == 1 else 's'}" for unit, n in self.units) or "exact"

    def needed(self, threshold: float, power: float = 0.9) -> int | None:
        """How many of the first kind of unit would put the interval on one side of a threshold, with this power.

        Assumes that the value and its spread are as measured. None where the number cannot be computed.
        """
        half, apart = (self.high - self.low) / 2, abs(self.value - threshold)
        if not (self.units and self.narrows and math.isfinite(half) and apart):
            return None
        from scipy.stats import norm

        z = float(norm.ppf((1 + CONFIDENCE) / 2))
        return math.ceil(self.units[0][1] * ((z + float(norm.ppf(power))) / z * half / apart) ** 2)


def exact(value: float) -> Estimate:
    """A number that no other draw would change: from an enumeration, a proof, or a count of what was done."""
    return Estimate(float(value), float(value), float(value))


def mean(values: ArrayLike, *units: str) -> Estimate:
    """The mean over units. The interval is Student's t for one axis; with two axes, both are resampled.

    Args:
        values: (n,) or (n, m), finite.
        units: the name of each axis.
    """
    array = _checked(values, units)
    if len(units) > 1:
        return of_means(lambda a: a, units, array)
    n, centre = len(array), float(array.mean())
    if n == 1:
        return Estimate(centre, -math.inf, math.inf, ((units[0], 1),))
    from scipy.stats import t

    half = float(t.ppf((1 + CONFIDENCE) / 2, n - 1)) * float(array.std(ddof=1)) / math.sqrt(n)
    return Estimate(centre, centre - half, centre + half, ((units[0], n),))


def share(values: ArrayLike, *units: str) -> Estimate:
    """A mean of values from 0 to 1, whose interval stays within 0 to 1.

    The interval is bootstrapped. Where all values are 0 or all are 1, resampling shows no spread, and Wilson's interval
    for the more numerous unit is used.
    """
    array = _checked(values, units)
    if array.min() < 0 or array.max() > 1:
        raise ValueError(f"values: found {array.min():g} to {array.max():g}, expected shares from 0 to 1")
    found = of_means(lambda a: a, units, array)
    if array.min() == array.max() and array.min() in (0, 1):
        low, high = wilson(float(array.mean()), max(array.shape))
        return Estimate(found.value, low, high, found.units)
    return Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0), found.units)


def wilson(value: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share of n independent trials."""
    from scipy.stats import norm

    z2 = float(norm.ppf((1 + CONFIDENCE) / 2)) ** 2
    centre, half = value + z2 / (2 * n), math.sqrt(z2 * (value * (1 - value) + z2 / (4 * n)) / n)
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return (0.0 if value == 0 else low), (1.0 if value == 1 else high)


def ratio(ours: ArrayLike, theirs: ArrayLike, *units: str) -> Estimate:
    """The mean of `ours` divided by the mean of `theirs`; both come from the same units and are resampled together."""
    return of_means(np.divide, units, ours, theirs)


def of_means(function: Callable[..., Any], units: Sequence[str], *arrays: ArrayLike) -> Estimate:
    """A function of the means of several arrays over the same units; all arrays are resampled together.

    Args:
        function: takes the means; works element by element on arrays of them.
        units: the name of each axis.
        arrays: (n,) or (n, m).
    """
    given, named = _alike(units, arrays)
    rng = np.random.default_rng(0)  # how often each unit is drawn, as a share, (draws, n)
    weights = [rng.multinomial(n, np.full(n, 1 / n), DRAWS) / n for _, n in named]
    drawn = [((weights[0] @ a) * weights[1]).sum(1) if len(weights) > 1 else weights[0] @ a for a in given]
    with np.errstate(divide="ignore", invalid="ignore"):
        return _percentiles(float(function(*(a.mean() for a in given))), function(*drawn), named)


def bootstrap(statistic: Callable[..., float], units: str | Sequence[str], *arrays: ArrayLike) -> Estimate:
    """Any statistic of arrays with one value (or row) for each unit; all arrays are resampled together.

    Args:
        statistic: a function of the arrays.
        units: the name of each leading axis that is resampled.
        arrays: (n, ...), or (n, m, ...) for two units.
    """
    given, named = _alike((units,) if isinstance(units, str) else units, arrays)
    rng, drawn = np.random.default_rng(0), np.empty(DRAWS)
    for i in range(DRAWS):
        picked = [rng.integers(n, size=n) for _, n in named]
        drawn[i] = statistic(*(a[picked[0]] if len(named) == 1 else a[np.ix_(*picked)] for a in given))
    return replace(_percentiles(float(statistic(*given)), drawn, named), narrows=False)


def _alike(units: Sequence[str], arrays: Sequence[ArrayLike]) -> tuple[list[NDArray[np.float64]], Units]:
    """The arrays, and how many units of each kind they have."""
    given = [_checked(array, units) for array in arrays]
    sizes = given[0].shape[: len(units)]
    for array in given[1:]:
        if array.shape[: len(units)] != sizes:
            raise ValueError(f"arrays: found {array.shape} beside {given[0].shape}, expected the same units in all")
    return given, tuple(zip(units, sizes, strict=True))


def _percentiles(value: float, drawn: NDArray[np.float64], units: Units) -> Estimate:
    """The interval from resampled values.

    The percentile interval is widened by as much as Student's t is wider than the normal distribution, because plain
    percentiles are too narrow for few units (Hesterberg 2015, What Teachers Should Know About the Bootstrap, section
    5.2). The draws are the same in every run.
    """
    n = min(size for _, size in units)
    if n == 1:
        return Estimate(value, -math.inf, math.inf, units)
    from scipy.stats import norm, t

    tail = float(norm.cdf(float(t.ppf((1 - CONFIDENCE) / 2, n - 1)) * math.sqrt(n / (n - 1))))
    low, high = np.quantile(drawn[np.isfinite(drawn)], [tail, 1 - tail])
    return Estimate(value, float(low), float(high), units)


def test(p: float, opposite: float, unit: str, n: int) -> Estimate:
    """The p-value of a one-sided test over n units, together with that of the opposite test.

    A p-value already says how sure the result is. Where neither p-value is small, the test has found nothing, which is
    no evidence against a claim: the interval then spans all possible p-values.
    """
    found = min(p, opposite) < 1 - CONFIDENCE
    return Estimate(float(p), float(p) if found else 0.0, float(p) if found else 1.0, ((unit, n),), narrows=False)


class SignTest(NamedTuple):
    """Our wins, their wins, and the one-sided p-values of this many wins and of this many losses."""

    wins: int
    losses: int
    p: float
    opposite: float


def sign_test(ours: Sequence[float], theirs: Sequence[float]) -> SignTest:
    """Compare case by case; ties do not count."""
    wins = sum(a > b for a, b in zip(ours, theirs, strict=True))
    losses = sum(a < b for a, b in zip(ours, theirs, strict=True))
    n = wins + losses
    p, opposite = (sum(math.comb(n, k) for k in range(count, n + 1)) / 2**n for count in (wins, losses))
    return SignTest(wins, losses, p, opposite)


def _checked(values: Any, units: Sequence[str]) -> NDArray[np.float64]:
    array: NDArray[np.float64] = np.asarray(values, np.float64)
    if not units:
        raise ValueError("units: found none, expected the name of each axis that was drawn at random, such as 'seed'")
    if array.ndim < len(units) or not array.size:
        raise ValueError(f"values: found shape {array.shape}, expected an axis for each of {', '.join(units)}")
    if not np.isfinite(array).all():
        raise ValueError("values: found NaN or infinity, expected finite numbers")
    return array
