"""Exact answers about Game of 24: which puzzles are solvable, by which operations, and how rare the solutions are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations_with_replacement
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.compile import compiled
from .kernel import is_legal, operate


@dataclass(frozen=True)
class Statistics:
    """A puzzle's search space.

    Attributes:
        winning: operation sequences that end in the target.
        leaves: operation sequences that end, either in one number or by an illegal operation.
        states: distinct non-terminal states that can be reached, the puzzle included.
    """

    winning: int
    leaves: int
    states: int

    @property
    def share(self) -> float:
        """The share of leaf paths that win, which is close to the success rate of a uniformly random policy."""
        return self.winning / self.leaves


def _leaf_counts(puzzles, target, first):
    """Winning and all leaf paths of each puzzle, int64 (puzzles, 2); `first` stops a puzzle at its first win.

    It uses a stack instead of recursion, because recursive functions break when Numba loads them from its cache. It
    uses no threads, because an environment's constructor may run in a forked process, which OpenMP would terminate.
    """
    n = puzzles.shape[1]
    counts = np.zeros((puzzles.shape[0], 2), np.int64)
    stack, cursor = np.empty((n, n), np.int64), np.empty(n, np.int64)
    for i in range(puzzles.shape[0]):
        stack[0], cursor[0], depth = puzzles[i], 0, 0
        while depth >= 0:
            numbers, count, action = stack[depth], n - depth, cursor[depth]
            if count == 1:
                counts[i, 0] += numbers[0] == target
                counts[i, 1] += 1
                depth = -1 if first and counts[i, 0] else depth - 1
            elif action == 2 * count * (count - 1):
                depth -= 1
            else:
                cursor[depth] += 1
                if is_legal(numbers, count, action):
                    depth += 1
                    stack[depth], cursor[depth] = numbers, 0
                    operate(stack[depth], count, action)
                else:
                    counts[i, 1] += 1
    return counts


_leaf_counts = compiled(_leaf_counts)


def multisets(n: int, max_value: int) -> NDArray[np.int64]:
    """Every ascending tuple of n numbers from 1 to max_value, int64 (puzzles, n), in lexicographic order."""
    return np.array(list(combinations_with_replacement(range(1, max_value + 1), n)), np.int64)


def solvable(puzzles: ArrayLike, target: int = 24) -> NDArray[np.bool_]:
    """Which puzzles, integers (puzzles, n) with ascending rows, can be solved within the non-negative integers."""
    given = np.asarray(puzzles)
    if given.ndim != 2 or given.dtype.kind not in "iu" or not given.shape[1]:
        raise ValueError(f"puzzles: {given.dtype} {given.shape}, expected integers (puzzles, n)")
    return _leaf_counts(given.astype(np.int64), target, True)[:, 0] > 0


@lru_cache(maxsize=32)
def enumerate_solvable(n: int, max_value: int, target: int) -> NDArray[np.int64]:
    """The solvable puzzles among `multisets(n, max_value)`; read-only."""
    puzzles = multisets(n, max_value)
    return _read_only(puzzles[solvable(puzzles, target)])


@lru_cache(maxsize=32)
def hardest(n: int, max_value: int, target: int, size: int = 100) -> NDArray[np.int64]:
    """The solvable puzzles with the smallest share of winning leaf paths; ties by the numbers, ascending; read-only."""
    puzzles = enumerate_solvable(n, max_value, target)
    winning, leaves = _leaf_counts(np.array(puzzles, np.int64), target, False).T
    return _read_only(puzzles[np.argsort(winning / leaves, kind="stable")[:size]])


def _read_only(array: NDArray[np.int64]) -> NDArray[np.int64]:
    """Make an array read-only, because all callers share the cached one."""
    array.setflags(write=False)
    return array


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
    """The first of the `solutions` of the environment's current state; None if it cannot be solved."""
    game: Any = env.unwrapped
    state, actions = game.numbers, []
    if not solvable([state], game.target)[0]:
        return None
    while len(state) > 1:
        for action, child in enumerate(successors(state)):
            if child is not None and solvable([child], game.target)[0]:
                actions.append(action)
                state = child
                break
    return actions


def statistics(numbers: tuple[int, ...], target: int = 24) -> Statistics:
    """Count a puzzle's winning paths, leaf paths and states."""
    winning, leaves = _leaf_counts(np.array([sorted(numbers)], np.int64), target, False)[0]
    return Statistics(int(winning), int(leaves), len(reachable(numbers)))
