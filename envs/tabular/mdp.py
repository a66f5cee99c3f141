"""Instances of tabular MDPs: transitions and rewards as arrays, checked and written as JSON."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.check import number
from ..core.instance import Instance, floats
from .policy import checked_policy

SUM = 1e-9  # tolerance for probabilities to add up to 1


@dataclass(frozen=True, eq=False)
class MDP(Instance):
    """A finite-horizon MDP.

    Attributes:
        transitions: float64 (L, S, A, S), probabilities of the next state; L is the horizon, or 1 if no step differs.
            (S, A, S) means L = 1.
        rewards: float64 (L, S, A) in [0, 1]; (S, A) means L = 1.
        initial: float64 (S,), probabilities of the first state; None: state 0.
    """

    transitions: NDArray[np.float64]
    rewards: NDArray[np.float64]
    initial: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        transitions = self._leading("transitions", self.transitions, 4)
        if transitions.ndim != 4 or transitions.shape[1] != transitions.shape[3]:
            raise ValueError(f"transitions: shape {transitions.shape}, expected (S, A, S) or (L, S, A, S)")
        tables, states, actions, _ = transitions.shape
        rewards = floats("rewards", self._leading("rewards", self.rewards, 3), (tables, states, actions), 0, 1)
        initial = np.eye(states)[0] if self.initial is None else self.initial
        initial = floats("initial", initial, (states,), 0, 1)
        transitions = floats("transitions", transitions, (tables, states, actions, states), 0, 1)
        for name, chances in (("transitions", transitions), ("initial", initial)):
            wrong = np.argwhere(np.abs(chances.sum(-1) - 1) > SUM)
            if len(wrong):
                place = "".join(f"[{i}]" for i in wrong[0].tolist())
                raise ValueError(f"{name}{place}: adds up to {chances[tuple(wrong[0])].sum():g}, expected 1")
        for name, value in (("transitions", transitions), ("rewards", rewards), ("initial", initial)):
            object.__setattr__(self, name, value)

    @staticmethod
    def _leading(name: str, values: ArrayLike, dimensions: int) -> NDArray[np.float64]:
        """The array with a leading axis for steps."""
        try:
            array: NDArray[np.float64] = np.array(values, np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name}: {values!r}, expected numbers") from None
        return array[None] if array.ndim == dimensions - 1 else array

    @property
    def sizes(self) -> tuple[int, int, int]:
        """The numbers of tables (1, or one for each step), states and actions."""
        shape = self.rewards.shape
        return shape[0], shape[1], shape[2]


@dataclass(frozen=True, eq=False)
class SafeMDP(MDP):
    """An MDP with a baseline that is known to be safe.

    Attributes:
        baseline_policy: float64 (H, S, A), action probabilities.
        gamma_c: least value from the start that a policy may have; at most the baseline's.
    """

    baseline_policy: NDArray[np.float64] | None = None
    gamma_c: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        from .oracle import value

        tables, states, actions = self.sizes
        if self.baseline_policy is None:
            raise ValueError("baseline_policy: missing, expected chances of actions, (H, S, A)")
        policy = checked_policy("baseline_policy", self.baseline_policy, (None, states, actions))
        if tables not in (1, len(policy)):
            raise ValueError(f"baseline_policy: {len(policy)} steps, expected {tables} as transitions has")
        safe, gamma_c = value(self, policy), number("gamma_c", self.gamma_c, 0)
        if gamma_c > safe + SUM:
            raise ValueError(f"gamma_c: {gamma_c:g}, expected from 0 to the baseline's value {safe:g}")
        object.__setattr__(self, "gamma_c", gamma_c)
        object.__setattr__(self, "baseline_policy", policy)
