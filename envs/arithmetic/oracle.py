"""Exact answers about Game of 24: which puzzles are solvable, by which operations, and how rare the solutions are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations_with_replacement
from typing import Any

import gymnasium as gym
import numpy as np
from numba import prange
from numpy.typing import NDArray

from ..core.compile import compiled
from .kernel import is_legal, operate


@dataclass(frozen=True)
class Statistics:
    """A puzzle's search space.

    Attributes:
        winning: operation sequences that end in the target.
        leaves: operation sequences that end: in one number, or by an illegal operation.
        states: distinct non-terminal states that can be reached, the puzzle included.
    """

    winning: int
    leaves: int
    states: int

    @property
    def share(self) -> float:
        """The share of leaf paths that win: the chance of a uniformly random attempt is close to it."""
        return self.winning / self.leaves


def _leaf_counts(numbers, count, target):
    """Winning and all leaf paths below a state."""
    if count == 1:
        return np.int64(numbers[0] == target), np.int64(1)
    winning, leaves = np.int64(0), np.int64(0)
    for action in range(2 * count * (count - 1)):
        if is_legal(numbers, count, action):
            child = numbers.copy()
            operate(child, count, action)
            w, n = _leaf_counts(child, count - 1, target)
            winning += w
            leaves += n
        else:
            leaves += 1
    return winning, leaves


def _can_reach(numbers, count, target):
    """Whether some operation sequence ends in the target."""
    if count == 1:
        return numbers[0] == target
    for action in range(2 * count * (count - 1)):
        if is_legal(numbers, count, action):
            child = numbers.copy()
            operate(child, count, action)
            if _can_reach(child, count - 1, target):
                return True
    return False


_leaf_counts = compiled(_leaf_counts)
_can_reach = compiled(_can_reach)


def _count_all(puzzles, target):
    counts = np.empty((puzzles.shape[0], 2), np.int64)
    for i in prange(puzzles.shape[0]):
        counts[i, 0], counts[i, 1] = _leaf_counts(puzzles[i], puzzles.shape[1], target)
    return counts


def _solvable_all(puzzles, target):
    out = np.empty(puzzles.shape[0], np.bool_)
    for i in prange(puzzles.shape[0]):
        out[i] = _can_reach(puzzles[i], puzzles.shape[1], target)
    return out


_count_all = compiled(_count_all, parallel=True)
_solvable_all = compiled(_solvable_all, parallel=True)


def multisets(n: int, max_value: int) -> NDArray[np.int64]:
    """Every ascending tuple of n numbers from 1 to max_value, int64 (puzzles, n), in lexicographic order."""
    return np.array(list(combinations_with_replacement(range(1, max_value + 1), n)), np.int64)


def solvable(puzzles: NDArray[np.int64], target: int = 24) -> NDArray[np.bool_]:
    """Which puzzles, int64 (puzzles, n) with ascending rows, can be solved within the non-negative integers."""
    puzzles = np.ascontiguousarray(puzzles, np.int64)
    if len(puzzles) < 64:  # waking the threads takes longer
        return np.array([_can_reach(puzzle, len(puzzle), target) for puzzle in puzzles], np.bool_)
    return _solvable_all(puzzles, target)


@lru_cache(maxsize=32)
def enumerate_solvable(n: int, max_value: int, target: int) -> NDArray[np.int64]:
    """The solvable puzzles among `multisets(n, max_value)`."""
    puzzles = multisets(n, max_value)
    return puzzles[solvable(puzzles, target)]


@lru_cache(maxsize=32)
def hardest(n: int, max_value: int, target: int, size: int = 100) -> NDArray[np.int64]:
    """The solvable puzzles with the smallest share of winning leaf paths; ties by the numbers, ascending."""
    puzzles = enumerate_solvable(n, max_value, target)
    winning, leaves = _count_all(puzzles, target).T
    return puzzles[np.argsort(winning / leaves, kind="stable")[:size]]


@lru_cache(maxsize=1 << 16)
def successors(numbers: tuple[int, ...]) -> tuple[tuple[int, ...] | None, ...]:
    """The state after each operation, in action order; None where the operation is illegal."""
    count = len(numbers)
    found: list[tuple[int, ...] | None] = []
    for action in range(2 * count * (count - 1)):
        child = np.array(numbers, np.int64)
        if is_legal(child, count, action):
            operate(child, count, action)
            found.append(tuple(child[: count - 1].tolist()))
        else:
            found.append(None)
    return tuple(found)


def reachable(numbers: tuple[int, ...]) -> set[tuple[int, ...]]:
    """The distinct non-terminal states (two numbers or more) that a puzzle can reach, itself included."""
    found, frontier = set(), [tuple(sorted(numbers))]
    while frontier:
        state = frontier.pop()
        if len(state) > 1 and state not in found:
            found.add(state)
            frontier += [child for child in successors(state) if child is not None]
    return found


def solutions(numbers: tuple[int, ...], target: int = 24) -> list[tuple[int, ...]]:
    """Every winning sequence of actions, in lexicographic order."""

    @cache
    def below(state: tuple[int, ...]) -> list[tuple[int, ...]]:
        if len(state) == 1:
            return [()] if state[0] == target else []
        children = enumerate(successors(state))
        return [(action, *rest) for action, child in children if child is not None for rest in below(child)]

    return below(tuple(sorted(numbers)))


def plan(env: gym.Env[Any, Any]) -> list[int] | None:
    """The first of the `solutions` of the state that a Game of 24 is in; None if it cannot be solved."""
    game: Any = env.unwrapped
    state, actions = game.numbers, []
    if not _can_reach(np.array(state, np.int64), len(state), game.target):
        return None
    while len(state) > 1:
        for action, child in enumerate(successors(state)):
            if child is not None and _can_reach(np.array(child, np.int64), len(child), game.target):
                actions.append(action)
                state = child
                break
    return actions


def statistics(numbers: tuple[int, ...], target: int = 24) -> Statistics:
    """Count a puzzle's winning paths, leaf paths and states."""
    array = np.array(sorted(numbers), np.int64)
    winning, leaves = _leaf_counts(array, len(array), target)
    return Statistics(int(winning), int(leaves), len(reachable(numbers)))
