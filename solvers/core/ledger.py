"""Finished pieces of long work, so that an interrupted run resumes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def digest(settings: Any) -> str:
    """A short name for JSON-able settings."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


class Ledger:
    """A file of JSON lines: the settings' digest, then one line for each finished piece.

    A line cut short by an interruption is dropped; a file written under other settings is begun anew.
    """

    def __init__(self, path: Path, settings: Any) -> None:
        self.path, header = path, json.dumps({"settings": digest(settings)})
        self._done: dict[str, Any] = {}
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        whole = [line for line in lines if line.endswith("\n")]
        if whole and whole[0].strip() == header:
            self._done = dict(json.loads(line) for line in whole[1:])
        else:
            whole = [header + "\n"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(whole))

    def __contains__(self, piece: str) -> bool:
        return piece in self._done

    def __getitem__(self, piece: str) -> Any:
        return self._done[piece]

    def __len__(self) -> int:
        return len(self._done)

    def add(self, piece: str, result: Any) -> None:
        """Note a finished piece; it is on disk when this returns."""
        with self.path.open("a") as file:
            file.write(json.dumps([piece, result]) + "\n")
        self._done[piece] = result
