"""What a family declares: a module with compiled functions, and the records they work on.

The module holds `reset(state, params)`, `step(state, params, action) -> (reward, terminated)` and
`observe(state, params, out)`. Where actions can be illegal, it also has `legal(state, params, mask)`; where the step
limit differs between episodes, `limit(state, params) -> int` (0: none). Everything that can change is in the state
record; `params` is a NamedTuple that does not change during an episode. For speed, `step_params(params)` may return
what the functions other than `reset` need of it: counting references costs some 10 ns a row for each array passed.

The observation may come from another module, `Kernel(observe="module:function")`: kernels that differ only in this
share the compiled loops that advance them.

Where several agents act in one world, `step(state, params, action, reward)` takes a row of actions, int64 (n_agents,),
and fills a row of rewards, float64 (n_agents,), which holds zeros beforehand. It marks agents whose part has ended in
`state.done`, which `core` clears when an episode begins. The actions of such agents, and of agents that have nothing
to do, are ignored. The episode is over when all agents are done; a truncation cuts those that are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rng import WORDS

# The fields that `core` itself keeps in each row: the generator's words, which environment the row belongs to (see
# `snapshot.origin`), steps taken, whether the episode has ended.
HEADER = [("rng", np.uint64, (WORDS,)), ("origin", np.uint64), ("t", np.int64), ("over", np.bool_)]


def state_dtype(fields: list[tuple], agents: int = 0) -> np.dtype:
    """The record of one environment: the header that `core` keeps, then the family's own `fields`.

    With several `agents`, the header has a `done` flag for each (0 or 1: Numba 0.68 has no bool arrays in records).
    NumPy copies records field by field and leaves the bytes between fields undefined, so alignment gaps become fields
    (`_gap...`): equal states have equal bytes.
    """
    header = [*HEADER, ("done", np.uint8, (agents,))] if agents else HEADER
    return _without_gaps(np.dtype([*header, *fields], align=True))


def _without_gaps(aligned: np.dtype) -> np.dtype:
    spelled: list[tuple] = []
    end = 0
    for name, (dtype, offset, *_) in sorted((aligned.fields or {}).items(), key=lambda item: item[1][1]):
        spelled += [(f"_gap{end}", np.uint8, (offset - end,))] if offset > end else []
        spelled.append((name, _without_gaps(dtype.base), dtype.shape) if dtype.base.names else (name, dtype))
        end = offset + dtype.itemsize
    spelled += [(f"_gap{end}", np.uint8, (aligned.itemsize - end,))] if aligned.itemsize > end else []
    return np.dtype(spelled, align=True)


def record_dtype(fields: list[tuple]) -> np.dtype:
    """An aligned record dtype, for observations and instances."""
    return np.dtype(fields, align=True)


@dataclass(frozen=True)
class Kernel:
    """The compiled half of an environment.

    Attributes:
        module: import name of the module that holds the functions.
        state: dtype of a row, from `state_dtype`.
        observation: record dtype that `observe` fills; a single-array observation is a record of one field.
        key: the state fields on which decisions depend; equal keys mean equal masks and successors.
        info: state fields handed out in `info`. Masked environments include `illegal`, which tells whether the action
            that led here was illegal.
        first_info: state fields handed out in `info` only when an episode begins: large ones that do not change.
        final_info: state fields handed out in `info` only when the episode has ended; unknown numbers (NaN) are left
            out.
        n_masked: length of the action mask; 0 for environments whose actions are always legal.
        observe: name of the function that fills the observation, in the module or as `module:name`.
        agents: names of the agents, in the order of the rows of actions and rewards; empty for a single agent. The
            interface decides what each agent observes and is told, so `info`, `first_info` and `final_info` stay
            empty; the mask concatenates those of the agents.
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
    agents: tuple[str, ...] = ()
