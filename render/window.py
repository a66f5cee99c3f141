"""A window in which a person sees a frame, reads a few lines and types a command or presses a key.

This is the only module that needs pygame.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .painter import Frame, blank
from .palette import BACKGROUND
from .text import text_grid, wrap


class Window:
    """Opened by the first `ask`; needs the package pygame-ce (extra `render`) and a display, else `OSError`."""

    def __init__(self, title: str, columns: int = 64) -> None:
        _need_display()
        self.title, self.columns = title, columns
        self._lines = 0  # the most shown so far, so that the window does not jump
        self._events: deque[Any] = deque()  # events after the one that answered are kept for the next question

    def ask(
        self,
        frame: Frame,
        text: str,
        keys: Mapping[str, str] | None = None,
        pointed: Callable[[int, int, int], str] | None = None,
    ) -> str | None:
        """Show a frame above some text and return the line typed until Enter; None if the window is closed.

        With `keys`, nothing is typed: the first key press whose name (pygame's, such as "left" or "page up") is in it
        answers with its value. With `pointed`, a click on the frame answers with the result of that function for the
        column, the row and the mouse button (1 left, 3 right, 4 and 5 wheel up and down), unless it is empty.
        """
        import pygame

        try:
            pygame.display.init()
        except pygame.error as error:
            raise OSError(f"window: {error}, expected a display to open it on") from None
        pygame.display.set_caption(self.title)
        typed = ""
        clock = pygame.time.Clock()
        pygame.key.set_repeat(400, 40)
        while True:
            page = self.page(frame, text if keys else f"{text}\n> {typed}_")
            screen = pygame.display.get_surface()
            if screen is None or screen.get_size() != (page.shape[1], page.shape[0]):
                screen = pygame.display.set_mode((page.shape[1], page.shape[0]))
            pygame.surfarray.blit_array(screen, np.ascontiguousarray(page.swapaxes(0, 1)))
            pygame.display.flip()
            self._events.extend(pygame.event.get())
            while self._events:
                event = self._events.popleft()
                if event.type == pygame.QUIT or (event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE):
                    return None
                if event.type == pygame.MOUSEBUTTONDOWN and pointed:
                    column, row = event.pos[0] - (page.shape[1] - frame.shape[1]) // 2, event.pos[1]
                    inside = 0 <= column < frame.shape[1] and 0 <= row < frame.shape[0]
                    if inside and (answer := pointed(column, row, event.button)):
                        return answer
                elif event.type == pygame.KEYDOWN and keys:
                    if (name := pygame.key.name(event.key)) in keys:
                        return keys[name]
                elif event.type == pygame.KEYDOWN:
                    if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
                        return typed
                    typed = typed[:-1] if event.key == pygame.K_BACKSPACE else typed + event.unicode
            clock.tick(30)

    def page(self, frame: Frame, text: str) -> Frame:
        """The frame, centred above the wrapped text."""
        lines = [part for line in text.split("\n") for part in (wrap(line, self.columns) or [""])]
        self._lines = max(self._lines, len(lines))
        lines += [""] * (self._lines - len(lines))
        below = text_grid(lines, columns=self.columns)
        width = max(frame.shape[1], below.shape[1])
        page = blank(frame.shape[0] + below.shape[0], width, BACKGROUND)
        left = (width - frame.shape[1]) // 2
        page[: frame.shape[0], left : left + frame.shape[1]] = frame
        page[frame.shape[0] :, : below.shape[1]] = below
        return page

    def close(self) -> None:
        """Close the window, if one was opened."""
        import pygame

        pygame.quit()


def _need_display() -> None:
    """Raise `OSError` if no window can be opened; the system is asked first, since SDL prints what it misses."""
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"))):
        raise OSError("window: found neither DISPLAY nor WAYLAND_DISPLAY, expected a display to open it on")
