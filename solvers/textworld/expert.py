"""The planner that the scorer imitates: breadth-first search over true states for the nearest scoring command.

Only useful commands are searched: going, opening, unlocking, and those of the game's walkthrough; never dropping,
closing or losing. States are the kernel's own records, so a search visits some hundred thousand states a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...envs.core.check import integer
from ...envs.core.compile import compiled
from ...envs.core.inner import inner
from ...envs.core.snapshot import check_snapshot
from ...envs.textworld.ground import Grounded
from ...envs.textworld.kernel import ACTION, ACTIONS, COMMAND, DONE, HEAD, StepParams, find, is_admissible, step

LIMIT = 1 << 15  # the most states of a search
ONWARD = ("go", "open", "unlock")
USELESS = ("drop", "put", "insert", "close", "lock", "examine", "look", "inventory")


class Expert:
    """Plans in one game of an environment.

    Args:
        env: a `TextWorld`, unwrapped.
        game: index of the game in its pool.
    """

    def __init__(self, env: Any, game: int) -> None:
        self.game = integer("game", game, 0, len(env.pool) - 1)
        grounded: Grounded = env.pool[self.game]
        self.params = StepParams(env.params.table)
        wanted = {c for c in grounded.game.walkthrough if c.split()[0] not in USELESS}
        self.allowed = np.array([c in wanted or c.split()[0] in ONWARD for c in grounded.commands])
        self._states, self._origin = np.empty(LIMIT, env.kernel.state), env.origin

    def plan(self, state: np.void, command: int = -1) -> list[int]:
        """Indices of commands to the nearest state with a higher score, or where `command` is admissible.

        Args:
            state: a state of the environment, as `get_state` returns it.

        Returns:
            The shortest such list; empty if there is none within `LIMIT` states, or if `command` is admissible already.
        """
        check_snapshot(state, self._states.dtype, (), self._origin, "TextWorld")
        if state["game"] != self.game:
            raise ValueError(f"state: game {state['game']} is played, expected game {self.game}")
        integer("command", command, -1, len(self.allowed) - 1)
        self._states[0] = state
        came, by = np.zeros(LIMIT, np.int64), np.zeros(LIMIT, np.int64)
        at = _search(self._states, came, by, self.params, self.allowed, command)
        found = []
        while at > 0:
            found.append(int(by[at]))
            at = int(came[at])
        return found[::-1]


@inner
def _hash(state):
    key = np.uint64(state.room)
    for i in range(len(state.facts)):
        key = (key ^ state.facts[i]) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key


@inner
def _same(a, b):
    if a.room != b.room or a.free != b.free:
        return False
    for i in range(len(a.facts)):
        if a.facts[i] != b.facts[i]:
            return False
    return True


@inner
def _place(table, states, new, key):
    """The newest state's slot in the hash table, or -1 if the state is known."""
    mask = np.uint64(len(table) - 1)
    slot = key & mask
    while table[slot] >= 0:
        if _same(states[table[slot]], states[new]):
            return -1
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


def _search(states, came, by, params, allowed, command):
    """Fill `states` breadth first; returns the index of the first goal state, or 0. `came` and `by` lead back."""
    known = np.full(2 * len(states), -1, np.int64)
    if command >= 0 and find(states[0], params.table, command) >= 0:
        return 0
    known[_place(known, states, 0, _hash(states[0]))] = 0
    at, n = 0, 1
    while at < n:
        rooms = params.table[states[at].game * HEAD + ACTIONS] + states[at].room
        for row in range(params.table[rooms], params.table[rooms + 1], ACTION):
            if n == len(states):
                return 0
            taken = params.table[row + COMMAND]
            if not allowed[taken] or not is_admissible(states[at], params.table, row):
                continue
            states[n] = states[at]
            step(states[n], params, taken)
            if states[n].lost or states[n].outcome != DONE:
                continue
            slot = _place(known, states, n, _hash(states[n]))
            if slot < 0:
                continue
            known[slot] = n
            came[n], by[n] = at, taken
            if command < 0 and states[n].score > states[0].score:
                return n
            if command >= 0 and find(states[n], params.table, command) >= 0:
                return n
            n += 1
        at += 1
    return 0


_search = compiled(_search)
