"""Everything that `ige bench` measures, as one value: printed, or written as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from .machine import Machine
from .speed import PEER, SYNC_ROWS, Speed, measure
from .startup import Startup, start_up


@dataclass(frozen=True)
class Target:
    """A speed that an environment should reach, and the measured one."""

    env_id: str
    what: str
    measured: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool:
        low, high = self.at_least, self.at_most
        return (low is None or self.measured >= low) and (high is None or self.measured <= high)


@dataclass(frozen=True)
class Report:
    """Speeds and start-up times of some environments on one machine; `as_dict()` is JSON-able."""

    machine: Machine
    speeds: list[Speed]
    startups: list[Startup]

    @property
    def targets(self) -> list[Target]:
        """The targets of the environments that have some, evaluated on this report."""
        return [*_targets(self.speeds, self.startups)]

    def as_dict(self) -> dict[str, Any]:
        targets = [{**asdict(target), "met": target.met} for target in self.targets]
        return {**asdict(self), "targets": targets}

    def print(self, console: Console | None = None) -> None:
        """Print machine, speeds, start-up times and targets."""
        console = console or Console()
        console.print(str(self.machine), highlight=False)
        print_table(self.speeds, console)
        _print_startups(self.startups, console)
        print_targets(self.targets, console)


def bench(ids: Sequence[str], seconds: float = 1.0) -> Report:
    """Measure speeds and start-up times of Gymnasium ids, about `seconds` for each speed; progress goes to stderr."""
    speeds, startups = [], []
    for env_id in ids:
        speeds += measure(env_id, seconds)
        startups += start_up(env_id)
    return Report(Machine.here(), speeds, startups)


def _targets(speeds: list[Speed], startups: list[Startup]) -> Iterator[Target]:
    env_id = "ige/GameOf24-v0"
    for speed in speeds:
        if speed.env_id != env_id:
            continue
        if speed.interface == "unwrapped":
            yield Target(env_id, f"one row: times {PEER}", speed.times_peer, at_least=1)
        if (speed.interface, speed.rows, speed.arguments) == ("vector", 1024, ""):
            yield Target(env_id, "1,024 rows: steps/s (set for 2 cores)", speed.steps_per_second, at_least=5e6)
            yield Target(env_id, f"1,024 rows: times SyncVectorEnv at {SYNC_ROWS}", speed.times_sync, at_least=100)
    for startup in startups:
        if startup.env_id == env_id and startup.cache == "warm":
            seconds = startup.imports + startup.first_step
            yield Target(env_id, "new process, warm cache: imports to first step, s", seconds, at_most=1.5)


def print_table(rows: Sequence[Speed], console: Console | None = None) -> None:
    """Print speeds, one table for each environment."""
    console = console or Console()
    for env_id in dict.fromkeys(row.env_id for row in rows):
        table = new_table(
            f"{env_id}: steps per second", "interface", "rows", "threads", "steps/s", "lowest", "× Sync", "× Lake"
        )
        table.caption = f"× Sync: times SyncVectorEnv at {SYNC_ROWS} rows; × Lake: times one row of {PEER}."
        for row in rows:
            if row.env_id == env_id:
                table.add_row(
                    f"{row.interface} {row.arguments}".rstrip(),
                    f"{row.rows:,}",
                    "" if row.threads is None else str(row.threads),
                    short(row.steps_per_second),
                    short(row.lowest),
                    short(row.times_sync),
                    short(row.times_peer),
                )
        console.print(table)


def _print_startups(rows: Sequence[Startup], console: Console) -> None:
    table = new_table("A new process: seconds", "id", "cache", "imports", "first step", "first of 1,024 rows")
    for row in rows:
        vector = "" if row.first_vector_step is None else f"{row.first_vector_step:.2f}"
        table.add_row(row.env_id, row.cache, f"{row.imports:.2f}", f"{row.first_step:.2f}", vector)
    console.print(table)


def print_targets(targets: Sequence[Target], console: Console) -> None:
    if not targets:
        return
    table = new_table("Targets", "what", "measured", "target", "met?")
    for target in targets:
        goals = [f"{sign} {short(goal)}" for sign, goal in (("≥", target.at_least), ("≤", target.at_most)) if goal]
        table.add_row(target.what, short(target.measured), ", ".join(goals), "yes" if target.met else "NO")
    console.print(table)


def new_table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", caption_justify="left")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def short(value: float) -> str:
    """Three digits: 16.1 M, 212 k, 0.912."""
    scale, unit = (1e6, " M") if value >= 999_500 else (1e3, " k") if value >= 999.5 else (1, "")
    number = float(f"{value / scale:.3g}")
    return (f"{number:,.0f}" if number >= 100 else f"{number:g}") + unit
