"""Episodes of given instances in parallel: the environments' compiled loops over any selection of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...envs.combinatorial.instance import Instance, require
from ...envs.core.batch import DISABLED
from ...envs.core.check import array
from ...envs.core.compile import bind
from ...envs.core.tell import told_dtype


class Rows:
    """Rows of one environment's records that are stepped, copied and dropped together.

    Attributes:
        state: records (rows,).
        observation: the observation of each row; a record array.
        mask: int8 (rows, actions).
        score: float64 (rows,), the return so far.
        owner: int64 (rows,), which of the instances a row plays.
        over: bool (rows,).
    """

    def __init__(self, instances: Sequence[Instance], formulation: str = "bq") -> None:
        first = instances[0]
        for i, instance in enumerate(instances):
            require(f"instances[{i}]: the policy", instance)
        made: Any = gym.make(
            f"ige/{first.problem}-v0", instances=first, formulation=formulation, disable_env_checker=True
        )
        self.env: Any = made.unwrapped
        states = []
        for instance in instances:
            self.env.reset(seed=0, options={"instance": instance})
            states.append(self.env.get_state())
        self._set(np.array(states), np.zeros(len(states)), np.arange(len(states)))

    @classmethod
    def of(cls, env: Any, states: NDArray[Any]) -> Rows:
        """Rows that start in states of an environment or a vector environment, each with its own instance."""
        rows = object.__new__(cls)
        rows.env = env
        rows._set(states, np.zeros(len(states)), np.arange(len(states)))
        return rows

    def _set(self, state: NDArray[Any], score: NDArray[np.float64], owner: NDArray[np.int64]) -> None:
        self.state, self.score, self.owner = state, score, owner
        self.observation = np.zeros(len(state), self.env.kernel.observation)
        self.mask = np.zeros((len(state), self.env.kernel.n_masked), np.int8)
        self._told = np.zeros(len(state), told_dtype(self.env.kernel))
        self._loops = bind(self.env.kernel.module, False, self.env.kernel.observe)
        self._loops.observe(state, self.env.params, self.observation, self.mask, self._told)

    @property
    def over(self) -> NDArray[np.bool_]:
        return self.state["over"]

    def __len__(self) -> int:
        return len(self.state)

    def step(self, actions: NDArray[np.int64]) -> None:
        """Take an action in every row; none may be over. One outside the space raises `ValueError`."""
        count = len(self)
        actions = array("actions", actions, (count,), np.int64, 0, self.env.kernel.n_masked - 1)
        reward, over, cut, begun = np.zeros(count), *np.zeros((3, count), np.bool_)
        self._loops.step(self.state, self.env.params, actions, DISABLED, reward, over, cut, begun, self.state[:0])
        self._loops.observe(self.state, self.env.params, self.observation, self.mask, self._told)
        self.score += reward

    def taken(self, which: NDArray[Any]) -> Rows:
        """Some of the rows, or several copies of them, as new rows."""
        other = object.__new__(Rows)
        other.env = self.env
        other._set(self.state[which], self.score[which], self.owner[which])
        return other
