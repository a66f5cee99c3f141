"""Knobs of difficulty from keyword arguments, checked."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..core.check import integer
from .program import MAX_JITTER, Knobs, Task

RANGES = {
    "distractors": (0, 12), "items": (1, 12), "layout_jitter": (0, MAX_JITTER), "memory_gap": (0, 12),
    "memory_load": (1, 8), "infeasible": (0, 100), "popups": (0, 100), "apps": (2, 8),
}  # fmt: skip


def checked_knobs(given: Mapping[str, Any]) -> Knobs:
    """`Knobs` with these values; `ValueError` for an unknown knob or an invalid value."""
    known = {field.name: field.default for field in fields(Knobs)}
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, 3, 0.4)
            raise ValueError(f"{name}: no such argument or knob; {_hint(close, known)}")
        checked[name] = integer(name, value, *RANGES.get(name, (0, 100)))
    return Knobs(**checked)


def _hint(close: list[str], known: Mapping[str, Any]) -> str:
    return f"close: {', '.join(close)}" if close else f"knobs: {', '.join(known)}"


def agree(knobs: Knobs, given: Mapping[str, Any], tasks: list[Task]) -> None:
    """Refuse knobs that would have no effect on any of the chosen tasks."""
    if knobs.infeasible and not any(task.record["may_be_infeasible"] for task in tasks):
        raise ValueError(f"infeasible: {knobs.infeasible}, but none of the tasks can be made impossible")
    for name in ("memory_gap", "memory_load"):
        if name in given and not any(task.memory for task in tasks):
            raise ValueError(f"{name}: {given[name]}, but none of the tasks needs a memory")
