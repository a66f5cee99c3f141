"""Compares the combinatorial environments with Jumanji and RL4CO in one process, under random legal actions.

python -m ige.benchmarks.combinatorial --json combinatorial.json

Only the environments' calls count, including observation, mask and automatic resets. Jumanji's choice of an action,
the legal one with the largest of some given random numbers, is part of its compiled roll-out and counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
import numpy as np
import typer
from rich.console import Console

from .beside import PeerComparison, Row, Run, Way, beside, installed
from .machine import Machine
from .report import Target
from .speed import check_seconds

ROWS = 1024
SCAN = 64  # steps in one call of Jumanji's
SIZES = {"TSP": 20, "CVRP": 20, "Knapsack": 50}  # as in Jumanji
GOALS = {("Jumanji", ROWS): 5, ("RL4CO", ROWS): 5, ("RL4CO", 1): 10}


@dataclass(frozen=True)
class Comparison(PeerComparison):
    """The measurements, and the size of an instance."""

    bytes_per_instance: dict[str, int]

    @property
    def targets(self) -> list[Target]:
        """The speed of ours relative to the fastest way of each peer, by problem and number of rows."""
        found = []
        for (interface, count), goal in GOALS.items():
            for problem in SIZES:
                ratios = [r.ours for r in self.rows if (r.interface, r.problem, r.rows) == (interface, problem, count)]
                if ratios:
                    what = f"{problem}, {count:,} row{'s' if count > 1 else ''}: times {interface}"
                    found.append(Target(f"ige/{problem}-v0", what, min(ratios), at_least=goal))
        return found

    def problem(self, row: Row) -> str:
        return f"{row.problem}-{SIZES[row.problem]}"

    def print(self, console: Console | None = None) -> None:
        """Print the machine, speeds, targets and memory."""
        console = console or Console()
        super().print(console)
        memory = ", ".join(f"{name} {count:,}" for name, count in self.bytes_per_instance.items())
        console.print(f"Bytes per instance and its episode: {memory}", highlight=False)


# --- ways -------------------------------------------------------------------------------------------------------------


def ours(problem: str) -> Iterator[Way]:
    """Our vector environment in both formulations, with and without threads; also a single environment."""
    for formulation in ("bq", "direct"):
        for parallel in (False, True):
            arguments = {"n": SIZES[problem], "formulation": formulation, "parallel": parallel}
            what = formulation + (", parallel" if parallel else "")
            yield Way("ige", problem, ROWS, what, _vector(f"ige/{problem}-v0", arguments))
        arguments = {"n": SIZES[problem], "formulation": formulation, "disable_env_checker": True}
        yield Way("ige", problem, 1, formulation, _single(f"ige/{problem}-v0", arguments))


def _vector(identifier: str, arguments: dict[str, Any]) -> Run:
    env = gym.make_vec(identifier, ROWS, "vector_entry_point", **arguments)
    _, info = env.reset(seed=0)
    mask, rng = info["action_mask"], np.random.default_rng(0)

    def run() -> tuple[int, float]:
        nonlocal mask
        actions = (mask * rng.random(mask.shape, np.float32)).argmax(1)
        start = time.perf_counter()
        observation, *_ = env.step(actions)
        passed = time.perf_counter() - start
        mask = observation["action_mask"]
        return ROWS, passed

    return run


def _single(identifier: str, arguments: dict[str, Any]) -> Run:
    env = gym.make(identifier, **arguments).unwrapped
    _, info = env.reset(seed=0)
    mask, rng = info["action_mask"], np.random.default_rng(0)

    def run() -> tuple[int, float]:
        nonlocal mask
        action = int((mask * rng.random(len(mask), np.float32)).argmax())
        start = time.perf_counter()
        _, _, over, _, info = env.step(action)
        if over:
            _, info = env.reset()
        passed = time.perf_counter() - start
        mask = info["action_mask"]
        return 1, passed

    return run


def jumanji(problem: str) -> Iterator[Way]:
    """Jumanji on JAX's CPU: roll-outs under `lax.scan`, compiled, automatic resets included."""
    import jax
    import jumanji
    from jumanji.wrappers import VmapAutoResetWrapper

    made = jumanji.make({"TSP": "TSP-v1", "CVRP": "CVRP-v1", "Knapsack": "Knapsack-v1"}[problem])
    env = VmapAutoResetWrapper(made)

    def one(carry: Any, numbers: Any) -> Any:
        state, mask = carry
        state, step = env.step(state, (mask * numbers).argmax(1))
        return (state, step.observation.action_mask), step.reward

    roll_out = jax.jit(lambda carry, numbers: jax.lax.scan(one, carry, numbers))
    state, step = jax.jit(env.reset)(jax.random.split(jax.random.PRNGKey(0), ROWS))
    carry = (state, step.observation.action_mask)
    numbers = jax.random.uniform(jax.random.PRNGKey(1), (SCAN, *step.observation.action_mask.shape), minval=1e-3)

    def run() -> tuple[int, float]:
        nonlocal carry
        start = time.perf_counter()
        carry, rewards = roll_out(carry, numbers)
        rewards.block_until_ready()
        return ROWS * SCAN, time.perf_counter() - start

    yield Way("Jumanji", problem, ROWS, f"lax.scan of {SCAN} steps", run)


def rl4co(problem: str) -> Iterator[Way]:
    """RL4CO's batched environments; all rows are reset when the last is done (it has no knapsack)."""
    import torch
    from rl4co.envs import CVRPEnv, TSPEnv

    if problem not in ("TSP", "CVRP"):
        return
    for rows in (ROWS, 1):
        env = {"TSP": TSPEnv, "CVRP": CVRPEnv}[problem](generator_params={"num_loc": SIZES[problem]})
        yield Way("RL4CO", problem, rows, "torch", _rl4co(env, rows, torch))


def _rl4co(env: Any, rows: int, torch: Any) -> Run:
    state = env.reset(batch_size=[rows])

    def run() -> tuple[int, float]:
        nonlocal state
        with torch.inference_mode():
            mask = state["action_mask"]
            state.set("action", (mask * torch.rand(mask.shape)).argmax(-1))
            start = time.perf_counter()
            state = env.step(state)["next"]
            if state["done"].all():
                state = env.reset(batch_size=[rows])
            passed = time.perf_counter() - start
        return rows, passed

    return run


PEERS: dict[str, tuple[Callable[[str], Iterator[Way]], tuple[str, ...]]] = {
    "jumanji": (jumanji, ("jax",)),
    "rl4co": (rl4co, ("torch",)),
}


# --- measuring --------------------------------------------------------------------------------------------------------


def compare(seconds: float = 1.0, rounds: int = 5) -> Comparison:
    """Measure every way in turn, `rounds` times, for about `seconds` in all.

    Raises:
        ValueError: `seconds` is not a positive number.
    """
    check_seconds(seconds)
    ways = [way for problem in SIZES for way in ours(problem)]
    theirs, versions, missing = installed(PEERS, list(SIZES))
    ways += theirs
    rows = beside(ways, seconds, rounds)
    return Comparison(Machine.here(), versions, missing, rows, memory())


def memory() -> dict[str, int]:
    """Bytes of a record, which holds an instance and its whole episode."""
    found = {}
    for problem, n in (*SIZES.items(), ("TSP", 1000), ("CVRP", 1000), ("ATSP", 100)):
        env: Any = gym.make(f"ige/{problem}-v0", n=n, disable_env_checker=True).unwrapped
        found[f"{problem}-{n}"] = env.kernel.state.itemsize
    return found


def main(
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each way.")] = 2.0,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the comparison to this file.")] = None,
) -> None:
    """Compare TSP, CVRP and Knapsack with Jumanji and RL4CO."""
    compare(seconds).leave(output)


if __name__ == "__main__":
    typer.run(main)
