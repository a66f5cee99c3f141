"""A running episode as one HTML file: the task as data, and `twin.js`, its interpreter in JavaScript.

The file needs no network and no server. Texts are only ever data: they are escaped inside the file and displayed as
text. The browser rejects an altered script by its hash, and the script rejects altered data by its checksum.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from . import kernel, ops, words
from . import program as p
from .env import REWARDS, Screens
from .text import CLICKABLE_ROLES, ERRORS, ROLES

VERSION = 1
ERROR_NAMES = ("OK", "NOTHING_THERE", "NO_FOCUS", "NO_TEXT", "NO_FURTHER", "NO_PAGE", "NOT_HERE")
PREDICATES = ("EQ_NUMBER", "EQ_VAR", "ANSWER_VAR", "EQ_VARS")  # indexed by their numbers
# What can change and cannot be recomputed from the rest. (Environments may also keep past screens.)
_REST = ("rng", "origin", "places", "memoryless")
STATE = [name for name in kernel.STATE.names or () if name not in _REST and name[0] != "_"]

BUTTONS = {
    "back": "Back", "home": "Home", "recent": "Recent", "wait": "Wait", "complete": "Done", "impossible": "Impossible"
}  # fmt: skip


def tables() -> dict[str, Any]:
    """What the interpreter needs besides a task: every number that has a name here."""
    return {
        "version": VERSION,
        "ops": [op.name for op in ops.TABLE],
        "columns": p.COLUMNS,
        "types": p.TYPES,
        "verbs": kernel.VERBS,
        "errors": {name: getattr(kernel, name) for name in ERROR_NAMES},
        "error_texts": ERRORS,
        "predicates": sorted(PREDICATES, key=lambda name: int(getattr(p, name))),
        "roles": ROLES,
        "clickable_roles": CLICKABLE_ROLES,
        "width": p.WIDTH,
        "height": p.HEIGHT,
        "top": p.TOP,
        "bottom": p.BOTTOM,
        "scroll": kernel.SCROLL,
        "rows": kernel.ROWS,
        "v_none": p.V_NONE,
        "v_infeasible": p.V_INFEASIBLE,
        "v_recent": p.V_RECENT,
        "v_unseen": p.V_UNSEEN,
        "words": {
            **{name: getattr(words, name) for name in ("NUMBER", "PRICE", "DATE", "TIME", "NUMBERS", "DAYS", "MONTHS")},
            "texts": words.texts(),
        },
    }


def episode(env: Screens) -> dict[str, Any]:
    """An environment's state and task, as a page's `__ige.reset` takes them."""
    params = env.params
    return {
        "task": _task(env.task.record),
        "goal": env.goal,
        "params": {"declare": bool(params.declare), "reward": REWARDS[params.reward], "gamma": float(params.gamma)},
        "state": state(env.get_state()),
    }


def state(row: np.void) -> dict[str, Any]:
    """A state as JSON."""
    return {name: row[name].tolist() for name in STATE}


def action(env: Screens, given: Any) -> dict[str, Any]:
    """An action of an environment, in the mode of elements or of points, as a page's `__ige.act` takes it."""
    if isinstance(given, np.ndarray):
        verb, column, row, k = (int(part) for part in given)
        if verb < 0:
            return {"error": -verb}
        columns, rows = env.grid
        x, y = (2 * column + 1) * p.WIDTH // (2 * columns), (2 * row + 1) * p.HEIGHT // (2 * rows)
        return {"verb": kernel.VERBS[verb], "x": x, "y": y, "text": _candidate(env, k)}
    n = int(given)
    if n < 0:
        return {"error": -n}
    if n < kernel.FIRST_TYPE:
        verb = kernel.CLICK if n < kernel.FIRST_LONG else kernel.LONG_PRESS
        return {"verb": kernel.VERBS[verb], "element": n % kernel.ROWS}
    if kernel.FIRST_PLAIN <= n < kernel.FIRST_ANSWER:
        return {"verb": kernel.VERBS[kernel.CLEAR + n - kernel.FIRST_PLAIN]}
    verb, first = (kernel.TYPE, kernel.FIRST_TYPE) if n < kernel.FIRST_PLAIN else (kernel.ANSWER, kernel.FIRST_ANSWER)
    return {"verb": kernel.VERBS[verb], "text": _candidate(env, n - first)}


def _candidate(env: Screens, k: int) -> int:
    """The code of the k-th text that may be typed."""
    return env.candidates()[k]


def _task(record: np.void) -> dict[str, Any]:
    """A task's record without the unused parts."""
    used = np.flatnonzero(record["code"].any(axis=1))
    return {
        "widgets": record["widgets"][: record["n_widgets"]].tolist(),
        "code": record["code"][: used[-1] + 1].tolist(),
        "heights": record["heights"].tolist(),
        "predicates": record["predicates"][: record["n_predicates"]].tolist(),
        "protected": np.flatnonzero(record["protected"]).tolist(),
        "fields": record["fields"].tolist(),
        "candidates": record["candidates"].tolist(),
        "answers": bool(record["answers"]),
        "may_be_infeasible": bool(record["may_be_infeasible"]),
    }


def part(name: str) -> str:
    """The text of a file that is part of the page."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def page(env: Screens) -> str:
    """The HTML file of an environment's episode, from its current state."""
    if env.get_state()["over"]:
        raise ValueError(
            "state: found an episode that has ended or not begun, expected a running one; call reset first"
        )
    # `json` escapes everything but ASCII; after this, nothing can end the element or begin a comment.
    data = json.dumps({**tables(), "episode": episode(env)}, separators=(",", ":"), allow_nan=False)
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    code, style = part("twin.js") + part("page.js"), part("page.css")
    assert "</script" not in code
    assert "<!--" not in code
    buttons = " ".join(f'<button type="button" data-verb="{verb}">{name}</button>' for verb, name in BUTTONS.items())
    return Template(part("page.html")).substitute(
        script_hash=_hash(code),
        style_hash=_hash(style),
        style=style,
        buttons=buttons,
        checksum=f"{zlib.crc32(data.encode()):08x}",
        data=data,
        script=code,
    )


def write(env: Screens, path: Path) -> None:
    """Write the page to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(env), encoding="utf-8", newline="\n")


def _hash(text: str) -> str:
    """The hash of an inline script or style, in the form of a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
