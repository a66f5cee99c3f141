"""The BQ transformer: a logit for each token of the sub-problem that is left (Drakulic et al. 2023, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import relu, scaled_dot_product_attention

FEATURES = {"TSP": 2, "ATSP": 1, "CVRP": 4, "Orienteering": 4, "Knapsack": 3}  # per token; ATSP's is a random number


@dataclass(frozen=True)
class NetworkConfig:
    """The size of a network.

    Attributes:
        problem: a name in `FEATURES`; it decides inputs and outputs.
        width: width of a token's embedding.
        layers, heads: number of attention layers and heads.
        hidden: width of the feed-forward part.
    """

    problem: str = "TSP"
    width: int = 96
    layers: int = 4
    heads: int = 6
    hidden: int = 384

    def __post_init__(self) -> None:
        if self.problem not in FEATURES:
            raise ValueError(f"problem: {self.problem!r}, expected one of {', '.join(map(repr, FEATURES))}")
        for name in ("width", "layers", "heads", "hidden"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)}, expected at least 1")
        if self.width % self.heads:
            raise ValueError(f"heads: {self.heads}, expected a divisor of the width {self.width}")

    @property
    def outputs(self) -> int:
        """Logits per token; vehicle routing has one for the direct way and one for the way via the depot."""
        return 2 if self.problem == "CVRP" else 1


PAPER = {"width": 192, "layers": 9, "heads": 12, "hidden": 512}  # the paper's size: 3.1 million weights


class Block(nn.Module):
    """Attention and a feed-forward part, each weighted by a scalar that starts at 0 (ReZero); no normalisation."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.project = nn.Linear(config.width, 3 * config.width, bias=False)
        self.merge = nn.Linear(config.width, config.width, bias=False)
        self.widen = nn.Linear(config.width, config.hidden)
        self.narrow = nn.Linear(config.hidden, config.width)
        self.alpha = nn.Parameter(torch.zeros(()))
        self.beta = nn.Parameter(torch.zeros(()))
        # A bias per head from both distances: our choice for the ATSP, not the paper's graph convolution.
        self.ways = nn.Parameter(torch.zeros(2, config.heads)) if config.problem == "ATSP" else None

    def forward(self, x: Tensor, bias: Tensor | None, matrix: Tensor | None) -> Tensor:
        batch, tokens, width = x.shape
        q, k, v = self.project(x).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if self.ways is not None and matrix is not None:
            there, back = (weights[:, None, None] for weights in self.ways)
            ways = there * matrix[:, None] + back * matrix.transpose(1, 2)[:, None]
            bias = ways if bias is None else bias + ways
        mixed = scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = x + self.alpha * self.merge(mixed.transpose(1, 2).reshape(batch, tokens, width))
        return x + self.beta * self.narrow(relu(self.widen(x)))


class BQNetwork(nn.Module):
    """Maps tokens to logits; without positional encoding, so the order of the tokens between the ends is irrelevant.

    Inputs: `tokens` as the environments return them in the formulation "bq", float32 (batch, tokens, features), or for
    the ATSP the distances, (batch, tokens, tokens); `count`, int64 (batch,), the number of valid tokens (None: all).
    Output: float32 (batch, tokens, outputs).
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.embed = nn.Linear(FEATURES[config.problem], config.width)
        self.ends = nn.Parameter(0.1 * torch.randn(2, config.width)) if config.problem != "Knapsack" else None
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.out = nn.Linear(config.width, config.outputs)

    def forward(self, tokens: Tensor, count: Tensor | None = None) -> Tensor:
        batch, length = tokens.shape[:2]
        matrix, features = None, tokens
        if self.config.problem == "ATSP":
            used = length if count is None else count[:, None, None]
            matrix = tokens / (tokens.sum((1, 2), keepdim=True) / used**2).clamp_min(1e-9)
            features = torch.rand(batch, length, 1, device=tokens.device)
        x = self.embed(features)
        bias = None
        if count is not None:
            places = torch.arange(length, device=tokens.device)
            bias = torch.where(places < count[:, None], 0.0, -torch.inf)[:, None, None]
        if self.ends is not None:
            last = torch.full((batch,), length - 1, device=tokens.device) if count is None else count - 1
            ends = torch.zeros_like(x)
            ends[:, 0] = self.ends[0]
            ends[torch.arange(batch, device=x.device), last] += self.ends[1]
            x = x + ends
        for block in self.blocks:
            x = block(x, bias, matrix)
        return self.out(x)
