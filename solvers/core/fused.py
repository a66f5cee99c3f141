"""Compiled policies: an environment's kernel and a policy in one loop, or the policy with a live environment.

A policy is a record and two functions of one module: `act(policy, settings, shown, mask) -> action` and
`update(policy, settings, action, reward, shown)`. `policy` is the record, whose field `rng` holds the policy's own
generator. `settings` is a NamedTuple. `shown` is the environment's observation record; `update` gets the one after the
step. `mask` marks the legal actions (it is empty where all are legal). An action of several numbers is written into a
field of the record, and `act` returns that field.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, NamedTuple, Self

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils.seeding import np_random
from numba import prange
from numpy.typing import NDArray

from ...envs.core import bind, compiled
from ...envs.core.check import array, integer
from ...envs.core.compile import observing
from ...envs.core.inner import inner
from ...envs.core.rng import WORDS, words
from ...envs.core.tell import told_dtype
from . import loops, policy_file


def policy_dtype(fields: Sequence[tuple[Any, ...]]) -> np.dtype[Any]:
    """A policy's record: its generator, then its own `fields`."""
    return np.dtype([("rng", np.uint64, (WORDS,)), *fields], align=True)


@dataclass(frozen=True, eq=False)
class Played:
    """Cumulative losses and rewards of roll-outs, recorded at some rounds.

    Attributes:
        rounds: int64 (points,).
        loss: float64 (seeds, points), expected losses (`oracle_loss` in the environments).
        best: float64 (seeds, points), least possible expected losses (`oracle_best`); NaN where there is no such field.
        reward: float64 (seeds, points), as received.
        state: the environments' records at the end, (seeds,).
        policy: the policies' records at the end, (seeds,).
        watched: the requested fields after each of the rounds, (seeds, points, ...).
    """

    rounds: NDArray[np.int64]
    loss: NDArray[np.float64]
    best: NDArray[np.float64]
    reward: NDArray[np.float64]
    state: NDArray[Any]
    policy: NDArray[Any]
    watched: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def regret(self) -> NDArray[np.float64]:
        """Expected loss above the least possible, (seeds, points)."""
        return self.loss - self.best


class Limits(NamedTuple):
    """What all members of a space have in common; bounds are inclusive."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    low: Any
    high: Any


_REWARD = Limits((), np.dtype(np.float64), -np.inf, np.inf)


def limits_of(space: gym.Space[Any], dtype: np.dtype[Any] | None = None) -> Limits:
    """The limits of a space whose members are stored in a dtype."""
    match space:
        case spaces.Discrete():
            bounds: tuple[Any, Any] = int(space.start), int(space.start + space.n - 1)
        case spaces.MultiBinary():
            bounds = 0, 1
        case spaces.Box():
            bounds = space.low, space.high
        case _:
            raise ValueError(f"env: a space {space}, expected Discrete, MultiBinary or Box for a compiled policy")
    return Limits(space.shape or (), np.dtype(dtype or space.dtype), *bounds)


class Policy:
    """A compiled policy for one environment, with as many rows as a vector environment has, or else one.

    Values passed to `act` and `update` are checked before compiled code sees them: a `ValueError` names the argument,
    and nothing has been learnt. A policy can be copied and pickled, and `save` writes a file that `load` reads.

    Args:
        name: its name.
        module: holds `act` and `update`.
        record: the dtype of its record, from `policy_dtype`.
        settings: a NamedTuple of numbers and arrays.
        env: the environment that it is for; it is not changed.
        seed: seed of its own generator; row i is seeded with `seed + i`.
    """

    def __init__(
        self, name: str, module: ModuleType, record: np.dtype[Any], settings: Any, env: Any, seed: int = 0
    ) -> None:
        self.name, self.module, self.settings = name, module, settings
        vector = isinstance(env, gym.vector.VectorEnv)
        self.core: Any = env.unwrapped.single if vector else env.unwrapped
        self.rows = env.num_envs if vector else 1
        self._single = not vector
        fields = self._observation = self.core.kernel.observation
        space = self.core.observation_space
        parts = space.spaces if isinstance(space, spaces.Dict) else {fields.names[0]: space}
        self._parts = {name: limits_of(parts[name], fields[name].base) for name in fields.names if name in parts}
        self._actions = limits_of(self.core.action_space)
        self._everything = np.ones((self.rows, self.core.kernel.n_masked), np.int8)  # the mask where all is legal
        self.state = np.zeros(self.rows, record)
        self.reset(seed)

    def reset(self, seed: int = 0) -> None:
        """Forget everything."""
        self.state[:] = self._begun("seed", seed, self.rows)
        self._acted = False

    def _begun(self, name: str, seed: int, rows: int) -> NDArray[Any]:
        first = integer(name, seed, 0, 2**64 - rows)
        policy: NDArray[Any] = np.zeros(rows, self.state.dtype)
        keys = np.fromiter(range(first, first + rows), np.uint64)
        policy["rng"] = words(keys ^ np.uint64(0x706F6C696379))  # not the environments' streams
        return policy

    # --- copies and files ---------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "module": self.module.__name__}  # a module itself cannot be pickled

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, module=importlib.import_module(state["module"]))

    def save(self, path: str | Path) -> None:
        """Write everything it has learnt, with its settings, to a `.npz` file; whole or not at all."""
        policy_file.write(Path(path), self.name, self.module, self.settings, self.state, self._acted, self._fits())

    @classmethod
    def load(cls, path: str | Path, env: Any) -> Self:
        """Load what `save` wrote, for an environment with the same arguments and number of rows.

        Raises:
            ValueError: the file holds no policy, or one for another environment.
        """
        held = policy_file.read(Path(path))
        policy = cls(held.name, held.module, held.state.dtype, held.settings, env)
        for what, found, expected in (("rows", len(held.state), policy.rows), ("env", held.fits, policy._fits())):
            if found != expected:
                raise ValueError(f"{path}: {what}: the policy is for {found}, expected {expected}")
        policy.state[:], policy._acted = held.state, held.acted
        return policy

    def _fits(self) -> str:
        """What an environment must share with the one that the policy is for."""
        kernel = self.core.kernel
        return f"{kernel.module}: {kernel.observation} to {self.core.action_space}"

    # --- with a live environment --------------------------------------------------------------------------------------

    def act(self, observation: Any, mask: NDArray[np.int8] | None = None) -> Any:
        """The next action, one for each row of a vector environment; `mask` is `info["action_mask"]`."""
        space = self.core.action_space
        shown, allowed = self._shown(observation), self._mask(mask)
        actions: NDArray[Any] = np.zeros((self.rows, *self._actions.shape), space.dtype)
        _fuse(self._names(), self.module.__name__).act(self.state, self.settings, shown, allowed, actions)
        self._acted = True
        if not self._single:
            return actions
        return int(actions[0]) if isinstance(space, spaces.Discrete) else actions[0]

    def update(self, action: Any, reward: Any, observation: Any) -> None:
        """Learn from a step that `act` chose; `observation` is the one after the step."""
        actions = self._given("action", action, self._actions)
        rewards = self._given("reward", reward, _REWARD)
        shown = self._shown(observation)
        if not self._acted:  # many learn from what `act` has stored: the probability, the context
            raise ValueError("action: update was called before act, expected act(observation) to choose it")
        _fuse(self._names(), self.module.__name__).update(self.state, self.settings, actions, rewards, shown)

    def _given(self, name: str, value: Any, limits: Limits) -> NDArray[Any]:
        """A member of a space, or one member per row, as rows; `ValueError` for anything else."""
        if self._single:
            return array(name, value, *limits)[None]
        return array(name, value, (self.rows, *limits.shape), *limits[1:])

    def _shown(self, observation: Any) -> NDArray[Any]:
        shown = np.zeros(self.rows, self._observation)
        if not isinstance(self.core.observation_space, spaces.Dict):
            ((name, limits),) = self._parts.items()
            shown[name] = self._given("observation", observation, limits)
            return shown
        names = ", ".join(self._parts)
        if not isinstance(observation, dict):
            raise ValueError(f"observation: {type(observation).__name__}, expected a dictionary of {names}")
        for name, limits in self._parts.items():
            if name not in observation:
                raise ValueError(f"observation: no {name!r}, expected {names}")
            shown[name] = self._given(f"observation[{name!r}]", observation[name], limits)
        return shown

    def _mask(self, mask: Any) -> NDArray[np.int8]:
        count = self.core.kernel.n_masked
        if mask is None:
            return self._everything
        if not count:
            raise ValueError(f"mask: found one, expected None: all actions of {type(self.core).__name__} are legal")
        if isinstance(mask, np.ndarray) and mask.dtype == np.bool_:  # as `action_masks()` gives it
            mask = mask.astype(np.int8)
        allowed = self._given("mask", mask, Limits((count,), np.dtype(np.int8), 0, 1))
        empty = np.flatnonzero(~allowed.any(1))
        if len(empty):
            raise ValueError(f"mask: row {empty[0]} allows no action, expected at least one")
        return allowed

    # --- fused --------------------------------------------------------------------------------------------------------

    def play(
        self,
        seeds: Sequence[int],
        rounds: int | Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
        policy_seed: int = 0,
        watch: Sequence[str] = (),
    ) -> Played:
        """Play one episode from each seed, all in one compiled loop on all threads.

        Seed s begins as `env.reset(seed=s, options=options)`; the policy of row i is seeded with `policy_seed + i`.

        Args:
            seeds: the environments' seeds.
            rounds: how many (None: the horizon), or the numbers of rounds at which to record, ascending.
            options: options of the reset, such as an instance.
            watch: fields of the policy's or the environment's record to store at those rounds.
        """
        core = self.core
        seeds, points = _seeds(seeds), _points(rounds, core.params.max_steps)
        for name in watch:
            if name not in (known := (*self.state.dtype.names, *core.kernel.state.names)):
                raise ValueError(f"watch: {name!r}, expected fields of {', '.join(known)}")
        params = core.instance_params(options)
        state, shown, mask = begin(core, seeds, params)
        policy = self._begun("policy_seed", policy_seed, len(seeds))
        loss, best, reward = np.zeros((3, len(seeds), len(points)))
        play = _fuse(self._names(), self.module.__name__).play
        watched: dict[str, list[NDArray[Any]]] = {name: [] for name in watch}
        for part in np.arange(len(points))[:, None] if watch else [np.arange(len(points))]:
            # The loop resumes where it stopped, so it can stop at every point to read the records.
            sums = np.zeros((3, len(seeds), len(part)))
            play(state, params, policy, self.settings, points[part], shown, mask, *sums)
            for total, added in zip((loss, best, reward), sums, strict=True):
                total[:, part] = added + (total[:, part[:1] - 1] if part[0] else 0)
            for name, seen in watched.items():
                seen.append((policy if name in (policy.dtype.names or ()) else state)[name].copy())
        if "oracle_best" not in (state.dtype.names or ()):
            best[:] = np.nan
        kept = {name: np.stack(seen, 1) for name, seen in watched.items()}
        return Played(points, loss, best, reward, state, policy, kept)

    def _names(self) -> tuple[str, str, bool]:
        """What decides how the environment is bound."""
        kernel = self.core.kernel
        return kernel.module, kernel.observe, "oracle_best" in (kernel.state.names or ())


def _seeds(seeds: Any) -> list[int]:
    """The seeds of environments; `ValueError` unless there is at least one and all are integers."""
    given = list(seeds) if np.iterable(seeds) else []
    if not given:
        raise ValueError(f"seeds: {seeds!r}, expected a sequence of at least one integer")
    return [integer(f"seeds[{i}]", seed, 0) for i, seed in enumerate(given)]


def _points(rounds: Any, horizon: int) -> NDArray[np.int64]:
    """The numbers of rounds at which to record."""
    wanted: Any = horizon if rounds is None else rounds
    try:
        given = [wanted] if np.ndim(wanted) == 0 else list(wanted)
        points = np.array([integer("rounds", each, 1, horizon) for each in given], np.int64)
    except (TypeError, ValueError):
        points = np.zeros(0, np.int64)
    if not len(points) or (np.diff(points) <= 0).any():
        raise ValueError(f"rounds: {rounds!r}, expected ascending numbers from 1 to the horizon {horizon}")
    return points


def begin(core: Any, seeds: Sequence[int], params: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int8]]:
    """Records, observations and masks of episodes that begin as `interface.reset(seed=s)` does, one for each seed."""
    kernel = core.kernel
    state, shown = np.zeros(len(seeds), kernel.state), np.zeros(len(seeds), kernel.observation)
    mask = np.zeros((len(seeds), kernel.n_masked), np.int8)
    keys = [np_random(seed)[0].integers(2**64, dtype=np.uint64) for seed in seeds]
    state["rng"], state["origin"] = words(np.array(keys, np.uint64)), core.origin
    everywhere = np.ones(len(seeds), np.bool_)
    bound = bind(kernel.module, False, kernel.observe)
    bound.reset(state, params, everywhere)
    bound.observe(state, params, shown, mask, np.zeros(len(seeds), told_dtype(kernel)))
    return state, shown, mask


# --- binding the loops to an environment's kernel and a policy's module -----------------------------------------------


class _Fused(NamedTuple):
    play: Any
    act: Any
    update: Any


@inner
def _known_best(row: Any) -> Any:
    return row.oracle_best


@inner
def _no_best(row: Any) -> float:
    return 0.0


@cache
def _fuse(environment: tuple[str, str, bool], policy: str) -> _Fused:
    module, observe, has_best = environment
    kernel, own = vars(importlib.import_module(module)), vars(importlib.import_module(policy))
    calls, modules = observing(module, observe)
    scope = {**calls, "step": kernel["step"], "prange": prange, "act": own["act"], "update": own["update"]}
    scope["best_loss"] = _known_best if has_best else _no_best

    def function(template: Any, parallel: bool) -> Any:
        bound = FunctionType(template.__code__, scope, template.__name__)
        bound.__module__ = policy
        bound.__qualname__ = f"{template.__name__}_{observe.rpartition(':')[2]}"
        return compiled(bound, policy, *modules, loops.__name__, parallel=parallel)

    return _Fused(function(loops.play_rows, True), function(loops.act_rows, False), function(loops.update_rows, False))
