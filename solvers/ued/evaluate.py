"""Zero-shot transfer: how many held-out levels a student solves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ...envs.ued import generate
from ...envs.ued.buffer import Levels, path_lengths, sample_levels
from ...envs.ued.layout import room_for
from ...envs.ued.levels import FIXED
from ..core.ppo import PPO
from ..core.rollout import Runner
from .config import Config
from .players import student_env

SEED = 2**40  # seed of held-out levels: outside the 31-bit seeds that training draws


def solvable_levels(n: int, rng: np.random.Generator, kind: int, size: int, blocks: int = 0) -> Levels:
    """Levels of a kind (see `envs.ued.generate`) whose goal can be reached, records (n,)."""
    found = sample_levels(2 * n, rng, size, blocks, kind)
    found = found[path_lengths(found) > 0]
    return (
        found[:n]
        if len(found) >= n
        else np.concatenate([found, solvable_levels(n - len(found), rng, kind, size, blocks)])
    )


def held_out(config: Config, episodes: int = 100, seed: int = SEED) -> dict[str, Levels]:
    """Test levels of the size of training: solvable uniform ones, FourRooms and PerfectMaze (its size is odd)."""
    rng = np.random.default_rng(seed)
    size = config.size
    odd = size - 1 + size % 2
    return {
        f"DR-{config.blocks}": solvable_levels(episodes, rng, generate.UNIFORM, size, config.blocks),
        f"FourRooms-{size}": solvable_levels(episodes, rng, generate.FOUR_ROOMS, size),
        f"PerfectMaze-{odd}": solvable_levels(episodes, rng, generate.PERFECT, odd),
    }


def fixed_mazes(config: Config, episodes: int = 100) -> dict[str, Levels]:
    """The papers' test mazes that fit into the training size, each for so many episodes."""
    room, found = room_for(config.size), {}
    for name, maze in FIXED.items():
        if maze.size <= config.size:
            records = np.array([level.in_room(room) for level in maze.levels()])
            found[name] = np.resize(records, episodes)
    return found


class Examination:
    """Plays test levels, one episode each, all in parallel.

    Args:
        config: the student's settings.
        tests: levels by name, records (n,).
        max_steps: limit of an episode; None is the papers' limit, twice the tiles of the grid with its border.
    """

    def __init__(self, config: Config, tests: Mapping[str, Levels], max_steps: int | None = None) -> None:
        self.tests = dict(tests)
        self.levels = np.concatenate(list(tests.values()))
        limit = 2 * (config.size + 2) ** 2 if max_steps is None else max_steps
        self.runner = Runner(student_env(config, len(self.levels), limit))

    def returns(self, ppo: PPO, greedy: bool = False) -> dict[str, NDArray[np.float64]]:
        """Returns of the episodes on the levels of each test."""
        found = self.runner.play(ppo, options={"level": self.levels}, greedy=greedy)
        ends = np.cumsum([len(levels) for levels in self.tests.values()])[:-1]
        return dict(zip(self.tests, np.split(found, ends), strict=True))

    def solved(self, ppo: PPO, greedy: bool = False) -> dict[str, float]:
        """The share of each test's episodes that reach the goal."""
        return {name: float((returns > 0).mean()) for name, returns in self.returns(ppo, greedy).items()}
