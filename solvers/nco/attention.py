"""The attention model: the instance is embedded once, and each step only points at the next node or item.

Kool, van Hoof, Welling 2019 (arXiv 1803.08475), with the blocks of the BQ transformer as its encoder. Its decisions
depend on the whole instance and on what was visited: the direct formulation.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from .network import Block, NetworkConfig
from .rows import Rows

CLIP = 10.0  # logits are this times a tanh
SHOWN = {
    "TSP": ("points",),
    "CVRP": ("points", "demands"),
    "Orienteering": ("points", "prizes"),
    "Knapsack": ("item_values", "item_weights"),
}  # the constant parts of a direct observation


def nodes_of(problem: str, rows: Rows) -> Tensor:
    """The features of the nodes in rows of the direct formulation, float32 (rows, nodes, features)."""
    parts = [torch.from_numpy(rows.observation[name].copy()) for name in SHOWN[problem]]
    return torch.cat([part if part.ndim == 3 else part[:, :, None] for part in parts], -1)


class AttentionNetwork(nn.Module):
    """`encode` maps nodes (batch, nodes, features) to embeddings; `point` maps these to logits of the next action."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config, width = config, config.width
        self.tour, self.packing = config.problem == "TSP", config.problem == "Knapsack"
        self.embed = nn.Linear({"TSP": 2, "Knapsack": 2}.get(config.problem, 3), width)
        self.depot = None if self.tour or self.packing else nn.Parameter(0.1 * torch.randn(width))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        # The nodes' mean; the current node and home, except for items; the remaining capacity, except for a tour.
        self.context = nn.Linear((1 if self.packing else 3) * width + (not self.tour), width)
        self.keys = nn.Linear(width, (2 + config.outputs) * width, bias=False)
        self.merge = nn.Linear(width, width, bias=False)

    def encode(self, nodes: Tensor) -> Tensor:
        x = self.embed(nodes)
        if self.depot is not None:
            x = torch.cat([x[:, :1] + self.depot, x[:, 1:]], 1)
        for block in self.blocks:
            x = block(x, None, None)
        return x

    def point(self, nodes: Tensor, current: Tensor, home: Tensor, remaining: Tensor | None, legal: Tensor) -> Tensor:
        """Logits (batch, steps, actions), -inf where illegal.

        Args:
            nodes: embeddings (batch, nodes, width).
            current, home: int64 (batch, steps); ignored by a knapsack.
            remaining: float32 (batch, steps), remaining load, length or capacity; ignored by a tour.
            legal: bool (batch, steps, actions), at least one legal action per step.
        """
        batch, _, width = nodes.shape
        steps, heads, outputs = legal.shape[1], self.config.heads, self.config.outputs
        parts = [nodes.mean(1, keepdim=True).expand(-1, steps, -1)]
        if not self.packing:
            parts += [nodes.gather(1, place[:, :, None].expand(-1, -1, width)) for place in (current, home)]
        if not self.tour:
            assert remaining is not None
            parts.append(remaining[:, :, None])
        query = self.context(torch.cat(parts, -1))
        k, v, *last = self.keys(nodes).chunk(2 + outputs, -1)
        query, k, v = (x.view(batch, -1, heads, width // heads).transpose(1, 2) for x in (query, k, v))
        open_ = legal.view(batch, steps, -1, outputs).any(-1)
        glimpse = scaled_dot_product_attention(query, k, v, attn_mask=open_[:, None])
        glimpse = self.merge(glimpse.transpose(1, 2).reshape(batch, steps, width))
        logits = torch.stack([glimpse @ keys.transpose(1, 2) for keys in last], -1).flatten(2)
        return (CLIP * torch.tanh(logits / math.sqrt(width))).masked_fill(~legal, -torch.inf)
