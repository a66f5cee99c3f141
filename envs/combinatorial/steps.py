"""What the kernels of this family share: starting an episode, and applying a decision to its record."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..core.inner import inner


class StepParams(NamedTuple):
    """The parameters that a step needs; passing the arrays of the others would cost time."""

    sparse: bool


@inner
def step_params(params):
    return StepParams(params.sparse)


def fields(decisions: int, nodes: int) -> list[tuple]:
    """The fields of a record besides the instance: the first `steps` entries of `solution` are decided, others -1."""
    return [
        ("objective", np.float64),
        ("reference", np.float64),
        ("gap", np.float64),
        ("current", np.int64),
        ("steps", np.int64),
        ("solution", np.int32, (decisions,)),
        ("visited", np.int8, (nodes,)),
        ("illegal", np.bool_),
    ]


@inner
def begin(state, reference):
    """Start with no decisions; the caller marks the nodes visited from the start."""
    state.objective = 0.0
    state.reference = reference
    state.gap = np.nan
    state.current = 0
    state.steps = 0
    state.illegal = False
    for k in range(state.solution.shape[0]):
        state.solution[k] = -1
    for j in range(state.visited.shape[0]):
        state.visited[j] = False


@inner
def drive(state, params, action, node, length, back):
    """Visit a node at the end of a leg; the last leg adds the way back. Returns the reward and whether it was last."""
    state.visited[node] = True
    state.solution[state.steps] = action
    state.steps += 1
    state.current = node
    if state.steps < state.solution.shape[0]:
        state.objective += length
        return 0.0 if params.sparse else -length, False
    state.objective += length + back
    state.gap = (state.objective - state.reference) / state.reference
    return -state.objective if params.sparse else -(length + back), True


@inner
def refuse(state, params, penalty):
    """End the episode after an illegal decision of a routing problem, with a return below that of any solution."""
    state.illegal = True
    reward = -(state.objective + penalty) if params.sparse else -penalty
    state.objective = np.nan
    return reward, True


@inner
def collect(state, params, node, gain, end):
    """Take a node's prize or an item's value."""
    state.visited[node] = True
    state.solution[state.steps] = node
    state.steps += 1
    state.current = node
    state.objective += gain
    if end:
        state.gap = (state.reference - state.objective) / state.reference
    if params.sparse:
        return state.objective if end else 0.0, end
    return gain, end


@inner
def stop(state, params):
    """End the episode after an illegal decision of a packing problem, keeping what was collected."""
    state.illegal = True
    state.gap = (state.reference - state.objective) / state.reference
    return state.objective if params.sparse else 0.0, True
