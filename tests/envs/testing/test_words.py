"""Environments whose words mean something else than they say: the law of texts finds each, and says so in one line."""

from __future__ import annotations

from itertools import islice
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from ige.envs.testing import NotApplicable, Subject
from ige.envs.testing.text import action_text


class Walk(gym.Env[int, Any]):
    """Walk a row of cells; nothing is said."""

    def __init__(self) -> None:
        self.observation_space, self.action_space = spaces.Discrete(6), spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        super().reset(seed=seed)
        self.place = int(self.np_random.integers(6))
        return self.place, {"action_mask": self.mask()}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        illegal = not self.mask()[action]
        self.place += 0 if illegal else 1 if action else -1
        return self.place, 0.0, False, False, {"action_mask": self.mask(), "illegal": illegal}

    def mask(self) -> np.ndarray:
        return np.array([self.place > 0, self.place < 5], np.int8)


class Spoken(Walk):
    """A lawful one: what it shows, it understands."""

    WORDS = ("left", "right")

    def describe(self) -> str:
        legal = [word for word, can in zip(self.WORDS, self.mask(), strict=True) if can]
        return "\n".join([f"At {self.place}.", *(f"{word} (a step)" for word in legal)])

    def action_text(self, action: int) -> str:
        return self.WORDS[action]

    def parse_action(self, text: str) -> int:
        word = text.partition(" ")[0]
        if word not in self.WORDS:
            raise ValueError(f"action: {text!r}, expected one of {self.WORDS}")
        return self.WORDS.index(word)


class DoesNotKnowItsLines(Spoken):
    def parse_action(self, text: str) -> int:
        return self.WORDS.index(text)


class DoesNotKnowItsWords(Spoken):
    def action_text(self, action: int) -> str:
        return self.WORDS[action].upper()


class TakesLeftForRight(Spoken):
    def parse_action(self, text: str) -> int:
        return 1 - super().parse_action(text)


class GivesItBackAsText(Spoken):
    def parse_action(self, text: str) -> Any:
        return text


class WritesLines(Spoken):
    def action_text(self, action: int) -> str:
        return f"go\n{self.WORDS[action]}"


class Rounds(Spoken):
    """Any speed is an action, and the words name half of its digits."""

    def __init__(self) -> None:
        super().__init__()
        self.action_space = spaces.Box(-1, 1, (1,), np.float64)

    def step(self, action: Any) -> Any:
        observation, _, *rest = super().step(int(action[0] > 0))
        return observation, float(action[0]), *rest

    def action_text(self, action: Any) -> str:
        return f"{action[0]:g}"

    def parse_action(self, text: str) -> Any:
        return np.array([float(text)])


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (DoesNotKnowItsLines, "parse_action('right (a step)'): ParseError"),
        (DoesNotKnowItsWords, "parse_action('RIGHT'): ParseError: action: 'RIGHT', expected one of"),
        (TakesLeftForRight, "parse_action('right'): found 0, expected 1: "),
        (GivesItBackAsText, "parse_action('right'): found 'right'"),
        (WritesLines, "action_text: found 'go\\nright', expected one line of text"),
        (Rounds, "reward: found"),
    ],
)
def test_words_that_are_not_understood_are_found(env: type[Spoken], message: str) -> None:
    found = [text for text in islice(action_text(Subject(env), range(2)), 200) if text]
    assert any(message in text for text in found), found[:3]
    assert not any("\n" in text for text in found)


def test_words_that_are_understood() -> None:
    assert not any(action_text(Subject(Spoken), range(3)))
    with pytest.raises(NotApplicable):
        list(action_text(Subject(Walk), range(1)))
