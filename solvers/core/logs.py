"""Numbers over time: a file of JSON lines, and TensorBoard's events where that package is installed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .files import write_text


class Logs:
    """`metrics.jsonl` and TensorBoard's event files in a folder; complete once `close` was called.

    Args:
        folder: created if it does not exist.
        upto: entries logged after this step (by a run that was interrupted after its last checkpoint) are dropped.
    """

    def __init__(self, folder: Path, upto: int = 0) -> None:
        self.path = folder / "metrics.jsonl"
        kept = [line for line in read(self.path) if line["step"] <= upto]
        write_text(self.path, "".join(json.dumps(line) + "\n" for line in kept))
        self._events: Any = None
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:  # the JSON lines hold everything
            return
        self._events = SummaryWriter(str(folder), purge_step=upto + 1)

    def write(self, step: int, facts: dict[str, float]) -> None:
        """Log facts about a step; the JSON line is on disk when this returns."""
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, **facts}) + "\n")
        if self._events:
            for name, value in facts.items():
                self._events.add_scalar(name, value, step)

    def close(self) -> None:
        if self._events:
            self._events.close()


def read(path: Path) -> list[dict[str, float]]:
    """The complete lines of a `metrics.jsonl`."""
    lines = []
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue  # cut short
    return lines
