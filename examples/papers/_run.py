"""What is asked of a paper, its pieces of work, and what they found."""

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
    """What a scale fixes; each paper adds its own. Thresholds are the same at every scale.

    Attributes:
        seeds: how many runs (policies, instances) there are, each with random numbers of its own.
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
        scale: "smoke", "cpu" or "gpu", as far as the paper has them.
        folder: where results go, each paper in a folder of its own.
        device: of what is learnt.
        first_seed: a first seed of the reader's own: a replication. None: the published one.
        seeds: how many; None: as the scale has it.
        puzzles: Game of 24: a file of puzzles to be played.
        everything: BQ-NCO: its ablations too.
        track: what shows progress: called with the work, which it calls with a `Progress`.
        settings: in the place of the scale's.
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
        """The scale's settings, with the seeds that were asked for."""
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
        """The folder of this run: replications, and puzzles of one's own, are kept apart from the published seeds."""
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
        """What repeats it."""
        given = {
            "first-seed": self.first_seed, "seeds": self.seeds, "puzzles": self.puzzles,
        }  # fmt: skip
        options = "".join(f" --{name} {value}" for name, value in given.items() if value is not None)
        return f"ige reproduce {self.paper.name} --scale {self.scale}{options}" + (" --all" if self.everything else "")


@dataclass(frozen=True)
class Measured:
    """What a run measured.

    Attributes:
        run: what was asked for.
        settings: what the scale fixes.
        found: what every piece of work returned, by its name.
        resumed: pieces that an earlier run had finished.
    """

    run: Run
    settings: Any
    found: dict[str, Any]
    resumed: int = 0

    @property
    def scale(self) -> str:
        return self.run.scale

    def claims(self) -> list[Claim]:
        """The paper's claims, judged by what was found."""
        raise NotImplementedError

    @cached_property
    def judged(self) -> list[Claim]:
        """The claims, made once: their intervals are resampled."""
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
    """The pieces that `run.place` holds; what was measured under other settings, or by other code, counts for nothing.
    """
    return Ledger(run.place / "progress.jsonl", {"settings": asdict(settings), "code": code.digest()})


def measured(
    run: Run, settings: Settings, code: Code, pieces: Mapping[str, Callable[[], Any]]
) -> tuple[dict[str, Any], int]:
    """Do the pieces of work that are not done yet; what all returned, and how many were done."""
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
