"""An episode played by a learner, for people to look at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import gymnasium as gym

from ...envs.core.text import has_text, text_interface
from .outcome import Outcome
from .trainer import Learner


@dataclass(frozen=True)
class Episode(Outcome):
    """What happened.

    Attributes:
        lines: the start of the episode and each action, in words.
        actions: the actions taken.
        total_return: the sum of the rewards.
        success: `info["is_success"]` at the end; None where the environment does not tell.
    """

    lines: tuple[str, ...]
    actions: tuple[Any, ...]
    total_return: float
    success: bool | None

    @property
    def solved(self) -> bool:
        return self.success is not False

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "actions": [getattr(a, "tolist", lambda a=a: a)() for a in self.actions]}

    def __str__(self) -> str:
        told = "" if self.success is None else f", {'solved' if self.success else 'not solved'}"
        return "\n".join([*self.lines, f"{len(self.actions)} steps, return {self.total_return:g}{told}"])


def play(env: gym.Env[Any, Any], learner: Learner, seed: int = 0) -> Episode:
    """Play the episode of `seed` with the most likely actions."""
    observation, info = env.reset(seed=seed)
    words = text_interface(env) if has_text(env) else None
    lines = words.describe().splitlines()[:1] if words else []
    actions: list[Any] = []
    state, total, over = None, 0.0, False
    while not over:
        masks = env.get_wrapper_attr("action_masks")() if "action_mask" in info else None
        action, state = learner.predict(observation, state, deterministic=True, action_masks=masks)
        action = action.item() if isinstance(env.action_space, gym.spaces.Discrete) else action
        lines.append(f"  {words.action_text(action) if words else action}")
        observation, reward, terminated, truncated, info = env.step(action)
        actions.append(action)
        total, over = total + float(reward), terminated or truncated
    success = info.get("is_success")
    return Episode(tuple(lines), tuple(actions), total, None if success is None else bool(success))
