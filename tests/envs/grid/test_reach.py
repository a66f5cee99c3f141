"""Flood fill on rows of bits, compared with a plain search."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.grid.reach import flood


@given(st.integers(1, 20), st.integers(1, 64), st.integers(0, 2**32 - 1))
def test_flood_reaches_what_a_search_reaches(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    free = rng.random((height, width)) < 0.65
    start = (int(rng.integers(height)), int(rng.integers(width)))
    free[start] = True
    expected, pending = set(), [start]
    while pending:
        y, x = place = pending.pop()
        if 0 <= y < height and 0 <= x < width and free[place] and place not in expected:
            expected.add(place)
            pending += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    weights = 1 << np.arange(width, dtype=np.uint64)
    passable = (free * weights).sum(axis=1, dtype=np.uint64)
    reached = np.zeros(height, np.uint64)
    reached[start[0]] = weights[start[1]]
    flood(passable, reached, height)
    found = {(y, x) for y in range(height) for x in range(width) if int(reached[y]) >> x & 1}
    assert found == expected
