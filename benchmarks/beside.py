"""Measuring ours and its peers in turn within one process: shared by `combinatorial`, `bandits` and `ued`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, ClassVar

from rich.console import Console
from rich.progress import track

from .machine import Machine
from .report import Target, new_table, print_targets, short

OURS = "ige"

Run = Callable[[], tuple[int, float]]
"""Take some steps; returns their number over all rows, and the seconds that the environment took."""


@dataclass(frozen=True)
class Way:
    """One way of stepping one package's environment."""

    interface: str
    problem: str
    rows: int
    what: str
    run: Run


@dataclass(frozen=True)
class Row:
    """A measurement: steps per second of all rows.

    Attributes:
        interface, problem, rows, what: fields of the way.
        steps_per_second: median of the rounds.
        lowest, highest: range over the rounds.
        ours: speed of our fastest way for this problem and number of rows relative to this one; median of the ratios
            within each round.
    """

    interface: str
    problem: str
    rows: int
    what: str
    steps_per_second: float
    lowest: float
    highest: float
    ours: float


@dataclass(frozen=True)
class PeerComparison:
    """Ours and its peers on one machine; `as_dict()` is JSON-able. A benchmark adds its targets.

    Attributes:
        machine: the machine used.
        versions: versions of the relevant packages.
        missing: packages of peers that were left out.
        rows: all measurements.
    """

    absent: ClassVar[str] = "not installed"  # why a peer may be missing
    machine: Machine
    versions: dict[str, str]
    missing: list[str]
    rows: list[Row]

    @property
    def targets(self) -> list[Target]:
        """The targets of the benchmark."""
        raise NotImplementedError

    def problem(self, row: Row) -> str:
        """The name of a row's problem in the table."""
        return row.problem

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "targets": [{**asdict(target), "met": target.met} for target in self.targets]}

    def print(self, console: Console | None = None) -> None:
        """Print the machine, speeds and targets."""
        console = console or Console()
        versions = "".join(f", {name} {number}" for name, number in self.versions.items())
        console.print(f"{self.machine}{versions}", highlight=False)
        console.print(speed_table(self.rows, self.problem))
        for name in self.missing:
            console.print(f"{name}: {self.absent}", highlight=False)
        print_targets(self.targets, console)

    def leave(self, output: Path | None) -> None:
        """Print the comparison, and write it to a file if one is given."""
        from ..solvers.core.files import write_json

        self.print()
        if output is not None:
            write_json(output, self.as_dict())


Peers = Mapping[str, tuple[Callable[[str], Iterator[Way]], tuple[str, ...]]]
"""For each package: the function that builds its ways for a problem, and the packages whose versions matter."""


def installed(peers: Peers, problems: Sequence[str]) -> tuple[list[Way], dict[str, str], list[str]]:
    """The ways of the peers that can be imported, the versions of their packages, and the names of the other peers."""
    ways: list[Way] = []
    versions: dict[str, str] = {}
    missing = []
    for name, (build, others) in peers.items():
        try:
            ways += [way for problem in problems for way in build(problem)]
        except ImportError:
            missing.append(name)
        else:
            versions |= {package: version(package) for package in (name, *others)}
    return ways, versions, missing


def beside(ways: Sequence[Way], seconds: float, rounds: int) -> list[Row]:
    """Measure every way in turn, `rounds` times, for about `seconds` in all."""
    for way in ways:  # compiles
        way.run()
        way.run()
    samples: list[list[float]] = [[] for _ in ways]
    for _ in track(range(rounds), "rounds", console=Console(stderr=True), transient=True):
        for way, sample in zip(ways, samples, strict=True):
            sample.append(_speed(way.run, seconds / rounds))
    fastest: dict[tuple[str, int], list[float]] = {}
    for way, sample in zip(ways, samples, strict=True):
        key = (way.problem, way.rows)
        if way.interface == OURS and median(sample) > median(fastest.get(key, [0.0])):
            fastest[key] = sample
    return [
        Row(
            way.interface,
            way.problem,
            way.rows,
            way.what,
            median(sample),
            min(sample),
            max(sample),
            median(a / b for a, b in zip(fastest[way.problem, way.rows], sample, strict=True)),
        )
        for way, sample in zip(ways, samples, strict=True)
    ]


def speed_table(rows: Sequence[Row], problem: Callable[[Row], str]) -> Any:
    """Speeds as a table for the console; `problem` gives the name of a row's problem."""
    table = new_table("Steps per second", "what", "rows", "steps/s", "lowest", "ours ×")
    for row in rows:
        name = f"{problem(row)}, {row.interface}: {row.what}"
        table.add_row(name, f"{row.rows:,}", short(row.steps_per_second), short(row.lowest), short(row.ours))
    return table


def _speed(run: Run, seconds: float) -> float:
    steps, passed = 0, 0.0
    while passed < seconds:
        more, took = run()
        steps, passed = steps + more, passed + took
    return steps / passed
