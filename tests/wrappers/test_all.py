"""What every wrapper owes its user, whatever it does."""

from __future__ import annotations

import copy
import inspect
import pickle
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env, data_equivalence

import ige  # noqa: F401
from ige.wrappers import (
    Budget,
    CountBudget,
    DelayedFeedback,
    RecordTrajectories,
    RepeatTask,
    SnapshotArchive,
    TextFace,
)

Make = Callable[[gym.Env[Any, Any], Path], Any]
ON_ANY: dict[str, Make] = {
    "count": lambda env, folder: CountBudget(env, Budget(env_steps=1000, tokens=5)),
    "record": lambda env, folder: RecordTrajectories(env, folder),
    "delayed": lambda env, folder: DelayedFeedback(env, batch=2, delay=1),
    "repeat": lambda env, folder: RepeatTask(env, episodes=2),
}
ON_OURS: dict[str, Make] = {
    **ON_ANY,
    "archive": lambda env, folder: SnapshotArchive(env),
    "text": lambda env, folder: TextFace(env),
    "symbolic": lambda env, folder: TextFace(env, obs="symbolic", unparsed="noop"),
    "stack": lambda env, folder: SnapshotArchive(CountBudget(TextFace(RecordTrajectories(env, folder)))),
}
OTHER_REWARDS = ("delayed", "repeat")
OTHER_SEEDS = ("repeat",)  # tests/wrappers/test_repeat_task.py has those
CASES = [("ige/GameOf24-v0", name) for name in ON_OURS] + [("FrozenLake-v1", name) for name in ON_ANY]
each_case = pytest.mark.parametrize(("env_id", "name"), CASES)


def rollout(env: gym.Env[Any, Any], seed: int | None, steps: int = 12) -> list[Any]:
    """What `steps` steps show, over several episodes; actions from the mask where there is one."""
    shown: list[Any] = [env.reset(seed=seed)]
    env.action_space.seed(7)
    over = False
    for _ in range(steps):
        if over:
            shown.append(env.reset())
        mask = shown[-1][-1].get("action_mask")
        *outcome, info = env.step(env.action_space.sample(mask))
        shown.append((*outcome, info))
        over = outcome[2] or outcome[3]
    return shown


def same(a: Any, b: Any) -> bool:
    return data_equivalence(a, b, exact=True)


@pytest.mark.parametrize("name", [name for name in ON_OURS if name not in OTHER_SEEDS])
def test_seed_and_options_arrive(name: str, corridor: Any, tmp_path: Path) -> None:
    env = ON_OURS[name](corridor, tmp_path)
    env.reset(seed=3, options={"cell": 2})
    env.reset()
    env.reset(seed=None, options={})
    assert corridor.resets == [(3, {"cell": 2}), (None, None), (None, {})]


@each_case
def test_same_seed_same_episodes(env_id: str, name: str, tmp_path: Path) -> None:
    env = ON_OURS[name](gym.make(env_id), tmp_path)
    first = rollout(env, 5)
    assert same(first, rollout(env, 5))
    assert not same(first, rollout(env, 6))
    if name in OTHER_REWARDS:
        return
    # Rewards and flags are the bare environment's.
    bare = rollout(gym.make(env_id), 5)
    assert [shown[-4:-1] for shown in bare if len(shown) == 5] == [shown[-4:-1] for shown in first if len(shown) == 5]


@each_case
def test_the_spec_makes_it_again(env_id: str, name: str, tmp_path: Path) -> None:
    env = ON_OURS[name](gym.make(env_id), tmp_path)
    text = env.spec.to_json()
    again = gym.make(EnvSpec.from_json(text))
    assert again.spec is not None
    assert again.spec.to_json() == text
    assert type(again) is type(env)
    last = env.spec.additional_wrappers[-1]
    assert last.name == type(env).__name__
    assert set(last.kwargs) == set(inspect.signature(type(env)).parameters) - {"env", "usage"}
    assert same(rollout(env, 1), rollout(again, 1))


@each_case
def test_gymnasium_finds_nothing_wrong(env_id: str, name: str, tmp_path: Path) -> None:
    env = ON_OURS[name](gym.make(env_id), tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*is different from the unwrapped version")
        check_env(env, skip_render_check=True)
        # The passive checker outside looks at every step.
        rollout(gym.wrappers.PassiveEnvChecker(ON_OURS[name](gym.make(env_id), tmp_path)), 2)


@each_case
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["copy", "pickle"])
def test_a_copy_goes_on_by_itself(env_id: str, name: str, copied: Callable[[Any], Any], tmp_path: Path) -> None:
    env = ON_OURS[name](gym.make(env_id), tmp_path)
    rollout(env, 4, steps=4)
    twin = copied(env)
    assert same(rollout(env, None), rollout(twin, None))
    assert same(rollout(env, None), rollout(twin, None))


def test_many_in_a_vector(tmp_path: Path) -> None:
    envs = gym.vector.SyncVectorEnv([lambda: TextFace(gym.make("ige/GameOf24-v0"))] * 2)
    observations, infos = envs.reset(seed=0)
    assert all(text.startswith("Numbers: ") for text in observations)
    assert infos["admissible_commands"].shape == (2,)
    envs.step(envs.action_space.sample())
