"""Puzzles in files and in JSON."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ..core.given import is_json
from ..core.text_file import as_json, read_text

LARGEST = 100
Puzzle = tuple[int, ...]


def read_puzzles(name: str, source: str | os.PathLike[str], n: int = 4) -> list[Puzzle]:
    """The distinct puzzles of n numbers, each in ascending order, from a file or a JSON text.

    A text file holds either one puzzle per line, with its numbers separated by spaces or commas (`4 9 10 13`), or
    puzzles separated by commas, with their numbers joined by dots (`4.5.6.10,1.2.4.7`). `#` begins a comment. JSON is a
    list of lists, or one list of numbers.

    Raises:
        ValueError: naming the argument (`name`), the file and the line.
    """
    if is_json(source):
        text, where = str(source), name
    else:
        try:
            text, where = read_text(Path(source)), f"{name}: {source}"
        except (OSError, ValueError) as error:
            raise ValueError(f"{name}: {error}") from None
    try:
        found = _from_json(as_json(text)) if is_json(text) else _from_text(text)
        puzzles = [_checked(place, numbers, n) for place, numbers in found]
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if not puzzles:
        raise ValueError(f"{where}: found no puzzle, expected one a line, such as 4 9 10 13")
    return list(dict.fromkeys(puzzles))


def _from_json(data: Any) -> list[tuple[str, Any]]:
    rows = data if isinstance(data, list) and any(isinstance(row, list) for row in data) else [data]
    return [(f"puzzle {i}", row) for i, row in enumerate(rows)]


def _from_text(text: str) -> list[tuple[str, Any]]:
    """The words of each puzzle, and its position in the file."""
    found: list[tuple[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.partition("#")[0].strip()
        dotted = "." in line
        for part in re.split(r"[,;\s]+", line) if dotted else [line]:
            if part:
                found.append((f"line {number}", re.split(r"\." if dotted else r"[,;\s]+", part)))
    return found


def _checked(place: str, numbers: Any, n: int) -> Puzzle:
    words = list(map(str, numbers)) if isinstance(numbers, list) else []
    if len(words) != n or not all(word.isascii() and word.isdigit() and 0 < int(word) <= LARGEST for word in words):
        found = " ".join(words) if words else numbers
        raise ValueError(f"{place}: {found!r}, expected {n} integers from 1 to {LARGEST}")
    return tuple(sorted(map(int, words)))
