"""The generator in the state record, against an independent one in plain Python and against its authors' numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit
from scipy import stats

from ige.envs.core.rng import bits, gamma, normal, randint, uniform, words

MASK = 2**64 - 1


def splitmix(state: int) -> Iterator[int]:
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def xoshiro(s: list[int]) -> Iterator[int]:
    def rotate(x: int, k: int) -> int:
        return ((x << k) | (x >> (64 - k))) & MASK

    while True:
        yield (rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)


def take(stream: Iterator[int], n: int) -> list[int]:
    return [next(stream) for _ in range(n)]


@njit
def draw_integers(rng, n, out):
    for i in range(out.shape[0]):
        out[i] = randint(rng, n)


@njit
def draw_uniforms(rng, out):
    for i in range(out.shape[0]):
        out[i] = uniform(rng)


@njit
def draw_gammas(rng, shape, out):
    """Normal ones for a shape of 0."""
    for i in range(out.shape[0]):
        out[i] = gamma(rng, shape) if shape > 0 else normal(rng)


def integers(key: int, n: int, size: int) -> np.ndarray:
    out = np.empty(size, np.int64)
    draw_integers(words(np.array([key], np.uint64))[0], n, out)
    return out


def uniforms(key: int, size: int) -> np.ndarray:
    out = np.empty(size)
    draw_uniforms(words(np.array([key], np.uint64))[0], out)
    return out


def test_golden_splitmix() -> None:
    """The first words from 1234567, as SplitMix64 is commonly tested."""
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert words(np.array([1234567], np.uint64))[0].tolist() == expected == take(splitmix(1234567), 4)


def test_golden_xoshiro() -> None:
    """The first numbers from the words 1, 2, 3, 4, as xoshiro256++ is commonly tested."""
    expected = [41943041, 58720359, 3588806011781223, 3591011842654386, 9228616714210784205]
    rng = np.array([1, 2, 3, 4], np.uint64)
    assert [int(bits(rng)) for _ in range(5)] == expected == take(xoshiro([1, 2, 3, 4]), 5)


@given(key=st.integers(0, MASK))
def test_as_in_plain_python(key: int) -> None:
    seeds = take(splitmix(key), 4)
    rng = words(np.array([key], np.uint64))[0]
    assert rng.tolist() == seeds
    assert [int(bits(rng)) for _ in range(20)] == take(xoshiro(seeds), 20)


@given(key=st.integers(0, MASK), n=st.integers(1, 2**32 - 1))
def test_integers_are_the_high_bits_scaled(key: int, n: int) -> None:
    stream = xoshiro(take(splitmix(key), 4))
    expected = [(next(stream) >> 32) * n >> 32 for _ in range(10)]
    assert integers(key, n, 10).tolist() == expected
    assert all(0 <= value < n for value in expected)


@given(key=st.integers(0, MASK))
def test_uniforms_have_53_bits(key: int) -> None:
    stream = xoshiro(take(splitmix(key), 4))
    expected = [(next(stream) >> 11) / 2**53 for _ in range(10)]
    assert uniforms(key, 10).tolist() == expected
    assert all(0 <= value < 1 for value in expected)


@pytest.mark.parametrize("n", [2, 3, 10, 37])
def test_integers_are_uniform(n: int) -> None:
    """Chi-square within five standard deviations, for values and for pairs of neighbours."""
    drawn = integers(2024, n, 200_000)
    for counts in (np.bincount(drawn, minlength=n), np.bincount(drawn[::2] * n + drawn[1::2], minlength=n * n)):
        expected, freedom = counts.sum() / len(counts), len(counts) - 1
        chi_square = ((counts - expected) ** 2 / expected).sum()
        assert abs(chi_square - freedom) < 5 * np.sqrt(2 * freedom)


def test_uniforms_are_uniform() -> None:
    drawn = uniforms(7, 200_000)
    assert abs(drawn.mean() - 1 / 2) < 5 / np.sqrt(12 * len(drawn))
    assert abs(drawn.var() - 1 / 12) < 0.001
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5 / np.sqrt(len(drawn))


@pytest.mark.parametrize("shape", [0.0, 0.05, 0.3, 1.0, 4.0])
def test_normals_and_gammas_are_such(shape: float) -> None:
    """Kolmogorov's and Smirnov's distance from the distribution; its 1 - 1e-6 quantile is 2.7 / sqrt(n)."""
    drawn = np.empty(100_000)
    draw_gammas(words(np.array([3], np.uint64))[0], shape, drawn)
    distribution = stats.gamma(shape) if shape else stats.norm
    assert stats.kstest(drawn, distribution.cdf).statistic < 2.7 / np.sqrt(len(drawn))


def test_neighbouring_keys_give_unrelated_streams() -> None:
    streams = np.array([uniforms(key, 500) for key in range(20)])
    correlation = np.corrcoef(streams) - np.eye(20)
    assert np.abs(correlation).max() < 0.25
    assert len(np.unique(streams)) == streams.size
