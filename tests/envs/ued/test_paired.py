"""`ige/UedPaired-v0` is the editor's environment and then two mazes: played beside them, call for call."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pettingzoo
import pytest

from ige.envs.testing.compare import difference
from ige.envs.ued.level import Level
from ige.envs.ued.paired import UedPaired

SMALL = {"size": 5, "blocks": 4, "noise": 2}
BUILD = SMALL["blocks"] + 2
STUDENTS = ("protagonist", "antagonist")
OPEN = Level.from_text(">...G\n.....\n.....\n.....\n.....")
SEALED = Level.from_text(">#..G\n##...\n.....\n.....\n.....")
FORWARD, LEFT = 2, 0


def paired(**kwargs: Any) -> UedPaired:
    return pettingzoo.make("parallel", "ige/UedPaired-v0", **{**SMALL, "max_steps": 12, **kwargs})


def drawn(env: UedPaired, rng: np.random.Generator) -> dict[str, int]:
    return {agent: int(rng.integers(env.action_space(agent).n)) for agent in env.agents}


@pytest.mark.parametrize("order", ["agent-first", "goal-last"])
def test_it_is_the_editor_and_then_two_mazes(order: str) -> None:
    env = paired(order=order, max_steps=40, clip_regret=False)
    editor: Any = gym.make("ige/UedMazeEditor-v0", order=order, objective="path", **SMALL)
    mazes = {name: gym.make("ige/UedMaze-v0", size=5, max_steps=40) for name in STUDENTS}
    regrets = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        observations, infos = env.reset(seed=seed)
        expected, _ = editor.reset(seed=seed)
        for k in range(BUILD):
            assert difference(observations["adversary"], expected, "adversary") is None
            for name in STUDENTS:
                assert not observations[name]["image"].any()
                assert observations[name]["direction"] == 0
                assert infos[name] == {"acting": False, "is_success": False}
            assert infos["adversary"] == {"acting": True, "path_length": 0, "regret": 0.0}
            actions = drawn(env, rng)
            observations, rewards, terminated, truncated, infos = env.step(actions)
            expected, _, over, _, built = editor.step(actions["adversary"])
            assert not any([*rewards.values(), *terminated.values(), *truncated.values()])
            assert over is (k == BUILD - 1)
        assert env.level == editor.unwrapped.level
        final = observations["adversary"]
        assert difference(final, expected, "adversary") is None
        assert infos["adversary"] == {"acting": False, "path_length": built["path_length"], "regret": 0.0}
        returns = dict.fromkeys(STUDENTS, 0.0)
        for name in STUDENTS:
            seen, _ = mazes[name].reset(options={"level": env.level})
            assert difference(observations[name], seen, name) is None
            assert infos[name] == {"acting": True, "is_success": False}
        while env.agents:
            actions = drawn(env, rng)
            live = env.agents
            observations, rewards, terminated, truncated, infos = env.step(actions)
            assert difference(observations["adversary"], final, "adversary") is None
            for name in set(live) & set(STUDENTS):
                seen, *outcome, info = mazes[name].step(actions[name])
                assert difference(observations[name], seen, name) is None
                assert [rewards[name], terminated[name], truncated[name]] == outcome
                assert infos[name] == {"acting": not any(outcome[1:]), "is_success": info["is_success"]}
                returns[name] += rewards[name]
            if env.agents:
                assert rewards["adversary"] == infos["adversary"]["regret"] == 0.0
        assert terminated["adversary"] is True
        assert truncated["adversary"] is False
        assert rewards["adversary"] == infos["adversary"]["regret"] == returns["antagonist"] - returns["protagonist"]
        regrets.append(rewards["adversary"])
    assert min(regrets) < 0 < max(regrets)


def ways(env: UedPaired, protagonist: list[int], antagonist: list[int], adversary: int = 0) -> list[Any]:
    """What comes of the students' plans on a level that has begun, step by step."""
    plans = {"protagonist": list(protagonist), "antagonist": list(antagonist)}
    outcomes = []
    while env.agents:
        actions = {name: plans[name].pop(0) if plans[name] else LEFT for name in env.agents if name != "adversary"}
        outcomes.append(env.step({**actions, "adversary": adversary}))
    return outcomes


@pytest.mark.parametrize(("clip", "regret"), [(True, 0.0), (False, -(1 - 0.9 * 4 / 12))])
def test_a_protagonist_that_is_better(clip: bool, regret: float) -> None:
    env = paired(clip_regret=clip)
    env.reset(options={"level": OPEN})
    outcomes = ways(env, [FORWARD] * 4, [])
    assert [set(outcome[0]) for outcome in outcomes[3:5]] == [
        {"adversary", "protagonist", "antagonist"},
        {"adversary", "antagonist"},
    ]
    assert outcomes[3][1]["protagonist"] == pytest.approx(1 - 0.9 * 4 / 12)
    assert outcomes[3][2] == {"adversary": False, "protagonist": True, "antagonist": False}
    _, rewards, terminated, truncated, _ = outcomes[-1]
    assert len(outcomes) == 12
    assert rewards == {"adversary": pytest.approx(regret), "antagonist": 0.0}
    assert terminated == {"adversary": True, "antagonist": False}
    assert truncated == {"adversary": False, "antagonist": True}


def test_the_game_ends_with_the_second_student() -> None:
    env = paired()
    env.reset(options={"level": OPEN})
    outcomes = ways(env, [LEFT] * 4 + [FORWARD] * 4, [FORWARD] * 4)
    assert len(outcomes) == 8
    assert outcomes[-1][1]["adversary"] == pytest.approx(0.9 * 4 / 12)
    assert outcomes[-1][2] == {"adversary": True, "protagonist": True}


def test_both_at_once_and_a_level_that_nobody_can_solve() -> None:
    env = paired(clip_regret=False)
    env.reset(options={"level": OPEN})
    [*_, last] = ways(env, [FORWARD] * 4, [FORWARD] * 4)
    assert all(last[2].values())
    assert last[1]["adversary"] == 0.0
    _, infos = env.reset(options={"level": SEALED})
    assert infos["adversary"]["path_length"] == 0
    [*_, last] = ways(env, [FORWARD] * 12, [FORWARD] * 12)
    assert last[1] == {"adversary": 0.0, "protagonist": 0.0, "antagonist": 0.0}
    assert last[3] == {"adversary": False, "protagonist": True, "antagonist": True}


def test_whoever_has_nothing_to_do_changes_nothing() -> None:
    """Students while the level is built, and the adversary afterwards; even the random numbers stay the same."""
    envs = [paired(), paired()]
    states = []
    for env in envs:
        rng, other = np.random.default_rng(0), np.random.default_rng(len(states))
        env.reset(seed=5)
        for t in range(BUILD + 5):
            actions = drawn(env, rng)
            for idle in STUDENTS if t < BUILD else ["adversary"]:
                actions[idle] = int(other.integers(env.action_space(idle).n))
            env.step(actions)
        states.append(env.get_state().tobytes())
    assert states[0] == states[1]


def test_a_given_level_is_for_one_episode() -> None:
    env = paired()
    observations, infos = env.reset(seed=1, options={"level": OPEN})
    assert env.agents == ["adversary", *STUDENTS]
    assert env.level == OPEN
    assert observations["adversary"]["time"] == BUILD
    assert [infos[agent]["acting"] for agent in env.agents] == [False, True, True]
    _, infos = env.reset(options={"level": OPEN.to_json()})
    assert env.level == OPEN
    _, infos = env.reset()
    assert infos["adversary"]["acting"]
    with pytest.raises(ValueError, match="level: start: tile"):
        _ = env.level  # nothing is placed yet


def test_max_cycles_ends_the_game_without_regret() -> None:
    env = paired(max_cycles=BUILD + 5)
    env.reset(seed=0)
    for t in range(BUILD + 5):
        assert env.agents == ["adversary", *STUDENTS]
        _, rewards, _, truncated, _ = env.step(dict.fromkeys(env.agents, LEFT))
        assert list(truncated.values()) == [t == BUILD + 4] * 3
    assert not env.agents
    assert rewards["adversary"] == 0.0


def test_text_and_picture() -> None:
    env = paired(render_mode="rgb_array")
    env.reset(seed=0)
    assert env.describe().splitlines()[-3:] == [
        "adversary: 0 of 6 objects placed",
        "protagonist: waiting",
        "antagonist: waiting",
    ]
    before = env.render()
    env.reset(options={"level": OPEN})
    begun = env.render()
    ways(env, [FORWARD] * 4, [FORWARD])
    said = ["protagonist: in the goal", "antagonist: at 1 0, facing down", "regret: 0"]
    assert env.describe().splitlines() == [*OPEN.to_text().splitlines(), *said]
    after = env.render()
    assert before.shape == begun.shape == after.shape == (7 * 32, 14 * 32, 3)
    left, right = np.hsplit(begun, 2)
    assert (left == right).all()
    left, right = np.hsplit(after, 2)
    assert (left != right).any()


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"size": 2}, "size: 2, expected an integer from 3 to 99"),
        ({"blocks": -1}, "blocks: -1, expected an integer of at least 0"),
        ({"order": "walls-first"}, "order: 'walls-first', expected one of 'agent-first', 'goal-last'"),
        ({"noise": 0}, "noise: 0, expected an integer of at least 1"),
        ({"view": 4}, "view: 4, expected an odd number"),
        ({"n_actions": 4}, "n_actions: 4, expected 3 or 7"),
        ({"max_steps": 0}, "max_steps: 0, expected an integer of at least 1"),
        ({"max_cycles": 0}, "max_cycles: 0, expected an integer of at least 1"),
    ],
)
def test_refused_arguments(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        paired(**kwargs)


@pytest.mark.parametrize(
    ("level", "message"),
    [
        (Level.from_text(">..\n..G\n..."), "options: level: 3 x 3 tiles, expected 5 x 5: the size of the environment"),
        (7, "options: level: int, expected a Level, or its text, JSON, record or file"),
        ("G....\n.....", "options: level: start: none found"),
    ],
)
def test_refused_levels(level: Any, message: str) -> None:
    env = paired()
    env.reset(seed=0)
    before = env.get_state().tobytes()
    with pytest.raises(ValueError, match=f"^{message}"):
        env.reset(seed=1, options={"level": level})
    assert env.get_state().tobytes() == before
