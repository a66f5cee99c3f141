"""How the suite reads every text file: UTF-8, with or without a byte order mark; errors name line and column."""

from __future__ import annotations

import json
import math
import os
from codecs import BOM_UTF8
from pathlib import Path
from typing import Any

LARGEST = 1e100  # larger numbers have squares and sums that overflow
SHOWN = 100  # characters of a path that a message shows


def read_text(path: str | os.PathLike[str], remarks: str = "") -> str:
    """The text of a file, with line endings normalised to newlines.

    Args:
        path: path of the file, which must hold more than white space.
        remarks: lines that begin with this word may be in another encoding; bytes that are not UTF-8 are replaced.

    Raises:
        OSError: the file cannot be read; the subclass is Python's for the reason.
        ValueError: the file is empty or is not UTF-8; the message names file, line and column.
    """
    shown = os.fspath(path)
    if len(shown) > SHOWN or not shown.isprintable():  # probably text passed in place of a path
        shown = f"{shown[:SHOWN]!r}..."
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise type(error)(f"{shown}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # an impossible file name
        raise ValueError(f"{shown}: cannot be read: {error}") from None
    data = data.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.strip():
        raise ValueError(f"{shown}: found an empty file, expected text")
    if remarks:
        lines = data.split(b"\n")
        for i, content in enumerate(lines):
            if content.startswith(remarks.encode()):
                lines[i] = content.decode(errors="replace").encode()
        data = b"\n".join(lines)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
        found = f"byte 0x{data[error.start]:02x}"
    raise ValueError(f"{shown}: line {line}, column {column}: found {found}, expected text in UTF-8")


def as_json(text: str) -> Any:
    """The value of a JSON text; a `ValueError` names the line and column of invalid JSON."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}, expected JSON") from None
    except (ValueError, RecursionError) as error:  # too many digits or nested brackets
        raise ValueError(f"{error}, expected JSON") from None


def read_json(path: str | os.PathLike[str]) -> Any:
    """The value of a JSON file; errors as for `read_text`."""
    text = read_text(path)
    try:
        return as_json(text)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from None


def number(word: str) -> float:
    """A word of a file as a number; `ValueError` says what was expected instead."""
    try:
        found = float(word)
    except ValueError:
        found = math.nan
    if math.isnan(found) or "_" in word:
        raise ValueError(f"found {repr(word) if word else 'nothing'}, expected a number")
    if abs(found) > LARGEST:
        raise ValueError(f"found {word!r}, expected a number from -{LARGEST:g} to {LARGEST:g}")
    return found
