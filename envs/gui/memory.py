"""What tasks of memory share: how well an agent without memory may do, and goals that list things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb, factorial, prod

import numpy as np
from numpy.typing import NDArray

from .program import Builder

Conceal = Callable[[NDArray[np.int16]], None]


def many(b: Builder, knob: str, least: int, most: int) -> int:
    """A knob's number, within what the task has use for."""
    return min(max(int(getattr(b.knobs, knob)), least), most)


def listed(names: Sequence[str]) -> str:
    """Fields of a goal, in words: {a}, {b} and {c}."""
    fields = [f"{{{name}}}" for name in names]
    return fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"


def exchanging(values: Sequence[range], place: int, wanted: Sequence[int]) -> Conceal:
    """Another entry has what the wanted one had, in every list; `place` is the variable that says which is wanted."""

    def conceal(v: NDArray[np.int16]) -> None:
        for of, want in zip(values, wanted, strict=True):
            here, there = of[int(v[place])], of[(int(v[place]) + 1) % len(of)]
            v[here], v[there] = v[there], v[here]
            v[want] = v[here]

    return conceal


def finding_once(pages: int) -> float:
    """The chance of finding what is on one of the pages before any is opened twice, without memory: all alike."""
    return sum(factorial(j) * comb(pages, j) / pages**j for j in range(1, pages + 1)) / pages


def opening_all(pages: int) -> float:
    """The chance of opening each once and then saying so, without memory: one page is where it is said."""
    return factorial(pages - 1) / pages**pages


def pressing(counts: Sequence[int]) -> float:
    """The chance of pressing each button as often as that, without memory, at most, where the end is known.

    Each press is drawn alike, and the best chances are in proportion to the counts.
    """
    n = sum(counts)
    ways = factorial(n) // prod(map(factorial, counts))
    return ways * prod((k / n) ** k for k in counts)
