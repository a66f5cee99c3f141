"""Public functions that hand a user's numbers to compiled code refuse what would lead it outside its arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

import ige  # noqa: F401  (registers the ids)
from ige.envs.arithmetic import oracle as puzzles
from ige.envs.combinatorial import exact, heuristics
from ige.envs.combinatorial.instance import ATSP, CVRP, TSP, Instance, Knapsack, Orienteering
from ige.envs.core.check import array
from ige.envs.tabular import oracle as plans
from ige.envs.tabular.mdp import MDP
from ige.envs.ued import buffer
from ige.envs.ued.layout import level_dtype
from ige.envs.ued.level import Level
from ige.solvers.nco.rows import Rows
from ige.solvers.online import SleepingExperts
from ige.solvers.tabular import learn_all
from ige.solvers.tabular.learner import Learner
from ige.solvers.textworld.expert import Expert

POINTS = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
SOLVED: list[tuple[Instance, list[int]]] = [
    (TSP(POINTS), [1, 3, 2]),
    (ATSP(np.ones((4, 4)) - np.eye(4)), [1, 2, 3]),
    (CVRP(POINTS, [0, 1, 1, 1], 2), [2, 4, 7]),
    (Orienteering(POINTS, [0, 1, 1, 1], 3.5), [1, 3]),
    (Knapsack([1, 2, 3], [1, 1, 1], 2), [1, 2]),
]
NO_ACTIONS = [None, "a", -1, 1.5, [], [[1, 2, 3]], [True, True, True], [1.0, 2.0, 3.0], ["1", "2", "3"], [None] * 3]
OUTSIDE = [-1, 99, 10**8, 2**62]


@pytest.mark.parametrize(("instance", "actions"), SOLVED, ids=lambda value: getattr(value, "problem", ""))
def test_solutions_of_instances(instance: Instance, actions: list[int]) -> None:
    calls: list[Callable[[Any], Any]] = [instance.objective, instance.cost]
    calls.append(lambda a: heuristics.improve(instance, a, 5))
    if isinstance(instance, Knapsack | Orienteering):
        calls.append(lambda a: heuristics.complete(instance, a))
    for call in calls:
        call(actions)
        for wrong in [*NO_ACTIONS, *([*actions[:-1], outside] for outside in OUTSIDE)]:
            if wrong == [] and isinstance(instance, Knapsack | Orienteering):
                continue  # nothing is packed or visited
            with pytest.raises(ValueError, match=r"^actions"):
                call(wrong)
    for wrong in (-1, 1.5, None, True, "a"):
        with pytest.raises(ValueError, match=r"^iterations: .*, expected an integer"):
            heuristics.improve(instance, actions, wrong)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"^seed: .*, expected an integer"):
            heuristics.improve(instance, actions, 1, wrong)  # type: ignore[arg-type]


def test_numbers_whose_squares_are_infinite_would_keep_a_search_going_for_ever() -> None:
    with pytest.raises(ValueError, match=r"^points\[1, 0\]: 1e\+300, expected a number up to 1e\+100$"):
        TSP([[0, 0], [1e300, 0], [0, 1e300]])
    assert exact.solve(TSP([[0, 0], [1e100, 0], [0, -1e100]])).tolist() in ([1, 2], [2, 1])
    with pytest.raises(ValueError, match=r"^capacity: 1e\+300, expected a positive number$"):
        Knapsack([1], [1], 1e300)


def test_rows_of_instances() -> None:
    rows = Rows([SOLVED[2][0]] * 3)
    before = rows.state.tobytes()
    good = [2, 4, 6]
    for outside in [*OUTSIDE, -2]:
        with pytest.raises(ValueError, match=r"^actions\[2\]: .*, expected an integer from 0 to 7$"):
            rows.step(np.array([*good[:2], outside]))
    for wrong in (None, 1, good[:2], [good], [2.0, 4.0, 6.0], np.array(good, object), torch.tensor(good), [True] * 3):
        with pytest.raises(ValueError, match=r"^actions: .*, expected integers of shape \(3,\)$"):
            rows.step(wrong)  # type: ignore[arg-type]
    assert rows.state.tobytes() == before
    rows.step(np.array(good))


def test_policies_of_mdps() -> None:
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.ones(3), size=(2, 3, 4))
    mdp = MDP(chances, rng.random((2, 3, 4)))  # tables for two steps
    policy = np.full((2, 3, 4), 0.25)
    for call in (plans.values, plans.value, plans.occupancy):
        call(mdp, policy)
        for shape in ((2, 3, 5), (2, 4, 4), (3, 3, 4), (2, 3), (0, 3, 4), (10**4, 3, 4)):
            with pytest.raises(ValueError, match="^policy: "):
                call(mdp, np.full(shape, 1 / shape[-1]))
        for wrong in (None, "a", 3, np.full((2, 3, 4), np.nan), np.full((2, 3, 4), -1.0), policy.astype(str) + "x"):
            with pytest.raises(ValueError, match="^policy"):
                call(mdp, wrong)
    for horizon in (0, -1, 3, 10**6, 1.5, None, True):
        with pytest.raises(ValueError, match=r"^horizon: .*, expected an integer"):
            plans.optimal_value(mdp, horizon)  # type: ignore[arg-type]
    assert plans.optimal_policy(MDP(chances[:1], np.ones((1, 3, 4))), 7).shape == (7, 3, 4)


def test_learners_of_mdps() -> None:
    env: Any = gym.make("ige/TabularMDP-v0")
    shown, _ = env.reset(seed=0)
    learner = Learner("ucbvi", env)
    with pytest.raises(ValueError, match=r"^action: update was called before act, expected "):
        learner.update(0, 0.0, shown)
    with pytest.raises(ValueError, match=r"^observation\['step'\]: 1, expected 0: a policy is planned when"):
        learner.act({**shown, "step": 1})
    action = learner.act(shown)
    kept = learner._counts.copy(), learner._rewards.copy()
    after, reward, *_ = env.step(action)
    for wrong in (-1, env.action_space.n, 10**8, 1.5, None, True, "a", [0]):
        with pytest.raises(ValueError, match="^action: "):
            learner.update(wrong, reward, after)  # type: ignore[arg-type]
    for value in (np.nan, np.inf, -0.5, 1.5, None, "a"):
        with pytest.raises(ValueError, match="^reward: "):
            learner.update(action, value, after)  # type: ignore[arg-type]
    for name in ("state", "step"):
        for wrong in (-1, 10**8, 1.5, None, True, "a", [0]):
            for call in (lambda seen: learner.update(action, reward, seen), learner.act):
                with pytest.raises(ValueError, match=rf"^observation\['{name}'\]: "):
                    call({**after, name: wrong})
    for wrong in (None, {}, 3, after["state"]):
        with pytest.raises(ValueError, match=r"^observation: .*, expected a dictionary of step and state$"):
            learner.act(wrong)  # type: ignore[arg-type]
    assert all((one == other).all() for one, other in zip(kept, (learner._counts, learner._rewards), strict=True))
    learner.update(action, reward, after)
    for message, arguments in {
        "seeds[1]: -1, expected": {"seeds": [0, -1]},
        "seeds[0]: 1.5, expected": {"seeds": [1.5]},
        "episodes: 0, expected": {"episodes": 0},
        "seed: -1, expected": {"seed": -1},
        "scale: nan, expected": {"scale": np.nan},
    }.items():
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            learn_all("ucbvi", env, **{"seeds": [0], "episodes": 2, **arguments})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="^env: TallyingBandit, expected ige/TabularMDP-v0 or "):
        Learner("ucbvi", gym.make("ige/TallyingBandit-v0"))


def test_sleeping_experts() -> None:
    experts = SleepingExperts(3)
    for wrong in (None, "abc", [1, 0], [0, 0, 0], [2, 0, 0], [1.0, 0, 0], [[True] * 3], torch.ones(3), 1):
        with pytest.raises(ValueError, match="^awake"):
            experts.weights(wrong)  # type: ignore[arg-type]
    for wrong in (None, "abc", [0.1, 0.2], [np.nan, 0, 0], [2, 0, 0], [-1, 0, 0], [[0.1] * 3], 0.5, [None] * 3):
        with pytest.raises(ValueError, match="^losses"):
            experts.update([True, True, True], wrong)  # type: ignore[arg-type]
    assert not experts.regret.any()
    assert not experts.spread.any()
    assert experts.update([1, 1, 0], [0.0, 1.0, np.nan]) == pytest.approx(0.5)  # who sleeps is not looked at


def test_records_of_levels() -> None:
    env: Any = gym.make_vec("ige/UedMaze-v0", 2)
    env.reset(seed=0)
    levels, states, both = buffer.sample_levels(2, np.random.default_rng(0)), env.unwrapped._state, np.ones(2, np.bool_)
    before = states.tobytes()
    for field, value in (("width", 14), ("width", 10**8), ("height", -1), ("x", -1), ("y", 13), ("goal_x", 10**8),
                         ("goal_y", -(10**8)), ("direction", 4)):  # fmt: skip
        broken = levels.copy()
        broken[field][1] = value
        assert buffer.are_levels(broken).tolist() == [True, False]
        assert buffer.path_lengths(broken)[1] == 0
        with pytest.raises(ValueError, match="^levels: row 1 holds no level"):
            buffer.enter_levels(states, broken, both)
        with pytest.raises(ValueError, match="^levels: row 1 holds no level"):
            buffer.mutate_levels(broken, np.random.default_rng(0))
        with pytest.raises(ValueError, match="^level"):
            Level.from_record(broken[1])
    for wrong in (None, [], [1, 2], np.zeros(2), levels[0], levels[:, None], levels.astype(object), "ab",
                  np.zeros(2, [("walls", np.uint8, (5, 7))]), np.zeros(2, [("walls", np.uint8, (5, 5))])):  # fmt: skip
        for call in (buffer.path_lengths, buffer.are_levels, lambda given: buffer.enter_levels(states, given, both)):
            with pytest.raises(ValueError, match=r"^levels: .*, expected an array \(n,\) of level records$"):
                call(wrong)
    large = np.zeros(2, level_dtype(19))
    with pytest.raises(ValueError, match=r"^levels: 2 of room 19, expected 2 of room 13$"):
        buffer.enter_levels(states, large, both)
    with pytest.raises(ValueError, match=r"^levels: 1 of room 13, expected 2 of room 13$"):
        buffer.enter_levels(states, levels[:1], both)
    with pytest.raises(ValueError, match=r"^chosen"):
        buffer.enter_levels(states, levels, np.ones(1, np.bool_))
    assert states.tobytes() == before
    buffer.enter_levels(states, levels, both)


def test_planner_of_text_adventures() -> None:
    env: Any = gym.make("ige/TextWorld-v0", games=2).unwrapped
    env.reset(seed=0)
    state = env.get_state()
    game = int(state["game"])
    for wrong in (-1, 2, 10**8, None, 1.5):
        with pytest.raises(ValueError, match=r"^game: .*, expected an integer"):
            Expert(env, wrong)  # type: ignore[arg-type]
    expert = Expert(env, game)
    elsewhere = state.copy()
    elsewhere["game"] = 10**8
    with pytest.raises(ValueError, match=f"^state: game 100000000 is played, expected game {game}$"):
        expert.plan(elsewhere)
    for record in (None, 3, state["facts"], np.zeros(1, state.dtype)[0]):
        with pytest.raises(ValueError, match="^state: found .*, expected "):
            expert.plan(record)
    with pytest.raises(ValueError, match=r"^command: .*, expected an integer from -1 to "):
        expert.plan(state, 10**8)
    assert expert.plan(state)


def test_puzzles() -> None:
    for wrong in (None, "a", 3, [1, 2, 3], [[1.5, 2.0]], [["1", "2"]], [[True, False]], np.zeros((3, 0), np.int64)):
        with pytest.raises(ValueError, match=r"^puzzles: .*, expected integers \(puzzles, n\)$"):
            puzzles.solvable(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "limits", "message"),
    [
        (300, ((), np.int8), "found: 300, expected an integer from -128 to 127"),
        (np.array([1, 300]), ((2,), np.int8), r"found\[1\]: 300, expected an integer from -128 to 127"),
        (10**30, ((), np.int64), "found: 10{30}, expected an integer"),
        (10**400, ((), np.float64), "found: 10{40}.*, expected a finite number"),
        (1e300, ((), np.float32), "found: 1e.300, expected a finite number"),
        ([1, [2]], ((2,), np.int64), r"found: \[1, \[2\]\], expected integers of shape \(2,\)"),
        (np.uint64(2**63), ((), np.int64), "found: 9223372036854775808, expected an integer"),
    ],
)
def test_arrays_are_never_wrapped_or_rounded(value: Any, limits: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        array("found", value, *limits)
