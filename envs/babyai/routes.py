"""The cheapest route to a goal in a gridworld where doors open, boxes vanish and things can be carried out of the way.

The search runs over poses (cell and direction), in layers for what the hands hold. Every edge costs the number of its
actions, so that a route around a thing and one that picks it up compete at their true costs. Where the search does not
know the cost (a locked door without its key, or a thing in the way of full hands), it charges a toll that exceeds the
cost of any route without one. The caller clears the first such obstacle with a search of its own.

Cells are numbered y * width + x, poses 4 * cell + direction.
"""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..grid.cells import DX, DY
from ..grid.moves import DROP, FORWARD, PICK_UP, TOGGLE, TURN_LEFT, TURN_RIGHT

# What a cell is to the search. A locked door is LOCKED + its colour; things can be dropped in BARE cells.
BLOCKED, BARE, CLEAR, SHUT, TRASH, THING, LOCKED = 0, 1, 2, 3, 4, 5, 8
PLAIN, WANTED, FIXED = range(3)  # things: may be moved out of the way; have to be fetched; better left where they are
# The layers: hands free; holding a thing that was in the way; holding what was carried from the start; holding what is
# wanted; free again after a drop, in a direction to walk on in, as turning back would lead into what was dropped.
FREE, FULL, HELD, FETCHED, DROPPED = range(5)
NEVER = -1  # in `finish`
PLACES = 16  # at most, tried for a drop
ERRAND = 16  # approximate cost of putting a thing elsewhere and coming back
CLUTTER = 8  # cost of dropping a thing where it may cut something off


@inner
def ending(cost, action):
    """A value for `finish`: the goal is `cost` actions away, the first of which is `action`."""
    return cost << 3 | action


@inner
def toll(ground):
    """More than any route without a toll costs."""
    return 2 * ground.shape[0] + 64


@inner
def ahead_of(pose, width):
    """The cell that a pose faces."""
    return (pose >> 2) + DX[pose & 3] + DY[pose & 3] * width


@inner
def is_clear(what):
    return what == BARE or what == CLEAR or what == SHUT or what >= LOCKED


@inner
def drop_cost(ground, width, cell):
    """The cost of a drop in a bare cell: 1, plus CLUTTER unless the eight cells around show that it cuts nothing off.

    The clear cells around it must stay connected, and things next to it must keep another clear side.
    """
    parts = 0
    for direction in range(4):
        beside = cell + DX[direction] + DY[direction] * width
        what = ground[beside]
        if is_clear(what):
            turned = (direction + 1) & 3
            along = DX[turned] + DY[turned] * width
            parts += 0 if is_clear(ground[beside + along]) and is_clear(ground[cell + along]) else 1
        elif what == THING or what == TRASH:
            sides = 0
            for side in range(4):
                sides += is_clear(ground[beside + DX[side] + DY[side] * width])
            if sides < 2:
                return 1 + CLUTTER
    return 1 if parts <= 1 else 1 + CLUTTER


@inner
def relax(dist, before, heads, links, entries, count, node, cost, source):
    """Record a route to a node if it is the cheapest so far; return the number of queue entries."""
    if cost < dist[node] and cost < heads.shape[0] and count < entries.shape[0]:
        dist[node] = cost
        before[node] = source
        entries[count] = node
        links[count] = heads[cost]
        heads[cost] = count
        return count + 1
    return count


@inner
def search(ground, width, role, finish, keys, may_pick, start, start_layer):
    """The cheapest route from a pose: (cost, first action, cell of the first obstacle, pose of the drop, cost there).

    The obstacle is -1 on a route without a toll; else it is the first thing that costs one, or the first locked door.
    The drop is that of what was held from the start; its pose is -1 if there is none. The cost is -1 if there is no
    route.

    Args:
        ground: int64 (cells,), what each cell is.
        role: int8 (cells,), the role of each thing.
        finish: int64 (4, cells), for each layer the `ending` in front of a cell, or NEVER.
        keys: int64 (4,), the colour of locks that each layer opens, or -1.
        may_pick: whether things may be moved out of the way.
        start: the pose; start_layer: FREE, HELD or FETCHED.
    """
    cells = ground.shape[0]
    poses = 4 * cells
    goal = 5 * poses
    price = toll(ground)
    lone = np.sum(role == WANTED) == 1
    dist = np.full(goal + 1, np.int32(1 << 30), np.int32)
    before = np.empty(goal + 1, np.int32)
    heads = np.full(12 * price, np.int32(-1), np.int32)  # buckets by cost (Dial 1969)
    links = np.empty(4 * goal, np.int32)
    entries = np.empty(4 * goal, np.int32)
    first = start_layer * poses + start
    count = relax(dist, before, heads, links, entries, 0, first, 0, -1)
    cost = 0
    while True:
        while cost < heads.shape[0] and heads[cost] < 0:
            cost += 1
        if cost == heads.shape[0]:
            return -1, TURN_LEFT, -1, -1, 0
        entry = heads[cost]
        heads[cost] = links[entry]
        node = entries[entry]
        if dist[node] != cost:
            continue
        if node == goal:
            break
        layer, pose = node // poses, node % poses
        direction = pose & 3
        left, right = pose & ~3 | (direction + 3) & 3, pose & ~3 | (direction + 1) & 3
        ahead = ahead_of(pose, width)
        if layer == DROPPED:
            layer = FREE
        else:
            count = relax(dist, before, heads, links, entries, count, layer * poses + left, cost + 1, node)
            count = relax(dist, before, heads, links, entries, count, layer * poses + right, cost + 1, node)
        if finish[layer, ahead] != NEVER:
            count = relax(dist, before, heads, links, entries, count, goal, cost + (finish[layer, ahead] >> 3), node)
        what = ground[ahead]
        onward, step = layer, 0
        if what == BARE or what == CLEAR:
            step = 1
        elif what == SHUT or what == TRASH:
            step = 2
        elif what >= LOCKED:
            step = 2 if keys[layer] == what - LOCKED else 2 + price
        elif what == THING:
            if role[ahead] == WANTED and layer == FREE:
                count = relax(dist, before, heads, links, entries, count, FETCHED * poses + pose, cost + 1, node)
                onward, step = FETCHED, 2
            elif role[ahead] == WANTED and lone and layer == FETCHED:
                step = 1
            elif may_pick and layer != HELD:
                away = 4 * ahead + direction
                if layer == FREE:
                    onward, step = FULL, 2 if role[ahead] == PLAIN else 2 + price
                    count = relax(dist, before, heads, links, entries, count, away, cost + step + ERRAND, node)
                else:
                    step = 2 + (ERRAND if layer == FULL and role[ahead] == PLAIN else price)
        if step:
            to = onward * poses + 4 * ahead + direction
            count = relax(dist, before, heads, links, entries, count, to, cost + step, node)
        if what == BARE and (layer == FULL or layer == HELD):
            after = cost + 1 + drop_cost(ground, width, ahead)
            free, back = DROPPED * poses, pose & ~3 | (direction + 2) & 3
            count = relax(dist, before, heads, links, entries, count, free + left, after, node)
            count = relax(dist, before, heads, links, entries, count, free + right, after, node)
            count = relax(dist, before, heads, links, entries, count, free + back, after + 1, node)
    obstacle, drop, at, node = -1, -1, 0, goal
    while True:
        source = before[node]
        ahead = ahead_of(source % poses, width)
        step = dist[node] - dist[source]
        is_lock = ground[ahead] >= LOCKED and node != goal and step > 1  # passed, not just faced
        if step >= price or (is_lock and cost >= price):
            obstacle = ahead
        if source // poses == HELD and node // poses == DROPPED:
            drop, at = source % poses, dist[source]
        if source == first:
            break
        node = source
    action = finish[start_layer, ahead] & 7
    if node != goal:
        action = first_action(ground[ahead], start_layer, start, node // poses, node % poses)
    return cost, action, obstacle, drop, at


@inner
def first_action(what, layer, pose, next_layer, next_pose):
    """The first action on the edge from a pose to the next; `what` is ahead."""
    if next_pose >> 2 == pose >> 2:
        if next_layer == layer:
            return TURN_LEFT if next_pose & 3 == (pose + 3) & 3 else TURN_RIGHT
        return DROP if next_layer == DROPPED else PICK_UP
    if what == THING:
        return PICK_UP
    return FORWARD if what == BARE or what == CLEAR else TOGGLE


@inner
def find(ground, width, role, finish, keys, may_pick, start, start_layer):
    """Like `search`: (cost, first action, cell of the first obstacle or -1), and where to put what is held, or -1.

    The search ignores a thing once it is dropped. So the rest of the route is searched again with the thing in place.
    If that costs more than estimated, other places are tried as long as their estimates are lower.
    """
    trial = ground.copy()
    best = (-1, TURN_LEFT, -1, -1)
    for _ in range(PLACES):
        cost, action, obstacle, pose, at = search(trial, width, role, finish, keys, may_pick, start, start_layer)
        if cost < 0 or 0 <= best[0] <= cost:
            break
        if pose < 0 or obstacle >= 0:
            return cost, action, obstacle, -1
        place = ahead_of(pose, width)
        at += drop_cost(trial, width, place)
        ending_there = finish[FETCHED, place]
        trial[place], finish[FETCHED, place] = THING, NEVER
        rest = search(trial, width, role, finish, keys, may_pick, pose, FREE)[0]
        trial[place], finish[FETCHED, place] = CLEAR, ending_there
        if rest >= 0 and (best[0] < 0 or at + rest < best[0]):
            best = (at + rest, action, -1, place)
            if at + rest <= cost:
                break
    return best
