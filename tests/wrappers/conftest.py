"""A small environment with everything a wrapper may ask for, which remembers how it was called."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces


class Corridor(gym.Env[Any, int]):
    """Walk left or right from a random cell to the last one; a random bonus for every step; Dict observations."""

    def __init__(self, length: int = 9) -> None:
        self.length = length
        self.action_space = spaces.Discrete(2)
        self.observation_space = spaces.Dict(
            {
                "cell": spaces.Box(0, length - 1, (1,), np.int64),
                "pair": spaces.Tuple((spaces.Discrete(2), spaces.Text(9))),
            }
        )
        self.resets: list[tuple[int | None, Any]] = []
        self.taken: list[Any] = []
        self.cell = self.last = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.resets.append((seed, options))
        self.cell, self.last = (options or {}).get("cell", int(self.np_random.integers(self.length - 1))), 0
        return self.observe()

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if action not in self.action_space:
            raise ValueError(f"action: {action!r}, expected 0 or 1")
        self.taken.append(action)
        self.last = int(action)
        self.cell = max(0, self.cell + (1 if action else -1))
        bonus = float(self.np_random.random())
        return self.observe()[0], bonus, self.cell == self.length - 1, False, self.observe()[1]

    def observe(self) -> tuple[Any, dict[str, Any]]:
        word = ("left", "right")[self.last]
        return {"cell": np.array([self.cell]), "pair": (self.last, word)}, {"trace": np.array([self.cell])}

    def describe(self) -> str:
        return f"Cell {self.cell} of {self.length}."

    def action_text(self, action: int) -> str:
        return ("left", "right")[action]

    def parse_action(self, text: str) -> int:
        if text not in ("left", "right"):
            raise ValueError(f"action: {text!r},\nexpected 'left' or 'right'")
        return int(text == "right")

    def get_state(self) -> Any:
        return copy.deepcopy((self.cell, self.last, self.np_random.bit_generator.state))

    def set_state(self, state: Any) -> None:
        self.cell, self.last, self.np_random.bit_generator.state = copy.deepcopy(state)

    def state_key(self) -> bytes:
        return bytes([self.cell])


@pytest.fixture
def corridor() -> Corridor:
    return Corridor()
