"""Instances: the problem data of an episode, as a frozen value that can be written, read and checked."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from .given import json_object


class Instance:
    """A frozen dataclass of numbers and arrays; its `__post_init__` rejects invalid values."""

    def as_dict(self) -> dict[str, Any]:
        """The instance as plain data."""
        values = {field.name: getattr(self, field.name) for field in fields(cast(Any, self))}
        return {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in values.items()}

    def to_json(self) -> str:
        return json.dumps(self.as_dict())

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The instance that `as_dict` described; a `ValueError` names missing or unknown fields."""
        known = fields(cast(Any, cls))
        names = [field.name for field in known]
        for name in data:
            if name not in names:
                raise ValueError(f"{name}: {cls.__name__} has no such field, expected one of {', '.join(names)}")
        for field in known:
            if field.name not in data and field.default is MISSING and field.default_factory is MISSING:
                raise ValueError(f"{field.name}: missing, expected all of {', '.join(names)}")
        return cls(**data)

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls.from_dict(json_object("instance", text))


def floats(name: str, values: Any, shape: tuple[int | None, ...], low: float = -np.inf, high: float = np.inf) -> Any:
    """A read-only float64 array of this shape (None: any length of at least 1) with entries from `low` to `high`.

    `ValueError` names the first entry outside these bounds.
    """
    try:
        array: NDArray[np.float64] = np.array(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name}: {values!r}, expected numbers") from None
    fits = array.ndim == len(shape) and all(n == (m or max(n, 1)) for n, m in zip(array.shape, shape, strict=True))
    if not fits:
        wanted = ", ".join("any" if m is None else str(m) for m in shape)
        raise ValueError(f"{name}: shape {array.shape}, expected ({wanted})")
    wrong = np.argwhere(~((array >= low) & (array <= high) & np.isfinite(array)))
    if len(wrong):
        place = "".join(f"[{i}]" for i in wrong[0].tolist())
        bounds = f"from {low:g} to {high:g}" if np.isfinite(low) or np.isfinite(high) else "finite"
        raise ValueError(f"{name}{place}: {array[tuple(wrong[0])]:g}, expected a number {bounds}")
    array.setflags(write=False)
    return array
