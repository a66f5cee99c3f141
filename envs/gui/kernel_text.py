"""Screens whose actions are words, as parsed by `actions.parse`; see `kernel`.

An action is (verb, element, x, y, text): the index of a widget on the screen or a point, -1 for none, and the code of a
text. A verb below 0 is the error in the words. Two verbs exist only here: OPEN clicks the widget with the text; MESSAGE
is an answer if the task asks for one, and otherwise declares the task done.
"""

from __future__ import annotations

from ..core.inner import inner
from .kernel import (
    ANSWER,
    CLEAR,
    CLICK,
    COMPLETE,
    ENTER,
    NO_FOCUS,
    NOTHING_THERE,
    ROWS,
    SCROLL_LEFT,
    SCROLL_RIGHT,
    TYPE,
    advance,
    click,
    limit,  # noqa: F401  (the batch loops call it)
)
from .kernel_element import reset  # noqa: F401
from .program import C_TEXT, C_TYPE, SLIDER
from .screen import keep
from .vm import hit, is_clickable, is_editable, nth, text_of

OPEN, MESSAGE = ANSWER + 1, ANSWER + 2


@inner
def named(state, program, text):
    """The first clickable widget on the screen with a text; -1 for none."""
    for i in range(program.n_widgets):
        k = nth(state, i)
        if k < 0:
            break
        widget = program.widgets[k]
        is_free = not state.places[k, 4] and is_clickable(widget)
        if is_free and text_of(state, widget[C_TEXT]) == text:
            return k
    return -1


@inner
def step(state, params, action):
    program = params.programs[state.task]
    verb, element, x, y, text = action[0], action[1], action[2], action[3], action[4]
    k = named(state, program, text) if verb == OPEN else nth(state, element) if 0 <= element < ROWS else -1
    if k >= 0 and state.places[k, 4]:
        k = -1  # covered
    if k >= 0:
        x, y = state.places[k, 0] + state.places[k, 2] // 2, state.places[k, 1] + state.places[k, 3] // 2
    if verb == OPEN:
        verb = CLICK
    elif verb == MESSAGE:
        verb = ANSWER if program.answers else COMPLETE
    elif (verb == TYPE or verb == CLEAR or verb == ENTER or verb == SCROLL_LEFT or verb == SCROLL_RIGHT) and x >= 0:
        k = hit(state, program, x, y)  # an action on a widget first gives it the focus
        if k >= 0 and program.widgets[k, C_TYPE] == SLIDER:
            state.focus = k
        elif k >= 0 and is_editable(program, k):
            click(state, program, k, x)
        else:
            verb = -NO_FOCUS
    elif element >= 0 and k < 0:
        verb = -NOTHING_THERE
    outcome = advance(state, params, verb, x, y, text)
    keep(state)
    return outcome
