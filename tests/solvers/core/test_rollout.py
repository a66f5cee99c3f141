"""Rollouts hold what an environment really did, and what the policy says of it; memory learns what needs memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from time import perf_counter, sleep
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv
from torch import Tensor, nn

import ige  # noqa: F401
from ige.solvers.core import one_thread
from ige.solvers.core.ppo import PPO, PPOConfig, Rollout
from ige.solvers.core.recurrent import ActorCritic
from ige.solvers.core.rollout import Episodes, Runner

ROWS, STEPS = 5, 40


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


class Recall(gym.Env[Any, int]):
    """A cue is shown, then nothing for some steps; at the last one, the action that it told pays 1."""

    observation_space = spaces.Box(-1, 1, (2,), np.float32)
    action_space = spaces.Discrete(2)

    def __init__(self, length: int = 4) -> None:
        self.length = length

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.cue, self.t = int(self.np_random.integers(2)), 0
        return np.array([2 * self.cue - 1, 0], np.float32), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.t += 1
        end = self.t == self.length
        return np.array([0, self.t + 1 == self.length], np.float32), float(end and action == self.cue), end, False, {}


class Walk(gym.Env[Any, int]):
    """A walk on a line: 5 ends it, so do seven steps; each step pays where one is. Made to look into."""

    observation_space = spaces.Dict({"x": spaces.Box(-9, 9, (1,), np.int64), "even": spaces.Discrete(2)})
    action_space = spaces.Discrete(3)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.x, self.t = (options or {}).get("x", int(self.np_random.integers(4))), 0
        return self._seen(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.x, self.t = self.x + int(action) - 1, self.t + 1
        return self._seen(), self.x / 10, self.x == 5, self.t == 7, {}

    def _seen(self) -> dict[str, Any]:
        return {"x": np.array([self.x]), "even": np.int64(self.x % 2 == 0)}


def sync(make: Callable[[], gym.Env[Any, Any]], rows: int = ROWS) -> VectorEnv[Any, Any, Any]:
    return SyncVectorEnv([make] * rows, autoreset_mode=AutoresetMode.SAME_STEP)


class Parts(nn.Module):
    """All arrays of an observation side by side."""

    def forward(self, observations: dict[str, Tensor]) -> Tensor:
        return torch.cat([part.flatten(1).float() if part.ndim > 1 else part.float().unsqueeze(1)
                          for part in observations.values()], 1)  # fmt: skip


def agent(width: int, n_actions: int, memory: str | None = "gru", **config: Any) -> PPO:
    network = ActorCritic(Parts(), width, n_actions, memory=memory, size=16, policy_gain=1.0)
    return PPO(network, PPOConfig(**config))


def walker(memory: str | None = "gru") -> PPO:
    return agent(2, 3, memory)


# --- what a rollout says ----------------------------------------------------------------------------------------------


def check(rollout: Rollout, episodes: Episodes, ppo: PPO, env: Any, first: Any, is_dict: bool) -> int:
    """Play the actions again in a copy of the environment and compare with everything; how many were truncated."""

    def named(observation: Any) -> dict[str, Any]:
        return observation if is_dict else {"observation": observation}

    def tensors(observation: dict[str, Any]) -> dict[str, Tensor]:
        return {name: torch.as_tensor(np.array(observation[name])) for name in rollout.observations}

    observation, n = named(first), env.num_envs
    steps = len(rollout.actions)
    state, starts, totals, cut = rollout.state, np.ones(n, bool), np.zeros(n), 0
    returns: list[list[float]] = [[] for _ in range(n)]
    for t in range(steps):
        assert rollout.starts[t].tolist() == starts.tolist()
        for name, part in observation.items():
            seen = rollout.observations[name][t].numpy()
            assert seen.dtype == part.dtype
            np.testing.assert_array_equal(seen, part)
        with torch.no_grad():
            logits, values, state = ppo.network.step(tensors(observation), state, torch.as_tensor(starts))
        torch.testing.assert_close(rollout.values[t], values)
        chosen = logits.log_softmax(-1).gather(-1, rollout.actions[t].unsqueeze(-1)).squeeze(-1)
        torch.testing.assert_close(rollout.log_probs[t], chosen)
        observation, rewards, terminated, truncated, info = env.step(rollout.actions[t].numpy())
        observation, starts = named(observation), terminated | truncated
        np.testing.assert_array_equal(rollout.rewards[t].numpy(), rewards.astype(np.float32))
        assert rollout.dones[t].tolist() == starts.tolist()
        totals += rewards
        for row in range(n):
            expected = 0.0
            if truncated[row] and not terminated[row]:
                cut += 1
                final = {name: part[None] for name, part in tensors(named(info["final_obs"][row])).items()}
                with torch.no_grad():
                    expected = ppo.network.step(final, state[row : row + 1], torch.tensor([False]))[1].item()
            assert rollout.bootstraps[t, row].item() == pytest.approx(expected, abs=1e-5)
            if starts[row]:
                returns[row].append(totals[row])
                assert episodes.returns[t, row] == totals[row]
                totals[row] = 0
    with torch.no_grad():
        values = ppo.network.step(tensors(observation), state, torch.as_tensor(starts))[1]
    torch.testing.assert_close(rollout.last_values, values)
    assert episodes.count.tolist() == list(map(len, returns))
    assert episodes.mean.tolist() == pytest.approx([np.mean(each) if each else 0 for each in returns])
    assert episodes.best.tolist() == [max(each) if each else 0 for each in returns]
    return cut


@pytest.mark.parametrize("memory", ["gru", "lstm", None])
def test_a_rollout_of_gymnasiums_environments(memory: str | None) -> None:
    env, other, ppo = sync(Walk), sync(Walk), walker(memory)
    runner = Runner(env)
    runner.reset(seed=3)
    first, _ = other.reset(seed=3)
    rollout, episodes = runner.collect(ppo, STEPS)
    assert check(rollout, episodes, ppo, other, first, True) > 3
    assert (rollout.dones & (rollout.bootstraps == 0)).any()  # some reached 5
    assert episodes.count.min() > 0
    _, values = ppo.network.sequence(rollout.observations, rollout.state, rollout.starts)
    torch.testing.assert_close(values, rollout.values)
    ppo.update(rollout)


def test_a_rollout_of_a_kernel() -> None:
    env = gym.make_vec("ige/UedMaze-v0", ROWS, size=5, max_steps=6, autoreset_mode="SameStep")
    runner, ppo = Runner(env), agent(76, 3)
    runner.reset(seed=0)
    other = deepcopy(env)
    first, _ = other.unwrapped.observe()
    rollout, episodes = runner.collect(ppo, STEPS)
    assert check(rollout, episodes, ppo, other, first, True) > 3
    assert rollout.observations["image"].dtype == torch.uint8


def test_a_rollout_of_one_array() -> None:
    env, other, ppo = sync(Recall), sync(Recall), agent(2, 2)
    runner = Runner(env)
    runner.reset(seed=1)
    first, _ = other.reset(seed=1)
    rollout, episodes = runner.collect(ppo, STEPS)
    assert check(rollout, episodes, ppo, other, first, False) == 0
    assert (rollout.bootstraps == 0).all()
    assert episodes.count.tolist() == [STEPS // 4] * ROWS


def test_two_rollouts_are_one_in_two_parts() -> None:
    def collected(*parts: int) -> list[tuple[Rollout, Episodes]]:
        runner, ppo = Runner(sync(Walk)), walker()
        runner.reset(seed=5)
        return [runner.collect(ppo, steps) for steps in parts]

    ((whole, whole_episodes),) = collected(25)
    (one, one_episodes), (two, two_episodes) = collected(11, 14)
    for name in ("actions", "rewards", "starts", "dones"):
        assert torch.equal(getattr(whole, name), torch.cat((getattr(one, name), getattr(two, name))))
    for name in ("log_probs", "values", "bootstraps"):
        torch.testing.assert_close(getattr(whole, name), torch.cat((getattr(one, name), getattr(two, name))))
    torch.testing.assert_close(one.last_values, two.values[0])
    assert not one.dones[-1].all()  # some episodes went on into the second part with what they had won
    returns = np.concatenate((one_episodes.returns, two_episodes.returns))
    np.testing.assert_array_equal(whole_episodes.returns, returns)


def test_a_reset_forgets_what_was_begun() -> None:
    runner, ppo = Runner(sync(Walk)), walker()
    runner.reset(seed=5)
    runner.collect(ppo, 3)
    runner.reset(seed=5, options={"x": 4})
    rollout, episodes = runner.collect(ppo, 7)
    assert rollout.starts[0].all()
    assert (rollout.state == 0).all()
    assert (rollout.observations["x"][0] == 4).all()
    for row in range(ROWS):
        end = int(rollout.dones[:, row].int().argmax())
        assert episodes.returns[end, row] == pytest.approx(rollout.rewards[: end + 1, row].sum().item(), abs=1e-5)


def test_two_players_of_one_environment() -> None:
    runner, one, two = Runner(sync(Walk)), walker("lstm"), walker("gru")
    runner.reset(seed=5)
    first, _ = runner.collect(one, 6)
    runner.reset(seed=5)
    second, _ = runner.collect(two, 6)
    assert first.state.shape != second.state.shape
    assert torch.equal(first.observations["x"][0], second.observations["x"][0])
    assert not torch.equal(first.actions, second.actions)


def test_statistics_of_episodes_are_numbers() -> None:
    ended = np.array([[True, False, True], [True, False, False]])
    returns = np.array([[-3.0, 0.0, 0.5], [-1.0, 0.0, 0.0]])
    episodes = Episodes(ended, returns)
    assert episodes.count.tolist() == [2, 0, 1]
    assert episodes.mean.tolist() == [-2, 0, 0.5]
    assert episodes.best.tolist() == [-1, 0, 0.5]


def test_rollouts_do_not_share_memory() -> None:
    env = gym.make_vec("ige/UedMaze-v0", ROWS, size=5, max_steps=6, autoreset_mode="SameStep", copy=False)
    runner, ppo = Runner(env), agent(76, 3)
    runner.reset(seed=0)
    first, _ = runner.collect(ppo, 5)
    before = {name: part.clone() for name, part in first.observations.items()}, first.actions.clone()
    runner.collect(ppo, 5)
    assert all(torch.equal(first.observations[name], part) for name, part in before[0].items())
    assert torch.equal(first.actions, before[1])


# --- playing ----------------------------------------------------------------------------------------------------------


def test_play_is_the_first_episode_of_every_row() -> None:
    runner, ppo = Runner(sync(Walk)), walker()
    runner.reset(seed=2)
    _, episodes = runner.collect(ppo, STEPS)
    first = [episodes.returns[int(episodes.ended[:, row].argmax()), row] for row in range(ROWS)]
    assert Runner(sync(Walk)).play(walker(), seed=2).tolist() == first


def test_play_greedily_from_options() -> None:
    runner, ppo = Runner(sync(Walk)), walker()
    for parameter in ppo.network.policy[-1].parameters():
        parameter.data.zero_()
    ppo.network.policy[-1].bias.data[2] = 0.1  # type: ignore[union-attr]
    assert runner.play(ppo, options={"x": 2}, greedy=True).tolist() == pytest.approx([(3 + 4 + 5) / 10] * ROWS)
    assert runner.play(ppo, options={"x": -4}, greedy=True, max_steps=2).tolist() == pytest.approx([-0.5] * ROWS)
    sampled = runner.play(ppo, options={"x": 2})
    assert len(set(sampled.tolist())) > 1
    with pytest.raises(ValueError, match="^collect: no episode has begun; call reset first$"):
        runner.collect(ppo, 1)


def test_time_in_the_environment_is_counted() -> None:
    class Slow(Walk):
        def step(self, action: int) -> Any:
            sleep(0.002)
            return super().step(action)

    runner, ppo = Runner(sync(Slow, 1)), walker()
    began = perf_counter()
    runner.reset(seed=0)
    runner.collect(ppo, 10)
    runner.play(ppo, max_steps=5)
    assert 15 * 0.002 <= runner.stepping < perf_counter() - began


def test_what_cannot_be_played_is_one_line() -> None:
    with pytest.raises(ValueError, match="^autoreset_mode: 'NextStep', expected 'SameStep'$"):
        Runner(gym.make_vec("ige/UedMaze-v0", 2))
    with pytest.raises(ValueError, match="^observation_space: mission is Text.*, expected arrays$"):
        Runner(gym.make_vec("ige/BabyAI-v0", 2, autoreset_mode="SameStep"))

    class Moved(Walk):
        action_space = spaces.Box(-1, 1, (1,))  # type: ignore[assignment]

    with pytest.raises(ValueError, match=r"^action_space: Box.*, expected Discrete$"):
        Runner(sync(Moved))


# --- learning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("memory", ["gru", "lstm", None])
def test_only_a_memory_learns_what_was_shown_before(memory: str | None) -> None:
    runner, ppo = Runner(sync(Recall, 16)), agent(2, 2, memory, learning_rate=5e-3, epochs=4, discount=0.95)
    runner.reset(seed=0)
    for _ in range(30):
        rollout, episodes = runner.collect(ppo, 32)
        ppo.update(rollout)
    found = episodes.mean.mean()
    assert found > 0.95 if memory else 0.3 < found < 0.7
