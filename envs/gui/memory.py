"""Shared by memory tasks: the best success rates without memory, and goals that list things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb, factorial, prod

import numpy as np
from numpy.typing import NDArray

from .program import Builder

Conceal = Callable[[NDArray[np.int16]], None]


def many(b: Builder, knob: str, least: int, most: int) -> int:
    """A knob's number, clipped to the range that the task can use."""
    return min(max(int(getattr(b.knobs, knob)), least), most)


def listed(names: Sequence[str]) -> str:
    """Fields of a goal, listed in words: {a}, {b} and {c}."""
    fields = [f"{{{name}}}" for name in names]
    return fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"


def exchanging(values: Sequence[range], place: int, wanted: Sequence[int]) -> Conceal:
    """Swap the wanted entry's values with another's, in every list; the variable `place` says which one is wanted."""

    def conceal(v: NDArray[np.int16]) -> None:
        for of, want in zip(values, wanted, strict=True):
            here, there = of[int(v[place])], of[(int(v[place]) + 1) % len(of)]
            v[here], v[there] = v[there], v[here]
            v[want] = v[here]

    return conceal


def finding_once(pages: int) -> float:
    """The chance, without memory, of finding the thing on one of several pages, all alike, before opening one twice."""
    return sum(factorial(j) * comb(pages, j) / pages**j for j in range(1, pages + 1)) / pages


def opening_all(pages: int) -> float:
    """The chance, without memory, of opening each page once and then declaring it, for which one page is used."""
    return factorial(pages - 1) / pages**pages


def pressing(counts: Sequence[int]) -> float:
    """The largest chance, without memory, of pressing each button `counts` times, if the end is known.

    Each press is drawn from the same distribution; the best one is proportional to the counts.
    """
    n = sum(counts)
    ways = factorial(n) // prod(map(factorial, counts))
    return ways * prod((k / n) ** k for k in counts)
