"""Screens in numbers: the visible widgets and those on earlier screens."""

from __future__ import annotations

from ..core.inner import inner
from .screen import copy, look, shown, tell


@inner
def observe_table(state, params, out):
    look(state, params)
    copy(shown(state, params), out.table)
    n = out.past.shape[0]
    for k in range(n):
        copy(state.past[state.past.shape[0] - n + k], out.past[k])
    tell(state, params, out)
