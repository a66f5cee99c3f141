"""Screens whose actions name widgets, for all observations, and with past screens stored; see `kernel`."""

from __future__ import annotations

from ..core.inner import inner
from . import kernel
from .kernel import legal, limit  # noqa: F401  (the batch loops call them)
from .screen import begin, keep

start, perform = kernel.reset, kernel.step


@inner
def reset(state, params):
    start(state, params)
    begin(state, params)


@inner
def step(state, params, action):
    outcome = perform(state, params, action)
    keep(state)
    return outcome
