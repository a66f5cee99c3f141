"""Observations with text are for language agents: every id that has them has a mode without, for all other learners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import pytest
from gymnasium import spaces

from ige.envs.registry import ids


def parts(space: gym.Space[Any]) -> Iterator[gym.Space[Any]]:
    """A space and all that it is made of."""
    yield space
    inner = space.spaces if isinstance(space, spaces.Dict | spaces.Tuple) else ()
    for part in inner.values() if isinstance(inner, dict) else inner:
        yield from parts(part)


def has_text(space: gym.Space[Any]) -> bool:
    return any(isinstance(part, spaces.Text) for part in parts(space))


@pytest.mark.parametrize("id", ids())
def test_text_can_be_left_out(id: str) -> None:
    """By default there is none, or `obs_mode` takes it away; and actions are not words by default."""
    env = gym.make(id)
    assert not has_text(env.action_space)
    if has_text(env.observation_space):
        assert "`obs_mode`" in (type(env.unwrapped).__doc__ or "")
        assert not has_text(gym.make(id, obs_mode="symbolic").observation_space)


@pytest.mark.parametrize("id", ["ige/GUIWidget-v1", "ige/GUIApp-v1", "ige/GUIPhone-v1"])
def test_screens_tell_in_numbers_what_they_tell_in_words(id: str) -> None:
    words, numbers = gym.make(id, obs_mode="tree"), gym.make(id, obs_mode="table")
    assert has_text(words.observation_space)
    assert not has_text(numbers.observation_space)
