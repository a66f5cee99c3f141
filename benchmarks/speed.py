"""Steps per second of an environment's interfaces and of their peers, measured in turn in one process: A B A B."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import cycle, product
from statistics import median
from typing import Any

import gymnasium as gym
import numba
from gymnasium import spaces
from rich.console import Console
from rich.progress import track

from ..envs.core import KernelVectorEnv

ROUNDS = 5
SIZES = (64, 1024, 4096)
SYNC_ROWS = 64
PEER = "FrozenLake-v1"
_CHUNK = 64  # steps of one row between two looks at the clock
_BATCHES = 16  # prepared action batches of a vector environment
_WARM_UP = 0.02  # seconds for each interface


@dataclass(frozen=True)
class Speed:
    """How fast one interface of an environment steps under uniformly random actions of its space.

    Attributes:
        env_id: the environment that was measured.
        interface: "unwrapped" (`env.unwrapped`), "made" (all of `gym.make`), "vector" (its own vector environment) or a
            peer: "SyncVectorEnv" of the same environment, "FrozenLake-v1" (`env.unwrapped` of that).
        arguments: arguments of `gym.make_vec` besides the number of rows; empty if there are no special ones.
        rows: number of environments stepped by one call.
        threads: number of threads that share them; None if the environment does not tell.
        steps_per_second: median of the rounds, rows times calls. A single row's resets are calls too, because a vector
            environment in its default autoreset mode spends a step on each.
        lowest, highest: range over the rounds.
        times_sync, times_peer: speed relative to `SyncVectorEnv` and to `FrozenLake-v1`; median of the ratios within
            each round, so that a machine that slows down for a while slows both.
    """

    env_id: str
    interface: str
    arguments: str
    rows: int
    threads: int | None
    steps_per_second: float
    lowest: float
    highest: float
    times_sync: float
    times_peer: float


@dataclass(frozen=True)
class Subject:
    """Something to measure: `env` has Gymnasium's reset, step and close; `chunks` yields lists of actions forever."""

    interface: str
    env: Any
    chunks: Iterator[list[Any]]
    rows: int = 1
    threads: int | None = 1
    arguments: str = ""
    steps: int = 1  # taken by every row in one call of `step`

    def rate(self, seconds: float) -> float:
        """Steps per second over at least one chunk of actions and about this many seconds."""
        step, reset, chunks = self.env.step, self.env.reset, self.chunks
        one_row = isinstance(self.env, gym.Env)
        calls, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < seconds:
            for action in (chunk := next(chunks)):
                result = step(action)
                if one_row and (result[2] or result[3]):
                    reset()
                    calls += 1
            calls += len(chunk)
        return calls * self.rows * self.steps / passed


def measure(env_id: str, seconds: float = 1.0, **kwargs: Any) -> list[Speed]:
    """Measure every interface that an environment has, each for about `seconds` in all, together with its peers.

    Args:
        env_id: any Gymnasium id.
        seconds: time for each row of the result, spread over the rounds.
        kwargs: arguments for `gym.make` and `gym.make_vec`.

    Raises:
        ValueError: `seconds` is not a positive number.
    """
    check_seconds(seconds)
    subjects = list(_subjects(env_id, kwargs))
    samples = in_turn(subjects, seconds, env_id)
    *_, sync, peer = samples
    return [
        Speed(
            env_id,
            subject.interface,
            subject.arguments,
            subject.rows,
            subject.threads,
            median(rounds),
            min(rounds),
            max(rounds),
            median(a / b for a, b in zip(rounds, sync, strict=True)),
            median(a / b for a, b in zip(rounds, peer, strict=True)),
        )
        for subject, rounds in zip(subjects, samples, strict=True)
    ]


def check_seconds(seconds: float) -> None:
    """Raise `ValueError` unless `seconds` is a positive number."""
    if not (math.isfinite(seconds) and seconds > 0):
        raise ValueError(f"seconds: {seconds!r}, expected a positive number")


def in_turn(subjects: Sequence[Subject], seconds: float, title: str) -> list[list[float]]:
    """Each subject's steps per second in each round, measured in the order A B A B; closes the subjects."""
    with ExitStack() as stack:
        for subject in subjects:
            stack.enter_context(closing(subject.env))
        for subject in subjects:
            subject.env.reset(seed=0)
            subject.rate(_WARM_UP)  # compiles, starts the threads
        turns = list(product(range(ROUNDS), range(len(subjects))))
        samples: list[list[float]] = [[] for _ in subjects]
        for _, i in track(turns, title, console=Console(stderr=True), transient=True):
            samples[i].append(subjects[i].rate(seconds / ROUNDS))
    return samples


def _subjects(env_id: str, kwargs: dict[str, Any]) -> Iterator[Subject]:
    """Everything to measure; the two peers come last."""
    made = gym.make(env_id, **kwargs)
    yield single("unwrapped", gym.make(env_id, **kwargs).unwrapped)
    yield single("made", made)
    if made.spec is not None and made.spec.vector_entry_point is not None:
        for rows in SIZES:
            subject = vector(env_id, rows, kwargs)
            yield subject
            if isinstance(subject.env, KernelVectorEnv):
                yield vector(env_id, rows, kwargs, parallel=not subject.env.parallel)
                if rows == 1024:
                    yield vector(env_id, rows, kwargs, copy=False)
    peer = gym.make_vec(env_id, num_envs=SYNC_ROWS, vectorization_mode="sync", **kwargs)
    yield Subject("SyncVectorEnv", peer, _batches(peer), SYNC_ROWS)
    yield single(PEER, gym.make(PEER).unwrapped)


def single(interface: str, env: gym.Env[Any, Any]) -> Subject:
    """One row, with prepared random actions of its space."""
    space = env.action_space
    space.seed(0)
    actions = [space.sample() for _ in range(_BATCHES * _CHUNK)]
    if isinstance(space, spaces.Discrete):
        actions = [int(action) for action in actions]
    return Subject(interface, env, cycle([actions[i : i + _CHUNK] for i in range(0, len(actions), _CHUNK)]))


def vector(env_id: str, rows: int, kwargs: dict[str, Any], **arguments: Any) -> Subject:
    """The vector environment of an id; `arguments` are the ones that the result reports."""
    env = gym.make_vec(env_id, num_envs=rows, vectorization_mode="vector_entry_point", **arguments, **kwargs)
    threads = (numba.get_num_threads() if env.parallel else 1) if isinstance(env, KernelVectorEnv) else None
    text = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return Subject("vector", env, _batches(env), rows, threads, text)


def _batches(env: gym.vector.VectorEnv[Any, Any, Any]) -> Iterator[list[Any]]:
    env.action_space.seed(0)
    return cycle([[env.action_space.sample()] for _ in range(_BATCHES)])
