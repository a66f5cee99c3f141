"""Checking arguments: the value as it is meant, or a `ValueError` of one line."""

from __future__ import annotations

import operator
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
