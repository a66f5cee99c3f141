"""Experts: what every one of them finds is feasible and near the optimum; many at once, kept on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige
from ige.envs.combinatorial import exact
from ige.envs.combinatorial.instance import TSP, Instance
from ige.solvers.nco import experts
from ige.solvers.nco.experts import EXPERTS, default_expert, solve_all

assert ige
PAIRS = [(name, problem) for name, expert in EXPERTS.items() for problem in expert.problems]


def instances(problem: str, n: int, count: int, seed: int = 0) -> list[Instance]:
    env: Any = gym.make(f"ige/{problem}-v0", n=n).unwrapped
    found = []
    for i in range(count):
        env.reset(seed=seed + i)
        found.append(env.instance)
    return found


def plays(problem: str, instance: Instance, actions: Any) -> float:
    """The objective at the end of an episode of these actions."""
    env = gym.make(f"ige/{problem}-v0", instances=instance)
    env.reset(seed=0)
    for action in actions:
        _, _, over, _, info = env.step(int(action))
    assert over
    return float(info["objective"])


@pytest.mark.parametrize(("name", "problem"), PAIRS)
@pytest.mark.parametrize("n", [1, 8])
def test_every_expert_is_near_the_optimum(name: str, problem: str, n: int) -> None:
    if not EXPERTS[name].available:
        pytest.skip(f"{name} is not installed")
    for instance in instances(problem, max(n, 2) if "TSP" in problem else n, 3):
        actions = EXPERTS[name].solve(instance)
        found, best = instance.objective(actions), exact.optimum(instance)
        assert found == pytest.approx(plays(problem, instance, actions))
        worse = found / best - 1 if instance.minimise else 1 - found / best
        assert -1e-9 <= worse < (0.15 if name == "local-search" else 0.03)


@pytest.mark.parametrize("problem", ["TSP", "ATSP", "CVRP", "Orienteering", "Knapsack"])
def test_experts_agree_where_no_exact_solution_is_known(problem: str) -> None:
    some = instances(problem, 40, 4, seed=5)
    able = [name for name, expert in EXPERTS.items() if problem in expert.problems and expert.available]
    mean = {
        name: np.mean([i.objective(EXPERTS[name].solve(i)) for i in some])
        for name in able
        if name != "exact" or problem == "Knapsack"
    }
    assert max(mean.values()) < 1.05 * min(mean.values()), mean


def test_many_are_kept_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(experts, "cache_root", lambda: tmp_path)
    some = instances("TSP", 8, 70)
    first = solve_all(some, "exact", workers=1)
    assert first.actions.shape == (70, 7)
    assert first.objective == pytest.approx(
        [instance.objective(a) for instance, a in zip(some, first.actions, strict=True)]
    )
    files = sorted((tmp_path / "experts").rglob("*.npz"))
    files[0].unlink()
    files[1].write_bytes(b"damaged")
    calls: list[Instance] = []
    monkeypatch.setattr(exact, "solve", lambda instance: calls.append(instance) or np.arange(1, 8))
    again = solve_all(some, "exact", workers=1)
    assert len(calls) == 4  # two files of two instances each
    assert (again.actions[4:] == first.actions[4:]).all()


def test_processes_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experts, "POOL_PAYS", 0.0)
    some = instances("CVRP", 8, 5)
    one = solve_all(some, "local-search", workers=1, cache=False)
    two = solve_all(some, "local-search", workers=2, cache=False)
    assert (one.actions == two.actions).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"instances": []}, "instances: found none, expected at least one"),
        ({"expert": "oracle"}, "expert: 'oracle', expected one of 'pyvrp', 'hgs'"),
        ({"expert": "hgs"}, "expert: 'hgs' does not solve TSP, expected one of"),
        ({"effort": 0}, "effort: 0, expected at least 1"),
        ({"workers": 0}, "workers: 0, expected at least 1"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        solve_all(**{"instances": [TSP([[0, 0], [1, 1], [1, 0]])], "expert": "local-search", **arguments}, cache=False)


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"instances\[1\]: TSP of n=3, expected TSP of n=2"):
        solve_all([TSP([[0, 0], [1, 1]]), TSP([[0, 0], [1, 1], [1, 0]])])


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experts.importlib.util, "find_spec", lambda name: None)
    assert default_expert("TSP", 50) == "local-search"
    assert default_expert("TSP", 8) == "exact"
    with pytest.raises(ImportError, match=r"expert: 'hgs' needs hygese: pip install ige\[experts\]"):
        EXPERTS["hgs"].require("CVRP")
