"""PPO in one file, in the style of CleanRL, with only Gymnasium's vector API and PyTorch.

python examples/cleanrl_ppo_babyai.py --level GoToRedBallNoDists --total-timesteps 100000

The environments use Gymnasium's default mode, NEXT_STEP: the step after the end of an episode ignores its action and
only resets. Such steps are not experience, so the update leaves them out. The last observation of an episode comes
before them, so the value at the end of a truncated episode is available.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

import ige  # noqa: F401  (registers the ids)

NUM_ENVS = 64
NUM_STEPS = 40
MINIBATCHES = 4
EPOCHS = 4
LEARNING_RATE = 1e-3
GAMMA = 0.95
GAE_LAMBDA = 0.95
CLIP = 0.2
ENTROPY = 0.01
VALUE = 0.5
MAX_GRAD_NORM = 0.5


class Agent(nn.Module):
    """Actor and critic on one shared layer: the one-hot codes of the observation times a matrix."""

    def __init__(self, envs: gym.vector.VectorEnv[Any, Any, Any], size: int = 64) -> None:
        super().__init__()
        space: Any = envs.single_observation_space
        columns, rows, _ = space["image"].shape
        # Number of values of each code: kind, colour and state of every cell; the direction; the words of the mission.
        values = np.concatenate([np.tile([11, 6, 3], columns * rows), [space["direction"].n], space["mission"].nvec])
        self.offsets = torch.as_tensor(np.cumsum(values) - values)
        self.layer = nn.EmbeddingBag(int(values.sum()), size, mode="sum")
        nn.init.normal_(self.layer.weight, std=0.02)
        self.actor = nn.Linear(size, int(envs.single_action_space.n))  # type: ignore[attr-defined]
        nn.init.orthogonal_(self.actor.weight, 0.01)
        self.critic = nn.Linear(size, 1)

    def forward(self, codes: torch.Tensor) -> tuple[Categorical, torch.Tensor]:
        """Action distributions and values (n,) of codes (n, codes)."""
        hidden = torch.relu(self.layer(codes + self.offsets))
        return Categorical(logits=self.actor(hidden)), self.critic(hidden)[:, 0]


def flat(seen: dict[str, np.ndarray]) -> torch.Tensor:
    """All codes of the observations, int64 (num_envs, codes)."""
    parts = [np.reshape(seen[name], (NUM_ENVS, -1)) for name in ("image", "direction", "mission")]
    return torch.as_tensor(np.concatenate(parts, axis=1, dtype=np.int64))


def main(level: str = "GoToRedBallNoDists", total_timesteps: int = 100_000, seed: int = 0) -> float:
    """Train, and return the success in the last 200 episodes of training."""
    torch.manual_seed(seed)
    envs = gym.make_vec("ige/BabyAI-v0", num_envs=NUM_ENVS, level=level, obs_mode="symbolic")
    assert envs.metadata["autoreset_mode"] is gym.vector.AutoresetMode.NEXT_STEP
    agent = Agent(envs)
    optimizer = torch.optim.Adam(agent.parameters(), lr=LEARNING_RATE, eps=1e-5)

    first, _ = envs.reset(seed=seed)
    observation, over = flat(first), torch.zeros(NUM_ENVS, dtype=torch.bool)
    shape = (NUM_STEPS, NUM_ENVS)
    observations = torch.zeros(*shape, observation.shape[1], dtype=torch.int64)
    actions = torch.zeros(shape, dtype=torch.int64)
    log_probs, rewards, advantages = torch.zeros(shape), torch.zeros(shape), torch.zeros(shape)
    values = torch.zeros(NUM_STEPS + 1, NUM_ENVS)
    experienced, terminations, endings = (torch.zeros(shape, dtype=torch.bool) for _ in range(3))
    solved: list[bool] = []
    start, iterations = time.perf_counter(), max(1, total_timesteps // (NUM_STEPS * NUM_ENVS))

    for iteration in range(iterations):
        for step in range(NUM_STEPS):
            with torch.no_grad():
                policy, values[step] = agent(observation)
                action = policy.sample()
            observations[step], actions[step], log_probs[step] = observation, action, policy.log_prob(action)
            experienced[step] = ~over
            seen, reward, terminated, truncated, infos = envs.step(action.numpy())
            observation, over = flat(seen), torch.as_tensor(terminated | truncated)
            rewards[step] = torch.as_tensor(reward)
            terminations[step], endings[step] = torch.as_tensor(terminated), over
            solved += infos["is_success"][over.numpy()].tolist()

        with torch.no_grad():
            _, values[NUM_STEPS] = agent(observation)
        advantage = torch.zeros(NUM_ENVS)
        for step in reversed(range(NUM_STEPS)):
            following = GAMMA * values[step + 1] * ~terminations[step]
            advantage = rewards[step] + following - values[step] + GAMMA * GAE_LAMBDA * ~endings[step] * advantage
            advantages[step] = advantage
        returns = advantages + values[:-1]

        chosen = experienced.flatten().nonzero()[:, 0]
        for _ in range(EPOCHS):
            for batch in chosen[torch.randperm(len(chosen))].chunk(MINIBATCHES):
                policy, value = agent(observations.flatten(0, 1)[batch])
                ratio = (policy.log_prob(actions.flatten()[batch]) - log_probs.flatten()[batch]).exp()
                gain = advantages.flatten()[batch]
                gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                policy_loss = -torch.min(gain * ratio, gain * ratio.clamp(1 - CLIP, 1 + CLIP)).mean()
                value_loss = 0.5 * (value - returns.flatten()[batch]).square().mean()
                loss = policy_loss + VALUE * value_loss - ENTROPY * policy.entropy().mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(agent.parameters(), MAX_GRAD_NORM)
                optimizer.step()

        if iteration % 10 == 9 or iteration == iterations - 1:
            steps = (iteration + 1) * NUM_STEPS * NUM_ENVS
            rate = steps / (time.perf_counter() - start)
            print(f"{steps} steps, {rate:.0f} a second, success {np.mean(solved[-200:] or [False]):.1%}")
    envs.close()
    return float(np.mean(solved[-200:] or [False]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", default="GoToRedBallNoDists")
    parser.add_argument("--total-timesteps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    torch.set_num_threads(1)  # so small a network gains nothing from more threads
    main(**vars(parser.parse_args()))
