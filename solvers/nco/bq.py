"""The BQ policy: learns from experts' solutions, solves instances of any size (Drakulic et al. 2023, arXiv 2301.03313).

Learning is imitation: cross-entropy of the expert's next step in sub-problems of its solutions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...envs.combinatorial.instance import Instance
from .decode import Decoded, decode
from .learning import LearnConfig, minimise
from .network import FEATURES, BQNetwork
from .policy import Policy
from .rows import Rows
from .sampling import Batch, sampler


class BQPolicy(Policy):
    """A policy with a BQ transformer; arguments as for `Policy`."""

    kind = BQNetwork
    problems = tuple(FEATURES)

    # --- learning -----------------------------------------------------------------------------------------------------

    def learn(
        self,
        instances: Sequence[Instance],
        actions: NDArray[np.integer],
        config: LearnConfig | None = None,
        report: Callable[[int, float], Any] | None = None,
        ordered: bool = True,
    ) -> list[float]:
        """Imitate solutions, int (m, decisions) padded with -1; returns the loss of each update.

        Args:
            instances: instances of the network's problem; their sizes may differ.
            actions: their solutions, as `experts.solve_all` finds them.
            config: settings of the training.
            report: called with the number of updates done and the loss.
            ordered: for vehicle routing, whether the fullest routes come first instead of a random order.

        Raises:
            ValueError: the instances belong to another problem.
        """
        config = config or LearnConfig()
        for i, instance in enumerate(instances):
            if instance.problem != self.config.problem:
                raise ValueError(f"instances[{i}]: found {instance.problem}, expected {self.config.problem}")
        source = sampler(instances, actions, ordered)
        rng = np.random.default_rng(config.seed)
        with self.seeded(config.seed):
            return minimise(self.network, lambda: self.loss(source.sample(rng, config.batch)), config, report)

    def loss(self, batch: Batch) -> Tensor:
        """The mean cross-entropy of the expert's distribution over the legal tokens."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            logits = self.network(batch.tokens.to(self.device)).float()
        logits = logits.masked_fill(~batch.legal.to(self.device), -torch.inf).flatten(1)
        target = batch.target.to(self.device).flatten(1)
        known = torch.log_softmax(logits, 1).masked_fill(target == 0, 0.0)
        return -(target * known).sum(1).mean()

    # --- solving ------------------------------------------------------------------------------------------------------

    def predict(
        self, instances: Sequence[Instance], beam: int = 1, nearest: int | None = None, batch: int = 1024
    ) -> Decoded:
        """Solve instances of one size.

        Args:
            instances: instances of the network's problem.
            beam: number of partial solutions kept; 1 is greedy.
            nearest: show the network only so many tokens: the ends and those nearest to the origin (for orienteering
                half of them by prize, for a knapsack those worth most per weight). None shows all.
            batch: the most sub-problems at once.
        """
        if nearest is not None and nearest < 3:
            raise ValueError(f"nearest: {nearest}, expected at least 3 tokens")
        for i, instance in enumerate(instances):
            if instance.problem != self.config.problem:
                raise ValueError(f"instances[{i}]: found {instance.problem}, expected {self.config.problem}")
        with self.seeded(0):
            return decode(lambda _: lambda rows: self.candidates(rows, nearest), instances, beam, batch)

    @torch.inference_mode()
    def candidates(self, rows: Rows, nearest: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The actions of all tokens and their log-probabilities, both (rows, tokens * outputs)."""
        shown = rows.observation
        count, outputs = shown["n_tokens"], self.config.outputs
        most = int(count.max())
        tokens, nodes = shown["tokens"][:, :most], shown["node_id"][:, :most].astype(np.int64)
        if self.config.problem == "ATSP":
            tokens = tokens[:, :, :most]
        actions = outputs * np.maximum(nodes, 0)[:, :, None] + np.arange(outputs)
        legal = np.take_along_axis(rows.mask, actions.reshape(len(actions), -1), 1).reshape(actions.shape) > 0
        legal[np.arange(most) >= count[:, None]] = False  # padding; the ends show nodes that were visited
        if nearest is not None and nearest < most:
            chosen = self._nearest(tokens, count, legal.max(2), nearest)
            count = np.minimum(count, nearest)
            tokens, actions, legal = (np.take_along_axis(x, chosen[:, :, None], 1) for x in (tokens, actions, legal))
            if self.config.problem == "ATSP":
                tokens = np.take_along_axis(tokens, chosen[:, None, :], 2)
        lengths = None if (count == tokens.shape[1]).all() else torch.from_numpy(count.copy()).to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            logits = self.network(torch.from_numpy(np.ascontiguousarray(tokens)).to(self.device), lengths)
        illegal = torch.from_numpy(~legal).to(self.device)
        scores = logits.float().masked_fill(illegal, -torch.inf).flatten(1)
        return actions.reshape(len(actions), -1), torch.log_softmax(scores.double(), 1).cpu().numpy()

    def _nearest(
        self, tokens: NDArray[np.float32], count: NDArray[np.int64], legal: NDArray[np.bool_], nearest: int
    ) -> NDArray[np.int64]:
        """The places of the tokens that are shown, int64 (rows, nearest), ascending; what is illegal comes last."""
        far: NDArray[np.floating]
        match self.config.problem:
            case "Knapsack":
                far = -tokens[..., 0] / np.maximum(tokens[..., 1], 1e-9)
            case "ATSP":
                far = tokens[:, 0].copy()
            case _:
                far = np.linalg.norm(tokens[..., :2] - tokens[:, :1, :2], axis=-1)

        def first(far: NDArray[np.floating], size: int) -> NDArray[np.int64]:
            far = np.where(legal, far, 9e9)
            far[np.arange(tokens.shape[1]) >= count[:, None]] = np.inf
            if self.config.problem != "Knapsack":  # the ends stay
                far[:, 0] = far[np.arange(len(far)), count - 1] = -9e9
            return np.argpartition(far, size - 1, axis=1)[:, :size]

        if self.config.problem == "Orienteering":  # half of the nodes by distance, half by prize
            near = first(far, nearest - (nearest - 2) // 2)
            far = -tokens[..., 2]
            np.put_along_axis(far, near, -9e9, 1)
        return np.sort(first(far, nearest), axis=1)
