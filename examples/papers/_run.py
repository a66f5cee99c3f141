"""The request for a paper's measurement, its pieces of work, and their results."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ...solvers.core import Ledger, check_device
from ...solvers.core.claims import Claim, overall
from ...solvers.core.code import Code
from . import Paper

Progress = Callable[[str, int, int], None]
"""Called with what runs, pieces done, pieces in all."""


def silently(work: Callable[[Progress], Any]) -> Any:
    """Do the work without a progress bar."""
    return work(lambda what, done, total: None)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a scale; each paper adds its own. Thresholds are the same at every scale.

    Attributes:
        seeds: number of runs (policies, instances), each with its own random numbers.
        first: the first of their seeds; the others follow.
    """

    seeds: int
    first: int = 1000


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Run:
    """One call of `ige reproduce`.

    Attributes:
        paper: the record of `PAPERS`.
        scale: "smoke", "cpu" or "gpu", if the paper has it.
        folder: where results go, each paper in its own folder.
        device: device for learning.
        first_seed: the user's own first seed, for a replication; None is the published one.
        seeds: number of seeds; None is the scale's.
        puzzles: Game of 24: a file of puzzles to play.
        everything: BQ-NCO: whether to include its ablations.
        track: shows progress: called with the work, which it calls with a `Progress`.
        settings: used instead of the scale's settings.
    """

    paper: Paper
    scale: str = "smoke"
    folder: Path = Path("runs")
    device: str = "auto"
    first_seed: int | None = None
    seeds: int | None = None
    puzzles: Path | None = None
    everything: bool = False
    track: Callable[[Callable[[Progress], Any]], Any] = field(default=silently, compare=False)
    settings: Any = None

    def __post_init__(self) -> None:
        check_device(self.device)
        for option, is_given in (("puzzles", self.puzzles is not None), ("all", self.everything)):
            if is_given and option not in self.paper.options:
                raise ValueError(f"--{option}: {self.paper.name} has no such option")

    @property
    def is_replication(self) -> bool:
        return self.first_seed is not None or self.seeds is not None

    def chosen(self, scales: Mapping[str, S]) -> S:
        """The scale's settings, with the requested seeds."""
        if self.scale not in scales:
            raise ValueError(f"--scale: {self.scale!r}, expected one of {', '.join(scales)}")
        found: S = self.settings or scales[self.scale]
        if not found.seeds and self.is_replication:
            raise ValueError(f"--first-seed, --seeds: scale {self.scale} of {self.paper.name} draws no seeds")
        for name, given in (("first", self.first_seed), ("seeds", self.seeds)):
            if given is not None:
                found = replace(found, **{name: given})
        return found

    @property
    def place(self) -> Path:
        """The folder of this run: replications and the user's own puzzles are kept apart from the published seeds."""
        name = self.scale
        if self.first_seed is not None:
            name += f"-from-{self.first_seed}"
        if self.seeds is not None:
            name += f"-{self.seeds}-seeds"
        if self.puzzles is not None:
            name += f"-{hashlib.sha256(self.puzzles.read_bytes()).hexdigest()[:12]}"
        return self.folder / self.paper.name / name

    @property
    def command(self) -> str:
        """The command that repeats it."""
        given = {
            "first-seed": self.first_seed, "seeds": self.seeds, "puzzles": self.puzzles,
        }  # fmt: skip
        options = "".join(f" --{name} {value}" for name, value in given.items() if value is not None)
        return f"ige reproduce {self.paper.name} --scale {self.scale}{options}" + (" --all" if self.everything else "")


@dataclass(frozen=True)
class Measured:
    """What a run measured.

    Attributes:
        run: the request.
        settings: the scale's settings.
        found: what every piece of work returned, by its name.
        resumed: number of pieces that an earlier run had finished.
    """

    run: Run
    settings: Any
    found: dict[str, Any]
    resumed: int = 0

    @property
    def scale(self) -> str:
        return self.run.scale

    def claims(self) -> list[Claim]:
        """The paper's claims, judged by the results."""
        raise NotImplementedError

    @cached_property
    def judged(self) -> list[Claim]:
        """The claims, computed once, because their intervals are resampled."""
        return self.claims()

    @property
    def verdict(self) -> str:
        return overall(self.judged)

    def as_dict(self) -> dict[str, Any]:
        return {
            "paper": self.run.paper.name,
            "scale": self.scale,
            "command": self.run.command,
            "date": datetime.now(UTC).date().isoformat(),
            "verdict": self.verdict,
            "claims": [claim.as_dict() for claim in self.judged],
            "settings": asdict(self.settings),
            "found": self.found,
        }


def ledger(run: Run, settings: Settings, code: Code) -> Ledger:
    """The pieces in `run.place`; those measured under other settings or by other code are discarded."""
    return Ledger(run.place / "progress.jsonl", {"settings": asdict(settings), "code": code.digest()})


def measured(
    run: Run, settings: Settings, code: Code, pieces: Mapping[str, Callable[[], Any]]
) -> tuple[dict[str, Any], int]:
    """Do the pieces of work that are not done yet; returns all results, and how many existed before."""
    done_before = ledger(run, settings, code)
    resumed = sum(name in done_before for name in pieces)

    def work(progress: Progress) -> None:
        for done, (name, piece) in enumerate(pieces.items()):
            progress(name, done, len(pieces))
            if name not in done_before:
                done_before.add(name, piece())
        progress("done", len(pieces), len(pieces))

    run.track(work)
    return {name: done_before[name] for name in pieces}, resumed
