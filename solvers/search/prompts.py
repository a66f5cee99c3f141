"""The words in which the decisions are put to a language model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..foundation import Prompt
from .task import Entry, Task


def _system(task: Task, method: str) -> str:
    return f"{task.words.rules()}\n{method}"


_GO_EXPLORE = (
    "You search in the manner of Go-Explore: interesting states are kept in an archive; again and again one of them "
    "is returned to and explored further."
)
_ATTEMPTS = "You have several attempts at the same start; each ends in success or failure, then the next one begins."


def state(task: Task, candidates: Sequence[Entry]) -> Prompt:
    """Which archived state to return to."""
    options = tuple(
        f"after {len(c.actions)} steps, seen {c.visits} times: {task.describe(c.snapshot)}" for c in candidates
    )
    question = "Which of these states is the most promising to return to, for the goal or for finding new states?"
    return Prompt(_system(task, _GO_EXPLORE), question, options)


def action(task: Task, actions: Sequence[Any]) -> Prompt:
    """Which untried action to try."""
    question = f"{task.describe(task.core.get_state())}\nWhich of the actions not yet tried here do you try?"
    return Prompt(_system(task, _GO_EXPLORE), question, task.action_texts(actions))


def keep(task: Task, archive: Sequence[Entry], newcomer: Any) -> Prompt:
    """Whether a new state joins the archive."""
    known = "\n".join(f"- {task.describe(entry.snapshot)}" for entry in archive)
    question = (
        f"The archive holds:\n{known}\nA new state was found:\n{task.describe(newcomer)}\n"
        "Keep it? Reject it only if it is surely hopeless, or adds nothing to what the archive holds."
    )
    return Prompt(_system(task, _GO_EXPLORE), question, ("reject", "keep"))


def attempt(task: Task, actions: Sequence[Any], history: Sequence[str], lessons: Sequence[str], think: bool) -> Prompt:
    """Which legal action to take in a restarted attempt (naive, ReAct, Reflexion)."""
    parts = [f"Earlier attempts:\n{lesson}" for lesson in lessons]
    parts += [f"This attempt so far:\n{line}" for line in ["\n".join(history)] if line]
    parts += [task.describe(task.core.get_state()), "Which action do you take?"]
    if lessons:
        parts.append("Find the mistake in the earlier attempts and do not repeat it.")
    return Prompt(_system(task, _ATTEMPTS), "\n".join(parts), task.action_texts(actions), think)
