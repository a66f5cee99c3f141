"""The output of every paper: tables on the console, `results.json`, `report.md` and `figure.png`."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ...solvers.core.claims import OPEN, Claim
from ...solvers.core.code import Code
from ...solvers.core.files import write, write_json, write_text
from ._published import beside
from ._run import Measured, Run, S, measured

R = TypeVar("R", bound=Measured)


class Table(NamedTuple):
    title: str
    header: list[str]
    rows: list[list[str]]
    caption: str


class Figure(NamedTuple):
    """A description of a figure, and the function that draws it: from a report to a matplotlib figure."""

    shows: str
    draw: Callable[[Any], Any]


def publish(
    run: Run,
    scales: Mapping[str, S],
    code: Code,
    pieces: Callable[[S, Run], Mapping[str, Callable[[], Any]]],
    report: Callable[..., R],
    tables: Callable[[R], Sequence[Table]],
    figure: Figure,
) -> R:
    """Measure a paper: do its pieces of work, judge the claims, print the tables, write the files.

    Args:
        scales: settings by the name of a scale.
        code: the code whose change invalidates earlier pieces.
        pieces: the work by name, for given settings; results are JSON-able.
        report: makes the report from what the pieces returned.
    """
    settings = run.chosen(scales)
    found = report(run, settings, *measured(run, settings, code, pieces(settings, run)))
    leave(found, tables(found), figure)
    return found


def claim_table(claims: Sequence[Claim], caption: str) -> Table:
    """The run's settings, measurements and verdicts."""
    rows, tell = [], False
    for claim in claims:
        measured, verdict = claim.measured, claim.verdict
        if verdict == OPEN and (needed := measured.needed(claim.threshold)):
            verdict += f"; about {needed:,} {measured.units[0][0]}s would tell"
            tell = True
        asked = f"{claim.relation} {claim.threshold:g}"
        rows.append([claim.name, claim.statement, measured.text(), measured.sample, asked, verdict])
    header = ["claim", "statement", "measured (95 % interval)", "made from", "asked", "verdict"]
    if tell:
        caption += " Units that would tell: for power 0.9, if the value and its spread are as measured."
    return Table("Claims", header, rows, caption)


def markdown(heading: str, tables: Sequence[Table], figure: str, command: str) -> str:
    """The tables as a Markdown page; `figure` says what the figure shows."""
    parts = [f"# {heading}"]
    for title, header, rows, caption in tables:
        lines = [" | ".join(row) for row in (header, ["---"] * len(header), *rows)]
        parts.append(f"## {title}\n\n" + "\n".join(f"| {line} |" for line in lines) + f"\n\n{caption}")
    parts.append(f"![{figure}](figure.png)\n\nRepeat with `{command}`.")
    return "\n\n".join(parts) + "\n"


def save_figure(figure: Any, path: Path) -> None:
    """Write a matplotlib figure as PNG, whole or not at all."""
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=130)
    write(path, lambda file: file.write(image.getvalue()))


def leave(report: Measured, tables: Sequence[Table], figure: Figure) -> None:
    """Print the tables and the verdict, write the files; a replication is shown next to the published verdicts."""
    from rich.console import Console
    from rich.table import Table as RichTable

    run, console, verdict = report.run, Console(), report.verdict
    shown = [*tables]
    if run.is_replication:
        shown.append(Table(*beside(run.paper.name, report.judged)))
    for title, header, rows, caption in shown:
        table = RichTable(*header, title=title, caption=caption)
        for row in rows:
            table.add_row(*row)
        console.print(table)
    kind = "a replication on other seeds, scale" if run.is_replication else "scale"
    write_json(run.place / "results.json", report.as_dict())
    page = markdown(f"{run.paper.title}, {kind} {run.scale}: {verdict}", shown, figure.shows, run.command)
    write_text(run.place / "report.md", page)
    save_figure(figure.draw(report), run.place / "figure.png")
    name = run.paper.name
    console.print(f"{name} at scale {run.scale}: {verdict}. See results.json and figure.png in {run.place}")
    if report.resumed:
        console.print(f"{report.resumed} pieces come from an earlier run of the same code and settings in that folder.")
    if run.scale == "smoke":
        console.print("Smoke looks at the direction only; --scale cpu (minutes) decides.")
