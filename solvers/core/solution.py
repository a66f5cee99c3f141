"""What a search gives back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ...wrappers import Spent


@dataclass(frozen=True)
class Solution:
    """The outcome of one search.

    Attributes:
        status: "solved"; "budget", spent before success; or "exhausted", every action of every kept state was tried.
        actions: the actions from the start to the success; empty unless solved.
        total_return: the sum of rewards along `actions`.
        spent: what the budget wrapper counted.
        archived: states kept at the end, including the start.
        malformed: answers of the model that could not be used and were replaced by the documented fallback.
    """

    status: str
    actions: tuple[Any, ...] = ()
    total_return: float = 0.0
    spent: Spent = field(default_factory=Spent)
    archived: int = 0
    malformed: int = 0

    @property
    def solved(self) -> bool:
        return self.status == "solved"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "actions": [getattr(a, "item", lambda a=a: a)() for a in self.actions]}
