"""Sub-problems of solved instances with the expert's next step: the training data of the BQ transformer.

A part of an optimal solution is an optimal solution of a smaller problem (Drakulic et al. 2023, section 4). All
sub-problems of a batch have the same number of tokens, so nothing is padded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...envs.combinatorial.instance import (
    ATSP,
    BUDGET_TOLERANCE,
    CVRP,
    TOLERANCE,
    TSP,
    Instance,
    Knapsack,
    Orienteering,
    require,
)
from ...envs.combinatorial.kernel_tsp import DIAGONAL

Rng = np.random.Generator
LEAST = 4  # tokens of a sub-problem of a tour: two inner nodes to order


@dataclass(frozen=True)
class Batch:
    """Sub-problems.

    Attributes:
        tokens: float32 (batch, tokens, features), as the environments return them.
        legal: bool (batch, tokens, outputs).
        target: float32 (batch, tokens, outputs), the expert's distribution.
    """

    tokens: Tensor
    legal: Tensor
    target: Tensor


class Sampler:
    """Draws batches of sub-problems of instances of one problem and size, solved by `actions` (m, decisions)."""

    def __init__(self, instances: Sequence[Instance], actions: NDArray[np.integer]) -> None:
        self.count = len(instances)
        if len(actions) != self.count or not self.count:
            raise ValueError(
                f"actions: {len(actions)} rows for {self.count} instances, expected one each, at least one"
            )

    def sample(self, rng: Rng, size: int) -> Batch:
        """A batch of `size` sub-problems."""
        raise NotImplementedError


class Tours(Sampler):
    """For the TSP and ATSP: any part of a tour, in either direction where distances are symmetric."""

    def __init__(self, instances: Sequence[Any], actions: NDArray[np.integer]) -> None:
        super().__init__(instances, actions)
        self.n = instances[0].n
        self.tours = np.concatenate([np.zeros((self.count, 1), np.int64), actions[:, : self.n - 1]], axis=1)
        self.symmetric = isinstance(instances[0], TSP)
        scaled = [instance.scaled() for instance in instances]
        self.data = np.stack([i.points if self.symmetric else i.matrix for i in scaled]).astype(np.float32)

    def sample(self, rng: Rng, size: int) -> Batch:
        tokens = int(rng.integers(min(LEAST, self.n + 1), self.n + 2))
        which = rng.integers(self.count, size=(size, 1))
        way = rng.choice([-1, 1], (size, 1)) if self.symmetric else 1
        nodes = self.tours[which, (rng.integers(self.n, size=(size, 1)) + way * np.arange(tokens)) % self.n]
        if self.symmetric:
            shown = torch.from_numpy(turned(rng, self.data[which, nodes]))
        else:
            shown = torch.from_numpy(self.data[which[:, :, None], nodes[:, :, None], nodes[:, None, :]])
        legal = torch.ones(size, tokens, 1, dtype=torch.bool)
        legal[:, [0, -1]] = False
        return Batch(shown, legal, _first(size, tokens, 1))


class Routes(Sampler):
    """For the CVRP: the rest after some customers, with the fullest routes first and each in either direction."""

    def __init__(self, instances: Sequence[CVRP], actions: NDArray[np.integer], ordered: bool = True) -> None:
        super().__init__(instances, actions)
        for i, instance in enumerate(instances):
            require(f"instances[{i}]: the learner", instance)
        self.n = instances[0].n
        scaled = [instance.scaled() for instance in instances]
        self.points = np.array([instance.points for instance in scaled], np.float32)
        self.demands = np.stack([instance.demands / instance.capacity for instance in scaled])
        shape = (self.count, self.n)
        self.customers, self.route = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self.start, self.end = np.zeros(shape, np.int64), np.zeros(shape, np.int64)  # places of a customer's route
        mixed = np.random.default_rng(0)
        for i, (instance, row) in enumerate(zip(instances, actions, strict=True)):
            routes = instance.routes(row)
            if ordered:  # by unused capacity: this order makes the next customer easier to predict
                routes.sort(key=lambda route: -self.demands[i, route].sum())
            else:
                mixed.shuffle(routes)
            place = 0
            for r, route in enumerate(routes):
                here = slice(place, place + len(route))
                self.customers[i, here], self.route[i, here] = route, r
                self.start[i, here], self.end[i, here] = place, place + len(route) - 1
                place += len(route)

    def sample(self, rng: Rng, size: int) -> Batch:
        done = int(rng.integers(self.n))  # the last decision counts too: whether to return to the depot
        which = rng.integers(self.count, size=(size, 1))
        places = np.broadcast_to(np.arange(self.n), (size, self.n))
        backwards = np.take_along_axis(rng.integers(2, size=(size, self.n)), self.route[which[:, 0]], 1) > 0
        start, end = self.start[which[:, 0]], self.end[which[:, 0]]
        customers = self.customers[which, np.where(backwards, start + end - places, places)]
        opens = start == places
        load = np.where((start <= done - 1) & (places < done) & (end >= done - 1), self.demands[which, customers], 0.0)
        remaining = 1.0 - load.sum(1) if done else np.ones(size)
        depot = np.zeros((size, 1), np.int64)
        origin = customers[:, done - 1 : done] if done else depot
        nodes = np.concatenate([origin, customers[:, done:], depot], axis=1)
        demand = self.demands[which, nodes]
        demand[:, 0] = demand[:, -1] = 0.0
        tokens = nodes.shape[1]
        shown = np.empty((size, tokens, 4), np.float32)
        shown[..., :2] = turned(rng, self.points[which, nodes])
        shown[..., 2], shown[..., 3] = demand, remaining[:, None]
        legal = torch.ones(size, tokens, 2, dtype=torch.bool)
        legal[..., 0] = torch.from_numpy(demand <= remaining[:, None] + TOLERANCE)
        legal[:, [0, -1]] = False
        target = torch.zeros(size, tokens, 2)
        flag = opens[:, done] if done else np.zeros(size, np.bool_)  # the first route begins at the depot anyway
        target[torch.arange(size), 1, torch.from_numpy(flag.astype(np.int64))] = 1.0
        return Batch(torch.from_numpy(shown), legal, target)


class Trips(Sampler):
    """For orienteering: the rest after some steps of a trip, including the nodes that it skips."""

    def __init__(self, instances: Sequence[Orienteering], actions: NDArray[np.integer]) -> None:
        super().__init__(instances, actions)
        scaled = [instance.scaled() for instance in instances]
        self.n = instances[0].n
        self.points = np.stack([instance.points for instance in scaled])
        self.prizes = np.stack([instance.prizes for instance in scaled])
        self.budget = np.array([instance.budget for instance in scaled])
        self.length = (np.asarray(actions) >= 0).sum(1)
        self.order = np.zeros((self.count, self.n), np.int64)  # the trip, then the skipped nodes
        for i, (row, length) in enumerate(zip(actions, self.length, strict=True)):
            trip = np.asarray(row[:length])
            self.order[i] = np.r_[trip, np.setdiff1d(np.arange(1, self.n + 1), trip)]

    def sample(self, rng: Rng, size: int) -> Batch:
        one = int(rng.integers(self.count))
        done = int(rng.integers(self.length[one]))
        which = rng.choice(np.flatnonzero(self.length > done), size)[:, None]
        depot = np.zeros((size, 1), np.int64)
        order = self.order[which[:, 0]]
        driven = self.points[which, np.concatenate([depot, order[:, :done]], axis=1)]
        length = np.linalg.norm(np.diff(driven, axis=1), axis=-1).sum(1)
        remaining = (self.budget[which[:, 0]] - length)[:, None]
        origin = order[:, done - 1 : done] if done else depot
        nodes = np.concatenate([origin, order[:, done:], depot], axis=1)
        points = self.points[which, nodes]
        there = np.linalg.norm(points - points[:, :1], axis=-1)
        home = np.linalg.norm(points - points[:, -1:], axis=-1)
        legal = there + home <= remaining + BUDGET_TOLERANCE
        legal[:, 1] = True  # regardless of rounding
        legal[:, [0, -1]] = False
        prizes = self.prizes[which, nodes]
        prizes[:, 0] = prizes[:, -1] = 0.0
        tokens = nodes.shape[1]
        shown = np.empty((size, tokens, 4), np.float32)
        shown[..., :2] = turned(rng, points.astype(np.float32))
        shown[..., 2], shown[..., 3] = prizes, np.minimum(remaining, DIAGONAL * (self.n + 1))  # as the environment
        return Batch(torch.from_numpy(shown), torch.from_numpy(legal)[..., None], _first(size, tokens, 1))


class Packings(Sampler):
    """For the knapsack: the rest after some of the expert's items; its other items are equally good next."""

    def __init__(self, instances: Sequence[Knapsack], actions: NDArray[np.integer]) -> None:
        super().__init__(instances, actions)
        scaled = [instance.scaled() for instance in instances]
        self.n = instances[0].n
        self.values = np.stack([instance.values for instance in scaled])
        self.weights = np.stack([instance.weights for instance in scaled])
        self.capacity = np.array([instance.capacity for instance in scaled])
        self.packed = np.zeros((self.count, self.n), np.bool_)
        for row, chosen in zip(self.packed, np.asarray(actions), strict=True):
            row[chosen[chosen >= 0]] = True
        self.length = self.packed.sum(1)

    def sample(self, rng: Rng, size: int) -> Batch:
        done = int(rng.integers(self.length[int(rng.integers(self.count))]))
        which = rng.choice(np.flatnonzero(self.length > done), size)
        packed = self.packed[which]
        # The expert's items in random order, then the others.
        order = np.argsort(np.where(packed, 0, 2) + rng.random(packed.shape), axis=1)
        gone, left = order[:, :done], order[:, done:]
        rows = which[:, None]
        remaining = self.capacity[which] - self.weights[rows, gone].sum(1)
        weights, spare = self.weights[rows, left], np.minimum(remaining, self.n)  # as the environment returns it
        shown = np.stack(
            [self.values[rows, left], weights, np.broadcast_to(spare[:, None], weights.shape)], axis=-1
        ).astype(np.float32)
        good = np.take_along_axis(packed, left, 1)
        legal = (weights <= remaining[:, None] + TOLERANCE) | good
        target = torch.from_numpy(good.astype(np.float32))[..., None]
        return Batch(torch.from_numpy(shown), torch.from_numpy(legal)[..., None], target / target.sum(1, keepdim=True))


class Mixed(Sampler):
    """For instances of several sizes: each batch has one size, drawn in proportion to its number of instances."""

    def __init__(self, parts: Sequence[Sampler]) -> None:
        self.parts = parts
        counts = np.array([part.count for part in parts])
        self.count = int(counts.sum())
        self.share = counts / self.count

    def sample(self, rng: Rng, size: int) -> Batch:
        return self.parts[rng.choice(len(self.parts), p=self.share)].sample(rng, size)


def sampler(instances: Sequence[Instance], actions: NDArray[np.integer], ordered: bool = True) -> Sampler:
    """The sampler of the instances' problem; rows of `actions` (m, decisions) are padded with -1.

    Args:
        ordered: for vehicle routing, whether the fullest routes come first.
    """
    kinds: dict[type, Callable[..., Sampler]] = {
        TSP: Tours, ATSP: Tours, CVRP: partial(Routes, ordered=ordered), Orienteering: Trips, Knapsack: Packings
    }  # fmt: skip
    if not instances or type(instances[0]) not in kinds:
        raise ValueError("instances: expected at least one, of a known problem")
    kind, sizes = kinds[type(instances[0])], np.array([instance.n for instance in instances])
    if len(actions) != len(instances) or (sizes == sizes[0]).all():
        return kind(instances, actions)
    alike = [np.flatnonzero(sizes == n).tolist() for n in np.unique(sizes)]
    return Mixed([kind([instances[i] for i in some], actions[some]) for some in alike])


def turned(rng: Rng, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Points (batch, tokens, 2), each row transformed by one of the eight symmetries of the square."""
    size = (len(points), 1)
    points = np.where(rng.random((*size, 1)) < 0.5, points, points[..., ::-1])
    flips = rng.random((*size, 2)) < 0.5
    return np.where(flips, 1 - points, points).astype(np.float32)


def _first(size: int, tokens: int, outputs: int) -> Tensor:
    """All weight on the token after the origin."""
    target = torch.zeros(size, tokens, outputs)
    target[:, 1] = 1.0
    return target
