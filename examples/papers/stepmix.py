"""StepMix and EpsMix (Li, Huang, Shen, Yang 2023, arXiv 2306.06265): `ige reproduce stepmix`.

Learning an MDP while the policy of every single episode has at least a given value, by mixing the optimistic policy
with a safe baseline as far as a lower bound allows; against UCBVI, which knows no constraint, and against a budget that
episodes share. Values are exact; EpsMix is judged before its coin falls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...solvers.core.claims import Claim, overall
from ...solvers.core.code import Code
from ...solvers.tabular import Learned, learn_all, learner
from ._report import Measured, Progress, Table, claim_table, measured, publish, quiet

CODE = Code((__name__, learner.__name__), ("ige/ConservativeMDP-v0",))

ABSTRACT = "abstract: no violation with high probability, regret of the same order as without constraint"
SHOWN = {
    "ucbvi": "UCBVI",
    "cumulative": "conservative UCBVI, shared budget",
    "stepmix": "StepMix",
    "epsmix": "EpsMix",
    "baseline": "the baseline alone",
}
OURS = ("stepmix", "epsmix")
LEAST, TIMES, LATE = 5, 6.0, 1.2  # violations of UCBVI; of its regret; of its regret in the second half
POINTS = 200  # of a curve


@dataclass(frozen=True)
class Settings:
    """What a scale fixes: thresholds are the same at every scale.

    Attributes:
        seeds: MDPs, the same for all learners.
        first: of the seeds.
        episodes: of each.
        scale: c, of the bonuses.
    """

    seeds: int
    first: int = 1000
    episodes: int = 8000
    scale: float = 0.1


SCALES = {"smoke": Settings(seeds=6), "cpu": Settings(seeds=20)}


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured: by learner, with one value per MDP, and curves."""

    paper: ClassVar[str] = "stepmix"
    settings: Settings

    def of(self, learner: str, what: str) -> NDArray[np.float64]:
        """`violations`, `regret` (in all), `late` (regret of the second half): one value for each MDP."""
        return np.array(self.found[learner][what], np.float64)

    def claims(self) -> list[Claim]:
        free = self.of("ucbvi", "violations")
        found = [Claim("S-1", "UCBVI's violations, on the MDP with the fewest", (float(free.min()),), ">=", LEAST)]
        for name in OURS:
            shown = SHOWN[name]
            most = float((self.of(name, "regret") / self.of("ucbvi", "regret")).max())
            late = float(self.of(name, "late").sum() / self.of("ucbvi", "late").sum())
            found += [
                Claim(f"S-2 {shown}", "episodes below gamma_c, on all MDPs together",
                      (float(self.of(name, "violations").sum()),), "<=", 0.0, ABSTRACT),
                Claim(f"S-3 {shown}", "regret, times UCBVI's, on the worst MDP", (most,), "<=", TIMES, ABSTRACT),
                Claim(f"S-4 {shown}", "regret of the second half, times UCBVI's, all MDPs together", (late,), "<=",
                      LATE, ABSTRACT),
            ]  # fmt: skip
        return found


def measure(settings: Settings, name: str) -> dict[str, Any]:
    """Violations and regrets of a learner on each MDP, and its curves."""
    env = gym.make("ige/ConservativeMDP-v0")
    seeds = range(settings.first, settings.first + settings.seeds)
    learned: Learned = learn_all(name, env, seeds, settings.episodes, settings.scale, seed=settings.first)
    regret, half = learned.regret, settings.episodes // 2
    points = np.unique(np.geomspace(1, settings.episodes, POINTS).astype(np.int64))
    share = learned.values / learned.gamma_c[:, None]
    return {
        "violations": learned.violations.tolist(),
        "regret": regret[:, -1].tolist(),
        "late": (regret[:, -1] - regret[:, half - 1]).tolist(),
        "episodes": points.tolist(),
        "mean": regret[:, points - 1].mean(0).tolist(),
        "deviation": regret[:, points - 1].std(0, ddof=1).tolist(),
        "least": share.min(0)[points - 1].tolist(),
    }


def run(scale: str, folder: Path, progress: Progress = quiet, settings: Settings | None = None) -> Report:
    """Measure the claims; finished pieces are kept in `folder` and not run again."""
    settings = settings or SCALES[scale]
    pieces = {name: partial(measure, settings, name) for name in SHOWN}
    return Report(scale, settings, *measured(pieces, folder, settings, CODE, progress))


# --- what a person sees -----------------------------------------------------------------------------------------------


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    rows = []
    for name, shown in SHOWN.items():
        violations, regret, late = (report.of(name, what) for what in ("violations", "regret", "late"))
        rows.append(
            [
                shown,
                f"{violations.mean():.1f} ({violations.min():.0f} to {violations.max():.0f})",
                f"{(regret - late).mean():,.0f}",
                f"{late.mean():,.1f}",
            ]
        )
    settings = report.settings
    return [
        Table(
            f"{settings.seeds} random MDPs of 5 states, 3 actions and 5 steps, {settings.episodes:,} episodes each",
            ["learner", "episodes below gamma_c", "regret, first half", "second half"],
            rows,
            f"Means over MDPs (lowest to highest). Bonuses are scaled by c = {settings.scale:g}, not by what theory "
            "proves; the order in which steps are replaced is ours; the paper's own MDPs and figures were not "
            "available. A budget that episodes share allows single violations; here it banks lower bounds and so is "
            "therefore careful.",
        ),
        claim_table(report.claims(), "Thresholds were fixed before the run, on other seeds."),
    ]


def draw(report: Report) -> Any:
    """The figure: regret, and the least value that any MDP's policy had, against the episode."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for k, (name, shown) in enumerate(SHOWN.items()):
        found = report.found[name]
        mean, half = np.array(found["mean"]), 1.96 * np.array(found["deviation"]) / np.sqrt(report.settings.seeds)
        left.plot(found["episodes"], mean, label=shown, color=f"C{k}")
        left.fill_between(found["episodes"], mean - half, mean + half, color=f"C{k}", alpha=0.2)
        right.plot(found["episodes"], found["least"], label=shown, color=f"C{k}")
    left.set(xscale="log", xlabel="episode", ylabel="regret", title="Regret, means and 95 % bands",
             ylim=(0, 2 * max(report.found["stepmix"]["mean"])))  # fmt: skip
    right.axhline(1, color="0.4", linestyle=":", label="gamma_c")
    right.set(xscale="log", xlabel="episode", ylabel="value / gamma_c", title="Least value of the MDPs' policies")
    for axes in (left, right):
        axes.grid(alpha=0.25)
        axes.legend(fontsize=8)
    figure.suptitle(f"StepMix and EpsMix, scale {report.scale}: {overall(report.claims())}")
    return figure


def reproduce(scale: str, puzzle_file: Path | None, folder: Path, device: str, track: Callable[..., Any]) -> Report:
    """What the command line runs."""
    shown = "Regret, and the least value that any MDP's policy had"
    return publish(run, scale, puzzle_file, folder, track, "StepMix and EpsMix", shown, tables, draw)
