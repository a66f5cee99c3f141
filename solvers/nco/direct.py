"""The direct policy for the TSP: the attention model learns from the same tours as the BQ transformer.

The ablation that shows the benefit of the quotient: the same blocks, data and symmetries, but each decision sees the
whole instance. An update learns from all decisions of a tour at once.
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
from .attention import AttentionNetwork, nodes_of
from .decode import Decoded, LogProbabilities, decode
from .learning import LearnConfig, minimise
from .policy import Policy
from .rows import Rows
from .sampling import Tours, turned


class DirectPolicy(Policy):
    """The direct policy; arguments as for `Policy`."""

    kind = AttentionNetwork
    problems = ("TSP",)

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
        return minimise(self.network, lambda: self.loss(source, rng, config.batch), config, report)

    def loss(self, source: Tours, rng: np.random.Generator, size: int) -> Tensor:
        """The mean cross-entropy of all decisions of `size` tours, except the last, which leaves no choice."""
        n = source.n
        which, start = rng.integers(source.count, size=(size, 1)), rng.integers(n, size=(size, 1))
        order = source.tours[which, (start + rng.choice([-1, 1], (size, 1)) * np.arange(n)) % n]
        points = torch.from_numpy(turned(rng, source.data[which, order])).to(self.device)
        # In the order of the tour: at step t node t is the current one, the nodes after it are open, t + 1 is next.
        steps = torch.arange(n - 2, device=self.device)
        current = steps.expand(size, -1)
        open_ = torch.arange(n, device=self.device) > steps[:, None]
        nodes = self.network.encode(points)
        logits = self.network.point(nodes, current, torch.zeros_like(current), None, open_.expand(size, -1, -1))
        return cross_entropy(logits.flatten(0, 1), (steps + 1).repeat(size))

    def predict(self, instances: Sequence[Instance], beam: int = 1, batch: int = 1024) -> Decoded:
        """Solve TSP instances of one size."""
        return decode(self._begin, instances, beam, batch, formulation="direct")

    @torch.inference_mode()
    def _begin(self, rows: Rows) -> LogProbabilities:
        nodes = self.network.encode(nodes_of("TSP", rows).to(self.device))

        @torch.inference_mode()
        def candidates(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
            here = torch.from_numpy(rows.observation["current"].copy()).to(self.device)[:, None]
            open_ = torch.from_numpy(rows.mask > 0).to(self.device)[:, None]
            logits = self.network.point(nodes[torch.from_numpy(rows.owner)], here, torch.zeros_like(here), None, open_)
            actions = np.broadcast_to(np.arange(rows.mask.shape[1]), rows.mask.shape)
            return actions, torch.log_softmax(logits[:, 0].double(), 1).cpu().numpy()

        return candidates
