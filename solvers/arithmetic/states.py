"""Reading Game of 24 states out of a search's queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..foundation import Scorer
from ..search.task import Move

State = tuple[int, ...]


def state_of(item: Any) -> State | None:
    """The numbers that an archive entry shows or a move would lead to; None for an illegal move."""
    if isinstance(item, Move):
        return item.preview
    return tuple(int(v) for v in item.observation if v >= 0)


def scorer_of(value: Callable[[list[State]], NDArray[np.float64]], target: int) -> Scorer:
    """A scorer of queries from a value function for two or more numbers; a single number is the target or it is not.

    Values are cached, since a search asks about the same few hundred states over and over.
    """
    known: dict[State, float] = {}

    def scorer(role: str, items: Sequence[Any]) -> NDArray[np.float64]:
        states = [state_of(item) for item in items]
        new = list({s for s in states if s is not None and len(s) > 1 and s not in known})
        if new:
            known.update(zip(new, value(new).tolist(), strict=True))
        return np.array([0.0 if s is None else float(s[0] == target) if len(s) == 1 else known[s] for s in states])

    return scorer
