"""A snapshot belongs to the environments that are made alike: every other one refuses it and stays as it was."""

from __future__ import annotations

import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from drift.env import Drift, DriftVector
from gymnasium.error import ResetNeeded

from ige.envs import registry
from ige.envs.core.interface import KernelInterface

# Pairs of arguments that give records of one size.
ALIKE_IN_SIZE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("ige/GameOf24-v0", {"target": 24}, {"target": 10}),
    ("ige/BabyAI-v0", {"level": "GoToLocal"}, {"level": "PickupLoc"}),
    ("ige/BabyAIText-v0", {"task": "goto"}, {"task": "pickup"}),
    ("ige/UedMaze-v0", {"size": 9}, {"size": 11}),
    ("ige/TextWorld-v0", {"game_seed": 1}, {"game_seed": 2}),
    ("ige/GUIWidget-v1", {"task": "click-button"}, {"task": "login"}),
    ("ige/GUIWidget-v1", {"distractors": 5}, {"distractors": 6}),
    ("ige/Knapsack-v0", {"n": 8, "distribution": "uniform"}, {"n": 8, "distribution": "correlated"}),
    ("ige/TSP-v0", {"n": 8, "reward": "dense"}, {"n": 8, "reward": "sparse"}),
    ("ige/TallyingBandit-v0", {"memory": 3, "noise": "gaussian"}, {"memory": 3, "noise": "bernoulli"}),
    ("ige/TabularMDP-v0", {"horizon": 8}, {"horizon": 9}),
]


@pytest.mark.parametrize(("id", "one", "other"), ALIKE_IN_SIZE, ids=lambda v: v if isinstance(v, str) else str(v))
def test_a_snapshot_of_other_arguments_is_refused(id: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    taken: Any = gym.make(id, **one).unwrapped
    core: Any = gym.make(id, **other).unwrapped
    if taken.kernel.state != core.kernel.state:
        pytest.skip("records of another size, which were always refused")
    before = core.get_state().tobytes()
    for state in (taken.get_state(), pickle.loads(pickle.dumps(taken.get_state()))):
        with pytest.raises(ValueError, match="^state: found a snapshot of an environment with other") as error:
            core.set_state(state)
        assert "\n" not in str(error.value)
    assert core.get_state().tobytes() == before
    again: Any = gym.make(id, **one).unwrapped
    again.set_state(taken.get_state())


def test_so_does_a_vector_and_names_the_row() -> None:
    vector, other = DriftVector(3), DriftVector(3, fuel=0.5)
    with pytest.raises(ValueError, match="^state: row 0: found a snapshot"):
        vector.set_state(other.get_state())
    mixed = vector.get_state()
    mixed[2] = other.get_state()[2]
    with pytest.raises(ValueError, match="^state: row 2: found a snapshot"):
        vector.set_state(mixed)
    vector.set_state(vector.get_state())


def test_the_step_limit_changes_no_meaning() -> None:
    env, longer = Drift(max_steps=5), Drift(max_steps=50)
    env.reset(seed=1)
    longer.set_state(env.get_state())
    assert longer.observe()[0]["current"] == env.observe()[0]["current"]
    vector = DriftVector(2, max_episode_steps=4)
    vector.reset(seed=1)
    env.set_state(vector.get_state()[0])


def test_a_snapshot_is_a_value_of_its_own() -> None:
    env = Drift()
    env.reset(seed=1)
    state = env.get_state()
    assert state.tobytes() == env.get_state().tobytes()
    state["boat"] += 1  # as a user may, to look at what comes of it
    assert state.tobytes() != env.get_state().tobytes()
    assert pickle.loads(pickle.dumps(state)).tobytes() == state.tobytes()


@pytest.mark.parametrize("id", registry.ids())
def test_there_is_nothing_to_see_before_the_first_reset(id: str) -> None:
    made: Any = registry.creator(id)
    core = made(render_mode=made.metadata["render_modes"][0])
    for call in ("describe", "frame", "observe", "render", "comparator"):
        if getattr(made, call, None) not in (None, getattr(KernelInterface, call, None)) or call == "render":
            with pytest.raises(ResetNeeded, match=f"^{call}: no episode has begun; call reset first$"):
                getattr(core, call)()
    vector: Any = gym.make_vec(id, 2)
    for call in ("observe", "render", "action_masks"):
        with pytest.raises(ResetNeeded, match=f"^{call}: no episode has begun"):
            getattr(vector, call)()


@pytest.mark.parametrize("id", registry.multi_agent_ids())
def test_nor_with_several_agents(id: str) -> None:
    core = registry.creator(id)()
    for call in ("observe", "render"):
        with pytest.raises(ResetNeeded, match=f"^{call}: no episode has begun"):
            getattr(core, call)()


@pytest.mark.parametrize("seed", [3, np.int64(3), np.uint8(3)])
def test_seeds_of_any_integer_type(seed: Any) -> None:
    env, vector = Drift(), DriftVector(2)
    env.reset(seed=3)
    expected = env.get_state().tobytes()
    env.reset(seed=seed)
    assert env.get_state().tobytes() == expected
    vector.reset(seed=seed)
    assert vector.get_state()[0].tobytes() == expected
    vector.reset(seed=[seed, None])
    assert vector.get_state()[0].tobytes() == expected


@pytest.mark.parametrize("seed", [-1, 1.5, "three", True])
def test_seeds_that_are_none(seed: Any) -> None:
    for env in (Drift(), DriftVector(2)):
        with pytest.raises(ValueError, match=f"^seed: {seed!r}, expected an integer of at least 0$"):
            env.reset(seed=seed)
    with pytest.raises(ValueError, match=f"^seed: row 1: {seed!r}, expected an integer"):
        DriftVector(2).reset(seed=[1, seed])


@pytest.mark.parametrize("id", registry.ids())
def test_the_spec_tells_the_step_limit_to_gymnasiums_wrappers(id: str) -> None:
    env = gym.make(id)
    limit = env.unwrapped.step_limit()  # type: ignore[attr-defined]
    assert env.spec is not None
    assert env.spec.max_episode_steps == limit
    assert gym.spec(id).max_episode_steps is None  # so that arguments may set another one
    if limit is not None and isinstance(env.observation_space, gym.spaces.Dict | gym.spaces.Box):
        gym.wrappers.TimeAwareObservation(env, flatten=False)
