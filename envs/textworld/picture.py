"""A map, as a picture and as text: visited rooms with their names, the rooms next to them as question marks.

TextWorld's maps need not be planar: a room whose place is taken moves to the nearest free one.
"""

from __future__ import annotations

from collections import deque

from ...render import Frame, blank, draw_line, draw_rectangle, draw_text_centered, fitted, palette
from .game import Game
from .grammar import Fact

HEIGHT, WIDTH = 472, 712  # of the map, in pixels
MOST = 6, 7  # rooms shown from west to east, and from north to south
LARGEST = (180, 320)  # height and width of a room
_STEPS = {"north_of": (0, -1), "west_of": (-1, 0)}

Door = tuple[str, str, str]  # two rooms, and "open", "closed", "locked" or "way"


def layout(game: Game) -> dict[str, tuple[int, int]]:
    """A distinct place (x to the east, y to the south) for each room."""
    neighbours: dict[str, list[tuple[str, int, int]]] = {room: [] for room in game.of_type("r")}
    for name, there, here in sorted(f for f in game.facts if f[0] in _STEPS and len(f) == 3):
        dx, dy = _STEPS[name]
        neighbours[here].append((there, dx, dy))
        neighbours[there].append((here, -dx, -dy))
    places: dict[str, tuple[int, int]] = {}
    taken: set[tuple[int, int]] = set()
    for first in neighbours:
        if first in places:
            continue
        places[first] = _free(taken, (max((x for x, _ in taken), default=-2) + 2, 0))
        pending = deque([first])
        while pending:
            room = pending.popleft()
            for other, dx, dy in neighbours[room]:
                if other not in places:
                    x, y = places[room]
                    places[other] = _free(taken, (x + dx, y + dy))
                    pending.append(other)
    return places


def _free(taken: set[tuple[int, int]], wanted: tuple[int, int]) -> tuple[int, int]:
    """Take the wanted place, or the nearest free one."""
    reach = 0
    while True:
        ring = [
            (wanted[0] + dx, wanted[1] + dy)
            for dy in range(-reach, reach + 1)
            for dx in range(-reach, reach + 1)
            if max(abs(dx), abs(dy)) == reach and (wanted[0] + dx, wanted[1] + dy) not in taken
        ]
        if ring:
            taken.add(ring[0])
            return ring[0]
        reach += 1


def ways(game: Game, facts: frozenset[Fact]) -> list[Door]:
    """The connections, each once, and what stands between the rooms."""
    between = {frozenset((f[1], f[3])): f[2] for f in game.facts if f[0] == "link"}
    found = []
    for _, there, here in sorted(f for f in game.facts if f[0] in _STEPS and len(f) == 3):
        door = between.get(frozenset((there, here)))
        state = next((s for s in ("open", "closed", "locked") if (s, door) in facts), "way") if door else "way"
        found.append((here, there, state))
    return found


def known(game: Game, visited: set[str]) -> set[str]:
    """The visited rooms and those next to them."""
    return visited | {room for a, b, _ in ways(game, frozenset()) if {a, b} & visited for room in (a, b)}


def draw_map(game: Game, facts: frozenset[Fact], visited: set[str], places: dict[str, tuple[int, int]]) -> Frame:
    """The map as uint8 (height, width, 3), the same size for all games: the rooms known so far fill it."""
    frame = blank(HEIGHT, WIDTH)
    player = next(f[2] for f in facts if f[:2] == ("at", "P"))
    shown = sorted(known(game, visited))
    for axis in (0, 1):  # if there are more rooms, show those around the player
        taken, most = [places[room][axis] for room in shown], MOST[axis]
        first = max(min(taken), min(places[player][axis] - most // 2, max(taken) - most + 1))
        shown = [room for room in shown if first <= places[room][axis] < first + most]
    (x0, columns), (y0, rows) = (_extent([places[room][axis] for room in shown]) for axis in (0, 1))
    pitch_y, pitch_x = HEIGHT / rows, WIDTH / columns
    high, wide = round(min(LARGEST[0], 0.66 * pitch_y)), round(min(LARGEST[1], 0.74 * pitch_x))
    box = high - 10, wide - 10
    names = {room: game.name(room) if room in visited else "?" for room in shown}
    scale = min(fitted(name, *box, 3)[1] for name in names.values())  # the same for all rooms
    mark = max(14, min(24, round(0.3 * pitch_y / 2)))

    def middle(room: str) -> tuple[float, float]:
        x, y = places[room]
        return (y - y0 + 0.5) * pitch_y, (x - x0 + 0.5) * pitch_x

    colours = {"open": palette.GOOD, "closed": palette.BAD, "locked": palette.BAD, "way": palette.BORDER}
    for a, b, state in ways(game, facts):
        if {a, b} & visited:
            start, end = middle(a), middle(b)
            draw_line(frame, start, end, palette.MUTED, 3)
            if state != "way":
                up, left = round((start[0] + end[0] - mark) / 2), round((start[1] + end[1] - mark) / 2)
                draw_rectangle(frame, up, left, mark, mark, palette.PANEL, colours[state], 2, radius=3)
                if state == "locked":
                    draw_text_centered(frame, up, left, mark, mark, "x", colours[state])
    for room in shown:
        y, x = middle(room)
        top, left, seen, here = round(y - high / 2), round(x - wide / 2), room in visited, room == player
        fill, edge = palette.PANEL if seen else palette.BACKGROUND, palette.ACCENT if here else palette.MUTED
        draw_rectangle(frame, top, left, high, wide, fill, edge, 4 if here else 2, radius=8)
        lines, _ = fitted(names[room], *box, scale)
        ink = palette.INK if seen else palette.MUTED
        draw_text_centered(frame, top, left, high, wide, "\n".join(lines), ink, scale)
    return frame


def _extent(taken: list[int]) -> tuple[int, int]:
    """The first place along an axis, and the number of places up to the last."""
    return min(taken), max(taken) - min(taken) + 1


def write_map(game: Game, facts: frozenset[Fact], visited: set[str], places: dict[str, tuple[int, int]]) -> str:
    """The map as text: `[room]`, the player's `[*room*]`, `- |` ways, `o` open, `+` closed and `x` locked doors."""
    player = next(f[2] for f in facts if f[:2] == ("at", "P"))
    shown = [room for room in places if room in known(game, visited)]
    x0, y0 = (min(places[room][i] for room in shown) for i in (0, 1))
    names = {room: game.name(room)[:12] if room in visited else "?" for room in shown}
    cell, gap = max(len(name) for name in names.values()) + 4, 3
    height = 2 * (max(places[room][1] for room in shown) - y0) + 1
    canvas = [[" "] * ((cell + gap) * (max(places[room][0] for room in shown) - x0 + 1)) for _ in range(height)]
    marks = {"open": "o", "closed": "+", "locked": "x"}
    for a, b, state in ways(game, facts):
        if not {a, b} & visited:
            continue
        (ax, ay), (bx, by) = (places[room] for room in (a, b))
        if abs(ax - bx) + abs(ay - by) != 1:
            continue  # not drawn, because the rooms are apart
        if ay == by:
            column = (cell + gap) * (min(ax, bx) - x0) + cell
            canvas[2 * (ay - y0)][column : column + gap] = f"-{marks.get(state, '-')}-"
        else:
            canvas[2 * (min(ay, by) - y0) + 1][(cell + gap) * (ax - x0) + cell // 2] = marks.get(state, "|")
    for room in shown:
        x, y = places[room]
        text = f"[*{names[room]}*]" if room == player else f"[{names[room]}]"
        left = (cell + gap) * (x - x0)
        canvas[2 * (y - y0)][left : left + cell] = text.center(cell, " ")
    return "\n".join("".join(line).rstrip() for line in canvas)
