"""The single-environment face: a Gymnasium `Env` over one row of a kernel."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .batch import DISABLED
from .compile import bind
from .kernel import Kernel
from .rng import words

ActType = TypeVar("ActType")
_FIRST = np.ones(1, np.bool_)


def mask_length(space: gym.Space[Any]) -> int:
    """How many entries a mask has: one for each value of each part of an action, as sb3-contrib lays them out."""
    match space:
        case spaces.Discrete():
            return int(space.n)
        case spaces.MultiDiscrete():
            return int(space.nvec.sum())
        case spaces.MultiBinary():
            return 2 * int(np.prod(space.shape))
    raise NotImplementedError(f"action_masks: there are no masks over {space}")


MASK = "action_mask"  # a Dict space may have this part without a field of the record: it is the mask


def observed(kernel: Kernel, space: gym.Space[Any]) -> tuple[str, ...]:
    """The fields of the observation record that are handed out."""
    return tuple(space.spaces) if isinstance(space, spaces.Dict) else (kernel.observation.names or ())[:1]


def texts(kernel: Kernel, space: gym.Space[Any]) -> frozenset[str]:
    """Those of them that are handed out as text."""
    parts = space.spaces if isinstance(space, spaces.Dict) else {observed(kernel, space)[0]: space}
    return frozenset(name for name, part in parts.items() if isinstance(part, spaces.Text))


def part_of(kernel: Kernel, out: NDArray[Any], mask: NDArray[Any]) -> Callable[[str], NDArray[Any]]:
    """The rows of a part of the observation, by its name."""
    fields = kernel.observation.names or ()
    return lambda name: mask if name == MASK and name not in fields else out[name]


def known(values: Any) -> Any:
    """Which numbers of a field are known; a kernel says NaN for what is not."""
    return np.isfinite(values) if values.dtype.kind == "f" else np.True_


def _value(view: NDArray[Any]) -> Any:
    """What a live view shows now: an array of its own, or a NumPy scalar."""
    return view.copy() if view.ndim else view[()]


def _first(field: NDArray[Any]) -> Callable[[], Any]:
    """What reads the first row of a field: a Python number, or an array of its own."""
    return field.item if field.ndim == 1 else field[0].copy


class KernelEnv(gym.Env[Any, ActType], Generic[ActType]):
    """One row of a kernel behind Gymnasium's `Env`; a family adds its docstring, its spaces and its text.

    A snapshot (`get_state`, `set_state`), pickle and deepcopy are all the row, so they carry everything: the step
    counter, the random generator, whether the episode has ended.

    Args:
        kernel: the compiled half.
        params: its parameters, a NamedTuple of scalars and arrays; the field `max_steps` (0: none) truncates.
        observation_space: a `Dict` over fields of the observation record, or the space of its first field. Where a
            field's space is `Text`, the record holds codes and `written` says what they mean.
        action_space: `Discrete`, or any space of one array.
        render_mode: one of the class's `metadata["render_modes"]`.
    """

    metadata: dict[str, Any] = {"render_modes": []}
    option_names: ClassVar[tuple[str, ...]] = ()
    keys: ClassVar[dict[str, int]] = {}  # of a person's keyboard, by pygame's names, to actions
    episode_texts: ClassVar[tuple[str, ...]] = ()  # text fields of the observation that only a reset changes

    def __init__(
        self,
        kernel: Kernel,
        params: Any,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        render_mode: str | None = None,
    ) -> None:
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(f"render_mode: {render_mode!r}, expected one of {self.metadata['render_modes']} or None")
        self.kernel, self.params = kernel, params
        self.observation_space, self.action_space = observation_space, action_space
        self.render_mode = render_mode
        self._state = np.zeros(1, kernel.state)
        self._state["over"] = True  # no episode has begun
        self._prepare()

    def _prepare(self) -> None:
        """Everything that follows from kernel, params and state: drivers, buffers and views into them."""
        kernel = self.kernel
        self._loops = bind(kernel.module, False, kernel.observe)
        out, mask = np.zeros(1, kernel.observation), np.zeros((1, kernel.n_masked), np.int8)
        action = (
            np.zeros(1, np.int64)
            if isinstance(self.action_space, spaces.Discrete)
            else np.zeros((1, *(self.action_space.shape or ())), self.action_space.dtype)
        )
        reward, terminated, truncated = np.zeros(1), np.zeros(1, np.bool_), np.zeros(1, np.bool_)
        unused = (self._state[:0], out[:0], mask[:0])  # the final rows of SAME_STEP, which one row does not have
        self._out, self._mask, self._mask_row, self._action = out, mask, mask[0], action
        self._outcome = reward, terminated, truncated
        begun = np.zeros(1, np.bool_)
        self._arguments = (self._state, self.params, action, DISABLED, out, mask, *self._outcome, begun, *unused)
        parts = part_of(kernel, out, mask)
        self._fields = {name: parts(name)[0, ...] for name in observed(kernel, self.observation_space)}
        self._texts = texts(kernel, self.observation_space)
        self._readers = {name: self._reader(name, view) for name, view in self._fields.items()}
        self._only = None if isinstance(self.observation_space, spaces.Dict) else next(iter(self._readers.values()))
        self._infos = [(name, _first(self._state[name])) for name in kernel.info]
        self._over = self._state["over"]
        self._advance: Callable[..., Any] = self._advance_first

    def __getstate__(self) -> dict[str, Any]:
        derived = ("_loops", "_out", "_mask", "_mask_row", "_action", "_outcome", "_arguments", "_fields", "_texts")
        others = ("_readers", "_only", "_infos", "_over", "_advance")
        return {k: v for k, v in self.__dict__.items() if k not in (*derived, *others)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()

    # --- Gymnasium ----------------------------------------------------------------------------------------------------

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode. `options["instance"]` plays a given instance; an unknown option raises `ValueError`."""
        params = self.instance_params(options)
        super().reset(seed=seed)
        if seed is not None or not self._state["rng"].any():
            key = self.np_random.integers(2**64, size=1, dtype=np.uint64)
            self._state["rng"] = words(key)
        self._loops.reset(self._state, params, _FIRST, self._out, self._mask)
        return self._observation(), self._info()

    def step(self, action: ActType) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Advance by one action. One outside the space raises `ValueError`, a finished episode `ResetNeeded`."""
        if self._over[0]:
            raise gym.error.ResetNeeded("step: the episode has ended (or never began); call reset first")
        self._action[0] = self._checked(action)
        self._advance(*self._arguments)
        reward, terminated, truncated = self._outcome
        return self._observation(), reward.item(), terminated.item(), truncated.item(), self._info()

    def render(self) -> Any:
        """The frame of the current state: uint8 (height, width, 3) for `rgb_array`, text for `ansi`."""
        if self.render_mode is None:
            gym.logger.warn("render: no render_mode was given; pass one to gym.make")
            return None
        return self.describe() if self.render_mode == "ansi" else self.frame()

    def _checked(self, action: Any) -> Any:
        space = self.action_space
        if isinstance(space, spaces.Discrete):
            try:
                index = operator.index(action)
            except TypeError:
                index = -1
            if not 0 <= index < space.n:
                raise ValueError(f"action: {action!r}, expected an integer from 0 to {space.n - 1}")
            return index
        if not space.contains(action):
            raise ValueError(f"action: {action!r}, expected a member of {space}")
        return action

    def _reader(self, name: str, view: NDArray[Any]) -> Callable[[], Any]:
        """What gives the value of a part of the observation; made once, since it is called in every step."""
        if name in self._texts:
            return lambda: self.written(name, view[None])[0]
        return view.copy if view.ndim else partial(view.__getitem__, ())

    def _advance_first(self, *arguments: Any) -> None:
        """The first step: compiles, then keeps the machine code for these arguments, which stay the same.

        Numba's dispatcher finds the types of all arguments anew in each call, which takes longer than the step.
        """
        step = self._loops.step
        step(*arguments)
        self._advance = step.get_overload(tuple(map(step.typeof_pyval, arguments)))

    def _observation(self) -> Any:
        if self._only is not None:
            return self._only()
        return {name: read() for name, read in self._readers.items()}

    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = {name: read() for name, read in self._infos}
        if self.kernel.first_info and self._state["t"][0] == 0:
            info |= {name: _value(self._state[0][name]) for name in self.kernel.first_info}
        if self._over[0]:
            row = self._state[0]
            info |= {name: _value(row[name]) for name in self.kernel.final_info if known(row[name])}
        if self.kernel.n_masked:
            info[MASK] = self._mask_row.copy()
        return info

    # --- snapshots ----------------------------------------------------------------------------------------------------

    def get_state(self) -> np.void:
        """A copy of the row: all that can change. Equal states have equal `tobytes()`."""
        return self._state[0].copy()

    def set_state(self, state: np.void) -> None:
        """Continue from a row that `get_state` gave, here or in any environment made with the same arguments."""
        if getattr(state, "dtype", None) != self.kernel.state or state.shape:
            found = f"{state.dtype} {state.shape}" if hasattr(state, "dtype") else type(state).__name__
            raise ValueError(f"state: found {found}, expected a record from get_state of the same environment")
        self._state[0] = state
        self._loops.observe(self._state, self.params, self._out, self._mask)

    def state_key(self) -> bytes:
        """The decision-relevant part of the state: no generator words, no step counter."""
        row = self._state
        return b"".join([row[name].tobytes() for name in self.kernel.key])

    def observe(self) -> tuple[Any, dict[str, Any]]:
        """The observation and info of the current state, as `reset` would return them."""
        return self._observation(), self._info()

    def action_masks(self) -> NDArray[np.bool_]:
        """True where an action is legal, bool (n,); the name that sb3-contrib's MaskablePPO calls."""
        if not self.kernel.n_masked:
            return np.ones(mask_length(self.action_space), np.bool_)
        return self._mask[0].astype(np.bool_)

    # --- what a family may say ----------------------------------------------------------------------------------------

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        """The parameters that an episode with these reset options is drawn from."""
        if options is not None and not isinstance(options, dict):
            raise ValueError(f"options: {options!r}, expected a dictionary or None")
        for name in options or ():
            if name not in self.option_names:
                known = ", ".join(map(repr, self.option_names)) or "none"
                raise ValueError(f"options: unknown field {name!r}, expected: {known}")
        return self.params

    def well_formed_actions(self) -> list[Any]:
        """The actions that mean something in the current state, in order; some may be illegal. None once it is over."""
        if self._over[0]:
            return []
        return list(range(int(self.action_space.n)))  # type: ignore[attr-defined]

    def written(self, name: str, codes: NDArray[Any]) -> list[str]:
        """The text of a field of the observation, for each row, (n, ...), of the codes that the kernel wrote for it."""
        raise NotImplementedError(f"{type(self).__name__} writes no text for the observation's field {name!r}")

    def rules(self) -> str:
        """What a language agent is told once, before the first state."""
        raise NotImplementedError(f"{type(self).__name__} has no text face")

    def action_text(self, action: Any) -> str:
        """An action as a language agent writes it in the current state."""
        return str(action)

    def describe(self) -> str:
        """The current state as a language agent reads it."""
        raise NotImplementedError(f"{type(self).__name__} has no text face")

    def frame(self) -> NDArray[np.uint8]:
        """The current state as a picture, uint8 (height, width, 3)."""
        raise NotImplementedError(f"{type(self).__name__} has no picture")
