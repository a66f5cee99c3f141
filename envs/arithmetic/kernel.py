"""Game of 24, compiled. An operation is 4 * pair + sign: pairs (0,1), (0,2), ..., (1,2), ... of the sorted numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint

ADD, SUBTRACT, MULTIPLY, DIVIDE = range(4)
SIGNS = "+-*/"
EMPTY = -1  # fills the places of numbers that are used up


class Params(NamedTuple):
    """`puzzles` is an array of `instance(n)` that reset draws from uniformly."""

    max_steps: int
    target: int
    puzzles: NDArray[Any]


class StepParams(NamedTuple):
    target: int


@inner
def step_params(params):
    return StepParams(params.target)


def record(n: int) -> np.dtype:
    """`numbers` are ascending and padded with EMPTY; `solvable` is about the puzzle as dealt."""
    return state_dtype(
        [
            ("numbers", np.int64, (n,)),
            ("count", np.int64),
            ("illegal", np.bool_),
            ("is_success", np.bool_),
            ("solvable", np.bool_),
        ]
    )


def observation(n: int) -> np.dtype:
    return record_dtype([("numbers", np.int64, (n,))])


def instance(n: int) -> np.dtype:
    return record_dtype([("numbers", np.int64, (n,)), ("solvable", np.bool_)])


@inner
def pair(index, count):
    """The `index`-th pair i < j of `count` places, in order (0,1), (0,2), ..., (1,2), ..."""
    i = 0
    while index >= count - 1 - i:
        index -= count - 1 - i
        i += 1
    return i, i + 1 + index


@inner
def is_legal(numbers, count, action):
    """Whether the operation stays within the non-negative integers; `action` is below 2 * count * (count - 1)."""
    if action % 4 != DIVIDE:
        return True
    i, j = pair(action // 4, count)
    return numbers[i] != 0 and numbers[j] % numbers[i] == 0


@inner
def operate(numbers, count, action):
    """Replace a pair by its result, in place, keeping order. The operation must be legal."""
    i, j = pair(action // 4, count)
    a, b, sign = numbers[i], numbers[j], action % 4
    if sign == ADD:
        result = a + b
    elif sign == SUBTRACT:
        result = b - a
    elif sign == MULTIPLY:
        result = a * b
    else:
        result = b // a
    place = 0
    for k in range(count):  # close the two gaps, then insert
        if k != i and k != j:
            numbers[place] = numbers[k]
            place += 1
    while place > 0 and numbers[place - 1] > result:
        numbers[place] = numbers[place - 1]
        place -= 1
    numbers[place] = result
    numbers[count - 1] = EMPTY


@inner
def reset(state, params):
    puzzle = params.puzzles[randint(state.rng, params.puzzles.shape[0])]
    for i in range(state.numbers.shape[0]):
        state.numbers[i] = puzzle.numbers[i]
    state.count = state.numbers.shape[0]
    state.solvable = puzzle.solvable
    state.illegal = False
    state.is_success = False


@inner
def step(state, params, action):
    count = state.count
    if action >= 2 * count * (count - 1) or not is_legal(state.numbers, count, action):
        state.illegal = True
        return 0.0, True
    operate(state.numbers, count, action)
    state.count = count - 1
    if count > 2:
        return 0.0, False
    state.is_success = state.numbers[0] == params.target
    return 1.0 if state.is_success else 0.0, True


@inner
def observe(state, params, out):
    for i in range(state.numbers.shape[0]):
        out.numbers[i] = state.numbers[i]


@inner
def legal(state, params, mask):
    count = 0 if state.illegal else state.count
    for action in range(mask.shape[0]):
        mask[action] = action < 2 * count * (count - 1) and is_legal(state.numbers, count, action)
