"""`ige/UedMaze-v0`: levels that are given, repetition, text, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.ued.buffer import mutate_levels, path_lengths, sample_levels
from ige.envs.ued.layout import level_dtype
from ige.envs.ued.level import Level
from ige.envs.ued.levels import FIXED

LEVEL = Level.from_text(">.G\n...\n...")
FORWARD = 2


def vector(n: int, mode: str = "SameStep", **kwargs: Any) -> Any:
    return gym.make_vec("ige/UedMaze-v0", n, "vector_entry_point", autoreset_mode=mode, **kwargs)


def test_a_given_level_is_played_once() -> None:
    env: Any = gym.make("ige/UedMaze-v0", size=3, blocks=2)
    env.reset(seed=0, options={"level": LEVEL})
    assert env.unwrapped.level == LEVEL
    assert env.step(FORWARD)[1:3] == (0.0, False)
    _, reward, terminated, truncated, info = env.step(FORWARD)
    assert (terminated, truncated, info["is_success"]) == (True, False, True)
    assert reward == pytest.approx(1 - 0.9 * 2 / 250)
    levels = set()
    for _ in range(20):
        env.reset()
        levels.add(env.unwrapped.level)
    assert len(levels) > 10


@pytest.mark.parametrize("form", [LEVEL.to_text(), LEVEL.to_json()])
def test_forms_of_a_level_in_options_and_arguments(form: str) -> None:
    env: Any = gym.make("ige/UedMaze-v0", size=5)
    env.reset(seed=0, options={"level": form})
    assert env.unwrapped.level == LEVEL
    env = gym.make("ige/UedMaze-v0", level=form)
    env.reset(seed=0)
    assert env.unwrapped.level == LEVEL


def test_several_levels_are_drawn_from() -> None:
    levels = [LEVEL, Level.from_text(">..\n...\n..G")]
    env: Any = gym.make("ige/UedMaze-v0", level=levels)
    env.reset(seed=0)
    seen = set()
    for _ in range(20):
        env.reset()
        seen.add(env.unwrapped.level)
    assert seen == set(levels)


def test_corridors_draw_their_goal() -> None:
    env: Any = gym.make("ige/UedMaze-v0", level="SmallCorridor")
    env.reset(seed=0)
    assert {(env.reset(), env.unwrapped.level.goal)[1] for _ in range(100)} == {
        (x, y) for x in (2, 4, 6, 8, 10) for y in (5, 7)
    }


@pytest.mark.parametrize("mode", ["SameStep", "NextStep"])
def test_each_row_repeats_its_own_level(mode: str) -> None:
    """Until others are given; rows play as single environments with that level do."""
    levels = sample_levels(16, np.random.default_rng(0), 5, 6)
    env = vector(16, mode, size=5, repeat=True, max_steps=7)
    env.reset(seed=0, options={"level": levels})
    singles: list[Any] = [gym.make("ige/UedMaze-v0", size=5, max_steps=7) for _ in range(16)]
    options = [{"level": Level.from_record(level)} for level in levels]
    shown = [single.reset(options=o)[0] for single, o in zip(singles, options, strict=True)]
    over, rng = np.zeros(16, np.bool_), np.random.default_rng(1)
    for _ in range(60):
        actions = rng.integers(0, 3, 16)
        observations, rewards, terminated, truncated, _ = env.step(actions)
        for i, single in enumerate(singles):
            outcome = (0.0, False, False)
            if over[i] and mode == "NextStep":
                shown[i], over[i] = single.reset(options=options[i])[0], False
            else:
                shown[i], *outcome, _ = single.step(actions[i])  # type: ignore[assignment]
                over[i] = outcome[1] or outcome[2]
                if over[i] and mode == "SameStep":
                    shown[i] = single.reset(options=options[i])[0]
            assert (rewards[i], terminated[i], truncated[i]) == tuple(outcome)
            assert (observations["image"][i] == shown[i]["image"]).all()
            assert observations["direction"][i] == shown[i]["direction"]
    assert (env.levels() == levels).all()
    others = sample_levels(16, np.random.default_rng(1), 5, 6)
    env.reset(options={"level": [Level.from_record(level) for level in others]})
    assert (env.levels() == others).all()


def test_levels_of_some_rows_only() -> None:
    levels = sample_levels(4, np.random.default_rng(0), 5, 6)
    others = sample_levels(4, np.random.default_rng(1), 5, 6)
    env = vector(4, "Disabled", size=5, repeat=True)
    env.reset(seed=0, options={"level": levels})
    mask = np.array([True, False, False, True])
    env.reset(options={"level": others, "reset_mask": mask})
    expected = np.where(mask, others, levels)
    assert (env.levels() == expected).all()


def test_without_repeat_the_next_level_is_drawn() -> None:
    levels = sample_levels(8, np.random.default_rng(55), 7, 14)
    env = vector(8, size=7, blocks=14, max_steps=3)
    env.reset(seed=0, options={"level": levels})
    assert (env.levels() == levels).all()
    for _ in range(3):
        env.step(np.zeros(8, np.int64))
    assert not (env.levels()[:, None] == levels).any()


def test_seven_actions_of_which_four_do_nothing() -> None:
    env: Any = gym.make("ige/UedMaze-v0", level=LEVEL, n_actions=7)
    first, _ = env.reset(seed=0)
    for action in (3, 4, 5, 6):
        observation, reward, terminated, *_ = env.step(action)
        assert (observation["image"] == first["image"]).all()
        assert (reward, terminated) == (0.0, False)


@pytest.mark.parametrize(
    ("level", "limit"),
    [("Uniform", 250), ("FourRooms", 250), ("SimpleCrossing", 484), ("Labyrinth", 450), ("LargeCorridor", 882),
     ("PerfectMaze", 450), (LEVEL, 50)],
)  # fmt: skip
def test_limits(level: Any, limit: int) -> None:
    env: Any = gym.make("ige/UedMaze-v0", level=level)
    env.reset(seed=0)
    assert env.unwrapped.limit == limit
    env = gym.make("ige/UedMaze-v0", level=level, max_steps=2)
    env.reset(seed=0)
    assert env.step(0)[3] is False
    assert env.step(0)[3] is True


def test_only_simple_crossing_hides_what_is_behind_walls() -> None:
    unseen = {}
    for level in ("Uniform", "SimpleCrossing"):
        observation, _ = gym.make("ige/UedMaze-v0", level=level).reset(seed=0)
        unseen[level] = int((observation["image"][..., 0] == 0).sum())
    assert unseen["Uniform"] == 0
    assert unseen["SimpleCrossing"] > 0


def test_text() -> None:
    env: Any = gym.make("ige/UedMaze-v0", level=LEVEL, render_mode="ansi")
    env.reset(seed=0)
    core = env.unwrapped
    assert core.describe().splitlines() == [
        "#####", "#####", "##G..", "##...", "##^..", "You face right after 0 of 50 steps.",
    ]  # fmt: skip
    assert [core.parse_action(text) for text in ("turn left", "Right", "go forward.")] == [0, 1, 2]
    for action in (2, 2):
        env.step(action)
    assert env.render().endswith("You have reached the goal.")
    with pytest.raises(ValueError, match="action: 'jump', expected one of 'turn left', 'turn right', 'go forward'"):
        core.parse_action("jump")


def test_frame_shows_the_view() -> None:
    env: Any = gym.make("ige/UedMaze-v0", level=LEVEL, render_mode="rgb_array")
    env.reset(seed=0)
    assert env.render().shape == (5 * 32, 5 * 32, 3)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"level": "Labyrint"}, "level: 'Labyrint', expected one of Uniform, PerfectMaze, "),
        ({"level": []}, "level: found no level, expected at least one"),
        ({"level": [3]}, "level[0]: int, expected a Level, or its text, JSON, record or file"),
        ({"level": None}, "level: NoneType, expected a Level, or its text, JSON, record or file"),
        ({"level": [LEVEL, "{"]}, "level[1]: line 1, column 2: Expecting property name"),
        ({"level": "Labyrinth", "size": 7}, "size: 7, expected at least 13: the level's"),
        ({"level": "PerfectMaze", "size": 8}, "size: 8, expected an odd number for PerfectMaze"),
        ({"level": "SimpleCrossing", "size": 5}, "size: 5, expected at least 6 for 5 lines to cross"),
        ({"size": 100}, "size: 100, expected an integer from 3 to 99"),
        ({"view": 4}, "view: 4, expected an odd number: the agent stands in the middle"),
        ({"n_actions": 4}, "n_actions: 4, expected 3 or 7"),
        ({"blocks": (5, 3)}, "blocks: most: 3, expected an integer of at least 5"),
        ({"blocks": (5,)}, "blocks: (5,), expected a number, or the fewest and the most"),
        ({"max_steps": 0}, "max_steps: 0, expected an integer of at least 1"),
    ],
)
def test_refused_arguments(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        gym.make("ige/UedMaze-v0", **kwargs)


def test_refused_levels() -> None:
    large = FIXED["Labyrinth"].levels()[0]
    env: Any = gym.make("ige/UedMaze-v0", size=7)
    message = "options: level: 13 x 13 tiles, expected at most 7 x 7: the size of the environment"
    with pytest.raises(ValueError, match=f"^{message}$"):
        env.reset(options={"level": large})
    with pytest.raises(ValueError, match="options: level: int, expected a Level"):
        env.reset(options={"level": 3})
    rows = vector(2, size=7)
    for both in ([LEVEL, large], np.array([LEVEL.record, large.record])):
        with pytest.raises(ValueError, match=f"^{message.replace('level:', 'level: row 1:')}$"):
            rows.reset(options={"level": both})
    with pytest.raises(ValueError, match="options: level: found 1 levels, expected 2: one for each row"):
        rows.reset(options={"level": [LEVEL]})
    with pytest.raises(ValueError, match="^options: level: row 0: start: none found, expected one of >v<"):
        rows.reset(options={"level": ["...", "..."]})
    for wrong, message in ((3, "options: level: int, expected a Level"), ([[LEVEL]], "options: level: row 0: list, ")):
        with pytest.raises(ValueError, match=f"^{message}"):
            rows.reset(options={"level": wrong})
    with pytest.raises(ValueError, match="^options: 3, expected a dictionary or None$"):
        rows.reset(options=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("x", 300, "start: tile (300, 0) is outside the grid of 5 x 5 tiles"),
        ("goal_y", -1, "goal: tile (2, -1) is outside the grid of 5 x 5 tiles"),
        ("direction", 4, "direction: 4, expected an integer from 0 to 3"),
        ("width", 0, "found 0 x 5 tiles, expected at most 13 x 13"),
        ("height", 99, "found 5 x 99 tiles, expected at most 13 x 13"),
        ("walls", 1, "walls: tile (5, 0) is outside the grid of 5 x 5 tiles"),
    ],
)
def test_records_that_hold_no_level(field: str, value: int, message: str) -> None:
    """Compiled code would follow them out of the grid; and nothing has changed when they are refused."""
    levels = np.zeros(2, level_dtype(13))
    levels["width"], levels["height"], levels["goal_x"] = 5, 5, 2
    env = vector(2, size=7, repeat=True)
    env.reset(seed=0, options={"level": levels})
    before = env.get_state().tobytes()
    wrong = levels.copy()
    wrong[field][1] = value
    with pytest.raises(ValueError, match=f"^{re.escape('options: level: row 1: ' + message)}$"):
        env.reset(options={"level": wrong})
    with pytest.raises(ValueError, match="options: unknown field 'goal'"):
        env.reset(options={"level": levels[::-1], "goal": 1})
    assert env.get_state().tobytes() == before
    assert path_lengths(wrong).tolist() == [2, 0]
    with pytest.raises(ValueError, match="levels: row 1 holds no level"):
        mutate_levels(wrong, np.random.default_rng(0))


def test_records_of_any_room() -> None:
    level = Level.from_text(">.G\n...")
    for room in (13, 19):
        record = level.in_room(room)
        single: Any = gym.make("ige/UedMaze-v0", level=record, size=5)
        single.reset(seed=0)
        rows = vector(2, size=5)
        rows.reset(options={"level": np.array([record, record])})
        assert single.unwrapped.level == Level.from_record(rows.levels()[1]) == level


def test_a_seed_decides_the_level_although_levels_repeat() -> None:
    """Whatever was played before, given or drawn."""
    drawn = [gym.make("ige/UedMaze-v0", size=7) for _ in range(2)]
    for seed, env in enumerate(drawn):
        env.reset(seed=seed)
    expected: list[Any] = [env.unwrapped.level for env in drawn]  # type: ignore[attr-defined]
    single: Any = gym.make("ige/UedMaze-v0", size=7, repeat=True)
    single.reset(seed=5)
    rows = vector(2, size=7, repeat=True)
    rows.reset(options={"level": [LEVEL, LEVEL]})
    for seed in (0, 1):
        for given in ({"seed": seed}, {}):
            single.reset(**given)
            assert single.unwrapped.level == expected[seed]
    rows.reset(seed=[None, 1])
    assert [Level.from_record(level) for level in rows.levels()] == [LEVEL, expected[1]]
    rows.reset(seed=0)
    assert [Level.from_record(level) for level in rows.levels()] == expected
