"""Checking arguments: the value as it is meant, or a `ValueError` of one line."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """An integer of any integral type but bool, from `low` to `high`."""
    expected = "an integer" if high is not None else f"an integer of at least {low}"
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name}: {value!r}, expected {expected}") from None
    if isinstance(value, bool) or number < low or (high is not None and number > high):
        bounds = "" if high is None else f" from {low} to {high}"
        raise ValueError(f"{name}: {value!r}, expected {expected}{bounds}")
    return number


def number(name: str, value: Any, low: float, high: float = math.inf) -> float:
    """A finite number from `low` to `high`."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not (low <= found <= high and math.isfinite(found)):
        bounds = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name}: {value!r}, expected a number {bounds}")
    return found


def one_of(name: str, value: Any, known: Sequence[str]) -> int:
    """The place of a name among those known."""
    if value not in known:
        raise ValueError(f"{name}: {value!r}, expected one of {', '.join(map(repr, known))}")
    return list(known).index(value)
