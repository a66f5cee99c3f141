"""Other people's learners run on the suite unchanged, and learn."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.torch_layers import CombinedExtractor

import ige  # noqa: F401
from ige.envs import registry
from ige.examples import cleanrl_ppo_babyai, train_babyai, train_recurrent_ppo
from ige.solvers.core import one_thread

PUZZLES = [(1, 4, 6), (2, 3, 4), (1, 2, 12), (3, 8, 1)]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Small networks gain nothing from threads, which fight with those of the other test processes."""
    with one_thread():
        yield


def make() -> gym.Env[Any, Any]:
    return gym.wrappers.RecordEpisodeStatistics(gym.make("ige/GameOf24-v0", n=3, puzzles=PUZZLES))


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped")
def test_sb3_ppo_learns() -> None:
    model = PPO("MlpPolicy", make(), n_steps=256, batch_size=64, learning_rate=2e-3, seed=0, device="cpu")
    before, _ = evaluate_policy(model, make(), n_eval_episodes=60, deterministic=False)
    model.learn(4000)
    after, _ = evaluate_policy(model, make(), n_eval_episodes=60, deterministic=False)
    assert after > before + 0.2


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped")
def test_maskable_ppo_learns_and_stays_legal() -> None:
    from sb3_contrib import MaskablePPO

    env = make()
    model = MaskablePPO("MlpPolicy", env, n_steps=256, batch_size=64, learning_rate=2e-3, seed=0, device="cpu")
    model.learn(5000)
    solved = 0.0
    for seed in range(60):
        observation, info = env.reset(seed=seed)
        over = False
        while not over:
            action, _ = model.predict(observation, action_masks=env.unwrapped.action_masks())  # type: ignore[attr-defined]
            observation, reward, over, _, info = env.step(action)
            assert not info["illegal"]
        solved += float(reward)
    assert solved / 60 > 0.5


def test_gymnasium_vector_wrappers_work_on_the_kernel_path() -> None:
    envs = gym.wrappers.vector.RecordEpisodeStatistics(gym.make_vec("ige/GameOf24-v0", num_envs=64))
    assert type(envs.unwrapped).__name__ == "GameOf24Vector"
    envs.reset(seed=0)
    rng = np.random.default_rng(0)
    lengths: list[int] = []
    for _ in range(30):
        *_, infos = envs.step(rng.integers(0, 24, 64))
        if "episode" in infos:
            lengths += infos["episode"]["l"][infos["_episode"]].tolist()
    assert set(lengths) <= {1, 2, 3}
    assert len(lengths) > 300


@pytest.mark.filterwarnings("ignore:Evaluation environment is not wrapped")
def test_sb3_ppo_solves_go_to_red_ball(capsys: pytest.CaptureFixture[str]) -> None:
    """In 200 episodes that training never saw; 100,000 steps take about ten seconds of CPU."""
    assert train_babyai.main(total_timesteps=100_000) >= 0.95
    before = re.search(r"success ([\d.]+)% before", capsys.readouterr().out)
    assert before is not None
    assert float(before[1]) < 50, "chance does not do it"


def test_one_file_ppo_learns_on_gymnasium_alone(capsys: pytest.CaptureFixture[str]) -> None:
    early = cleanrl_ppo_babyai.main(total_timesteps=10_000)
    late = cleanrl_ppo_babyai.main(total_timesteps=50_000)
    assert late > max(early, 0.5)
    assert "success" in capsys.readouterr().out


def test_recurrent_ppo_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 <= train_recurrent_ppo.main(total_timesteps=4096) <= 1
    assert "test missions" in capsys.readouterr().out


@pytest.mark.long
def test_recurrent_ppo_learns() -> None:
    assert train_recurrent_ppo.main(total_timesteps=200_000) > 0.5, "chance: about 0.3"


@pytest.mark.parametrize("id", registry.ids())
def test_sb3_takes_the_names_of_every_dictionary(id: str) -> None:
    """They become attributes of a torch module, where some names, such as "values", are taken."""
    arguments: list[dict[str, Any]] = [{}]
    if "formulation" in inspect.signature(type(gym.make(id).unwrapped)).parameters:
        arguments.append({"formulation": "direct"})
    for chosen in arguments:
        space = gym.make(id, **chosen).observation_space
        if isinstance(space, spaces.Dict):  # the parts themselves may need extractors of their own, as small images do
            CombinedExtractor(spaces.Dict(dict.fromkeys(space.spaces, spaces.Discrete(2))))
