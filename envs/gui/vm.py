"""The interpreter of a task's programs, the widgets' current positions, and hit tests; compiled."""

from __future__ import annotations

from ..core.inner import inner
from ..core.rng import randint
from . import ops
from .program import (
    BOTTOM,
    C_COLUMNS,
    C_DX,
    C_DY,
    C_FIXED,
    C_H,
    C_PAGE,
    C_PROGRAM,
    C_SHOW,
    C_SHOW_VALUE,
    C_SLOT,
    C_TYPE,
    C_W,
    C_X,
    C_Y,
    C_Z,
    HEIGHT,
    PASSWORD,
    SLIDER,
    TEXTFIELD,
    TOP,
    V_NONE,
    V_RECENT,
)

# Numba treats these as constants, as it would a module's attributes, which read worse in a chain of branches.
(
    STOP, SET, COPY, ADD, TOGGLE, NAV, BACK, HOME, RECENT, UNLESS_EQ, UNLESS_SAME, SKIP, RANK, MATCH, SUM, APPEND, GET,
    PUT, FIND, BOTH, DRAW, DISTINCT, SHUFFLE, PICK, CHANCE,
) = range(len(ops.TABLE))  # fmt: skip


@inner
def go(state, page):
    """Open a page; if too many are open, the oldest one is forgotten."""
    deepest = state.stack.shape[0] - 1
    if state.depth == deepest:
        for k in range(1, deepest):
            state.stack[k] = state.stack[k + 1]
    else:
        state.depth += 1
    state.stack[state.depth] = page
    state.scroll[page] = 0
    state.focus = -1


@inner
def back(state, depth):
    """Return to the page that was open at that depth; a phone stores the page that was left for the home screen."""
    if depth == 0 < state.depth and state.vars[V_RECENT] != 0:
        state.vars[V_RECENT] = page_of(state)
    while state.depth > depth:
        state.stack[state.depth] = 0
        state.depth -= 1
    state.focus = -1


@inner
def recent(state):
    """Reopen the page that was last left for the home screen, if there is one."""
    page = int(state.vars[V_RECENT])
    if page > 0:
        back(state, 0)
        go(state, page)


@inner
def run(state, code, start):
    """Run a program from its first row to STOP."""
    v = state.vars
    k = start
    while True:
        op, a, b, c, d = int(code[k, 0]), int(code[k, 1]), int(code[k, 2]), int(code[k, 3]), int(code[k, 4])
        k += 1
        if op == STOP:
            return
        if op == SET:
            v[a] = b
        elif op == COPY:
            v[a] = v[b]
        elif op == ADD:
            v[a] = min(max(v[a] + b, c), d)
        elif op == TOGGLE:
            v[a] = 1 - v[a]
        elif op == NAV:
            go(state, a)
        elif op == BACK:
            back(state, max(state.depth - 1, 0))
        elif op == HOME:
            back(state, 0)
        elif op == RECENT:
            recent(state)
        elif op == UNLESS_EQ:
            k += 0 if v[a] == b else c
        elif op == UNLESS_SAME:
            k += 0 if v[a] == v[b] else c
        elif op == SKIP:
            k += a
        elif op == RANK:
            for i in range(abs(d)):
                place = 0
                for j in range(abs(d)):
                    place += precedes(v, b, c, d < 0, j, i)
                v[a + i] = place
        elif op == MATCH:
            for i in range(c):
                v[a + i] = v[d] == V_NONE or v[b + i] == v[d]
        elif op == SUM:
            total = 0
            for i in range(c):
                total += v[b + i]
            v[a] = total
        elif op == APPEND:
            if v[b] < d:
                v[a + v[b]] = v[c]
                v[b] += 1
        elif op == GET:
            v[a] = v[b + v[c]]
        elif op == PUT:
            v[a + v[b]] = v[c]
        elif op == FIND:
            place = c
            for i in range(c - 1, -1, -1):
                place = i if v[b + i] == v[d] else place
            v[a] = place if place < c else -1
        elif op == BOTH:
            for i in range(d):
                v[a + i] = v[b + i] == 1 and v[c + i] == 1
        elif op == DRAW:
            v[a] = b + randint(state.rng, c - b + 1)
        elif op == DISTINCT:
            for i in range(b):
                new = False
                while not new:
                    v[a + i] = c + randint(state.rng, d - c + 1)
                    new = True
                    for j in range(i):
                        new &= v[a + j] != v[a + i]
        elif op == SHUFFLE:
            for i in range(b):
                j = randint(state.rng, i + 1)
                v[a + i] = v[a + j]
                v[a + j] = c + i
        elif op == PICK:
            v[d] = randint(state.rng, c)
            v[a] = v[b + v[d]]
        elif op == CHANCE:
            v[a] = randint(state.rng, 100) < b


@inner
def precedes(v, keys, flags, descending, i, j):
    """Whether i comes before j: flagged ones first, then by key, then by index; `flags` below 0: none is flagged."""
    if flags >= 0 and v[flags + i] != v[flags + j]:
        return v[flags + i] > v[flags + j]
    if v[keys + i] != v[keys + j]:
        return (v[keys + i] > v[keys + j]) == descending
    return i < j


@inner
def text_of(state, reference):
    """The code of a text that a widget or list refers to directly or by a variable."""
    return int(reference) if reference >= 0 else int(state.vars[-1 - reference])


@inner
def page_of(state):
    return state.stack[state.depth]


@inner
def bounds(state, widget):
    """x, y, width and height of a widget on the screen; the height is 0 if it is not there."""
    if widget[C_PAGE] != page_of(state) and widget[C_PAGE] >= 0:
        return 0, 0, 0, 0
    if widget[C_SHOW] >= 0 and state.vars[widget[C_SHOW]] != widget[C_SHOW_VALUE]:
        return 0, 0, 0, 0
    x, y, w, h = int(widget[C_X]), int(widget[C_Y]), int(widget[C_W]), int(widget[C_H])
    if widget[C_SLOT] >= 0:
        slot = int(state.vars[widget[C_SLOT]])
        x += widget[C_DX] * (slot % widget[C_COLUMNS])
        y += widget[C_DY] * (slot // widget[C_COLUMNS])
    if not widget[C_FIXED]:
        y -= state.scroll[page_of(state)]
        cut = max(TOP - y, 0)
        y, h = y + cut, h - cut
        h = min(h, BOTTOM - y)
    return x, y, w, max(min(h, HEIGHT - y), 0)


@inner
def is_clickable(widget):
    kind = widget[C_TYPE]
    return widget[C_PROGRAM] > 0 or kind == TEXTFIELD or kind == PASSWORD or kind == SLIDER


@inner
def place(state, program):
    """Record where every widget is on the screen, for `hit` and all later steps.

    Rows of `state.places`: x, y, width, height (0: it is not there), whether it is covered; then a column with the
    widgets that are there, in the order that the reset drew, then -1; then each one's index in that column. Loops go
    through widgets in the template's order, not in the drawn one, because processors predict its branches better.
    """
    places = state.places
    n, lowest, highest = 0, 32767, -32768
    for k in range(program.n_widgets):
        places[k, 0], places[k, 1], places[k, 2], places[k, 3] = bounds(state, program.widgets[k])
        places[k, 4] = 0
        if places[k, 3]:
            places[n, 5] = k
            n += 1
            lowest, highest = min(lowest, program.widgets[k, C_Z]), max(highest, program.widgets[k, C_Z])
    is_flat = lowest == highest
    for i in range(n):
        k = places[i, 5]
        x, y = places[k, 0] + places[k, 2] // 2, places[k, 1] + places[k, 3] // 2
        for j in range(i + 1 if is_flat else 0, n):  # among equally high widgets only a later one can cover it
            if (is_flat or lies_on(program, places[j, 5], k)) and contains(places, places[j, 5], x, y):
                places[k, 4] = 1
                break
    n = 0
    for i in range(program.n_widgets):
        k = state.order[i]
        places[n, 5] = k
        places[k, 6] = n
        n += places[k, 3] > 0
    for i in range(n, places.shape[0]):
        places[i, 5] = -1


@inner
def lies_on(program, j, k):
    """Whether widget j is above k: higher, or equally high and later."""
    upper, lower = program.widgets[j, C_Z], program.widgets[k, C_Z]
    return upper > lower or (upper == lower and j > k)


@inner
def contains(places, k, x, y):
    return places[k, 1] <= y < places[k, 1] + places[k, 3] and places[k, 0] <= x < places[k, 0] + places[k, 2]


@inner
def hit(state, program, x, y):
    """The widget at a point: the highest, and the last among equally high ones; -1 for none."""
    found = -1
    for i in range(state.places.shape[0]):
        k = state.places[i, 5]
        if k < 0:
            break
        if contains(state.places, k, x, y) and (found < 0 or lies_on(program, k, found)):
            found = k
    return found


@inner
def on_screen(state, k):
    """Whether a widget is shown."""
    return k >= 0 and state.places[k, 3] > 0


@inner
def nth(state, element):
    """The n-th widget on the screen; -1 if there are fewer."""
    return int(state.places[element, 5])


@inner
def furthest(program, page):
    """How far a page can be scrolled."""
    return max(int(program.heights[page]) - BOTTOM, 0)


@inner
def is_editable(program, k):
    kind = program.widgets[k, C_TYPE]
    return kind == TEXTFIELD or kind == PASSWORD
