"""The single-agent interface: a Gymnasium `Env` over one row of a kernel."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, ClassVar, Generic, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec
from numpy.typing import NDArray

from .check import integer
from .interface import MASK, KernelInterface, checked, mask_length, reader
from .kernel import Kernel

ActType = TypeVar("ActType")


def observed(kernel: Kernel, space: gym.Space[Any]) -> tuple[str, ...]:
    """The fields of the observation record that the agent receives."""
    return tuple(space.spaces) if isinstance(space, spaces.Dict) else (kernel.observation.names or ())[:1]


def texts(kernel: Kernel, space: gym.Space[Any]) -> frozenset[str]:
    """The observed fields that are handed out as text."""
    parts = space.spaces if isinstance(space, spaces.Dict) else {observed(kernel, space)[0]: space}
    return frozenset(name for name, part in parts.items() if isinstance(part, spaces.Text))


def part_of(kernel: Kernel, out: NDArray[Any], mask: NDArray[Any]) -> Callable[[str], NDArray[Any]]:
    """A function from the name of a part of the observation to its rows."""
    fields = kernel.observation.names or ()
    return lambda name: mask if name == MASK and name not in fields else out[name]


def known(values: Any) -> Any:
    """Which numbers of a field are known; a kernel writes NaN for unknown ones."""
    return np.isfinite(values) if values.dtype.kind == "f" else np.True_


def written_out(arguments: str, values: dict[str, str], **known: Any) -> Callable[..., dict[str, Any]]:
    """A function that builds a dictionary of expressions; a loop over the names would cost as much again."""
    items = ", ".join(f"{name!r}: {value}" for name, value in values.items())
    made: Callable[..., dict[str, Any]] = eval(f"lambda {arguments}: {{{items}}}", known)
    return made


def _together(readers: dict[str, Callable[[], Any]]) -> Callable[[], dict[str, Any]]:
    """A function that calls all readers and collects their values by name."""
    calls = {f"read_{i}": read for i, read in enumerate(readers.values())}
    return written_out("", {name: f"{call}()" for name, call in zip(readers, calls, strict=True)}, **calls)


def _first(field: NDArray[Any]) -> Callable[[], Any]:
    """A function that reads the first row of a field, as a Python number or as a new array."""
    return field.item if field.ndim == 1 else field[0].copy


class KernelEnv(KernelInterface, gym.Env[Any, ActType], Generic[ActType]):
    """One row of a kernel behind Gymnasium's `Env`; a family adds its docstring, its spaces and its text.

    Args:
        kernel: the compiled half.
        params: the kernel's parameters, a NamedTuple of scalars and arrays; its field `max_steps` (0: none) truncates.
        observation_space: a `Dict` over fields of the observation record, or the space of its first field. Where a
            field's space is `Text`, the record holds codes and `decode_text` turns them into text.
        action_space: `Discrete`, or any space of one array.
        render_mode: one of the class's `metadata["render_modes"]`.
    """

    episode_texts: ClassVar[tuple[str, ...]] = ()  # text fields of the observation that only a reset changes
    _spec: EnvSpec | None = None
    derived = (*KernelInterface.derived, "_mask_row", "_observation", "_always_told", "_n")

    def __init__(
        self,
        kernel: Kernel,
        params: Any,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        render_mode: str | None = None,
    ) -> None:
        self.observation_space, self.action_space = observation_space, action_space
        super().__init__(kernel, params, render_mode)

    def _prepare(self) -> None:
        super()._prepare()
        kernel, space = self.kernel, self.observation_space
        self._mask_row = self._mask[0]
        part = part_of(kernel, self._out, self._mask)
        is_dict, names = isinstance(space, spaces.Dict), observed(kernel, space)
        parts = space.spaces if isinstance(space, spaces.Dict) else dict.fromkeys(names, space)
        readers = {name: self._reader(name, part(name)[0, ...], parts[name]) for name in names}
        self._observation: Callable[[], Any] = _together(readers) if is_dict else readers[names[0]]
        told: dict[str, Callable[[], Any]] = {name: _first(self._state[name]) for name in kernel.info}
        self._always_told = _together(told | ({MASK: self._mask_row.copy} if kernel.n_masked else {}))
        self._n = int(self.action_space.n) if isinstance(self.action_space, spaces.Discrete) else 0

    def _action_buffer(self) -> NDArray[Any]:
        space = self.action_space
        if isinstance(space, spaces.Discrete):
            return np.zeros(1, np.int64)
        return np.zeros((1, *(space.shape or ())), space.dtype)

    # --- Gymnasium ----------------------------------------------------------------------------------------------------

    @property
    def spec(self) -> EnvSpec | None:
        """The registered spec, with the step limit as `max_episode_steps`, where Gymnasium's wrappers look for it."""
        return self._spec

    @spec.setter
    def spec(self, spec: EnvSpec | None) -> None:
        limit = self.step_limit()
        if spec is not None and spec.max_episode_steps is None and limit is not None:
            spec = copy(spec)
            spec.max_episode_steps = limit
        self._spec = spec

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode. `options["instance"]` plays a given instance; an unknown option raises `ValueError`."""
        seed = None if seed is None else integer("seed", seed, 0)
        params = self.instance_params(options)
        super().reset(seed=seed)
        self._begin(seed, params)
        return self._observation(), self._info()

    def step(self, action: ActType) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Advance by one action. An action outside the space raises `ValueError`, a finished episode `ResetNeeded`."""
        if self._over[0]:
            raise gym.error.ResetNeeded("step: the episode has ended (or never began); call reset first")
        self._action[0] = self._checked(action)
        self._advance(*self._arguments)
        self._look(*self._shown)
        reward, terminated, truncated = self._outcome
        return self._observation(), reward.item(), terminated.item(), truncated.item(), self._info()

    def _checked(self, action: Any) -> Any:
        if type(action) is int and 0 <= action < self._n:  # the most frequent case
            return action
        return checked("action", action, self.action_space)

    def _info(self) -> dict[str, Any]:
        info = self._always_told()
        if self.kernel.first_info and self._state["t"][0] == 0:
            info |= {name: reader(self._state[0][name])() for name in self.kernel.first_info}
        if self._over[0]:
            row = self._state[0]
            info |= {name: reader(row[name])() for name in self.kernel.final_info if known(row[name])}
        return info

    def observe(self) -> tuple[Any, dict[str, Any]]:
        """The observation and info of the current state, as `reset` would return them."""
        self._require_episode("observe")
        return self._observation(), self._info()

    def action_masks(self) -> NDArray[np.bool_]:
        """True where an action is legal, bool (n,). sb3-contrib's MaskablePPO calls this name."""
        if not self.kernel.n_masked:
            return np.ones(mask_length(self.action_space), np.bool_)
        return self._mask[0].astype(np.bool_)

    # --- what a family may override -----------------------------------------------------------------------------------

    def well_formed_actions(self) -> list[Any]:
        """The meaningful actions in the current state, in order; some may be illegal. Empty if the episode is over."""
        if self._over[0]:
            return []
        return list(range(int(self.action_space.n)))  # type: ignore[attr-defined]

    def step_limit(self) -> int | None:
        """Steps after which every episode is truncated; None if there is no limit or it differs between episodes."""
        return int(self.params.max_steps) or None
