"""The result of a solver, as `ige solve` shows it."""

from __future__ import annotations

from typing import Any


class Outcome:
    """What a solver achieved: `str()` for people, `as_dict()` for JSON.

    Attributes:
        solved: False if the solver did not find what it looked for.
    """

    @property
    def solved(self) -> bool:
        return True

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        raise NotImplementedError


class Facts(dict[str, Any], Outcome):
    """Facts by name; a dictionary of dictionaries is a table. Lists are for JSON only."""

    def as_dict(self) -> dict[str, Any]:
        return dict(self)

    def __str__(self) -> str:
        lines = []
        for name, value in self.items():
            if isinstance(value, dict) and value:
                columns = list(next(iter(value.values())))
                rows = [[name, *columns], *([str(row), *map(_number, cells.values())] for row, cells in value.items())]
                widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
                for first, *cells in rows:
                    shown = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
                    lines.append("  ".join([first.ljust(widths[0]), *shown]))
            elif not isinstance(value, list):
                lines.append(f"{name}: {_number(value)}")
        return "\n".join(lines)


def _number(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
