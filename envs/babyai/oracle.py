"""A bot that knows the whole world: the next action, and plans that end in success.

It keeps no memory. Each time it searches for the cheapest way (`routes`) to finish a clause of the mission; where that
way meets an obstacle, a locked door or a thing in the way of full hands, the obstacle becomes the goal, and so on until
the way is clear. Obstacles are thus dealt with before hands are filled with what the mission is about.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..core.compile import compiled
from ..grid.cells import (
    BOX,
    DOOR_CLOSED,
    DOOR_LOCKED,
    DX,
    DY,
    EMPTY,
    KEY,
    LAVA,
    WALL,
    color,
    is_portable,
)
from ..grid.moves import DROP, PICK_UP, TOGGLE, TURN_LEFT
from .kernel import step
from .routes import (
    BARE,
    BLOCKED,
    CLEAR,
    CLUTTER,
    FETCHED,
    FIXED,
    FREE,
    HELD,
    LOCKED,
    NEVER,
    PLACES,
    PLAIN,
    SHUT,
    THING,
    TRASH,
    WANTED,
    ending,
    find,
    toll,
)
from .words import AFTER, CLAUSES, GO_TO, NONE, OBJECTS, OPEN, PICK, PUT_NEXT, SINGLE, WORDS

ONE = np.uint64(1)
NEAREST = -1  # preference between two clauses joined by "and"; else bit p: begin part p with its second clause
UNLOCK, REMOVE = 8, 9  # goals beside the clauses' kinds
_OBSTACLES = 16


@njit
def part_now(state):
    """The part of the mission that is to be worked on: 0 or 1."""
    if state.mission[0] == SINGLE:
        return 0
    return int(state.first_done) if state.mission[0] != AFTER else 1 - int(state.first_done)


@njit
def kind_of(state, i):
    """The kind of clause i; NONE if it is done."""
    return NONE if state.done[i] else int(state.mission[1 + i * WORDS])


@njit
def is_strict(state, kind):
    """Whether the part to be worked on is one clause of a kind, and strict: another such action fails the mission."""
    i = 2 * part_now(state)
    return state.strict[i] and state.mission[1 + i * WORDS] == kind and state.mission[1 + (i + 1) * WORDS] == NONE


@njit
def needed(state):
    """The objects that unfinished clauses speak of, as bits."""
    found = np.uint64(0)
    for i in range(CLAUSES):
        if kind_of(state, i) != NONE and not (state.first_done and i // 2 != part_now(state)):
            found |= state.sets[i, 0] | state.sets[i, 1]
    return found


@njit
def survey(state, ground, where):
    """What each cell is to a walker, and the cell in which each object lies."""
    width = state.width
    precious = needed(state)
    keep_doors = is_strict(state, OPEN)
    where[:] = -1
    for at in range(ground.shape[0]):
        cell = int(state.cells[at // width, at % width])
        kind, k = cell & 15, (cell >> 8) - 1
        if k >= 0:
            where[k] = at
        if kind == EMPTY:
            ground[at] = BARE
        elif kind == WALL or kind == LAVA:
            ground[at] = BLOCKED
        elif is_portable(cell):
            is_trash = kind == BOX and not state.inside[k] and not precious >> np.uint64(k) & ONE
            ground[at] = TRASH if is_trash else THING
        elif (
            (kind == DOOR_CLOSED or kind == DOOR_LOCKED)
            and keep_doors
            and not state.sets[2 * part_now(state), 0] >> (np.uint64(k)) & ONE
        ):
            ground[at] = BLOCKED
        elif kind == DOOR_CLOSED:
            ground[at] = SHUT
        elif kind == DOOR_LOCKED:
            ground[at] = LOCKED + color(cell)
        else:
            ground[at] = CLEAR


@njit
def is_in(objects, k):
    return k >= 0 and objects >> np.uint64(k) & ONE


@njit
def want(state, ground, where, objects, role):
    """The objects are to be fetched; whether one is carried already."""
    for k in range(OBJECTS):
        if is_in(objects, k) and where[k] >= 0:
            role[where[k]] = WANTED
    return is_in(objects, (state.carried >> 8) - 1)


@njit
def aim_go_to(state, i, ground, finish):
    width, objects = state.width, state.sets[i, 0]
    stay = ending(0, PICK_UP if state.carried else DROP)  # without effect, if the agent is there already
    for k in range(OBJECTS):
        if is_in(objects, k) and state.place[k] >= 0:
            at = state.place[k] // state.cells.shape[1] * width + state.place[k] % state.cells.shape[1]
            finish[:, at] = stay
    if is_in(objects, (state.carried >> 8) - 1):
        for at in range(ground.shape[0]):
            if ground[at] == BARE and finish[HELD, at] == NEVER:
                finish[HELD, at] = ending(1, DROP)


@njit
def aim_pick(state, objects, ground, where, finish, extra):
    """One of the objects is picked up, for so many actions more than one."""
    for k in range(OBJECTS):
        if is_in(objects, k) and where[k] >= 0 and ground[where[k]] == THING:
            finish[FREE, where[k]] = ending(1 + extra, PICK_UP)
    if is_in(objects, (state.carried >> 8) - 1):
        for at in range(ground.shape[0]):
            if ground[at] == BARE:
                finish[HELD, at] = ending(2, DROP)


@njit
def aim_open(state, i, ground, where, finish, keys, price):
    for k in range(OBJECTS):
        if is_in(state.sets[i, 0], k) and where[k] >= 0:
            what = ground[where[k]]
            for layer in range(3):
                if what == SHUT:
                    finish[layer, where[k]] = ending(1, TOGGLE)
                elif what == CLEAR:
                    finish[layer, where[k]] = ending(2, TOGGLE)
                else:
                    finish[layer, where[k]] = ending(1 if keys[layer] == what - LOCKED else 1 + price, TOGGLE)


@njit
def aim_put(state, i, ground, where, role, finish, price):
    """What is carried is dropped beside the fixed object, whose place may have to be cleared first."""
    width, is_somewhere = state.width, False
    is_new = state.held[i] != state.carried >> 8  # the mission has not noticed yet what is carried
    alone = np.sum(role == WANTED) == 1
    for k in range(OBJECTS):
        if is_in(state.sets[i, 1], k) and where[k] >= 0:
            is_somewhere = True
            role[where[k]] = FIXED
            for direction in range(4):
                at = where[k] + DX[direction] + DY[direction] * width
                if not 0 <= at < ground.shape[0]:
                    continue
                if ground[at] == BARE or (role[at] == WANTED and alone):
                    finish[FETCHED, at] = ending(1, TOGGLE if is_new else DROP)
                elif ground[at] == TRASH:
                    finish[FETCHED, at] = ending(2, TOGGLE)
                elif ground[at] == THING:
                    finish[FETCHED, at] = ending(1 + price, DROP)
    if not is_somewhere:  # it is carried: what else there is to do comes first, then it is put down for the other
        role[:] = PLAIN
        aim_pick(state, state.sets[i, 0], ground, where, finish, price)


@njit
def aim_unlock(state, door, ground, where, role, finish, keys):
    """Fetch a key of the door's colour; if none is to be seen, look into the boxes that hold one."""
    hue = ground[door] - LOCKED
    finish[FETCHED, door] = ending(1, TOGGLE)
    keys[FETCHED] = hue
    if state.carried & 15 == KEY and color(state.carried) == hue:
        return True
    found = False
    for at in range(ground.shape[0]):
        cell = int(state.cells[at // state.width, at % state.width])
        if cell & 15 == KEY and color(cell) == hue:
            role[at] = WANTED
            found = True
    if not found:
        for k in range(OBJECTS):
            inside = int(state.inside[k])
            if where[k] >= 0 and inside & 15 == KEY and color(inside) == hue:
                finish[:3, where[k]] = ending(1, TOGGLE)
    return False


@njit
def pursue(state, goal, i, target, ground, where, may_pick):
    """The cheapest way to a goal: clause i, or to UNLOCK or REMOVE what is in the target cell. As `routes.find`."""
    cells = ground.shape[0]
    role = np.zeros(cells, np.int8)
    finish = np.full((4, cells), NEVER)
    keys = np.full(4, -1)
    price = toll(ground)
    layer = HELD if state.carried else FREE
    if state.carried & 15 == KEY:
        keys[HELD] = color(state.carried)
    start = 4 * (state.y * state.width + state.x) + state.direction
    if goal == GO_TO:
        aim_go_to(state, i, ground, finish)
    elif goal == PICK:
        aim_pick(state, state.sets[i, 0], ground, where, finish, 0)
    elif goal == OPEN:
        aim_open(state, i, ground, where, finish, keys, price)
    elif goal == PUT_NEXT:
        if want(state, ground, where, state.sets[i, 0], role):
            layer = FETCHED
            keys[FETCHED] = keys[HELD]
            role[:] = PLAIN
        aim_put(state, i, ground, where, role, finish, price)
    elif goal == UNLOCK:
        if aim_unlock(state, target, ground, where, role, finish, keys):
            layer = FETCHED
        locked = ground[target]
        ground[target] = BLOCKED  # no way to the key
        found = find(ground, state.width, role, finish, keys, may_pick, start, layer)
        ground[target] = locked
        return found
    else:
        finish[FREE, target] = ending(1, PICK_UP)
    return find(ground, state.width, role, finish, keys, may_pick, start, layer)


@njit
def easiest(state, goal, i, target, cost, thing, ground, where, may_pick):
    """The thing to take out of the way of a goal: of those that would do, the one that makes least work.

    `thing` is the one met on the cheapest way; others are found by closing the ways through those tried. Only the work
    decides, as that alone is sure to become less with each step towards the thing, so that the choice stays.
    """
    trial = ground.copy()
    chosen, least, bound = thing, -1, cost + CLUTTER
    while thing >= 0 and ground[thing] < LOCKED and cost < bound:
        work = pursue(state, REMOVE, i, thing, ground, where, may_pick)[0]
        if work >= 0 and (least < 0 or work < least):
            chosen, least = thing, work
        trial[thing] = BLOCKED
        cost, _, thing, _ = pursue(state, goal, i, target, trial, where, may_pick)
    return chosen


@njit
def remove(state, goal, i, target, cost, thing, ground, where, may_pick):
    """As `pursue`: how to take a thing out of the way of a goal, with nothing put down where it is in that way too."""
    free, price = ground.copy(), toll(ground)
    found = pursue(state, REMOVE, i, thing, free, where, may_pick)
    for _ in range(PLACES):
        place = found[3]
        if place < 0:
            break
        trial = ground.copy()
        trial[place] = THING
        after = pursue(state, goal, i, target, trial, where, may_pick)[0]
        if 0 <= after < (cost // price + 1) * price:
            break
        free[place] = CLEAR
        found = pursue(state, REMOVE, i, thing, free, where, may_pick)
    return found


@njit
def next_action(state, preference):
    """The bot's action in a state."""
    ground = np.empty(state.width * state.height, np.int64)
    where = np.empty(OBJECTS, np.int64)
    survey(state, ground, where)
    may_pick = not (is_strict(state, PICK) or is_strict(state, PUT_NEXT))
    part = part_now(state)
    goal, i, target, found = NONE, 0, -1, (-1, TURN_LEFT, -1, -1)
    for j in range(2):
        clause = 2 * part + (j if preference == NEAREST else j ^ (preference >> part & 1))
        kind = kind_of(state, clause)
        if kind != NONE and (found[0] < 0 or preference == NEAREST):
            other = pursue(state, kind, clause, -1, ground, where, may_pick)
            if other[0] >= 0 and (found[0] < 0 or other[0] < found[0]):
                goal, i, found = kind, clause, other
    for _ in range(_OBSTACLES):
        cost, obstacle = found[0], found[2]
        if obstacle < 0:
            break
        if ground[obstacle] >= LOCKED:
            goal, target = UNLOCK, obstacle
            found = pursue(state, goal, i, target, ground, where, may_pick)
        else:
            thing = easiest(state, goal, i, target, cost, obstacle, ground, where, may_pick)
            found = remove(state, goal, i, target, cost, thing, ground, where, may_pick)
            goal, target = REMOVE, thing
    return found[1]


class Rules(NamedTuple):
    """What the kernel's step asks of its parameters."""

    legacy_goto: bool


def _actions(states, out):
    for i in range(states.shape[0]):
        out[i] = next_action(states[i], NEAREST)


def _follow(states, rules, preference, out):
    """Let the bot act in the first of some states until the episode ends; how many actions it took, -1 for failure."""
    state = states[0]
    n = 0
    while n < out.shape[0]:
        action = next_action(state, preference)
        out[n] = action
        n += 1
        state.t += 1
        _, ends = step(state, rules, action)
        if ends:
            return n if state.is_success else -1
    return -1


_actions = compiled(_actions)
_follow = compiled(_follow)


def actions(states: NDArray[Any]) -> NDArray[np.int64]:
    """The bot's action in each of some states, records (n,)."""
    out = np.empty(len(states), np.int64)
    _actions(states, out)
    return out


def follow(state: np.void, legacy_goto: bool, max_steps: int = 0, preference: int = NEAREST) -> list[int] | None:
    """The bot's actions from a state on until success; None if the step limit comes first."""
    row = np.array([state])
    left = min(n for n in (int(state["max_steps"]), max_steps) if n > 0) - int(state["t"])
    out = np.empty(max(left, 0), np.int64)
    n = _follow(row, Rules(bool(legacy_goto)), preference, out)
    return None if n < 0 else [int(action) for action in out[:n]]


def plan(env: gym.Env[Any, Any]) -> list[int] | None:
    """Actions that lead a BabyAI environment from its state to success; None if the bot finds none within the limit.

    Clauses joined by "and" are tried in either order, and the shortest way is taken.
    """
    base: Any = env.unwrapped
    state = base.get_state()
    preferences = [NEAREST]
    if any(state["mission"][1 + i * WORDS] != NONE for i in (1, 3)):
        preferences += range(4)
    found = [follow(state, base.params.legacy_goto, base.params.max_steps, each) for each in preferences]
    return min((way for way in found if way is not None), key=len, default=None)
