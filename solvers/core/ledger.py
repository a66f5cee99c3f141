"""Finished pieces of long work, so that an interrupted run resumes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .files import write_text


def settings_digest(settings: Any) -> str:
    """A short name for JSON-able settings."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


class Ledger:
    """A file of JSON lines: the settings' digest, then one line for each finished piece.

    A line that was cut short by an interruption or cannot be read is dropped, so its piece runs again. A file written
    under other settings is started anew.
    """

    def __init__(self, path: Path, settings: Any) -> None:
        self.path, header = path, json.dumps({"settings": settings_digest(settings)})
        self._done: dict[str, Any] = {}
        first, *lines = path.read_text(errors="replace").split("\n") if path.exists() else [""]
        if first == header:
            for line in lines[:-1]:  # what follows the last newline was cut short
                try:
                    piece, result = json.loads(line)
                except ValueError:
                    continue
                self._done[piece] = result
        write_text(path, "".join(f"{line}\n" for line in [header, *map(json.dumps, self._done.items())]))

    def __contains__(self, piece: str) -> bool:
        return piece in self._done

    def __getitem__(self, piece: str) -> Any:
        return self._done[piece]

    def __len__(self) -> int:
        return len(self._done)

    def add(self, piece: str, result: Any) -> None:
        """Record a finished piece; it is on disk when this returns."""
        with self.path.open("a") as file:
            file.write(json.dumps([piece, result]) + "\n")
        self._done[piece] = result
