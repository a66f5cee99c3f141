"""What an agent can do to the grid: Minigrid's seven actions on a state record.

The record has `cells` (uint16, indexed [y, x]), `x`, `y`, `direction` and `carried` (a cell; 0 for nothing).
"""

from __future__ import annotations

from ..core.inner import inner
from ..core.text import parse_named
from .cells import BOX, DOOR_CLOSED, DOOR_LOCKED, DOOR_OPEN, DX, DY, EMPTY, KEY, color, is_free, is_portable

TURN_LEFT, TURN_RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE = range(7)
ACTIONS = ("turn left", "turn right", "go forward", "pick up", "drop", "toggle", "done")
# Synonyms, from Minigrid and BabyAI-Text.
_SYNONYMS = {
    "left": "turn left", "right": "turn right", "forward": "go forward", "move forward": "go forward",
    "go": "go forward", "pickup": "pick up", "pick": "pick up", "take": "pick up", "put down": "drop", "open": "toggle",
    "close": "toggle",
}  # fmt: skip


def parse_move(text: str, count: int) -> int:
    """Which of the first `count` actions is meant by words such as "go forward" or "take"; else `ParseError`."""
    return parse_named(text, {ACTIONS[action]: action for action in range(count)}, _SYNONYMS)


@inner
def front(state):
    """The (x, y) of the cell that the agent faces. Walls all around keep it inside the grid."""
    return state.x + DX[state.direction], state.y + DY[state.direction]


@inner
def act(state, action, inside):
    """Do an action; one without effect changes nothing. A toggled box becomes `inside`, its content (0: nothing)."""
    x, y = front(state)
    cell = int(state.cells[y, x])
    kind = cell & 15
    if action == TURN_LEFT:
        state.direction = (state.direction + 3) & 3
    elif action == TURN_RIGHT:
        state.direction = (state.direction + 1) & 3
    elif action == FORWARD:
        if is_free(cell):
            state.x = x
            state.y = y
    elif action == PICK_UP:
        if is_portable(cell) and not state.carried:
            state.carried = cell
            state.cells[y, x] = EMPTY
    elif action == DROP:
        if kind == EMPTY and state.carried:
            state.cells[y, x] = state.carried
            state.carried = 0
    elif action == TOGGLE:
        if kind == DOOR_LOCKED:
            if state.carried & 15 == KEY and color(state.carried) == color(cell):
                state.cells[y, x] = cell - DOOR_LOCKED + DOOR_OPEN
        elif kind == DOOR_OPEN:
            state.cells[y, x] = cell - DOOR_OPEN + DOOR_CLOSED
        elif kind == DOOR_CLOSED:
            state.cells[y, x] = cell - DOOR_CLOSED + DOOR_OPEN
        elif kind == BOX:
            state.cells[y, x] = inside if inside else EMPTY
