"""The adversary's editor of mazes: `ige/UedMazeEditor-v0`."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray

from ...render import draw_grid
from ..core import Kernel, KernelEnv, KernelVectorEnv
from ..core.check import affordable, integer, one_of
from ..core.text import ParseError
from ..grid.space import grid_space
from . import kernel_editor as kernel
from .layout import levels_of, room_for
from .level import Level
from .maze import TILE, tiles

ORDERS = ("agent-first", "goal-last")
OBJECTIVES = ("none", "path")
_SIGNS = {"wall": "#", "goal": "G"}


class UedMazeEditor(KernelEnv[int]):
    """Build a maze, one object after another: the adversary of unsupervised environment design.

    ## Description
    The adversary sees the grid so far, the number of objects placed, and noise, and chooses the tile for the next
    object. The order of objects is fixed. When all are placed, the level is finished: `unwrapped.level` (for a vector,
    `levels()`) hands it to the students. Its worth depends on them, so a trainer usually replaces the last reward with
    its own number (regret).

    ## Action Space
    `Discrete(169)`: the interior tile for the next object, row by row; `size * size` in general. A wall on an occupied
    tile is dropped, so that levels may have fewer walls. A goal or agent replaces a wall; whichever of the two comes
    second goes to a random free tile if it is put on the other.

    ## Observation Space
    `Dict`:
    - `grid`: `Box(0, 10, (size + 2, size + 2, 3), uint8)`, indexed [column, row] with the border: (object, colour,
      state) as in `ige/UedMaze-v0`, the agent as (10, 0, direction).
    - `time`: `Discrete(blocks + 3)`: number of objects placed so far.
    - `noise`: `Box(0, 1, (noise,), float32)`, drawn anew in every step.

    ## Rewards
    0, except in the last step: with `objective="path"` the number of tiles on a shortest path from start to goal, 0 if
    there is none; with `"none"` 0 too.

    ## Starting State
    An empty room.

    ## Episode End
    Termination: the last object is placed. No action follows: `step` asks for a reset, as everywhere. (In
    `ige/UedPaired-v0`, where the game goes on, the adversary's later actions change nothing.)

    ## Information
    - `path_length`: length of the finished level's shortest path; 0 before, and if the goal cannot be reached.
    - `is_success`: the level is finished and its goal can be reached.

    ## Arguments
    `gym.make("ige/UedMazeEditor-v0", size=13, blocks=50, order="agent-first", noise=50, objective="path")`
    - `size`: interior tiles per side, from 3 to 99.
    - `blocks`: number of walls to place.
    - `order`: `"agent-first"`: agent, goal, walls (PAIRED); `"goal-last"`: walls, goal, agent (its successors).
    - `noise`: number of noise entries.
    - `objective`: `"path"` or `"none"`.
    - `render_mode`: `"rgb_array"` or `"ansi"`.

    ## References
    - Dennis et al. 2020, arXiv 2012.02096, appendix E.1. The paper's noise is normal, its code's uniform, as here.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}

    def __init__(
        self,
        size: int = 13,
        blocks: int = 50,
        order: str = "agent-first",
        noise: int = 50,
        objective: str = "path",
        render_mode: str | None = None,
    ) -> None:
        self.size, self.blocks = integer("size", size, 3, 99), integer("blocks", blocks, 0)
        noise = integer("noise", noise, 1)
        affordable(8 * noise, noise=noise)
        self.order = one_of("order", order, ORDERS)
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(room_for(self.size), noise),
                observation=kernel.observation(self.size, noise),
                key=("cells", "goal_x", "goal_y", "start_x", "start_y", "start_direction", "t"),
                info=("path_length", "is_success"),
            ),
            kernel.Params(0, self.size, self.blocks, self.order, one_of("objective", objective, OBJECTIVES)),
            editor_space(self.size, self.blocks, noise),
            spaces.Discrete(self.size**2),
            render_mode,
        )

    @property
    def level(self) -> Level:
        """The finished level. ValueError while goal or agent are missing."""
        return Level.from_record(levels_of(self._state)[0])

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        objects = f"the agent, the goal and {self.blocks} walls"
        if ORDERS[self.order] == "goal-last":
            objects = f"{self.blocks} walls, the goal and the agent"
        return (
            f"You build a maze of {self.size} x {self.size} tiles by placing {objects}, in this order. Actions: column "
            f"and row of the tile for the next object, such as '3 5', from 0 to {self.size - 1}. The longer the way "
            "from the agent to the goal, the better; but there has to be one."
        )

    def describe(self) -> str:
        """The grid so far and the next object."""
        row = self._state[0]
        end = f"The way to the goal has {row['path_length']} tiles." if row["path_length"] else "There is no way."
        said = end if row["over"] else f"Next: {self._next(int(row['t']))}."
        return "\n".join([*drawing(row), said])

    def _next(self, k: int) -> str:
        kinds = ["the agent", "the goal", *["a wall"] * self.blocks]
        if ORDERS[self.order] == "goal-last":
            kinds = [*["a wall"] * self.blocks, "the goal", "the agent"]
        return f"{kinds[k]} ({k + 1} of {len(kinds)})"

    def action_text(self, action: int) -> str:
        """Column and row."""
        return f"{action % self.size} {action // self.size}"

    def parse_action(self, text: str) -> int:
        """The tile given by two numbers."""
        words = text.replace(",", " ").split()
        if len(words) != 2 or not all(word.isdigit() and int(word) < self.size for word in words):
            raise ParseError(f"action: {text!r}, expected column and row from 0 to {self.size - 1}, such as '3 5'")
        return int(words[1]) * self.size + int(words[0])

    def frame(self) -> NDArray[np.uint8]:
        """The grid so far, at 32 pixels per tile."""
        row = self._state[0]
        agent = (int(row["start_x"]), int(row["start_y"]), int(row["start_direction"])) if row["start_x"] else None
        return draw_grid(tiles(row), agent, None, TILE)


class UedMazeEditorVector(KernelVectorEnv):
    """A batch of editors; see `UedMazeEditor`. `levels()` returns their finished levels."""

    env_class = UedMazeEditor

    def levels(self) -> NDArray[np.void]:
        """The current levels, records (num_envs,); in the autoreset mode SAME_STEP the ones finished last."""
        if self.autoreset_mode is not AutoresetMode.SAME_STEP:
            return levels_of(self._state)
        finished = self._final
        if not finished["width"].all():
            raise ValueError(f"levels: row {finished['width'].argmin()} has not finished one yet")
        return levels_of(finished)


def drawing(row: Any) -> list[str]:
    """A state's level so far, a line for each row: # wall, . floor, G goal, the agent as > v < or ^."""
    lines = [[_SIGNS.get(kind, ".") for kind, _ in line[1:-1]] for line in tiles(row)[1:-1]]
    if row["start_x"]:
        lines[row["start_y"] - 1][row["start_x"] - 1] = ">v<^"[row["start_direction"]]
    return ["".join(line) for line in lines]


def editor_space(size: int, blocks: int, noise: int) -> spaces.Dict:
    """The observation space of the adversary."""
    return spaces.Dict(
        {
            "grid": grid_space(size + 2, size + 2),
            "time": spaces.Discrete(blocks + 3),
            "noise": spaces.Box(0.0, 1.0, (noise,), np.float32),
        }
    )
