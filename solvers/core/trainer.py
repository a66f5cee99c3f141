"""Training any learner, with logs, checkpoints and progress; an interrupted run resumes from its last checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ...envs.core.check import integer
from .files import write
from .logs import Logs

CHECKPOINT = "checkpoint.pt"
Progress = Callable[[int, dict[str, float]], Any]


class Learner(Protocol):
    """A policy that learns from steps of an environment, in the manner of Stable-Baselines3.

    Attributes:
        num_timesteps: the number of steps that it has learnt from.
    """

    @property
    def num_timesteps(self) -> int: ...

    def advance(self) -> dict[str, float]:
        """One update from new steps; returns facts to log."""

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
        action_masks: Any = None,
    ) -> tuple[Any, Any]:
        """Actions for an observation, single or of n rows, and the memory's next state (None without a memory).

        `action_masks` marks the legal actions, for learners that do not read them off the observation.
        """

    def save(self, path: str | Path) -> None:
        """Write everything needed to continue; whole or not at all."""


def train(
    learner: Learner,
    total_timesteps: int,
    folder: Path | None = None,
    points: int = 20,
    examine: Callable[[], Mapping[str, float]] = dict,
    progress: Progress = lambda steps, facts: None,
) -> None:
    """Train a learner until its `num_timesteps` reach a total.

    Args:
        learner: the learner to train.
        total_timesteps: the value of `num_timesteps` to reach.
        folder: for `metrics.jsonl`, TensorBoard's events and a checkpoint at each point.
        points: number of points of the log, evenly spread over all steps.
        examine: called at each point for more facts.
        progress: called at each point with the steps so far and what is logged: means over the updates since the last.
    """
    every = max(1, total_timesteps // integer("points", points, 1))
    logs = Logs(folder, learner.num_timesteps) if folder else None
    facts: list[dict[str, float]] = []
    try:
        while learner.num_timesteps < total_timesteps:
            before = learner.num_timesteps
            facts.append(learner.advance())
            if before // every == learner.num_timesteps // every and learner.num_timesteps < total_timesteps:
                continue
            point = means(facts) | dict(examine())
            facts = []
            if folder and logs:
                logs.write(learner.num_timesteps, point)
                learner.save(folder / CHECKPOINT)
            progress(learner.num_timesteps, point)
    finally:
        if logs:
            logs.close()


def save_checkpoint(path: str | Path, kind: str, content: dict[str, Any]) -> None:
    """Write tensors, numbers and text, whole or not at all."""
    import torch

    write(Path(path), lambda file: torch.save({"kind": kind, **content}, file))


def load_checkpoint(path: str | Path, kind: str) -> dict[str, Any]:
    """Load what `save_checkpoint` wrote of this kind, onto the CPU; runs no code. `ValueError` for any other file."""
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except Exception as error:
        raise ValueError(f"{path}: no checkpoint of {kind}") from error
    if not isinstance(content, dict) or content.get("kind") != kind:
        raise ValueError(f"{path}: no checkpoint of {kind}")
    return content


def means(facts: list[dict[str, float]]) -> dict[str, float]:
    """The mean of each fact over the updates that have it."""
    names = dict.fromkeys(name for each in facts for name in each)
    return {name: float(np.mean([each[name] for each in facts if name in each])) for name in names}
