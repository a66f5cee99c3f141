"""Feature extractors of the student and the adversary (Dennis et al. 2020, appendix E)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..core.recurrent import ActorCritic, Observations
from .config import Config

_SCALE = 0.1  # scale of Minigrid's numbers
_KERNEL = 3  # tiles


class StudentEncoder(nn.Module):
    """A convolution over the view, and the direction through a small layer."""

    def __init__(self, view: int, filters: int = 16, directions: int = 5) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, filters, _KERNEL)
        self.direction = nn.Linear(4, directions)
        self.width = filters * (view - _KERNEL + 1) ** 2 + directions

    def forward(self, observations: Observations) -> Tensor:
        """float (n, width) of `image` (n, view, view, 3) and `direction` (n,)."""
        facing = functional.one_hot(observations["direction"].long(), 4).float()
        return torch.cat((_convolved(self.convolution, observations["image"]), self.direction(facing)), 1)


class AdversaryEncoder(nn.Module):
    """A convolution over the whole grid, the time through a small layer, and noise; optionally a layer over all."""

    def __init__(self, size: int, objects: int, noise: int, filters: int, layer: int, times: int = 10) -> None:
        super().__init__()
        self.times = objects + 1
        self.convolution = nn.Conv2d(3, filters, _KERNEL)
        self.time = nn.Linear(self.times, times)
        width = filters * size**2 + times + noise  # the border offsets what the convolution cuts off
        self.layer = nn.Linear(width, layer) if layer else None
        self.width = layer or width

    def forward(self, observations: Observations) -> Tensor:
        """float (n, width) of `grid` (n, size + 2, size + 2, 3), `time` (n,) and `noise` (n, k)."""
        time = self.time(functional.one_hot(observations["time"].long(), self.times).float())
        grid = _convolved(self.convolution, observations["grid"])
        features = torch.cat((grid, time, observations["noise"]), 1)
        return torch.relu(self.layer(features)) if self.layer else features


def _convolved(layer: nn.Conv2d, image: Tensor) -> Tensor:
    return torch.relu(layer(image.float().mul(_SCALE).permute(0, 3, 1, 2))).flatten(1)


def student_network(config: Config, seed: int) -> ActorCritic:
    """The student of these settings."""
    encoder = StudentEncoder(config.view)
    return ActorCritic(
        encoder, encoder.width, config.n_actions, memory=config.memory, size=config.width, policy=config.heads,
        value=config.heads, seed=seed,
    )  # fmt: skip


def adversary_network(config: Config, seed: int) -> ActorCritic:
    """The adversary of these settings; at first it chooses tiles uniformly, as domain randomisation does."""
    encoder = AdversaryEncoder(config.size, config.blocks + 2, config.noise, config.filters, config.adversary_layer)
    return ActorCritic(
        encoder, encoder.width, config.size**2, memory=config.adversary_memory, size=config.adversary_width,
        policy=config.heads, value=config.heads, policy_gain=0.0, seed=seed,
    )  # fmt: skip
