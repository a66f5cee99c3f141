"""Other people's learners run on the suite unchanged, and learn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy

import ige  # noqa: F401
from ige.envs import registry
from ige.examples import cleanrl_ppo_babyai, train_babyai, train_recurrent_ppo
from ige.solvers.core import one_thread
from ige.solvers.core.sb3 import SB3VecEnv

DOCS = Path(__file__).parents[1] / "docs"

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


# Of ids whose observations are text, what makes them numbers; and every argument that changes what is observed.
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "ige/BabyAI-v0": [
        {"obs_mode": "symbolic", **more}
        for more in ({}, {"view": "full"}, {"view": "rgb"}, {"view": "rgb_full"}, {"view_size": 3}, {"view_size": 15})
    ],
    "ige/BabyAIText-v0": [{"obs_mode": "symbolic"}],
    "ige/TextWorld-v0": [{"obs_mode": "symbolic"}, {"obs_mode": "tokens"}],
    "ige/UedMaze-v0": [{}, {"view": 3}, {"view": 15}],
    "ige/UedMazeEditor-v0": [{}, {"size": 7}, {"size": 50}],
    **{f"ige/GUI{name}-v1": [{}, {"obs_mode": "rgb", "scale": 0.25}] for name in ("Widget", "App", "Phone")},
    **{
        f"ige/{name}-v0": [{"formulation": "bq"}, {"formulation": "direct"}]
        for name in ("TSP", "ATSP", "CVRP", "Orienteering", "Knapsack")
    },
}


@pytest.mark.parametrize("id", registry.ids())
def test_sb3_builds_its_own_network_on_every_id(id: str) -> None:
    """Grids of codes are no pictures, pictures are large enough, counts can be added, no name is torch's own."""
    for arguments in SETTINGS.get(id, [{}]):
        env = gym.make(id, **arguments)
        policy = "MlpPolicy"
        if isinstance(env.observation_space, spaces.Dict):
            policy = "MultiInputPolicy"  # the one text beside numbers that say the same is the screens' goal
            env = gym.wrappers.FilterObservation(env, [name for name in env.observation_space if name != "instruction"])
        PPO(policy, env, n_steps=4, batch_size=4, device="cpu")
        space = env.observation_space
        for part in space.values() if isinstance(space, spaces.Dict) else [space]:
            if isinstance(part, spaces.MultiDiscrete):
                assert part.nvec.dtype == np.int64, "learners add these up, which bytes cannot hold"


@pytest.mark.parametrize("id", registry.ids())
def test_the_page_of_an_id_trains_its_learners(id: str) -> None:
    """What the page says is run by tests/test_blocks.py; here, that nothing is missing on it."""
    page = (DOCS / "environments" / f"{id.removeprefix('ige/')}.md").read_text(encoding="utf-8")
    _, info = gym.make(id).reset(seed=0)
    training = page.split("\n## Training\n")[1].split("\n## ")[0]
    assert f'gym.make("{id}"' in training
    assert " PPO(" in f" {training}".replace("\n", " ")
    assert ("MaskablePPO(" in training) == ("action_mask" in info)


@pytest.mark.parametrize("id", registry.ids())
def test_sb3_takes_the_vector_face_of_every_id(id: str) -> None:
    """The sentence below the snippet of each page."""
    env = SB3VecEnv(id, 4, **SETTINGS.get(id, [{}])[0])
    assert env.num_envs == 4
