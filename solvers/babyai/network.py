"""Networks for BabyAI: an encoder of view and mission, and a small recurrent policy on top of it."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ...envs.babyai.words import MISSION, NVEC

SIDE = 7  # side of the view
KINDS, COLORS, STATES = 11, 6, 3  # ranges of the numbers in Minigrid's image
DIRECTIONS, ACTIONS = 4, 6
NO_ACTION = ACTIONS  # before the first observation shown
_OFFSETS = np.concatenate([[0], np.cumsum(NVEC[:-1])])


def mission_one_hot(mission: torch.Tensor) -> torch.Tensor:
    """Missions (n, 37) as float32 (n, 175), each number one-hot, as Stable-Baselines3 encodes them too."""
    out = torch.zeros(len(mission), sum(NVEC), device=mission.device)
    offsets = torch.as_tensor(_OFFSETS, device=mission.device).expand(len(mission), MISSION)
    return out.scatter_(1, mission.long() + offsets, 1.0)


class Encoder(nn.Module):
    """The symbolic observation as one vector.

    Every cell is the sum of embeddings of its kind, colour and state. The words of the mission scale and shift these
    channels before two layers combine all cells (Perez et al. 2018, FiLM; BabyAI's baseline does so too). No weight
    belongs to a pair of word and colour, so "yellow box" can be understood from "yellow" and "box".
    """

    def __init__(self, channels: int = 32, size: int = 128) -> None:
        super().__init__()
        self.size = size
        self.kind = nn.Embedding(KINDS, channels)
        self.color = nn.Embedding(COLORS, channels)
        self.state = nn.Embedding(STATES, channels)
        self.mission = nn.Linear(sum(NVEC), 2 * channels)
        self.cell = nn.Linear(channels, channels // 2)
        self.all = nn.Linear(SIDE * SIDE * (channels // 2) + DIRECTIONS, size)

    def forward(self, image: torch.Tensor, direction: torch.Tensor, mission: torch.Tensor) -> torch.Tensor:
        """float32 (n, size) of image (n, 7, 7, 3) of integers, direction (n, 4) and mission (n, 175) one-hot."""
        table = self.kind.weight[None, None] + self.color.weight[None, :, None] + self.state.weight[:, None, None]
        code = (image[..., 0] + KINDS * (image[..., 1] + COLORS * image[..., 2])).flatten(1)
        cells = nn.functional.embedding(code, table.flatten(0, 2))
        scale, shift = self.mission(mission)[:, None].chunk(2, -1)
        cells = torch.relu(self.cell(torch.relu(cells * (1 + scale) + shift)))
        return torch.relu(self.all(torch.cat([cells.flatten(1), direction], 1)))


class Policy(nn.Module):
    """A recurrent policy over the last few observations and the actions between them.

    `hidden`: the channels of a cell, the encoder's width and the recurrent layer's width.
    """

    def __init__(self, channels: int = 32, size: int = 128, memory: int = 128) -> None:
        super().__init__()
        self.encoder = Encoder(channels, size)
        self.before = nn.Embedding(ACTIONS + 1, size)
        self.memory = nn.GRU(size, memory, batch_first=True)
        self.actor = nn.Linear(memory, ACTIONS)
        self.critic = nn.Linear(memory, 1)

    def encode(self, image: torch.Tensor, direction: torch.Tensor, mission: torch.Tensor) -> torch.Tensor:
        """Observations as the environment gives them, (n, 7, 7, 3), (n,) and (n, 37), as float32 (n, size)."""
        facing = nn.functional.one_hot(direction.long(), DIRECTIONS).float()
        return self.encoder(image.long(), facing, mission_one_hot(mission))

    def forward(self, encoded: torch.Tensor, before: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Action logits (n, t, 6) and value logits (n, t) of encoded observations (n, t, size).

        `before` (n, t) are the actions that led to them, NO_ACTION for the first observation shown.
        """
        states, _ = self.memory(encoded + self.before(before))
        return self.actor(states), self.critic(states)[..., 0]
