"""Instances: what is to be solved, as frozen values that can be written, read, checked and scored.

A solution is the sequence of actions that the environments take, the same in both formulations:
TSP and ATSP: the nodes after node 0, in order; CVRP: 2 j + flag, flag 1 to visit customer j by way of the depot;
orienteering: the nodes after the depot, in order; knapsack: the items, in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...core.instance import Instance as Plain

Array = NDArray[np.float64]
PROBLEMS: dict[str, type[Any]] = {}  # the package fills it in


class Instance(Plain):
    """What all problems share; each is a frozen dataclass of its own.

    Attributes:
        name: of the file or data set that it comes from.
        best_known: the best objective known, in the units of `cost`; None if there is none.
    """

    problem: ClassVar[str]
    minimise: ClassVar[bool] = True
    name: str
    best_known: float | None

    def __setstate__(self, state: dict[str, Any]) -> None:
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)  # which pickles forget
        self.__dict__.update(state)

    @property
    def constraints(self) -> tuple[str, ...]:
        """What it has beyond the problem as it is drawn, of `CONSTRAINTS`; not every solver knows them."""
        return ()

    @property
    def n(self) -> int:
        """The environment's `n`: nodes of a (A)TSP, customers without the depot, items."""
        raise NotImplementedError

    def objective(self, actions: ArrayLike) -> float:
        """The length (or prize, or value) of a solution in the units of the instance, computed anew in float64.

        Raises:
            ValueError: the actions are no solution; the first offending one is named.
        """
        raise NotImplementedError

    def cost(self, actions: ArrayLike) -> float:
        """The objective by the conventions of the file that the instance comes from, such as rounded distances."""
        return self.objective(actions)

    def gap(self, actions: ArrayLike) -> float | None:
        """How far a solution is from the best known one, relative to it; positive is worse; None if none is known."""
        return None if self.best_known is None else gap(self.cost(actions), self.best_known, self.minimise)

    def scaled(self) -> Any:
        """The instance as the environments play it: points in the unit square, other numbers at most 1."""
        return self

    # --- files --------------------------------------------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Plain data, with the problem's name."""
        return {"problem": self.problem, **super().as_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Any:
        """The instance of some problem that `as_dict` described; `ValueError` names what is missing or unknown."""
        data = dict(data)
        problem = data.pop("problem", None)
        if not isinstance(problem, str) or problem not in PROBLEMS:
            raise ValueError(f"problem: {problem!r}, expected one of {', '.join(map(repr, PROBLEMS))}")
        return super(Instance, PROBLEMS[problem]).from_dict(data)


# What `Instance.constraints` names, in words.
CONSTRAINTS = {
    "matrix": "distances by a matrix",
    "directions": "distances that differ by direction",
    "limit": "a limit of route lengths",
    "vehicles": "a number of vehicles",
}


def require(who: str, instance: Instance, known: Sequence[str] = ()) -> None:
    """Refuse an instance that has what somebody does not know; `ValueError` names the constraint."""
    for name in instance.constraints:
        if name not in known:
            raise ValueError(f"{who} does not know {CONSTRAINTS[name]}, which the {instance.problem} has")


def gap(objective: float, reference: float, minimise: bool = True) -> float:
    """The relative distance to a reference; positive is worse."""
    return (objective - reference if minimise else reference - objective) / abs(reference)
