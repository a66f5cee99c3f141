"""Screens in words: a tree of what is shown, the goal, the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import words
from .kernel import ANSWER, TYPE, VERBS
from .program import EDITABLE, PASSWORD, SLIDER, TYPES, Task

# The roles of widgets for assistive technology; a label is plain text. (Items and options would need a list.)
ROLES = {
    "button": "button", "link": "link", "icon": "img", "textfield": "textbox", "password": "textbox",
    "checkbox": "checkbox", "radio": "radio", "toggle": "switch", "dropdown": "combobox", "option": "article",
    "slider": "slider", "tab": "tab", "list_item": "article", "card": "article", "date_cell": "gridcell",
    "dialog": "dialog",
}  # fmt: skip
CLICKABLE_ROLES = ROLES | dict.fromkeys(("label", "icon", "option", "list_item", "card"), "button")
_CHECKED = {"checkbox", "radio", "switch"}
_ALWAYS_DEAD = {"text", "dialog", "article", "img"}  # roles that are not expected to be clickable
_DROPDOWN = TYPES.index("dropdown")
ERRORS = (
    "", "nothing there takes that", "no field has the focus", "no such text", "no further that way", "no page before",
    "that is not possible here", "the action could not be read", "the text is too long",
)  # fmt: skip


def goal(tasks: Sequence[Task], codes: Sequence[int]) -> str:
    """The goal's text, from the numbers of an observation's `goal`."""
    task = tasks[codes[0]]
    fields = {name: words.text(code) for name, code in zip(task.fields, codes[2:], strict=False)}
    return task.goals[codes[1]].format(**fields)


def _role(type: int, clickable: int) -> str:
    return (CLICKABLE_ROLES if clickable else ROLES).get(TYPES[type], "text")


def widget(row: Sequence[int]) -> str:
    """A line of the tree, from a row of a table."""
    place, type, _, x, y, w, h, text, value, flags, _, z, low, high = row
    role = _role(type, flags & 1)
    parts = [f"{'  ' * (1 + (z > 0))}[{place}] {role}"]
    if text or role != "dialog":
        parts.append(f'"{words.text(text)}"')
    if type in EDITABLE or type in (SLIDER, _DROPDOWN):
        shown = words.text(value)
        parts.append(f'value="{"•" * len(shown) if type == PASSWORD else shown}"')
    if type == SLIDER:
        parts.append(f"min={low} max={high}")
    if flags & 8 or role in _CHECKED:
        parts.append(("checked" if flags & 8 else "unchecked") if role in _CHECKED else "selected")
    if not flags & 1 and role not in _ALWAYS_DEAD:
        parts.append("disabled")
    parts += [name for bit, name in ((2, "long-clickable"), (16, "focused"), (32, "covered")) if flags & bit]
    parts.append(f"{x},{y},{w},{h}")
    return " ".join(filter(None, parts))


def reading_order(table: NDArray[np.int16]) -> NDArray[np.int64]:
    """The rows of visible widgets in reading order: from the top, then from the left, with overlays last."""
    shown = table[table[:, 0] > 0]
    return np.lexsort((shown[:, 3], shown[:, 4], shown[:, 11]))


def screen(table: NDArray[np.int16]) -> Iterator[str]:
    """The lines of the visible widgets in reading order; a widget's number says nothing about its position."""
    for row in table[reading_order(table)].tolist():
        yield widget(row)


def deed(row: Sequence[int]) -> str:
    """An action in words, from a row of the history."""
    verb, type, text, typed = row
    name = VERBS[verb - 1]
    parts = [name.replace("_", " ")]
    if verb - 1 in (TYPE, ANSWER):
        parts.append(f'"{words.text(typed)}"')
    if type:
        parts += ["into" if verb - 1 == TYPE else "", _role(type - 1, True), f'"{words.text(text)}"']
    return " ".join(filter(None, parts))


def summary(row: Sequence[int], read: Sequence[int]) -> str:
    """An action in words, with its screen and what could be read there."""
    title, *values = [words.text(code) for code in read if code]
    return f"{deed(row)} on {title!r}" + (f"; read {', '.join(values)}" if values else "")


def history(seen: Any, mode: str) -> list[str]:
    """The past actions, oldest first: a line each, and in the mode "full" the screen of each action."""
    lines: list[str] = []
    for k, row in enumerate(seen["history"].tolist()):
        if row[0]:
            if mode == "full":
                lines += screen(seen["past"][k])
            lines.append(f"- {deed(row) if mode == 'actions' else summary(row, seen['read'][k].tolist())}")
    return lines


def tree(tasks: Sequence[Task], seen: Any, mode: str) -> str:
    """A screen in words: the goal, a line for each widget, the last error, the history."""
    lines = [f"goal: {goal(tasks, seen['goal'].tolist())}", "screen", *screen(seen["table"])]
    if error := int(seen["error"]):
        lines.append(f"error: {ERRORS[error]}")
    if mode != "none" and (past := history(seen, mode)):
        lines += ["history:", *past]
    return "\n".join(lines)
