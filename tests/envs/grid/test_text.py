"""Grids as text: round trips, and errors that name what is wrong with a drawing."""

from __future__ import annotations

import pytest

from ige.envs.grid.cells import BALL, COLORS, DOOR_OPEN, GREY, KEY, RED
from ige.envs.grid.text import from_text, to_text

DRAWN = """\
WEWEWEWEWE
WEKRAE  WE
WE<<ORLBWE
WEBYDPVRWE
WEWEWEWEWE"""


def test_there_and_back() -> None:
    cells, agent = from_text(DRAWN)
    assert agent == (1, 2, 2)
    assert to_text(cells, agent) == DRAWN
    assert cells[1, 1] == KEY | RED << 4
    assert cells[1, 2] == BALL | GREY << 4
    assert cells[2, 2] == DOOR_OPEN | RED << 4
    assert COLORS[GREY] == "grey"


def test_an_agent_in_a_doorway_leaves_the_door_visible() -> None:
    cells, _ = from_text(DRAWN)
    assert to_text(cells, (2, 2, 0)) == DRAWN.replace("<<", "  ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("WEWE\nWE", "line 2: found 2 characters, expected 4"),
        ("WEW\nWEW", "line 1: found 3 characters"),
        ("WEQR", "line 1, cell 2: found 'QR'"),
        ("WEWX", "line 1, cell 2: found 'WX'"),
        (">>WE\nWE^^", "line 2, cell 2: found a second agent"),
    ],
)
def test_a_wrong_drawing_names_the_place(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        from_text(text)
