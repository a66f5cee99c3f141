"""The pieces of work behind `bq_nco`: each runs on one thread and returns JSON-able data."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...envs.combinatorial import exact
from ...envs.combinatorial.heuristics import BASELINES
from ...envs.combinatorial.instance import Instance
from ...envs.combinatorial.quotient import enumerate_both
from ...solvers.nco import EXPERTS, QConfig, QLearning, default_expert, draw, solve_all
from ...solvers.nco.bq import BQPolicy
from ...solvers.nco.direct import DirectPolicy
from ...solvers.nco.frozen import FrozenPolicy
from ...solvers.nco.learning import LearnConfig
from ...solvers.nco.network import NetworkConfig
from ...solvers.nco.policy import Policy
from ...solvers.nco.pomo import POMO

TINY = {"TSP": 7, "ATSP": 7, "CVRP": 5, "Orienteering": 6, "Knapsack": 8}  # n of enumerated instances
CROWDED = {"CVRP": {"capacity": 15}}  # so that five customers need several routes
SIZE = 20  # n of training instances
DATA, HELD_OUT, MOVED = 1, 10_000_000, 100_000  # seeds of instances; how far a first seed moves them
POLICIES: dict[str, type[Policy]] = {
    "bq": BQPolicy, "direct": DirectPolicy, "frozen": FrozenPolicy, "unordered": BQPolicy, "pomo": POMO,
    "longer": BQPolicy, "longer, unordered": BQPolicy,
}  # fmt: skip
SIZES = {("longer", "TSP"): (20, 30, 40, 50)}  # sizes of training instances where they are not `SIZE` alone
BATCHES = {"direct": 64, "pomo": 32}


@dataclass(frozen=True)
class Learning:
    """How every policy learns: the same instances, about the same number of weights, the same CPU time.

    Attributes:
        solved: instances that the experts solve.
        seconds: CPU seconds for each policy.
        longer: factor on this time for policies that learn longer.
        network: size of the network.
    """

    solved: int = 30_000
    seconds: float = 400.0
    longer: int = 3
    network: dict[str, int] = field(default_factory=lambda: {"width": 96, "layers": 4, "heads": 6, "hidden": 384})


def tests(problem: str, n: int, count: int, own: int) -> list[Instance]:
    """The instances that policies are tested on; `own` moves their seeds."""
    return draw(problem, n, count, HELD_OUT + n + MOVED * own)


def enumerated(problem: str, n: int, count: int, own: int) -> dict[str, Any]:
    """C1: both formulations of some instances."""
    found = []
    for instance in draw(problem, n, count, HELD_OUT + MOVED * own, **CROWDED.get(problem, {})):
        walked, scaled = enumerate_both(instance), instance.scaled()
        best = -walked.best if scaled.minimise else walked.best
        found.append({**asdict(walked), "from_optimum": abs(best - exact.optimum(scaled))})
    return {
        "direct": float(np.mean([one["direct"] for one in found])),
        "quotient": float(np.mean([one["quotient"] for one in found])),
        "differing": sum(one["differing"] for one in found),
        "value_difference": max(max(one["value_difference"], one["from_optimum"]) for one in found),
    }


def tabular(problem: str, n: int, formulation: str, count: int, episodes: int, own: int) -> list[float]:
    """C2: gaps in % after Q-learning on each of some instances."""
    import gymnasium as gym

    gaps = []
    for i, instance in enumerate(draw(problem, n, count, HELD_OUT + MOVED * own)):
        env = gym.make(f"ige/{problem}-v0", n=n, instances=instance, formulation=formulation, disable_env_checker=True)
        learner = QLearning(env, instance)
        learner.learn(QConfig(episodes=episodes, seed=i))
        actions, _ = learner.predict()
        gaps.append(_gap(instance, instance.objective(actions), exact.optimum(instance)))
    return gaps


def sizes(kind: str, problem: str) -> tuple[int, ...]:
    """Sizes of the instances that a policy learns from."""
    return SIZES.get((kind, problem), (SIZE,))


def solved(problem: str, n: int, count: int) -> tuple[list[Instance], Any]:
    """The training instances and their solutions."""
    instances = draw(problem, n, count, DATA)
    return instances, solve_all(instances)


def reference(problem: str, n: int, count: int, own: int) -> Any:
    """The reference of the tests: the default expert with ten times its usual effort."""
    name = default_expert(problem, n)
    return solve_all(tests(problem, n, count, own), name, 10 * EXPERTS[name].efforts(problem, n))


def learn(kind: str, problem: str, seed: int, learning: Learning, weights: Path, device: str) -> dict[str, Any]:
    """Train a policy and save it."""
    torch.set_num_threads(1)
    policy: Any = POLICIES[kind](NetworkConfig(problem, **learning.network), seed, device)
    learnt_from, seconds = sizes(kind, problem), learning.seconds * (learning.longer if "longer" in kind else 1)
    config = LearnConfig(seconds=seconds, batch=BATCHES.get(kind, 128), seed=seed)
    if kind == "pomo":
        losses = policy.learn(SIZE, config)
        data: dict[str, Any] = {"instances": "new ones"}
    else:
        parts = [solved(problem, n, learning.solved // len(learnt_from)) for n in learnt_from]
        instances = [instance for some, _ in parts for instance in some]
        most = max(found.actions.shape[1] for _, found in parts)
        rows = [
            np.pad(found.actions, ((0, 0), (0, most - found.actions.shape[1])), constant_values=-1)
            for _, found in parts
        ]
        options = {"ordered": False} if "unordered" in kind else {}
        losses = policy.learn(instances, np.concatenate(rows), config, **options)
        data = {"instances": len(instances), "seed of data": DATA, "expert": parts[0][1].expert}
    size = sum(p.numel() for p in policy.network.parameters())
    every = max(1, len(losses) // 100)
    curve = [float(np.mean(losses[i : i + every])) for i in range(0, len(losses), every)]
    notes = {"n": learnt_from, **data, "CPU seconds": seconds, "steps": len(losses), "seed": seed, "weights": size}
    weights.parent.mkdir(parents=True, exist_ok=True)
    policy.save(weights, notes, half=True)
    return {"notes": notes, "curve": curve}


def test(
    kind: str, weights: Path, problem: str, n: int, count: int, beam: int, device: str, own: int
) -> dict[str, Any]:
    """Gaps in % of a saved policy on each test instance, and seconds of CPU time for one."""
    torch.set_num_threads(1)
    policy: Any = POLICIES[kind].load(weights, device)
    instances, expected = tests(problem, n, count, own), reference(problem, n, count, own).objective
    begun = time.process_time()
    options = {} if kind == "pomo" else {"beam": beam, "batch": max(64, 20_000 // n)}
    found = policy.predict(instances, **options).objective
    seconds = (time.process_time() - begun) / count
    return {"gaps": [_gap(*x) for x in zip(instances, found.tolist(), expected, strict=True)], "seconds": seconds}


def baseline(name: str, problem: str, n: int, count: int, own: int) -> dict[str, Any]:
    """Like `test`, for a simple construction."""
    instances, expected = tests(problem, n, count, own), reference(problem, n, count, own).objective
    BASELINES[problem][name](instances[0])  # compiles
    begun = time.process_time()
    found = [instance.objective(BASELINES[problem][name](instance)) for instance in instances]
    seconds = (time.process_time() - begun) / count
    return {"gaps": [_gap(*x) for x in zip(instances, found, expected, strict=True)], "seconds": seconds}


def _gap(instance: Instance, objective: float, best: float) -> float:
    sign = 1 if instance.minimise else -1
    return 100 * sign * (float(objective) - float(best)) / float(best)
