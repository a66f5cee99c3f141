"""The direct policy for the TSP: the instance is embedded once, each step only points at a node.

The ablation of the BQ transformer: the same blocks, data and symmetries, but decisions are made about the whole
instance and what was visited, as in the attention model (Kool, van Hoof, Welling 2019, arXiv 1803.08475, whose pointer
this is). All decisions of a tour are learnt from at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, scaled_dot_product_attention

from ...envs.combinatorial.instance import Instance
from ..core import resolve_device
from .decode import Decoded, LogProbabilities, decode
from .learning import LearnConfig, imitate
from .network import Block, NetworkConfig
from .rows import Rows
from .sampling import Tours, _turned

CLIP = 10.0  # logits are tanh times this, as in the attention model


class DirectNetwork(nn.Module):
    """`encode`: points (batch, n, 2) to embeddings; `point`: to logits (batch, steps, n) of the next node."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config, width = config, config.width
        self.embed = nn.Linear(2, width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.context = nn.Linear(3 * width, width)  # the nodes' mean, the current node, node 0
        self.keys = nn.Linear(width, 3 * width, bias=False)
        self.merge = nn.Linear(width, width, bias=False)

    def encode(self, points: Tensor) -> Tensor:
        x = self.embed(points)
        for block in self.blocks:
            x = block(x, None, None)
        return x

    def point(self, nodes: Tensor, current: Tensor, open_: Tensor) -> Tensor:
        """`current`: int64 (batch, steps); `open_`: bool (batch, steps, n), what may be visited."""
        batch, _, width = nodes.shape
        steps, heads = current.shape[1], self.config.heads
        here = nodes.gather(1, current[:, :, None].expand(-1, -1, width))
        home = nodes[:, :1].expand(-1, steps, -1)
        query = self.context(torch.cat([nodes.mean(1, keepdim=True).expand(-1, steps, -1), here, home], -1))
        k, v, logit_keys = self.keys(nodes).chunk(3, -1)
        query, k, v = (x.view(batch, -1, heads, width // heads).transpose(1, 2) for x in (query, k, v))
        glimpse = scaled_dot_product_attention(query, k, v, attn_mask=open_[:, None])
        glimpse = self.merge(glimpse.transpose(1, 2).reshape(batch, steps, width))
        logits = CLIP * torch.tanh(glimpse @ logit_keys.transpose(1, 2) / math.sqrt(width))
        return logits.masked_fill(~open_, -torch.inf)


class DirectPolicy:
    """The direct policy with what surrounds it; arguments as of `BQPolicy`."""

    def __init__(self, config: NetworkConfig | None = None, seed: int = 0, device: str = "auto") -> None:
        self.config = config or NetworkConfig()
        if self.config.problem != "TSP":
            raise ValueError(f"problem: {self.config.problem!r}, expected 'TSP'")
        self.device = resolve_device(device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.network = DirectNetwork(self.config).to(self.device)

    def learn(
        self,
        instances: Sequence[Instance],
        actions: NDArray[np.integer],
        config: LearnConfig | None = None,
        report: Callable[[int, float], Any] | None = None,
    ) -> list[float]:
        """Imitate tours; as `BQPolicy.learn`, with `config.batch` whole tours in a batch."""
        config = config or LearnConfig(batch=64)
        source, rng = Tours(instances, actions), np.random.default_rng(config.seed)
        return imitate(self.network, lambda: self.loss(source, rng, config.batch), config, report)

    def loss(self, source: Tours, rng: np.random.Generator, size: int) -> Tensor:
        """The mean cross-entropy of all decisions of `size` tours; the last one, which is none, is left out."""
        n = source.n
        which, start = rng.integers(source.count, size=(size, 1)), rng.integers(n, size=(size, 1))
        order = source.tours[which, (start + rng.choice([-1, 1], (size, 1)) * np.arange(n)) % n]
        points = torch.from_numpy(_turned(rng, source.data[which, order])).to(self.device)
        # In the order of the tour: at step t node t is the current one, the nodes after it are open, t + 1 is next.
        steps = torch.arange(n - 2, device=self.device)
        open_ = torch.arange(n, device=self.device) > steps[:, None]
        nodes = self.network.encode(points)
        logits = self.network.point(nodes, steps.expand(size, -1), open_.expand(size, -1, -1))
        return cross_entropy(logits.flatten(0, 1), (steps + 1).repeat(size))

    def predict(self, instances: Sequence[Instance], beam: int = 1, batch: int = 1024) -> Decoded:
        """Solve TSP instances of one size."""
        return decode(self._begin, instances, beam, batch, formulation="direct")

    @torch.inference_mode()
    def _begin(self, rows: Rows) -> LogProbabilities:
        nodes = self.network.encode(torch.from_numpy(rows.observation["points"].copy()).to(self.device))

        @torch.inference_mode()
        def candidates(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            here = torch.from_numpy(rows.observation["current"].copy()).to(self.device)
            open_ = torch.from_numpy(rows.mask > 0).to(self.device)
            logits = self.network.point(nodes[torch.from_numpy(rows.owner)], here[:, None], open_[:, None])[:, 0]
            actions = np.broadcast_to(np.arange(rows.mask.shape[1]), rows.mask.shape)
            return actions, torch.log_softmax(logits.double(), 1).cpu().numpy()

        return candidates
