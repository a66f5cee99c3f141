"""Delayed feedback in batches, as in logged data."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ..envs.core.check import integer, number
from .trajectory import columns, tree


class Matured(NamedTuple):
    """The feedback of n steps, oldest first.

    Attributes:
        observations: (n, ...), those on which the agent acted; a dict or tuple of arrays for such spaces; text is
            unicode.
        actions: (n, ...), or a dict or tuple.
        propensities: float64 (n,), probability with which the agent chose the action.
        rewards: float64 (n,).
    """

    observations: Any
    actions: Any
    propensities: NDArray[np.float64]
    rewards: NDArray[np.float64]


Step = tuple[Any, Any, float, float]  # observation, action, propensity, reward


class _Snapshot(NamedTuple):
    env: Any
    shown: Any
    log: list[Step]
    steps: int
    propensity: float


class DelayedFeedback(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Hold rewards back: each step gives 0, and `info["matured"]` delivers the earned rewards from time to time.

    Steps are logged in batches. When a batch closes, the batch that closed `delay` batches earlier is delivered as
    `Matured` (with no delay, the one that closes). The step that ends the episode delivers everything outstanding, even
    from a batch that is not full; a reset before the end drops it. Other steps have no `info["matured"]`.

    Before a step, an agent may state the probability of its choice: `env.propensity = 0.2` (through other wrappers,
    `env.set_wrapper_attr("propensity", 0.2)`). It applies to one step; the default is 1.

    Snapshots (`get_state`, `set_state`, if the environment has them), pickles and copies include outstanding feedback.

    Args:
        env: any environment.
        batch: number of steps in a batch.
        delay: number of batches that must close after a batch before it is delivered.
    """

    def __init__(self, env: gym.Env[Any, Any], batch: int = 100, delay: int = 0) -> None:
        self.batch, self.delay = integer("batch", batch, 1), integer("delay", delay, 0)
        gym.utils.RecordConstructorArgs.__init__(self, batch=self.batch, delay=self.delay)
        super().__init__(env)
        self._shown: Any = None
        self._log: list[Step] = []
        self._steps = 0
        self._propensity = 1.0

    @property
    def propensity(self) -> float:
        """The probability with which the agent chooses the next action."""
        return self._propensity

    @propensity.setter
    def propensity(self, value: float) -> None:
        self._propensity = number("propensity", value, np.nextafter(0, 1), 1)

    @property
    def outstanding(self) -> int:
        """The number of steps whose reward has not been delivered yet."""
        return len(self._log)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self._shown, self._log, self._steps, self._propensity = copy.deepcopy(observation), [], 0, 1.0
        return observation, info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        taken = copy.deepcopy(action)
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._log.append((self._shown, taken, self._propensity, float(reward)))
        self._shown = copy.deepcopy(observation)  # the caller may modify what it receives
        self._propensity = 1.0
        self._steps += 1
        due = self._due(bool(terminated or truncated))
        if due:
            info = {**info, "matured": _stacked(self._log[:due])}
            del self._log[:due]
        return observation, 0.0, terminated, truncated, info

    def get_state(self) -> Any:
        """A snapshot of the wrapped environment with the outstanding feedback."""
        inner = self.env.get_wrapper_attr("get_state")()
        return copy.deepcopy(_Snapshot(inner, self._shown, self._log, self._steps, self._propensity))

    def set_state(self, state: Any) -> None:
        """Return to a snapshot from `get_state`."""
        if not isinstance(state, _Snapshot):
            raise ValueError(f"state: found {type(state).__name__}, expected what get_state of DelayedFeedback gave")
        inner, self._shown, self._log, self._steps, self._propensity = copy.deepcopy(state)
        self.env.get_wrapper_attr("set_state")(inner)

    def _due(self, over: bool) -> int:
        """The number of steps to deliver now."""
        if over:
            return len(self._log)
        closed, left = divmod(self._steps, self.batch)
        return self.batch if not left and closed > self.delay else 0


def _stacked(log: list[Step]) -> Matured:
    observations, actions, propensities, rewards = (list(column) for column in zip(*log, strict=True))
    arrays = {**columns("observations", observations), **columns("actions", actions)}
    return Matured(**tree(arrays), propensities=np.array(propensities), rewards=np.array(rewards))
