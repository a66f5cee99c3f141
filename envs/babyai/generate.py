"""Level generation: an interpreter for the recipes of `levels`, which rejects attempts until one passes.

Every loop ends: an attempt fails if a thousand draws find nothing, and after `ATTEMPTS` the generator gives up.

A recipe is an int32 array with one instruction of eight numbers per row. The instructions correspond to the calls that
build Minigrid's levels (agent, object, distractors, door, connect all rooms, ...), in the same order, because the order
decides what an object may stand next to. Worlds are drawn with Minigrid 3.2's probabilities.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..core.inner import copy, inner
from ..core.rng import randint
from ..grid.cells import (
    BALL,
    BOX,
    DOOR_CLOSED,
    DOOR_LOCKED,
    DOOR_OPEN,
    DX,
    DY,
    EMPTY,
    GREY,
    GREY_WALL,
    KEY,
    WALL,
    color,
    is_door,
)
from ..grid.reach import ONE, flood
from .words import (
    AFTER,
    ANY_COLOR,
    ANY_TYPE,
    ANYWHERE,
    BEFORE,
    BOX_TYPE,
    CLAUSES,
    DOOR_TYPE,
    GO_TO,
    IN_FRONT,
    KEY_TYPE,
    NONE,
    OBJECTS,
    ON_LEFT,
    ON_RIGHT,
    OPEN,
    PICK,
    PUT_NEXT,
    SINGLE,
    WORDS,
)

# The instructions, with their numbers.
(
    PLACE_AGENT,  # room
    ADD_OBJECT,  # room, types, colours, group, allowed
    SCATTER,  # room, how many, all different, group
    ADD_DOOR,  # room, side, colours, locked, group
    LOCK_A_ROOM,  # percent of worlds
    CONNECT,  # in half of the worlds without the last door's colour
    REMOVE_WALL,  # room, side
    OPEN_DOORS,
    REACHABLE,  # 1: every object; 0: not every object
    PAINT,  # group, colour
    FORBID,  # group, type, colours
    MIX_PALETTE,
    FILL_BOX,  # the last object gets a key of the last door's colour
    BLOCK_DOOR,  # a ball of any colour to the left of the last door
    CHOOSE,  # register, groups
    SWAP,  # register, register; swapped half of the time
    CLAUSE,  # clause, kinds, register, ways to describe, register, strict
    ORDER,  # orders, strict
    CARRY,  # register
    SPEAK,  # kinds, forms, places, unblocking, locked rooms
) = range(20)
INSTRUCTION = 8
NOTHING = -1  # pads a shorter recipe

# Rooms: any; any but the locked one; each but the locked one; the locked one; any of the outer columns.
ANY_ROOM, OTHER_ROOM, EACH_OTHER_ROOM, LOCKED_ROOM, LEFT_COLUMN, RIGHT_COLUMN = range(-1, -7, -1)
ANY_SIDE, ANY_ROOM_AND_SIDE = -1, -2
EITHER = -1  # locked or not
CONNECTING = 128  # group of the doors that connect the rooms
PALETTE, LAST_DOOR = 64, 128  # colours beyond the 6 bits: a place in the shuffled palette; the last door's
ALL_COLORS = 63
BOXES, BALLS, KEYS = 1, 2, 4  # types, as bits
BY_TYPE_AND_COLOR, BY_TYPE, BY_COLOR, BY_TYPE_AND_PLACE = 1, 2, 4, 8  # ways to describe
IN_ORDER, REVERSED = 2, 4  # orders besides 1 (the first clause alone); REVERSED: "B after you A"
ACTION_FORM, AND_FORM, SEQUENCE_FORM = 1, 2, 4
ATTEMPTS = 20_000  # per world; Minigrid's own levels take at most 4 on average
_TRIES = 1000
_CONNECT_TRIES = 5000
_SPEAK_TRIES = 101
ROOMS = 64


def scratch_fields(side: int) -> list[tuple]:
    """The generator's working state."""
    return [
        ("bits", np.uint64, (2, side)),
        ("locked_rooms", np.uint64),
        ("locked_room", np.int64),  # 1 + room; 0: none
        ("last_door", np.int64),  # place
        ("merged", np.int64),  # how often two parts of the maze were joined
        ("label", np.uint8, (ROOMS,)),
        ("group", np.uint8, (OBJECTS,)),
        ("register", np.uint8, (8,)),
        ("palette", np.uint8, (8,)),
        ("unblocking", np.bool_),
        ("gave_up", np.bool_),  # see `KernelFace.check_starts`
    ]


# --- places and rooms -------------------------------------------------------------------------------------------------


@inner
def pick_bit(rng, bits):
    """The index of a bit that is set, drawn uniformly; 0 if none is."""
    count = 0
    rest = bits
    while rest:
        count += rest & 1
        rest >>= 1
    left = randint(rng, count)
    for i in range(64):
        if bits >> i & 1:
            if left == 0:
                return i
            left -= 1
    return 0


@inner
def pick_room(state, room):
    """The room that an instruction names: a given one, any, or any but the locked one; -1 if no such room is found."""
    if room >= 0:
        return room
    if room == LOCKED_ROOM:
        return state.locked_room - 1
    if room == LEFT_COLUMN or room == RIGHT_COLUMN:
        return state.columns * randint(state.rng, state.rows) + (state.columns - 1 if room == RIGHT_COLUMN else 0)
    for _ in range(_TRIES):
        found = randint(state.rng, state.columns) + state.columns * randint(state.rng, state.rows)
        if room == ANY_ROOM or found + 1 != state.locked_room:
            return found
    return -1


@inner
def corner(state, room):
    step = state.room_size - 1
    return room % state.columns * step, room // state.columns * step


@inner
def neighbor(state, room, side):
    """The room beyond a side; -1 at the edge of the world."""
    column, row = room % state.columns + DX[side], room // state.columns + DY[side]
    return column + state.columns * row if 0 <= column < state.columns and 0 <= row < state.rows else -1


@inner
def wall_cell(state, room, side, i):
    """The i-th cell, from 1 to room_size - 2, of a side's wall."""
    left, top = corner(state, room)
    far = state.room_size - 1
    if side == 0:
        return left + far, top + i
    if side == 1:
        return left + i, top + far
    if side == 2:
        return left, top + i
    return left + i, top


@inner
def is_closed_wall(state, room, side):
    """Whether a side has a neighbour beyond it, and neither a door nor a gap."""
    if neighbor(state, room, side) < 0:
        return False
    for i in range(1, state.room_size - 1):
        x, y = wall_cell(state, room, side, i)
        if state.cells[y, x] & 15 != WALL:
            return False
    return True


@inner
def find_place(state, room, beside_agent):
    """A uniformly drawn empty cell of a room; -1 if a thousand tries find none.

    Everything but the agent avoids the agent's cell and the cells next to it.
    """
    if room < 0:
        return -1
    left, top = corner(state, room)
    for _ in range(_TRIES):
        x, y = left + randint(state.rng, state.room_size), top + randint(state.rng, state.room_size)
        if state.cells[y, x] == EMPTY and (beside_agent or abs(x - state.x) + abs(y - state.y) >= 2):
            return y * state.cells.shape[1] + x
    return -1


@inner
def put(state, cell, place, group):
    """Add a new object at a place."""
    k = state.count
    state.count += 1
    state.cells[place // state.cells.shape[1], place % state.cells.shape[1]] = cell | (k + 1) << 8
    state.place[k] = place
    state.group[k] = group
    return k


@inner
def cell_of(state, k):
    """The cell of object k before anything has moved; 0 if it is in a box."""
    place = int(state.place[k])
    return 0 if place < 0 else int(state.cells[place // state.cells.shape[1], place % state.cells.shape[1]])


@inner
def join(state, room, side):
    """Note that two rooms are connected."""
    a, b = state.label[room], state.label[neighbor(state, room, side)]
    if a != b:
        state.merged += 1
        for i in range(state.rows * state.columns):
            if state.label[i] == b:
                state.label[i] = a


# --- instructions -----------------------------------------------------------------------------------------------------


@inner
def clear(state, size):
    """Make an empty maze with the agent, which objects avoid, in the middle; `size`: room size, rows, columns."""
    state.room_size, state.rows, state.columns = size[0], size[1], size[2]
    step = state.room_size - 1
    width, height = state.columns * step + 1, state.rows * step + 1
    if state.width != width or state.height != height:
        state.cells[:] = 0
    state.width, state.height = width, height
    for y in range(height):
        for x in range(width):
            state.cells[y, x] = GREY_WALL if x % step == 0 or y % step == 0 else EMPTY
    state.x = state.columns // 2 * step + state.room_size // 2
    state.y = state.rows // 2 * step + state.room_size // 2
    state.direction = state.carried = state.count = state.gone = 0
    state.place[:] = -1
    state.inside[:] = 0
    state.sets[:] = 0
    state.mission[:] = 0
    state.strict[:] = 0
    state.strict_order = False
    state.done[:] = 0
    state.held[:] = 0
    state.first_done = False
    state.is_success = False
    clear_scratch(state)
    for i in range(state.rows * state.columns):
        state.label[i] = i


@inner
def clear_scratch(state):
    """Erase the generator's working state from the record, so that equal worlds have equal bytes."""
    state.bits[:] = 0
    state.locked_rooms = state.locked_room = state.last_door = state.merged = 0
    state.label[:] = 0
    state.group[:] = 0
    state.register[:] = 0
    state.palette[:] = 0
    state.unblocking = state.gave_up = False


@inner
def place_agent(state, room):
    """Put the agent into a room, not in front of an object."""
    room = pick_room(state, room)
    for _ in range(_TRIES):
        place = find_place(state, room, True)
        if place < 0:
            return False
        state.y, state.x = place // state.cells.shape[1], place % state.cells.shape[1]
        state.direction = randint(state.rng, 4)
        ahead = state.cells[state.y + DY[state.direction], state.x + DX[state.direction]]
        if ahead == EMPTY or ahead & 15 == WALL:
            return True
    return False


@inner
def pick_color(state, colors):
    if colors >= LAST_DOOR:
        place = state.last_door
        return color(int(state.cells[place // state.cells.shape[1], place % state.cells.shape[1]]))
    if colors >= PALETTE:
        return int(state.palette[colors - PALETTE])
    return pick_bit(state.rng, colors)


@inner
def add_object(state, room, types, colors, group, allowed):
    """Add an object; `allowed` has bit 6 * type + colour set for each description that may be drawn."""
    for _ in range(_TRIES):
        kind, hue = pick_bit(state.rng, types), pick_color(state, colors)
        if allowed >> (6 * kind + hue) & 1:
            place = find_place(state, pick_room(state, room), False)
            if place < 0:
                return False
            put(state, (BOX - kind) | hue << 4, place, group)
            return True
    return False


@inner
def scatter_in(state, room, many, different, group):
    """Add random keys, balls and boxes; `different`: from each other and from every object there is."""
    added = 0
    for _ in range(_TRIES):
        if added == many:
            break
        code = KEY + randint(state.rng, 3) | randint(state.rng, 6) << 4
        if different:
            is_new = True
            for k in range(state.count):
                is_new &= cell_of(state, k) & 127 != code
            if not is_new:
                continue
        place = find_place(state, pick_room(state, room), False)
        if place < 0:
            return False
        put(state, code, place, group)
        added += 1
    return added == many


@inner
def scatter(state, room, many, different, group):
    if room != EACH_OTHER_ROOM:
        return scatter_in(state, room, many, different, group)
    for i in range(state.rows * state.columns):
        if i + 1 != state.locked_room and not scatter_in(state, i, many, different, group):
            return False
    return True


@inner
def add_door(state, room, side, colors, locked, group):
    """Add a door to a neighbour; a side left open is drawn from those that are closed walls."""
    if side != ANY_ROOM_AND_SIDE:
        room = pick_room(state, room)
    for _ in range(_TRIES):
        if side == ANY_ROOM_AND_SIDE:
            at, wall = pick_room(state, ANY_ROOM), randint(state.rng, 4)
            if neighbor(state, at, wall) >= 0:
                room, side = at, wall
        elif side == ANY_SIDE:
            wall = randint(state.rng, 4)
            if is_closed_wall(state, room, wall):
                side = wall
        else:
            break
    if room < 0 or side < 0 or neighbor(state, room, side) < 0:
        return False
    hue = pick_color(state, colors)
    if locked == EITHER:
        locked = randint(state.rng, 2)
    x, y = wall_cell(state, room, side, 1 + randint(state.rng, state.room_size - 2))
    state.last_door = y * state.cells.shape[1] + x
    put(state, (DOOR_LOCKED if locked else DOOR_CLOSED) | hue << 4, state.last_door, group)
    join(state, room, side)
    bit = ONE << np.uint64(room)
    if locked:
        state.locked_room = room + 1
        state.locked_rooms |= bit
    else:
        state.locked_rooms &= ~bit
    return True


@inner
def lock_a_room(state, percent):
    """With some probability, add a locked room, and its key in another."""
    if randint(state.rng, 100) >= percent:
        return True
    if not add_door(state, 0, ANY_ROOM_AND_SIDE, ALL_COLORS, 1, 0):
        return False
    return add_object(state, OTHER_ROOM, KEYS, LAST_DOOR, 0, -1)


@inner
def connect(state, avoid):
    """Add random doors until every room can be reached, but none into locked rooms."""
    colors = ALL_COLORS
    if avoid and randint(state.rng, 2):
        colors &= ~(1 << pick_color(state, LAST_DOOR))
    for _ in range(_CONNECT_TRIES):
        if state.merged == state.rows * state.columns - 1:
            return True
        room, side = pick_room(state, ANY_ROOM), randint(state.rng, 4)
        if not is_closed_wall(state, room, side):
            continue
        both = ONE << np.uint64(room) | ONE << np.uint64(neighbor(state, room, side))
        if not state.locked_rooms & both:
            add_door(state, room, side, colors, 0, CONNECTING)
    return False


@inner
def remove_wall(state, room, side):
    if neighbor(state, room, side) < 0:
        return False
    for i in range(1, state.room_size - 1):
        x, y = wall_cell(state, room, side, i)
        state.cells[y, x] = EMPTY
    join(state, room, side)
    return True


@inner
def all_reachable(state):
    """Whether the agent could come next to everything without moving an object; doors do not count as obstacles."""
    passable, reached = state.bits[0], state.bits[1]
    for y in range(state.height):
        passable[y] = reached[y] = 0
        for x in range(state.width):
            cell = int(state.cells[y, x])
            if cell == EMPTY or is_door(cell):
                passable[y] |= ONE << np.uint64(x)
    reached[state.y] = ONE << np.uint64(state.x)
    flood(passable, reached, state.height)
    for k in range(state.count):
        if state.place[k] < 0:
            continue
        x, y = state.place[k] % state.cells.shape[1], state.place[k] // state.cells.shape[1]
        beside = reached[y] | reached[y] << ONE | reached[y] >> ONE | reached[y - 1] | reached[y + 1]
        if not beside >> np.uint64(x) & ONE:
            return False
    return True


@inner
def repaint(state, k, cell):
    place = int(state.place[k])
    state.cells[place // state.cells.shape[1], place % state.cells.shape[1]] = cell


# --- descriptions -----------------------------------------------------------------------------------------------------


@inner
def type_of(cell):
    """The type word of an object."""
    return DOOR_TYPE if is_door(cell) else BOX_TYPE + BOX - (cell & 15)


@inner
def is_located(state, k, where):
    """Whether object k is, from the agent's start, in its room and on the side that `where` says."""
    step = state.room_size - 1
    side = state.cells.shape[1]
    x, y = state.place[k] % side, state.place[k] // side
    left, top = state.x // step * step, state.y // step * step
    if not (left <= x <= left + step and top <= y <= top + step):
        return False
    dx, dy = DX[state.direction], DY[state.direction]
    along, across = (x - state.x) * dx + (y - state.y) * dy, (y - state.y) * dx - (x - state.x) * dy
    if where == ON_LEFT:
        return across < 0
    if where == ON_RIGHT:
        return across > 0
    return along > 0 if where == IN_FRONT else along < 0


@inner
def matching(state, kind, hue, where):
    """The objects that a description refers to, as bits."""
    found = np.uint64(0)
    for k in range(state.count):
        cell = cell_of(state, k)
        if (
            cell
            and (kind == ANY_TYPE or type_of(cell) == kind)
            and (hue == ANY_COLOR or color(cell) + 1 == hue)
            and (where == ANYWHERE or is_located(state, k, where))
        ):
            found |= ONE << np.uint64(k)
    return found


@inner
def describe(state, at, k, ways):
    """Write a description of object k into the mission."""
    cell = cell_of(state, k)
    way = 1 << pick_bit(state.rng, ways)
    if way != BY_COLOR:
        state.mission[at] = type_of(cell)
    if way == BY_TYPE_AND_COLOR or way == BY_COLOR:
        state.mission[at + 1] = color(cell) + 1
    if way == BY_TYPE_AND_PLACE:
        state.mission[at + 2] = ON_LEFT + randint(state.rng, 4)


@inner
def clause(state, i, kinds, first, ways, second, strict):
    """Write clause i about registers, with one of the given kinds that suits the first object."""
    kinds &= ~(1 << PICK | 1 << PUT_NEXT) if is_door(cell_of(state, state.register[first])) else ~(1 << OPEN)
    at = 1 + i * WORDS
    state.mission[at] = pick_bit(state.rng, kinds)
    describe(state, at + 1, state.register[first], ways)
    if state.mission[at] == PUT_NEXT:
        describe(state, at + 5, state.register[second], ways)
    state.strict[i] = strict


@inner
def order(state, orders, strict):
    """Set the order in which clauses 0 and 2 have to be done."""
    choice = pick_bit(state.rng, orders)
    state.strict_order = strict
    state.mission[0] = SINGLE if choice == 0 else BEFORE if choice == 1 else AFTER
    first, second = 1, 1 + 2 * WORDS
    for i in range(WORDS):
        if choice == 0:
            state.mission[second + i] = 0
        elif 1 << choice == REVERSED:
            held = state.mission[first + i]
            state.mission[first + i] = state.mission[second + i]
            state.mission[second + i] = held
    if choice == 0:
        state.strict[2] = 0


@inner
def choose(state, register, groups):
    """Draw an object of some groups that no lower register holds; False if there is none."""
    count = 0
    for k in range(state.count):
        count += is_choice(state, k, register, groups)
    if count == 0:
        return False
    left = randint(state.rng, count)
    for k in range(state.count):
        if is_choice(state, k, register, groups):
            if left == 0:
                state.register[register] = k
            left -= 1
    return True


@inner
def is_choice(state, k, register, groups):
    if not state.group[k] & groups:
        return False
    for i in range(register):
        if state.register[i] == k:
            return False
    return True


# --- free speech ------------------------------------------------------------------------------------------------------


@inner
def speak_of(state, at, low, high, places, locked_rooms_too):
    """Write a random description, with a type from `low` to `high`, of some object; False after a hundred tries."""
    for _ in range(_SPEAK_TRIES):
        hue, kind, where = randint(state.rng, 7), low + randint(state.rng, high - low + 1), ANYWHERE
        if places and randint(state.rng, 2):
            where = ON_LEFT + randint(state.rng, 4)
        found = matching(state, kind, hue, where)
        if found and (locked_rooms_too or not state.locked_room or is_some_outside(state, found)):
            state.mission[at], state.mission[at + 1], state.mission[at + 2] = kind, hue, where
            return True
    return False


@inner
def is_some_outside(state, objects):
    """Whether one of the objects is outside the locked room and its walls."""
    step, side = state.room_size - 1, state.cells.shape[1]
    left, top = corner(state, state.locked_room - 1)
    for k in range(state.count):
        if objects >> np.uint64(k) & ONE:
            x, y = state.place[k] % side, state.place[k] // side
            if not (left <= x <= left + step and top <= y <= top + step):
                return True
    return False


@inner
def speak_clause(state, i, kinds, places, locked_rooms_too):
    at = 1 + i * WORDS
    kind = pick_bit(state.rng, kinds)
    state.mission[at] = kind
    low = DOOR_TYPE if kind == OPEN else BOX_TYPE
    high = DOOR_TYPE if kind == OPEN or kind == GO_TO else KEY_TYPE
    if not speak_of(state, at + 1, low, high, places, locked_rooms_too):
        return False
    return kind != PUT_NEXT or speak_of(state, at + 5, BOX_TYPE, DOOR_TYPE, places, locked_rooms_too)


@inner
def speak(state, kinds, forms, places, unblocking, locked_rooms_too):
    """Write a random sentence of the whole language."""
    state.unblocking = unblocking
    form = 1 << pick_bit(state.rng, forms)
    parts = 2 if form == SEQUENCE_FORM else 1
    for part in range(parts):
        clauses = 1 + (form == AND_FORM)
        if form == SEQUENCE_FORM:
            clauses = 1 + randint(state.rng, 2)
        for i in range(2 * part, 2 * part + clauses):
            if not speak_clause(state, i, kinds, places, locked_rooms_too):
                return False
    state.mission[0] = SINGLE if parts == 1 else BEFORE + randint(state.rng, 2)
    return True


# --- the last checks --------------------------------------------------------------------------------------------------


@inner
def are_neighbors(state, first, second):
    """Whether an object of one set is next to one of another."""
    side = state.cells.shape[1]
    for a in range(state.count):
        if first >> np.uint64(a) & ONE:
            for b in range(state.count):
                if second >> np.uint64(b) & ONE:
                    x, y = (
                        state.place[a] % side - state.place[b] % side,
                        state.place[a] // side - state.place[b] // side,
                    )
                    if abs(x) + abs(y) == 1:
                        return True
    return False


@inner
def is_a_needed_key(state, kind, hue):
    """Whether a description names a key that opens a locked door."""
    if kind == KEY_TYPE and hue != ANY_COLOR:
        for k in range(state.count):
            cell = cell_of(state, k)
            if cell & 15 == DOOR_LOCKED and color(cell) + 1 == hue:
                return True
    return False


@inner
def resolve(state):
    """Find the objects that each description refers to; False if the mission is impossible or already done."""
    for i in range(CLAUSES):
        kind = state.mission[1 + i * WORDS]
        for j in range(2 if kind == PUT_NEXT else 1 if kind != NONE else 0):
            at = 2 + i * WORDS + 4 * j
            what, hue = state.mission[at], state.mission[at + 1]
            found = matching(state, what, hue, state.mission[at + 2])
            if not found or (state.unblocking and is_a_needed_key(state, what, hue)):
                return False
            state.sets[i, j] = found
            # Minigrid counts grey walls among "grey objects", so that there are always several.
            state.mission[at + 3] = found & (found - ONE) != 0 or (what == ANY_TYPE and hue == GREY + 1)
        if kind == PUT_NEXT:
            a, b = state.sets[i, 0], state.sets[i, 1]
            if a & b or are_neighbors(state, a, b):
                return False
    return True


@inner
def carry(state, k, legacy):
    cell = cell_of(state, k)
    repaint(state, k, EMPTY)
    state.carried = cell
    if not legacy:
        state.place[k] = -1


@inner
def reckon_limit(state):
    """Minigrid's step limit: the maze's number of cells times the number of places that the agent is sent to."""
    trips = 0
    for i in range(CLAUSES):
        kind = state.mission[1 + i * WORDS]
        trips += 0 if kind == NONE else 2 if kind == PUT_NEXT else 1
    return trips * state.room_size**2 * state.rows * state.columns


# Numba optimises a function again inside each of its callers; inlining these three costs their compile time once.
@njit(inline="always")
def obey(state, op):
    """Carry out one instruction; False rejects the attempt."""
    what, a, b, c, d, e, f = op[0], op[1], op[2], op[3], op[4], op[5], op[6]
    if what == PLACE_AGENT:
        return place_agent(state, a)
    if what == ADD_OBJECT:
        return add_object(state, a, b, c, d, e)
    if what == SCATTER:
        return scatter(state, a, b, c, d)
    if what == ADD_DOOR:
        return add_door(state, a, b, c, d, e)
    if what == LOCK_A_ROOM:
        return lock_a_room(state, a)
    if what == CONNECT:
        return connect(state, a)
    if what == REMOVE_WALL:
        return remove_wall(state, a, b)
    if what == OPEN_DOORS:
        for k in range(state.count):
            cell = cell_of(state, k)
            if is_door(cell):
                repaint(state, k, cell & ~15 | DOOR_OPEN)
    elif what == REACHABLE:
        return all_reachable(state) == (a == 1)
    elif what == PAINT:
        for k in range(state.count):
            if state.group[k] & a:
                repaint(state, k, cell_of(state, k) & ~(7 << 4) | b << 4)
    elif what == FORBID:
        for k in range(state.count):
            cell = cell_of(state, k)
            if state.group[k] & a and type_of(cell) == b and c >> color(cell) & 1:
                return False
    elif what == MIX_PALETTE:
        for i in range(6):
            j = randint(state.rng, i + 1)
            state.palette[i] = state.palette[j]
            state.palette[j] = i
    elif what == FILL_BOX:
        state.inside[state.count - 1] = KEY | pick_color(state, LAST_DOOR) << 4 | (state.count + 1) << 8
        state.count += 1
    elif what == BLOCK_DOOR:
        put(state, BALL | randint(state.rng, 6) << 4, state.last_door - 1, 0)
    elif what == CHOOSE:
        return choose(state, a, b)
    elif what == SWAP:
        if randint(state.rng, 2):
            held = state.register[a]
            state.register[a] = state.register[b]
            state.register[b] = held
    elif what == CLAUSE:
        clause(state, a, b, c, d, e, f)
    elif what == ORDER:
        order(state, a, b)
    elif what == SPEAK:
        return speak(state, a, b, c, d, e)
    return True


@njit(inline="always")
def attempt(state, size, program):
    clear(state, size)
    for i in range(program.shape[0]):
        if not obey(state, program[i]):
            return False
    return resolve(state)


@njit(inline="always")
def world(state, sizes, programs, legacy):
    """Draw a world and its mission by a random recipe. `sizes`, (n, 4): room size, rows, columns, step
    limit.

    If no attempt passes, `gave_up` is set and there is no episode.
    """
    which = randint(state.rng, sizes.shape[0]) if sizes.shape[0] > 1 else 0
    size, program = sizes[which], programs[which]
    found = False
    for _ in range(ATTEMPTS):
        found = attempt(state, size, program)
        if found:
            break
    for i in range(program.shape[0]):
        if found and program[i, 0] == CARRY:
            carry(state, state.register[program[i, 1]], legacy)
    state.max_steps = size[3] if size[3] > 0 else reckon_limit(state)
    clear_scratch(state)
    state.gave_up = state.over = not found


@inner
def load(state, worlds, n):
    """Copy a uniformly drawn one of n given worlds into the record, with its step counter."""
    w = worlds[randint(state.rng, n)]
    state.t = w.t
    state.x, state.y, state.direction, state.carried = w.x, w.y, w.direction, w.carried
    state.max_steps, state.width, state.height, state.room_size = w.max_steps, w.width, w.height, w.room_size
    state.rows, state.columns = w.rows, w.columns
    state.count, state.gone = w.count, w.gone
    state.strict_order, state.first_done, state.is_success = w.strict_order, w.first_done, w.is_success
    copy(state.sets, w.sets)
    copy(state.place, w.place)
    copy(state.inside, w.inside)
    copy(state.cells, w.cells)
    copy(state.mission, w.mission)
    copy(state.strict, w.strict)
    copy(state.done, w.done)
    copy(state.held, w.held)
    clear_scratch(state)
