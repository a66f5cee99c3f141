"""Laws of this family: the quotient is exact, formulations agree, returns are what instances say, masks are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

import ige
from ige.envs.combinatorial import exact, files
from ige.envs.combinatorial.heuristics import local_search
from ige.envs.combinatorial.instance import ATSP, CVRP, TSP, Knapsack, Orienteering, save
from ige.envs.combinatorial.oracle import plan, solve
from ige.envs.combinatorial.picture import construction, picture, side_by_side
from ige.envs.combinatorial.quotient import enumerate_both
from ige.render import save_gif

PROBLEMS = ["TSP", "ATSP", "CVRP", "Orienteering", "Knapsack"]
# Each size is compiled for: the tests of this family and its solvers share these, 8 and the default.
SMALL = {"TSP": 6, "ATSP": 6, "CVRP": 5, "Orienteering": 6, "Knapsack": 6}
SEEDS = st.integers(0, 2**32 - 1)

assert ige


def make(problem: str, **arguments: Any) -> Any:
    return gym.make(f"ige/{problem}-v0", disable_env_checker=True, **arguments).unwrapped


def legal(env: Any) -> list[int]:
    return np.flatnonzero(env.action_masks()).tolist()


def play(env: Any, rng: np.random.Generator) -> Iterator[tuple[int, Any, float, bool, Any]]:
    """Random legal actions until the end, each with what the step returned."""
    over = False
    while not over:
        action = int(rng.choice(legal(env)))
        observation, reward, over, _, info = env.step(action)
        yield action, observation, reward, over, info


def same(a: Any, b: Any) -> bool:
    return all(np.array_equal(a[name], b[name]) for name in a)


# --- the quotient -----------------------------------------------------------------------------------------------------


def walked(problem: str, n: int, seed: int = 0, **arguments: Any) -> tuple[int, int]:
    """The numbers of states of both formulations; what behaves differently, or is worth something else, is an error."""
    env = make(problem, n=n, **arguments)
    env.reset(seed=seed)
    found = enumerate_both(env.instance)
    assert found.differing == 0
    assert found.value_difference == 0.0
    sign = -1 if env.instance.minimise else 1
    assert sign * found.best == pytest.approx(exact.optimum(env.instance.scaled()), abs=1e-9)
    return found.direct, found.quotient


@pytest.mark.parametrize(("n", "direct", "quotient"), [(6, 326, 81), (8, 13_700, 449)])
@pytest.mark.parametrize("problem", ["TSP", "ATSP"])
def test_the_quotient_of_tours_is_the_table_of_held_and_karp(problem: str, n: int, direct: int, quotient: int) -> None:
    assert walked(problem, n) == (direct, quotient)


@pytest.mark.parametrize("seed", range(3))
def test_the_quotient_of_routes(seed: int) -> None:
    direct, quotient = walked("CVRP", 5, seed, capacity=15)
    assert quotient < direct / 5


@pytest.mark.parametrize(("problem", "n"), [("Orienteering", 6), ("Knapsack", 8)])
def test_the_other_quotients_merge_nothing(problem: str, n: int) -> None:
    """The rest of a budget tells the path, and sets of items have no order."""
    direct, quotient = walked(problem, n)
    assert direct == quotient > n


# --- formulations, returns, masks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", PROBLEMS)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_one_sequence_of_actions_drives_all_of_them(problem: str, seed: int) -> None:
    kinds = [(f, r) for f in ("bq", "direct") for r in ("dense", "sparse")]
    envs = [make(problem, n=SMALL[problem], formulation=formulation, reward=reward) for formulation, reward in kinds]
    for env in envs:
        env.reset(seed=seed)
    first, *others = envs
    returns = np.zeros(len(envs))
    actions = []
    for action, _, reward, over, info in play(first, np.random.default_rng(seed)):
        actions.append(action)
        returns[0] += reward
        for i, env in enumerate(others, 1):
            _, reward, ended, _, known = env.step(action)
            returns[i] += reward
            assert ended == over
            assert (known["action_mask"] == info["action_mask"]).all()
            assert reward == 0 or over or kinds[i][1] == "dense"
    instance = first.instance
    sign = -1 if instance.minimise else 1
    assert returns == pytest.approx(sign * instance.objective(actions))
    assert info["objective"] == pytest.approx(instance.objective(actions))
    assert info["solution"][: len(actions)].tolist() == actions
    assert (info["solution"][len(actions) :] == -1).all()
    assert "gap" not in info


def allowed(instance: Any, actions: list[int]) -> set[int]:
    """The legal actions after some, from the instance alone."""
    match instance:
        case TSP() | ATSP():
            return set(range(1, instance.n)) - set(actions)
        case CVRP():
            left = set(range(1, instance.n + 1)) - {action // 2 for action in actions}
            load = instance.demands[instance.routes(actions)[-1]].sum() if actions else 0.0
            direct = {2 * j for j in left if load + instance.demands[j] <= instance.capacity}
            return direct | {2 * j + 1 for j in left}
        case Orienteering():
            left = set(range(1, instance.n + 1)) - set(actions)
            return {j for j in left if instance.length([*actions, j]) <= instance.budget}
        case Knapsack():
            left = set(range(instance.n)) - set(actions)
            return {j for j in left if instance.weights[[*actions, j]].sum() <= instance.capacity}
    raise AssertionError


@pytest.mark.parametrize("problem", PROBLEMS)
@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_masks_are_sound_and_complete(problem: str, seed: int) -> None:
    env = make(problem, n=SMALL[problem])
    rng = np.random.default_rng(seed)
    env.reset(seed=seed)
    instance, actions, total = env.instance, [], 0.0
    worst = -np.inf
    while True:
        assert set(legal(env)) == allowed(instance, actions)
        before = env.get_state()
        for action in set(range(env.action_space.n)) - set(legal(env)):
            env.set_state(before)
            _, reward, over, truncated, info = env.step(action)
            assert over
            assert not truncated
            assert info["illegal"]
            assert not info["action_mask"].any()
            assert ("objective" in info) == (not instance.minimise)
            worst = max(worst, total + reward)
        env.set_state(before)
        action = int(rng.choice(legal(env)))
        _, reward, over, _, info = env.step(action)
        actions.append(action)
        total += reward
        assert not info["illegal"]
        if over:
            break
    assert instance.objective(actions) > 0
    assert worst < total if instance.minimise else worst <= total


@pytest.mark.parametrize("problem", PROBLEMS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_relabelling_commutes_with_stepping(problem: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    env = make(problem, n=SMALL[problem])
    env.reset(seed=seed)
    instance = env.instance
    nodes = instance.n + (problem in ("CVRP", "Orienteering"))
    fixed = 0 if problem == "Knapsack" else 1
    old = np.r_[np.arange(fixed), fixed + rng.permutation(nodes - fixed)]  # new label -> old label
    new = np.argsort(old)
    fields = {
        TSP: {"points": lambda: instance.points[old]},
        ATSP: {"matrix": lambda: instance.matrix[np.ix_(old, old)]},
        CVRP: {"points": lambda: instance.points[old], "demands": lambda: instance.demands[old]},
        Orienteering: {"points": lambda: instance.points[old], "prizes": lambda: instance.prizes[old]},
        Knapsack: {"values": lambda: instance.values[old], "weights": lambda: instance.weights[old]},
    }[type(instance)]
    limits = {name: getattr(instance, name) for name in ("capacity", "budget") if hasattr(instance, name)}
    other = make(problem, instances=type(instance)(**{k: v() for k, v in fields.items()}, **limits))
    other.reset(seed=0)

    def relabelled(action: int) -> int:
        return int(2 * new[action // 2] + action % 2) if problem == "CVRP" else int(new[action])

    for action, _, reward, over, _ in play(env, rng):
        _, again, ended, _, _ = other.step(relabelled(action))
        assert again == pytest.approx(reward)
        assert ended == over
        assert set(legal(other)) == set(map(relabelled, legal(env)))


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("seed", range(3))
def test_the_best_return_is_the_exact_optimum(problem: str, seed: int) -> None:
    env = make(problem, n=SMALL[problem])
    env.reset(seed=seed)

    def best(state: Any) -> float:
        env.set_state(state)
        found = -np.inf
        for action in legal(env):
            env.set_state(state)
            _, reward, over, _, _ = env.step(action)
            found = max(found, reward + (0.0 if over else best(env.get_state())))
        return found

    start = env.get_state()
    value = best(start)
    env.set_state(start)
    assert abs(value) == pytest.approx(exact.optimum(env.instance))
    assert env.instance.objective(plan(env)) == pytest.approx(abs(value))


# --- generators -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "n", "expected"),
    [("TSP", 20, 3.84), ("ATSP", 20, 1.55), ("CVRP", 20, 6.17), ("Orienteering", 20, 5.33)],
)
def test_mean_objectives_of_near_optimal_solutions(problem: str, n: int, expected: float) -> None:
    """The sheet's means of small samples; a generator that is far from them draws something else."""
    env = make(problem, n=n)
    env.reset(seed=1)
    found = []
    for _ in range(150):
        env.reset()
        found.append(env.instance.objective(local_search(env.instance, 200)))
    assert np.mean(found) == pytest.approx(expected, rel=0.04)


@pytest.mark.parametrize("problem", PROBLEMS)
def test_distributions(problem: str) -> None:
    for distribution in type(make(problem)).distributions:
        env = make(problem, distribution=distribution)
        for seed in range(5):
            env.reset(seed=seed)
            instance = env.instance
            match instance:
                case TSP() | CVRP() | Orienteering():
                    assert 0 <= instance.points.min() <= instance.points.max() <= 1
                case ATSP():
                    shortcuts = instance.matrix[:, :, None] + instance.matrix[None]
                    assert (instance.matrix <= shortcuts.min(1) + 1e-12).all() == (distribution == "metric")
                case Knapsack():
                    apart = instance.values - instance.weights
                    assert (np.ptp(apart) < 1e-12) == (distribution == "correlated")
            if isinstance(instance, CVRP):
                assert set(instance.demands[1:]) <= set(range(1, 10))
            if isinstance(instance, Orienteering):
                assert instance.prizes[1:].max() == 1
                assert instance.prizes[1:].min() >= 0.01


def test_clusters_are_closer_than_uniform_points() -> None:
    def nearest(distribution: str) -> float:
        env = make("TSP", n=100, distribution=distribution)
        env.reset(seed=0)
        apart = np.linalg.norm(env.instance.points[:, None] - env.instance.points[None], axis=-1)
        np.fill_diagonal(apart, 9)
        return float(apart.min(1).mean())

    assert nearest("clustered") < 0.8 * nearest("uniform")


def test_prizes_and_budgets() -> None:
    env = make("Orienteering", prizes="constant", budget=1.0)
    env.reset(seed=0)
    assert env.instance.budget == 1
    assert (env.instance.prizes[1:] == 1).all()
    tight = make("Orienteering", n=1, budget=0.1)
    for seed in range(20):
        tight.reset(seed=seed)
        assert len(legal(tight))


# --- given instances --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", PROBLEMS)
def test_given_instances_from_everywhere(problem: str, tmp_path: Path) -> None:
    env = make(problem, n=SMALL[problem])
    instances = []
    for seed in range(3):
        env.reset(seed=seed)
        known = env.instance.objective(solve(env.instance))
        instances.append(type(env.instance)(**{**vars(env.instance), "best_known": known}))
    for name in ("few.json", "few.npz"):
        save(tmp_path / name, instances)
        again = make(problem, instances=tmp_path / name)
        again.reset(seed=0)
        assert again.n == env.n
        for action in plan(again):
            *_, info = again.step(action)
        assert info["gap"] == pytest.approx(0, abs=1e-12)
    env.reset(options={"instance": instances[1].as_dict()})
    assert env.instance.best_known == pytest.approx(instances[1].best_known)
    env.reset(options={"instance": instances[2]})
    assert env.instance.best_known == pytest.approx(instances[2].best_known)


SIX = "NAME: six\nTYPE: TSP\nDIMENSION: 6\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "six.tsp"
    path.write_text(SIX + "1 565 575\n2 25 185\n3 345 750\n4 945 685\n5 845 655\n6 880 660\nEOF\n", encoding="utf-8")
    env = make("TSP", instances=path)
    env.reset(seed=0)
    assert env.n == 6
    for action in plan(env):
        *_, info = env.step(action)
    unrounded = replace(files.read(path), metric="EUCLIDEAN")
    assert unrounded.objective(info["solution"]) == pytest.approx(exact.optimum(unrounded))
    assert env.instance.points.max() == 1


def test_a_picture_tells_the_length_that_the_file_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "ige.envs.combinatorial.picture.draw_text", lambda frame, y, x, text, *colour: told.append(text)
    )
    points = [[0, 0], [0, 9000.4], [9000.4, 0]]
    picture(TSP(points, "EUC_2D"), [1, 2])
    picture(CVRP(points, [0, 1, 1], 1, "CEIL_2D"), [2, 5])
    assert told == ["length 30728", "length 36004"]


def test_a_gap_of_a_vector_is_there_where_known() -> None:
    instance = TSP([[0, 0], [1, 0], [2, 0], [2, 1], [1, 1], [0, 1]], best_known=6)
    for mode in (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP):
        vector = gym.make_vec("ige/TSP-v0", 2, "vector_entry_point", instances=instance, autoreset_mode=mode)
        vector.reset(seed=0)
        for actions in ([1, 1], [2, 2], [3, 3], [4, 5], [5, 5]):
            *_, infos = vector.step(np.array(actions))
        found = infos["final_info"] if mode is AutoresetMode.SAME_STEP else infos
        assert found["_gap"].tolist() == [True, False]
        assert found["gap"][0] == 0
        assert found["_solution"].tolist() == [True, True]
        assert found["solution"][0].tolist() == [1, 2, 3, 4, 5]
        assert found["illegal"].tolist() == [False, True]


def test_a_thousand_nodes_need_no_table() -> None:
    env = make("TSP", n=1000)
    env.reset(seed=0)
    assert env.get_state().nbytes < 50 * 1000


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "arguments", "message"),
    [
        ("TSP", {"n": 1}, "n: 1, expected an integer of at least 2"),
        ("ATSP", {"n": 1}, "n: 1, expected an integer of at least 2"),
        ("CVRP", {"n": 0}, "n: 0, expected an integer of at least 1"),
        ("TSP", {"distribution": "normal"}, "distribution: 'normal', expected one of 'uniform', 'clustered'"),
        ("TSP", {"formulation": "quotient"}, "formulation: 'quotient', expected one of 'bq', 'direct'"),
        ("TSP", {"reward": "none"}, "reward: 'none', expected one of 'dense', 'sparse'"),
        ("CVRP", {"capacity": 8}, "capacity: 8, expected a number of at least 9"),
        ("Knapsack", {"capacity": "big"}, "capacity: 'big', expected a number of at least 1"),
        ("Orienteering", {"budget": float("nan")}, "budget: nan, expected a number of at least 0.1"),
        ("Orienteering", {"prizes": "none"}, "prizes: 'none', expected one of 'distance', 'constant', 'uniform'"),
        ("TSP", {"instances": []}, "instances: found none, expected at least one"),
        ("TSP", {"instances": Knapsack([1], [1], 1)}, "instances: found Knapsack, expected TSP"),
        ("TSP", {"instances": [3]}, "instances[0]: found int, expected TSP"),
        ("TSP", {"n": 5, "instances": TSP([[0, 0], [1, 1]])}, "instances[0]: n=2, expected n=5"),
    ],
)
def test_what_is_refused(problem: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make(problem, **arguments)


def test_options_that_are_refused() -> None:
    env = make("TSP", n=6)
    with pytest.raises(ValueError, match=re.escape("options: instance[0]: n=2, expected n=6")):
        env.reset(options={"instance": {"points": [[0, 0], [1, 1]]}})
    with pytest.raises(ValueError, match="points"):
        env.reset(options={"instance": {"points": [[0, 0], [0, 0], [1, 1]]}})
    with pytest.raises(ValueError, match="instance: found int, expected TSP"):
        env.reset(options={"instance": 3})


@pytest.mark.parametrize("problem", ["CVRP", "Orienteering", "Knapsack"])
def test_the_trivial_solution_of_one(problem: str) -> None:
    env = make(problem, n=1)
    env.reset(seed=0)
    _, _, over, _, info = env.step(legal(env)[0])
    assert over
    assert info["objective"] == pytest.approx(exact.optimum(env.instance))


# --- text and pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", PROBLEMS)
def test_text(problem: str) -> None:
    env = make(problem, n=SMALL[problem], render_mode="ansi")
    env.reset(seed=0)
    assert env.rules()
    for action, *_ in play(env, np.random.default_rng(0)):
        assert str(action // 2 if problem == "CVRP" else action) in env.action_text(action)
        for other in legal(env):
            assert env.parse_action(f" {env.action_text(other).upper()} ") == other
            node = other // 2 if problem == "CVRP" else other
            assert f" {node}" in env.render()
    assert env.render().startswith("Done. ")
    with pytest.raises(ValueError, match="action: '1', expected none: the episode is over"):
        env.parse_action("1")
    env.reset(seed=0)
    env.step(legal(env)[0])
    env.step(env.actions[0])
    assert env.render() == "That was not allowed. The episode is over."


@pytest.mark.parametrize("problem", PROBLEMS)
def test_pictures(problem: str, tmp_path: Path) -> None:
    env = make(problem, n=SMALL[problem], render_mode="rgb_array")
    env.reset(seed=0)
    frames = [env.render()]
    for _ in play(env, np.random.default_rng(0)):
        frames.append(env.render())
        assert frames[-1].shape == frames[0].shape
        assert (frames[-1] != frames[-2]).any()
    actions = env.actions
    again = construction(env.instance, actions)
    assert len(again) == len(frames)
    assert all((a == b).all() for a, b in zip(again, frames, strict=True))
    both = side_by_side(env.instance, {"ours": actions, "expert": solve(env.instance)})
    assert both.shape == (frames[0].shape[0], 2 * frames[0].shape[1], 3)
    save_gif(tmp_path / "construction.gif", again)
    assert (tmp_path / "construction.gif").read_bytes()[:3] == b"GIF"
    if problem != "Knapsack":
        with pytest.raises(ValueError, match="actions: .* expected up to"):
            picture(env.instance, [1] * 20)
