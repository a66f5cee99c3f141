"""Worlds stay: what `(id, arguments, seed)` shows is as it was recorded, for every id and every task.

`worlds.json` holds a digest of five episodes of each case: the first observation, and twenty steps of legal actions
that no random generator chooses. A world that changes needs a new version of its id and a line in the changelog.

    python tests/envs/test_worlds.py    # records the cases that worlds.json does not have; it changes none
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pettingzoo
import pytest
from gymnasium import spaces

from ige.envs import registry
from ige.envs.babyai import NAMES
from ige.envs.gui.templates import FOLDERS, tasks
from ige.envs.textworld.generate import CHALLENGES

FILE = Path(__file__).with_name("worlds.json")
SEEDS, STEPS = 5, 20

TASKS: dict[str, list[dict[str, Any]]] = {
    "GameOf24": [{"n": 3, "split": "all"}, {"split": "hard"}],
    "BabyAI": [{"level": name} for name in NAMES],
    "BabyAIText": [
        {"task": task, "split": split}
        for task in ("goto", "pickup", "putnext", "open", "pickup_goto")
        for split in ("train", "test")
    ],
    "TextWorld": [
        {"challenge": name, "games": 2, "obs_mode": mode} for name in CHALLENGES for mode in ("text", "symbolic")
    ],
    "TSP": [{"distribution": "clustered"}, {"formulation": "direct"}],
    "ATSP": [{"distribution": "independent"}],
    "CVRP": [{"distribution": "clustered"}],
    "Orienteering": [{"prizes": name} for name in ("constant", "uniform")],
    "Knapsack": [{"distribution": "correlated"}],
    "TallyingBandit": [{"kind": "random"}, {"noise": "bernoulli"}, {"drift": 0.1}, {"observation": "tally"}],
    "PaymentRouting": [{"misspecified": True}],
    "GroupRegression": [{"rule": "permutation"}, {"drift": 0.1}],
    "OneSidedFairness": [{"feedback": "full"}],
    "TabularMDP": [{"concentration": 2.0}, {"kind": "riverswim"}],
    "ConservativeMDP": [{"concentration": 2.0}],
    "UedMaze": [{"level": name} for name in ("FourRooms", "SimpleCrossing")],
    "UedMazeEditor": [{"order": "goal-last"}],
    **{
        f"GUI{folder.capitalize()}": [{"task": name} for name in tasks(folder)]
        for folder in FOLDERS
    },
}


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in registry.TABLE:
        name = entry.id.rpartition("/")[2].rpartition("-v")[0]
        for arguments in ({}, *TASKS.get(name, [])):
            yield entry.id, arguments


def key(id: str, arguments: dict[str, Any]) -> str:
    return f"{id} {json.dumps(arguments)}"


def digests(id: str, arguments: dict[str, Any]) -> str:
    """Eight hexadecimal digits for each seed."""
    make: Any = partial(pettingzoo.make, "parallel") if registry.is_multi_agent(id) else gym.make
    env = make(id, **arguments)
    return " ".join(episode(env, seed) for seed in range(SEEDS))


def episode(env: Any, seed: int) -> str:
    state = hashlib.sha256()
    shown = env.reset(seed=seed)
    feed(state, shown)
    for t in range(STEPS):
        if hasattr(env, "agents"):
            action: Any = {a: chosen(env.action_space(a), shown[1][a], seed, t) for a in env.agents}
        else:
            action = chosen(env.action_space, shown[1], seed, t)
        observation, *outcome, info = env.step(action)
        feed(state, (observation, *outcome, info))
        over = not env.agents if hasattr(env, "agents") else outcome[1] or outcome[2]
        shown = (observation, info)
        if over:
            shown = env.reset()
            feed(state, shown)
    return state.hexdigest()[:8]


def chosen(space: Any, info: dict[str, Any], seed: int, t: int) -> Any:
    """A member of the space, legal if there is a legal one, that depends on nothing else."""
    k = 7 * seed + 11 * t + 3
    match space:
        case spaces.Discrete():
            legal = np.flatnonzero(info.get("action_mask", np.ones(int(space.n))))
            return int(legal[k % len(legal)]) if len(legal) else k % int(space.n)
        case spaces.Box():
            steps = (k + 3 * np.arange(space.low.size)).reshape(space.shape) % 5 / 4
            low, high = np.maximum(space.low, -1), np.minimum(space.high, 1)
            return (low + (high - low) * steps).astype(space.dtype)
    raise NotImplementedError(str(space))


def feed(state: Any, value: Any) -> None:
    """Take in a value: its kind, its size and its bytes, of whatever it is made."""
    if isinstance(value, dict):
        for name in sorted(value):
            state.update(name.encode())
            feed(state, value[name])
    elif isinstance(value, tuple | list):
        for part in value:
            feed(state, part)
    elif isinstance(value, str):
        state.update(value.encode())
    else:
        array = np.asarray(value)
        assert array.dtype.kind in "biuf", value
        little = array.astype(array.dtype.newbyteorder("<")) + (0.0 if array.dtype.kind == "f" else array.dtype.type(0))
        state.update(f"{array.dtype.str[1:]} {array.shape}".encode() + little.tobytes())


RECORDED: dict[str, str] = json.loads(FILE.read_text()) if FILE.exists() else {}


@pytest.mark.parametrize("id", dict.fromkeys(id for id, _ in cases()))
def test_worlds_are_as_they_were(id: str) -> None:
    found = {key(*case): digests(*case) for case in cases() if case[0] == id}
    assert found == {name: RECORDED.get(name, "not recorded") for name in found}


def test_nothing_is_recorded_that_is_no_case() -> None:
    assert RECORDED.keys() <= {key(*case) for case in cases()}


def main() -> None:
    new = {key(*case): digests(*case) for case in cases() if key(*case) not in RECORDED}
    FILE.write_text(json.dumps(RECORDED | new, indent=0) + "\n")
    print(f"{len(new)} cases recorded, {len(RECORDED)} were there")


if __name__ == "__main__":
    main()
