"""The attention model trained by REINFORCE, without any expert: POMO (Kwon et al. 2020, arXiv 2010.16011).

An instance is solved from many starts at once; the mean of their returns is the baseline of each. Tours start at each
of their nodes; routes, trips and packings start with each legal first action.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...envs.combinatorial.instance import Instance
from ..core.seeds import spawned
from .attention import AttentionNetwork, nodes_of
from .decode import Decoded
from .learning import LearnConfig, minimise
from .policy import Policy
from .rows import Rows


@dataclass(frozen=True)
class _Step:
    """One decision of the rows `which`, as the network sees it; a tour's nodes are numbered as in the instance."""

    which: NDArray[np.int64]
    current: Tensor
    remaining: Tensor | None
    legal: Tensor
    action: Tensor


class POMO(Policy):
    """A policy with the attention model; arguments as for `Policy`."""

    kind = AttentionNetwork
    problems = ("TSP", "CVRP", "Orienteering", "Knapsack")

    def learn(
        self,
        n: int,
        config: LearnConfig | None = None,
        report: Callable[[int, float], Any] | None = None,
        **arguments: Any,
    ) -> list[float]:
        """Learn from new instances of n nodes; returns the negative mean return of each update.

        Args:
            n: size of the instances.
            config: settings of the training; `batch` counts instances.
            report: called with the number of updates done and the negative mean return of the last.
            arguments: further arguments of the environment.
        """
        config = config or LearnConfig(batch=64)
        made: Any = gym.make_vec(
            f"ige/{self.config.problem}-v0", config.batch, n=n, formulation="direct", **arguments
        ).unwrapped
        made.reset(seed=spawned(config.seed))
        generator = torch.Generator().manual_seed(config.seed)
        costs: list[float] = []

        def loss() -> Tensor:
            made.reset()
            value, cost = self._loss(Rows.of(made, made.get_state()), generator)
            costs.append(cost)
            return value

        minimise(self.network, loss, config, None if report is None else lambda step, _: report(step, costs[-1]))
        return costs

    def _loss(self, rows: Rows, generator: torch.Generator) -> tuple[Tensor, float]:
        nodes = self.network.encode(nodes_of(self.config.problem, rows).to(self.device))
        with torch.no_grad():
            rows, home, steps = self._rollout(rows, nodes, generator)
        count, starts, length = len(nodes), len(rows) // len(nodes), len(steps)
        shape = (count * starts, length)
        current, action = torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.int64)
        remaining, decided = torch.zeros(shape), torch.zeros(shape)
        legal = torch.ones(*shape, steps[0].legal.shape[1], dtype=torch.bool)
        for t, step in enumerate(steps):
            current[step.which, t], legal[step.which, t], action[step.which, t] = step.current, step.legal, step.action
            if step.remaining is not None:
                remaining[step.which, t] = step.remaining
            if t or self.network.tour:  # other first actions were not chosen by the policy
                decided[step.which, t] = 1.0
        flat = lambda x: x.reshape(count, starts * length, *x.shape[2:]).to(self.device)  # noqa: E731
        homes = torch.from_numpy(home)[:, None].expand(shape)
        logits = self.network.point(nodes, flat(current), flat(homes), flat(remaining), flat(legal))
        chosen = torch.log_softmax(logits, -1).gather(-1, flat(action)[:, :, None]).view(count, starts, length)
        returns = torch.from_numpy(rows.score).float().view(count, starts).to(self.device)
        advantage = returns - returns.mean(1, keepdim=True)
        total = (chosen * decided.view_as(chosen).to(self.device)).sum(2)
        return -(advantage * total).mean(), -float(returns.mean())

    def _rollout(
        self, rows: Rows, nodes: Tensor, generator: torch.Generator | None
    ) -> tuple[Rows, NDArray[np.int64], list[_Step]]:
        """Episodes of all rows from all starts, sampled or (without a generator) greedy: rows, homes and decisions.

        The rows of an instance are neighbours. A tour from node k is a tour of the instance with nodes rotated by k.
        """
        count, places, outputs = len(rows), nodes.shape[1], self.config.outputs
        starts = places if self.network.tour or self.network.packing else places - 1
        owner = np.repeat(np.arange(count), starts)
        shift = np.tile(np.arange(starts), count) if self.network.tour else np.zeros(count * starts, np.int64)
        rows = rows.taken(owner)
        if self.network.tour:
            turned = (shift[:, None] + np.arange(places)) % places
            rows.state["points"] = np.take_along_axis(rows.state["points"], turned[:, :, None], 1)
        steps: list[_Step] = []
        which, left = np.arange(len(rows)), rows
        score, solution = np.zeros(len(rows)), np.full((len(rows), rows.state["solution"].shape[1]), -1)
        first = None if self.network.tour else self._first(rows, starts)
        while len(left):
            mask = torch.from_numpy(left.mask > 0)
            turn = torch.from_numpy(shift[which])[:, None]
            if self.network.tour:  # from the row's numbers to the instance's
                mask = mask.gather(1, (torch.arange(places) - turn) % places)
            shown = left.observation
            here = torch.zeros(len(left), dtype=torch.int64)
            if not self.network.packing:
                here = (torch.from_numpy(shown["current"].copy()) + turn[:, 0]) % places
            rest = None if self.network.tour else torch.from_numpy(shown["remaining"][:, 0].copy())
            if not steps and first is not None:
                action = torch.from_numpy(first)
            else:
                logits = self._logits(nodes, owner[which], here, turn[:, 0], rest, mask)
                action = logits.argmax(1)
                if generator is not None:
                    action = torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0]
            steps.append(_Step(which, here, rest, mask, action))
            taken = (action - outputs * turn[:, 0]) % mask.shape[1]
            left.step(taken.numpy())
            over = left.over
            score[which], solution[which] = left.score, left.state["solution"]
            which, left = which[~over], left.taken(~over)
        rows.score, rows.state["solution"] = score, solution
        return rows, shift, steps

    def _logits(
        self,
        nodes: Tensor,
        owner: NDArray[np.int64],
        here: Tensor,
        home: Tensor,
        rest: Tensor | None,
        mask: Tensor,
    ) -> Tensor:
        """Logits (rows, actions) of rows in the order of their owners."""
        counts = np.bincount(owner, minlength=len(nodes))
        most = int(counts.max())
        place = torch.from_numpy(np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts))
        at = (torch.from_numpy(owner), place)

        def padded(x: Tensor, fill: Any) -> Tensor:
            out = torch.full((len(nodes), most, *x.shape[1:]), fill, dtype=x.dtype)
            out[at] = x
            return out.to(self.device)

        remaining = None if rest is None else padded(rest, 0.0)
        logits = self.network.point(nodes, padded(here, 0), padded(home, 0), remaining, padded(mask, True))
        return logits.cpu()[at]

    def _first(self, rows: Rows, starts: int) -> NDArray[np.int64]:
        """The first action of each row: the k-th legal one, wrapping around after the last."""
        legal = rows.mask > 0
        if self.config.outputs == 2:  # from the depot both ways are the same
            legal[:, 1::2] = False
        rank = np.tile(np.arange(starts), len(rows) // starts) % legal.sum(1)
        return np.argmax(legal.cumsum(1) > rank[:, None], axis=1)

    @torch.inference_mode()
    def predict(self, instances: Sequence[Instance], batch: int = 64) -> Decoded:
        """Solve instances of one size: the best of the greedy solutions from all starts.

        Args:
            instances: instances of the network's problem.
            batch: the most instances at once.
        """
        actions = []
        for i in range(0, len(instances), batch):
            rows = Rows(instances[i : i + batch], "direct")
            nodes = self.network.encode(nodes_of(self.config.problem, rows).to(self.device))
            rows, home, _ = self._rollout(rows, nodes, None)
            best = rows.score.reshape(len(nodes), -1).argmax(1) + np.arange(len(nodes)) * (len(rows) // len(nodes))
            found = rows.state["solution"][best]
            if self.network.tour:
                found = _from_node_0(found, home[best])
            actions.append(found.astype(np.int32))
        joined = np.concatenate(actions)
        objective = [one.objective(row[row >= 0]) for one, row in zip(instances, joined, strict=True)]
        return Decoded(joined, np.array(objective))


def _from_node_0(actions: NDArray[Any], home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tours of rotated instances as tours of the original instances, which begin at node 0."""
    n = actions.shape[1] + 1
    tours = (np.concatenate([np.zeros((len(actions), 1), np.int64), actions], 1) + home[:, None]) % n
    places = (np.argmin(tours, 1)[:, None] + np.arange(1, n)) % n
    return np.take_along_axis(tours, places, 1)
