"""Several episodes of one task as one episode, for training meta-learning agents."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from ..envs.core.check import integer

_LARGEST = np.finfo(np.float32).max


class _Snapshot(NamedTuple):
    env: Any
    own: dict[str, Any]


class RepeatTask(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Play one task several times within one episode, and show the agent its actions and rewards, as in RL^2.

    Every reset begins another task. If the environment has an `instance` and its reset takes `options["instance"]`, as
    the suite's bandits, tabular and combinatorial problems do, the task is that instance. The random generator goes on,
    so that each inner episode has its own luck. Any other environment is reset with the same seed again, which repeats
    its luck too; if the reset that began the task had no seed, one is drawn.

    Observations are `Dict(observation, action, reward, begun)`: the environment's own; the action and reward (float32
    (1,)) of the step that led here, zeros at the start of a task; 1 where an inner episode begins. The step that ends
    an inner episode returns the first observation of the next one; its own final observation and info are in
    `info["ended_observation"]` and `info["ended_info"]`. The episode ends with its last inner episode.
    `info["inner_episode"]` counts from 0.

    Snapshots (`get_state`, `set_state`, if the environment has them), pickles and copies include the task.

    Args:
        env: any environment whose actions are numbers or arrays.
        episodes: number of episodes per task.

    References:
        Duan et al. 2016, RL^2, arXiv 1611.02779.
    """

    _OWN = ("_episode", "_seed", "_options", "_action", "_reward", "_seeds")

    def __init__(self, env: gym.Env[Any, Any], episodes: int = 2) -> None:
        self.episodes = integer("episodes", episodes, 1)
        gym.utils.RecordConstructorArgs.__init__(self, episodes=self.episodes)
        super().__init__(env)
        self.observation_space = spaces.Dict(
            {
                "observation": env.observation_space,
                "action": env.action_space,
                "reward": spaces.Box(-_LARGEST, _LARGEST, (1,), np.float32),
                "begun": spaces.Discrete(2),
            }
        )
        inner = env.unwrapped
        self._has_instance = "instance" in getattr(inner, "option_names", ()) and hasattr(type(inner), "instance")
        self._nothing = nothing(env.action_space)
        self._seeds = np.random.default_rng()
        self._episode = 0
        self._seed: int | None = None
        self._options: dict[str, Any] | None = None
        self._action, self._reward = self._nothing, 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        if seed is not None:
            self._seeds = np.random.default_rng([seed, 1])  # not the environment's own stream
        elif not self._has_instance:
            seed = int(self._seeds.integers(2**31))
        observation, info = self.env.reset(seed=seed, options=options)
        self._episode, self._seed, self._options = 0, seed, copy.deepcopy(options)
        self._action, self._reward = self._nothing, 0.0
        if self._has_instance:
            instance = self.env.get_wrapper_attr("instance")
            self._seed, self._options = None, {**(self._options or {}), "instance": instance}
        return self._shown(observation, True), {**info, "inner_episode": 0}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        taken = copy.deepcopy(action)
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._action, self._reward = taken, float(reward)
        begun = bool(terminated or truncated) and self._episode + 1 < self.episodes
        if begun:
            self._episode += 1
            ended = {"ended_observation": observation, "ended_info": info}
            observation, info = self.env.reset(seed=self._seed, options=copy.deepcopy(self._options))
            info, terminated, truncated = {**info, **ended}, False, False
        return self._shown(observation, begun), reward, terminated, truncated, {**info, "inner_episode": self._episode}

    def get_state(self) -> Any:
        """A snapshot of the wrapped environment with the task and the inner episode."""
        inner = self.env.get_wrapper_attr("get_state")()
        return copy.deepcopy(_Snapshot(inner, {name: getattr(self, name) for name in self._OWN}))

    def set_state(self, state: Any) -> None:
        """Return to a snapshot from `get_state`."""
        if not isinstance(state, _Snapshot):
            raise ValueError(f"state: found {type(state).__name__}, expected what get_state of RepeatTask gave")
        inner, own = copy.deepcopy(state)
        self.__dict__.update(own)
        self.env.get_wrapper_attr("set_state")(inner)

    def _shown(self, observation: Any, begun: bool) -> dict[str, Any]:
        return {
            "observation": observation,
            "action": copy.deepcopy(self._action),
            "reward": np.array([self._reward], np.float32),
            "begun": int(begun),
        }


def nothing(space: gym.Space[Any]) -> Any:
    """The member of an action space that stands for no action: zeros, or the member nearest to them.

    `ValueError` for spaces that are not numeric.
    """
    match space:
        case spaces.Discrete():
            return space.start.copy()
        case spaces.MultiDiscrete():
            return space.start.copy()
        case spaces.Box():
            return np.clip(np.zeros(space.shape, space.dtype), space.low, space.high)
        case spaces.MultiBinary():
            return np.zeros(space.shape, space.dtype)
        case spaces.Dict():
            return {name: nothing(part) for name, part in space.spaces.items()}
        case spaces.Tuple():
            return tuple(nothing(part) for part in space.spaces)
    raise ValueError(f"env: actions of {type(space).__name__}, expected Discrete, Box or other spaces of numbers")
