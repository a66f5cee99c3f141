"""One maze as a value: walls, the agent's start and direction, and the goal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.check import integer
from ..core.given import is_json, is_path, json_object
from ..core.text_file import read_text
from . import buffer
from .layout import ROOMS, level_dtype, room_for
from .routes import fewest_actions

_AGENTS = ">v<^"
_FIELDS = ("walls", "start", "direction", "goal")


@dataclass(frozen=True, eq=False)
class Level:
    """A level of `ige/UedMaze-v0`; play it with `reset(options={"level": level})`.

    Attributes:
        walls: bool (height, width), the interior; read-only.
        start: (x, y) of the agent, column and row from 0, origin at the top left.
        direction: 0 right, 1 down, 2 left, 3 up.
        goal: (x, y) of the goal.

    Raises:
        ValueError: walls are no rectangle of 0 and 1, or start or goal is missing, outside or in a wall; the message
            names the field and the tile.
    """

    walls: NDArray[np.bool_]
    start: tuple[int, int]
    direction: int
    goal: tuple[int, int]

    def __post_init__(self) -> None:
        walls = _bitmap(self.walls)
        height, width = walls.shape
        for name in ("start", "goal"):
            x, y = place = _tile(name, getattr(self, name))
            if not (0 <= x < width and 0 <= y < height):
                raise ValueError(f"level: {name}: tile {place} is outside the grid of {width} x {height} tiles")
            if walls[y, x]:
                raise ValueError(f"level: {name}: there is a wall at tile {place}")
            object.__setattr__(self, name, place)
        if self.start == self.goal:
            raise ValueError(f"level: goal: tile {self.goal} is the start, expected another")
        object.__setattr__(self, "direction", integer("level: direction", self.direction, 0, 3))
        object.__setattr__(self, "walls", walls)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Level) and self.to_text() == other.to_text()

    def __hash__(self) -> int:
        return hash(self.to_text())

    @property
    def width(self) -> int:
        return int(self.walls.shape[1])

    @property
    def height(self) -> int:
        return int(self.walls.shape[0])

    @property
    def blocks(self) -> int:
        """The number of walls."""
        return int(self.walls.sum())

    # --- paths to the goal --------------------------------------------------------------------------------------------

    @cached_property
    def path_length(self) -> int | None:
        """The number of tiles walked on a shortest path to the goal; None if there is none."""
        return int(buffer.path_lengths(self._alone())[0]) or None

    @property
    def solvable(self) -> bool:
        return self.path_length is not None

    def plan(self) -> list[int] | None:
        """A shortest path as actions, counting turns; None if there is none."""
        found = fewest_actions(self.walls, *self.start, self.direction, *self.goal).tolist()
        return found or None

    # --- other levels -------------------------------------------------------------------------------------------------

    @classmethod
    def sample(cls, rng: np.random.Generator, size: int = 13, blocks: int | tuple[int, int] = 25) -> Level:
        """A random level, see `buffer.sample_levels`; it need not be solvable."""
        return cls.from_record(buffer.sample_levels(1, rng, size, blocks)[0])

    def mutate(self, rng: np.random.Generator, edits: int = 20, kind: str = "flip") -> Level:
        """A child made by random edits, see `buffer.mutate_levels`."""
        return Level.from_record(buffer.mutate_levels(self._alone(), rng, edits, kind)[0])

    # --- forms --------------------------------------------------------------------------------------------------------

    @property
    def record(self) -> np.void:
        """The level as a buffer holds it."""
        return self.in_room(room_for(max(self.walls.shape)))

    def in_room(self, room: int) -> np.void:
        """The level as a record with room for this many tiles per side. ValueError if it does not fit."""
        if max(self.walls.shape) > room:
            raise ValueError(f"level: found {self.width} x {self.height} tiles, expected at most {room} x {room}")
        record = np.zeros(1, level_dtype(room))[0]
        record["width"], record["height"], record["direction"] = self.width, self.height, self.direction
        record["x"], record["y"] = self.start
        record["goal_x"], record["goal_y"] = self.goal
        record["walls"][: self.height, : self.width] = self.walls
        return record

    def _alone(self) -> NDArray[np.void]:
        return np.array([self.record])

    @classmethod
    def from_record(cls, record: np.void) -> Level:
        """The level that a record holds. A ValueError names what is wrong, as for any level."""
        width, height = int(record["width"]), int(record["height"])
        room = len(record["walls"])
        if not (0 < width <= room and 0 < height <= room):
            raise ValueError(f"level: found {width} x {height} tiles, expected at most {room} x {room}")
        outside = record["walls"].copy()
        outside[:height, :width] = 0
        if outside.any():
            y, x = np.argwhere(outside)[0].tolist()
            raise ValueError(f"level: walls: tile {(x, y)} is outside the grid of {width} x {height} tiles")
        walls = record["walls"][:height, :width]
        start, goal = (record["x"], record["y"]), (record["goal_x"], record["goal_y"])
        return cls(walls, start, int(record["direction"]), goal)

    def to_text(self) -> str:
        """A line for each row: # wall, . floor, G goal, the agent as > v < or ^."""
        rows = [["#" if wall else "." for wall in row] for row in self.walls.tolist()]
        rows[self.goal[1]][self.goal[0]] = "G"
        rows[self.start[1]][self.start[0]] = _AGENTS[self.direction]
        return "\n".join("".join(row) for row in rows)

    @classmethod
    def from_text(cls, text: str) -> Level:
        """The level that `to_text` wrote. A ValueError names line and column of what is wrong, or what is missing."""
        lines = text.strip().splitlines()
        found: dict[str, tuple[int, int]] = {}
        direction = 0
        for y, line in enumerate(lines):
            if len(line) != len(lines[0]):
                raise ValueError(f"level: line {y + 1}: {len(line)} tiles, expected {len(lines[0])} as in line 1")
            for x, tile in enumerate(line):
                name = "goal" if tile == "G" else "start" if tile in _AGENTS else ""
                if not name and tile not in "#.":
                    raise ValueError(f"level: line {y + 1}, column {x + 1}: {tile!r}, expected one of # . G {_AGENTS}")
                if name in found:
                    raise ValueError(f"level: line {y + 1}, column {x + 1}: a second {name}, expected one")
                if name:
                    found[name] = (x, y)
                if name == "start":
                    direction = _AGENTS.index(tile)
        for name in ("start", "goal"):
            if name not in found:
                raise ValueError(
                    f"level: {name}: none found, expected {'G' if name == 'goal' else f'one of {_AGENTS}'}"
                )
        walls = np.array([[tile == "#" for tile in line] for line in lines])
        return cls(walls, found["start"], direction, found["goal"])

    def to_json(self) -> str:
        """The whole level as JSON; `from_json` restores it."""
        values = {"walls": self.walls.astype(int).tolist(), "start": self.start, "direction": self.direction}
        return json.dumps({**values, "goal": self.goal})

    @classmethod
    def from_json(cls, text: str) -> Level:
        """The level that `to_json` wrote. A ValueError names a field that is missing, unknown or wrong."""
        return cls.from_dict(json_object("level", text))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Level:
        """The level with the fields that `to_json` writes."""
        for name in (*_FIELDS, *values):
            if name not in values or name not in _FIELDS:
                wrong = "missing" if name not in values else "no such field"
                raise ValueError(f"level: {name}: {wrong}, expected {', '.join(_FIELDS)}")
        return cls(**values)


def as_level(name: str, value: Any) -> Level:
    """A level, given as one or as its fields, text, JSON, record or file."""
    if isinstance(value, Level):
        return value
    try:
        if isinstance(value, dict):
            return Level.from_dict(value)
        if isinstance(value, np.void) and value.dtype.names == level_dtype(1).names:
            return Level.from_record(value)
        if is_path(value):
            path, value = value, read_text(value)
            name = f"{name}: {path}"
        if isinstance(value, str):
            return Level.from_json(value) if is_json(value) else Level.from_text(value)
    except (ValueError, OSError) as error:
        raise ValueError(f"{name}: {str(error).removeprefix('level: ')}") from None
    raise ValueError(f"{name}: {type(value).__name__}, expected a Level, or its text, JSON, record or file")


def _bitmap(walls: Any) -> NDArray[np.bool_]:
    """The walls as a read-only array."""
    try:
        rows = [list(row) for row in walls]
    except TypeError:
        raise ValueError(f"level: walls: {walls!r}, expected rows of tiles") from None
    for y, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(f"level: walls: row {y}: {len(row)} tiles, expected {len(rows[0])} as in row 0")
        for x, tile in enumerate(row):
            if np.ndim(tile) or isinstance(tile, str) or tile not in (0, 1):
                raise ValueError(f"level: walls: tile {(x, y)}: {tile!r}, expected 0 or 1")
    bitmap = np.array(rows, np.bool_)
    if bitmap.ndim != 2 or bitmap.size < 2 or max(bitmap.shape) > ROOMS[-1]:
        raise ValueError(f"level: walls: shape {bitmap.shape}, expected 2 tiles to {ROOMS[-1]} x {ROOMS[-1]}")
    bitmap.setflags(write=False)
    return bitmap


def _tile(name: str, place: Any) -> tuple[int, int]:
    try:
        x, y = place
        return integer("x", x, -(10**6)), integer("y", y, -(10**6))
    except (TypeError, ValueError):
        raise ValueError(f"level: {name}: {place!r}, expected a tile (x, y)") from None
