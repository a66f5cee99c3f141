"""BabyAI, compiled: the record of a world with its mission, and what a step does to both.

A mission is up to four clauses: clauses 0 and 1 are its first part, 2 and 3 its second (both clauses of a part: "and").
A clause stores the objects that it refers to as a 64-bit set, which is fixed when the episode begins, as in Minigrid.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import copy, inner
from ..core.kernel import record_dtype, state_dtype
from ..grid.cells import BOX, DOOR_OPEN, DX, DY, is_door, name
from ..grid.moves import DROP, PICK_UP, TOGGLE, act, front
from ..grid.view import view
from . import generate
from .words import BEFORE, CLAUSES, GO_TO, MISSION, NONE, OBJECTS, OPEN, PICK, SINGLE, WORDS

RUNNING, SUCCESS, FAILURE = range(3)
ONE = np.uint64(1)


class Params(NamedTuple):
    """Worlds are drawn by one of the recipes (see `levels`), or from a pool of given ones if that is not empty."""

    max_steps: int  # a limit besides the world's own
    sizes: NDArray[np.int64]  # (recipes, 4): room size, rows, columns, step limit or 0 for Minigrid's reckoning
    programs: NDArray[np.int32]  # (recipes, instructions, 8)
    pool: NDArray[Any]
    legacy_goto: bool
    see_through: bool
    view_size: int
    tiles: NDArray[np.uint8]  # see `grid.tiles`; empty if nothing is drawn


class StepParams(NamedTuple):
    """The parameters that a step needs."""

    legacy_goto: bool
    see_through: bool


def world_fields(side: int) -> list[tuple]:
    """The fields of a world whose grid is at most `side` cells wide and high."""
    return [
        ("x", np.int64),
        ("y", np.int64),
        ("direction", np.int64),
        ("carried", np.int64),  # a cell; 0 for nothing
        ("max_steps", np.int64),
        ("width", np.int64),
        ("height", np.int64),
        ("room_size", np.int64),
        ("rows", np.int64),
        ("columns", np.int64),
        ("count", np.int64),  # number of objects
        ("gone", np.uint64),  # boxes toggled away since the last drop
        ("sets", np.uint64, (CLAUSES, 2)),  # the objects that each description means
        ("place", np.int16, (OBJECTS,)),  # y * side + x, as the mission knows it; -1: nowhere
        ("inside", np.uint16, (OBJECTS,)),  # the cell that a box holds
        ("cells", np.uint16, (side, side)),
        ("mission", np.uint8, (MISSION,)),  # order, then the clauses' words
        ("strict", np.uint8, (CLAUSES,)),
        ("strict_order", np.bool_),
        ("done", np.uint8, (CLAUSES,)),
        ("held", np.uint8, (CLAUSES,)),  # what was carried when the clause was last checked: 1 + object; 0 for nothing
        ("first_done", np.bool_),  # whether the part that comes first in time is done
        ("is_success", np.bool_),
    ]


def record(side: int) -> np.dtype:
    """A row: the world, and the generator's scratch, which is zero outside `reset`."""
    return state_dtype([*world_fields(side), *generate.scratch_fields(side)])


def observation(size: int) -> np.dtype:
    return record_dtype(
        [("image", np.uint8, (size, size, 3)), ("direction", np.int64), ("mission", np.uint8, (MISSION,))]
    )


# --- the mission ------------------------------------------------------------------------------------------------------


@inner
def is_among(state, objects, k, place):
    """Whether object k (-1: none) is in a set and, as far as the mission knows, at a place."""
    return k >= 0 and objects >> np.uint64(k) & ONE and state.place[k] == place


@inner
def is_believed_at(state, objects, x, y):
    """Whether the mission believes that an object of the set is in a cell.

    It can be wrong only about what is carried and about boxes that were toggled away.
    """
    place = y * state.cells.shape[1] + x
    if is_among(state, objects, name(int(state.cells[y, x])), place):
        return True
    if is_among(state, objects, (state.carried >> 8) - 1, place):
        return True
    gone = state.gone & objects
    k = 0
    while gone:
        if gone & ONE and state.place[k] == place:
            return True
        gone >>= ONE
        k += 1
    return False


@inner
def clause_status(state, i, action):
    """Check clause i after an action: RUNNING, SUCCESS or FAILURE."""
    kind = state.mission[1 + i * WORDS]
    x, y = front(state)
    if kind == GO_TO:
        return SUCCESS if is_believed_at(state, state.sets[i, 0], x, y) else RUNNING
    if kind == OPEN:
        if action != TOGGLE:
            return RUNNING
        cell = int(state.cells[y, x])
        if not is_door(cell):
            return RUNNING
        if cell & 15 == DOOR_OPEN and state.sets[i, 0] >> np.uint64(name(cell)) & ONE:
            return SUCCESS
        return FAILURE if state.strict[i] else RUNNING
    before, now = state.held[i], state.carried >> 8
    state.held[i] = now
    if kind == PICK:
        if action != PICK_UP or not now:
            return RUNNING
        if before == 0 and state.sets[i, 0] >> np.uint64(now - 1) & ONE:
            return SUCCESS
        return FAILURE if state.strict[i] else RUNNING
    if action == PICK_UP and now and state.strict[i]:
        return FAILURE
    if action != DROP or now or not before or not state.sets[i, 0] >> np.uint64(before - 1) & ONE:
        return RUNNING
    for direction in range(4):
        if is_believed_at(state, state.sets[i, 1], x + DX[direction], y + DY[direction]):
            return SUCCESS
    return RUNNING


@inner
def part_status(state, part, action):
    """Check both clauses of a part; a failed clause fails its part only if it is the part's only one."""
    first = 2 * part
    if state.mission[1 + (first + 1) * WORDS] == NONE:
        return clause_status(state, first, action)
    for i in range(first, first + 2):
        if not state.done[i]:
            state.done[i] = clause_status(state, i, action) == SUCCESS
    return SUCCESS if state.done[first] and state.done[first + 1] else RUNNING


@inner
def mission_status(state, action):
    order = state.mission[0]
    if order == SINGLE:
        return part_status(state, 0, action)
    first = 0 if order == BEFORE else 1
    if not state.first_done:
        status = part_status(state, first, action)
        if status == FAILURE:
            return FAILURE
        if status == RUNNING:
            if state.strict_order and part_status(state, 1 - first, action) == SUCCESS:
                return FAILURE
            return RUNNING
        state.first_done = True  # and the other part is checked in the same step
    return part_status(state, 1 - first, action)


@inner
def track(state, dropped, place):
    """Update the mission's object positions; `dropped`: 1 + the object that may just have been put at `place`."""
    gone = state.gone
    k = 0
    while gone:
        if gone & ONE:
            state.place[k] = -1
        gone >>= ONE
        k += 1
    state.gone = 0
    if state.carried:
        state.place[(state.carried >> 8) - 1] = -1
    elif dropped:
        state.place[dropped - 1] = place


# --- the four functions -----------------------------------------------------------------------------------------------


@inner
def reset(state, params):
    n = params.pool.shape[0]
    if n == 0:
        generate.world(state, params.sizes, params.programs, params.legacy_goto)
    else:
        generate.load(state, params.pool, n)


@inner
def step(state, params, action):
    x, y = front(state)
    cell = int(state.cells[y, x])
    before = state.carried >> 8
    is_box = cell & 15 == BOX
    act(state, action, state.inside[name(cell)] if is_box else 0)
    if action == TOGGLE and is_box:
        state.gone |= ONE << np.uint64(name(cell))
    # Minigrid's missions update object positions at the next drop action, even if it has no effect.
    if action == DROP or (not params.legacy_goto and (action == PICK_UP or action == TOGGLE)):
        track(state, before, y * state.cells.shape[1] + x)
    status = mission_status(state, action)
    if status == RUNNING:
        return 0.0, False
    state.is_success = status == SUCCESS
    return 1.0 - 0.9 * (state.t / state.max_steps) if state.is_success else 0.0, True


@inner
def observe(state, params, out):
    view(
        state.cells, state.width, state.height, state.x, state.y, state.direction, state.carried, params.see_through,
        out.image,
    )  # fmt: skip
    out.direction = state.direction
    copy(out.mission, state.mission)


@inner
def step_params(params):
    return StepParams(params.legacy_goto, params.see_through)


@inner
def limit(state, params):
    return state.max_steps
