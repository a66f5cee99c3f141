"""Compares bandits with MABWiser, SMPyBandits and Vowpal Wabbit in one process: a whole loop of environment and policy.

python -m ige.benchmarks.bandits --json bandits.json

Ten Bernoulli arms. The peers bring no suitable environment, so their arms are one NumPy comparison per decision. All
use UCB1 except Vowpal Wabbit, which lacks it: SquareCB, with predictions and updates. Also our environments alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
import numpy as np
import typer

from ..solvers.bandits import make_policy
from .beside import PeerComparison, Run, Way, beside, installed
from .machine import Machine
from .report import Target
from .speed import check_seconds

ARMS = 10
MEANS = np.linspace(0.1, 0.9, ARMS)
LOOP, ALONE = "UCB1 loop", "environment"
ROWS, SEEDS, ROUNDS = 4096, 64, 20_000
BATCH = 200  # decisions between two looks at the clock
SETTINGS: dict[str, Any] = {"arms": ARMS, "memory": 1, "noise": "bernoulli", "kind": "constant"}


@dataclass(frozen=True)
class Comparison(PeerComparison):
    """The measurements and targets."""

    @property
    def targets(self) -> list[Target]:
        """Our decisions relative to each peer's, and steps per second of the environment alone."""
        name = "ige/TallyingBandit-v0"
        found = [
            Target(name, f"UCB1 loop, one seed: times {row.interface}", row.ours, at_least=100)
            for row in self.rows
            if row.problem == LOOP and row.interface != "ige"
        ]
        for rows, what, goal in ((1, "one row: steps/s", 4e5), (ROWS, f"{ROWS:,} rows: steps/s", 1e7)):
            speeds = [r.steps_per_second for r in self.rows if (r.problem, r.rows) == (ALONE, rows)]
            found.append(Target(name, what, max(speeds), at_least=goal))
        return found


# --- ways -------------------------------------------------------------------------------------------------------------


def ours() -> Iterator[Way]:
    """Our loop, fused and with a live environment; the environment with one row and with many."""
    for rows in (1, SEEDS):
        yield Way("ige", LOOP, rows, f"fused, {rows} seed{'s' if rows > 1 else ''}", _fused(rows))
    yield Way("ige", LOOP, 1, "beside a live environment", _live())
    yield Way("ige", ALONE, 1, "unwrapped", _single(wrapped=False))
    yield Way("ige", ALONE, 1, "as made", _single(wrapped=True))
    for parallel in (False, True):
        yield Way("ige", ALONE, ROWS, "vector, parallel" if parallel else "vector", _vector(parallel))


def _fused(rows: int) -> Run:
    env = gym.make("ige/TallyingBandit-v0", horizon=ROUNDS, **SETTINGS)
    policy = make_policy("ucb1", env)

    def run() -> tuple[int, float]:
        start = time.perf_counter()
        policy.play(range(rows))
        return rows * ROUNDS, time.perf_counter() - start

    return run


def _live() -> Run:
    env: Any = gym.make("ige/TallyingBandit-v0", horizon=10**9, disable_env_checker=True, **SETTINGS)
    policy = make_policy("ucb1", env)
    observation, _ = env.reset(seed=0)

    def run() -> tuple[int, float]:
        nonlocal observation
        start = time.perf_counter()
        for _ in range(BATCH):
            action = policy.act(observation)
            observation, reward, *_ = env.step(action)
            policy.update(action, reward, observation)
        return BATCH, time.perf_counter() - start

    return run


def _single(wrapped: bool) -> Run:
    env: Any = gym.make("ige/TallyingBandit-v0", horizon=10**9, disable_env_checker=True, **SETTINGS)
    env.reset(seed=0)
    step = env.step if wrapped else env.unwrapped.step

    def run() -> tuple[int, float]:
        start = time.perf_counter()
        for _ in range(BATCH):
            step(3)
        return BATCH, time.perf_counter() - start

    return run


def _vector(parallel: bool) -> Run:
    envs = gym.make_vec("ige/TallyingBandit-v0", ROWS, "vector_entry_point", parallel=parallel, **SETTINGS)
    envs.reset(seed=0)
    actions = np.random.default_rng(0).integers(ARMS, size=ROWS)

    def run() -> tuple[int, float]:
        start = time.perf_counter()
        envs.step(actions)
        return ROWS, time.perf_counter() - start

    return run


def mabwiser(problem: str) -> Iterator[Way]:
    """MABWiser's `predict` and `partial_fit`."""
    from mabwiser.mab import MAB, LearningPolicy

    policy = MAB(list(range(ARMS)), LearningPolicy.UCB1(alpha=1.25))
    policy.fit(list(range(ARMS)), [0] * ARMS)
    yield Way(
        "MABWiser", problem, 1, "UCB1", _loop(policy.predict, lambda arm, gain: policy.partial_fit([arm], [gain]))
    )


def smpybandits(problem: str) -> Iterator[Way]:
    """SMPyBandits' `choice` and `getReward`."""
    import scipy.special

    if not hasattr(scipy.special, "btdtri"):  # it needs a name that SciPy has dropped
        scipy.special.btdtri = scipy.special.betaincinv
    from SMPyBandits.Policies import UCB

    policy = UCB(ARMS)
    policy.startGame()
    yield Way("SMPyBandits", problem, 1, "UCB", _loop(policy.choice, policy.getReward))


def vowpalwabbit(problem: str) -> Iterator[Way]:
    """Vowpal Wabbit's SquareCB from Python."""
    from vowpalwabbit import Workspace

    learner, rng = Workspace("--cb_explore_adf --squarecb --quiet"), np.random.default_rng(1)
    example = ["shared |s b", *(f"|a a{arm}" for arm in range(ARMS))]
    chances = np.zeros(ARMS)

    def act() -> int:
        chances[:] = learner.predict(example)
        return int(rng.choice(ARMS, p=chances / chances.sum()))

    def update(arm: int, gain: float) -> None:
        labelled = list(example)
        labelled[arm + 1] = f"0:{1 - gain}:{chances[arm]} |a a{arm}"
        learner.learn(labelled)

    yield Way("Vowpal Wabbit", problem, 1, "SquareCB", _loop(act, update))


def _loop(act: Any, update: Any) -> Run:
    draws = np.random.default_rng(0).random(10**6)
    t = 0

    def run() -> tuple[int, float]:
        nonlocal t
        start = time.perf_counter()
        for _ in range(BATCH):
            arm = int(act())
            update(arm, float(draws[t % len(draws)] < MEANS[arm]))
            t += 1
        return BATCH, time.perf_counter() - start

    return run


PEERS = {
    "mabwiser": (mabwiser, ("pandas",)),
    "SMPyBandits": (smpybandits, ("scipy",)),
    "vowpalwabbit": (vowpalwabbit, ()),
}


def compare(seconds: float = 1.0, rounds: int = 5) -> Comparison:
    """Measure every way in turn, `rounds` times, for about `seconds` in all.

    Raises:
        ValueError: `seconds` is not a positive number.
    """
    check_seconds(seconds)
    theirs, versions, missing = installed(PEERS, [LOOP])
    rows = beside([*ours(), *theirs], seconds, rounds)
    return Comparison(Machine.here(), versions, missing, rows)


def main(
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each way.")] = 2.0,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the comparison to this file.")] = None,
) -> None:
    """Measure bandits beside MABWiser, SMPyBandits and Vowpal Wabbit."""
    compare(seconds).leave(output)


if __name__ == "__main__":
    typer.run(main)
