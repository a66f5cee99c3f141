"""One BabyAI world as a value: written as text or JSON, or taken from a live Minigrid environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.check import integer
from ..core.given import json_object
from ..grid import cells as c
from ..grid.text import from_text, to_text
from . import generate, kernel, mission
from .words import BEFORE, NVEC, OBJECTS, SINGLE

SIDES = (25, 64)  # grids are stored in squares of one of these sizes, so that few record types are compiled
_FIELDS = ["t", *(field[0] for field in kernel.world_fields(SIDES[0]))]
_DOORS = {(True, False): c.DOOR_OPEN, (False, False): c.DOOR_CLOSED, (False, True): c.DOOR_LOCKED}


def side_for(width: int, height: int) -> int:
    """The side of the square that a grid is stored in. `ValueError` if none is large enough."""
    for side in SIDES:
        if max(width, height) <= side:
            return side
    raise ValueError(f"level: found a grid of {width} x {height} cells, expected at most {SIDES[-1]} x {SIDES[-1]}")


@dataclass(frozen=True, eq=False)
class Level:
    """A world and its mission at some moment of an episode; play it by `reset(options={"instance": level})`.

    Attributes:
        record: the world as the kernel's record (read-only).
    """

    record: np.void

    def __post_init__(self) -> None:
        frozen = np.array([self.record])
        frozen.flags.writeable = False
        object.__setattr__(self, "record", frozen[0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Level) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    @property
    def width(self) -> int:
        return int(self.record["width"])

    @property
    def height(self) -> int:
        return int(self.record["height"])

    @property
    def side(self) -> int:
        """The side of the square that the grid is stored in."""
        return int(self.record["cells"].shape[0])

    @property
    def mission(self) -> str:
        return mission.sentence(self.record["mission"])

    def to_text(self) -> str:
        """The grid as `grid.text` writes it."""
        row = self.record
        agent = (int(row["x"]), int(row["y"]), int(row["direction"]))
        return to_text(row["cells"][: self.height, : self.width], agent)

    def in_square(self, side: int) -> Level:
        """The same world in a larger square. `ValueError` if it does not fit."""
        if side == self.side:
            return self
        if max(self.width, self.height) > side:
            raise ValueError(f"level: found a grid of {self.width} x {self.height} cells, expected at most {side}")
        row = np.zeros(1, kernel.record(side))[0]
        for name in _FIELDS:
            if name not in ("cells", "place"):
                row[name] = self.record[name]
        row["cells"][: self.height, : self.width] = self.record["cells"][: self.height, : self.width]
        place = self.record["place"].astype(np.int64)
        row["place"] = np.where(place < 0, -1, place // self.side * side + place % self.side)
        return Level(row)

    # --- JSON ---------------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The whole level as JSON, which `from_json` reads."""
        values = {name: self.record[name].tolist() for name in _FIELDS}
        values["cells"] = self.record["cells"][: self.height, : self.width].tolist()
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> Level:
        """Read what `to_json` wrote. `ValueError` names a field that is missing, unknown or of the wrong shape."""
        return cls.from_dict(json_object("level", text))

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Level:
        """Build a level from the fields that `to_json` writes."""
        if set(values) != set(_FIELDS):
            raise ValueError(f"level: found the fields {sorted(values)}, expected {sorted(_FIELDS)}")
        size = [integer(f"level: {name}", values[name], 3, SIDES[-1]) for name in ("width", "height")]
        row = _blank(*size)
        for name in _FIELDS:
            target = row["cells"][: size[1], : size[0]] if name == "cells" else row[name]
            try:
                array = np.array(values[name], target.dtype)
            except (TypeError, ValueError, OverflowError):
                raise ValueError(f"level: {name}: {values[name]!r}, expected {target.dtype} {target.shape}") from None
            if array.shape != target.shape:
                raise ValueError(f"level: {name}: found shape {array.shape}, expected {target.shape}")
            if name == "cells":
                target[...] = array
            else:
                row[name] = array
        _check(row)
        return cls(row)

    # --- text ---------------------------------------------------------------------------------------------------------

    @classmethod
    def from_text(
        cls,
        grid: str,
        mission_text: str,
        agent: tuple[int, int, int] | None = None,
        room_size: int | None = None,
        max_steps: int = 0,
        carrying: str = "",
        boxes: Mapping[tuple[int, int], str] | None = None,
    ) -> Level:
        """A world at the start of an episode.

        Args:
            grid: lines of two characters a cell, see `ige.envs.grid.text`.
            mission_text: a sentence of the BabyAI language, such as "pick up the red ball".
            agent: (x, y, direction 0 right, 1 down, 2 left, 3 up); by default as drawn in the grid.
            room_size: side of a room in cells, walls included, for "on your left" and the step limit; by default the
                grid's smaller side.
            max_steps: step limit; 0 for Minigrid's reckoning.
            carrying: for example "red ball".
            boxes: the contents of boxes, such as {(3, 4): "blue key"} for the box at x=3, y=4.

        Raises:
            ValueError: naming the line and cell of the grid, or the piece of the mission, that is wrong.
        """
        cells, drawn = from_text(grid)
        height, width = cells.shape
        _refuse_foreign(cells)
        agent = agent or drawn
        if agent is None:
            raise ValueError("agent: found none, expected one in the grid (>> VV << ^^) or as (x, y, direction)")
        row = _blank(width, height)
        row["cells"][:height, :width] = cells
        row["x"], row["y"], row["direction"] = agent[0], agent[1], agent[2]
        places = [
            (x, y) for x in range(width) for y in range(height) if c.KINDS[cells[y, x] & 15] not in ("empty", "wall")
        ]
        contents = dict(boxes or {})
        if len(places) + len(contents) + bool(carrying) > OBJECTS:
            raise ValueError(f"grid: found {len(places)} objects, expected at most {OBJECTS}")
        for k, (x, y) in enumerate(places):
            row["cells"][y, x] |= (k + 1) << 8
            row["place"][k] = y * row["cells"].shape[1] + x
        count = len(places)
        for (x, y), held in contents.items():
            if not (0 <= x < width and 0 <= y < height and cells[y, x] & 15 == c.BOX):
                raise ValueError(f"boxes: there is no box at {(x, y)}")
            count += 1
            row["inside"][(row["cells"][y, x] >> 8) - 1] = _portable("boxes", held) | count << 8
        if carrying:
            count += 1
            row["carried"] = _portable("carrying", carrying) | count << 8
        row["count"] = count
        row["room_size"] = integer("room_size", room_size or min(width, height), 3)
        step = int(row["room_size"]) - 1
        row["rows"], row["columns"] = max(1, (height - 1) // step), max(1, (width - 1) // step)
        row["mission"] = mission.parse(mission_text)
        described = row["mission"].copy()
        if not generate.resolve(row):
            raise ValueError(f"mission: {mission_text!r}: no object is meant, or it is done already, in this grid")
        row["mission"] = described  # keep the articles as given
        row["max_steps"] = integer("max_steps", max_steps, 0) or generate.reckon_limit(row)
        _check(row)
        return cls(row)

    # --- Minigrid -----------------------------------------------------------------------------------------------------

    @classmethod
    def from_minigrid(cls, env: Any) -> Level:
        """The world of a live Minigrid BabyAI environment, at any moment of an episode.

        It copies the grid, the agent, what is carried, the mission with its objects and its progress, and the step
        counter, so that the same actions have the same effects in both.

        Raises:
            ValueError: if it is not a BabyAI environment, or if an object is unknown to BabyAI (naming it and its
                cell).
        """
        env = getattr(env, "unwrapped", env)
        for name in ("instrs", "grid", "room_size", "num_rows", "num_cols"):
            if not hasattr(env, name):
                raise ValueError(f"from_minigrid: found {type(env).__name__} without {name!r}, expected a BabyAI level")
        row = _blank(env.grid.width, env.grid.height)
        row["room_size"], row["rows"], row["columns"] = env.room_size, env.num_rows, env.num_cols
        (row["x"], row["y"]), row["direction"] = env.agent_pos, env.agent_dir
        row["t"], row["max_steps"] = env.step_count, env.max_steps
        row["mission"] = mission.parse(env.mission)
        clauses, row["strict_order"], row["first_done"] = _minigrid_clauses(env.instrs, int(row["mission"][0]))
        things = _Things(row)
        for x in range(env.grid.width):
            for y in range(env.grid.height):
                thing = env.grid.get(x, y)
                row["cells"][y, x] = c.EMPTY if thing is None else things.cell(thing, f"at {(x, y)}")
                if (k := things.index(thing)) >= 0:
                    row["place"][k] = y * row["cells"].shape[1] + x
        if env.carrying is not None:
            row["carried"] = things.cell(env.carrying, "carried")
        for i, instruction in clauses.items():
            row["strict"][i] = getattr(instruction, "strict", False)
            row["held"][i] = 1 + things.index(getattr(instruction, "preCarrying", None))
            row["done"][i] = clauses.done.get(i, False)
            for j, description in enumerate(_descriptions(instruction)):
                bits = 0
                for thing in description.obj_set:
                    if thing.type != "wall":  # Minigrid counts grey walls among "grey objects"
                        bits |= 1 << things.name(thing, "in the mission")
                row["sets"][i, j] = bits
        things.believe(clauses, env)
        row["count"] = len(things)
        return cls(row)


class _Clauses(dict[int, Any]):
    """Minigrid's instruction for each clause of the record, and which clauses of an "and" are done."""

    def __init__(self) -> None:
        super().__init__()
        self.done: dict[int, bool] = {}


def _minigrid_clauses(instrs: Any, order: int) -> tuple[_Clauses, bool, bool]:
    """The clauses of a Minigrid mission; whether their order is strict; whether the part that comes first is done."""
    clauses = _Clauses()
    parts = [instrs] if order == SINGLE else [instrs.instr_a, instrs.instr_b]
    for part, instruction in enumerate(parts):
        if hasattr(instruction, "instr_a"):
            clauses[2 * part], clauses[2 * part + 1] = instruction.instr_a, instruction.instr_b
            clauses.done[2 * part] = instruction.a_done == "success"
            clauses.done[2 * part + 1] = instruction.b_done == "success"
        else:
            clauses[2 * part] = instruction
    if order == SINGLE:
        return clauses, False, False
    first = instrs.a_done if order == BEFORE else instrs.b_done
    return clauses, bool(instrs.strict), first == "success"


def _descriptions(instruction: Any) -> list[Any]:
    if hasattr(instruction, "desc_move"):
        return [instruction.desc_move, instruction.desc_fixed]
    return [instruction.desc]


class _Things:
    """The numbers that the record gives to Minigrid's objects, by identity."""

    def __init__(self, row: np.void) -> None:
        self.row = row
        self.names: dict[int, int] = {}
        self.kept: list[Any] = []  # keeps the objects alive, so that no id is reused

    def __len__(self) -> int:
        return len(self.kept)

    def index(self, thing: Any) -> int:
        """The number of an object; -1 for nothing, and for an object without a number."""
        return self.names.get(id(thing), -1)

    def name(self, thing: Any, where: str) -> int:
        if id(thing) not in self.names:
            if len(self.kept) == OBJECTS:
                raise ValueError(f"from_minigrid: found more than {OBJECTS} objects")
            self.names[id(thing)] = len(self.kept)
            self.kept.append(thing)
            if getattr(thing, "contains", None) is not None:
                self.row["inside"][self.names[id(thing)]] = self.cell(thing.contains, f"in the box {where}")
        return self.names[id(thing)]

    def cell(self, thing: Any, where: str) -> int:
        if thing.type == "wall" and thing.color == "grey":
            return c.GREY_WALL
        if thing.type not in ("door", "key", "ball", "box"):
            raise ValueError(
                f"from_minigrid: found a {thing.color} {thing.type} {where}, expected what BabyAI has: "
                "grey walls, doors, keys, balls and boxes"
            )
        kind = (
            _DOORS[thing.is_open, thing.is_locked and not thing.is_open]
            if thing.type == "door"
            else c.KINDS.index(thing.type)
        )
        return kind | c.COLORS.index(thing.color) << 4 | (self.name(thing, where) + 1) << 8

    def believe(self, clauses: _Clauses, env: Any) -> None:
        """Note where the mission believes things to be that are no longer there: carried, or toggled away."""
        row, side = self.row, self.row["cells"].shape[1]
        for i, instruction in clauses.items():
            for j, description in enumerate(_descriptions(instruction)):
                believed = {int(y) * side + int(x) for x, y in description.obj_poss}
                meant = [k for k in range(len(self)) if int(row["sets"][i, j]) >> k & 1]
                for k in meant:
                    if row["place"][k] < 0 and self.kept[k] is not env.carrying:
                        x, y = self.kept[k].cur_pos
                        if int(y) * side + int(x) in believed:
                            row["place"][k] = int(y) * side + int(x)
                            row["gone"] |= np.uint64(1 << k)
                stale = believed - {int(row["place"][k]) for k in meant}
                for k in meant:
                    if self.kept[k] is env.carrying and stale:
                        row["place"][k] = stale.pop()


# --- shared by the ways in --------------------------------------------------------------------------------------------


def _blank(width: int, height: int) -> np.void:
    row = np.zeros(1, kernel.record(side_for(width, height)))[0]
    row["width"], row["height"] = width, height
    row["place"] = -1
    return row


def _portable(field: str, text: str) -> int:
    color, _, kind = text.partition(" ")
    if color not in c.COLORS or kind not in ("key", "ball", "box"):
        raise ValueError(f"{field}: {text!r}, expected a colour and key, ball or box, for example 'red ball'")
    return c.KINDS.index(kind) | c.COLORS.index(color) << 4


def _refuse_foreign(cells: NDArray[np.uint16]) -> None:
    for (y, x), cell in np.ndenumerate(cells):
        if c.KINDS[cell & 15] in ("floor", "goal", "lava") or (cell & 15 == c.WALL and cell != c.GREY_WALL):
            raise ValueError(
                f"grid: line {y + 1}, cell {x + 1}: found a {c.COLORS[cell >> 4 & 7]} {c.KINDS[cell & 15]}, "
                "expected what BabyAI has: grey walls, doors, keys, balls and boxes"
            )


def _check(row: np.void) -> None:
    """Check what the kernel relies on: walls all around, the agent on a free cell, names and words in range."""
    width, height = int(row["width"]), int(row["height"])
    grid = row["cells"][:height, :width]
    edge = np.concatenate([grid[0], grid[-1], grid[:, 0], grid[:, -1]])
    if (edge & 127 != c.GREY_WALL).any():
        raise ValueError("grid: found a gap in the outer wall, expected grey wall (WE) all around")
    x, y = int(row["x"]), int(row["y"])
    if not (0 <= x < width and 0 <= y < height and grid[y, x] & 15 in (c.EMPTY, c.DOOR_OPEN)):
        raise ValueError(f"agent: found at {(x, y)}, expected on an empty cell or in an open door")
    if not 0 <= row["direction"] < 4:
        raise ValueError(f"agent: direction {row['direction']}, expected 0 (right), 1 (down), 2 (left) or 3 (up)")
    if (row["mission"] >= NVEC).any():
        raise ValueError("mission: found numbers that stand for no word")
    count = int(row["count"])
    if not 0 <= count <= OBJECTS or (grid >> 8 > count).any():
        raise ValueError(f"count: {count}, expected the number of objects, at most {OBJECTS}")
    if row["max_steps"] < 1 or row["room_size"] < 3:
        raise ValueError(f"max_steps, room_size: {row['max_steps']}, {row['room_size']}, expected at least 1 and 3")
    sizes = [int(row[name]) for name in ("rows", "columns", "room_size")]
    if not (min(sizes) >= 1 and sizes[0] * sizes[1] <= generate.ROOMS and max(sizes) <= SIDES[-1]):
        raise ValueError(f"rows, columns, room_size: {sizes}, expected a maze of at most {generate.ROOMS} rooms")
    if not 0 <= row["t"] < 2**31:
        raise ValueError(f"t: {row['t']}, expected the number of steps taken")
    for name in ("cells", "inside", "carried"):
        held = np.atleast_1d(row[name])
        wrong = (held < 0) | (held >> 8 > count) | (held & 15 >= len(c.KINDS)) | (held >> 4 & 7 >= len(c.COLORS))
        if name != "cells":
            wrong |= (held != 0) & ~(np.isin(held & 15, (c.KEY, c.BALL, c.BOX)) & (held >> 8 > 0))
        if wrong.any():
            raise ValueError(f"{name}: {held[wrong][0]}, expected a cell with an object from 1 to {count}, or none")
    _check_names(row, count)


def _check_names(row: np.void, count: int) -> None:
    """Check that every number of an object refers to one that exists."""
    side, known = row["cells"].shape[0], np.uint64(2**64 - 1) >> np.uint64(OBJECTS - count) if count else np.uint64(0)
    if not ((row["place"] >= -1) & (row["place"] < side * side)).all():
        raise ValueError(f"place: {row['place'].tolist()}, expected -1 or a cell of the grid for each object")
    if (row["held"] > count).any():
        raise ValueError(f"held: {row['held'].tolist()}, expected 0 or an object from 1 to {count} for each clause")
    for name in ("sets", "gone"):
        if (np.atleast_1d(row[name]) & ~known).any():
            raise ValueError(f"{name}: {row[name].tolist()}, expected bits of the {count} objects there are")
