"""The vectorised interface: a Gymnasium `VectorEnv` that advances all rows in one call of the compiled loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils.seeding import np_random
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from .batch import DISABLED, NEXT_STEP, SAME_STEP
from .check import integer, short
from .compile import Loops, bind, machine_code
from .env import KernelEnv, observed, part_of, texts, written_out
from .interface import MASK, mask_length, of_kind
from .rng import words
from .tell import told_dtype
from .threads import load_tbb

_MODES = {
    AutoresetMode.NEXT_STEP: NEXT_STEP,
    AutoresetMode.SAME_STEP: SAME_STEP,
    AutoresetMode.DISABLED: DISABLED,
}
# Rows. With fewer, threads gain little, and on a busy machine each call may wait a scheduler tick for the slowest one.
_PARALLEL_FROM = 16_384
_PROCESS = os.getpid()
_DERIVED = (
    "_code", "_buffers", "_fields", "_only", "_texts", "_seen", "_written", "_mode", "_final", "_told", "_names",
    "_always_told", "_last_told", "_everywhere", "_begun_bytes", "_begun_rows", "_n", "_actions", "_unsigned",
)  # what `_prepare` makes, which copies leave out  # fmt: skip
# Bytes of memory of this machine, if known.
_MEMORY = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else float("inf")


class KernelVectorEnv(VectorEnv[Any, Any, NDArray[Any]]):
    """`num_envs` rows of the kernel of `env_class`; row i seeded `s` equals a single environment seeded `s + i`.

    Behaves as Gymnasium's `SyncVectorEnv` over `env_class`, bit for bit, in all three autoreset modes.

    Args:
        num_envs: the number of rows.
        autoreset_mode: NEXT_STEP, SAME_STEP or DISABLED (`reset(options={"reset_mask": bool (num_envs,)})`).
        copy: False hands out the live buffers: no allocation, but the next call overwrites what this one returned.
        parallel: use all threads; default: from 16,384 rows on, if the package `tbb` is installed (extra `threads`):
            other threads stall on a busy machine. The results are the same.
        max_episode_steps: a time limit in steps, as `gym.make` would apply to a single environment.
        kwargs: the arguments of `env_class`.
    """

    env_class: ClassVar[type[KernelEnv[Any]]]

    def __init__(
        self,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        copy: bool = True,
        parallel: bool | None = None,
        max_episode_steps: int | None = None,
        **kwargs: Any,
    ) -> None:
        num_envs = integer("num_envs", num_envs, 1)
        self.single = self.env_class(**kwargs)
        self.kernel, self.params = self.single.kernel, self.single.params
        if max_episode_steps not in (None, -1):  # -1 is no limit, as in gym.make
            limit = integer("max_episode_steps", max_episode_steps, 1)
            self.params = self.params._replace(max_steps=min(limit, self.params.max_steps or limit))
        needed = num_envs * (self.kernel.state.itemsize + self.kernel.observation.itemsize)
        if needed > _MEMORY:
            raise ValueError(
                f"num_envs: {num_envs}: their records take {needed / 2**20:,.0f} MiB of memory, expected fewer: this "
                f"machine has {_MEMORY / 2**20:,.0f} MiB"
            )
        self.num_envs, self.copy = num_envs, copy
        try:
            self.autoreset_mode = AutoresetMode(autoreset_mode)
        except ValueError:
            known = ", ".join(repr(mode.value) for mode in AutoresetMode)
            raise ValueError(f"autoreset_mode: {autoreset_mode!r}, expected one of {known}") from None
        self.metadata = {**self.single.metadata, "autoreset_mode": self.autoreset_mode}
        self.render_mode = self.single.render_mode
        self.single_observation_space = self.single.observation_space
        self.single_action_space = self.single.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.parallel = num_envs >= _PARALLEL_FROM and load_tbb() if parallel is None else parallel
        self._state = np.zeros(num_envs, self.kernel.state)
        self._state["origin"] = self.single.origin
        self._begun = False
        self._prepare()

    def _prepare(self) -> None:
        """Build everything that follows from the rest: buffers, and values that each step would otherwise recompute."""
        kernel, space, action_space = self.kernel, self.single_observation_space, self.single_action_space
        self._code: dict[Any, Callable[..., Any]] = {}
        self._buffers = self._allocate()
        self._fields = observed(kernel, space)
        self._only = None if isinstance(space, spaces.Dict) else self._fields[0]
        self._texts = texts(kernel, space)
        fields, masked = kernel.observation.names or (), [MASK] if kernel.n_masked else []
        seen = {name: "mask" if name == MASK and name not in fields else f"out[{name!r}]" for name in self._fields}
        self._seen = written_out("out, mask", seen)
        self._written: dict[str, tuple[str, ...]] = {}
        self._mode = _MODES[self.autoreset_mode]
        self._final = np.zeros(self.num_envs if self._mode == SAME_STEP else 0, kernel.state)
        self._told = told_dtype(kernel)
        self._names = [*kernel.info, *masked]
        values = {name: f"told[{name!r}]" for name in kernel.info} | dict.fromkeys(masked, "mask")
        flags = {f"_{name}": "chosen.copy()" for name in self._names}
        self._always_told = written_out("told, mask, chosen", values | flags)
        self._last_told = [(name, f"_{name}", kernel.state[name].kind == "f") for name in kernel.final_info]
        self._everywhere = np.ones(self.num_envs, np.bool_)
        self._begun_bytes = bytearray(self.num_envs)  # a search in it takes a tenth of the time of `any`
        self._begun_rows = np.frombuffer(self._begun_bytes, np.bool_)
        self._n = int(action_space.n) if isinstance(action_space, spaces.Discrete) else None
        dtype = self.action_space.dtype if self._n is None else np.int64
        self._actions = np.zeros(self.action_space.shape or (), dtype)
        self._unsigned: NDArray[Any] = self._actions if self._n is None else self._actions.view(np.uint64)

    @property
    def _loops(self) -> Loops:
        """The compiled loops, without threads in a forked child, where OpenMP would kill the process."""
        return bind(self.kernel.module, self.parallel and os.getpid() == _PROCESS, self.kernel.observe)

    def _allocate(self, rows: int | None = None) -> tuple[NDArray[Any], ...]:
        """Observations, masks, rewards, terminated and truncated for all rows, or for the given number."""
        n = self.num_envs if rows is None else rows
        return (
            np.empty(n, self.kernel.observation),
            np.empty((n, self.kernel.n_masked), np.int8),
            np.empty(n),
            np.empty(n, np.bool_),
            np.empty(n, np.bool_),
        )

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in _DERIVED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._prepare()

    # --- Gymnasium ----------------------------------------------------------------------------------------------------

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start episodes in all rows, or in those of `options["reset_mask"]`. Seed s gives row i the seed s + i."""
        mask_given = None
        if isinstance(options, dict):
            options = dict(options)  # leave the caller's dictionary unchanged
            mask_given = options.pop("reset_mask", None)
        chosen = self._chosen(mask_given)
        params = self.single.instance_params(options)
        params = params._replace(max_steps=self.params.max_steps)
        self._seed_rows(seed, chosen)
        out, mask, *_ = self._allocate() if self.copy else self._buffers
        told = np.empty(self.num_envs, self._told)
        if self.single.gives_up and not self._begun:  # try one row first: if it fails, all would search in vain
            self._loops.reset(first := self._state[:1].copy(), params, chosen[:1])
            self.single.check_starts(first, chosen[:1])
        self._loops.reset(self._state, params, chosen)
        self._check_starts(chosen)
        self._loops.observe(self._state, params, out, mask, told)
        return self._observations(out, mask), self._infos(self._state, mask, told, chosen)

    def step(self, actions: Any) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Advance every row by its action, shape (num_envs, ...). Actions outside the space raise `ValueError`."""
        self._require_episode("step")
        actions = self._checked(actions)
        state = self._state
        if self._mode == DISABLED and np.count_nonzero(state["over"]):
            rows = np.flatnonzero(state["over"])[:8].tolist()
            raise gym.error.ResetNeeded(f"step: the episodes of rows {rows} have ended; reset them with a reset_mask")
        out, mask, reward, terminated, truncated = self._allocate() if self.copy else self._buffers
        told = np.empty(self.num_envs, self._told)  # allocated even with live buffers: infos may be kept
        begun = self._begun_rows  # filled by the loop: reading the records here would fetch them from other threads
        loops, mode = self._loops, self._mode
        self._call(loops.step, state, self.params, actions, mode, reward, terminated, truncated, begun, self._final)
        some_begun = 1 in self._begun_bytes
        if some_begun:
            self._check_starts(begun)
        self._call(loops.observe, state, self.params, out, mask, told)
        if mode == SAME_STEP:
            infos = self._infos(state, mask, told, self._everywhere)
            if some_begun:
                infos |= self._final_infos(begun.copy())
        else:
            some_ended = self.kernel.final_info and (np.count_nonzero(terminated) or np.count_nonzero(truncated))
            infos = self._infos(state, mask, told, self._everywhere, bool(some_ended))
        return self._observations(out, mask, begun, some_begun), reward, terminated, truncated, infos

    def _call(self, loop: Any, *arguments: Any) -> None:
        """Call a loop; from the second call on, call its machine code, as in `KernelInterface._advance_first`."""
        code = self._code.get(loop)
        if code is not None:
            code(*arguments)
            return
        loop(*arguments)
        self._code[loop] = machine_code(loop, arguments)

    def render(self) -> tuple[Any, ...] | None:
        """The frames of the rows, as a tuple."""
        self._require_episode("render")
        if self.render_mode is None:
            return None
        frames = []
        for row in self._state:
            self.single.set_state(row)
            frames.append(self.single.render())
        return tuple(frames)

    def _require_episode(self, call: str) -> None:
        """Raise `ResetNeeded` before the first `reset`."""
        if not self._begun:
            raise gym.error.ResetNeeded(f"{call}: no episode has begun; call reset first")

    def _check_starts(self, begun: NDArray[np.bool_]) -> None:
        """Raise `ValueError` where the kernel found no episode for a row; all rows then have to be reset."""
        self._begun = False
        self.single.check_starts(self._state, begun)
        self._begun = True

    def _chosen(self, reset_mask: Any) -> NDArray[np.bool_]:
        if reset_mask is None:
            return self._everywhere
        found = f"{reset_mask.dtype} {reset_mask.shape}" if isinstance(reset_mask, np.ndarray) else repr(reset_mask)
        if found != f"bool ({self.num_envs},)" or not reset_mask.any():
            raise ValueError(f"options: reset_mask: {found}, expected bool ({self.num_envs},) with at least one True")
        if not self._begun and not reset_mask.all():
            raise gym.error.ResetNeeded("reset: no episode has begun; the first reset takes no reset_mask")
        return np.ascontiguousarray(reset_mask)

    def _seed_rows(self, seed: int | Sequence[int | None] | None, chosen: NDArray[np.bool_]) -> None:
        seeds = self._seeds(seed)
        given = np.array([s is not None for s in seeds]) & chosen
        keys = [np_random(seeds[i])[0].integers(2**64, dtype=np.uint64) for i in np.flatnonzero(given).tolist()]
        self._state["rng"][given] = words(np.array(keys, np.uint64))
        unseeded = ~self._state["rng"].any(axis=1)
        self._state["rng"][unseeded] = words(self.np_random.integers(2**64, size=unseeded.sum(), dtype=np.uint64))

    def _seeds(self, seed: Any) -> Sequence[int | None]:
        """The seed of each row. A single number also seeds the vector's own generator, which seeds unseeded rows."""
        if seed is None:
            return [None] * self.num_envs
        if not isinstance(seed, Sequence | np.ndarray) or isinstance(seed, str):
            start = integer("seed", seed, 0)
            self._np_random, self._np_random_seed = np_random(start)
            return range(start, start + self.num_envs)
        if len(seed) != self.num_envs:
            raise ValueError(f"seed: found {len(seed)} seeds, expected {self.num_envs}: one for each row")
        return [None if one is None else integer(f"seed: row {row}", one, 0) for row, one in enumerate(seed)]

    def _checked(self, actions: Any) -> NDArray[Any]:
        if not isinstance(actions, np.ndarray):
            actions = np.array(actions if isinstance(actions, list | tuple) else None)
        if self._n is None:
            space = self.action_space
            if not space.contains(actions) or not of_kind(actions, self.single_action_space):
                found = f"{actions.dtype} {actions.shape}"
                raise ValueError(f"actions: found {found}, expected a member of {short(space)}")
            return self._owned(actions)
        if actions.shape != self._unsigned.shape or actions.dtype.kind not in "iu":
            raise ValueError(f"actions: {actions.dtype} {actions.shape}, expected integers ({self.num_envs},)")
        owned, unsigned = self._owned(actions), self._unsigned
        # As unsigned integers, negative ones are large. This takes a quarter of the time of `max`.
        if unsigned.item(unsigned.argmax()) >= self._n:
            row = int(np.flatnonzero((actions < 0) | (actions >= self._n))[0])
            raise ValueError(f"actions: row {row}: {actions[row]}, expected an integer from 0 to {self._n - 1}")
        return owned

    def _owned(self, actions: Any) -> NDArray[Any]:
        """The actions in a buffer of fixed layout: Numba would compile once more for a read-only or strided array."""
        self._actions[...] = actions
        return self._actions

    def _observations(
        self,
        out: NDArray[Any],
        mask: NDArray[np.int8],
        begun: NDArray[np.bool_] | None = None,
        some_begun: bool = True,
    ) -> Any:
        if self._only is not None and not self._texts:
            return out[self._only]
        values = self._seen(out, mask)
        for name in self._texts:
            values[name] = self._text(name, values[name], begun, some_begun)
        return values if self._only is None else values[self._only]

    def _text(
        self, name: str, codes: NDArray[Any], begun: NDArray[np.bool_] | None, some_begun: bool
    ) -> tuple[str, ...]:
        """A text field of all rows. One that only resets change is rewritten only where rows have `begun`, if known."""
        told = self._written.get(name)
        if told is None or begun is None or name not in self.single.episode_texts:
            told = tuple(self.single.decode_text(name, codes))
        elif some_begun:
            rows = np.flatnonzero(begun)
            written = list(told)
            for i, text in zip(rows.tolist(), self.single.decode_text(name, codes[rows]), strict=True):
                written[i] = text
            told = tuple(written)
        self._written[name] = told
        return told

    def _infos(
        self,
        state: NDArray[Any],
        mask: NDArray[np.int8],
        told: NDArray[Any],
        chosen: NDArray[np.bool_],
        some_ended: bool = False,
    ) -> dict[str, Any]:
        """Gymnasium's convention: `key` holds all rows (zero where not `chosen`), `_key` tells which rows have it.

        The fields of `first_info` are present if episodes of some rows have just begun, those of `final_info` if some
        have ended.
        """
        if chosen is self._everywhere:
            infos = self._always_told(told, mask, chosen)
        else:
            infos, others = self._always_told(told, mask.copy(), chosen), ~chosen
            for name in self._names:
                infos[name][others] = 0
        if self.kernel.first_info:
            infos |= _partly(state, self.kernel.first_info, chosen & (state["t"] == 0))
        for name, flag, may_be_unknown in self._last_told if some_ended else ():
            has = told[flag]
            if not may_be_unknown or np.count_nonzero(has):
                infos[name], infos[flag] = told[name], has
        return infos

    def _final_infos(self, ended: NDArray[np.bool_]) -> dict[str, Any]:
        """`final_obs` and `final_info` of the episodes that ended in this step, as `SyncVectorEnv` lays them out."""
        final_obs = np.full(self.num_envs, None, object)
        rows = np.flatnonzero(ended)
        final = _memory(self._final)[rows].view(self.kernel.state)
        out, mask, *_ = self._allocate(len(rows))
        told = np.empty(len(rows), self._told)
        self._call(self._loops.observe, final, self.params, out, mask, told)
        part = part_of(self.kernel, out, mask)
        values = {
            name: self.single.decode_text(name, out[name]) if name in self._texts else part(name)
            for name in self._fields
        }
        for k, i in enumerate(rows.tolist()):
            parts = {name: value[k] for name, value in values.items()}  # views of arrays that nobody else holds
            final_obs[i] = parts if self._only is None else parts[self._only]
        masks = np.zeros((self.num_envs, self.kernel.n_masked), np.int8)
        masks[rows] = mask
        all_told = np.zeros(self.num_envs, self._told)
        _memory(all_told)[rows] = _memory(told)
        final_info = self._infos(self._final, masks, all_told, ended, True)
        return {
            "final_obs": final_obs,
            "_final_obs": ended,
            "final_info": final_info,
            "_final_info": ended.copy(),
        }

    # --- snapshots ----------------------------------------------------------------------------------------------------

    def get_state(self) -> NDArray[np.void]:
        """A copy of all rows, shape (num_envs,); row i can be given to a single environment."""
        return self._state.copy()

    def set_state(self, state: NDArray[np.void]) -> None:
        """Continue from the rows that `get_state` returned; `ValueError` for rows of any other environment."""
        self.single.check_state(state, (self.num_envs,))
        self._state[:] = state
        self._begun = bool(state["rng"].any(axis=1).all())
        self._written.clear()

    def observe(self) -> tuple[Any, dict[str, Any]]:
        """Observations and infos of the current states, as `reset` would return them."""
        self._require_episode("observe")
        out, mask, *_ = self._allocate()
        told = np.empty(self.num_envs, self._told)
        self._loops.observe(self._state, self.params, out, mask, told)
        some_over = bool(np.count_nonzero(self._state["over"]))
        return self._observations(out, mask), self._infos(self._state, mask, told, self._everywhere, some_over)

    def action_masks(self) -> NDArray[np.bool_]:
        """True where an action is legal, bool (num_envs, n)."""
        self._require_episode("action_masks")
        if not self.kernel.n_masked:
            return np.ones((self.num_envs, mask_length(self.single_action_space)), np.bool_)
        out, mask, *_ = self._allocate()
        self._loops.observe(self._state, self.params, out, mask, np.empty(self.num_envs, self._told))
        return mask.astype(np.bool_)


def _partly(state: NDArray[Any], names: Sequence[str], rows: NDArray[np.bool_]) -> dict[str, Any]:
    """Fields that only some rows have."""
    infos: dict[str, Any] = {}
    for name in names if np.count_nonzero(rows) else ():
        infos[name], infos[f"_{name}"] = np.zeros_like(state[name]), rows.copy()
        infos[name][rows] = state[name][rows]
    return infos


def _memory(records: NDArray[Any]) -> NDArray[Any]:
    """Records as raw memory: NumPy copies records field by field, which takes ten times as long."""
    return records.view((np.void, records.itemsize))
