"""Screens to click and type on: `ige/GUIWidget-v0`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core import Kernel, KernelEnv, KernelVectorEnv
from ..core.check import number, one_of
from . import kernel, words
from .program import CANDIDATES, FIELDS, TYPES, Task
from .templates import tasks

REWARDS = ("sparse", "partial", "shaped", "time")
TERMINATIONS = ("declare", "auto")
PARAPHRASES = {"train": (0, -2), "test": (-1, -1), "all": (0, -1)}  # the last of a task's goals is held out
ERRORS = (
    "", "nothing there takes that", "no field has the focus", "no such text", "no further that way", "no page before",
    "that is not possible here", "the action could not be read", "the text is too long",
)  # fmt: skip


class Screens(KernelEnv[Any]):
    """What all environments of screens share: tasks as data behind one kernel."""

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4}
    option_names: ClassVar[tuple[str, ...]] = ("task",)
    folder: ClassVar[str]

    def __init__(
        self,
        task: str | Sequence[str] = "all",
        reward_mode: str = "sparse",
        termination: str = "declare",
        max_steps_factor: float = 2.0,
        paraphrases: str = "train",
        gamma: float = 0.99,
        render_mode: str | None = None,
    ) -> None:
        known = tasks(self.folder)
        names = list(known) if task == "all" else [task] if isinstance(task, str) else list(task)
        if not names:
            raise ValueError("task: found no name, expected at least one")
        self.tasks = [_task(name, known) for name in names]
        one_of("paraphrases", paraphrases, list(PARAPHRASES))
        first, last = PARAPHRASES[paraphrases]
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.STATE,
                observation=kernel.TABLE,
                key=("task", "paraphrase", "depth", "focus", "stack", "scroll", "vars", "before", "answer", "declared"),
                info=("is_success", "illegal", "error", "task", "progress"),
                final_info=("memoryless",),
                n_masked=kernel.ACTIONS,
            ),
            kernel.Params(
                max_steps=0,
                programs=np.array([one.record for one in self.tasks]),
                factor=number("max_steps_factor", max_steps_factor, 1.0),
                declare=one_of("termination", termination, TERMINATIONS) == 0,
                reward=one_of("reward_mode", reward_mode, REWARDS),
                gamma=number("gamma", gamma, 0.0, 1.0),
                first_paraphrase=first,
                last_paraphrase=last,
                given=-1,
            ),
            _table_space(),
            spaces.Discrete(kernel.ACTIONS),
            render_mode,
        )

    def instance_params(self, options: dict[str, Any] | None) -> kernel.Params:
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
        """What the agent is told."""
        row = self._state[0]
        fields = {name: words.text(int(row["vars"][var])) for name, var in self.task.fields.items()}
        return self.task.goals[int(row["paraphrase"])].format(**fields)

    def table(self) -> NDArray[np.int16]:
        """The widgets on the screen, int16 (48, 14), see `kernel.see`."""
        out = np.zeros(1, kernel.TABLE)
        kernel.observe(self._state[0], self.params, out[0])
        return out[0]["table"]

    def error_text(self) -> str:
        """What was wrong with the last action; empty if nothing was."""
        return ERRORS[int(self._state[0]["error"])]

    def encode(self, verb: int, element: int | None = None, text: int = 0) -> int:
        """The action for a verb, the place of a widget and the code of a text. LookupError where there is none."""
        if verb in (kernel.CLICK, kernel.LONG_PRESS):
            assert element is not None
            return element + (kernel.FIRST_LONG if verb == kernel.LONG_PRESS else 0)
        if verb in (kernel.TYPE, kernel.ANSWER):
            found = np.flatnonzero(self._out[0]["candidates"] == text)
            if not len(found):
                raise LookupError(f"{self.task.name}: {words.text(text)!r} cannot be typed")
            return int(found[0]) + (kernel.FIRST_TYPE if verb == kernel.TYPE else kernel.FIRST_ANSWER)
        return kernel.FIRST_PLAIN + verb - kernel.CLEAR


class GUIWidget(Screens):
    """One screen, one skill."""

    folder = "widget"


class GUIWidgetVector(KernelVectorEnv):
    """Many screens at once; see `GUIWidget`."""

    env_class = GUIWidget


def _task(name: Any, known: dict[str, Task]) -> Task:
    if name not in known:
        close = difflib.get_close_matches(str(name), known, 3, 0.4)
        hint = f"close: {', '.join(close)}" if close else f"expected one of {', '.join(known)}"
        raise ValueError(f"task: {name!r} is unknown; {hint}")
    return known[name]


def _table_space() -> spaces.Dict:
    def box(*shape: int) -> spaces.Box:
        return spaces.Box(-(2**15), 2**15 - 1, shape, np.int16)

    return spaces.Dict(
        {
            "table": box(kernel.ROWS, kernel.SEEN),
            "goal": box(2 + FIELDS),
            "candidates": box(CANDIDATES),
            "history": box(kernel.HISTORY, 4),
            "action_mask": spaces.Box(0, 1, (kernel.ACTIONS,), np.int8),
        }
    )


assert len(TYPES) < 32
