"""Named colours, RGB in 0..255.

The hues are the eight of Okabe and Ito ("Color Universal Design", 2008), chosen to stay distinct under the common
forms of colour blindness. Environments draw with the roles and leave the hues for categories.
"""

from __future__ import annotations

Color = tuple[int, int, int]

BLACK: Color = (0, 0, 0)
ORANGE: Color = (230, 159, 0)
SKY: Color = (86, 180, 233)
GREEN: Color = (0, 158, 115)
YELLOW: Color = (240, 228, 66)
BLUE: Color = (0, 114, 178)
VERMILION: Color = (213, 94, 0)
PURPLE: Color = (204, 121, 167)

WHITE: Color = (255, 255, 255)

CATEGORIES: tuple[Color, ...] = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW, BLACK)
"""Hues for unordered classes (routes, agents, nodes), to be taken in this order."""

BACKGROUND: Color = (247, 247, 243)
PANEL: Color = WHITE
"""The colour of objects on the background: cards, boxes, tiles."""
INK: Color = (34, 38, 46)
MUTED: Color = (104, 110, 120)
BORDER: Color = (196, 199, 204)
GOOD: Color = GREEN
BAD: Color = VERMILION
ACCENT: Color = BLUE
