"""Learning by imitation: what the policies share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LearnConfig:
    """How a policy learns.

    Attributes:
        steps: updates.
        batch: sub-problems in each; on a CPU 128 learns more in the same time than 512.
        learning_rate: its peak, after `warm_up` steps; then on a cosine down to a hundredth.
        decay: of AdamW.
        clip: the largest norm of a gradient.
        seed: of weights and batches.
    """

    steps: int = 8000
    batch: int = 128
    learning_rate: float = 1e-3
    warm_up: int = 100
    decay: float = 0.01
    clip: float = 1.0
    seed: int = 0


def imitate(
    network: nn.Module,
    loss: Callable[[], Tensor],
    config: LearnConfig,
    report: Callable[[int, float], Any] | None = None,
) -> list[float]:
    """Update a network on new batches; returns their losses.

    Args:
        network: to be updated.
        loss: of the next batch.
        config: how.
        report: called with the number of updates done and the loss.
    """
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=config.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, config))
    losses = []
    network.train()
    for step in range(config.steps):
        value = loss()
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip)
        optimizer.step()
        schedule.step()
        losses.append(value.item())
        if report is not None:
            report(step + 1, losses[-1])
    network.eval()
    return losses


def _rate(step: int, config: LearnConfig) -> float:
    """The learning rate as a share of its peak."""
    if step < config.warm_up:
        return (step + 1) / config.warm_up
    share = (step - config.warm_up) / max(1, config.steps - config.warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
