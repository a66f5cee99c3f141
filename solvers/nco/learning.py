"""The training loop that the policies share."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class LearnConfig:
    """How a policy learns.

    Attributes:
        steps: number of updates.
        seconds: CPU seconds to spend instead of `steps`: a fair comparison, but not exactly repeatable.
        batch: sub-problems in each update; on a CPU 128 learns more in the same time than 512.
        learning_rate: the peak, reached after `warm_up` steps; then it falls on a cosine to a hundredth.
        decay: weight decay of AdamW.
        clip: the largest norm of a gradient.
        seed: seed of weights and batches.
    """

    steps: int = 8000
    seconds: float | None = None
    batch: int = 128
    learning_rate: float = 1e-3
    warm_up: int = 100
    decay: float = 0.01
    clip: float = 1.0
    seed: int = 0


def minimise(
    network: nn.Module,
    loss: Callable[[], Tensor],
    config: LearnConfig,
    report: Callable[[int, float], Any] | None = None,
) -> list[float]:
    """Update a network on new batches; returns their losses.

    Args:
        network: the network to update.
        loss: returns the loss of the next batch.
        config: settings of the training.
        report: called with the number of updates done and the loss.
    """
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=config.decay)
    losses: list[float] = []
    begun = time.process_time()
    network.train()
    while True:
        spent = len(losses) / config.steps if config.seconds is None else (time.process_time() - begun) / config.seconds
        if spent >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * _rate(len(losses), spent, config.warm_up)
        value = loss()
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip)
        optimizer.step()
        losses.append(value.item())
        if report is not None:
            report(len(losses), losses[-1])
    network.eval()
    return losses


def _rate(step: int, spent: float, warm_up: int) -> float:
    """The learning rate as a share of its peak."""
    return min(1.0, (step + 1) / max(1, warm_up)) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * spent)))
