"""BabyAI with Minigrid's observations: `ige/BabyAI-v0`."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...render import centred, draw_grid
from ..core import Captioned, Kernel, KernelVectorEnv
from ..core.check import integer
from ..core.given import given, one
from ..grid.cells import COLORS, KINDS
from ..grid.moves import ACTIONS, DONE, DROP, FORWARD, PICK_UP, TOGGLE, TURN_LEFT, TURN_RIGHT, parse_move
from ..grid.space import grid_space
from ..grid.tiles import PLANES, atlas
from ..grid.view import view, visible
from . import generate, kernel, kernel_full, kernel_rgb, kernel_rgb_full, levels, text
from .level import Level, side_for
from .mission import MAX_LENGTH, sentence, sentences
from .words import NVEC

CHARSET = string.ascii_letters + string.digits + " ,"
VIEWS = ("agent", "full", "rgb", "rgb_full")
TILE = 32  # pixels, of frames
_SEEN = 7  # side, in cells, of the view that is described to a language agent


class Maze(Captioned[int]):
    """What both interfaces of BabyAI share: worlds from recipes or from a pool, their text and their picture."""

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}
    option_names: ClassVar[tuple[str, ...]] = ("instance",)
    episode_texts: ClassVar[tuple[str, ...]] = ("mission",)
    # Keyboard bindings for people, by pygame's key names: Minigrid's own, and p and d.
    keys: ClassVar[dict[str, int]] = {
        "left": TURN_LEFT, "right": TURN_RIGHT, "up": FORWARD, "page up": PICK_UP, "p": PICK_UP, "tab": PICK_UP,
        "page down": DROP, "d": DROP, "left shift": DROP, "space": TOGGLE,
    }  # fmt: skip

    def __init__(
        self,
        recipes: Sequence[levels.Recipe],
        worlds: Sequence[Level],
        observer: str,
        observation: np.dtype,
        observation_space: spaces.Dict,
        actions: int,
        legacy_goto: bool,
        view_size: int = _SEEN,
        see_through_walls: bool = False,
        tiles: int = 0,
        caption: bool = True,
        render_mode: str | None = None,
    ) -> None:
        self.caption = bool(caption)
        self.side = side_for(max(r.width for r in recipes), max(r.height for r in recipes))
        self._canvas = tuple(TILE * max(getattr(one, way) for one in worlds or recipes) for way in ("height", "width"))
        sizes, programs = levels.programs(recipes)
        limits = {recipe.step_limit for recipe in recipes}
        self._step_limit = limits.pop() if len(limits) == 1 and not worlds else None
        record = kernel.record(self.side)
        pool = np.array([level.in_square(self.side).record for level in worlds], record)
        drawn = atlas(tiles) if tiles else np.zeros((PLANES, 0, 1, 1, 3), np.uint8)
        super().__init__(
            Kernel(
                kernel.__name__,
                state=record,
                observation=observation,
                key=(
                    "x", "y", "direction", "carried", "cells", "inside", "place", "gone", "sets", "mission", "done",
                    "held", "first_done", "is_success",
                ),
                info=("is_success",),
                observe=f"{observer}:observe",
            ),
            kernel.Params(0, sizes, programs, pool, bool(legacy_goto), bool(see_through_walls), view_size, drawn),
            observation_space,
            spaces.Discrete(actions),
            render_mode,
        )  # fmt: skip

    def instance_params(self, options: dict[str, Any] | None) -> kernel.Params:
        super().instance_params(options)
        if not options or options.get("instance") is None:
            return self.params
        level = one("options: instance", options["instance"], Level, Level.from_dict)
        self.check_size(level)
        return self.params._replace(pool=np.array([level.in_square(self.side).record], self.kernel.state))

    def step_limit(self) -> int | None:
        return self._step_limit

    def given_up(self) -> str:
        size, rows, columns, _ = self.params.sizes[0].tolist()
        return (
            f"room_size: {size}, rows: {rows}, columns: {columns}: {generate.ATTEMPTS} attempts drew no world of the "
            "level, expected a maze with room for it: try larger or more rooms"
        )

    def check_size(self, level: Level) -> None:
        """Raise `ValueError` if the observation has no room for a level."""

    @property
    def level(self) -> Level:
        """The world as it is now."""
        return Level(self.get_state())

    # --- text and picture ---------------------------------------------------------------------------------------------

    @property
    def mission(self) -> str:
        """The sentence that says what to do."""
        return sentence(self._state[0]["mission"])

    def task_text(self) -> str:
        return self.mission

    def descriptions(self) -> list[str]:
        """What the agent carries and sees in its 7 x 7 view, as BabyAI-Text's phrases."""
        row = self._state[0]
        image = np.zeros((_SEEN, _SEEN, 3), np.uint8)
        view(
            row["cells"], row["width"], row["height"], row["x"], row["y"], row["direction"], row["carried"],
            self.params.see_through, image,
        )  # fmt: skip
        return text.seen(image, int(row["carried"]))

    def rules(self) -> str:
        """The instructions that a language agent gets once."""
        return text.RULES

    def describe(self) -> str:
        """The mission, and what the agent carries and sees."""
        return text.told(self._state[0], self.mission, self.descriptions())

    def action_text(self, action: int) -> str:
        """An action in words, for example "turn left"."""
        return ACTIONS[action]

    def parse_action(self, text: str) -> int:
        """The action that words such as "go forward" or "pick up" mean."""
        return parse_move(text, int(self.action_space.n))  # type: ignore[attr-defined]

    def frame(self) -> NDArray[np.uint8]:
        """The grid from above with the agent's view lit, 32 pixels a cell; all levels that are drawn share one size."""
        row = self._state[0]
        width, height = int(row["width"]), int(row["height"])
        lit = np.zeros((height, width), np.uint8)
        visible(
            row["cells"], width, height, row["x"], row["y"], row["direction"], self.params.view_size,
            self.params.see_through, lit,
        )  # fmt: skip
        grid = row["cells"][:height, :width]
        names = [[(KINDS[cell & 15], COLORS[cell >> 4 & 7]) for cell in line] for line in grid.tolist()]
        agent = (int(row["x"]), int(row["y"]), int(row["direction"]))
        return centred(draw_grid(names, agent, lit.astype(np.bool_), TILE), *self._canvas)


class BabyAI(Maze):
    """Do what a sentence says, in a maze of rooms seen through a small window.

    ## Description
    BabyAI's levels on Minigrid's grid: keys, balls, boxes and doors in six colours, rooms, locked rooms, distractors,
    and a mission in a small language ("put the red ball next to the box on your left after you open a door"). All 96
    levels that Minigrid 3.2 registers are here, drawn with the same probabilities; transitions, observations, rewards
    and limits are equal to Minigrid's, state for state (`Level.from_minigrid` copies a live environment).

    ## Action Space
    `Discrete(7)`: 0 turn left, 1 turn right, 2 go forward (onto an empty cell or an open door), 3 pick up the object
    ahead (with empty hands), 4 drop onto the empty cell ahead, 5 toggle (opens and closes a door; unlocks and opens a
    locked one if its key is carried; replaces a box by its content), 6 done (nothing). An action without effect costs a
    step. In text: `action_text`, `parse_action`.

    ## Observation Space
    `Dict`:
    - `image`: depends on `view`:
      `"agent"`: `Box(0, 10, (view_size, view_size, 3), uint8)`, indexed [column, row], the agent in the middle of the
      last row, facing up: (object, colour, state). Objects: 0 unseen, 1 empty, 2 wall, 4 door, 5 key, 6 ball, 7 box;
      colours: red, green, blue, purple, yellow, grey; states of a door: 0 open, 1 closed, 2 locked. The agent's own
      cell shows what it carries. `"full"`: the whole grid, (width, height, 3), the agent as (10, 0, direction). `"rgb"`
      and `"rgb_full"`: the same two in pixels, (rows, columns, 3), `tile_size` pixels a cell.
    - `direction`: `Discrete(4)`: right, down, left, up.
    - `mission`: `Text`; with `obs_mode="symbolic"` `MultiDiscrete` of 37 numbers, uint8: order (one part, "then",
      "after you"); then for each of four clauses (two a part, joined by "and") kind (none, go to, pick up, open, put
      next) and for each of two descriptions type (object, box, ball, key, door), colour (none, then as above), place
      (none, left, right, front, behind) and 1 for "a", 0 for "the".

    ## Rewards
    1 - 0.9 * steps / limit in the step that fulfils the mission, otherwise 0.

    ## Starting State
    A world drawn by the level's recipe, from `worlds`, or the one in `options["instance"]` (a `Level`, its JSON, or a
    JSON file).

    ## Episode End
    Termination: the mission is fulfilled or, in the Debug levels, whose missions are strict, failed. Truncation: the
    step limit. By default it is Minigrid's: the level's own, or room_size**2 * rooms for each place that the mission
    sends the agent to.

    ## Information
    - `is_success`: the mission is fulfilled.

    ## Arguments
    `gym.make("ige/BabyAI-v0", level="GoToLocal", obs_mode="text", view="agent", view_size=7, tile_size=8, worlds=(),
    room_size=None, rows=None, columns=None, max_steps=0, see_through_walls=False, legacy_goto=True, caption=True)`
    - `level`: one of `ige.envs.babyai.NAMES`, or a `Recipe`.
    - `worlds`: `Level`s, or files of their JSON, to draw from uniformly instead of using the recipe.
    - `room_size`: side of a room in cells, walls included, instead of the level's own.
    - `rows`: rows of rooms; only for levels whose recipe names no particular room, such as GoTo or BossLevel.
    - `columns`: columns of rooms, likewise.
    - `max_steps`: step limit; 0 for the level's own.
    - `obs_mode`: `"text"` or `"symbolic"` missions.
    - `view`: what the image shows: `"agent"`, `"full"`, `"rgb"` or `"rgb_full"`.
    - `view_size`: side of the agent's window in cells, odd, 3 to 15.
    - `tile_size`: pixels per cell in `"rgb"` and `"rgb_full"`.
    - `see_through_walls`: nothing blocks the agent's view.
    - `legacy_goto`: True: as in Minigrid, whose missions update object positions only at the next drop, so that "go to"
      is also fulfilled at the old cell of an object that was picked up. False: only current positions count.
    - `caption`: frames have the mission below the grid; images in observations never do.
    - `render_mode`: `"rgb_array"` or `"ansi"`.

    ## Training
    Learners need the mission as numbers: `obs_mode="symbolic"`.

    ```python
    import gymnasium as gym, ige
    from stable_baselines3 import PPO

    env = gym.make("ige/BabyAI-v0", obs_mode="symbolic")
    PPO("MultiInputPolicy", env, n_steps=256).learn(256)  # enough to see it run
    ```

    The views `"rgb"` and `"rgb_full"` are images, for which Stable-Baselines3 uses a convolutional network. It needs at
    least 36 pixels a side, which is `view_size * tile_size` here, 56 by default.

    ```python
    import gymnasium as gym, ige
    from stable_baselines3 import PPO

    env = gym.make("ige/BabyAI-v0", obs_mode="symbolic", view="rgb")
    PPO("MultiInputPolicy", env, n_steps=256).learn(256)
    ```

    `examples/train_babyai.py` embeds the codes instead, steps 64 worlds at once and solves a level in seconds.

    ## Oracle
    `ige.envs.babyai.oracle`: a bot that plans from the full state.

    ## References
    - Chevalier-Boisvert et al. 2019, BabyAI, arXiv 1810.08272.
    - Chevalier-Boisvert et al. 2023, Minigrid & Miniworld, arXiv 2306.13831; package `minigrid` 3.2.

    ## Version History
    - v0: initial version.
    """

    keys: ClassVar[dict[str, int]] = {**Maze.keys, "return": DONE, "enter": DONE}

    def __init__(
        self,
        level: str | levels.Recipe = "GoToLocal",
        obs_mode: str = "text",
        view: str = "agent",
        view_size: int = 7,
        tile_size: int = 8,
        worlds: Level | str | Path | Iterable[Level | str | Path] = (),
        room_size: int | None = None,
        rows: int | None = None,
        columns: int | None = None,
        max_steps: int = 0,
        see_through_walls: bool = False,
        legacy_goto: bool = True,
        caption: bool = True,
        render_mode: str | None = None,
    ) -> None:
        for name, value, known in (("obs_mode", obs_mode, ("text", "symbolic")), ("view", view, VIEWS)):
            if value not in known:
                raise ValueError(f"{name}: {value!r}, expected one of {', '.join(map(repr, known))}")
        view_size = integer("view_size", view_size, 3, 15)
        if view_size % 2 == 0:
            raise ValueError(f"view_size: {view_size}, expected an odd number: the agent stands in the middle")
        tile_size = integer("tile_size", tile_size, 4, 64)
        recipe = levels.level(level) if isinstance(level, str) else level
        if not isinstance(recipe, levels.Recipe):
            raise ValueError(f"level: found {type(level).__name__}, expected a name or a Recipe")
        recipe = recipe.sized(room_size, rows, columns, max_steps)
        pool = given("worlds", worlds, Level, Level.from_dict)
        self.width, self.height = recipe.width, recipe.height
        if pool:
            self.width, self.height = pool[0].width, pool[0].height
        self.fits_exactly = view.endswith("full")
        observer, observation, image = _observation(view, view_size, tile_size, self.width, self.height)
        super().__init__(
            [recipe],
            pool,
            observer,
            observation,
            spaces.Dict(
                {
                    "image": image,
                    "direction": spaces.Discrete(4),
                    "mission": mission_space(obs_mode),
                }
            ),
            actions=len(ACTIONS),
            legacy_goto=legacy_goto,
            view_size=view_size,
            see_through_walls=see_through_walls,
            tiles=tile_size if view.startswith("rgb") else 0,
            caption=caption,
            render_mode=render_mode,
        )
        for world in pool:
            self.check_size(world)

    def check_size(self, level: Level) -> None:
        if self.fits_exactly and (level.width, level.height) != (self.width, self.height):
            raise ValueError(
                f"level: found a grid of {level.width} x {level.height} cells, expected {self.width} x "
                f"{self.height} as in the observation"
            )

    def decode_text(self, name: str, codes: NDArray[Any]) -> list[str]:
        return sentences(codes)


class BabyAIVector(KernelVectorEnv):
    """Many mazes at once; see `BabyAI`."""

    env_class = BabyAI


def mission_space(obs_mode: str) -> spaces.Space[Any]:
    """The space of the observation's mission: a sentence, or its numbers."""
    if obs_mode == "text":
        return spaces.Text(MAX_LENGTH, charset=CHARSET)
    space = spaces.MultiDiscrete(NVEC, np.uint8)
    space.nvec = space.nvec.astype(np.int64)  # Gymnasium stores these counts as uint8 too, but learners add them up
    return space


def _observation(
    view: str, size: int, tile: int, width: int, height: int
) -> tuple[str, np.dtype, spaces.Box]:
    """The kernel module of a view, its observation record, and the space of its image."""
    if view == "agent":
        return kernel.__name__, kernel.observation(size), grid_space(size, size)
    if view == "full":
        return kernel_full.__name__, kernel_full.observation(width, height), grid_space(width, height)
    if view == "rgb":
        return kernel_rgb.__name__, kernel_rgb.observation(size, tile), _pixels(size * tile, size * tile)
    observation = kernel_rgb_full.observation(width, height, tile)
    return kernel_rgb_full.__name__, observation, _pixels(height * tile, width * tile)


def _pixels(rows: int, columns: int) -> spaces.Box:
    return spaces.Box(0, 255, (rows, columns, 3), np.uint8)
