"""Decoding: from a policy's logits to solutions, greedily or with a beam, on the environments' own rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...envs.combinatorial.instance import Instance
from .rows import Rows

LogProbabilities = Callable[[Rows], tuple[NDArray[np.int64], NDArray[np.float64]]]
"""Candidate next actions of rows and their log-probabilities, both (rows, candidates); -inf is illegal or padding."""


@dataclass(frozen=True, eq=False)
class Decoded:
    """Solutions of m instances: `actions` int32 (m, decisions), padded with -1, and `objective` float64 (m,)."""

    actions: NDArray[np.int32]
    objective: NDArray[np.float64]


def decode(
    begin: Callable[[Rows], LogProbabilities],
    instances: Sequence[Instance],
    beam: int = 1,
    batch: int = 1024,
    formulation: str = "bq",
) -> Decoded:
    """Solve instances of one problem and size.

    Args:
        begin: takes rows at their start and returns a function for the log-probabilities of next actions; whatever a
            policy has to compute only once is computed here.
        instances: the instances to solve; objectives come from their `objective`.
        beam: number of partial solutions kept; 1 is greedy. Of the completed solutions the one with the best objective
            is returned, not the most likely one.
        batch: the most rows at once.
        formulation: what the rows observe.
    """
    if beam < 1:
        raise ValueError(f"beam: {beam}, expected at least 1")
    size = max(1, batch // beam)
    parts = [_decode(begin, Rows(instances[i : i + size], formulation), beam) for i in range(0, len(instances), size)]
    actions = np.concatenate(parts)
    found = [instance.objective(row[row >= 0]) for instance, row in zip(instances, actions, strict=True)]
    return Decoded(actions, np.array(found))


def _decode(begin: Callable[[Rows], LogProbabilities], rows: Rows, beam: int) -> NDArray[np.int32]:
    policy = begin(rows)
    weight = np.zeros(len(rows))  # the log-probability of a partial solution
    best, solution = np.full(len(rows), -np.inf), rows.state["solution"].copy()
    while len(rows):
        actions, scores = policy(rows)
        total = weight[:, None] + scores
        parent, action, weight = _select(rows.owner, actions, total, beam)
        rows = rows.taken(parent)
        rows.step(action)
        over = rows.over
        for i in np.flatnonzero(over).tolist():
            owner = rows.owner[i]
            if rows.score[i] > best[owner]:
                best[owner], solution[owner] = rows.score[i], rows.state["solution"][i]
        if over.any():
            rows, weight = rows.taken(~over), weight[~over]
    return solution


def _select(
    owner: NDArray[np.int64], actions: NDArray[np.int64], total: NDArray[np.float64], beam: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The `beam` most likely continuations of each owner: parents, actions and log-probabilities."""
    width = min(beam, total.shape[1])
    places = np.argpartition(-total, width - 1, axis=1)[:, :width] if width < total.shape[1] else None
    if places is not None:  # at most so many from each row
        actions, total = np.take_along_axis(actions, places, 1), np.take_along_axis(total, places, 1)
    parent = np.repeat(np.arange(len(owner)), total.shape[1])
    flat, action = total.ravel(), actions.ravel()
    order = np.lexsort((-flat, owner[parent]))
    order = order[np.isfinite(flat[order])]
    owners = owner[parent[order]]
    first = np.r_[True, owners[1:] != owners[:-1]] if len(owners) else np.zeros(0, np.bool_)
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    kept = order[rank < beam]
    return parent[kept], action[kept], flat[kept]
