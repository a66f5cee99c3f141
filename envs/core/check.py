"""Checking arguments: the value as it is meant, or a `ValueError` of one line."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

MOST_MEMORY = 64 << 20  # bytes of one environment's record and observation


def short(value: Any, width: int = 100) -> str:
    """A value on one short line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= width else f"{text[: width - 3]}..."


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """An integer of any integral type but bool, from `low` to `high`."""
    expected = "an integer" if high is not None else f"an integer of at least {low}"
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name}: {short(value)}, expected {expected}") from None
    if isinstance(value, bool) or number < low or (high is not None and number > high):
        bounds = "" if high is None else f" from {low} to {high}"
        raise ValueError(f"{name}: {short(value)}, expected {expected}{bounds}")
    return number


def number(name: str, value: Any, low: float, high: float = math.inf) -> float:
    """A finite number from `low` to `high`."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not (low <= found <= high and math.isfinite(found)):
        bounds = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name}: {short(value)}, expected a number {bounds}")
    return found


def one_of(name: str, value: Any, known: Sequence[str]) -> int:
    """The place of a name among those known."""
    if value not in known:
        raise ValueError(f"{name}: {short(value)}, expected one of {', '.join(map(repr, known))}")
    return list(known).index(value)


def affordable(n_bytes: float, **arguments: int) -> None:
    """`ValueError` if an environment of these arguments, which takes `n_bytes` of memory, takes too much."""
    if n_bytes > MOST_MEMORY:
        found = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        raise ValueError(
            f"{found}: an environment takes {n_bytes / 2**20:,.0f} MiB of memory, expected at most "
            f"{MOST_MEMORY >> 20} MiB"
        )
