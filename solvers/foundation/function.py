"""A user's own client for a language model."""

from __future__ import annotations

from collections.abc import Callable

from .text import TextModel


class CallableModel(TextModel):
    """Asks a function that takes the whole prompt as text and returns the answer as text.

    Temperature, length and token counts are up to the function. It may raise `NoAnswer` for a failure that the
    solver should survive; any other exception passes through.
    """

    def __init__(self, function: Callable[[str], str], name: str | None = None) -> None:
        super().__init__(name or f"callable:{getattr(function, '__name__', type(function).__name__)}")
        self.function = function

    def _complete(self, system: str, user: str, temperature: float | None, max_tokens: int | None) -> str:
        return self.function(f"{system}\n\n{user}" if system else user)
