"""The ablation of re-embedding, for the TSP: only the last layer sees the sub-problem (Drakulic et al. 2023).

All layers except the last embed the whole instance, once. The network is also trained in this mode: freezing the
embeddings of a network trained otherwise would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from ...envs.combinatorial.instance import Instance
from .decode import Decoded, LogProbabilities, decode
from .learning import LearnConfig, minimise
from .network import BQNetwork
from .policy import Policy
from .rows import Rows
from .sampling import LEAST, Tours, turned


class FrozenNetwork(BQNetwork):
    """`encode` maps points (batch, n, 2) to embeddings; `last` maps those of a sub-problem's tokens to logits."""

    ends: torch.nn.Parameter

    def encode(self, points: Tensor) -> Tensor:
        x = self.embed(points)
        for block in list(self.blocks)[:-1]:
            x = block(x, None, None)
        return x

    def last(self, x: Tensor) -> Tensor:
        """Logits (batch, tokens) from embeddings (batch, tokens, width); the first is the origin, the last the end."""
        x = torch.cat([x[:, :1] + self.ends[0], x[:, 1:-1], x[:, -1:] + self.ends[1]], 1)
        logits = self.out(self.blocks[-1](x, None, None))[:, :, 0]
        ends = torch.zeros_like(logits, dtype=torch.bool)
        ends[:, [0, -1]] = True
        return logits.masked_fill(ends, -torch.inf)


class FrozenPolicy(Policy):
    """The policy of the ablation; arguments as for `Policy`."""

    kind = FrozenNetwork
    problems = ("TSP",)

    def learn(
        self,
        instances: Sequence[Instance],
        actions: NDArray[np.integer],
        config: LearnConfig | None = None,
        report: Callable[[int, float], Any] | None = None,
    ) -> list[float]:
        """Imitate tours; as `BQPolicy.learn`."""
        config = config or LearnConfig()
        source, rng = Tours(instances, actions), np.random.default_rng(config.seed)
        return minimise(self.network, lambda: self.loss(source, rng, config.batch), config, report)

    def loss(self, source: Tours, rng: np.random.Generator, size: int) -> Tensor:
        """The mean cross-entropy of the next node in `size` parts of tours; the whole tours are embedded."""
        n, tokens = source.n, int(rng.integers(min(LEAST, source.n + 1), source.n + 2))
        which, start = rng.integers(source.count, size=(size, 1)), rng.integers(n, size=(size, 1))
        order = source.tours[which, (start + rng.choice([-1, 1], (size, 1)) * np.arange(n)) % n]
        points = torch.from_numpy(turned(rng, source.data[which, order])).to(self.device)
        kept = torch.arange(tokens, device=self.device) % n
        logits = self.network.last(self.network.encode(points)[:, kept])
        return cross_entropy(logits, torch.ones(size, dtype=torch.int64, device=self.device))

    def predict(self, instances: Sequence[Instance], beam: int = 1, batch: int = 1024) -> Decoded:
        """Solve TSP instances of one size."""
        return decode(self._begin, instances, beam, batch)

    @torch.inference_mode()
    def _begin(self, rows: Rows) -> LogProbabilities:
        n = rows.mask.shape[1]
        nodes = self.network.encode(torch.from_numpy(rows.observation["tokens"][:, :n].copy()).to(self.device))

        @torch.inference_mode()
        def candidates(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            tokens = int(rows.observation["n_tokens"][0])  # the same in all: every step visits one node
            shown = rows.observation["node_id"][:, :tokens].astype(np.int64)
            x = nodes[torch.from_numpy(rows.owner)[:, None], torch.from_numpy(shown)]
            return shown, torch.log_softmax(self.network.last(x).double(), 1).cpu().numpy()

        return candidates
