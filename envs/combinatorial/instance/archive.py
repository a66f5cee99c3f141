"""Many instances in one file."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import numpy as np

from ...core.text_file import read_json
from .base import Instance


def save(path: str | Path, instances: Sequence[Instance]) -> None:
    """Write instances of one problem: `.json` (a list) or `.npz` (stacked arrays, so of one size)."""
    path, instances = Path(path), list(instances)
    if not instances:
        raise ValueError("instances: found none, expected at least one")
    if path.suffix == ".json":
        path.write_text(json.dumps([instance.as_dict() for instance in instances]), encoding="utf-8")
        return
    _suffix(path)
    first = instances[0]
    for i, instance in enumerate(instances):
        if (type(instance), instance.n) != (type(first), first.n):
            expected = f"{first.problem} of n={first.n} as the first; a .json file takes any"
            raise ValueError(f"instances[{i}]: {instance.problem} of n={instance.n}, expected {expected}")
    columns: dict[str, Any] = {"problem": np.array(first.problem)}
    for field in fields(cast(Any, first)):
        values = [getattr(instance, field.name) for instance in instances]
        if field.name == "best_known":
            values = [np.nan if value is None else value for value in values]
        lacking = [i for i, value in enumerate(values) if value is None]
        if not lacking:
            columns[field.name] = np.array(values)
        elif len(lacking) < len(values):
            raise ValueError(
                f"instances[{lacking[0]}]: no {field.name}, expected one as others have; a .json file takes any"
            )
    np.savez_compressed(path, **columns)


def load(path: str | Path) -> list[Instance]:
    """Read what `save` wrote; `ValueError` names the file and the instance."""
    path = Path(path)
    if path.suffix == ".json":
        data = read_json(path)
        rows = data if isinstance(data, list) else [data]
    else:
        _suffix(path)
        try:
            with np.load(path, allow_pickle=False) as file:
                columns = dict(file)
        except FileNotFoundError:
            raise
        except (ValueError, OSError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path}: {error}, expected what save wrote") from None
        problem = str(columns.pop("problem", ""))
        counts = {name: len(column) if column.ndim else 0 for name, column in columns.items()}
        count = max(counts.values(), default=0)
        for name in counts:
            if counts[name] != count:
                raise ValueError(f"{path}: {name}: {counts[name]} of them, expected {count}: one for each instance")
        rows = [
            {"problem": problem} | {name: _item(name, column[i]) for name, column in columns.items()}
            for i in range(count)
        ]
    found = []
    for i, row in enumerate(rows):
        try:
            found.append(Instance.from_dict(row))
        except (ValueError, AttributeError, TypeError) as error:
            raise ValueError(f"{path}: instance {i}: {error}") from None
    return found


def _item(name: str, value: Any) -> Any:
    plain = value if value.ndim else value.item()
    unknown = name == "best_known" and isinstance(plain, float) and math.isnan(plain)
    return None if unknown else plain


def _suffix(path: Path) -> None:
    if path.suffix != ".npz":
        raise ValueError(f"{path}: suffix {path.suffix!r}, expected .json or .npz")
