"""A bot that knows the whole world: the next action in a state, and plans that end in success.

It keeps no memory. At each step it searches for the cheapest route (`routes`) that finishes a clause of the mission. If
an obstacle blocks that route (a locked door, or a thing in the way while the hands are full), the obstacle becomes the
goal, and so on until the route is clear. So the bot deals with obstacles before it picks up what the mission is about.

Plans for "go to" are shortest (picking things up and toggling boxes away is sometimes shorter than walking around);
plans for other missions are short. Missions that fail if their second part is done too soon (`strict_order`, in no
level) get no special treatment.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ..core.compile import compiled
from ..core.inner import inner
from ..core.rng import randint, words
from ..grid.cells import BOX, DOOR_CLOSED, DOOR_LOCKED, DX, DY, EMPTY, KEY, LAVA, WALL, color, is_door, is_portable
from ..grid.moves import DROP, FORWARD, PICK_UP, TOGGLE, TURN_LEFT
from .kernel import step
from .routes import (
    BARE,
    BLOCKED,
    CLEAR,
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
NEAREST = -1  # a preference between clauses joined by "and"; others: bit p begins part p with its second clause
UNLOCK, REMOVE = 8, 9  # kinds of goals besides those of clauses
_OBSTACLES = 16  # at most, one behind the other
_RETRIES = 16


class World(NamedTuple):
    """A state as the route search sees it."""

    ground: NDArray[np.int64]  # what each cell is, see `routes`
    where: NDArray[np.int64]  # the cell in which each object lies, or -1
    may_pick: bool  # whether things may be moved out of the way


# --- the mission and the world ----------------------------------------------------------------------------------------


@inner
def part_now(state):
    """The part of the mission to work on now: 0 or 1."""
    if state.mission[0] == SINGLE:
        return 0
    return int(state.first_done) if state.mission[0] != AFTER else 1 - int(state.first_done)


@inner
def kind_of(state, i):
    """The kind of clause i; NONE if it is done."""
    return NONE if state.done[i] else int(state.mission[1 + i * WORDS])


@inner
def is_strict(state, kind):
    """Whether the current part is one strict clause of a kind, so that another such action fails the mission."""
    i = 2 * part_now(state)
    return state.strict[i] and state.mission[1 + i * WORDS] == kind and state.mission[1 + (i + 1) * WORDS] == NONE


@inner
def is_in(objects, k):
    """Whether object k (-1: none) is in a set."""
    return k >= 0 and objects >> np.uint64(k) & ONE


@inner
def needed(state):
    """The objects that unfinished clauses refer to, as bits."""
    found = np.uint64(0)
    for i in range(CLAUSES):
        if kind_of(state, i) != NONE and not (state.first_done and i // 2 != part_now(state)):
            found |= state.sets[i, 0] | state.sets[i, 1]
    return found


@inner
def survey(state):
    """The world of a state. A box that is not needed is trash; doors that must not be opened are walls."""
    ground, where = np.empty(state.width * state.height, np.int64), np.full(OBJECTS, -1)
    precious, right_doors = needed(state), state.sets[2 * part_now(state), 0]
    spare_doors = is_strict(state, OPEN)
    for at in range(ground.shape[0]):
        cell = int(state.cells[at // state.width, at % state.width])
        kind, k = cell & 15, (cell >> 8) - 1
        if k >= 0:
            where[k] = at
        if kind == EMPTY:
            ground[at] = BARE
        elif kind == WALL or kind == LAVA or (spare_doors and is_door(cell) and not is_in(right_doors, k)):
            ground[at] = BLOCKED
        elif is_portable(cell):
            is_trash = kind == BOX and not state.inside[k] and not is_in(precious, k)
            ground[at] = TRASH if is_trash else THING
        elif kind == DOOR_CLOSED:
            ground[at] = SHUT
        elif kind == DOOR_LOCKED:
            ground[at] = LOCKED + color(cell)
        else:
            ground[at] = CLEAR
    return World(ground, where, not (is_strict(state, PICK) or is_strict(state, PUT_NEXT)))


@inner
def changed(world, cell, what):
    """The world with the content of one cell changed."""
    ground = world.ground.copy()
    ground[cell] = what
    return World(ground, world.where, world.may_pick)


# --- goals: what to fetch, and where a way ends -----------------------------------------------------------------------


@inner
def aim_go_to(state, objects, world, finish):
    stay = ending(0, PICK_UP if state.carried else DROP)  # an action without effect, if the agent is there already
    side = state.cells.shape[1]
    for k in range(OBJECTS):
        if is_in(objects, k) and state.place[k] >= 0:
            finish[:, state.place[k] // side * state.width + state.place[k] % side] = stay
    if is_in(objects, (state.carried >> 8) - 1):
        for at in range(world.ground.shape[0]):
            if world.ground[at] == BARE and finish[HELD, at] == NEVER:
                finish[HELD, at] = ending(1, DROP)


@inner
def aim_pick(state, objects, world, finish, extra):
    """Aim to pick up an object; `extra` is added to the cost."""
    for k in range(OBJECTS):
        if is_in(objects, k) and world.where[k] >= 0 and world.ground[world.where[k]] == THING:
            finish[FREE, world.where[k]] = ending(1 + extra, PICK_UP)
    if is_in(objects, (state.carried >> 8) - 1):  # it has to be picked up again
        for at in range(world.ground.shape[0]):
            if world.ground[at] == BARE:
                finish[HELD, at] = ending(2, DROP)


@inner
def aim_open(objects, world, finish, keys):
    """Aim to open a door; an open door is closed first."""
    for k in range(OBJECTS):
        at = world.where[k]
        if is_in(objects, k) and at >= 0:
            what = world.ground[at]
            for layer in range(FETCHED):
                if what == SHUT or what >= LOCKED:
                    fee = 0 if what == SHUT or keys[layer] == what - LOCKED else toll(world.ground)
                    finish[layer, at] = ending(1 + fee, TOGGLE)
                else:
                    finish[layer, at] = ending(2, TOGGLE)


@inner
def aim_put(state, i, world, role, finish):
    """The fetched object is dropped next to the fixed one, where something may have to be cleared away first."""
    ground, width, price = world.ground, state.width, toll(world.ground)
    is_new = state.held[i] != state.carried >> 8  # the mission has not noticed yet what is carried
    alone, is_somewhere = np.sum(role == WANTED) == 1, False
    for k in range(OBJECTS):
        if is_in(state.sets[i, 1], k) and world.where[k] >= 0:
            is_somewhere = True
            role[world.where[k]] = FIXED
            for direction in range(4):
                at = world.where[k] + DX[direction] + DY[direction] * width
                if not 0 <= at < ground.shape[0]:
                    continue
                if ground[at] == BARE or (role[at] == WANTED and alone):
                    finish[FETCHED, at] = ending(1, TOGGLE if is_new else DROP)
                elif ground[at] == TRASH:
                    finish[FETCHED, at] = ending(2, TOGGLE)
                elif ground[at] == THING:
                    finish[FETCHED, at] = ending(1 + price, DROP)
    if not is_somewhere:  # it is carried: do everything else first, then put it down for the other
        role[:] = PLAIN
        aim_pick(state, state.sets[i, 0], world, finish, price)


@inner
def aim_unlock(state, door, world, role, finish):
    """Fetch a key of the door's colour; if none lies in the open, toggle a box that holds one."""
    hue, found = world.ground[door] - LOCKED, False
    finish[FETCHED, door] = ending(1, TOGGLE)
    for at in range(world.ground.shape[0]):
        cell = int(state.cells[at // state.width, at % state.width])
        if cell & 15 == KEY and color(cell) == hue:
            role[at] = WANTED
            found = True
    if not found:
        for k in range(OBJECTS):
            inside = int(state.inside[k])
            if world.where[k] >= 0 and inside & 15 == KEY and color(inside) == hue:
                finish[:FETCHED, world.where[k]] = ending(1, TOGGLE)


@inner
def pursue(state, world, goal):
    """The cheapest route to a goal, as `routes.find` returns it.

    A goal is (kind, clause, cell): a clause of the mission, or to UNLOCK or REMOVE what is in a cell.
    """
    kind, i, target = goal
    cells = world.ground.shape[0]
    role, finish, keys = np.zeros(cells, np.int8), np.full((4, cells), NEVER), np.full(4, -1)
    layer, ground = HELD if state.carried else FREE, world.ground
    if state.carried & 15 == KEY:
        keys[HELD] = color(state.carried)
    if kind == GO_TO:
        aim_go_to(state, state.sets[i, 0], world, finish)
    elif kind == PICK:
        aim_pick(state, state.sets[i, 0], world, finish, 0)
    elif kind == OPEN:
        aim_open(state.sets[i, 0], world, finish, keys)
    elif kind == PUT_NEXT:
        if is_in(state.sets[i, 0], (state.carried >> 8) - 1):
            layer = FETCHED
            keys[FETCHED] = keys[HELD]
        else:
            for k in range(OBJECTS):
                if is_in(state.sets[i, 0], k) and world.where[k] >= 0:
                    role[world.where[k]] = WANTED
        aim_put(state, i, world, role, finish)
    elif kind == UNLOCK:
        keys[FETCHED] = ground[target] - LOCKED
        if keys[HELD] == keys[FETCHED]:
            layer = FETCHED
        aim_unlock(state, target, world, role, finish)
        ground = changed(world, target, BLOCKED).ground  # not passable on the way to its own key
    else:
        finish[FREE, target] = ending(1, PICK_UP)
    start = 4 * (state.y * state.width + state.x) + state.direction
    return find(ground, state.width, role, finish, keys, world.may_pick, start, layer)


# --- decisions --------------------------------------------------------------------------------------------------------


@inner
def choose_clause(state, world, preference):
    """The clause to work on, as a goal, and the route to it."""
    part = part_now(state)
    goal, found = (NONE, 0, -1), (-1, TURN_LEFT, -1, -1)
    for j in range(2):
        i = 2 * part + (j if preference == NEAREST else j ^ (preference >> part & 1))
        if kind_of(state, i) != NONE and (found[0] < 0 or preference == NEAREST):
            its_goal = (kind_of(state, i), i, -1)
            way = pursue(state, world, its_goal)
            if way[0] >= 0 and (found[0] < 0 or way[0] < found[0]):
                goal, found = its_goal, way
    return goal, found


@inner
def easiest(state, world, goal, found):
    """The obstacle to remove on the way to a goal: of all candidates, the one that takes the least work.

    The first candidate is on the route that was found; others are found by blocking the cells of those tried. Only the
    work decides, because it is sure to decrease with each step towards the obstacle, which keeps the choice stable.
    """
    cost, _, thing, _ = found
    chosen, least, bound, trial = thing, -1, cost + toll(world.ground) // 2, world
    for _ in range(OBJECTS):
        if thing < 0 or world.ground[thing] >= LOCKED or cost >= bound:
            break
        work = pursue(state, world, (REMOVE, goal[1], thing))[0]
        if work >= 0 and (least < 0 or work < least):
            chosen, least = thing, work
        trial = changed(trial, thing, BLOCKED)
        cost, _, thing, _ = pursue(state, trial, goal)
    return chosen


@inner
def next_action(state, preference):
    """The bot's action in a state; -1 if it finds none."""
    world = survey(state)
    price = toll(world.ground)
    goal, found = choose_clause(state, world, preference)
    goals, tolls = np.empty((_OBSTACLES, 3), np.int64), np.empty(_OBSTACLES, np.int64)
    depth = 0
    while found[2] >= 0 and depth < _OBSTACLES:
        goals[depth], tolls[depth] = goal, found[0] // price
        depth += 1
        is_lock = world.ground[found[2]] >= LOCKED
        goal = (UNLOCK, goal[1], found[2]) if is_lock else (REMOVE, goal[1], easiest(state, world, goal, found))
        found = pursue(state, world, goal)
    # What is held must not block a goal where it is put down; if it would, it is put elsewhere.
    open_ground = world
    for _ in range(PLACES):
        place, is_harmless = found[3], True
        if place < 0:
            break
        trial = changed(world, place, THING)
        for j in range(depth):
            cost = pursue(state, trial, (goals[j, 0], goals[j, 1], goals[j, 2]))[0]
            is_harmless &= 0 <= cost < (tolls[j] + 1) * price
        open_ground = changed(open_ground, place, CLEAR)
        other = (-1, TURN_LEFT, -1, -1) if is_harmless else pursue(state, open_ground, goal)
        if other[0] < 0:
            break
        found = other
    return found[1] if found[0] >= 0 else -1


class Rules(NamedTuple):
    """The parameters that the kernel's step reads."""

    legacy_goto: bool


def _actions(states, out):
    for i in range(states.shape[0]):
        out[i] = max(next_action(states[i], NEAREST), 0)


def _follow(states, rules, preference, restless, out):
    """Let the bot act in the first of some states; return how many actions led to success, or -1 if none did.

    A restless bot takes a random step now and then, which breaks any cycle.
    """
    state = states[0]
    for n in range(out.shape[0]):
        action = next_action(state, preference)
        if action < 0:
            return -1
        if restless and randint(state.rng, 4) == 0:
            action = randint(state.rng, FORWARD + 1)
        out[n] = action
        state.t += 1
        _, ends = step(state, rules, action)
        if ends:
            return n + 1 if state.is_success else -1
    return -1


_actions = compiled(_actions)
_follow = compiled(_follow)


def actions(states: NDArray[Any]) -> NDArray[np.int64]:
    """The bot's action in each of some states, records (n,)."""
    states = np.atleast_1d(np.asarray(states))
    out = np.empty(len(states), np.int64)
    _actions(states, out)
    return out


def follow(
    state: np.void, legacy_goto: bool, max_steps: int = 0, preference: int = NEAREST, seed: int = 0
) -> list[int] | None:
    """The bot's actions from a state until success; None if it fails or reaches the step limit.

    Args:
        state: a record of the kernel; it is not changed.
        legacy_goto: as in the environment.
        max_steps: a limit besides the world's own; 0 for none.
        preference: `NEAREST`, or from 0 to 3: bit p begins part p of the mission with its second clause.
        seed: if not 0, the bot takes a random step now and then.
    """
    row = np.array([state])
    if seed:
        row["rng"] = words(np.array([seed], np.uint64))
    left = min(n for n in (int(state["max_steps"]), max_steps) if n > 0) - int(state["t"])
    out = np.empty(max(left, 0), np.int64)
    n = _follow(row, Rules(bool(legacy_goto)), preference, seed > 0, out)
    return None if n < 0 else [int(action) for action in out[:n]]


def plan(env: gym.Env[Any, Any]) -> list[int] | None:
    """Actions that lead a BabyAI environment from its state to success; None if the bot finds none within the limit.

    Clauses joined by "and" are tried in either order, and the shortest plan is returned. If none succeeds, plans with
    random steps are tried.
    """
    base: Any = env.unwrapped
    state, rules = base.get_state(), (base.params.legacy_goto, base.params.max_steps)
    preferences = [NEAREST]
    if any(state["mission"][1 + i * WORDS] != NONE for i in (1, 3)):
        preferences += range(4)
    ways = [follow(state, *rules, preference) for preference in preferences]
    found = [way for way in ways if way is not None]
    for seed in range(1, 1 + _RETRIES):
        if found:
            return min(found, key=len)
        way = follow(state, *rules, seed=seed)
        found += [way] if way is not None else []
    return found[0] if found else None
