"""The student's maze beside Minigrid: the same level, the same actions, the same everything at every step."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Goal, Wall
from minigrid.minigrid_env import MiniGridEnv

import ige  # noqa: F401
from ige.envs.ued.level import Level

EPISODES, DONE = 12, 6


class Maze(MiniGridEnv):
    """A level, built with Minigrid's objects."""

    def __init__(self, level: Level, **kwargs: Any) -> None:
        self.level = level
        size = {"width": level.width + 2, "height": level.height + 2}
        super().__init__(MissionSpace(lambda: "get to the goal"), **size, **kwargs)

    def _gen_grid(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        for y, x in np.argwhere(self.level.walls).tolist():
            self.grid.set(x + 1, y + 1, Wall())
        self.grid.set(self.level.goal[0] + 1, self.level.goal[1] + 1, Goal())
        self.agent_pos = (self.level.start[0] + 1, self.level.start[1] + 1)
        self.agent_dir = self.level.direction
        self.mission = "get to the goal"

    def towards_goal(self) -> int:
        """A shortest plan's next action; "done" where there is none."""
        here = (int(self.agent_pos[0]) - 1, int(self.agent_pos[1]) - 1)
        return (Level(self.level.walls, here, int(self.agent_dir), self.level.goal).plan() or [DONE])[0]


def check_same(observation: Any, expected: Any, where: str) -> None:
    assert np.array_equal(observation["image"], expected["image"]), f"{where}: image"
    assert observation["image"].dtype == expected["image"].dtype, f"{where}: dtype"
    assert observation["direction"] == expected["direction"], f"{where}: direction"


@pytest.mark.parametrize("see_through", [True, False])
@pytest.mark.parametrize("view", [5, pytest.param(7, marks=pytest.mark.long)])  # compiled for each
def test_moves_as_minigrids(view: int, see_through: bool) -> None:
    ends = []
    for episode in range(EPISODES):
        rng = np.random.default_rng([episode, view, see_through])
        size, limit = int(rng.integers(4, 14)), int(rng.integers(10, 120))
        level = Level.sample(rng, size, int(rng.integers(size * size // 2)))
        theirs = Maze(level, agent_view_size=view, see_through_walls=see_through, max_steps=limit)
        env = gym.make(
            "ige/UedMaze-v0", view=view, n_actions=7, see_through=see_through, max_steps=limit, disable_env_checker=True
        )
        expected, _ = theirs.reset()
        observation, _ = env.reset(options={"level": level})
        check_same(observation, expected, f"episode {episode}, reset")
        guided, over = (0.0, 0.5, 0.9)[episode % 3], False
        while not over:
            action = theirs.towards_goal() if rng.random() < guided else int(rng.integers(7))
            expected, *outcome, _ = theirs.step(action)
            observation, *found, info = env.step(action)
            where = f"episode {episode}, step {theirs.step_count}, action {action}"
            check_same(observation, expected, where)
            assert found == outcome, f"{where}: reward, terminated, truncated"
            over = outcome[1] or outcome[2]
        assert info["is_success"] == outcome[1]
        ends.append(outcome[1])
    assert 3 <= sum(ends) < EPISODES, "all succeed or hardly any: the test compares too little"
