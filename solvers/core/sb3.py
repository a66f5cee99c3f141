"""Stable-Baselines3 on the kernel path; a module of its own, so that `ige.solvers.core` loads no torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvIndices, VecEnvObs, VecEnvStepReturn

from ...envs.core import KernelVectorEnv


class SB3VecEnv(VecEnv):
    """Stable-Baselines3's `VecEnv` over the rows of a kernel, for example `PPO("MlpPolicy", SB3VecEnv(id))`.

    Row i plays as SB3's `DummyVecEnv` over `Monitor(gym.make(id))` would, bit for bit: observations as arrays
    (num_envs, ...) or a dictionary of them, float32 rewards (num_envs,), bool dones (num_envs,). The info of a row
    whose episode ended holds the environment's own fields, `terminal_observation`, `TimeLimit.truncated` and `episode`
    (return `r`, length `l`, seconds since construction `t`); the info of any other row is empty. sb3-contrib's
    MaskablePPO finds the masks.

    All rows share one Python object: `env_method` and `get_attr` show it each row in turn and only read; `set_attr`
    sets it for all rows.

    Args:
        env: an id, or a `KernelVectorEnv` (wrapped by Gymnasium's vector wrappers or not) in the autoreset mode
            SAME_STEP with `copy=True`.
        num_envs: the number of rows, for an id; 1 by default.
        kwargs: further arguments of `gym.make_vec`, for an id.

    Raises:
        ValueError: another mode, `copy=False`, no kernel, arguments given with a made environment, text observations.
    """

    def __init__(self, env: str | VectorEnv[Any, Any, Any], num_envs: int | None = None, **kwargs: Any) -> None:
        if isinstance(env, str):
            kwargs = {"autoreset_mode": AutoresetMode.SAME_STEP, **kwargs}
            env = gym.make_vec(env, 1 if num_envs is None else num_envs, "vector_entry_point", **kwargs)
        elif num_envs is not None or kwargs:
            raise ValueError(f"env: found {env} and arguments to make one, expected an id with them")
        self.env, self.kernel_env = env, _checked(env)
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)
        self.metadata = self.kernel_env.single.metadata
        self._returns = np.zeros(self.num_envs)
        self._lengths = np.zeros(self.num_envs, np.int64)
        self._start = time.time()

    def reset(self) -> VecEnvObs:
        """Reset all rows, with the seeds of `seed` and the options of `set_options` if these were called."""
        special = np.array([bool(options) for options in self._options])
        first = not self._begun  # the first reset includes all rows
        groups: list[tuple[NDArray[np.bool_], dict[str, Any]]] = [(~special | first, {})]
        groups += [(np.arange(self.num_envs) == i, self._options[i]) for i in np.flatnonzero(special)]
        observations: Any = None
        for chosen, options in groups:
            if chosen.any():
                options = {**options, "reset_mask": chosen}
                observations, infos = self.env.reset(seed=self._seeds, options=options)  # type: ignore[arg-type]
                self._begin(np.flatnonzero(chosen), infos)
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: NDArray[Any]) -> None:
        """Keep the actions, shape (num_envs, ...), for `step_wait`."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Advance every row; observations, rewards, dones and infos as the class says."""
        observations, rewards, terminated, truncated, found = self.env.step(self._actions)
        dones = terminated | truncated
        self._returns += rewards
        self._lengths += 1
        # One for each row, since callers may write into them; 30 ns each, little compared with what SB3 does with them.
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        rows = np.flatnonzero(dones)
        if rows.size:
            seconds = round(time.time() - self._start, 6)
            final, last = found.pop("final_info"), found.pop("final_obs")
            final |= {"TimeLimit.truncated": truncated & ~terminated, "terminal_observation": last}
            episodes = zip(self._returns[rows].tolist(), self._lengths[rows].tolist(), strict=True)
            for i, info, (r, length) in zip(rows.tolist(), _row_infos(final, rows), episodes, strict=True):
                infos[i] = info | {"episode": {"r": r, "l": length, "t": seconds}}
            self._begin(rows, found)
        return observations, rewards.astype(np.float32), dones, infos

    def close(self) -> None:
        self.env.close()

    def get_images(self) -> Sequence[NDArray[Any] | None]:
        """The rows' frames, which `render` tiles into one picture."""
        frames: Any = self.env.render()
        return [None] * self.num_envs if frames is None else frames

    # --- row by row ---------------------------------------------------------------------------------------------------

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """An attribute of the environment at each row; a method comes bound to its row."""
        rows = list(self._get_indices(indices))
        values = self._visit(rows, lambda single: getattr(single, attr_name))
        if all(map(callable, values)):
            return [partial(self._call, attr_name, row) for row in rows]
        return values

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set an attribute of the environment that all rows share; `ValueError` for some of the rows."""
        rows = list(self._get_indices(indices))
        if set(rows) != set(range(self.num_envs)):
            raise ValueError(f"indices: {rows}, expected all rows, since they share one environment")
        setattr(self.kernel_env.single, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        """What a method of the environment returns at each row; `ValueError` if it changes the row."""
        rows = list(self._get_indices(indices))
        if method_name == "action_masks":  # at every step of MaskablePPO
            return list(self.kernel_env.action_masks()[rows])
        return self._visit(rows, lambda single: getattr(single, method_name)(*method_args, **method_kwargs))

    def env_is_wrapped(
        self, wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]], indices: VecEnvIndices = None
    ) -> list[bool]:
        """True for SB3's `Monitor`, whose statistics the infos hold; its `evaluate_policy` then reads them."""
        return [wrapper_class is Monitor for _ in self._get_indices(indices)]

    def _call(self, method_name: str, row: int, *args: Any, **kwargs: Any) -> Any:
        return self.env_method(method_name, *args, indices=row, **kwargs)[0]

    def _visit(self, rows: Sequence[int], read: Callable[[Any], Any]) -> list[Any]:
        """What `read` returns for the single environment in the state of each row."""
        single, states, begun = self.kernel_env.single, self.kernel_env.get_state(), self._begun
        values = []
        for row in rows:
            if begun:
                single.set_state(states[row])
            before = single.get_state().tobytes()
            values.append(read(single))
            if single.get_state().tobytes() != before:
                raise ValueError(f"env_method: row {row} would change, expected a method that reads; use step or reset")
        return values

    @property
    def _begun(self) -> bool:
        """Whether an episode has begun in the rows; before that there is nothing to observe."""
        return bool(self.kernel_env.get_state()["rng"].any())

    def _begin(self, rows: NDArray[np.intp], infos: dict[str, Any]) -> None:
        self._returns[rows] = 0
        self._lengths[rows] = 0
        for row, info in zip(rows.tolist(), _row_infos(infos, rows), strict=True):
            self.reset_infos[row] = info


def _checked(env: VectorEnv[Any, Any, Any]) -> KernelVectorEnv:
    """The kernel's interface below the wrappers, if SB3 can use it."""
    kernel_env = env.unwrapped
    if not isinstance(kernel_env, KernelVectorEnv):
        raise ValueError(f"env: {env}, expected an id or a KernelVectorEnv; for others use SB3's DummyVecEnv")
    if kernel_env.autoreset_mode is not AutoresetMode.SAME_STEP:
        raise ValueError(
            f"autoreset_mode: {kernel_env.autoreset_mode.value!r}, expected 'SameStep', which SB3 asks for"
        )
    if not kernel_env.copy:
        raise ValueError("copy: False, expected True: SB3 keeps the observations of the step before")
    space = env.single_observation_space
    for name, part in space.items() if isinstance(space, spaces.Dict) else [("observation", space)]:
        if isinstance(part, spaces.Text):
            raise ValueError(
                f'observation_space: {name} is text, expected arrays, as most ids have with obs_mode="symbolic"'
            )
    return kernel_env


def _row_infos(infos: dict[str, Any], rows: NDArray[np.intp]) -> list[dict[str, Any]]:
    """Each row's own info, as the single environment returns it, from a vector environment's infos."""
    found: list[dict[str, Any]] = [{} for _ in rows]
    for name, values in infos.items():
        if name.startswith("_"):
            continue
        if isinstance(values, dict):  # from a wrapper
            chosen: Any = _row_infos(values, rows)
        else:
            chosen = values[rows] if values.ndim > 1 else values[rows].tolist()
        for info, value in zip(found, chosen, strict=True):
            info[name] = value
    return found
