"""What all models that read and write text share: how queries are asked and answers are read."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod

from .base import Choice, FoundationModel, NoAnswer, Prompt, Query
from .parse import parse_choice

_log = logging.getLogger(__name__)


def render_prompt(prompt: Prompt) -> tuple[str, str]:
    """A prompt as the system text and the user text of a chat; the options, if any, are numbered from 0."""
    if not prompt.options:
        return prompt.system, prompt.question
    options = "\n".join(f"{number}. {option}" for number, option in enumerate(prompt.options))
    thought = '"thought": "your reasoning", ' if prompt.think else ""
    numbers = f"a number from 0 to {len(prompt.options) - 1}" if len(prompt.options) > 1 else "0"
    form = f'Answer with one JSON object and nothing else: {{{thought}"choice": {numbers}}}'
    return prompt.system, f"{prompt.question}\n\n{options}\n\n{form}"


class TextModel(FoundationModel, ABC):
    """A model that is one function, `_complete`: system text and user text in, text out."""

    @abstractmethod
    def _complete(self, system: str, user: str, temperature: float | None, max_tokens: int | None) -> str:
        """One answer; raises `NoAnswer` when none came."""

    def _choose(self, query: Query) -> Choice:
        prompt = query.prompt()
        if len(prompt.options) != query.size:
            found = len(prompt.options)
            raise ValueError(f"Prompt.options (role {query.role!r}): found {found} texts, expected {query.size}")
        return parse_choice(self._ask(prompt, None, None), query.size)

    def _generate(self, prompt: Prompt, n: int, temperature: float | None, max_tokens: int | None) -> list[str]:
        # One request per text, because many endpoints ignore or refuse a request for several.
        texts = []
        for _ in range(n):
            try:
                texts.append(self._ask(prompt, temperature, max_tokens))
            except NoAnswer as reason:
                _log.warning("model %r wrote no text: %s", self.name, reason)
        return texts

    def _ask(self, prompt: Prompt, temperature: float | None, max_tokens: int | None) -> str:
        text = self._complete(*render_prompt(prompt), temperature, max_tokens)
        if not isinstance(text, str):
            raise NoAnswer(f"found an answer of type {type(text).__name__}, expected text")
        if not text.strip():
            raise NoAnswer("found an empty answer, expected text")
        return text
