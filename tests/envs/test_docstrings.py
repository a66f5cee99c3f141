"""The docstring of a class is its page: it has all the sections, and says what the class does."""

from __future__ import annotations

import inspect
from typing import Any

import gymnasium as gym
import pytest
from gymnasium.envs.registration import load_env_creator

from ige.envs import registry
from ige.envs.core import KernelEnv

SECTIONS = [
    "Description",
    "Action Space",
    "Observation Space",
    "Rewards",
    "Starting State",
    "Episode End",
    "Information",
    "Arguments",
    "References",
    "Version History",
]


def sections(text: str) -> dict[str, str]:
    parts = [part.partition("\n") for part in inspect.cleandoc(text).split("\n## ")[1:]]
    return {title.strip(): body for title, _, body in parts}


@pytest.mark.parametrize("id", registry.ids())
def test_sections(id: str) -> None:
    spec = gym.spec(id)
    creator: Any = load_env_creator(spec.entry_point)
    found = sections(creator.__doc__)
    assert [title for title in found if title in SECTIONS] == SECTIONS
    assert all(body.strip() for body in found.values())
    env = gym.make(id)
    assert repr(env.action_space) in found["Action Space"]
    for name, parameter in inspect.signature(creator).parameters.items():
        assert f"- `{name}`" in found["Arguments"]
        if parameter.default not in (None, parameter.empty):
            assert f"{name}={parameter.default!r}".replace("'", '"') in found["Arguments"]
    _, info = env.reset(seed=0)
    final = env.unwrapped.kernel.final_info if isinstance(env.unwrapped, KernelEnv) else ()
    assert all(f"- `{name}`" in found["Information"] for name in (*info, *final))
    assert f"v{spec.version}" in found["Version History"]
