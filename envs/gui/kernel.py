"""Screens, compiled: the record of a running task, what an action does to it, and what the agent sees as numbers.

An action is one number: click or long-press the n-th widget on the screen, type the n-th text, or do something without
an object (`ACTIONS`). Each reset draws the order of widgets and of texts. `kernel_xy` takes points instead.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from .program import (
    ANSWER_VAR,
    C_GROUP,
    C_HIGH,
    C_LONG,
    C_LOW,
    C_ON,
    C_PAGE,
    C_PROGRAM,
    C_TEXT,
    C_TYPE,
    C_VALUE,
    C_W,
    C_Z,
    CANDIDATES,
    EQ_VAR,
    EQ_VARS,
    FIELDS,
    PAGES,
    SLIDER,
    V_INFEASIBLE,
    V_LENGTH,
    V_RECENT,
    V_UNSEEN,
    VARS,
    WIDGETS,
)
from .vm import back, furthest, hit, is_clickable, is_editable, nth, on_screen, page_of, place, recent, run, text_of
from .words import NUMBER

ROWS = 48  # widgets that the agent sees
SEEN = 14  # numbers per widget: the columns of `see`
DEPTH, HISTORY = 16, 4
SCROLL = 240  # pixels
VERBS = (
    "click", "long_press", "type", "clear", "enter", "scroll_up", "scroll_down", "scroll_left", "scroll_right", "back",
    "home", "recent", "wait", "complete", "impossible", "answer",
)  # fmt: skip
(
    CLICK, LONG_PRESS, TYPE, CLEAR, ENTER, SCROLL_UP, SCROLL_DOWN, SCROLL_LEFT, SCROLL_RIGHT, BACK, HOME, RECENT, WAIT,
    COMPLETE, IMPOSSIBLE, ANSWER,
) = range(len(VERBS))  # fmt: skip
# The first action of each verb.
FIRST_LONG, FIRST_TYPE = ROWS, 2 * ROWS
FIRST_PLAIN = FIRST_TYPE + CANDIDATES
FIRST_ANSWER = FIRST_PLAIN + ANSWER - CLEAR
ACTIONS = FIRST_ANSWER + CANDIDATES

OK, NOTHING_THERE, NO_FOCUS, NO_TEXT, NO_FURTHER, NO_PAGE, NOT_HERE, MALFORMED, TOO_LONG = range(9)  # errors
SPARSE, PARTIAL, SHAPED, TIMED = range(4)  # rewards


class Params(NamedTuple):
    max_steps: int
    programs: NDArray[Any]
    factor: float  # step limit, as a multiple of the oracle's steps
    declare: bool  # whether the agent has to declare that it is done
    reward: int
    gamma: float
    first_paraphrase: int  # first of the goals to draw from; below 0 counts from the last
    last_paraphrase: int
    given: int  # a task's number; -1 to draw one


def state_fields() -> list[tuple]:
    return [
        ("task", np.int64),
        ("paraphrase", np.int64),
        ("depth", np.int64),
        ("focus", np.int64),
        ("answer", np.int64),
        ("declared", np.int64),  # the verb that ended the episode
        ("error", np.int64),
        ("max_steps", np.int64),
        ("oracle_progress", np.float64),  # share of predicates that hold
        ("memoryless", np.float64),  # see `Task`
        ("stack", np.int16, (DEPTH,)),
        ("scroll", np.int16, (PAGES,)),
        ("vars", np.int16, (VARS,)),
        ("before", np.int16, (VARS,)),  # at the start
        ("history", np.int16, (HISTORY, 4)),  # verb + 1, type of the widget + 1, its text, the text that was typed
        ("places", np.int16, (WIDGETS, 7)),  # where widgets are, see `vm.place`; written by `observe`
        # Drawn by each reset, so that neither the numbers of widgets nor the order of texts reveals the target.
        ("order", np.uint8, (WIDGETS,)),  # order in which the task's widgets are numbered
        ("offered", np.uint8, (CANDIDATES,)),  # order in which the task's texts are offered
        ("illegal", np.bool_),
        ("is_success", np.bool_),
    ]


STATE = state_dtype(state_fields())
TABLE = record_dtype(
    [
        ("table", np.int16, (ROWS, SEEN)),
        ("goal", np.int16, (2 + FIELDS,)),
        ("candidates", np.int16, (CANDIDATES,)),
        ("history", np.int16, (HISTORY, 4)),
    ]
)


@inner
def reset(state, params):
    state.task = params.given if params.given >= 0 else randint(state.rng, params.programs.shape[0])
    program = params.programs[state.task]
    for k in range(VARS):
        state.vars[k] = 0
    for k in range(DEPTH):
        state.stack[k] = 0
    for k in range(PAGES):
        state.scroll[k] = 0
    for k in range(HISTORY):
        for column in range(4):
            state.history[k, column] = 0
    for k in range(WIDGETS):  # `place` writes only those of the task
        for column in range(7):
            state.places[k, column] = 0
    state.depth = state.answer = state.error = 0
    state.focus = state.declared = -1
    state.illegal = state.is_success = False
    run(state, program.code, 0)
    for k in range(VARS):
        state.before[k] = state.vars[k]
    first, last = params.first_paraphrase, params.last_paraphrase
    first, last = first + program.paraphrases * (first < 0), last + program.paraphrases * (last < 0)
    state.paraphrase = first + randint(state.rng, last - first + 1)
    shuffle(state.rng, state.order, program.n_widgets)
    shuffle(state.rng, state.offered, program.n_candidates)
    state.max_steps = math.ceil(params.factor * state.vars[V_LENGTH])
    state.oracle_progress = share(state, program)
    # If an episode ends by itself, an agent can try until it does.
    state.memoryless = program.memoryless if params.declare else math.nan


@inner
def shuffle(rng, order, n):
    """Write 0 to n - 1 in random order; the elements behind them stay as they are."""
    for i in range(order.shape[0]):
        order[i] = i
    for i in range(n - 1, 0, -1):
        j = randint(rng, i + 1)
        order[i], order[j] = order[j], order[i]


@inner
def share(state, program):
    """The share of predicates that hold; an answer's predicate holds only once the answer is given."""
    held = 0
    for k in range(program.n_predicates):
        kind, a, b = program.predicates[k, 0], program.predicates[k, 1], program.predicates[k, 2]
        if kind == EQ_VAR:
            held += state.vars[a] == state.vars[b]
        elif kind == ANSWER_VAR:
            held += state.answer != 0 and state.answer == state.vars[a]
        elif kind == EQ_VARS:
            equal = True
            for i in range(program.predicates[k, 3]):
                equal &= state.vars[a + i] == state.vars[b + i]
            held += equal
        else:
            held += state.vars[a] == b
    return held / program.n_predicates


@inner
def is_harmless(state, program):
    """Whether no protected variable has changed."""
    for k in range(VARS):
        if program.protected[k] and state.vars[k] != state.before[k]:
            return False
    return True


@inner
def focused(state, program):
    """The visible widget that has the focus; -1 for none."""
    return state.focus if on_screen(state, state.focus) else -1


@inner
def note(state, verb, program, k, text):
    """Record an action in the history."""
    for i in range(HISTORY - 1):
        for column in range(4):
            state.history[i, column] = state.history[i + 1, column]
    state.history[HISTORY - 1, 0] = verb + 1
    state.history[HISTORY - 1, 1] = program.widgets[k, C_TYPE] + 1 if k >= 0 else 0
    state.history[HISTORY - 1, 2] = text_of(state, program.widgets[k, C_TEXT]) if k >= 0 else 0
    state.history[HISTORY - 1, 3] = text


@inner
def click(state, program, k, x):
    """Click a widget; `x` decides the number of a slider."""
    widget = program.widgets[k]
    if is_editable(program, k) or widget[C_TYPE] == SLIDER:
        state.focus = k
    if widget[C_TYPE] == SLIDER:
        low, high = int(widget[C_LOW]), int(widget[C_HIGH])
        left = int(state.places[k, 0])
        state.vars[widget[C_VALUE]] = low + min((x - left) * (high - low + 1) // widget[C_W], high - low)
    if widget[C_PROGRAM] > 0:  # 0: the reset's
        run(state, program.code, widget[C_PROGRAM])


@inner
def perform(state, program, verb, x, y, text):
    """Perform a verb, at a point if it needs one; return the error, OK if it had an effect."""
    k = focused(state, program)
    page = page_of(state)
    if verb == CLICK or verb == LONG_PRESS:
        k = hit(state, program, x, y)
        if k < 0 or not (is_clickable(program.widgets[k]) if verb == CLICK else program.widgets[k, C_LONG] > 0):
            return NOTHING_THERE
        note(state, verb, program, k, 0)
        if verb == CLICK:
            click(state, program, k, x)
        else:
            run(state, program.code, program.widgets[k, C_LONG])
        return OK
    if verb == TYPE or verb == CLEAR or verb == ENTER:
        if k < 0 or not is_editable(program, k):
            return NO_FOCUS
        if verb == TYPE and text == 0:
            return NO_TEXT
        note(state, verb, program, k, text if verb == TYPE else 0)
        if verb == ENTER:
            if program.widgets[k, C_LONG] > 0:
                run(state, program.code, program.widgets[k, C_LONG])
        else:
            state.vars[program.widgets[k, C_VALUE]] = text if verb == TYPE else 0
        return OK
    if verb == SCROLL_UP or verb == SCROLL_DOWN:
        old = int(state.scroll[page])
        new = old - SCROLL if verb == SCROLL_UP else old + SCROLL
        state.scroll[page] = min(max(new, 0), furthest(program, page))
        if state.scroll[page] == old:
            return NO_FURTHER
    elif verb == SCROLL_LEFT or verb == SCROLL_RIGHT:
        if k < 0 or program.widgets[k, C_TYPE] != SLIDER:
            return NO_FOCUS
        var = program.widgets[k, C_VALUE]
        new = int(state.vars[var]) + (1 if verb == SCROLL_RIGHT else -1)
        if not program.widgets[k, C_LOW] <= new <= program.widgets[k, C_HIGH]:
            return NO_FURTHER
        state.vars[var] = new
    elif verb == BACK or verb == HOME:
        if state.depth == 0:
            return NO_PAGE
        back(state, state.depth - 1 if verb == BACK else 0)
    elif verb == RECENT:
        if state.vars[V_RECENT] <= 0:
            return NO_PAGE
        recent(state)
    note(state, verb, program, k if verb == SCROLL_LEFT or verb == SCROLL_RIGHT else -1, 0)
    return OK


@inner
def declare(state, params, program, verb, text):
    """End the episode, if the verb may do so here; return the error."""
    if verb == COMPLETE:
        if not params.declare or program.answers:
            return NOT_HERE
    elif verb == IMPOSSIBLE:
        if not program.may_be_infeasible:
            return NOT_HERE
    elif not program.answers:
        return NOT_HERE
    elif text == 0:
        return NO_TEXT
    note(state, verb, program, -1, text)
    state.answer = text
    state.declared = verb
    return OK


@inner
def advance(state, params, verb, x, y, text):
    """One step of the task: its reward, and whether it ends."""
    program = params.programs[state.task]
    if verb < 0:  # invalid words: the error's code
        state.error = -verb
    elif verb >= COMPLETE:
        state.error = declare(state, params, program, verb, text)
    elif verb != WAIT:
        state.error = perform(state, program, verb, x, y, text)
    else:
        state.error = OK
        note(state, verb, program, -1, 0)
    state.illegal = state.error != OK
    held, was = share(state, program), state.oracle_progress
    state.oracle_progress = held
    done = held == 1.0 and is_harmless(state, program)
    ended = state.declared >= 0 or (done and not params.declare)
    if state.declared == IMPOSSIBLE:
        seen = state.vars[V_UNSEEN] == 0
        state.is_success = state.vars[V_INFEASIBLE] == 1 and seen and is_harmless(state, program)
    else:
        state.is_success = ended and done
    reward = 1.0 if state.is_success else 0.0
    if params.reward == PARTIAL and ended and not state.is_success:
        reward = 0.99 * held
    elif params.reward == SHAPED:
        reward += params.gamma * held - was
    elif params.reward == TIMED:
        reward *= 1.0 - state.t / state.max_steps
    return reward, ended


@inner
def candidate(state, program, k):
    """The k-th text that may be typed; 0 for none."""
    return text_of(state, program.candidates[state.offered[k]])


@inner
def step(state, params, action):
    if action < 0:
        return advance(state, params, action, -1, -1, 0)
    program = params.programs[state.task]
    if action < FIRST_TYPE:
        verb, element = (CLICK, action) if action < FIRST_LONG else (LONG_PRESS, action - FIRST_LONG)
        k = nth(state, element)
        x = y = -1
        if k >= 0 and not state.places[k, 4]:
            x = state.places[k, 0] + state.places[k, 2] // 2
            y = state.places[k, 1] + state.places[k, 3] // 2
        return advance(state, params, verb, x, y, 0)
    if action < FIRST_PLAIN:
        return advance(state, params, TYPE, -1, -1, candidate(state, program, action - FIRST_TYPE))
    if action < FIRST_ANSWER:
        return advance(state, params, CLEAR + action - FIRST_PLAIN, -1, -1, 0)
    return advance(state, params, ANSWER, -1, -1, candidate(state, program, action - FIRST_ANSWER))


@inner
def legal(state, params, mask):
    program = params.programs[state.task]
    for k in range(ACTIONS):
        mask[k] = 0
    for k in range(program.n_widgets):
        element = state.places[k, 6]
        if state.places[k, 3] and not state.places[k, 4] and element < ROWS:
            mask[element] = is_clickable(program.widgets[k])
            mask[FIRST_LONG + element] = program.widgets[k, C_LONG] > 0
    k = focused(state, program)
    if k >= 0 and is_editable(program, k):
        mask[FIRST_PLAIN] = mask[FIRST_PLAIN + ENTER - CLEAR] = 1
        for i in range(program.n_candidates):
            mask[FIRST_TYPE + i] = candidate(state, program, i) != 0
    elif k >= 0:  # a slider
        value = state.vars[program.widgets[k, C_VALUE]]
        mask[FIRST_PLAIN + SCROLL_LEFT - CLEAR] = value > program.widgets[k, C_LOW]
        mask[FIRST_PLAIN + SCROLL_RIGHT - CLEAR] = value < program.widgets[k, C_HIGH]
    page = page_of(state)
    mask[FIRST_PLAIN + SCROLL_UP - CLEAR] = state.scroll[page] > 0
    mask[FIRST_PLAIN + SCROLL_DOWN - CLEAR] = state.scroll[page] < furthest(program, page)
    mask[FIRST_PLAIN + BACK - CLEAR] = mask[FIRST_PLAIN + HOME - CLEAR] = state.depth > 0
    mask[FIRST_PLAIN + RECENT - CLEAR] = state.vars[V_RECENT] > 0
    mask[FIRST_PLAIN + WAIT - CLEAR] = 1
    mask[FIRST_PLAIN + COMPLETE - CLEAR] = params.declare and not program.answers
    mask[FIRST_PLAIN + IMPOSSIBLE - CLEAR] = program.may_be_infeasible
    if program.answers:
        for i in range(program.n_candidates):
            mask[FIRST_ANSWER + i] = candidate(state, program, i) != 0


@inner
def value_of(state, widget):
    """What a widget shows as its value: the code of a text or of a number; 0 for none."""
    if widget[C_VALUE] < 0:
        return 0
    held = int(state.vars[widget[C_VALUE]])
    return NUMBER + held if widget[C_TYPE] == SLIDER else held


@inner
def see(state, program, table):
    """Write a row per widget on screen: id + 1, type, page, x, y, width, height, text, value, flags, group, z, low,
    high.

    Flags: 1 clickable, 2 can be long-pressed, 4 editable, 8 checked or selected, 16 focused, 32 covered. `low` and
    `high` are a slider's.
    """
    focus = focused(state, program)
    n = 0
    for k in range(program.n_widgets):
        row = state.places[k, 6]
        if not state.places[k, 3] or row >= ROWS:
            continue
        widget, seen = program.widgets[k], table[row]
        seen[0], seen[1], seen[2] = row + 1, widget[C_TYPE], widget[C_PAGE]
        for column in range(4):
            seen[3 + column] = state.places[k, column]
        seen[7] = text_of(state, widget[C_TEXT])
        seen[8] = value_of(state, widget)
        seen[9] = flags_of(state, program, k, focus)
        seen[10], seen[11], seen[12], seen[13] = widget[C_GROUP], widget[C_Z], widget[C_LOW], widget[C_HIGH]
        n += 1
    for rest in range(n, ROWS):
        for column in range(SEEN):
            table[rest, column] = 0


@inner
def observe(state, params, out):
    """Write what is on the screen (see `see`), the goal's numbers, the texts to type and the history."""
    program = params.programs[state.task]
    place(state, program)
    see(state, program, out.table)
    out.goal[0], out.goal[1] = state.task, state.paraphrase
    for k in range(FIELDS):
        out.goal[2 + k] = state.vars[program.fields[k]] if program.fields[k] else 0
    for k in range(program.n_candidates):
        out.candidates[k] = candidate(state, program, k)
    for k in range(program.n_candidates, CANDIDATES):
        out.candidates[k] = 0
    for k in range(HISTORY):
        for column in range(4):
            out.history[k, column] = state.history[k, column]


@inner
def flags_of(state, program, k, focus):
    """See `see`."""
    widget = program.widgets[k]
    editable = is_editable(program, k)
    checked = widget[C_VALUE] >= 0 and not editable and widget[C_TYPE] != SLIDER
    checked = checked and state.vars[widget[C_VALUE]] == widget[C_ON]
    flags = is_clickable(widget) + 2 * (widget[C_LONG] > 0 and not editable) + 4 * editable
    return flags + 8 * checked + 16 * (k == focus) + 32 * int(state.places[k, 4])


@inner
def limit(state, params):
    return state.max_steps
