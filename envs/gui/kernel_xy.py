"""Screens whose actions name points of a grid over the screen: (verb, column, row, text); see `kernel`."""

from __future__ import annotations

from ..core.inner import inner
from .kernel import ANSWER, TYPE, advance, candidate, limit  # noqa: F401  (the batch loops call `limit`)
from .kernel_element import reset  # noqa: F401
from .program import HEIGHT, WIDTH
from .screen import keep


@inner
def step(state, params, action):
    x = (2 * action[1] + 1) * WIDTH // (2 * params.columns)  # the middle of a cell; the pixel, if cells are pixels
    y = (2 * action[2] + 1) * HEIGHT // (2 * params.rows)
    text = 0  # other verbs do not need it
    if action[0] == TYPE or action[0] == ANSWER:
        text = candidate(state, params.programs[state.task], action[3])
    outcome = advance(state, params, action[0], x, y, text)
    keep(state)
    return outcome
