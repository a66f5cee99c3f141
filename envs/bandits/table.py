"""A user's table as a stream of regression problems: columns of a CSV file, checked and scaled."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.text_file import number, read_text

MOST = 50  # groups of one column


class Table(NamedTuple):
    """The columns of a file.

    Attributes:
        x: float64 (rows, features), each column scaled to [0, 1].
        groups: int8 (rows, groups), 1 where a row belongs to a group.
        y: float64 (rows,), scaled to [0, 1].
        features: names of the columns of `x`.
        names: names of the groups, `column=value`.
        low, high: least and greatest label in the file.
    """

    x: NDArray[np.float64]
    groups: NDArray[np.int8]
    y: NDArray[np.float64]
    features: tuple[str, ...]
    names: tuple[str, ...]
    low: float
    high: float


def read_table(
    path: str | Path, label: str | None, group_by: Sequence[str] | None, features: Sequence[str] | None = None
) -> Table:
    """Read a CSV file whose first line names the columns.

    Args:
        label: column to be predicted, numbers.
        group_by: columns whose every value is a group; any text but an empty cell is allowed.
        features: columns of numbers to predict from (None: all others).

    A `ValueError` names the column and, where there is one, the line.
    """
    columns, lines = _columns(Path(path))
    group_by = [group_by] if isinstance(group_by, str) else list(group_by or ())
    if label is None or not group_by:
        raise ValueError(f"{'label' if label is None else 'group_by'}: none, expected columns of {path}")
    if features is None:
        features = [name for name in columns if name != label and name not in group_by]
    if not features:
        raise ValueError(f"features: none, expected columns of {path}")
    for what, names in (("label", [label]), ("group_by", group_by), ("features", features)):
        for name in names:
            if name not in columns:
                raise ValueError(f"{what}: {name!r}, expected one of the columns {', '.join(columns)}")
    used = [label, *group_by, *features]
    twice = [name for i, name in enumerate(used) if name in used[:i]]
    if twice:
        raise ValueError(f"{path}: column {twice[0]!r} is used twice, expected once as label, group or feature")
    y, low, high = _scaled(path, label, columns[label], lines)
    names, members = [], []
    for name in group_by:
        for value in _values(path, name, columns[name], lines):
            names.append(f"{name}={value}")
            members.append([int(cell == value) for cell in columns[name]])
    x = [_scaled(path, name, columns[name], lines)[0] for name in features]
    return Table(
        np.array(x, np.float64).reshape(len(x), len(y)).T.copy(),
        np.array(members, np.int8).T.copy(),
        y,
        tuple(features),
        tuple(names),
        low,
        high,
    )


def _columns(path: Path) -> tuple[dict[str, list[str]], list[int]]:
    """The cells of each column, stripped of blanks, and their line numbers."""
    reader = csv.reader(io.StringIO(read_text(path)))
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        for cells in reader:
            if not cells:
                continue  # an empty line
            if len(cells) != len(header):
                raise ValueError(f"{path}: line {reader.line_num}: {len(cells)} cells, expected {len(header)}")
            rows.append([cell.strip() for cell in cells])
            lines.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(f"{path}: line {reader.line_num}: {error}, expected a CSV file") from None
    for i, name in enumerate(header):
        if not name or name in header[:i]:
            raise ValueError(f"{path}: column {i + 1}: the name {name!r}, expected one of its own")
    if len(rows) < 2:
        raise ValueError(f"{path}: {len(rows)} rows, expected at least 2 and a line of names before them")
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}, lines


def _scaled(
    path: str | Path, name: str, cells: Sequence[str], lines: Sequence[int]
) -> tuple[NDArray[np.float64], float, float]:
    numbers = np.empty(len(cells))
    for i, cell in enumerate(cells):
        try:
            numbers[i] = number(cell)
        except ValueError as error:
            raise ValueError(f"{path}: line {lines[i]}, column {name!r}: {error}") from None
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        raise ValueError(f"{path}: column {name!r}: {low:g} in every row, expected different values")
    return (numbers - low) / (high - low), low, high


def _values(path: str | Path, name: str, cells: Sequence[str], lines: Sequence[int]) -> list[str]:
    """The distinct groups of a column, sorted by name."""
    if "" in cells:
        raise ValueError(f"{path}: line {lines[cells.index('')]}, column {name!r}: found nothing, expected a group")
    values = sorted(set(cells))
    if not 1 < len(values) <= MOST:
        found = f"{values[0]!r} in every row" if len(values) == 1 else f"{len(values)} different values"
        raise ValueError(f"{path}: column {name!r}: {found}, expected from 2 to {MOST} groups")
    return values
