"""The guarantees of every task in every folder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ige.envs.gui import kernel, words
from ige.envs.gui.app import GUIApp
from ige.envs.gui.env import GUIWidget, Screens
from ige.envs.gui.oracle import plan
from ige.envs.gui.phone import GUIPhone
from ige.envs.gui.program import ANSWER_VAR, EQ_VAR, EQ_VARS
from ige.envs.gui.templates import tasks

CLASSES: dict[str, type[Screens]] = {"widget": GUIWidget, "app": GUIApp, "phone": GUIPhone}
EVERY = [(folder, name) for folder in CLASSES for name in tasks(folder)]
SEEDS = range(20)


@pytest.fixture(scope="module")
def envs() -> dict[tuple[str, str], Screens]:
    return {(folder, name): CLASSES[folder](task=name, paraphrases="all") for folder, name in EVERY}


@pytest.mark.parametrize("key", EVERY, ids="-".join)
def test_the_oracle_solves_every_seed_within_the_budget(key: tuple[str, str], envs: Any) -> None:
    env = envs[key]
    longest = 0
    for seed in SEEDS:
        env.reset(seed=seed)
        row = env.get_state()
        actions = plan(env)
        assert env.get_state().tobytes() == row.tobytes(), "planning leaves the environment as it was"
        assert len(actions) <= int(row["vars"][1]), f"seed {seed}: longer than the task says"
        longest = max(longest, len(actions))
        outcome: Any = None
        for k, action in enumerate(actions):
            assert env.action_masks()[action], f"seed {seed}, action {k}"
            outcome = env.step(action)
            assert outcome[2] is (k == len(actions) - 1)
        assert outcome[1] == 1.0, f"seed {seed}: {env.goal}"
        assert outcome[4]["is_success"]
    assert longest >= 1


@pytest.mark.parametrize("folder", CLASSES)
def test_the_oracle_solves_tasks_that_end_by_themselves(folder: str) -> None:
    """Earlier episodes leave no trace in the state."""
    env, other = (CLASSES[folder](termination="auto") for _ in range(2))
    for seed in range(30):
        env.reset(seed=seed)
        actions = plan(env)
        info: dict[str, Any] = {}
        for action in actions or []:
            info = env.step(action)[4]
        assert info["is_success"], env.goal
    env.reset(seed=99)
    other.reset(seed=99)
    assert env.get_state().tobytes() == other.get_state().tobytes()


@pytest.mark.parametrize("key", EVERY, ids="-".join)
def test_nothing_is_solved_at_the_start_nor_by_a_random_end(key: tuple[str, str], envs: Any) -> None:
    env = envs[key]
    rng = np.random.default_rng(0)
    lucky = 0
    for seed in SEEDS:
        env.reset(seed=seed)
        ends = np.flatnonzero(env.action_masks()[kernel.FIRST_PLAIN + kernel.COMPLETE - kernel.CLEAR :])
        action = int(rng.choice(ends)) + kernel.FIRST_PLAIN + kernel.COMPLETE - kernel.CLEAR
        is_answer = action >= kernel.FIRST_ANSWER
        _, _, terminated, _, info = env.step(action)
        assert terminated
        lucky += info["is_success"]
        assert is_answer or not info["is_success"]
    assert lucky <= len(SEEDS) // 2  # an answer may be guessed


@pytest.mark.parametrize("key", EVERY, ids="-".join)
def test_a_goal_says_which_predicates(key: tuple[str, str], envs: Any) -> None:
    """Equal goals and equal screens imply equal predicates, unless the task needs memory."""
    env = envs[key]
    if env.tasks[0].memory:
        pytest.skip("a task of memory")
    found: dict[Any, Any] = {}
    record = env.tasks[0].record
    for seed in range(60):
        env.reset(seed=seed)
        row = env.get_state()
        wanted = []
        for kind, a, b, n in record["predicates"][: record["n_predicates"]].tolist():
            of = {EQ_VAR: [b], ANSWER_VAR: [a], EQ_VARS: range(b, b + n)}.get(kind)
            wanted.append([b] if of is None else row["vars"][list(of)].tolist())
        seen = (env.goal, env.table().tobytes())
        assert found.setdefault(seen, wanted) == wanted


@pytest.mark.parametrize("key", EVERY, ids="-".join)
def test_goals_are_written_out_and_seeds_differ(key: tuple[str, str], envs: Any) -> None:
    env = envs[key]
    task = env.tasks[0]
    assert 3 <= len(task.goals) <= 6
    goals, screens = set(), set()
    for seed in range(40):
        env.reset(seed=seed)
        assert "{" not in env.goal
        for var in task.fields.values():
            assert words.text(int(env.get_state()["vars"][var])), f"seed {seed}: an empty field in {env.goal!r}"
        goals.add(env.goal)
        screens.add(env.table().tobytes())
    assert len(goals) >= 3
    assert len(goals) * len(screens) >= 10


@pytest.mark.parametrize("key", EVERY, ids="-".join)
def test_protected_variables_are_punished(key: tuple[str, str], envs: Any) -> None:
    env = envs[key]
    record = env.tasks[0].record
    for var in np.flatnonzero(record["protected"])[:3].tolist():
        env.reset(seed=0)
        actions = plan(env)
        for action in actions[:-1]:
            env.step(action)
        row = env.get_state()
        row["vars"][var] += 1
        env.set_state(row)
        assert not env.step(actions[-1])[4]["is_success"]


@pytest.mark.parametrize("key", EVERY, ids="-".join)
def test_what_is_shown_fits_and_what_overlaps_differs_in_height(key: tuple[str, str], envs: Any) -> None:
    """Numbers are random, so they must not decide what lies on top, nor what the table cuts off."""
    env = envs[key]
    rng = np.random.default_rng(0)
    for seed in range(3):
        env.reset(seed=seed)
        over = False
        while not over:
            assert (env.get_state()["places"][:, 3] > 0).sum() <= kernel.ROWS
            x, y, w, h, z = env.table()[env.table()[:, 0] > 0][:, [3, 4, 5, 6, 11]].astype(int).T
            across = (x[:, None] < x + w) & (x < (x + w)[:, None])
            down = (y[:, None] < y + h) & (y < (y + h)[:, None])
            both = across & down & (z[:, None] == z)
            assert both.sum() == len(x), "each overlaps itself only"
            _, _, terminated, truncated, _ = env.step(rng.choice(np.flatnonzero(env.action_masks())))
            over = terminated or truncated
