"""Enumerate both formulations of an instance: whether the quotient is a bisimulation, and how much smaller it is.

Drakulic et al. 2023 (arXiv 2301.03313), section 3 and its proposition: states with the same quotient have the same
continuations with the same rewards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from .instance import Instance


@dataclass(frozen=True)
class Enumerated:
    """The results of an enumeration.

    Attributes:
        direct, quotient: numbers of states.
        differing: number of direct states that do not behave like the first state with their quotient: in what is
            shown, in legal actions, in rewards, in ends or in the next quotients.
        value_difference: largest difference between the best return-to-go of a direct state and of its quotient.
        best: best return.
    """

    direct: int
    quotient: int
    differing: int
    value_difference: float
    best: float


def enumerate_both(instance: Instance) -> Enumerated:
    """Walk through all states of an instance. Their number grows with n!; n up to 8 takes seconds."""
    direct, quotient = (
        gym.make(
            f"ige/{instance.problem}-v0", instances=instance, formulation=formulation, disable_env_checker=True
        ).unwrapped
        for formulation in ("direct", "bq")
    )
    walk = _Walk(direct, quotient)
    direct.reset(seed=0)
    best = walk.value(direct.get_state())  # type: ignore[attr-defined]
    return Enumerated(len(walk.values), len(walk.behaviour), walk.differing, walk.value_difference, best)


class _Walk:
    def __init__(self, direct: Any, quotient: Any) -> None:
        self.direct, self.quotient = direct, quotient
        self.values: dict[bytes, float] = {}  # values of direct states
        self.quotient_values: dict[bytes, float] = {}
        self.behaviour: dict[bytes, tuple[list[Any], dict[str, Any]]] = {}
        self.differing, self.value_difference = 0, 0.0

    def value(self, state: Any) -> float:
        """The best return-to-go of a state; it also records those of all its successors."""
        self.direct.set_state(state)
        if (known := self.values.get(self.direct.state_key())) is not None:
            return known
        own = self.direct.state_key()
        self.quotient.set_state(state)
        key, shown = self.quotient.state_key(), self.quotient.observe()[0]
        following, returns, bounds = [], [], []
        over = bool(state["over"])
        for action in [] if over else np.flatnonzero(self.direct.action_masks()).tolist():
            self.direct.set_state(state)
            _, reward, ended, _, _ = self.direct.step(action)
            after = self.direct.get_state()
            self.quotient.set_state(after)
            successor = self.quotient.state_key()
            following.append((action, reward, ended, successor))
            returns.append(reward + self.value(after))
            bounds.append(reward + self.quotient_values[successor])
        self.values[own] = max(returns, default=0.0)
        if key not in self.behaviour:
            self.behaviour[key] = following, shown
            self.quotient_values[key] = max(bounds, default=0.0)
        expected, observation = self.behaviour[key]
        same = expected == following and all(np.array_equal(shown[name], observation[name]) for name in shown)
        self.differing += not same
        self.value_difference = max(self.value_difference, abs(self.values[own] - self.quotient_values[key]))
        return self.values[own]
