"""`SB3VecEnv` is SB3's `DummyVecEnv` over the same environments, and SB3's learners and wrappers run on it."""

from __future__ import annotations

import importlib
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import data_equivalence
from sb3_contrib import MaskablePPO
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecFrameStack, VecMonitor, VecNormalize

import ige  # noqa: F401
from ige.solvers.core import one_thread
from ige.solvers.core.sb3 import SB3VecEnv

GAME, DRIFT = "ige/GameOf24-v0", "sb3/Drift-v0"
sys.path.insert(0, str(Path(__file__).parents[2] / "envs" / "samples"))  # as tests/envs/conftest.py does
gym.register(DRIFT, "drift.env:Drift", vector_entry_point="drift.env:DriftVector")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def dummy(id: str, num_envs: int, **kwargs: Any) -> DummyVecEnv:
    return DummyVecEnv([lambda: Monitor(gym.make(id, **kwargs))] * num_envs)


def equal(ours: Any, theirs: Any) -> bool:
    """Equal values, types, shapes and dtypes; dictionaries in any order."""
    if isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(equal(ours[name], theirs[name]) for name in theirs)
    return type(ours) is type(theirs) and data_equivalence(ours, theirs, exact=True)


def same_step(ours: Any, theirs: Any, actions: Any) -> int:
    """Step both and compare; how many episodes ended."""
    (*arrays, infos), (*expected, expected_infos) = ours.step(actions), theirs.step(actions)
    assert all(map(equal, arrays, expected))
    for done, info, wanted in zip(arrays[2], infos, expected_infos, strict=True):
        if not done:
            assert info == {}
            continue
        episode, wanted_episode = info.pop("episode"), wanted.pop("episode")
        assert episode["t"] > 0
        assert episode["r"] == pytest.approx(wanted_episode["r"], abs=1e-6)  # which Monitor rounds
        assert episode["l"] == wanted_episode["l"]
        assert equal(info, wanted)
    assert all(map(equal, ours.reset_infos, theirs.reset_infos))
    return int(arrays[2].sum())


@pytest.mark.parametrize(
    ("id", "kwargs"), [(GAME, {}), (GAME, {"n": 3}), (DRIFT, {}), (DRIFT, {"max_episode_steps": 4})]
)
def test_rows_play_as_in_dummy_vec_env(id: str, kwargs: dict[str, Any]) -> None:
    ours, theirs = SB3VecEnv(id, 5, **kwargs), dummy(id, 5, **kwargs)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    assert ours.metadata == theirs.metadata
    ended = 0
    for seed in (3, None):  # the second reset goes on with the rows' own generators
        for env in (ours, theirs):
            if seed is not None:
                env.seed(seed)
        assert equal(ours.reset(), theirs.reset())
        assert all(map(equal, ours.reset_infos, theirs.reset_infos))
        ours.action_space.seed(0)
        for _ in range(200):
            actions = np.array([ours.action_space.sample() for _ in range(5)])
            ended += same_step(ours, theirs, actions)
    assert ended > 100


def test_observations_stay_as_they_were() -> None:
    env = SB3VecEnv(GAME, 3)
    env.seed(0)
    before = env.reset()
    kept = before.copy()
    after = env.step(np.zeros(3, np.int64))[0]
    np.testing.assert_array_equal(before, kept)
    assert (after != before).any()


def test_a_seed_is_for_one_reset_and_row_i_gets_the_next_ith() -> None:
    env = SB3VecEnv(GAME, 4)
    assert list(env.seed(7)) == [7, 8, 9, 10]
    first = env.reset()
    np.testing.assert_array_equal(first, [gym.make(GAME).reset(seed=7 + i)[0] for i in range(4)])
    assert (env.reset() != first).any()
    env.seed(7)
    np.testing.assert_array_equal(env.reset(), first)


def test_options_row_by_row() -> None:
    ours, theirs = SB3VecEnv(GAME, 4), dummy(GAME, 4)
    options: list[dict[str, Any]] = [{}, {"instance": (1, 2, 3, 4)}, {}, {"instance": (4, 6, 9, 13)}]
    for seed in (0, None, 5):
        for env in (ours, theirs):
            env.set_options(options)
            if seed is not None:
                env.seed(seed)
        observations = ours.reset()
        assert equal(observations, theirs.reset())
        assert observations[[1, 3]].tolist() == [[1, 2, 3, 4], [4, 6, 9, 13]]
        assert all(map(equal, ours.reset_infos, theirs.reset_infos))
    assert equal(ours.reset(), theirs.reset())  # options, too, are for one reset
    ours.set_options({"instance": (1, 2, 3, 4)})
    assert ours.reset().tolist() == [[1, 2, 3, 4]] * 4
    same_step(ours, dummy_at(ours), np.zeros(4, np.int64))


def dummy_at(env: SB3VecEnv) -> DummyVecEnv:
    """A `DummyVecEnv` whose rows are in the states of ours."""
    found = dummy(GAME, env.num_envs)
    found.reset()
    for i, state in enumerate(env.kernel_env.get_state()):
        found.env_method("set_state", state, indices=i)
    found.reset_infos = env.reset_infos
    return found


# --- row by row -------------------------------------------------------------------------------------------------------


def test_masks() -> None:
    ours, theirs = SB3VecEnv(GAME, 3), dummy(GAME, 3)
    assert is_masking_supported(ours)  # before the first reset, as MaskablePPO asks
    for env in (ours, theirs):
        env.seed(1)
        env.reset()
    for _ in range(20):
        masks = get_action_masks(ours)
        assert equal(masks, get_action_masks(theirs))
        assert equal(ours.get_attr("action_masks")[2](), masks[2])
        assert equal(ours.env_method("action_masks", indices=[2, 0]), list(masks[[2, 0]]))
        same_step(ours, theirs, np.array([np.flatnonzero(mask)[-1] for mask in masks]))


def test_attributes_and_methods() -> None:
    ours, theirs = SB3VecEnv(GAME, 3), dummy(GAME, 3)
    for env in (ours, theirs):
        assert env.get_attr("target") == [24] * 3
        assert not env.has_attr("mission")
        env.seed(1)
        env.reset()
    assert ours.get_attr("numbers") == theirs.get_attr("numbers")
    assert ours.get_attr("numbers", indices=1) == theirs.get_attr("numbers", indices=1)
    assert ours.env_method("describe") == theirs.env_method("describe")
    assert ours.env_method("preview", 3, indices=[2, 1]) == theirs.env_method("preview", 3, indices=[2, 1])
    assert ours.get_attr("preview")[2](action=3) == theirs.get_attr("preview")[2](action=3)
    assert ours.env_is_wrapped(Monitor) == [True] * 3
    assert ours.env_is_wrapped(gym.wrappers.TimeLimit, indices=[0]) == [False]
    ours.set_attr("note", "ours")
    assert ours.get_attr("note") == ["ours"] * 3
    with pytest.raises(ValueError, match=r"^indices: \[1\], expected all rows, since they share one environment$"):
        ours.set_attr("note", "mine", indices=1)


def test_methods_only_read() -> None:
    env = SB3VecEnv(GAME, 3)
    other = SB3VecEnv(GAME, 1)
    other.reset()
    state = other.kernel_env.get_state()[0]
    refusal = pytest.raises(ValueError, match="^env_method: row 2 would change, expected a method that reads")
    with refusal:
        env.env_method("set_state", state, indices=2)
    env.reset()
    before = env.kernel_env.get_state().tobytes()
    for method, argument in (("set_state", state), ("step", 0)):
        with refusal:
            env.env_method(method, argument, indices=2)
        with refusal:
            env.get_attr(method)[2](argument)
    assert env.kernel_env.get_state().tobytes() == before


def test_pictures() -> None:
    ours, theirs = SB3VecEnv(GAME, 3, render_mode="rgb_array"), dummy(GAME, 3, render_mode="rgb_array")
    for env in (ours, theirs):
        env.seed(1)
        env.reset()
    assert equal(ours.render(), theirs.render())
    assert equal(ours.env_method("render"), theirs.env_method("render"))
    blind = SB3VecEnv(GAME, 2)
    blind.reset()
    assert blind.get_images() == [None, None]


# --- what it takes ----------------------------------------------------------------------------------------------------


def test_a_made_environment_and_its_wrappers() -> None:
    made = gym.make_vec(GAME, num_envs=3, autoreset_mode="SameStep", n=3, puzzles=[(1, 2, 12)])
    made = gym.wrappers.vector.RecordEpisodeStatistics(made)  # which nests its infos
    env = SB3VecEnv(gym.wrappers.vector.TransformReward(made, lambda reward: 10 * reward))
    env.reset()
    multiply_the_first_two = np.array([2, 2, 2])
    env.step(multiply_the_first_two)
    _, rewards, dones, infos = env.step(multiply_the_first_two)
    assert dones.all()
    assert rewards.tolist() == [info["episode"]["r"] for info in infos] == [10.0] * 3


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"autoreset_mode": "NextStep"}, "^autoreset_mode: 'NextStep', expected 'SameStep'"),
        ({"autoreset_mode": "Disabled"}, "^autoreset_mode: 'Disabled', expected 'SameStep'"),
        ({"copy": False}, "^copy: False, expected True"),
        ({"num_envs": 0}, "^num_envs: 0"),
        ({"target": -1}, "^target: -1"),
    ],
)
def test_arguments_it_refuses(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SB3VecEnv(GAME, **kwargs)


def test_environments_it_refuses() -> None:
    made = gym.make_vec(GAME, num_envs=3)
    with pytest.raises(ValueError, match="^autoreset_mode: 'NextStep', expected 'SameStep'"):
        SB3VecEnv(made)
    for arguments in ({"num_envs": 3}, {"n": 3}):
        with pytest.raises(ValueError, match="^env: .* and arguments to make one, expected an id with them$"):
            SB3VecEnv(made, **arguments)
    with pytest.raises(ValueError, match="^env: SyncVectorEnv.*, expected an id or a KernelVectorEnv"):
        SB3VecEnv(gym.make_vec("CartPole-v1", num_envs=2, vectorization_mode="sync"))
    with pytest.raises(gym.error.Error, match="vector entry point"):
        SB3VecEnv("MountainCar-v0", 2)


@pytest.mark.parametrize("alone", [True, False])
def test_text_is_refused(alone: bool) -> None:
    drift = importlib.import_module("drift.env")
    text = gym.spaces.Text(9)

    class Spoken(drift.Drift):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.observation_space = text if alone else gym.spaces.Dict(**self.observation_space, mission=text)

    class SpokenVector(drift.DriftVector):  # type: ignore[misc, name-defined]
        env_class = Spoken

    field = "observation" if alone else "mission"
    with pytest.raises(ValueError, match=f'^observation_space: {field} is text, .* obs_mode="symbolic"$'):
        SB3VecEnv(SpokenVector(2, autoreset_mode="SameStep"))


# --- learners and wrappers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("id", "policy"), [(GAME, "MlpPolicy"), (DRIFT, "MultiInputPolicy")])
def test_ppo_runs_and_logs_episodes(id: str, policy: str) -> None:
    env = SB3VecEnv(id, 8)
    model = PPO(policy, env, n_steps=32, batch_size=64, seed=0, device="cpu")
    model.learn(512)
    lengths = [episode["l"] for episode in model.ep_info_buffer or ()]
    assert 1 <= min(lengths) <= max(lengths) <= (3 if id == GAME else 9)
    assert len(model.ep_success_buffer or ()) == (100 if id == GAME else 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as the one about a missing Monitor
        returns, lengths = evaluate_policy(model, env, n_eval_episodes=20, return_episode_rewards=True)
    assert len(returns) == len(lengths) == 20


@pytest.mark.parametrize(("id", "policy"), [(GAME, "MlpPolicy"), (DRIFT, "MultiInputPolicy")])
def test_maskable_ppo_runs(id: str, policy: str) -> None:
    env = SB3VecEnv(id, 8)
    model = MaskablePPO(policy, env, n_steps=32, batch_size=64, seed=0, device="cpu")
    model.learn(512)
    lengths = [episode["l"] for episode in model.ep_info_buffer or ()]
    assert set(lengths) == {3} if id == GAME else max(lengths) <= 9  # an illegal operation would end an attempt early


def test_ppo_learns_the_same_as_on_dummy_vec_env() -> None:
    weights = []
    for env in (SB3VecEnv(DRIFT, 4), dummy(DRIFT, 4)):
        model = PPO("MultiInputPolicy", env, n_steps=32, batch_size=32, n_epochs=2, seed=3, device="cpu")
        model.learn(256)
        weights.append([parameter.detach().numpy() for parameter in model.policy.parameters()])
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_dqn_runs() -> None:
    model = DQN("MlpPolicy", SB3VecEnv(GAME, 4), learning_starts=64, buffer_size=1000, seed=0, device="cpu")
    model.learn(256)
    assert model.replay_buffer is not None
    assert model.replay_buffer.size() == 64


def test_sb3_wrappers() -> None:
    def wrap(env: Any) -> Any:
        return VecNormalize(VecFrameStack(env, 2), gamma=0.9)

    ours, theirs = wrap(SB3VecEnv(GAME, 5)), wrap(dummy(GAME, 5))
    for env in (ours, theirs):
        env.seed(2)
    assert equal(ours.reset(), theirs.reset())
    rng = np.random.default_rng(0)
    assert sum(same_step(ours, theirs, rng.integers(0, 24, 5)) for _ in range(60)) > 20


@pytest.mark.filterwarnings("ignore:The environment is already wrapped with a `Monitor`")
def test_vec_monitor(tmp_path: Path) -> None:
    env = VecMonitor(SB3VecEnv(GAME, 5), str(tmp_path / "log"), info_keywords=("is_success",))
    env.reset()
    ended = sum(int(env.step(np.full(5, 2))[2].sum()) for _ in range(30))
    env.close()
    assert len((tmp_path / "log.monitor.csv").read_text().splitlines()) == 2 + ended


def test_importing_the_shared_part_loads_no_torch() -> None:
    code = "import sys, ige.solvers.core; assert not {'torch', 'stable_baselines3'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
