"""Compiled policies: an environment's kernel and a policy in one loop, or the policy beside a live environment.

A policy is a record and two functions of one module: `act(policy, settings, shown, mask) -> action` and
`update(policy, settings, action, reward, shown)`. `policy` is its record, whose field `rng` holds its own generator;
`settings` is a NamedTuple; `shown` is the environment's observation record, in `update` the one after the step; `mask`
tells the legal actions (of no length where all are). An action of several numbers is written into a field of the record
that `act` returns.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.utils.seeding import np_random
from numba import njit, prange
from numpy.typing import NDArray

from ...envs.core import bind, compiled
from ...envs.core.compile import defaults
from ...envs.core.rng import WORDS, words
from . import loops


def policy_dtype(fields: Sequence[tuple[Any, ...]]) -> np.dtype[Any]:
    """A policy's record: its generator, then its own `fields`."""
    return np.dtype([("rng", np.uint64, (WORDS,)), *fields], align=True)


@dataclass(frozen=True, eq=False)
class Played:
    """What roll-outs cost, cumulated up to some rounds.

    Attributes:
        rounds: int64 (points,).
        loss: float64 (seeds, points), expected losses, what the environments call `oracle_loss`.
        best: float64 (seeds, points), the least possible ones, `oracle_best`; NaN where there is no such field.
        reward: float64 (seeds, points), as received.
        state: the environments' records at the end, (seeds,).
        policy: the policies' records at the end, (seeds,).
        watched: the fields that were asked for, after each of the rounds, (seeds, points, ...).
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


class Policy:
    """A compiled policy for one environment, in as many rows as that has (a vector environment) or one.

    Args:
        name: what it is called.
        module: holds `act` and `update`.
        record: its dtype, from `policy_dtype`.
        settings: a NamedTuple of numbers and arrays.
        env: the environment that it is for; it is not touched.
        seed: of its own generator; row i is seeded with `seed + i`.
    """

    def __init__(
        self, name: str, module: ModuleType, record: np.dtype[Any], settings: Any, env: Any, seed: int = 0
    ) -> None:
        self.name, self.module, self.settings = name, module, settings
        vector = isinstance(env, gym.vector.VectorEnv)
        self.face: Any = env.unwrapped.single if vector else env.unwrapped
        self.rows = env.num_envs if vector else 1
        self._single = not vector
        self.state = np.zeros(self.rows, record)
        self.reset(seed)

    def reset(self, seed: int = 0) -> None:
        """Forget everything."""
        self.state[:] = self._begun(range(seed, seed + self.rows))

    def _begun(self, seeds: Iterable[int]) -> NDArray[Any]:
        keys = np.fromiter(seeds, np.uint64)
        policy: NDArray[Any] = np.zeros(len(keys), self.state.dtype)
        policy["rng"] = words(keys ^ np.uint64(0x706F6C696379))  # not the environments' streams
        return policy

    # --- beside a live environment ------------------------------------------------------------------------------------

    def act(self, observation: Any, mask: NDArray[np.int8] | None = None) -> Any:
        """The next action, of each row of a vector environment; `mask` is `info["action_mask"]`."""
        space = self.face.action_space
        actions = np.zeros((self.rows, *(space.shape or ())), space.dtype)
        _fuse(self._names(), self.module.__name__).act(
            self.state, self.settings, self._shown(observation), self._mask(mask), actions
        )
        if not self._single:
            return actions
        return int(actions[0]) if isinstance(space, gym.spaces.Discrete) else actions[0]

    def update(self, action: Any, reward: Any, observation: Any) -> None:
        """Learn from a step; `observation` is the one that it led to."""
        space = self.face.action_space
        actions = np.array(action, space.dtype).reshape(self.rows, *(space.shape or ()))
        rewards = np.array(reward, np.float64).reshape(self.rows)
        _fuse(self._names(), self.module.__name__).update(
            self.state, self.settings, actions, rewards, self._shown(observation)
        )

    def _shown(self, observation: Any) -> NDArray[Any]:
        shown = np.zeros(self.rows, self.face.kernel.observation)
        parts = observation if isinstance(observation, dict) else {shown.dtype.names[0]: observation}
        for name, part in parts.items():
            if name in (shown.dtype.names or ()):
                shown[name] = part
        return shown

    def _mask(self, mask: NDArray[np.int8] | None) -> NDArray[np.int8]:
        count = self.face.kernel.n_masked
        return np.ones((self.rows, count), np.int8) if mask is None else np.array(mask, np.int8).reshape(-1, count)

    # --- fused --------------------------------------------------------------------------------------------------------

    def play(
        self,
        seeds: Sequence[int],
        rounds: int | Sequence[int] | None = None,
        options: dict[str, Any] | None = None,
        policy_seed: int = 0,
        watch: Sequence[str] = (),
    ) -> Played:
        """Play the environment once from each seed, all in one compiled loop on all threads.

        Seed s begins as `env.reset(seed=s, options=options)`; the policy of row i is seeded with `policy_seed + i`.

        Args:
            seeds: of the environments.
            rounds: how many (None: the horizon), or the numbers of rounds at which to record, ascending.
            options: of the reset, such as an instance.
            watch: fields of the policy's record, or of the environment's, to be kept at those rounds.
        """
        face = self.face
        horizon = face.params.max_steps
        points = np.atleast_1d(np.array(horizon if rounds is None else rounds, np.int64))
        if points[0] < 1 or (np.diff(points) <= 0).any() or points[-1] > horizon:
            raise ValueError(f"rounds: {rounds!r}, expected ascending numbers from 1 to the horizon {horizon}")
        params = face.instance_params(options)
        state, shown, mask = begin(face, seeds, params)
        policy = self._begun(range(policy_seed, policy_seed + len(seeds)))
        loss, best, reward = np.zeros((3, len(seeds), len(points)))
        play = _fuse(self._names(), self.module.__name__).play
        watched: dict[str, list[NDArray[Any]]] = {name: [] for name in watch}
        for part in np.arange(len(points))[:, None] if watch else [np.arange(len(points))]:
            # The loop goes on from where it stopped, so it can be left at every point to look at the records.
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
        kernel = self.face.kernel
        return kernel.module, kernel.observe, "oracle_best" in (kernel.state.names or ())


def begin(face: Any, seeds: Sequence[int], params: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.int8]]:
    """Records, observations and masks of episodes that begin as `face.reset(seed=s)` does, one for each seed."""
    kernel = face.kernel
    state, shown = np.zeros(len(seeds), kernel.state), np.zeros(len(seeds), kernel.observation)
    mask = np.zeros((len(seeds), kernel.n_masked), np.int8)
    keys = [np_random(int(seed))[0].integers(2**64, dtype=np.uint64) for seed in seeds]
    state["rng"], state["origin"] = words(np.array(keys, np.uint64)), face.origin
    everywhere = np.ones(len(seeds), np.bool_)
    bind(kernel.module, False, kernel.observe).reset(state, params, everywhere, shown, mask)
    return state, shown, mask


# --- binding the loops to an environment's kernel and a policy's module -----------------------------------------------


class _Fused(NamedTuple):
    play: Any
    act: Any
    update: Any


@njit
def _known_best(row: Any) -> Any:
    return row.oracle_best


@njit
def _no_best(row: Any) -> float:
    return 0.0


@cache
def _fuse(environment: tuple[str, str, bool], policy: str) -> _Fused:
    module, observe, has_best = environment
    kernel, own = vars(importlib.import_module(module)), vars(importlib.import_module(policy))
    names = ("step", "legal", "per_step")
    scope = {**defaults(), **{name: kernel[name] for name in names if name in kernel}, "prange": prange}
    scope |= {"observe": kernel[observe], "act": own["act"], "update": own["update"]}
    scope["best_loss"] = _known_best if has_best else _no_best

    def function(template: Any, parallel: bool) -> Any:
        bound = FunctionType(template.__code__, scope, template.__name__)
        bound.__module__ = policy
        bound.__qualname__ = f"{template.__name__}_{observe}"
        return compiled(bound, policy, module, loops.__name__, parallel=parallel)

    return _Fused(function(loops.play_rows, True), function(loops.act_rows, False), function(loops.update_rows, False))
