"""What every paper leaves behind: tables on the console, `results.json`, `report.md` and `figure.png`."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

from ...solvers.core.claims import Claim, mean_interval, overall
from ...solvers.core.code import Code
from ...solvers.core.files import write, write_json, write_text
from ...solvers.core.ledger import Ledger

Progress = Callable[[str, int, int], None]
"""Called with what runs, pieces done, pieces in all."""


def quiet(what: str, done: int, total: int) -> None:
    """No progress."""


@dataclass(frozen=True)
class Measured:
    """What a run measured.

    Attributes:
        scale: its name.
        settings: a dataclass, what the scale fixes.
        found: what every piece of work returned, by its name.
        resumed: pieces that an earlier run had finished.
    """

    paper: ClassVar[str]  # its name on the command line
    scale: str
    settings: Any
    found: dict[str, Any]
    resumed: int = 0

    def claims(self) -> list[Claim]:
        """The paper's claims, judged by what was found."""
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        claims = self.claims()
        return {
            "paper": self.paper,
            "scale": self.scale,
            "verdict": overall(claims),
            "claims": [claim.as_dict() for claim in claims],
            "settings": asdict(self.settings),
            "found": self.found,
        }


def measured(
    pieces: Mapping[str, Callable[[], Any]], folder: Path, settings: Any, code: Code, progress: Progress
) -> tuple[dict[str, Any], int]:
    """Do pieces of work that `folder` does not hold yet; what all returned, and how many it held.

    What was measured under other settings, or by other code, counts for nothing.
    """
    ledger = Ledger(folder / "progress.jsonl", {"settings": asdict(settings), "code": code.digest()})
    resumed = sum(name in ledger for name in pieces)
    for done, (name, piece) in enumerate(pieces.items()):
        progress(name, done, len(pieces))
        if name not in ledger:
            ledger.add(name, piece())
    progress("done", len(pieces), len(pieces))
    return {name: ledger[name] for name in pieces}, resumed


ReportType = TypeVar("ReportType", bound=Measured)


def publish(
    run: Callable[[str, Path, Progress], ReportType],
    scale: str,
    puzzle_file: Path | None,
    folder: Path,
    track: Callable[..., Any],
    heading: str,
    shown: str,
    tables: Callable[[ReportType], Sequence[Table]],
    draw: Callable[[ReportType], Any],
) -> ReportType:
    """Run a paper that has no puzzles, print its tables, leave `results.json`, `report.md` and `figure.png`.

    Args:
        heading: of the page.
        shown: what the figure shows.
    """
    folder = folder / scale
    if puzzle_file is not None:
        raise ValueError(f"puzzles: found {puzzle_file}, expected none: this paper draws its instances from seeds")
    report: ReportType = track(lambda progress: run(scale, folder, progress))
    leave(report, report.paper, heading, tables(report), (shown, draw(report)), folder)
    return report


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
    report: Any,
    paper: str,
    heading: str,
    tables: Sequence[Table],
    figure: tuple[str, Any],
    folder: Path,
    options: str = "",
) -> None:
    """Print the tables and the verdict, write the files.

    Args:
        report: has `scale`, `resumed`, `claims()` and `as_dict()`.
        paper: its name on the command line.
        figure: what it shows, and the matplotlib figure.
        options: of the command line, such as " --all".
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
    command = f"ige reproduce {paper} --scale {report.scale}{options}"
    write_json(folder / "results.json", report.as_dict())
    page = markdown(f"{heading}, scale {report.scale}: {verdict}", tables, figure[0], command)
    write_text(folder / "report.md", page)
    save_figure(figure[1], folder / "figure.png")
    console.print(f"{paper} at scale {report.scale}: {verdict}. See results.json and figure.png in {folder}")
    if report.resumed:
        console.print(f"{report.resumed} pieces come from an earlier run of the same code and settings in that folder.")
    if report.scale == "smoke":
        console.print("Smoke looks at the direction only; --scale cpu (minutes) decides.")
