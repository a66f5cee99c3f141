"""StepMix and EpsMix (Li, Huang, Shen, Yang 2023, arXiv 2306.06265): `ige reproduce stepmix`.

The learners keep the policy of every single episode above a given value, by mixing the optimistic policy with a safe
baseline as far as a lower bound allows. They are compared with UCBVI, which has no constraint, and with a budget shared
by all episodes. Values are exact; EpsMix is valued before its coin is flipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import Estimate, bootstrap, ratio, share
from ...solvers.tabular import Learned, learn_all, learner
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

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
LEAST, TIMES, LATE = 5, 6.0, 1.2  # violations of UCBVI; multiples of its regret, in total and in the second half
UNSAFE = 0.1  # share of MDPs with a violation that the bonuses allow, whose logarithm is of (S A H K / 0.1)
FIRST = 20  # MDPs of a first run
POINTS = 200  # of a curve


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are MDPs, the same for all learners.

    Attributes:
        episodes: episodes of each MDP.
        scale: c, the scale of the bonuses.
    """

    episodes: int = 8000
    scale: float = 0.1


SCALES = {"smoke": Settings(seeds=6), "cpu": Settings(seeds=80)}


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured, by learner, with one value per MDP, and curves."""

    def of(self, learner: str, what: str) -> NDArray[np.float64]:
        """`violations`, `regret` (total) or `late` (regret of the second half): one value for each MDP."""
        return np.array(self.found[learner][what], np.float64)

    def worst(self, name: str, mdps: slice = slice(None)) -> Estimate:
        """Regret as a multiple of UCBVI's, on the MDP where it is greatest."""
        times = self.of(name, "regret") / self.of("ucbvi", "regret")
        return bootstrap(lambda some: float(some.max()), "MDP", times[mdps])

    def late(self, name: str, mdps: slice = slice(None)) -> Estimate:
        """Regret of the second half as a multiple of UCBVI's, over all MDPs together."""
        return ratio(self.of(name, "late")[mdps], self.of("ucbvi", "late")[mdps], "MDP")

    def claims(self) -> list[Claim]:
        fewest = bootstrap(lambda counts: float(counts.min()), "MDP", self.of("ucbvi", "violations"))
        found = [Claim("S-1", "UCBVI's violations, on the MDP with the fewest", fewest, ">=", LEAST)]
        for name in OURS:
            shown, violated = SHOWN[name], share(self.of(name, "violations") > 0, "MDP")
            found += [
                Claim(f"S-2 {shown}", "share of MDPs with an episode below gamma_c", violated, "<=", UNSAFE, ABSTRACT),
                Claim(f"S-3 {shown}", "regret, times UCBVI's, on the worst MDP", self.worst(name), "<=", TIMES,
                      ABSTRACT),
                Claim(f"S-4 {shown}", "regret of the second half, times UCBVI's, all MDPs together", self.late(name),
                      "<=", LATE, ABSTRACT),
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


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run: each learner on all MDPs."""
    return {name: partial(measure, settings, name) for name in SHOWN}


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
        _told(report),
        claim_table(
            report.judged,
            "Thresholds were fixed before the run, on other seeds. S-2 asks for no more unsafe MDPs than the bonuses "
            "allow by their confidence." + _sets(report),
        ),
    ]


def _told(report: Report) -> Table:
    """What each learner knows, and how it was tuned."""
    told = {"ucbvi": "the rewards", "baseline": "the baseline"}
    chosen = f"c = {report.settings.scale:g}, the same for all; nothing was tuned for one of them"
    rows = [[shown, told.get(name, "the rewards, the baseline and gamma_c"), "" if name == "baseline" else chosen]
            for name, shown in SHOWN.items()]  # fmt: skip
    return Table("What each learner is told", ["learner", "is told", "chosen"], rows,
                 "No learner knows the transitions. All see the same MDPs.")  # fmt: skip


def _sets(report: Report) -> str:
    """The verdicts on S-3 and S-4 from each set of as many MDPs as the first run had."""
    if report.settings.seeds < 2 * FIRST:
        return ""
    told = []
    for name in OURS:
        for what, of in (("S-3", report.worst), ("S-4", report.late)):
            found = [of(name, slice(i, i + FIRST)).value for i in range(0, report.settings.seeds, FIRST)]
            told.append(f"{what} of {SHOWN[name]} {', '.join(f'{value:.2f}' for value in found)}")
    return (
        f" A first run had the first {FIRST} MDPs only, and its worst MDP said little about the next ones, so more "
        f"were drawn and all are judged together. By sets of {FIRST}: {'; '.join(told)}."
    )


def draw(report: Report) -> Any:
    """The figure: regret, and the least value of any MDP's policy, against the episode."""
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
    figure.suptitle(f"{report.run.paper.title}, scale {report.scale}: {report.verdict}")
    return figure


FIGURE = Figure("Regret, and the least value that any MDP's policy had", draw)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    return publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
