"""Screens to click and type on: the shared base class, and `ige/GUIWidget-v1`."""

from __future__ import annotations

import difflib
import string
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core import Captioned, Kernel, KernelVectorEnv
from ..core.check import integer, number, one_of
from ..core.compile import compiled
from ..core.text import ParseError
from . import (
    actions,
    kernel,
    kernel_dict,
    kernel_element,
    kernel_rgb,
    kernel_table,
    kernel_text,
    kernel_tree,
    kernel_xy,
    palettes,
    raster,
    screen,
    text,
    words,
)
from .actions import Action
from .knobs import agree, checked_knobs
from .page import page
from .program import BOTTOM, CANDIDATES, HEIGHT, WIDTH, Task
from .templates import drawn, tasks
from .text import ERRORS

OBSERVERS = {"table": kernel_table, "tree": kernel_tree, "rgb": kernel_rgb, "dict": kernel_dict}
ACTION_MODES = ("element", "xy", "bins", "text")
HISTORIES = ("none", "actions", "act2sum", "full")
REWARDS = ("sparse", "partial", "shaped", "time")
TERMINATIONS = ("declare", "auto")
PARAPHRASES = {"train": (0, -2), "test": (-1, -1), "all": (0, -1)}  # a task's last goal is held out
SCALES = {0.25: 4, 0.5: 2, 1.0: 1}  # logical pixels per pixel
MAX_LENGTH = 65_536  # maximum characters of a tree
KEY = (
    "task", "paraphrase", "depth", "focus", "stack", "scroll", "vars", "before", "answer", "declared", "order",
    "offered",
)  # fmt: skip


class Screens(Captioned[Any]):
    """The base of all environments of screens: tasks as data behind one kernel.

    ## Description
    Each episode is one task, drawn from those named in `task`. A screen is 360 x 640 logical pixels; its content is a
    table of widgets. Tasks are data that a compiled interpreter runs: a screen costs a microsecond, not a second.

    ## Action Space
    - `action_mode="element"` (default): `Discrete(172)`: click one of the widgets 0 to 47 on the screen, in the order
      of the table; long-press one; type text 0 to 31 of `candidates` into the field with the focus; clear it, enter,
      scroll up, down, left, right, back, home, recent, wait, complete (declare the task done), impossible; answer with
      text 0 to 31. `info["action_mask"]` is exact.
    - `"xy"`: `MultiDiscrete([16, 360, 640, 32])`: verb, x, y, text. A verb uses the ones that it needs.
    - `"bins"`: `MultiDiscrete([16, columns, rows, 32])`: likewise, at the middle of a cell of `bins`. A widget smaller
      than a cell may have to be scrolled until the middle of a cell hits it.
    - `"text"`: `Text`. AndroidWorld's JSON (`{"action_type": "click", "index": 3}`, also as a dictionary), BrowserGym's
      calls (`click('3')`, `fill('3', 'Ada')`; `button='right'` is a long press), or strings such as `CLICK:(180,96)`,
      `TYPE:Ada`, `SCROLL:DOWN`, `COMPLETE`; widgets have the numbers that the tree shows, which are integers. Any text
      that a screen could show may be typed, in upper or lower case.

    Each reset draws the order in which widgets are numbered and texts are offered, so that neither order reveals the
    target: a widget is identified by its text and its position.

    An action that has no effect costs a step and is an error (see Information). Unreadable words, a text that no screen
    could show and a text of more than 64 characters are such errors too, never exceptions. In the other modes, `step`
    accepts words as well, if the mode has an equivalent action.

    ## Observation Space
    - `obs_mode="table"` (default): `Dict`. `table`, int16 (48, 14): rows of number, type, page, x, y, width, height,
      text, value, flags, group, z, low, high, the number 0 marks an unused row; flags are 1 clickable, 2 takes long
      presses, 4 editable, 8 checked or selected, 16 focused, 32 covered. `goal`, int16 (10,): task, paraphrase, the
      values that the goal mentions. `candidates`, int16 (32,): texts that may be typed. Texts are codes, see
      `ige.envs.gui.words.text`. `action_mask` in the mode `"element"`.
    - `"tree"`: `Text`: the goal, a line for each widget (`[3] button "Send" 16,124,328,44`, roles are WAI-ARIA's) from
      the top of the screen, with overlays last; the last error; the history.
    - `"rgb"`: `Dict`. `image`, uint8, (rows, columns, 3): `scale` pixels per logical pixel; a click on a point hits
      what the image shows there. `instruction`: `Text`, the goal. `goal`, `candidates`, `action_mask` as above.
    - `"dict"`: all of these.

    `history` adds the actions of the last `history_len` steps that had an effect. `"actions"`: `history`, int16
    (4, 4): verb + 1, type of the widget + 1, its text, the text typed; oldest first, 0 for none.
    `"act2sum"`: also `read`, int16 (4, 5): the title of the screen on which the action was taken and up to four values
    shown there (numbers, prices, dates, times and texts that may be typed, relevant or not). `"full"`: also `past`,
    int16 (4, 48, 14), those screens (not in the mode `"rgb"`). The tree has these as lines at its end.

    ## Rewards
    Set by `reward_mode`. `"sparse"`: 1 when the episode ends in success, else 0. `"partial"`: also, at an end without
    success, 0.99 times the share of conditions that hold. `"shaped"`: 1 for success, plus gamma * share - share before
    in each step; this reveals the progress, even where a task requires remembering it. `"time"`: 1 - step / limit for
    success.

    ## Starting State
    Drawn by the task; `options["task"]` plays one of the environment's tasks.

    ## Episode End
    Termination: set by `termination`. `"declare"`: the agent declares the task done or impossible, or answers;
    `"auto"`: also as soon as all conditions hold. Success: all hold, and nothing that the task protects was changed.
    Truncation: after `max_steps_factor` times the maximum number of steps of the task's script.

    ## Information
    - `is_success`: the episode ended in success.
    - `illegal`: the last action had no effect.
    - `error`: why: 0 no error, 1 nothing there takes that, 2 no field has the focus, 3 no such text, 4 no further that
      way, 5 no page before, 6 not possible here, 7 the action could not be read, 8 the text is too long.
    - `task`: the number of the episode's task.
    - `oracle_progress`: share of the task's conditions that hold; not for agents.
    - `memoryless`: at the end, if known: the best success rate without memory of earlier screens.
    - `action_mask`: int8 (172,), in the mode `"element"`: 1 where an action has an effect. With latency it describes
      the current screen, not the delayed one.

    ## Arguments
    `gym.make("{id}", task="all", obs_mode="table", action_mode="element", history="actions", history_len=4,
    reward_mode="sparse", termination="declare", max_steps_factor=2.0, paraphrases="train", gamma=0.99, scale=0.5,
    bins=(24, 40), latency=0, theme=0, caption=True)`
    - `task`: one name, several names, or `"all"`: {tasks}.
    - `obs_mode`: `"table"`, `"tree"`, `"rgb"` or `"dict"`.
    - `action_mode`: `"element"`, `"xy"`, `"bins"` or `"text"`.
    - `history`: `"none"`, `"actions"`, `"act2sum"` or `"full"`.
    - `history_len`: 1 to 4.
    - `reward_mode`: `"sparse"`, `"partial"`, `"shaped"` or `"time"`.
    - `termination`: `"declare"` or `"auto"`.
    - `max_steps_factor`: step limit as a multiple of the script's steps, at least 1.
    - `paraphrases`: `"train"`: all wordings of a goal but the last; `"test"`: the last; `"all"`.
    - `gamma`: discount of shaped rewards.
    - `scale`: scale of images: 0.25, 0.5 or 1; at 0.25, words are unreadable.
    - `bins`: columns and rows of the grid in the mode `"bins"`.
    - `latency`: observation delay in steps, 0 to 2.
    - `theme`: colour theme of images, 0 to 9.
    - `caption`: frames have the goal below the screen; images in observations never do.
    - `render_mode`: `"rgb_array"` or `"ansi"`.
    - `knobs`: difficulty of the tasks; each task uses the knobs that apply to it: `distractors` (5),
      `items` (4), `layout_jitter` (0), `memory_gap` (2), `memory_load` (1), `infeasible` (0) and `popups` (0), both in
      percent of episodes.

    ## Training
    The table consists of numbers, goal included. The mode `"element"` masks out actions without an effect.

    ```python
    import gymnasium as gym, ige
    from sb3_contrib import MaskablePPO
    from stable_baselines3 import PPO

    env = gym.make("{id}")
    PPO("MultiInputPolicy", env, n_steps=256).learn(256)  # enough to see it run
    MaskablePPO("MultiInputPolicy", env, n_steps=256).learn(256)  # chooses among actions with an effect only
    ```

    An image comes with the goal twice, as text and as numbers (`goal`). Pixel-based learners need the numbers, so the
    text is left out:

    ```python
    import gymnasium as gym, ige
    from stable_baselines3 import PPO

    env = gym.make("{id}", obs_mode="rgb", scale=0.25, action_mode="bins")
    env = gym.wrappers.FilterObservation(env, ["image", "goal", "candidates", "history"])
    PPO("MultiInputPolicy", env, n_steps=64).learn(64)
    ```

    ## Oracle
    `ige.envs.gui.oracle`: the script of each task.

    ## References
    - Shi et al. 2017, World of Bits; Liu et al. 2018, arXiv 1802.08802 (MiniWoB++).
    - Humphreys et al. 2022, A data-driven approach for learning to control computers, arXiv 2202.08137.
    - Rawles et al. 2024, AndroidWorld, arXiv 2405.14573; Drouin et al. 2024, WorkArena (BrowserGym), arXiv 2403.07718.

    ## Version History
    - v1: each reset draws the order of widgets and of texts to type, which revealed the target before; trees are in
      reading order. `login` and `form-fill` offer more texts; the fields of `form-fill` stand in any order; the typed
      texts of `login` count among its conditions; no tab is open at first in `click-tab`; all counts are equally likely
      in `count-items`; buttons have to be pressed once or twice in `momentary-toggles`. `click-link-soft`,
      `click-tab-soft`, `form-fill-soft` and `login-soft` are new. `progress` is renamed `oracle_progress`.
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array", "ansi"], "render_fps": 4}
    option_names: ClassVar[tuple[str, ...]] = ("task",)
    episode_texts: ClassVar[tuple[str, ...]] = ("instruction",)
    takes_any_words: ClassVar[bool] = True
    # People can click anywhere.
    for_people: ClassVar[dict[str, Any]] = {**Captioned.for_people, "action_mode": "text"}
    derived = (*Captioned.derived, "tasks", "_canvas")  # tasks hold functions, which cannot be copied
    folder: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Fill the docstring of an environment with the sections of this class that it lacks."""
        super().__init_subclass__(**kwargs)
        where = f"see `ige.envs.gui.templates.{cls.folder}`"
        cls.__doc__ = page(cls.__doc__ or "", Screens.__doc__ or "", id=f"ige/{cls.__name__}-v1", tasks=where)

    def __init__(
        self,
        task: str | Sequence[str] = "all",
        obs_mode: str = "table",
        action_mode: str = "element",
        history: str = "actions",
        history_len: int = 4,
        reward_mode: str = "sparse",
        termination: str = "declare",
        max_steps_factor: float = 2.0,
        paraphrases: str = "train",
        gamma: float = 0.99,
        scale: float = 0.5,
        bins: tuple[int, int] = (24, 40),
        latency: int = 0,
        theme: int = 0,
        caption: bool = True,
        render_mode: str | None = None,
        **knobs: Any,
    ) -> None:
        self.knobs = checked_knobs(knobs)
        self.tasks = _chosen(self.folder, tasks(self.folder, self.knobs), task)
        self.names = tuple(one.name for one in self.tasks)
        agree(self.knobs, knobs, self.tasks)
        one_of("obs_mode", obs_mode, tuple(OBSERVERS))
        one_of("action_mode", action_mode, ACTION_MODES)
        one_of("history", history, HISTORIES)
        one_of("paraphrases", paraphrases, list(PARAPHRASES))
        if scale not in SCALES:
            raise ValueError(f"scale: {scale!r}, expected one of {', '.join(map(str, SCALES))}")
        history_len = integer("history_len", history_len, 1, kernel.HISTORY)
        latency = integer("latency", latency, 0, 2)
        self.caption = bool(caption)
        self.theme = integer("theme", theme, 0, palettes.THEMES - 1)
        self.obs_mode, self.action_mode, self.history = obs_mode, action_mode, history
        self.grid = (WIDTH, HEIGHT) if action_mode != "bins" else _grid(bins)
        past = history_len if history in ("act2sum", "full") else 0
        first, last = PARAPHRASES[paraphrases]
        params = kernel.Params(
            max_steps=0,
            programs=np.array([one.record for one in self.tasks]),
            factor=number("max_steps_factor", max_steps_factor, 1.0),
            declare=one_of("termination", termination, TERMINATIONS) == 0,
            reward=one_of("reward_mode", reward_mode, REWARDS),
            gamma=number("gamma", gamma, 0.0, 1.0),
            first_paraphrase=first,
            last_paraphrase=last,
            given=-1,
        )
        # The default interface is the kernel itself: faster, and compiled separately from the others.
        if (obs_mode, action_mode, history_len, past, latency) == ("table", "element", kernel.HISTORY, 0, 0):
            module, observe, state, observation = kernel.__name__, "observe", kernel.STATE, kernel.TABLE
        else:
            modules = {"element": kernel_element, "text": kernel_text}
            module = modules.get(action_mode, kernel_xy).__name__
            observe = f"{OBSERVERS[obs_mode].__name__}:observe_{obs_mode}"
            state, observation = screen.state(latency, past), _record(obs_mode, SCALES[scale], history_len, past)
            params = self._with_faces(params, latency, SCALES[scale])
        n_masked = kernel.ACTIONS if action_mode == "element" else 0
        super().__init__(
            Kernel(
                module,
                state=state,
                observation=observation,
                key=KEY,
                info=("is_success", "illegal", "error", "task", "oracle_progress"),
                final_info=("memoryless",),
                n_masked=n_masked,
                observe=observe,
            ),
            params,
            self._observation_space(observation, n_masked > 0),
            _action_space(action_mode, self.grid),
            render_mode,
        )

    def _prepare(self) -> None:
        super()._prepare()
        known = tasks(self.folder, self.knobs)
        self.tasks = [known[name] for name in self.names]
        self._canvas: Any = None

    def _with_faces(self, params: kernel.Params, latency: int, factor: int) -> Any:
        """The additional parameters that all interfaces but the default one need."""
        paints = self.obs_mode in ("rgb", "dict")
        return screen.Params(
            *params,
            latency=latency,
            columns=self.grid[0],
            rows=self.grid[1],
            letters=raster.letters() if paints else np.zeros((0, raster.LONGEST), np.int16),
            glyphs=raster.glyphs(factor) if paints else np.zeros((0, 1, 1), np.uint8),
            colors=palettes.colors(self.theme),
        )

    def _observation_space(self, record: np.dtype, masked: bool) -> spaces.Space[Any]:
        charset = _charset(tuple(goal for one in self.tasks for goal in one.goals))
        if self.obs_mode == "tree":
            return spaces.Text(MAX_LENGTH, charset=charset)
        unused = {"error"} | (set() if self.history != "none" else {"history"})
        unused |= {"act2sum": {"past"}, "full": set()}.get(self.history, {"past", "read"})
        parts: dict[str, spaces.Space[Any]] = {}
        for name in record.names or ():
            dtype = record[name]
            if name in ("tree", "instruction"):
                parts[name] = spaces.Text(MAX_LENGTH, charset=charset)
            elif name not in unused and not name.startswith("_"):
                bounds = np.iinfo(dtype.base)
                parts[name] = spaces.Box(bounds.min, bounds.max, dtype.shape, dtype.base.type)
        if masked:
            parts["action_mask"] = spaces.Box(0, 1, (kernel.ACTIONS,), np.int8)
        return spaces.Dict(parts)

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        super().instance_params(options)
        name = (options or {}).get("task")
        if name is None:
            return self.params
        return self.params._replace(given=self.tasks.index(_task(name, {one.name: one for one in self.tasks})))

    # --- what is played -----------------------------------------------------------------------------------------------

    @property
    def task(self) -> Task:
        """The task of this episode."""
        return self.tasks[int(self._state[0]["task"])]

    @property
    def goal(self) -> str:
        """The goal as the agent reads it."""
        row = self._state[0]
        fields = {name: words.text(int(row["vars"][var])) for name, var in self.task.fields.items()}
        return self.task.goals[int(row["paraphrase"])].format(**fields)

    @property
    def _is_plain(self) -> bool:
        return self.kernel.module == kernel.__name__

    def table(self) -> NDArray[np.int16]:
        """The widgets on the screen, int16 (48, 14), see `kernel.see`; the current ones, even with latency."""
        return (self._out[0]["table"] if self._is_plain else self._state[0]["now"][0]).copy()

    def shown(self) -> NDArray[np.int16]:
        """The widgets that the agent sees."""
        latency = 0 if self._is_plain else self.params.latency
        return self._state[0]["stale"][latency - 1].copy() if latency else self.table()

    def candidates(self) -> list[int]:
        """The codes of the texts that may be typed; 0 for none."""
        row = self._state[0]
        codes, held = self.task.record["candidates"][row["offered"]].tolist(), row["vars"]
        return [code if code >= 0 else int(held[-1 - code]) for code in codes]

    def can_scroll_down(self) -> bool:
        """Whether the page continues below the visible part."""
        row = self._state[0]
        page = row["stack"][row["depth"]]
        return int(row["scroll"][page]) < int(self.task.record["heights"][page]) - BOTTOM

    def error_text(self) -> str:
        """The error of the last action; empty if there was none."""
        return ERRORS[int(self._state[0]["error"])]

    # --- actions ------------------------------------------------------------------------------------------------------

    def encode(self, verb: int, element: int | None = None, text: int = 0) -> Any:
        """The action for a verb, the index of a widget and the code of a text. LookupError if there is none."""
        meant = Action(verb, -1 if element is None else element, text=text)
        if self.action_mode == "text":
            return actions.written(meant)
        action, error = self._as_own(meant)
        if error:
            raise LookupError(f"{self.task.name}: {kernel.VERBS[verb]} {words.text(text)!r}: {ERRORS[error]}")
        return action

    def parse_action(self, text: str) -> Any:
        """The action that the words mean; with `action_mode="text"`, the words themselves."""
        if self.action_mode == "text":
            return text
        action, error = self._as_own(actions.parse(text))
        if error:
            raise ParseError(f"action: {text!r}: {ERRORS[error]}")
        return action

    def _as_own(self, meant: Action) -> tuple[Any, int]:
        """The equivalent action of this mode, and no error; None and the error if the mode has none."""
        verb, element, x, y, code = meant
        table = self.table()
        if verb == actions.MESSAGE:
            verb = kernel.ANSWER if self.task.record["answers"] else kernel.COMPLETE
        if verb == actions.OPEN:
            named = np.flatnonzero((table[:, 7] == code) & (table[:, 9] & 33 == 1))
            verb, element = kernel.CLICK, int(named[0]) if len(named) else kernel.ROWS
        if verb < 0:
            return None, -verb
        if element < 0 <= x and (self.action_mode == "element" or verb not in (kernel.CLICK, kernel.LONG_PRESS)):
            element = at(table, x, y)
            if element < 0:
                return None, kernel.NOTHING_THERE
        if element >= kernel.ROWS or (element >= 0 and not table[element, 0]):
            return None, kernel.NOTHING_THERE
        if verb not in (kernel.CLICK, kernel.LONG_PRESS) and element >= 0 and not table[element, 9] & 16:
            return None, kernel.NO_FOCUS
        candidate = 0
        if verb in (kernel.TYPE, kernel.ANSWER):
            known = self.candidates()
            if not code or code not in known:
                return None, kernel.NO_TEXT
            candidate = known.index(code)
        if self.action_mode == "element":
            return _element_action(verb, element, candidate), kernel.OK
        column, row = max(x, 0) * self.grid[0] // WIDTH, max(y, 0) * self.grid[1] // HEIGHT
        if element >= 0:
            columns, rows = _middles(WIDTH, self.grid[0]), _middles(HEIGHT, self.grid[1])
            _, _, _, left, top, width, height, *_ = table[element].tolist()
            across = np.flatnonzero((columns >= left) & (columns < left + width))
            down = np.flatnonzero((rows >= top) & (rows < top + height))
            if not len(across) or not len(down):  # smaller than a cell
                return None, kernel.NOTHING_THERE
            column, row = across[len(across) // 2], down[len(down) // 2]
        return np.array([verb, column, row, candidate], np.int64), kernel.OK

    def _action_buffer(self) -> NDArray[Any]:
        return np.zeros((1, len(Action._fields)), np.int64) if self.action_mode == "text" else super()._action_buffer()

    def _checked(self, action: Any) -> Any:
        """The action for the kernel, from an action of the space or from words; an error is a verb below 0."""
        if not actions.are_words(action):
            if self.action_mode == "text":
                raise ValueError(
                    f"action: found {type(action).__name__}, expected a str or a dictionary with an 'action_type'"
                )
            return super()._checked(action)
        meant = actions.parse(action)
        if self.action_mode == "text":
            return meant
        own, error = self._as_own(meant)
        if not error:
            return own
        return -error if self.action_mode == "element" else np.array([-error, 0, 0, 0])

    def well_formed_actions(self) -> list[Any]:
        return super().well_formed_actions() if self.action_mode == "element" else []

    def action_masks(self) -> NDArray[np.bool_]:
        """True where an action has an effect; empty if actions are words."""
        return np.ones(0, np.bool_) if self.action_mode == "text" else super().action_masks()

    def action_text(self, action: Any) -> str:
        if self.action_mode == "text":
            return str(action)
        if self.action_mode != "element":
            verb, column, row, k = (int(part) for part in action)
            x, y = int(_middles(WIDTH, self.grid[0])[column]), int(_middles(HEIGHT, self.grid[1])[row])
            return actions.written(Action(verb, -1, x, y, self.candidates()[k]))
        if action < kernel.FIRST_TYPE:
            verb, element = divmod(int(action), kernel.ROWS)
            return actions.written(Action(verb, element))
        for verb, first in ((kernel.ANSWER, kernel.FIRST_ANSWER), (kernel.CLEAR, kernel.FIRST_PLAIN)):
            if action >= first:
                rest = int(action) - first
                is_answer = verb == kernel.ANSWER
                return actions.written(Action(verb, text=self.candidates()[rest]) if is_answer else Action(verb + rest))
        return actions.written(Action(kernel.TYPE, text=self.candidates()[int(action) - kernel.FIRST_TYPE]))

    # --- interfaces ---------------------------------------------------------------------------------------------------

    def decode_text(self, name: str, codes: NDArray[Any]) -> list[str]:
        if name == "instruction":
            return [text.goal(self.tasks, row) for row in codes.tolist()]
        return [text.tree(self.tasks, row, self.history)[:MAX_LENGTH] for row in codes]

    def rules(self) -> str:
        return (
            f"You use a device by its screen. Your task: {self.goal}\n"
            "Actions: click('3') with the number of a widget or CLICK:(x,y) with a point, long_press('3'), TYPE:text "
            "into the field that has the focus, CLEAR, ENTER, SCROLL:UP, SCROLL:DOWN, SCROLL:LEFT, SCROLL:RIGHT, BACK, "
            "HOME, WAIT, COMPLETE when the task is done, IMPOSSIBLE if it cannot be done, ANSWER:text if it is a "
            "question."
        )

    def describe(self) -> str:
        return text.tree(self.tasks, self._seen(), self.history)

    def brief(self) -> str:
        """The information that the picture does not show."""
        return self.goal

    def task_text(self) -> str:
        return self.goal

    def _seen(self) -> dict[str, Any]:
        """The data from which a tree is written, in any observation mode."""
        row, out = self._state[0], self._out[0]
        numbers = out["tree"] if self.obs_mode == "tree" else out
        found = {"error": row["error"], "table": self.shown(), "goal": numbers["goal"], "history": numbers["history"]}
        return found if self._is_plain else {**found, "read": numbers["read"], "past": row["past"]}

    def feedback(self) -> str:
        """The error of the last action, or how the episode ended."""
        if self._over[0]:
            return "Success." if self._state[0]["is_success"] else "The episode has ended without success."
        return self.error_text().capitalize()

    def frame(self) -> NDArray[np.uint8]:
        """The screen that the agent sees, uint8 (640, 360, 3)."""
        if self._canvas is None:
            self._canvas = raster.letters(), raster.glyphs(1), palettes.colors(self.theme)
        image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        painter()(self.shown(), *self._canvas, image)
        return image

    def pointed(self, x: int, y: int, button: int) -> str:
        """The action, in words, of a person who presses a mouse button or turns the wheel over the image."""
        if y >= HEIGHT:  # below the screen, where the goal stands
            return ""
        return {1: f"CLICK:({x},{y})", 3: f"LONG_PRESS:({x},{y})", 4: "SCROLL:UP", 5: "SCROLL:DOWN"}.get(button, "")

    def typed(self, line: str) -> str:
        """The action, in words, of a person who types a line: an action, or a text for the field with the focus."""
        has_focus = bool((self.table()[:, 9] & 20 == 20).any())
        return f"TYPE:{line}" if has_focus and actions.parse(line).verb == -kernel.MALFORMED else line


class ScreensVector(KernelVectorEnv):
    """Many screens at once; with `action_mode="text"` actions are a sequence of words for each row."""

    def _prepare(self) -> None:
        super()._prepare()
        if self.single.action_mode == "text":  # type: ignore[attr-defined]
            self._actions = np.zeros((self.num_envs, len(Action._fields)), np.int64)

    def _checked(self, actions_: Any) -> NDArray[Any]:
        if self.single.action_mode != "text":  # type: ignore[attr-defined]
            return super()._checked(actions_)
        said = list(actions_) if isinstance(actions_, (list, tuple, np.ndarray)) else []
        if len(said) != self.num_envs or not all(map(actions.are_words, said)):
            raise ValueError(f"actions: expected {self.num_envs} strings (or dictionaries), one for each row")
        return self._owned([actions.parse(one) for one in said])


class GUIWidget(Screens):
    """One screen, one skill: buttons, fields, lists, sliders, tabs, dialogs.

    ## Description
    Screens of one page as in MiniWoB++ (`click-button`, `login`, `choose-date`, `use-slider`, ...): each episode is one
    task, drawn from those named in `task`, and tests one skill. A screen is 360 x 640 logical pixels; its content is a
    table of widgets. Tasks are data that a compiled interpreter runs: a step costs a microsecond, and a seed always
    gives the same episode. Goals come in several wordings, the last of which is held out for tests.

    In some tasks the target shows the words of the goal, and comparing words is enough to solve most of their episodes:
    `click-button`, `click-checkboxes`, `click-dialog`, `click-link`, `click-menu`, `click-option`, `click-scroll-list`,
    `click-tab`, `enter-text`, `focus-text`, `form-fill` and `login`. In all others, comparing words solves less than
    half of the episodes. In harder variants the screen uses other words than the goal, and comparing words does no
    better than chance: `click-checkboxes-soft`, `click-link-soft`, `click-tab-soft`, `form-fill-soft` and `login-soft`.
    An agent that reads nothing does no better than chance in any task.
    """

    folder = "widget"


class GUIWidgetVector(ScreensVector):
    """Many screens at once; see `GUIWidget`."""

    env_class = GUIWidget


# --- helpers ----------------------------------------------------------------------------------------------------------


def _chosen(folder: str, known: dict[str, Task], task: Any) -> list[Task]:
    names = list(task)
    if isinstance(task, str):
        names = drawn(folder) if task == "all" else [task]
    if not names:
        raise ValueError("task: found no name, expected at least one")
    return [_task(name, known) for name in names]


def _task(name: Any, known: dict[str, Task]) -> Task:
    if name not in known:
        close = difflib.get_close_matches(str(name), known, 3, 0.4)
        hint = f"close: {', '.join(close)}" if close else f"expected one of {', '.join(known)}"
        raise ValueError(f"task: {name!r} is unknown; {hint}")
    return known[name]


def _grid(bins: Any) -> tuple[int, int]:
    try:
        columns, rows = bins
    except (TypeError, ValueError):
        raise ValueError(f"bins: {bins!r}, expected the numbers of columns and rows") from None
    return integer("bins: columns", columns, 2, WIDTH), integer("bins: rows", rows, 2, HEIGHT)


def _middles(length: int, cells: int) -> NDArray[np.int64]:
    """The pixels in the middle of cells, as in `kernel_xy`."""
    return (2 * np.arange(cells) + 1) * length // (2 * cells)


def _record(obs_mode: str, factor: int, history: int, past: int) -> np.dtype:
    match obs_mode:
        case "table":
            return screen.seen(history, past)
        case "tree":
            return kernel_tree.tree(history, past)
        case "rgb":
            return kernel_rgb.rgb(factor, history, past)
    return kernel_dict.everything(factor, history, past)


def _action_space(action_mode: str, grid: tuple[int, int]) -> spaces.Space[Any]:
    if action_mode == "element":
        return spaces.Discrete(kernel.ACTIONS)
    if action_mode == "text":
        return spaces.Text(256, min_length=0, charset=string.printable)
    return spaces.MultiDiscrete([len(kernel.VERBS), *grid, CANDIDATES])


def _element_action(verb: int, element: int, candidate: int) -> int:
    match verb:
        case kernel.CLICK:
            return element
        case kernel.LONG_PRESS:
            return kernel.FIRST_LONG + element
        case kernel.TYPE:
            return kernel.FIRST_TYPE + candidate
        case kernel.ANSWER:
            return kernel.FIRST_ANSWER + candidate
    return kernel.FIRST_PLAIN + verb - kernel.CLEAR


def at(table: NDArray[np.int16], x: int, y: int) -> int:
    """The index of the widget at a point; -1 for none."""
    left, top, width, height = table[:, 3:7].T
    there = (table[:, 0] > 0) & (left <= x) & (x < left + width) & (top <= y) & (y < top + height)
    found = np.flatnonzero(there)
    return int(max(found, key=lambda k: (table[k, 11], k))) if len(found) else -1


@cache
def _charset(goals: tuple[str, ...]) -> str:
    """Every character that a tree may contain."""
    return "".join(sorted({*string.printable, "•", *"".join(words.texts()), *"".join(goals)}))


@cache
def painter() -> Any:
    """`raster.paint`, compiled for calls from Python."""
    return compiled(raster.paint.py_func, raster.__name__)
