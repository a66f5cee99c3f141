"""Policies that are refitted from scratch on what the last batches brought: one refit is one generation.

Every batch is acted on with the distribution that the current model gives, logged and, with the batches before it that
are still remembered, learnt from (Vangara, Egg 2024, arXiv 2412.00569). One step of a vector environment whose rows
share an instance is one batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from . import igw

VW_SCALE, VW_EXPONENT = 10.0, 0.5  # of Vowpal Wabbit's gamma: scale * t ** exponent after t examples


@dataclass(frozen=True)
class Logging:
    """How batches are acted on.

    Attributes:
        kind: one of `igw.DISTRIBUTIONS`.
        parameter: gamma or epsilon; None: Vowpal Wabbit's schedule, which grows with the examples seen.
    """

    kind: str
    parameter: float | None = 0.0

    def distribution(self, f: NDArray[np.float64], mask: NDArray[Any], seen: int) -> NDArray[np.float64]:
        """Chances of the actions, (rows, actions), from predictions after `seen` examples."""
        parameter = VW_SCALE * seen**VW_EXPONENT if self.parameter is None else self.parameter
        return igw.DISTRIBUTIONS[self.kind](f, mask, parameter)


@dataclass(frozen=True, eq=False)
class Generations:
    """What the generations did; regrets are mean expected losses above the best available action's.

    Attributes:
        online: float64 (generations,), of the actions taken in each batch.
        greedy: float64 (generations,), of the best action by the model that was fitted on the batch, on fresh contexts.
        first: of the model fitted on the uniform batch that all begin with, on the same contexts.
        failures: float64 (generations,), share of the batch.
    """

    online: NDArray[np.float64]
    greedy: NDArray[np.float64]
    first: float
    failures: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fresh:
    """Contexts to judge models on, with the true chances of success."""

    contexts: NDArray[np.float32]
    masks: NDArray[np.int8]
    success: NDArray[np.float64]

    @classmethod
    def draw(cls, instance: Any, availability: float, seed: int, count: int = 20_000) -> Fresh:
        """Payments that no batch holds."""
        envs = gym.make_vec("ige/PaymentRouting-v0", count, instance=instance, availability=availability)
        observation, _ = envs.reset(seed=seed)
        return cls(observation["context"], observation["action_mask"], instance.success(observation["context"]))

    def regret(self, predictions: NDArray[np.float64]) -> float:
        """The mean regret of the best available actions by these predictions."""
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
    """Play `count` batches of `batch` payments after a uniform one.

    Args:
        instance: a `Routing`.
        logging: how batches are acted on.
        fit: from contexts (n, d), actions (n,), rewards (n,) and the number of actions to a model, whose
            `predict(contexts)` gives chances of success, (n, actions).
        fresh: what models are judged on.
        memory: batches that a model learns from.
        seed: of the payments, the same whatever the actions, and of the draws.
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
