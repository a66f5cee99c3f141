"""What every paper leaves behind: tables on the console, `results.json`, `report.md` and `figure.png`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...solvers.core.claims import Claim, mean_interval, overall
from ...solvers.core.files import write, write_json, write_text


class Table(NamedTuple):
    title: str
    header: list[str]
    rows: list[list[str]]
    caption: str


def claim_table(claims: Sequence[Claim], caption: str) -> Table:
    """What was measured, asked and follows."""
    rows = []
    for claim in claims:
        mean, low, high = mean_interval(claim.values)
        measured = f"{mean:.3f}" + (f" ({low:.3f} to {high:.3f})" if low < high else "")
        rows.append([claim.name, claim.statement, measured, f"{claim.relation} {claim.threshold:g}", claim.verdict])
    return Table("Claims", ["claim", "statement", "measured (95 % interval)", "asked", "verdict"], rows, caption)


def markdown(heading: str, tables: Sequence[Table], figure: str, command: str) -> str:
    """The tables as a Markdown page; `figure` says what the figure shows."""
    parts = [f"# {heading}"]
    for title, header, rows, caption in tables:
        lines = [" | ".join(row) for row in (header, ["---"] * len(header), *rows)]
        parts.append(f"## {title}\n\n" + "\n".join(f"| {line} |" for line in lines) + f"\n\n{caption}")
    parts.append(f"![{figure}](figure.png)\n\nRepeat with `{command}`.")
    return "\n\n".join(parts) + "\n"


def save_figure(figure: Any, path: Path) -> None:
    """A matplotlib figure as PNG, whole or not at all."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=130)
    write(path, lambda file: file.write(image.getvalue()))


def leave(
    report: Any, paper: str, heading: str, tables: Sequence[Table], figure: tuple[str, Any], folder: Path
) -> None:
    """Print the tables and the verdict, write the files.

    Args:
        report: has `scale`, `resumed`, `claims()` and `as_dict()`.
        paper: its name on the command line.
        figure: what it shows, and the matplotlib figure.
    """
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console()
    for title, header, rows, caption in tables:
        table = RichTable(*header, title=title, caption=caption)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    verdict = overall(report.claims())
    command = f"ige reproduce {paper} --scale {report.scale}"
    write_json(folder / "results.json", report.as_dict())
    page = markdown(f"{heading}, scale {report.scale}: {verdict}", tables, figure[0], command)
    write_text(folder / "report.md", page)
    save_figure(figure[1], folder / "figure.png")
    console.print(f"{paper} at scale {report.scale}: {verdict}. See results.json and figure.png in {folder}")
    if report.resumed:
        console.print(f"{report.resumed} pieces come from an earlier run of the same code and settings in that folder.")
    if report.scale == "smoke":
        console.print("Smoke looks at the direction only; --scale cpu (minutes) decides.")
