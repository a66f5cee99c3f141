"""The start-up time of a new process: imports, the first step, and compilation with an empty and with a warm cache."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from statistics import median
from typing import Any

import gymnasium as gym
from rich.console import Console

from ..envs.core import KernelEnv

WARM_RUNS = 3
_PACKAGE = __name__.partition(".")[0]
_PROBE = f"""
import json, pickle, sys, time
env_id, kwargs, rows = pickle.load(sys.stdin.buffer)
times = [time.perf_counter()]
import gymnasium, {_PACKAGE}
times.append(time.perf_counter())
env = gymnasium.make(env_id, **kwargs)
env.reset(seed=0)
env.step(env.action_space.sample())
times.append(time.perf_counter())
if rows:
    env = gymnasium.make_vec(env_id, rows, "vector_entry_point", **kwargs)
    env.reset(seed=0)
    env.step(env.action_space.sample())
    times.append(time.perf_counter())
print(json.dumps([after - before for before, after in zip(times, times[1:])]))
"""


@dataclass(frozen=True)
class Startup:
    """Seconds that a new process spends before it can work.

    Attributes:
        env_id: the environment.
        cache: state of the cache of compiled kernels: "empty", "warm" (the median of several processes), or "none"
            without kernels.
        imports: import of Gymnasium and of this package.
        first_step: `gym.make`, `reset` and one `step`, after the imports.
        first_vector_step: then the same with `gym.make_vec` at 1,024 rows; None without kernels.
    """

    env_id: str
    cache: str
    imports: float
    first_step: float
    first_vector_step: float | None


def start_up(env_id: str, **kwargs: Any) -> list[Startup]:
    """Start an environment in new processes, with a cache folder that is empty at first.

    Raises:
        RuntimeError: a new process cannot make the environment (the id may be registered only in this one).
    """
    with gym.make(env_id, **kwargs) as env:
        assert env.spec is not None
        kernel = isinstance(env.unwrapped, KernelEnv) and env.spec.vector_entry_point is not None
    job = pickle.dumps((env_id, kwargs, 1024 if kernel else 0))
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, console.status(f"{env_id}: starting new processes"):
        cold = [_probe(env_id, job, folder)] if kernel else []
        warm = [_probe(env_id, job, folder) for _ in range(WARM_RUNS)]
    rows = [Startup(env_id, "empty", *_three(cold[0]))] if cold else []
    middle = [median(times) for times in zip(*warm, strict=True)]
    return [*rows, Startup(env_id, "warm" if kernel else "none", *_three(middle))]


def _probe(env_id: str, job: bytes, cache: str) -> list[float]:
    environment = {**os.environ, "IGE_CACHE_DIR": cache}
    done = subprocess.run([sys.executable, "-c", _PROBE], input=job, capture_output=True, env=environment)
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"env_id: {env_id!r} does not start in a new process: {reason}")
    times: list[float] = json.loads(done.stdout.splitlines()[-1])
    return times


def _three(times: list[float]) -> tuple[float, float, float | None]:
    return times[0], times[1], times[2] if len(times) > 2 else None
