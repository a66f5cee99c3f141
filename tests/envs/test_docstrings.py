"""The docstring of a class is its page: it has all the sections, and says what the class does."""

from __future__ import annotations

import inspect
from typing import Any

import gymnasium as gym
import pettingzoo
import pytest

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


@pytest.mark.parametrize("id", [entry.id for entry in registry.TABLE])
def test_sections(id: str) -> None:
    creator: Any = registry.creator(id)
    found = sections(creator.__doc__)
    assert [title for title in found if title in SECTIONS] == SECTIONS
    assert all(body.strip() for body in found.values())
    for name, parameter in inspect.signature(creator).parameters.items():
        assert f"- `{name}`" in found["Arguments"]
        if parameter.default not in (None, parameter.empty):
            assert f"{name}={parameter.default!r}".replace("'", '"') in found["Arguments"]
    actions, told = shown(id)
    assert all(repr(space) in found["Action Space"] for space in actions)
    assert all(f"- `{name}`" in found["Information"] for name in told)
    assert f"v{id.rpartition('-v')[2]}" in found["Version History"]


def shown(id: str) -> tuple[list[Any], set[str]]:
    """The action spaces and the names in the infos."""
    if id in registry.multi_agent_ids():
        env: Any = pettingzoo.make("parallel", id)
        _, infos = env.reset(seed=0)
        agents = env.possible_agents
        return [env.action_space(agent) for agent in agents], {name for agent in agents for name in infos[agent]}
    env = gym.make(id)
    _, info = env.reset(seed=0)
    final = env.unwrapped.kernel.final_info if isinstance(env.unwrapped, KernelEnv) else ()
    return [env.action_space], {*info, *final}
