"""Regression oracles: models of every action's probability of success, fitted to logged data from scratch.

The loss has no importance weights: the model predicts probabilities, not the value of a policy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

RIDGE = 1.0  # weight of the sum of squared weights against the sum of the losses
HIDDEN, STEPS, RATE = 32, 150, 0.02  # the network's hidden units, training steps and learning rate


class Model:
    """A network from contexts (n, d) to logits (n, actions)."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    @torch.inference_mode()
    def predict(self, contexts: NDArray[Any]) -> NDArray[np.float64]:
        """Probabilities of success, (n, actions)."""
        found: Tensor = torch.sigmoid(self.network(torch.from_numpy(np.asarray(contexts, np.float32))))
        return found.double().numpy()


def _tensors(contexts: NDArray[Any], actions: NDArray[Any], rewards: NDArray[Any]) -> tuple[Tensor, Tensor, Tensor]:
    return (
        torch.from_numpy(np.asarray(contexts, np.float32)),
        torch.from_numpy(np.asarray(actions, np.int64))[:, None],
        torch.from_numpy(np.asarray(rewards, np.float32)),
    )


def _loss(network: nn.Module, x: Tensor, actions: Tensor, y: Tensor) -> Tensor:
    """The cross-entropy of the actions taken plus the ridge penalty, per example."""
    logits = network(x).gather(1, actions)[:, 0]
    ridge = sum((p**2).sum() for p in network.parameters() if p.ndim > 1)
    return binary_cross_entropy_with_logits(logits, y) + RIDGE * ridge / (2 * len(y))


def logistic(contexts: NDArray[Any], actions: NDArray[Any], rewards: NDArray[Any], count: int) -> Model:
    """Logistic regression on contexts crossed with actions: an intercept and weights for each action."""
    x, a, y = _tensors(contexts, actions, rewards)
    network = nn.Linear(x.shape[1], count)
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    optimizer = torch.optim.LBFGS(network.parameters(), max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        loss = _loss(network, x, a, y)
        loss.backward()
        return loss

    optimizer.step(closure)
    return Model(network)


def network(contexts: NDArray[Any], actions: NDArray[Any], rewards: NDArray[Any], count: int, seed: int = 0) -> Model:
    """A small network with one hidden layer."""
    x, a, y = _tensors(contexts, actions, rewards)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = nn.Sequential(nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, count))
    optimizer = torch.optim.Adam(made.parameters(), RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        _loss(made, x, a, y).backward()
        optimizer.step()
    return Model(made)


ORACLES = {"logistic": logistic, "network": network}
