"""The student's maze: `ige/UedMaze-v0`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...render import centred, draw_grid
from ..core import Kernel, KernelEnv, KernelVectorEnv
from ..core.check import integer
from ..core.given import is_path
from ..grid.cells import COLORS, KINDS
from ..grid.moves import ACTIONS, FORWARD, TURN_LEFT, TURN_RIGHT, parse_move
from ..grid.space import grid_space
from ..grid.view import visible
from . import kernel
from .buffer import are_levels, checked_blocks, enter_levels
from .layout import level_dtype, levels_of, room_for
from .level import Level, as_level
from .levels import DRAWN, FIXED, NAMES

TILE = 32  # pixels in frames
_HEADINGS = ("right", "down", "left", "up")
_SIGNS = {"unseen": "?", "empty": ".", "wall": "#", "goal": "G"}


class UedMaze(KernelEnv[int]):
    """Find the goal of a maze through a small window: the student of unsupervised environment design.

    ## Description
    Minigrid's rules on a grid of walls, a goal and an agent, as in PAIRED and its successors. Levels come from one of
    several sources: uniform tiles (domain randomisation), a procedure, one of the papers' test mazes, or an adversary
    (`ige/UedMazeEditor-v0`) whose level is given with `options={"level": ...}`.

    ## Action Space
    `Discrete(3)`: 0 turn left, 1 turn right, 2 go forward (unless a wall is there). With `n_actions=7` Minigrid's
    seven actions, of which the other four do nothing.

    ## Observation Space
    `Dict`:
    - `image`: `Box(0, 10, (view, view, 3), uint8)`, indexed [column, row], the agent in the middle of the last row,
        facing up: (object, colour, state). Objects: 0 unseen, 1 empty, 2 wall (colour 5), 8 goal (colour 1); beyond the
      border there is wall; the agent's own tile reads empty. These are codes, not colours.
    - `direction`: `Discrete(4)`: right, down, left, up.

    ## Rewards
    1 - 0.9 * steps / limit for entering the goal, otherwise 0.

    ## Starting State
    `level` generates or selects the level; the agent stands at its start.
    `options={"level": ...}` plays a given one: a `Level`, or its text, JSON or record; a vector environment also takes
    one for each row, as a list or as the records of a level buffer.

    ## Episode End
    Termination: the goal is entered. Truncation: the step limit.

    ## Information
    - `is_success`: the goal was entered.

    ## Arguments
    `gym.make("ige/UedMaze-v0", level="Uniform", size=None, view=5, n_actions=3, see_through=None, max_steps=None,
    blocks=25, repeat=False)`
    - `level`: `"Uniform"`: agent, goal and `blocks` walls on uniform tiles; a wall on an occupied tile is dropped, and
      the level need not be solvable. `"PerfectMaze"`: a random spanning tree, from corner to corner. `"FourRooms"`.
      `"SimpleCrossing"`. Or one of the test mazes: `ige.envs.ued.levels.FIXED` (the corridors draw one of their goals).
      Or a `Level`, or several to draw from.
    - `size`: interior tiles per side, without the border of walls, up to 99. None: the size of `level`, 13 for most.
      A size larger than a fixed maze leaves room for larger `options={"level": ...}`.
    - `view`: tiles per side of the window, odd, from 3 to 15.
    - `n_actions`: 3 or 7.
    - `see_through`: walls hide nothing. None: True, except for SimpleCrossing.
    - `max_steps`: step limit. None: 250 for Uniform and FourRooms; for SimpleCrossing 4 times the tiles with border,
      otherwise 2 times, as in the papers' tests.
    - `blocks`: number of walls of a uniform level, or a pair, the fewest and the most; SimpleCrossing has 5 lines.
    - `repeat`: each episode plays the same level again, until another is given or a seed draws one, as in a student's
      roll-out.
    - `render_mode`: `"rgb_array"` or `"ansi"`.

    ## Oracle
    `ige.envs.ued.oracle`: a shortest plan.

    ## References
    - Dennis et al. 2020, Emergent Complexity and Zero-shot Transfer via Unsupervised Environment Design (PAIRED),
      arXiv 2012.02096, section 5 and appendix E.
    - Jiang et al. 2021, Replay-Guided Adversarial Environment Design, arXiv 2110.02439: the test mazes.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}
    option_names: ClassVar[tuple[str, ...]] = ("level",)
    keys: ClassVar[dict[str, int]] = {"left": TURN_LEFT, "right": TURN_RIGHT, "up": FORWARD}

    def __init__(
        self,
        level: str | Level | Sequence[Level] = "Uniform",
        size: int | None = None,
        view: int = 5,
        n_actions: int = 3,
        see_through: bool | None = None,
        max_steps: int | None = None,
        blocks: int | tuple[int, int] = 25,
        repeat: bool = False,
        render_mode: str | None = None,
    ) -> None:
        name = level if isinstance(level, str) else ""
        drawn = DRAWN.get(name)
        pool = [] if drawn else _pool(level)
        largest = drawn.size if drawn else max(max(one.walls.shape) for one in pool)
        self.size = largest if size is None else integer("size", size, 3, 99)
        if self.size < largest and not drawn:
            raise ValueError(f"size: {self.size}, expected at least {largest}: the level's")
        if drawn and drawn.odd and self.size % 2 == 0:
            raise ValueError(f"size: {self.size}, expected an odd number for {name}")
        self.room = room_for(self.size)
        view = odd_view(view)
        if n_actions not in (3, len(ACTIONS)):
            raise ValueError(f"n_actions: {n_actions!r}, expected 3 or {len(ACTIONS)}")
        fewest, most = checked_blocks(blocks)
        if drawn and drawn.lines:
            fewest = most = drawn.lines
            if most > self.size - 1:
                raise ValueError(f"size: {self.size}, expected at least {most + 1} for {most} lines to cross")
        usual = {"Uniform": 250, "FourRooms": 250, "SimpleCrossing": 4 * (self.size + 2) ** 2}
        limit = usual.get(name, 0) if max_steps is None else integer("max_steps", max_steps, 1)
        see_through = name != "SimpleCrossing" if see_through is None else bool(see_through)
        records = np.array([one.in_room(self.room) for one in pool], level_dtype(self.room))
        self.view = view
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(self.room),
                observation=kernel.observation(view),
                key=("x", "y", "direction", "cells", "goal_x", "goal_y"),
                info=("is_success",),
            ),
            kernel.Params(
                0, limit, drawn.kind if drawn else 0, self.size, fewest, most, bool(repeat), see_through, records
            ),
            student_space(view),
            spaces.Discrete(n_actions),
            render_mode,
        )

    def step_limit(self) -> int | None:
        return self.params.limit or None  # else the limit depends on the level's size

    def instance_params(self, options: dict[str, Any] | None) -> kernel.Params:
        super().instance_params(options)
        if not options or options.get("level") is None:
            return self.params
        level = self._fitting("options: level", options["level"])
        return self.params._replace(pool=np.array([level.in_room(self.room)]), repeat=False)

    def _fitting(self, name: str, level: Any) -> Level:
        found = as_level(name, level)
        if max(found.walls.shape) > self.size:
            raise ValueError(
                f"{name}: {found.width} x {found.height} tiles, expected at most {self.size} x {self.size}: "
                "the size of the environment"
            )
        return found

    def _begin(self, seed: int | None, params: kernel.Params) -> None:
        if seed is not None:  # then earlier levels do not matter
            params = params._replace(repeat=False)
        super()._begin(seed, params)

    @property
    def level(self) -> Level:
        """The level being played."""
        return Level.from_record(levels_of(self._state)[0])

    @property
    def limit(self) -> int:
        """The step limit of this episode."""
        own = int(self._state[0]["max_steps"])
        return min(own, self.params.max_steps or own)

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        half = self.view // 2
        return (
            f"You are in a maze and look for the goal. You see {self.view - 1} tiles ahead and {half} to each side; "
            "you are in the middle of the last line, looking up: # wall, . floor, G goal, ? unseen. Actions: turn "
            "left, turn right, go forward (onto the tile above you, unless there is a wall)."
        )

    def describe(self) -> str:
        """The agent's view, as lines of characters."""
        image = self._out[0]["image"]
        lines = [[_SIGNS[KINDS[image[x, y, 0]]] for x in range(self.view)] for y in range(self.view)]
        lines[-1][self.view // 2] = "^"
        row = self._state[0]
        facing = f"You face {_HEADINGS[row['direction']]} after {row['t']} of {self.limit} steps."
        end = ["You have reached the goal." if row["is_success"] else "The episode is over."] if row["over"] else []
        return "\n".join([*("".join(line) for line in lines), facing, *end])

    def action_text(self, action: int) -> str:
        """An action in words, for example "turn left"."""
        return ACTIONS[action]

    def parse_action(self, text: str) -> int:
        """The action meant by words such as "go forward"."""
        return parse_move(text, int(self.action_space.n))  # type: ignore[attr-defined]

    def frame(self) -> NDArray[np.uint8]:
        """The grid from above, with the agent's view lit, at 32 pixels per tile; the same size for all levels."""
        row = self._state[0]
        width, height = int(row["width"]), int(row["height"])
        lit = np.zeros((height, width), np.uint8)
        visible(
            row["cells"], width, height, row["x"], row["y"], row["direction"], self.view, self.params.see_through, lit
        )
        agent = (int(row["x"]), int(row["y"]), int(row["direction"]))
        side = (self.size + 2) * TILE
        return centred(draw_grid(tiles(row), agent, lit.astype(np.bool_), TILE), side, side)


class UedMazeVector(KernelVectorEnv):
    """A batch of mazes; see `UedMaze`. `options={"level": ...}` is one level for all rows, or one for each."""

    env_class = UedMaze
    _given: NDArray[np.void] | None = None  # a level for each row, during the reset that receives them

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        level = options.get("level") if isinstance(options, dict) else None
        if not isinstance(options, dict) or not isinstance(level, list | tuple | np.ndarray):
            return super().reset(seed=seed, options=options)
        self._given = self._records(level)
        kept, self.single.params = self.single.params, self.single.params._replace(repeat=True)
        try:
            return super().reset(seed=seed, options={k: v for k, v in options.items() if k != "level"})
        finally:
            self.single.params, self._given = kept, None

    def _seed_rows(self, seed: int | Sequence[int | None] | None, chosen: NDArray[np.bool_]) -> None:
        super()._seed_rows(seed, chosen)
        if self._given is not None:
            enter_levels(self._state, self._given, chosen)
        elif seed is not None:  # as in `UedMaze._begin`, for each row with a seed
            seeded = True if isinstance(seed, int) else np.array([one is not None for one in seed])
            self._state["width"][chosen & seeded] = 0

    def levels(self) -> NDArray[np.void]:
        """The levels being played, records (num_envs,)."""
        return levels_of(self._state)

    def _records(self, levels: Any) -> NDArray[np.void]:
        """A level for each row, as records."""
        single: Any = self.single
        dtype = level_dtype(single.room)
        if isinstance(levels, np.ndarray) and levels.dtype == dtype and levels.ndim == 1:
            large = np.maximum(levels["width"], levels["height"]) > single.size
            for i in np.flatnonzero(large | ~are_levels(levels))[:1]:
                single._fitting(f"options: level: row {i}", levels[i])
            records = levels
        else:
            given = [single._fitting(f"options: level: row {i}", level) for i, level in enumerate(levels)]
            records = np.array([level.in_room(single.room) for level in given], dtype)
        if len(records) != self.num_envs:
            raise ValueError(f"options: level: found {len(records)} levels, expected {self.num_envs}: one for each row")
        return records


def _pool(level: Any) -> list[Level]:
    """The levels to draw from."""
    if isinstance(level, str):
        if level in FIXED:
            return FIXED[level].levels()
        if "\n" not in level and "{" not in level and not is_path(level):
            raise ValueError(f"level: {level!r}, expected one of {', '.join(NAMES)}, or a Level")
    if not isinstance(level, list | tuple | np.ndarray):
        return [as_level("level", level)]
    found = [as_level(f"level[{i}]", one) for i, one in enumerate(level)]
    if not found:
        raise ValueError("level: found no level, expected at least one")
    return found


def odd_view(view: int) -> int:
    """The side of the window, checked."""
    view = integer("view", view, 3, 15)
    if view % 2 == 0:
        raise ValueError(f"view: {view}, expected an odd number: the agent stands in the middle")
    return view


def student_space(view: int) -> spaces.Dict:
    """The observation space of a student."""
    return spaces.Dict(
        {"image": grid_space(view, view), "direction": spaces.Discrete(4)},
    )


def tiles(row: Any) -> list[list[tuple[str, str]]]:
    """A state's grid in the form that `render.draw_grid` takes."""
    grid = row["cells"][: row["height"], : row["width"]]
    return [[(KINDS[cell & 15], COLORS[cell >> 4 & 7]) for cell in line] for line in grid.tolist()]
