"""Policies that are refitted from scratch on the last batches: one refit is one generation.

The current model gives the distribution from which the actions of a batch are drawn. The batch is logged, and the next
model is fitted on it and on the earlier batches still in memory (Vangara, Egg 2024, arXiv 2412.00569). One step of a
vector environment whose rows share an instance is one batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from . import igw

VW_SCALE, VW_EXPONENT = 10.0, 0.5  # Vowpal Wabbit's gamma: scale * t ** exponent after t examples


@dataclass(frozen=True)
class Logging:
    """How actions on a batch are drawn.

    Attributes:
        kind: one of `igw.DISTRIBUTIONS`.
        parameter: gamma or epsilon; None is Vowpal Wabbit's schedule, which grows with the examples seen.
    """

    kind: str
    parameter: float | None = 0.0

    def distribution(self, f: NDArray[np.float64], mask: NDArray[Any], seen: int) -> NDArray[np.float64]:
        """Probabilities of the actions, (rows, actions), from predictions after `seen` examples."""
        parameter = VW_SCALE * seen**VW_EXPONENT if self.parameter is None else self.parameter
        return igw.DISTRIBUTIONS[self.kind](f, mask, parameter)


@dataclass(frozen=True, eq=False)
class Generations:
    """Results per generation; regrets are mean expected losses above that of the best available action.

    Attributes:
        online: float64 (generations,), regret of the actions taken in each batch.
        greedy: float64 (generations,), regret on fresh contexts of the greedy action by the model fitted on the batch.
        first: the same regret of the model fitted on the uniform first batch.
        failures: float64 (generations,), share of failed payments in the batch.
    """

    online: NDArray[np.float64]
    greedy: NDArray[np.float64]
    first: float
    failures: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fresh:
    """Contexts to evaluate models on, with the true probabilities of success."""

    contexts: NDArray[np.float32]
    masks: NDArray[np.int8]
    success: NDArray[np.float64]

    @classmethod
    def draw(cls, instance: Any, availability: float, seed: int, count: int = 20_000) -> Fresh:
        """Draw payments that are in no batch."""
        envs = gym.make_vec("ige/PaymentRouting-v0", count, instance=instance, availability=availability)
        observation, _ = envs.reset(seed=seed)
        return cls(observation["context"], observation["action_mask"], instance.success(observation["context"]))

    def regret(self, predictions: NDArray[np.float64]) -> float:
        """The mean regret of the available actions that these predictions rank best."""
        chosen = np.where(self.masks > 0, predictions, -np.inf).argmax(1)
        best = np.where(self.masks > 0, self.success, -np.inf).max(1)
        return float((best - np.take_along_axis(self.success, chosen[:, None], 1)[:, 0]).mean())


def generations(
    instance: Any,
    logging: Logging,
    fit: Callable[..., Any],
    fresh: Fresh,
    count: int = 16,
    batch: int = 4000,
    memory: int = 1,
    availability: float = 0.7,
    seed: int = 0,
) -> Generations:
    """Play `count` batches of `batch` payments after a uniform batch.

    Args:
        instance: a `Routing`.
        logging: how actions on a batch are drawn.
        fit: takes contexts (n, d), actions (n,), rewards (n,) and the number of actions, and returns a model whose
            `predict(contexts)` gives probabilities of success, (n, actions).
        fresh: the contexts that models are evaluated on.
        memory: how many batches a model learns from.
        seed: seed of the draws and of the payments, which do not depend on the actions.
    """
    envs = gym.make_vec("ige/PaymentRouting-v0", batch, instance=instance, availability=availability, horizon=count + 1)
    observation, _ = envs.reset(seed=seed)
    rng = np.random.default_rng(seed)
    log: list[tuple[NDArray[Any], ...]] = []
    online, greedy, failures = np.zeros((3, count + 1))
    model = None
    for t in range(count + 1):
        contexts, mask = observation["context"], observation["action_mask"]
        if model is None:
            chances = igw.uniform(np.zeros(mask.shape), mask)
        else:
            chances = logging.distribution(model.predict(contexts), mask, t * batch)
        actions = igw.choose(chances, rng.random(batch))
        observation, rewards, _, _, info = envs.step(actions)
        online[t] = (info["oracle_loss"] - info["oracle_best"]).mean()
        failures[t] = 1 - rewards.mean()
        log = [*log, (contexts, actions, rewards)][-memory:]
        model = fit(*(np.concatenate(parts) for parts in zip(*log, strict=True)), mask.shape[1])
        greedy[t] = fresh.regret(model.predict(fresh.contexts))
    return Generations(online[1:], greedy[1:], float(greedy[0]), failures[1:])
