"""The game of PAIRED with its three players: `ige/UedPaired-v0`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...render import draw_grid
from ..core import Kernel, KernelParallelEnv, Role
from ..core.check import affordable, integer, one_of
from ..grid.moves import ACTIONS
from ..grid.view import visible
from . import kernel_paired as kernel
from .editor import ORDERS, drawing, editor_space
from .layout import level_dtype, levels_of, room_for
from .level import Level, as_level
from .maze import TILE, odd_view, student_space, tiles

_STUDENTS = ("protagonist", "antagonist")
_HEADINGS = ("right", "down", "left", "up")


class UedPaired(KernelParallelEnv):
    """An adversary builds a maze in which one student should do well and another badly: the whole game of PAIRED.

    ## Description
    First the adversary builds a level as in `ige/UedMazeEditor-v0`, one object per step. Then each student plays a copy
    of it, at the same time and by the rules of `ige/UedMaze-v0`, one episode each. At the end the adversary gets the
    regret: the return of its ally, the antagonist, minus that of the protagonist. It gains from levels that can be
    solved, but not yet by the protagonist. Three agents for PettingZoo: `pettingzoo.make("parallel",
    "ige/UedPaired-v0")`, or `"aec"` for agents in turns. (The recipes in `ige.solvers.ued` train many levels at once
    with the two environments named above.)

    ## Action Space
    - `adversary`: `Discrete(169)`, the tile for the next object, row by row; `size * size` in general. Once the level
      is finished, its actions do nothing.
    - `protagonist`, `antagonist`: `Discrete(3)`: 0 turn left, 1 turn right, 2 go forward. With `n_actions=7` they are
      Minigrid's seven, of which the other four do nothing. While the level is being built, their actions do nothing.

    ## Observation Space
    - `adversary`: `Dict` of `grid`, `time` and `noise` as in `ige/UedMazeEditor-v0`. Once the level is finished it does
      not change any more.
    - `protagonist`, `antagonist`: `Dict` of `image` and `direction` as in `ige/UedMaze-v0`; both 0 (unseen) while the
      level is being built.

    ## Rewards
    - `protagonist`, `antagonist`: 1 - 0.9 * steps / `max_steps` for entering the goal, otherwise 0.
    - `adversary`: the regret in the last step of the game, otherwise 0.

    ## Starting State
    An empty room. With `options={"level": ...}`, a `Level` of the environment's size, its text, JSON or record, the
    game starts with this level finished: the students act at once, and the adversary waits for its regret.

    ## Episode End
    A student that enters the goal is done (termination) and leaves. One that has not entered it after `max_steps` steps
    of its own is truncated. The adversary is done (termination) with the last of the students. `max_cycles` truncates
    all agents that are left, and then there is no regret.

    ## Information
    - `acting`: this agent's next action counts.
    - `path_length` (adversary): number of tiles on a shortest path from start to goal of the finished level, 0 if there
      is none.
    - `regret` (adversary): its reward at the end of the game; 0 before.
    - `is_success` (students): the goal was entered.

    ## Arguments
    `pettingzoo.make("parallel", "ige/UedPaired-v0", size=13, blocks=50, order="agent-first", noise=50, view=5,
    n_actions=3, see_through=True, max_steps=250, clip_regret=True, max_cycles=None)`
    - `size`: interior tiles per side, from 3 to 99.
    - `blocks`: number of walls to place.
    - `order`: `"agent-first"`: agent, goal, walls (PAIRED); `"goal-last"`: walls, goal, agent (its successors).
    - `noise`: number of noise entries for the adversary.
    - `view`: tiles per side of the students' window, odd, from 3 to 15.
    - `n_actions`: number of the students' actions, 3 or 7.
    - `see_through`: walls hide nothing from the students.
    - `max_steps`: step limit of each student.
    - `clip_regret`: regret is at least 0, with which PAIRED did best. False: the plain difference.
    - `max_cycles`: step limit of the whole game; None: the longest possible game is `blocks + 2 + max_steps`.
    - `render_mode`: `"rgb_array"` or `"ansi"`.

    ## Training
    Stable-Baselines3 trains one agent; each player alone is `ige/UedMaze-v0` or `ige/UedMazeEditor-v0`.
    `ige.solvers.ued` trains all three together:

    ```python
    from ige.solvers.ued.trainer import UED

    model = UED("paired", seed=1).learn(2_000)  # 800,000 in the reproduction
    ```

    ## References
    - Dennis et al. 2020, Emergent Complexity and Zero-shot Transfer via Unsupervised Environment Design (PAIRED),
      arXiv 2012.02096, section 4. There the antagonist's return is the best of several episodes and the protagonist's
      is the mean; here each plays one.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}
    option_names: ClassVar[tuple[str, ...]] = ("level",)

    def __init__(
        self,
        size: int = 13,
        blocks: int = 50,
        order: str = "agent-first",
        noise: int = 50,
        view: int = 5,
        n_actions: int = 3,
        see_through: bool = True,
        max_steps: int = 250,
        clip_regret: bool = True,
        max_cycles: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.size, self.blocks = integer("size", size, 3, 99), integer("blocks", blocks, 0)
        noise, self.view = integer("noise", noise, 1), odd_view(view)
        affordable(8 * noise, noise=noise)
        if n_actions not in (3, len(ACTIONS)):
            raise ValueError(f"n_actions: {n_actions!r}, expected 3 or {len(ACTIONS)}")
        room = room_for(self.size)
        adversary = Role(
            editor_space(self.size, self.blocks, noise),
            spaces.Discrete(self.size**2),
            {name: (name, None) for name in ("grid", "time", "noise")},
            {"acting": ("building", None), "path_length": ("path_length", None), "regret": ("regret", None)},
        )
        students = [
            Role(
                student_space(self.view),
                spaces.Discrete(n_actions),
                {name: (name, k) for name in ("image", "direction")},
                {name: (f"students.{name}", k) for name in ("acting", "is_success")},
            )
            for k in range(len(_STUDENTS))
        ]
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(room, noise),
                observation=kernel.observation(self.size, noise, self.view),
                key=kernel.KEY,
                agents=kernel.AGENTS,
            ),
            kernel.Params(
                0 if max_cycles is None else integer("max_cycles", max_cycles, 1),
                integer("max_steps", max_steps, 1),
                self.size,
                self.blocks,
                one_of("order", order, ORDERS),
                bool(see_through),
                bool(clip_regret),
                np.zeros(0, level_dtype(room)),
            ),
            [adversary, *students],
            render_mode,
        )

    def instance_params(self, options: dict[str, Any] | None) -> kernel.Params:
        super().instance_params(options)
        if not options or options.get("level") is None:
            return self.params
        level = as_level("options: level", options["level"])
        if level.walls.shape != (self.size, self.size):
            found, expected = f"{level.width} x {level.height}", f"{self.size} x {self.size}"
            raise ValueError(f"options: level: {found} tiles, expected {expected}: the size of the environment")
        return self.params._replace(pool=np.array([level.in_room(self.params.pool.dtype["walls"].shape[0])]))

    @property
    def level(self) -> Level:
        """The level being built or played. ValueError while goal or agent are missing."""
        return Level.from_record(levels_of(self._state)[0])

    # --- text and picture ---------------------------------------------------------------------------------------------

    def describe(self) -> str:
        """The level, and what each of the three agents does."""
        row = self._state[0]
        lines = drawing(row)
        if row["building"]:
            lines.append(f"adversary: {row['placed']} of {self.blocks + 2} objects placed")
        for name, student in zip(_STUDENTS, row["students"], strict=True):
            place = f"at {student['x'] - 1} {student['y'] - 1}, facing {_HEADINGS[student['direction']]}"
            doing = "waiting" if row["building"] else "in the goal" if student["is_success"] else place
            lines.append(f"{name}: {doing}")
        if row["done"][kernel.ADVERSARY]:
            lines.append(f"regret: {row['regret']:g}")
        return "\n".join(lines)

    def frame(self) -> NDArray[np.uint8]:
        """The protagonist's copy of the level at the left, the antagonist's at the right, with their views lit."""
        return np.hstack([self._copy(student) for student in self._state[0]["students"]])

    def _copy(self, student: np.void) -> NDArray[np.uint8]:
        row = self._state[0]
        width, height = int(row["width"]), int(row["height"])
        lit = np.zeros((height, width), np.uint8)
        shown = [int(row[f"start_{name}"]) for name in ("x", "y", "direction")]
        if not row["building"]:
            shown = [int(student[name]) for name in ("x", "y", "direction")]
            visible(row["cells"], width, height, *shown, self.view, self.params.see_through, lit)
        agent = (shown[0], shown[1], shown[2]) if shown[0] else None
        return draw_grid(tiles(row), agent, lit.astype(np.bool_), TILE)
