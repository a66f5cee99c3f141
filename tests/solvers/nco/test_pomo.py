"""POMO and the ablation of re-embedding: their batched loops are ordinary roll-outs, and they learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

from ige.envs.combinatorial import exact
from ige.envs.combinatorial.instance import TSP
from ige.solvers.nco import draw, solve_all
from ige.solvers.nco.attention import nodes_of
from ige.solvers.nco.bq import BQPolicy
from ige.solvers.nco.direct import DirectPolicy
from ige.solvers.nco.frozen import FrozenPolicy
from ige.solvers.nco.learning import LearnConfig
from ige.solvers.nco.network import NetworkConfig
from ige.solvers.nco.policy import Policy
from ige.solvers.nco.pomo import POMO
from ige.solvers.nco.rows import Rows

PROBLEMS = POMO.problems


@pytest.fixture(autouse=True)
def _one_thread() -> Any:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def small(kind: type[Policy], problem: str = "TSP", seed: int = 0) -> Any:
    """A policy whose layers do something from the start."""
    policy = kind(NetworkConfig(problem, width=24, layers=2, heads=3, hidden=32), seed, "cpu")
    with torch.no_grad():
        for name, value in policy.network.named_parameters():
            if name.endswith(("alpha", "beta")):
                value.fill_(0.5)
    return policy


def roll_out(policy: POMO, instance: Any, first: int) -> float:
    """The return of a greedy episode of the ordinary environment after a first action."""
    env = gym.make(f"ige/{instance.problem}-v0", instances=instance, formulation="direct")
    observation, info = env.reset(seed=0)
    with torch.inference_mode():
        nodes = policy.network.encode(nodes_of(instance.problem, Rows([instance], "direct")))
        total, over, action = 0.0, False, first
        while not over:
            observation, reward, over, _, info = env.step(action)
            total += float(reward)
            if over:
                return total
            current = torch.tensor([[int(observation.get("current", 0))]])
            remaining = torch.tensor(observation["remaining"])[None] if "remaining" in observation else None
            legal = torch.from_numpy(info["action_mask"] > 0)[None, None]
            logits = policy.network.point(nodes, current, torch.zeros_like(current), remaining, legal)
            action = int(logits.argmax())
    raise AssertionError


@pytest.mark.parametrize("problem", [problem for problem in PROBLEMS if problem != "TSP"])
def test_the_batched_loop_is_the_best_of_ordinary_roll_outs(problem: str) -> None:
    policy = small(POMO, problem)
    for instance in draw(problem, 8, 4):
        env = gym.make(f"ige/{problem}-v0", instances=instance)
        _, info = env.reset(seed=0)
        returns = [roll_out(policy, instance, int(a)) for a in np.flatnonzero(info["action_mask"])]
        found = float(policy.predict([instance]).objective[0])
        assert found == pytest.approx(-max(returns) if instance.minimise else max(returns))


def test_tours_begin_at_every_node() -> None:
    """The best over all beginnings: no worse than the tour from any node, which is that of a relabelled instance."""
    policy = small(POMO)
    [instance] = draw("TSP", 8, 1)
    best = float(policy.predict([instance]).objective[0])
    nodes = policy.network.encode(nodes_of("TSP", Rows([instance], "direct")))
    with torch.inference_mode():
        rows, homes, _ = policy._rollout(Rows([instance], "direct"), nodes, None)
    assert homes.tolist() == list(range(8))
    for k in range(8):
        turned = TSP(np.roll(instance.points, -k, axis=0))
        assert -rows.score[k] == pytest.approx(turned.objective(rows.state["solution"][k]))
    assert best == pytest.approx(-rows.score.max())


@pytest.mark.parametrize("problem", PROBLEMS)
def test_pomo_learns(problem: str) -> None:
    policy = POMO(NetworkConfig(problem, 32, 1, 4, 64), 0, "cpu")
    costs = policy.learn(8, LearnConfig(steps=80, batch=16, learning_rate=1e-3, warm_up=10))
    assert np.mean(costs[-10:]) < np.mean(costs[:10])


def test_pomo_is_repeatable() -> None:
    assert len({tuple(small(POMO).learn(6, LearnConfig(steps=4, batch=4))) for _ in range(2)}) == 1


def test_the_frozen_ablation_learns() -> None:
    instances, test = draw("TSP", 8, 200), draw("TSP", 8, 50, seed=99)
    solved = solve_all(instances, "exact", workers=1, cache=False)
    policy = FrozenPolicy(NetworkConfig("TSP", 32, 2, 4, 64), 0, "cpu")
    before = policy.predict(test).objective.mean()
    policy.learn(instances, solved.actions, LearnConfig(steps=200, batch=64, learning_rate=3e-3, warm_up=20))
    assert policy.predict(test).objective.mean() < before
    assert policy.predict(test, beam=8).objective.mean() < policy.predict(test).objective.mean()


def test_the_frozen_ablation_embeds_an_instance_once(monkeypatch: pytest.MonkeyPatch) -> None:
    policy, calls = small(FrozenPolicy), []
    encode = policy.network.encode
    monkeypatch.setattr(policy.network, "encode", lambda points: calls.append(points.shape) or encode(points))
    [instance] = draw("TSP", 8, 1)
    assert float(policy.predict([instance], beam=100_000).objective[0]) == pytest.approx(exact.optimum(instance))
    assert calls == [(1, 8, 2)]


@pytest.mark.parametrize("kind", [DirectPolicy, FrozenPolicy, POMO])
def test_files(kind: type[Policy], tmp_path: Path) -> None:
    policy, [instance] = small(kind), draw("TSP", 8, 1)
    policy.save(tmp_path / "weights.safetensors", {"seed": 3})
    other: Any = kind.load(tmp_path / "weights.safetensors", "cpu")
    assert other.notes == {"seed": 3}
    assert other.predict([instance]).actions.tolist() == policy.predict([instance]).actions.tolist()
    with pytest.raises(ValueError, match="expected the weights of a "):
        (BQPolicy if kind is not FrozenPolicy else POMO).load(tmp_path / "weights.safetensors")


@pytest.mark.parametrize(
    ("kind", "expected"), [(POMO, "'TSP' or 'CVRP'"), (DirectPolicy, "'TSP'"), (FrozenPolicy, "'TSP'")]
)
def test_other_problems_are_refused(kind: type[Policy], expected: str) -> None:
    with pytest.raises(ValueError, match=f"^problem: 'ATSP', expected {expected}"):
        kind(NetworkConfig("ATSP"))
