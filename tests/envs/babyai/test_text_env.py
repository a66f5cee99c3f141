"""BabyAI-Text: its phrases, its five tasks and its two splits."""

from __future__ import annotations

import re
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige  # noqa: F401
from ige.envs.babyai import Level
from ige.envs.babyai.levels import SPLITS, TASKS
from ige.envs.babyai.text_env import BabyAIText

ROOM = """\
WEWEWEWEWEWEWEWE
WE  KR  AG    WE
WE            WE
WE  >>    BB  WE
WE            WE
WELP      OY  WE
WE  KP        WE
WEWEWEWEWEWEWEWE"""
HELD_OUT = {"yellow box", "red key", "red door", "green ball", "grey door"}
RIGHT, DOWN, LEFT, UP = range(4)


def shown(direction: int, carrying: str = "") -> list[str]:
    level = Level.from_text(
        ROOM.replace(">>", "  "), "go to the red key", (2, 3, direction), max_steps=9, carrying=carrying
    )
    env = BabyAIText(task="goto")
    observation, _ = env.reset(options={"instance": level})
    assert observation["text"] == ", ".join(env.descriptions())
    assert observation["mission"] == "go to the red key"
    return env.descriptions()


def test_phrases_facing_right() -> None:
    assert shown(RIGHT) == [
        "You see a green ball 2 steps left and 2 steps forward",
        "You see a red key 2 steps left",
        "You see a blue box 3 steps forward",
        "You see a open yellow door 2 steps right and 3 steps forward",
        "You see a purple key 3 steps right",
    ]


def test_phrases_facing_down() -> None:
    assert shown(DOWN) == [
        "You see a wall 2 steps right",
        "You see a open yellow door 3 steps left and 2 steps forward",
        "You see a blue box 3 steps left",
        "You see a purple key 3 steps forward",
        "You see a locked purple door 1 step right and 2 steps forward",
    ]


def test_phrases_facing_left() -> None:
    assert shown(LEFT, "grey box") == [
        "You carry a grey box",
        "You see a wall 2 steps forward",
        "You see a purple key 3 steps left",
        "You see a locked purple door 2 steps left and 1 step forward",
        "You see a red key 2 steps right",
    ]


def test_phrases_facing_up() -> None:
    assert shown(UP) == [
        "You see a wall 2 steps left",
        "You see a red key 2 steps forward",
        "You see a green ball 2 steps right and 2 steps forward",
        "You see a blue box 3 steps right",
    ]


def test_a_visible_change_changes_the_text() -> None:
    env = BabyAIText(task="goto")
    before, _ = env.reset(options={"instance": Level.from_text(ROOM, "go to the red key", max_steps=9)})
    after, *_ = env.step("turn left")
    assert before["text"] != after["text"]
    again, *_ = env.step("turn right")
    assert again == before


def described(mission: str) -> list[str]:
    """The things that a mission mentions, without article."""
    return re.findall(r"(?:the|a) ((?:\w+ )?(?:key|ball|box|door))", mission)


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("task", TASKS)
def test_worlds_of_a_task(task: str, split: str) -> None:
    """Missions keep to the split; numbers of objects, limits and distances are those of the paper."""
    env = BabyAIText(task=task, split=split)
    forms = {
        "goto": r"go to (?!.* after ).*",
        "pickup": r"pick up [^,]*",
        "putnext": r"put .* next to .*",
        "open": r"open .*",
        "pickup_goto": r"pick up .*, then go to .*|go to .* after you pick up .*",
    }
    seen = set()
    for seed in range(120):
        observation, _ = env.reset(seed=seed)
        mission, row = observation["mission"], env.get_state()
        kind = next(name for name, form in forms.items() if re.fullmatch(form, mission))
        seen.add(kind)
        named = described(mission)
        assert len(named) == (2 if kind in ("putnext", "pickup_goto") else 1)
        if split == "train":
            assert not set(named) & HELD_OUT
        else:
            assert set(named) <= HELD_OUT
        assert row["max_steps"] == (64 if kind in ("goto", "pickup") else 128)
        assert row["count"] == {"goto": 9, "pickup": 9, "open": 10}.get(kind, 10)
        assert (row["width"], row["height"]) == ((15, 8) if kind == "open" else (8, 8))
        cells = row["cells"]
        agent = np.array([row["y"], row["x"]])
        things = np.argwhere((cells & 15 >= 5) & (cells & 15 <= 7))
        ahead = agent + [[0, 1], [1, 0], [0, -1], [-1, 0]][row["direction"]]
        assert cells[tuple(ahead)] & 15 in (1, 2)
        if kind != "open":
            assert (np.abs(things - agent).sum(axis=1) >= 2).all()
    assert seen == (set(forms) if task == "mixed" else {task})


def test_doors_lose_their_colour_half_of_the_time_in_training() -> None:
    env = BabyAIText(task="open")
    plain = sum(env.reset(seed=seed)[0]["mission"] == "open the door" for seed in range(400))
    assert 150 < plain < 250


def test_commands() -> None:
    env: Any = gym.make("ige/BabyAIText-v0", task="goto").unwrapped
    for words, action in [("turn left", 0), ("Go Forward.", 2), ("pick up", 3), ("toggle", 5), ("open", 5)]:
        assert env.parse_action(words) == action
    for action in range(6):
        assert env.parse_action(env.action_text(action)) == action
    for words in ("done", "jump", ""):
        with pytest.raises(ValueError, match=f"action: '{words}', expected one of 'turn left', "):
            env.parse_action(words)
    env.reset(seed=0)
    twin: Any = gym.make("ige/BabyAIText-v0", task="goto").unwrapped
    twin.reset(seed=0)
    assert env.step("turn right")[0] == twin.step(1)[0]


def test_symbolic_observations_are_babyais() -> None:
    text, symbolic = BabyAIText(), BabyAIText(obs_mode="symbolic")
    said, _ = text.reset(seed=5)
    found, _ = symbolic.reset(seed=5)
    assert set(found) == {"image", "direction", "mission"}
    assert symbolic.mission == said["mission"]
    assert text.get_state().tobytes() == symbolic.get_state().tobytes()


@pytest.mark.parametrize(
    ("kwargs", "complaint"),
    [({"task": "sing"}, "task: 'sing'"), ({"split": "dev"}, "split: 'dev'"), ({"obs_mode": "rgb"}, "obs_mode: 'rgb'")],
)
def test_bad_arguments(kwargs: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        BabyAIText(**kwargs)


def test_vectors_write_all_rows() -> None:
    vector = gym.make_vec("ige/BabyAIText-v0", num_envs=4, max_steps=3, autoreset_mode="SameStep")
    observations, _ = vector.reset(seed=7)
    singles = [gym.make("ige/BabyAIText-v0", max_steps=3) for _ in range(4)]
    expected = [env.reset(seed=7 + i)[0] for i, env in enumerate(singles)]
    for _ in range(3):
        for name in ("mission", "text"):
            assert observations[name] == tuple(row[name] for row in expected)
        observations, _, _, truncated, infos = vector.step(np.full(4, 4))  # drop nothing
        expected = [env.step(4)[0] for env in singles]
    assert truncated.all()
    assert infos["final_obs"].tolist() == expected
