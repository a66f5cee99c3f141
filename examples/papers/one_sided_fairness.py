"""Individual fairness with one-sided feedback (Bechavod, Roth 2022, arXiv 2206.04475): `ige reproduce
one-sided-fairness`.

The paper is theory without experiments; our measurements follow from it. A: the cost C of a report in the Lagrangian
loss moves the learner along a frontier of accuracy and reports. B: with C = 20 there are far fewer reports than for the
learner that ignores them, and fewer wrong decisions than by the best single rule with few reports. C: reports grow
slower than rounds if C grows with the rounds, but not otherwise. D: not knowing the labels of the rejected costs
little, and less the longer the run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import Estimate, bootstrap, mean
from ...solvers.online import make_policy
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

CODE = Code((__name__,), ("ige/OneSidedFairness-v0",))

COSTS = (0.0, 4.0, 20.0, 60.0)
FTPL_COSTS = (0.0, 8.0, 20.0)
MIX = 0.05  # share of decisions that accept anybody
ETA, AT = 0.01, 40_000  # the learning rate of Exp2 at so many rounds; it falls with their square root
FEW, RATIO, GROWING, LINEAR, GAP = 0.1, 0.1, 0.85, 0.95, 0.02
ID = "ige/OneSidedFairness-v0"


class Play(NamedTuple):
    """A learner and what it plays."""

    solver: str
    cost: float
    horizon: int
    feedback: str = "one-sided"
    mix: float = MIX

    @property
    def name(self) -> str:
        return f"{self.solver}/{self.cost:.4g}/{self.horizon}/{self.feedback}/{self.mix:g}"


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are populations with their data streams, the same for all learners.

    Attributes:
        many: factor on the number of seeds for D, whose differences are small: one part in a thousand.
        horizons: horizons of C and D, ascending; A and B use the last.
        ftpl: rounds of FTPL.
    """

    many: int
    horizons: tuple[int, ...]
    ftpl: int

    @property
    def last(self) -> int:
        return self.horizons[-1]

    def cost(self, horizon: int) -> float:
        """The growing cost of claim C; 8 at the shortest horizon."""
        return 8.0 * (horizon / 2500) ** 0.25


SCALES = {
    "smoke": Settings(seeds=5, many=4, horizons=(2_500, 20_000), ftpl=1_000),
    "cpu": Settings(seeds=40, many=5, horizons=(2_500, 10_000, 40_000), ftpl=4_000),
}


def plays(settings: Settings) -> dict[Play, int]:
    """Everything that is played, and with how many seeds."""
    last, horizons = settings.last, settings.horizons
    few = [Play(solver, cost, last) for cost in COSTS for solver in ("exp2", "exp2-unweighted")]
    few += [Play("exp2-unweighted", cost, last, "full") for cost in COSTS]
    few += [Play("exp2", cost, horizon) for horizon in horizons for cost in (settings.cost(horizon), 8.0)]
    few += [Play(solver, cost, settings.ftpl) for cost in FTPL_COSTS for solver in ("ftpl", "exp2")]
    pairs = [(cost, horizon) for cost in (0.0, 20.0) for horizon in horizons]
    many = [Play("exp2", *pair) for pair in pairs]
    many += [Play("exp2-unweighted", *pair, "full", mix) for pair in pairs for mix in (MIX, 0.0)]
    return {**dict.fromkeys(few, settings.seeds), **dict.fromkeys(many, settings.many * settings.seeds)}


def measure(play: Play, first: int, seeds: int) -> dict[str, list[float]]:
    """For each seed: shares of rounds with a report and of wrong decisions, in the last quarter and overall."""
    env = gym.make(ID, horizon=play.horizon, feedback=play.feedback)
    more: dict[str, Any] = {"cost": play.cost, "mix": play.mix}
    if play.solver != "ftpl":
        more["eta"] = ETA * (AT / play.horizon) ** 0.5 * (0.5 if play.cost >= COSTS[-1] else 1.0)
    quarter = play.horizon // 4
    played = make_policy(play.solver, env, **more).play(
        range(first, first + seeds), [play.horizon - quarter, play.horizon], watch=["violations"]
    )
    reports, wrong = played.watched["violations"], played.loss
    return {
        "violations": ((reports[:, 1] - reports[:, 0]) / quarter).tolist(),
        "error": ((wrong[:, 1] - wrong[:, 0]) / quarter).tolist(),
        "count": reports[:, 1].astype(float).tolist(),
        "whole": (wrong[:, 1] / play.horizon).tolist(),
    }


def rules(settings: Settings) -> dict[str, list[Any]]:
    """For each seed and each single rule of the class: shares of wrong decisions and of rounds with a report."""
    env: Any = gym.make(ID, horizon=settings.last).unwrapped
    found: dict[str, list[Any]] = {"error": [], "violations": []}
    for seed in range(settings.first, settings.first + settings.seeds):
        env.reset(seed=seed)
        told = env.comparator(FEW).details
        found["error"].append((told["errors"] / settings.last).tolist())
        found["violations"].append((told["violations"] / settings.last).tolist())
    return found


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured, by the name of what was played, and `rules`, in `found`."""

    settings: Settings

    def of(self, what: str, *play: Any, many: bool = False, **more: Any) -> NDArray[np.float64]:
        """Values per seed, for as many seeds as D or as the other claims use."""
        return np.array(self.found[Play(*play, **more).name][what][: None if many else self.settings.seeds])

    def best(self, rate: float) -> NDArray[np.float64]:
        """For each seed, wrong decisions of the best single rule with reports in at most that share of rounds."""
        error, violations = (np.array(self.found["rules"][name]) for name in ("error", "violations"))
        return np.where(violations <= rate, error, np.inf).min(1)

    def counts(self, growing: bool) -> NDArray[np.float64]:
        """Reports by horizon, (horizons, seeds)."""
        settings = self.settings
        costs = [settings.cost(horizon) if growing else 8.0 for horizon in settings.horizons]
        return np.array([self.of("count", "exp2", c, h) for c, h in zip(costs, settings.horizons, strict=True)])

    def slopes(self, growing: bool) -> list[float]:
        """For each seed, the slope of log reports against log rounds."""
        counts = np.maximum(self.counts(growing), 1)
        return np.polyfit(np.log(self.settings.horizons), np.log(counts), 1)[0].tolist()

    def gap(self, cost: float, horizon: int, mix: float = MIX) -> NDArray[np.float64]:
        """For each seed, the share of wrong decisions above the full-information learner's."""
        full = self.of("whole", "exp2-unweighted", cost, horizon, feedback="full", mix=mix, many=True)
        return self.of("whole", "exp2", cost, horizon, many=True) - full

    def shrinking(self, mix: float = MIX) -> Estimate:
        """C = 0: the gap after the shortest run minus that after the longest, in 10,000 decisions."""
        least, most = self.settings.horizons[0], self.settings.horizons[-1]
        return mean(1e4 * (self.gap(0.0, least, mix) - self.gap(0.0, most, mix)), "seed")

    def claims(self) -> list[Claim]:
        settings, last = self.settings, self.settings.last
        reports = np.array([self.of("violations", "exp2", cost, last) for cost in COSTS]).T
        error = np.array([self.of("error", "exp2", cost, last) for cost in COSTS]).T
        least, most = settings.horizons[0], settings.horizons[-1]
        gaps = np.array([self.gap(20.0, horizon) for horizon in settings.horizons]).T
        widest = settings.horizons[int(gaps.mean(0).argmax())]
        both = f"both accepting {MIX:.0%} of everybody at random"
        return [
            Claim(
                "A reports", f"share of rounds with a report: the least fall from one C of {_told_costs()} to the next",
                bootstrap(_least_step, "seed", -reports), ">", 0.0,
            ),
            Claim(
                "A errors", "share of wrong decisions: the least rise", bootstrap(_least_step, "seed", error), ">", 0.0
            ),
            Claim(
                "B1", "C = 20: reports as a share of those at C = 0", mean(reports[:, 2] / reports[:, 0], "seed"),
                "<=", RATIO,
            ),
            Claim(
                "B2", "C = 20: wrong decisions above the best rule's with reports in at most a tenth of the rounds",
                mean(error[:, 2] - self.best(FEW), "seed"), "<", 0.0,
            ),
            Claim(
                "C1", "slope of log reports in log rounds, C growing with the fourth root",
                mean(self.slopes(True), "seed"), "<=", GROWING, "the theory: sublinear",
            ),
            Claim("C2", "the same, C = 8", mean(self.slopes(False), "seed"), ">=", LINEAR),
            Claim(
                "D1", f"C = 0, {both}: gap to full information after {least:,} rounds above that after {most:,}, in "
                "10,000 decisions", self.shrinking(), ">", 0.0,
            ),
            Claim(
                "D2", f"C = 20, {both}: gap to full information, the largest, after {widest:,} rounds",
                bootstrap(lambda some: float(some.mean(0).max()), "seed", gaps), "<=", GAP,
            ),
        ]  # fmt: skip


def _least_step(values: NDArray[np.float64]) -> float:
    """The least difference between the means of neighbouring columns of (seeds, costs)."""
    return float(np.diff(values.mean(0)).min())


def _told_costs() -> str:
    return ", ".join(f"{cost:g}" for cost in COSTS)


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run."""
    played = plays(settings).items()
    found: dict[str, Any] = {play.name: partial(measure, play, settings.first, seeds) for play, seeds in played}
    return {**found, "rules": partial(rules, settings)}


# --- what a person sees -----------------------------------------------------------------------------------------------


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    settings = report.settings
    caption = (
        f"{settings.seeds} seeds from {settings.first} on, the same streams for all learners; thresholds were fixed "
        "before the run. The paper has no experiments: the population, the auditors' metrics and the class of rules "
        "are ours, and the steepness of the labels and the width of the metrics were chosen, on other seeds, so that "
        "the learner that does not mind reports is reported in more than half of the rounds. At a fixed C reports grow "
        "like the rounds (C2): that is expected, not a defect. D is judged on more seeds than the others "
        f"({settings.many} times as many): its differences are of some decisions in 10,000, less than the other "
        "claims' seeds could show. Against full information that accepts nobody at random, the difference of D1 is "
        f"{report.shrinking(0.0).text(1)}: that gap does not shrink, and no claim is made of it."
    )
    shown = [_frontier(report), _ftpl(report), _growth(report), _gaps(report), _informed(report)]
    return [*shown, claim_table(report.judged, caption)]


def _informed(report: Report) -> Table:
    """What each learner knows, and how it was tuned."""
    class_ = "the class of rules, the auditors' metrics through their reports"
    accepted = "labels of the accepted"
    rows = [
        ["Exp2, one-sided", f"{class_}, {accepted}, the horizon", f"eta = {ETA} at {AT:,} rounds"],
        ["naive: unweighted", f"{class_}, {accepted}, the horizon", "the same eta"],
        ["full information", f"{class_}, all labels, the horizon", "the same eta"],
        ["FTPL", f"{class_}, {accepted}, the horizon", "nothing: the theory's constants"],
        ["best single rule", "everything, in hindsight", ""],
    ]
    return Table("What each learner is told", ["learner", "is told", "chosen"], rows,
                 "The same streams for all.")  # fmt: skip


def _told(values: Any) -> str:
    found = mean(values, "seed")
    return f"{found.value:.4f} ({(found.high - found.low) / 2:.4f})"


def _frontier(report: Report) -> Table:
    last, rows = report.settings.last, []
    learners = {
        "Exp2, one-sided": ("exp2", "one-sided"),
        "naive: labels seen, unweighted": ("exp2-unweighted", "one-sided"),
        "full information": ("exp2-unweighted", "full"),
    }
    for words, (solver, feedback) in learners.items():
        for cost in COSTS:
            told = [_told(report.of(w, solver, cost, last, feedback=feedback)) for w in ("violations", "error")]
            rows.append([words, f"{cost:g}" + (" (unfair)" if cost == 0 else ""), *told])
    for rate in (1.0, FEW, 0.02):
        words = "best single rule" if rate == 1 else f"best single rule reported in at most {rate:g}"
        rows.append([words, "", "", _told(report.best(rate))])
    naive = report.of("error", "exp2-unweighted", 0.0, last) - report.of("error", "exp2", 0.0, last)
    return Table(
        f"The frontier: the last quarter of {last:,} rounds",
        ["learner", "C", "rounds with a report", "wrong decisions"], rows,
        "Shares, mean over seeds, in brackets the 95 % interval's half width; single rules over all rounds. No claim "
        f"is made against the naive learner; at C = 0 it is more accurate in {(naive < 0).sum()} of {len(naive)} "
        "seeds. What the weights buy is a guarantee.",
    )  # fmt: skip


def _ftpl(report: Report) -> Table:
    horizon, rows = report.settings.ftpl, []
    for words, solver in (("FTPL, 100 oracle calls an action", "ftpl"), ("Exp2", "exp2")):
        for cost in FTPL_COSTS:
            told = [_told(report.of(w, solver, cost, horizon)) for w in ("violations", "error")]
            rows.append([words, f"{cost:g}", *told])
    return Table(
        f"The oracle-efficient learner: the last quarter of {horizon:,} rounds",
        ["learner", "C", "rounds with a report", "wrong decisions"], rows,
        "Context-Semi-Bandit-FTPL; its oracle here looks at all rules, which a larger class would not allow.",
    )  # fmt: skip


def _growth(report: Report) -> Table:
    rows = []
    for growing, words in ((True, "8 (T / 2500)^(1/4)"), (False, "8")):
        counts = [f"{row.mean():,.0f}" for row in report.counts(growing)]
        rows.append([words, *counts, _told(report.slopes(growing))])
    header = ["C", *(f"T = {horizon:,}" for horizon in report.settings.horizons), "slope in log-log"]
    return Table(
        "Reports by length of the run", header, rows, f"Exp2, eta = {ETA} (T / {AT:,})^(-1/2). Means over seeds."
    )


def _gaps(report: Report) -> Table:
    rows = []
    for cost in (0.0, 20.0):
        for mix, words in ((MIX, "the same mix"), (0.0, "no mix")):
            cells = [_told(report.gap(cost, horizon, mix)) for horizon in report.settings.horizons]
            rows.append([f"{cost:g}", words, *cells])
    header = ["C", "full information with", *(f"T = {horizon:,}" for horizon in report.settings.horizons)]
    return Table(
        "Wrong decisions above the full-information learner's", header, rows,
        f"Shares over all rounds, {report.settings.many * report.settings.seeds} seeds. The claims compare with the "
        "learner that mixes in as many acceptances of everybody, so that feedback is the only difference: very little "
        "here. Against full information without mix the gap is what these acceptances cost, which does not shrink, "
        "since the share mixed in is fixed.",
    )  # fmt: skip


def draw(report: Report) -> Any:
    """The figure: the frontier, reports against rounds, and the price of one-sided feedback."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 4.6), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _draw_frontier(left, report)
    horizons = report.settings.horizons
    for growing, words, colour in ((False, "C = 8", "C1"), (True, "C growing", "C0")):
        counts = report.counts(growing)
        label = f"{words}: slope {np.mean(report.slopes(growing)):.2f}"
        _band(middle, horizons, counts, colour, label)
    middle.set(xscale="log", yscale="log", xlabel="rounds of the run", ylabel="rounds with a report", title="Reports")
    for cost, colour in ((0.0, "C3"), (20.0, "C0")):
        gaps = np.array([report.gap(cost, horizon) for horizon in horizons])
        _band(right, horizons, gaps, colour, f"C = {cost:g}")
    right.axhline(0, color="0.7", linewidth=0.8, zorder=0)
    right.set(
        xscale="log", xlabel="rounds of the run", ylabel="share of decisions",
        title="Wrong decisions above full information's",
    )  # fmt: skip
    for axes in (middle, right):
        axes.set_xticks(horizons, [f"{horizon:,}" for horizon in horizons])
        axes.minorticks_off()
    ticks = [200, 500, 1000, 2000, 4000]
    middle.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    for axes in (left, middle, right):
        axes.grid(alpha=0.25)
        axes.legend(fontsize=8 if axes is left else 9, loc="upper right" if axes is left else "best")
    title = f"{report.run.paper.title}, scale {report.scale}: {report.verdict} (bars and bands: 95 % over seeds)"
    figure.suptitle(title)
    return figure


def _draw_frontier(axes: Any, report: Report) -> None:
    last = report.settings.last
    found = report.found["rules"]
    error, violations = (np.array(found[name]).mean(0) for name in ("error", "violations"))
    axes.plot(violations, error, ".", color="0.7", label="single rules", zorder=0)
    lines = (
        ("Exp2, one-sided", "exp2", "one-sided", "C0", "o-"),
        ("naive, unweighted", "exp2-unweighted", "one-sided", "C1", "s--"),
        ("full information", "exp2-unweighted", "full", "C2", "^:"),
    )
    for words, solver, feedback, colour, style in lines:
        points = [[report.of(w, solver, c, last, feedback=feedback) for c in COSTS] for w in ("violations", "error")]
        x, y = (np.mean(values, 1) for values in points)
        bars = [[mean(v, "seed").high - v.mean() for v in values] for values in points]
        axes.errorbar(x, y, yerr=bars[1], xerr=bars[0], fmt=style, color=colour, label=words, capsize=2, markersize=5)
        if solver == "exp2":
            for cost, a, b in zip(COSTS, x, y, strict=True):
                axes.annotate(f"C = {cost:g}", (a, b), (6, 5), textcoords="offset points", fontsize=8)
    horizon = report.settings.ftpl
    x, y = ([report.of(w, "ftpl", c, horizon).mean() for c in FTPL_COSTS] for w in ("violations", "error"))
    axes.plot(x, y, "D", color="C4", markersize=5, label=f"FTPL, {horizon:,} rounds")
    axes.set(xlabel="share of rounds with a report", ylabel="share of wrong decisions", title="Accuracy and reports")
    axes.set_ylim(top=0.5)


def _band(axes: Any, x: Any, values: NDArray[np.float64], colour: str, label: str) -> None:
    """Means of the rows with their intervals over seeds."""
    found = [mean(row, "seed") for row in values]
    axes.plot(x, [one.value for one in found], "o-", color=colour, label=label)
    axes.fill_between(x, [one.low for one in found], [one.high for one in found], color=colour, alpha=0.2)


FIGURE = Figure(
    "The frontier of accuracy and reports, reports against rounds, and the price of one-sided feedback", draw
)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    return publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
