"""Random numbers whose generator is part of the state record: xoshiro256++ (Blackman and Vigna 2019) on four words.

The stream belongs to the row, so neither the batch size nor the number of threads can change it, and a snapshot
carries it. Kernels pass `state.rng` to the functions below.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .inner import inner
from .portable import cos_turn, exp, log

WORDS = 4


def words(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Expand 64-bit keys, (n,), into generator words, (n, 4), with SplitMix64 as xoshiro's authors advise."""
    z = keys[:, None] + np.arange(1, WORDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inner
def _rotate(x, k):
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@inner
def bits(rng):
    """The next 64 random bits, uint64."""
    result = _rotate(rng[0] + rng[3], 23) + rng[0]
    t = rng[1] << np.uint64(17)
    rng[2] ^= rng[0]
    rng[3] ^= rng[1]
    rng[1] ^= rng[2]
    rng[0] ^= rng[3]
    rng[2] ^= t
    rng[3] = _rotate(rng[3], 45)
    return result


@inner
def randint(rng, n):
    """A uniform int64 in [0, n) for 0 < n < 2**32. Multiply and shift (Lemire 2019): bias below n / 2**32, no loop."""
    return np.int64(((bits(rng) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@inner
def uniform(rng):
    """A uniform float64 in [0, 1) with 53 random bits."""
    return np.float64(bits(rng) >> np.uint64(11)) * 2.0**-53


@inner
def normal(rng):
    """A standard normal float64 by the Box-Muller transform. It always takes two draws, so streams stay in step."""
    radius = math.sqrt(-2.0 * log(1.0 - uniform(rng)))
    return radius * cos_turn(uniform(rng))


@inner
def gamma(rng, shape):
    """A gamma float64 of this shape and scale 1 (Marsaglia and Tsang 2000). The number of draws is random."""
    if shape < 1.0:
        boost = exp(log(1.0 - uniform(rng)) / shape)
        shape += 1.0
    else:
        boost = 1.0
    d = shape - 1.0 / 3.0
    while True:
        x = normal(rng)
        v = 1.0 + x / math.sqrt(9.0 * d)
        v *= v * v
        if v <= 0.0:
            continue
        u, square = 1.0 - uniform(rng), x * x
        # The first condition implies the second and is nearly always true.
        if u < 1.0 - 0.0331 * square * square or log(u) < 0.5 * square + d - d * v + d * log(v):
            return boost * d * v
