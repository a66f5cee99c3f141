"""Parallel loops run on TBB's threads where they can, and on the user's choice where there is one."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys

import pytest

from ige.envs.arithmetic.env import GameOf24Vector
from ige.envs.core import vector

CODE = """
import numba, numpy, threading
import gymnasium as gym, ige
envs = [gym.make_vec("ige/GameOf24-v0", 64, "vector_entry_point", parallel=True) for _ in range(2)]
def play(env):
    env.reset(seed=0)
    for _ in range(20):
        env.step(numpy.zeros(64, int))
threads = [threading.Thread(target=play, args=(env,)) for env in envs]
[thread.start() for thread in threads], [thread.join() for thread in threads]
assert envs[0].unwrapped.get_state().tobytes() == envs[1].unwrapped.get_state().tobytes()
print(numba.threading_layer())
"""


def layer(**variables: str) -> str:
    """The threading layer of a process that steps two vectors from two threads."""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_THREADING_LAYER"} | variables
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def test_tbb_is_used_where_it_is_installed() -> None:
    try:
        importlib.metadata.version("tbb")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package tbb is not installed")
    assert layer() == "tbb"


def test_the_users_choice_stays() -> None:
    assert layer(NUMBA_THREADING_LAYER="workqueue") == "workqueue"


@pytest.mark.parametrize("installed", [True, False])
def test_threads_by_default_only_where_they_do_not_stall(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector, "load_tbb", lambda: installed)
    assert GameOf24Vector(vector._PARALLEL_FROM).parallel is installed
    assert not GameOf24Vector(vector._PARALLEL_FROM - 1).parallel
    assert GameOf24Vector(4, parallel=True).parallel
