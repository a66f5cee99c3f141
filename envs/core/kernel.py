"""What a family declares: a module with four compiled functions, and the records they work on.

The module holds `reset(state, params)`, `step(state, params, action) -> (reward, terminated)`,
`observe(state, params, out)`; where actions can be illegal, `legal(state, params, mask)`; where episodes differ in how
many steps they may take, `limit(state, params) -> int` (0: none). Everything that can change is in the state record;
`params` is a NamedTuple that does not change during an episode. For speed, `per_step(params)` may return what the
functions other than `reset` need of it: each array that is handed to them costs some 10 ns a row to count references.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rng import WORDS

# What `core` itself keeps in each row: the generator's words, steps taken, "this episode has ended".
HEADER = [("rng", np.uint64, (WORDS,)), ("t", np.int64), ("over", np.bool_)]


def state_dtype(fields: list[tuple]) -> np.dtype:
    """The record of one environment: the header that `core` keeps, then the family's own `fields`.

    NumPy copies records field by field and leaves what lies between them to chance, so the gaps that alignment makes
    become fields (`_gap...`): equal states have equal bytes.
    """
    aligned = np.dtype([*HEADER, *fields], align=True)
    spelled: list[tuple] = []
    end = 0
    for name, (dtype, offset, *_) in sorted((aligned.fields or {}).items(), key=lambda item: item[1][1]):
        spelled += [(f"_gap{end}", np.uint8, (offset - end,))] if offset > end else []
        spelled.append((name, dtype))
        end = offset + dtype.itemsize
    spelled += [(f"_gap{end}", np.uint8, (aligned.itemsize - end,))] if aligned.itemsize > end else []
    return np.dtype(spelled, align=True)


def record_dtype(fields: list[tuple]) -> np.dtype:
    """An aligned record: observations and instances."""
    return np.dtype(fields, align=True)


@dataclass(frozen=True)
class Kernel:
    """One environment's compiled half.

    Attributes:
        module: import name of the module that holds the functions.
        state: dtype of a row, from `state_dtype`.
        observation: record dtype that `observe` fills; a single-array observation is a record of one field.
        key: the state fields on which decisions depend; equal keys mean equal masks and successors.
        info: state fields handed out in `info`. Masked environments have `illegal` among them: it tells whether the
            action that led here was illegal.
        first_info: state fields handed out in `info` when an episode begins, and only then: what is large and stays.
        final_info: state fields handed out in `info` when the episode has ended, and only then; numbers that are
            not known (NaN) are left out.
        n_masked: length of the action mask; 0 for environments whose actions are always legal.
        observe: name of the function that fills the observation, for a module with several of them.
    """

    module: str
    state: np.dtype
    observation: np.dtype
    key: tuple[str, ...]
    info: tuple[str, ...] = ()
    first_info: tuple[str, ...] = ()
    final_info: tuple[str, ...] = ()
    n_masked: int = 0
    observe: str = "observe"
