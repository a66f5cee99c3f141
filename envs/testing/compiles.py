"""Whether an environment's compiled code compiles: until it does, no law can be checked."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Any

from .report import one_line
from .subject import Reset, Subject, call, chooser


def compile_error(subject: Subject) -> str | None:
    """Where and why Numba cannot compile the code that a reset and a step call, as one line; None if it can."""
    try:
        env = subject.make()
        _, info = call(env, Reset(0))
        env.step(chooser(env.action_space, 0)(info))
    except Exception as error:
        return located(error)
    return None


def located(error: BaseException) -> str | None:
    """A Numba compiler error with the file and line that it refers to; None for any other error."""
    places = [place for frame in _frames(error.__traceback__) if (place := _place(frame.tb_frame.f_locals))]
    is_numbas = any("numba/core" in frame.tb_frame.f_code.co_filename for frame in _frames(error.__traceback__))
    if not is_numbas:
        return None
    text = str(error)
    named = re.search(r'File "(.+?)", line (\d+)', text)  # the innermost comes first
    place = f"{Path(named[1]).name}:{named[2]}" if named else places[-1] if places else "unknown place"
    if isinstance(error, KeyError):  # Numba 0.68 raises this for a field that a record lacks
        return f"{place}: the record has no field {error}"
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith(("Failed in nopython mode", "Unknown location"))]
    reason = " ".join(told[:2]) if told else one_line(error)
    return f"{place}: {' '.join(reason.split())}"


def _frames(traceback: TracebackType | None) -> list[TracebackType]:
    frames = []
    while traceback:
        frames.append(traceback)
        traceback = traceback.tb_next
    return frames


def _place(local: dict[str, Any]) -> str | None:
    """The place in the source that the compiler works at in this stack frame."""
    for name in ("constraint", "self", "inst"):
        loc = getattr(local.get(name), "loc", None)
        if loc is not None and hasattr(loc, "filename"):
            return f"{Path(loc.filename).name}:{loc.line}"
    return None
