"""Compares the mazes of environment design with jaxued's on JAX's CPU, in one process, under random actions.

python -m ige.benchmarks.ued --json ued.json

13 x 13 tiles, 25 walls, views of 5 x 5 through walls, 250 steps; an episode that ends restarts its level. There are
steps called from Python, as by learners whose network is not compiled together with the environment, with a new array
for each observation; and compiled roll-outs of many steps that keep all observations. jaxued runs on one of JAX's CPU
devices, and on one per core.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
import numpy as np
import typer
from numba import njit, prange

from ..envs.ued import kernel
from .beside import PeerComparison, Run, Way, beside, installed
from .machine import Machine
from .report import Target
from .speed import check_seconds

ROWS, STEPS = 1024, 64
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
SIZE, BLOCKS, VIEW, LIMIT, ACTIONS = 13, 25, 5, 250, 3
STEP, ROLL_OUT = "steps", "compiled roll-out"
SCAN, JITTED = "lax.scan", "jitted step"
_ID = "ige/UedMaze-v0"


@dataclass(frozen=True)
class Comparison(PeerComparison):
    """The measurements and targets."""

    @property
    def targets(self) -> list[Target]:
        """Steps per second of the vector environment; our speed relative to jaxued's fastest, for each of its ways."""
        speeds = [row.steps_per_second for row in self.rows if (row.interface, row.problem) == ("ige", STEP)]
        found = [Target(_ID, f"{ROWS:,} rows: steps/s", max(speeds), at_least=5e6)]
        for problem, kind in ((STEP, JITTED), (STEP, SCAN), (ROLL_OUT, SCAN)):
            theirs = [row for row in self.rows if (row.interface, row.problem) == ("jaxued", problem)]
            if ratios := [row.ours for row in theirs if row.what.startswith(kind)]:
                found.append(Target(_ID, f"{problem}: times jaxued's {kind}", min(ratios), at_least=5))
        return found


# --- ways -------------------------------------------------------------------------------------------------------------


def ours() -> Iterator[Way]:
    """The vector environment, as made and on all threads; also its kernel in compiled roll-outs."""
    for parallel in (False, True):
        threads = ", parallel" if parallel else ""
        yield Way("ige", STEP, ROWS, f"vector{threads}", _vector(parallel))
    for parallel in (False, True):
        threads = ", parallel" if parallel else ""
        yield Way("ige", ROLL_OUT, ROWS, f"loop of {STEPS} steps{threads}", _loop(parallel))


def _made(parallel: bool) -> Any:
    arguments: dict[str, Any] = {"size": SIZE, "blocks": BLOCKS, "view": VIEW, "max_steps": LIMIT, "repeat": True}
    envs = gym.make_vec(_ID, ROWS, "vector_entry_point", parallel=parallel, autoreset_mode="SameStep", **arguments)
    envs.reset(seed=0)
    return envs


def _vector(parallel: bool) -> Run:
    envs, rng = _made(parallel), np.random.default_rng(0)

    def run() -> tuple[int, float]:
        actions = rng.integers(ACTIONS, size=ROWS)
        start = time.perf_counter()
        envs.step(actions)
        return ROWS, time.perf_counter() - start

    return run


def _loop(parallel: bool) -> Run:
    envs = _made(parallel)
    state, params = envs.get_state(), envs.params
    roll_out = njit(parallel=parallel)(_roll_out)
    shape = STEPS, ROWS
    actions = np.random.default_rng(0).integers(ACTIONS, size=shape)

    def run() -> tuple[int, float]:
        start = time.perf_counter()
        seen = np.empty(shape, envs.kernel.observation)
        roll_out(state, params, actions, seen, np.empty(shape), np.empty(shape, np.bool_))
        return ROWS * STEPS, time.perf_counter() - start

    return run


def _roll_out(state: Any, params: Any, actions: Any, seen: Any, rewards: Any, ended: Any) -> None:
    for i in prange(state.shape[0]):
        few = kernel.step_params(params)
        row = state[i]
        for t in range(actions.shape[0]):
            row.t += 1
            rewards[t, i], won = kernel.step(row, few, actions[t, i])
            ended[t, i] = won or row.t >= kernel.limit(row, few)
            if ended[t, i]:
                row.t = 0
                kernel.reset(row, params)
            kernel.observe(row, few, seen[t, i])


def jaxued(problem: str) -> Iterator[Way]:
    """jaxued's maze, compiled by JAX: `lax.scan` over many steps, and one step at a time."""
    import jax

    if jax.config.jax_num_cpu_devices != CORES:  # must be set before anything starts the devices
        jax.config.update("jax_platforms", "cpu")
        jax.config.update("jax_num_cpu_devices", CORES)
    if not hasattr(jax, "tree_map"):  # jaxued needs a name that JAX has dropped
        jax.tree_map = jax.tree.map
    for devices in dict.fromkeys((1, CORES)):
        where = f"{devices} device{'s' if devices > 1 else ''}"
        yield Way("jaxued", problem, ROWS, f"{SCAN} of {STEPS} steps, {where}", _jax(STEPS, devices))
        if problem == STEP:
            yield Way("jaxued", problem, ROWS, f"{JITTED}, {where}", _jax(1, devices))


def _jax(steps: int, devices: int) -> Run:
    """Take this many steps of all rows per call, with the rows shared among devices."""
    import jax
    from jax.sharding import AxisType, NamedSharding, PartitionSpec
    from jaxued.environments import Maze
    from jaxued.environments.maze import make_level_generator
    from jaxued.wrappers import AutoReplayWrapper

    env = AutoReplayWrapper(Maze(max_height=SIZE, max_width=SIZE, agent_view_size=VIEW))
    key, params = jax.random.PRNGKey(0), env.default_params.replace(max_steps_in_episode=LIMIT)

    def one(state: Any, actions: Any) -> Any:
        seen, state, reward, ended, _ = jax.vmap(env.step, (None, 0, 0, None))(key, state, actions, params)
        return state, (seen, reward, ended)

    mesh = jax.make_mesh((devices,), ("rows",), axis_types=(AxisType.Auto,), devices=jax.devices()[:devices])
    rows = PartitionSpec("rows")
    dealt, turn = (PartitionSpec(None, "rows"), partial(jax.lax.scan, one)) if steps > 1 else (rows, one)
    shared = jax.shard_map(turn, mesh=mesh, in_specs=(rows, dealt), out_specs=(rows, dealt), check_vma=False)
    go = jax.jit(shared, donate_argnums=0)  # the new state may reuse the old one's memory

    levels = jax.vmap(make_level_generator(SIZE, SIZE, BLOCKS))(jax.random.split(key, ROWS))
    _, state = jax.vmap(env.reset_to_level, (None, 0, None))(key, levels, params)
    state = jax.device_put(state, NamedSharding(mesh, rows))
    rng = np.random.default_rng(0)

    def run() -> tuple[int, float]:
        nonlocal state
        drawn = rng.integers(ACTIONS, size=(steps, ROWS) if steps > 1 else ROWS, dtype=np.int32)
        actions = jax.block_until_ready(jax.device_put(drawn, NamedSharding(mesh, dealt)))
        start = time.perf_counter()
        state, outcome = go(state, actions)
        jax.block_until_ready((state, outcome))
        return ROWS * steps, time.perf_counter() - start

    return run


PEERS = {"jaxued": (jaxued, ("jax",))}


# --- measuring --------------------------------------------------------------------------------------------------------


def compare(seconds: float = 1.0, rounds: int = 5) -> Comparison:
    """Measure every way in turn, `rounds` times, for about `seconds` in all.

    Raises:
        ValueError: `seconds` is not a positive number.
    """
    check_seconds(seconds)
    theirs, versions, missing = installed(PEERS, [STEP, ROLL_OUT])
    rows = beside([*ours(), *theirs], seconds, rounds)
    return Comparison(Machine.here(), versions, missing, rows)


def main(
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each way.")] = 2.0,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the comparison to this file.")] = None,
) -> None:
    """Compare mazes with jaxued's."""
    compare(seconds).leave(output)


if __name__ == "__main__":
    typer.run(main)
