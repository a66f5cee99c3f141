"""What the interfaces over one row of a kernel share: compiled loops, snapshots, and the hooks of a family."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from .batch import DISABLED
from .check import short
from .compile import bind, machine_code
from .kernel import Kernel
from .rng import words
from .snapshot import check_snapshot, origin
from .tell import told_dtype
from .text import TextInterface

_FIRST = np.ones(1, np.bool_)


def mask_length(space: gym.Space[Any]) -> int:
    """The length of the action mask: one entry per value of each part of an action, in sb3-contrib's layout."""
    match space:
        case spaces.Discrete():
            return int(space.n)
        case spaces.MultiDiscrete():
            return int(space.nvec.sum())
        case spaces.MultiBinary():
            return 2 * int(np.prod(space.shape))
    raise NotImplementedError(f"action_masks: there are no masks over {space}")


MASK = "action_mask"  # a Dict space may have this part without a field in the record: it is the mask


def checked(name: str, action: Any, space: gym.Space[Any]) -> Any:
    """The action, if it is in the space; `ValueError` otherwise, also for lookalikes: True, 1.0, a tensor."""
    if isinstance(space, spaces.Discrete):
        index = action if type(action) is int else _index(action)
        if not 0 <= index < space.n:
            raise ValueError(f"{name}: {short(action)}, expected an integer from 0 to {space.n - 1}")
        return index
    if not space.contains(action) or not of_kind(action, space):
        raise ValueError(f"{name}: {short(action)}, expected a member of {short(space)}")
    return action


def _index(action: Any) -> int:
    """A NumPy integer, or a zero-dimensional integer array, as a Python integer; -1 for anything else."""
    is_integer = isinstance(action, np.integer | np.ndarray) and action.dtype.kind in "iu" and not action.ndim
    return int(action) if is_integer else -1


def of_kind(actions: Any, space: gym.Space[Any]) -> bool:
    """Whether actions are integers where the space's are: Gymnasium's integer spaces accept 1.5 between 1 and 2."""
    if isinstance(space, spaces.MultiDiscrete | spaces.MultiBinary):
        return np.asarray(actions).dtype.kind in ("iub" if isinstance(space, spaces.MultiBinary) else "iu")
    return True


def reader(view: NDArray[Any]) -> Callable[[], Any]:
    """A function that reads the current value of a live view, as a new array or a NumPy scalar."""
    return view.copy if view.ndim else partial(view.__getitem__, ())


def _in_episode(method: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method so that it refuses calls before the first `reset`."""

    @wraps(method)
    def refusing(self: KernelInterface, *args: Any, **kwargs: Any) -> Any:
        self._require_episode(method.__name__)
        return method(self, *args, **kwargs)

    return refusing


class KernelInterface(TextInterface):
    """One row of a kernel, the base of the single-agent and the multi-agent interface.

    Snapshots (`get_state`, `set_state`), pickle and deepcopy copy the whole row, so they carry everything: the step
    counter, the random generator, and whether the episode has ended.

    Args:
        kernel: the compiled half.
        params: the kernel's parameters, a NamedTuple of scalars and arrays; its field `max_steps` (0: none) truncates.
        render_mode: one of the class's `metadata["render_modes"]`.
    """

    metadata: dict[str, Any] = {"render_modes": []}
    option_names: ClassVar[tuple[str, ...]] = ()
    derived: ClassVar[tuple[str, ...]] = (
        "_loops", "_out", "_mask", "_action", "_outcome", "_arguments", "_shown", "_over",
        "_told", "_advance", "_look",
    )  # what `_prepare` makes, which copies leave out  # fmt: skip

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make a family's methods that describe an episode refuse calls before one has begun, once for all families."""
        super().__init_subclass__(**kwargs)
        for name in ("describe", "frame", "comparator"):
            if name in vars(cls) and vars(cls)[name] is not getattr(KernelInterface, name, None):
                setattr(cls, name, _in_episode(vars(cls)[name]))

    def __init__(self, kernel: Kernel, params: Any, render_mode: str | None = None) -> None:
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(f"render_mode: {render_mode!r}, expected one of {self.metadata['render_modes']} or None")
        self.kernel, self.params, self.render_mode = kernel, params, render_mode
        self.gives_up = "gave_up" in (kernel.state.names or ())
        self._state = np.zeros(1, kernel.state)
        self._state["over"] = True  # no episode has begun
        self.origin = origin(kernel.state, params)
        self._state["origin"] = self.origin
        self._prepare()

    def _prepare(self) -> None:
        """Build everything that follows from kernel, params and state: drivers, buffers and views into them."""
        kernel = self.kernel
        self._loops = bind(kernel.module, False, kernel.observe, bool(kernel.agents))
        out, mask = np.zeros(1, kernel.observation), np.zeros((1, kernel.n_masked), np.int8)
        action = self._action_buffer()
        each = (1, len(kernel.agents)) if kernel.agents else 1
        self._outcome = np.zeros(each), np.zeros(each, np.bool_), np.zeros(each, np.bool_)
        self._out, self._mask, self._action = out, mask, action
        self._told = np.zeros(1, told_dtype(kernel))
        self._bind()
        self._over = self._state["over"]
        self._advance: Callable[..., Any] = self._advance_first
        self._look: Callable[..., Any] = self._look_first

    def _bind(self) -> None:
        """Set the arguments of the loops."""
        begun, final = np.zeros(1, np.bool_), self._state[:0]  # for rows that reset automatically, which none does here
        self._arguments = (self._state, self.params, self._action, DISABLED, *self._outcome, begun, final)
        self._shown = (self._state, self.params, self._out, self._mask, self._told)

    def _action_buffer(self) -> NDArray[Any]:
        """The buffer from which the loops read the action, (1, ...)."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in self.derived}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()

    def _begin(self, seed: int | None, params: Any) -> None:
        """Start an episode; a seed, or the first start, reseeds the row's generator."""
        if seed is not None or not self._state["rng"].any():
            key = self.np_random.integers(2**64, size=1, dtype=np.uint64)  # type: ignore[attr-defined]  # each interface's
            self._state["rng"] = words(key)
        self._loops.reset(self._state, params, _FIRST)
        try:
            self.check_starts(self._state, _FIRST)
        except ValueError:
            self._state["rng"] = 0  # no episode has begun
            raise
        self._loops.observe(self._state, params, self._out, self._mask, self._told)

    def check_starts(self, state: NDArray[Any], begun: NDArray[np.bool_]) -> None:
        """Raise `ValueError` where a kernel found no episode to start, which its optional field `gave_up` marks."""
        if self.gives_up and np.count_nonzero(state["gave_up"][begun]):
            raise ValueError(self.given_up())

    def _require_episode(self, call: str) -> None:
        """Raise `ResetNeeded` before the first `reset`. An episode that has ended can still be inspected."""
        if not self._state["rng"].any():
            raise gym.error.ResetNeeded(f"{call}: no episode has begun; call reset first")

    def _advance_first(self, *arguments: Any) -> None:
        """The first step: it compiles, then keeps the machine code for these arguments, whose types never change.

        Numba's dispatcher resolves the types of all arguments in every call, which takes longer than the step itself.
        """
        self._loops.step(*arguments)
        self._advance = machine_code(self._loops.step, arguments)

    def _look_first(self, *arguments: Any) -> None:
        """The first observation; otherwise as `_advance_first`."""
        self._loops.observe(*arguments)
        self._look = machine_code(self._loops.observe, arguments)

    def _reader(self, name: str, view: NDArray[Any], space: gym.Space[Any]) -> Callable[[], Any]:
        """A function that reads a part of the observation; made once, since it is called in every step."""
        if isinstance(space, spaces.Text):
            return lambda: self.decode_text(name, view[None])[0]
        return reader(view)

    def render(self) -> Any:
        """The frame of the current state: uint8 (height, width, 3) for `rgb_array`, text for `ansi`."""
        self._require_episode("render")
        if self.render_mode is None:
            gym.logger.warn("render: no render_mode was given; pass one when the environment is made")
            return None
        return self.describe() if self.render_mode == "ansi" else self.frame()

    # --- snapshots ----------------------------------------------------------------------------------------------------

    def get_state(self) -> np.void:
        """A copy of the row: everything that can change. Equal states have equal `tobytes()`."""
        # Ten times as fast as NumPy's copy, which goes field by field.
        return np.frombuffer(bytearray(self._state.tobytes()), self._state.dtype)[0]

    def set_state(self, state: np.void) -> None:
        """Continue from a row that `get_state` returned, here or in any environment made with the same arguments.

        `ValueError` for a row of any other environment.
        """
        self.check_state(state)
        self._state[0] = state
        self._look(*self._shown)

    def check_state(self, state: Any, shape: tuple[int, ...] = ()) -> None:
        """Raise `ValueError` unless `state` is a record of this environment, or an array of them of that `shape`."""
        same_kind = not shape and getattr(state, "dtype", None) is self.kernel.state and not state.shape
        if not same_kind or state["origin"] != self.origin:  # the fast check first: a search restores states constantly
            check_snapshot(state, self.kernel.state, shape, self.origin, type(self).__name__)

    def state_key(self) -> bytes:
        """The decision-relevant part of the state, without generator words and step counter."""
        row = self._state
        return b"".join([row[name].tobytes() for name in self.kernel.key])

    # --- what a family may override -----------------------------------------------------------------------------------

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        """The parameters from which an episode with these reset options is drawn."""
        if options is not None and not isinstance(options, dict):
            raise ValueError(f"options: {options!r}, expected a dictionary or None")
        for name in options or ():
            if name not in self.option_names:
                known = ", ".join(map(repr, self.option_names)) or "none"
                raise ValueError(f"options: unknown field {name!r}, expected: {known}")
        return self.params

    def given_up(self) -> str:
        """Which arguments leave the kernel without an episode to start, and what was expected of them."""
        raise NotImplementedError(f"{type(self).__name__} never gives up")

    def decode_text(self, name: str, codes: NDArray[Any]) -> list[str]:
        """The text of a field of the observation, one for each row, decoded from the kernel's codes (n, ...)."""
        raise NotImplementedError(f"{type(self).__name__} writes no text for the observation's field {name!r}")

    def frame(self) -> NDArray[np.uint8]:
        """The current state as a picture, uint8 (height, width, 3)."""
        raise NotImplementedError(f"{type(self).__name__} has no picture")
