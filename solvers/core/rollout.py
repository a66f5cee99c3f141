"""Playing a vector environment with a recurrent policy: rollouts to learn from, and whole episodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray
from torch import Tensor

from .ppo import PPO, Rollout


@dataclass(frozen=True, eq=False)
class Episodes:
    """The episodes that ended in a rollout.

    Attributes:
        ended: bool (steps, n), whether an episode ended with the step.
        returns: float64 (steps, n), the undiscounted return of the episode that ended there, else 0.
    """

    ended: NDArray[np.bool_]
    returns: NDArray[np.float64]

    @property
    def count(self) -> NDArray[np.int64]:
        """How many episodes ended in each row (n,)."""
        return self.ended.sum(0)

    @property
    def mean(self) -> NDArray[np.float64]:
        """The mean of their returns in each row (n,); 0 where none ended."""
        return self.returns.sum(0) / np.maximum(self.count, 1)

    @property
    def best(self) -> NDArray[np.float64]:
        """The largest of their returns in each row (n,); 0 where none ended."""
        return np.where(self.count > 0, np.where(self.ended, self.returns, -np.inf).max(0), 0.0)


class Runner:
    """Plays a vector environment; each call continues where the last one stopped.

    Args:
        env: a vector environment with autoreset in the same step (SAME_STEP) and `Discrete` actions. Its observations
            are a dictionary of arrays, or one array, which is then named "observation".

    Attributes:
        stepping: seconds spent in the environment so far, for comparison with the total wall time.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        self.env, self.n = env, env.num_envs
        self.stepping = 0.0
        space = env.single_observation_space
        parts = dict(space.items()) if isinstance(space, spaces.Dict) else {"observation": space}
        for name, part in parts.items():
            if part.shape is None or part.dtype is None or isinstance(part, spaces.Text):
                raise ValueError(f"observation_space: {name} is {part}, expected arrays")
        if not isinstance(env.single_action_space, spaces.Discrete):
            raise ValueError(f"action_space: {env.single_action_space}, expected Discrete")
        mode = env.metadata.get("autoreset_mode")
        if mode is not AutoresetMode.SAME_STEP:
            raise ValueError(f"autoreset_mode: {getattr(mode, 'value', mode)!r}, expected 'SameStep'")
        self._is_dict = isinstance(space, spaces.Dict)
        self._parts = {name: (part.shape or (), np.dtype(part.dtype)) for name, part in parts.items()}
        self._observation: Any = None
        self._starts, self._returns = np.ones(self.n, np.bool_), np.zeros(self.n)
        self._state: Tensor | None = None

    def reset(self, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None) -> None:
        """Start a new episode in every row; unfinished episodes are dropped."""
        began = perf_counter()
        self._observation, _ = self.env.reset(seed=seed, options=options)  # type: ignore[arg-type]
        self.stepping += perf_counter() - began
        self._starts[:], self._returns[:] = True, 0.0

    def collect(self, ppo: PPO, steps: int) -> tuple[Rollout, Episodes]:
        """Continue for some steps in every row.

        Returns:
            The rollout, on the device of `ppo`, and the episodes that ended; their returns include earlier rewards.
        """
        if self._observation is None:
            raise ValueError("collect: no episode has begun; call reset first")
        n, device = self.n, ppo.device
        seen = _Seen(self._parts, steps, n, device)
        starts, rewards = np.zeros((steps, n), np.bool_), np.zeros((steps, n))
        terminated, truncated, returns = np.zeros_like(starts), np.zeros_like(starts), np.zeros_like(rewards)
        acted: list[tuple[Tensor, Tensor, Tensor]] = []
        cut: list[tuple[int, NDArray[np.intp], list[Any], Tensor]] = []
        begun = _torch(starts, device).unbind() if device.type == "cpu" else None
        first = state = self._memory(ppo)
        starts[0] = self._starts
        for t in range(steps):
            shown = seen.put(t, self._named(self._observation))
            actions, log_probs, values, state = ppo.act(shown, state, begun[t] if begun else _torch(starts[t], device))
            acted.append((actions, log_probs, values))
            chosen = actions.cpu().numpy()
            began = perf_counter()
            self._observation, rewards[t], terminated[t], truncated[t], info = self.env.step(chosen)
            self.stepping += perf_counter() - began
            self._returns += rewards[t]
            done = terminated[t] | truncated[t]
            if done.any():
                returns[t, done] = self._returns[done]
                self._returns[done] = 0.0
                rows = np.flatnonzero(truncated[t] & ~terminated[t])
                if rows.size:
                    cut.append((t, rows, [self._named(info["final_obs"][row]) for row in rows], state))
            if t + 1 < steps:
                starts[t + 1] = done
        self._starts, self._state = terminated[-1] | truncated[-1], state
        last = _Seen(self._parts, 1, n, device).put(0, self._named(self._observation))
        last_values = ppo.value(last, state, _torch(self._starts, device))
        actions, log_probs, values = (torch.stack(part) for part in zip(*acted, strict=True))
        ended = terminated | truncated
        rollout = Rollout(
            observations=seen.all(),
            actions=actions,
            log_probs=log_probs,
            values=values,
            rewards=_torch(rewards.astype(np.float32), device),
            starts=_torch(starts, device),
            dones=_torch(ended, device),
            bootstraps=self._bootstraps(ppo, cut, steps),
            last_values=last_values.clone(),
            state=first.clone(),
        )
        return rollout, Episodes(ended, returns)

    def play(
        self,
        ppo: PPO,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
        greedy: bool = False,
        max_steps: int | None = None,
    ) -> NDArray[np.float64]:
        """Play one episode in every row from its start.

        Args:
            ppo: chooses the actions.
            seed: seed of the reset.
            options: options of the reset, such as levels.
            greedy: take the most likely actions instead of drawing them.
            max_steps: stop after this many steps at the latest.

        Returns:
            Undiscounted returns (n,), of the steps played where `max_steps` came first.
        """
        self.reset(seed, options)
        observation, self._observation = self._observation, None  # `collect` needs a new reset
        seen, state = _Seen(self._parts, 1, self.n, ppo.device), ppo.initial(self.n)
        starts, going, returns = self._starts.copy(), np.ones(self.n, np.bool_), np.zeros(self.n)
        t = 0
        while going.any() and t != max_steps:
            actions, _, _, state = ppo.act(
                seen.put(0, self._named(observation)), state, _torch(starts, ppo.device), greedy=greedy
            )
            chosen = actions.cpu().numpy()
            began = perf_counter()
            observation, reward, terminated, truncated, _ = self.env.step(chosen)
            self.stepping += perf_counter() - began
            returns += np.where(going, reward, 0.0)
            starts = terminated | truncated
            going &= ~starts
            t += 1
        return returns

    def _memory(self, ppo: PPO) -> Tensor:
        """The memory's state to continue with; where all rows start anew, it does not matter who played before."""
        if self._state is None or self._starts.all():
            return ppo.initial(self.n)
        return self._state

    def _bootstraps(self, ppo: PPO, cut: list[tuple[int, NDArray[np.intp], list[Any], Tensor]], steps: int) -> Tensor:
        """Values of the final observations of truncated episodes, with the memory of that step; all in one pass."""
        found = torch.zeros((steps, self.n), device=ppo.device)
        if cut:
            finals = [final for _, _, each, _ in cut for final in each]
            seen = _Seen(self._parts, 1, len(finals), ppo.device)
            shown = seen.put(0, {name: np.stack([final[name] for final in finals]) for name in self._parts})
            state = torch.cat([state[_torch(rows, ppo.device)] for _, rows, _, state in cut])
            at = np.concatenate([np.full(len(rows), t) for t, rows, _, _ in cut])
            rows = np.concatenate([rows for _, rows, _, _ in cut])
            never = torch.zeros(len(finals), dtype=torch.bool, device=ppo.device)
            found[_torch(at, ppo.device), _torch(rows, ppo.device)] = ppo.value(shown, state, never)
        return found

    def _named(self, observation: Any) -> Any:
        return observation if self._is_dict else {"observation": observation}


class _Seen:
    """Observations of some steps: each array is copied once into memory shared with torch, and once more to CUDA."""

    def __init__(
        self, parts: dict[str, tuple[tuple[int, ...], np.dtype[Any]]], steps: int, n: int, device: torch.device
    ) -> None:
        self._device = device
        self._arrays = {name: np.zeros((steps, n, *shape), dtype) for name, (shape, dtype) in parts.items()}
        self._tensors = {name: torch.from_numpy(array) for name, array in self._arrays.items()}
        self._steps = [
            dict(zip(parts, step, strict=True)) for step in zip(*map(torch.unbind, self._tensors.values()), strict=True)
        ]

    def put(self, t: int, observation: dict[str, Any]) -> dict[str, Tensor]:
        for name, array in self._arrays.items():
            array[t] = observation[name]
        shown = self._steps[t]
        return shown if self._device.type == "cpu" else {name: part.to(self._device) for name, part in shown.items()}

    def all(self) -> dict[str, Tensor]:
        return {name: part.to(self._device) for name, part in self._tensors.items()}


def _torch(array: NDArray[Any], device: torch.device) -> Tensor:
    """The array on the device; on a CPU they share memory."""
    return torch.from_numpy(array).to(device)
