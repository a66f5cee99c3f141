"""Captioned frames, for families whose task is a sentence."""

from __future__ import annotations

from typing import Any, ClassVar

from ...render import captioned
from .env import ActType, KernelEnv


class Captioned(KernelEnv[ActType]):
    """An environment whose task is a sentence, which `render` writes below the picture from `frame`.

    A family's constructor takes `caption` and sets the attribute. Observations are never captioned.
    """

    caption: bool = True
    for_people: ClassVar[dict[str, Any]] = {"caption": False}  # `ige play` writes the sentence below the frame itself

    def render(self) -> Any:
        """The current frame, as `KernelInterface.render`; with `rgb_array` the task is written below it."""
        shown = super().render()
        return captioned(shown, self.task_text()) if self.render_mode == "rgb_array" and self.caption else shown

    def task_text(self) -> str:
        """The sentence that states the task."""
        raise NotImplementedError(f"{type(self).__name__} does not say what is to be done")
