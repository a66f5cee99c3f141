"""Compares `ige/BabyAI-v0` with its peers in one process, and measures the cost of generating its levels.

python -m ige.benchmarks.babyai --json babyai.json
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing, redirect_stdout
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import gymnasium as gym
import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from . import peers
from .machine import Machine
from .report import Target, new_table, print_targets, short
from .speed import Subject, check_seconds, in_turn, vector

ENV = "ige/BabyAI-v0"
LEVEL = {"level": "GoToLocal"}
PEERS = {  # package: how to measure it, other relevant packages, our target as a multiple of its speed
    "minigrid": (peers.minigrid, (), ("Minigrid", 1000)),
    "envpool": (peers.envpool, (), ("EnvPool", 50)),
    "xminigrid": (peers.xland, ("jax", "jaxlib"), ("XLand-MiniGrid", 10)),
}


@dataclass(frozen=True)
class Row:
    """Steps per second of one way of stepping one package's environment.

    Attributes:
        interface: our id or the peer.
        arguments: which of its ways it is.
        rows: number of environments stepped by one call.
        threads: number of threads that share them.
        steps_per_second: median of the rounds, steps of all rows; resets are counted as in `Speed`.
        lowest, highest: range over the rounds.
        ours: speed of our reference row relative to this one; median of the ratios within each round.
    """

    interface: str
    arguments: str
    rows: int
    threads: int | None
    steps_per_second: float
    lowest: float
    highest: float
    ours: float


@dataclass(frozen=True)
class Comparison:
    """Ours and its peers on one machine; `as_dict()` is JSON-able.

    Attributes:
        machine: the machine used.
        versions: versions of the peers' packages.
        missing: packages of peers that are not installed.
        rows: all measurements; ours first.
        resets: microseconds for each generated level and its first observation, by level, on one thread.
    """

    machine: Machine
    versions: dict[str, str]
    missing: list[str]
    rows: list[Row]
    resets: dict[str, float]

    @property
    def targets(self) -> list[Target]:
        """The speed of ours relative to the fastest way of each peer."""
        found = []
        for _, _, (interface, goal) in PEERS.values():
            ratios = [row.ours for row in self.rows if row.interface == interface]
            if ratios:
                what = f"1,024 rows: times {interface}"
                found.append(Target(self.rows[0].interface, what, min(ratios), at_least=goal))
        return found

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "targets": [{**asdict(target), "met": target.met} for target in self.targets]}

    def print(self, console: Console | None = None) -> None:
        """Print the machine, speeds, targets and reset costs."""
        console = console or Console()
        versions = "".join(f", {name} {number}" for name, number in self.versions.items())
        console.print(f"{self.machine}{versions}", highlight=False)
        table = new_table("Steps per second", "what", "rows", "threads", "steps/s", "lowest", "ours ×")
        for row in self.rows:
            table.add_row(
                f"{row.interface}: {row.arguments}",
                f"{row.rows:,}",
                "" if row.threads is None else str(row.threads),
                short(row.steps_per_second),
                short(row.lowest),
                short(row.ours),
            )
        console.print(table)
        for name in self.missing:
            console.print(f"{name}: not installed", highlight=False)
        print_targets(self.targets, console)
        if self.resets:
            table = new_table("Level generation, one thread", "level", "µs per reset")
            for name, cost in self.resets.items():
                table.add_row(name, short(cost))
            console.print(table)


def compare(seconds: float = 2.0, env_id: str = ENV, arguments: Mapping[str, Any] = LEVEL) -> Comparison:
    """Measure ours and every peer that is installed, each row for about `seconds`, in the order A B A B.

    The reference row for the ratios is the fastest of ours that returns fresh arrays.

    Raises:
        ValueError: `seconds` is not a positive number.
    """
    check_seconds(seconds)
    subjects = _ours(env_id, dict(arguments))
    versions: dict[str, str] = {}
    missing: list[str] = []
    for name, (build, others, _) in PEERS.items():
        try:
            subjects += build()
        except ImportError:
            missing.append(name)
        else:
            versions |= {package: version(package) for package in (name, *others)}
    with redirect_stdout(None):  # Minigrid prints every level that it rejects
        samples = in_turn(subjects, seconds, env_id)
    fresh = [rounds for subject, rounds in zip(subjects, samples, strict=True) if _is_fresh(subject, env_id)]
    reference = max(fresh, key=median)
    rows = [
        Row(
            subject.interface,
            subject.arguments or "as made",
            subject.rows,
            subject.threads,
            median(rounds),
            min(rounds),
            max(rounds),
            median(a / b for a, b in zip(reference, rounds, strict=True)),
        )
        for subject, rounds in zip(subjects, samples, strict=True)
    ]
    return Comparison(Machine.here(), versions, missing, rows, {})


def reset_cost(seconds: float = 0.1, env_id: str = ENV, **arguments: Any) -> float:
    """Microseconds to generate and observe one level: resets of 1,024 rows, one thread, already compiled."""
    check_seconds(seconds)
    everywhere = {"reset_mask": np.ones(peers.ROWS, np.bool_)}
    made = gym.make_vec(env_id, peers.ROWS, "vector_entry_point", autoreset_mode="Disabled", **arguments)
    with closing(made) as env:
        env.reset(seed=0)
        env.reset(options=everywhere)
        calls, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < seconds:
            env.reset(options=everywhere)
            calls += 1
    return 1e6 * passed / (calls * peers.ROWS)


def reset_costs(seconds: float = 0.1) -> dict[str, float]:
    """`reset_cost` for each of our levels."""
    from ..envs.babyai.levels import NAMES

    levels = track(NAMES, "resets", console=Console(stderr=True), transient=True)
    return {name: reset_cost(seconds, level=name) for name in levels}


def _ours(env_id: str, arguments: dict[str, Any]) -> list[Subject]:
    ways: list[dict[str, Any]] = [{}, {"parallel": True}, {"copy": False}, {"parallel": True, "copy": False}]
    return [replace(vector(env_id, peers.ROWS, arguments, **way), interface=env_id) for way in ways]


def _is_fresh(subject: Subject, env_id: str) -> bool:
    return subject.interface == env_id and "copy" not in subject.arguments


def main(
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each row.")] = 2.0,
    resets: Annotated[bool, typer.Option(help="Also measure the generation of every level.")] = True,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the comparison to this file.")] = None,
) -> None:
    """Compare ige/BabyAI-v0 with Minigrid, EnvPool and XLand-MiniGrid."""
    from ..solvers.core.files import write_json

    comparison = compare(seconds)
    if resets:
        comparison = replace(comparison, resets=reset_costs())
    comparison.print()
    if output:
        write_json(output, comparison.as_dict())


if __name__ == "__main__":
    typer.run(main)
