"""The environment under test: making it, playing it from a seed, saving and restoring it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from inspect import signature
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv

from .. import registry
from .compare import difference
from .report import Complaints, NotApplicable

Oracle = Callable[[gym.Env[Any, Any]], Sequence[Any] | None]
Choose = Callable[[dict[str, Any]], Any]

PARTS = ("observation", "reward", "terminated", "truncated", "info")  # the parts that a step returns


class Reset(NamedTuple):
    """A call of `reset`, as an entry among the actions of a recording."""

    seed: int | None = None

    def __repr__(self) -> str:
        return "reset()" if self.seed is None else f"reset(seed={self.seed})"


class Subject:
    """An environment under test.

    Args:
        env: a Gymnasium id, an `EnvSpec`, or a callable that makes the environment. It can be tested in another process
            only if it is an id or can be pickled, and as a vector only if it is an id with a `vector_entry_point`.
        oracle: maps an environment at the start of an episode to actions that solve it, or to None if it proves that
            none can. Default: the suite's own oracle, for the suite's ids that have one.
        kwargs: arguments with which the environment is made.
    """

    def __init__(
        self, env: str | EnvSpec | Callable[..., gym.Env[Any, Any]], oracle: Oracle | None = None, **kwargs: Any
    ) -> None:
        if isinstance(env, str):
            module, _, name = env.rpartition(":")
            if module:
                importlib.import_module(module)
            env = gym.spec(name)
        self.spec = env if isinstance(env, EnvSpec) else None
        self.factory, self.kwargs = env, kwargs
        self.takes_render_mode = self.spec is not None
        self.oracle = oracle or (registry.oracle(self.spec.id) if self.spec else None)
        name = self.spec.id if self.spec else getattr(env, "__name__", type(env).__name__)
        self.name = f"{name}({', '.join(f'{k}={v!r}' for k, v in kwargs.items())})" if kwargs else name

    def __str__(self) -> str:
        return self.name

    def make(self, **kwargs: Any) -> gym.Env[Any, Any]:
        """A new environment. Gymnasium's passive checker is left out: the laws check more strictly."""
        if self.spec:
            return gym.make(self.spec, disable_env_checker=True, **self.kwargs, **kwargs)
        return self.factory(**self.kwargs, **kwargs)  # type: ignore[operator]

    def vector(self, num_envs: int, **keywords: Any) -> VectorEnv[Any, Any, Any]:
        """The environment's own vector class; `NotApplicable` if it has none, or one without these keywords."""
        if not self.spec or not self.spec.vector_entry_point:
            raise NotApplicable("no vector_entry_point")
        plain = gym.make_vec(self.spec, num_envs, "vector_entry_point", **self.kwargs)
        if plain.metadata.get("autoreset_mode") is keywords.get("autoreset_mode"):
            keywords.pop("autoreset_mode", None)
        unknown = [name for name in keywords if name not in signature(type(plain)).parameters]
        if unknown:
            raise NotApplicable(f"{type(plain).__name__} has no argument {unknown[0]}")
        if not keywords:
            return plain
        return gym.make_vec(self.spec, num_envs, "vector_entry_point", **self.kwargs, **keywords)

    def sync(self, num_envs: int, mode: AutoresetMode) -> SyncVectorEnv:
        """Gymnasium's vectorisation of single environments, the reference for `vector`."""
        return SyncVectorEnv([self.make] * num_envs, autoreset_mode=mode)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "oracle": None}  # not needed elsewhere, and often not picklable


Part = Callable[[Subject, Sequence[int]], Complaints]  # part of a law: maps an environment and seeds to violations


# --- playing ---------------------------------------------------------------------------------------------------------


def chooser(space: gym.Space[Any], seed: int, legal: float = 0.9) -> Choose:
    """A random policy: maps an info to an action, with probability `legal` a legal one if the info has a mask."""
    rng = np.random.default_rng(seed)
    space = deepcopy(space)  # so that sampling leaves the environment's own space unchanged
    space.seed(seed)

    def choose(info: dict[str, Any]) -> Any:
        mask = info.get("action_mask")
        if isinstance(space, spaces.Discrete) and mask is not None and np.any(mask) and rng.random() < legal:
            return space.start + rng.choice(np.flatnonzero(mask))
        return space.sample()

    return choose


def call(env: gym.Env[Any, Any], action: Any) -> tuple[Any, ...]:
    """Step by the action, or reset where it is a `Reset`."""
    return env.reset(seed=action.seed) if isinstance(action, Reset) else env.step(action)


def ended(outcome: tuple[Any, ...]) -> bool:
    return len(outcome) == 5 and bool(outcome[2] or outcome[3])


def play(env: gym.Env[Any, Any], first: Reset, choose: Choose, steps: int) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Play episode after episode, `steps` calls in all; yields each call with its result."""
    action: Any = first
    for _ in range(steps):
        outcome = call(env, action)
        yield action, outcome
        action = Reset() if ended(outcome) else choose(outcome[-1])


def record(env: gym.Env[Any, Any], seed: int, steps: int, legal: float = 0.9) -> tuple[list[Any], list[Any]]:
    """`play` from a seed: the calls, and copies of their results."""
    played = play(env, Reset(seed), chooser(env.action_space, seed, legal), steps)
    calls, trace = zip(*((action, deepcopy(outcome)) for action, outcome in played), strict=True)
    return list(calls), list(trace)


def replay(env: gym.Env[Any, Any], calls: Sequence[Any]) -> list[Any]:
    """Copies of the results of the calls."""
    return [deepcopy(call(env, action)) for action in calls]


def differs(found: tuple[Any, ...], expected: tuple[Any, ...]) -> str | None:
    """The first difference between the results of two calls, in words; None if they are equal."""
    if len(found) != len(expected):
        return f"found {len(found)} parts returned, expected {len(expected)}"
    names = ("observation", "info") if len(expected) == 2 else PARTS
    return first(map(difference, found, expected, names))


def written(calls: Sequence[Any]) -> str:
    """Calls as a message shows them, from the last `reset` with a seed on, which is enough to reproduce them."""
    start = max((i for i, a in enumerate(calls) if isinstance(a, Reset) and a.seed is not None), default=0)
    return ", ".join(" ".join(repr(_plain(action)).split()) for action in calls[start:])


def _plain(action: Any) -> Any:
    if isinstance(action, dict):
        return {name: _plain(part) for name, part in action.items()}
    return action.tolist() if isinstance(action, np.ndarray | np.generic) else action


def told(calls: Sequence[Any], text: str | None) -> str | None:
    """A complaint, preceded by the calls that lead to it."""
    return text and f"{written(calls)}: {text}"


def first(complaints: Iterable[str | None]) -> str | None:
    """The first complaint, if there is any."""
    return next((text for text in complaints if text), None)


# --- snapshots -------------------------------------------------------------------------------------------------------


def has_state(env: gym.Env[Any, Any]) -> bool:
    """Whether the environment has the suite's snapshot methods."""
    return all(callable(getattr(env.unwrapped, name, None)) for name in ("get_state", "set_state"))


def ask(env: gym.Env[Any, Any], name: str) -> Any:
    """The result of a method of the environment without arguments; None if it has no such method."""
    method = getattr(env.unwrapped, name, None)
    try:
        return method() if callable(method) else None
    except NotImplementedError:
        return None


def save(env: gym.Env[Any, Any]) -> Any:
    """A saved state: `get_state()`, or a deep copy of an environment that has no such method."""
    if has_state(env):
        return env.unwrapped.get_state()  # type: ignore[attr-defined]
    try:
        return deepcopy(env)
    except Exception as error:
        raise NotApplicable(f"no get_state, and deepcopy raises {type(error).__name__}") from error


def load(env: gym.Env[Any, Any], saved: Any) -> gym.Env[Any, Any]:
    """An environment in the saved state: this one, or another deep copy."""
    if not has_state(env):
        return deepcopy(saved)
    env.unwrapped.set_state(saved)  # type: ignore[attr-defined]
    return env
