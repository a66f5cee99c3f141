"""Groupwise regret (Acharya et al. 2023, arXiv 2310.04652): `ige reproduce groupwise-regret`.

For all four rules that combine labels: one ridge regression for each group under AdaNormalHedge keeps every group's
regret small (A), at a small part of the regret of a single ridge regression on everything (B), and is no worse overall
(C). The ablation plays the experts' average instead of a drawn expert.

A group's regret is the squared loss in its rounds above that of the best linear fit in hindsight on these rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...envs.bandits.group import RULES
from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import bootstrap, mean
from ...solvers.online import make_policy
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

CODE = Code((__name__,), ("ige/GroupRegression-v0",))

OURS, AVERAGE, BASELINE = "adanormalhedge", "adanormalhedge-average", "ridge"
LEARNERS = {OURS: "AdaNormalHedge", AVERAGE: "average of the experts", BASELINE: "one ridge regression"}
GROUPS = ("circle", "square", "triangle", "green", "red", "overall")
MOST, SHARE = 1.5, 0.35  # A: regret; B: share of the baseline's regret
QUOTED = {
    "mean": ("15.3/0.7", "15.4/0.6", "12.1/0.8", "10.0/-14.1", "14.8/-1.8", "0.8/-39.9"),
    "permutation": ("", "92.1/-0.3", "", "75.9/1.3", "112.5/0.05", ""),
}
SOURCE = "the authors, T = 100,000: baseline/theirs"


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are data streams, the same for all learners.

    Attributes:
        horizon: number of rounds.
        points: rounds at which regrets are recorded.
        long: rounds of one more run with the rule "permutation", as many as in the paper; 0 for no such run.
    """

    horizon: int = 20_000
    points: int = 16
    long: int = 0


SCALES = {"smoke": Settings(seeds=3, points=8), "cpu": Settings(seeds=20, long=100_000)}


def plays(settings: Settings) -> Iterator[tuple[str, int, str]]:
    """Rule, rounds and learner of everything played."""
    for rule in RULES:
        yield from ((rule, settings.horizon, name) for name in LEARNERS)
    if settings.long:
        yield from (("permutation", settings.long, name) for name in LEARNERS)


def measure(rule: str, horizon: int, name: str, settings: Settings) -> dict[str, Any]:
    """Cumulative regrets of every group at every point for each seed: in expectation over the draws, and as drawn.

    The range of labels is fixed before the first round. Regrets are rescaled to the range of the labels seen, as in
    the paper; this makes them larger, since the fixed range is wider.
    """
    env: Any = gym.make("ige/GroupRegression-v0", rule=rule, horizon=horizon)
    points = np.unique(np.linspace(0, horizon, settings.points + 1).astype(np.int64)[1:]).tolist()
    seeds = range(settings.first, settings.first + settings.seeds)
    played = make_policy(name, env).play(seeds, points, watch=("expected", "realised"))
    found: dict[str, Any] = {"points": points, "expected": [], "realised": [], "range": []}
    for i in range(len(seeds)):
        env.unwrapped.set_state(played.state[i])
        best, _ = env.unwrapped.hindsight(points)
        span = float(np.ptp(played.policy[i]["seen"]))
        found["range"].append(span)
        for kind in ("expected", "realised"):
            found[kind].append(((played.watched[kind][i] - best) / span**2).tolist())
    return found


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured, by rule, rounds and learner, in `found`."""

    settings: Settings

    def regrets(self, rule: str, name: str, horizon: int | None = None, kind: str = "expected") -> NDArray[np.float64]:
        """Regrets of each seed at each point, (seeds, points, groups)."""
        return np.array(self.found[f"{rule}/{horizon or self.settings.horizon}/{name}"][kind])

    def claims(self) -> list[Claim]:
        claims = []
        for rule in RULES:
            ours, theirs = (self.regrets(rule, name)[:, -1] for name in (OURS, BASELINE))
            above = ours - SHARE * theirs
            worst, most = (GROUPS[int(values.mean(0).argmax())] for values in (ours, above))
            claims += [
                Claim(
                    f"A {rule}", f"regret of the group with the most ({worst})", bootstrap(_most, "seed", ours),
                    "<=", MOST,
                ),
                Claim(
                    f"B {rule}", f"regret above {SHARE} x the baseline's, group with the most ({most})",
                    bootstrap(_most, "seed", above), "<=", 0.0,
                ),
                Claim(
                    f"C {rule}", "overall regret above the baseline's", mean((ours - theirs)[:, -1], "seed"),
                    "<=", 0.0,
                ),
            ]  # fmt: skip
        return claims


def _most(values: NDArray[np.float64]) -> float:
    """The largest group mean of (seeds, groups)."""
    return float(values.mean(0).max())


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run."""
    return {
        f"{rule}/{horizon}/{name}": partial(measure, rule, horizon, name, settings)
        for rule, horizon, name in plays(settings)
    }


# --- what a person sees -----------------------------------------------------------------------------------------------


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    settings = report.settings
    shown = [_regrets(report, rule, settings.horizon) for rule in RULES]
    if settings.long:
        shown.append(_regrets(report, "permutation", settings.long))
    spans = {rule: np.mean(report.found[f"{rule}/{settings.horizon}/{OURS}"]["range"]) for rule in RULES}
    told = ", ".join(f"{rule} {span:.2f}" for rule, span in spans.items())
    caption = (
        f"{settings.seeds} seeds from {settings.first} on, the same streams for all learners; thresholds were fixed "
        "before the run. Regrets are in units of the squared range of the labels that came, as in the paper, which "
        "scales by it; the environment fixes a wider range up front, of which they fill on average: "
        f"{told}. A and B look at the expectation over the draw of an expert. What is not shown: the paper's real data "
        "are not ours to bundle (`examples/regress_my_csv.py` runs on a file of yours), and its numbers come from "
        "other draws of the weights."
    )
    return [*shown, _told(), claim_table(report.judged, caption)]


def _told() -> Table:
    """What each learner knows and how it was tuned."""
    told = "features, groups and the range of labels, fixed before the first round"
    rows = [[words, told, "nothing: all constants are the theory's"] for words in LEARNERS.values()]
    return Table("What each learner is told", ["learner", "is told", "chosen"], rows, "All see the same streams.")


def _regrets(report: Report, rule: str, horizon: int) -> Table:
    rows = []
    for name, words in LEARNERS.items():
        kinds = {"": "expected"} if name != OURS else {", in expectation": "expected", ", as drawn": "realised"}
        for more, kind in kinds.items():
            last = report.regrets(rule, name, horizon, kind)[:, -1]
            rows.append([words + more, *(_interval(values) for values in last.T)])
    if rule in QUOTED:
        rows.append([SOURCE, *QUOTED[rule]])
    return Table(
        f"Regret after {horizon:,} rounds, labels by the rule '{rule}'", ["learner", *GROUPS], rows,
        "Mean over seeds, in brackets the 95 % interval's half width. Negative: better than the best fit in hindsight, "
        "which is one for the whole group, while inside it other groups are told apart. To play the average is "
        "another algorithm than the paper's; the loss is convex, so it can only be better.",
    )  # fmt: skip


def _interval(values: NDArray[np.float64]) -> str:
    return f"{values.mean():.2f} ({_half(values):.2f})"


def _half(values: NDArray[np.float64]) -> Any:
    """Half the width of the 95 % interval of means over seeds, the first axis."""
    from scipy.stats import t

    n = len(values)
    return t.ppf(0.975, n - 1) * values.std(0, ddof=1) / np.sqrt(n) if n > 1 else np.zeros(values.shape[1:])


def draw(report: Report) -> Any:
    """The figure: cumulative regret of each group, by rule, with confidence bands."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, 8.5), layout="constrained")
    axes = figure.subplots(len(RULES), len(GROUPS), sharex=True)
    for row, rule in zip(axes, RULES, strict=True):
        points = report.found[f"{rule}/{report.settings.horizon}/{OURS}"]["points"]
        for group, (one, title) in enumerate(zip(row, GROUPS, strict=True)):
            for name, colour in ((BASELINE, "C1"), (OURS, "C0"), (AVERAGE, "C9")):
                values = report.regrets(rule, name)[:, :, group]
                mean, half = values.mean(0), _half(values)
                one.plot(points, mean, "--" if name == AVERAGE else "-", color=colour, label=LEARNERS[name])
                one.fill_between(points, mean - half, mean + half, color=colour, alpha=0.2)
            one.axhline(0, color="0.7", linewidth=0.8, zorder=0)
            one.grid(alpha=0.25)
            one.tick_params(labelsize=8)
            if rule == RULES[0]:
                one.set_title(title)
            if group == 0:
                one.set_ylabel(f"{rule}\nregret")
            if rule == RULES[-1]:
                one.set_xlabel("rounds", fontsize=9)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    figure.suptitle(f"{report.run.paper.title}, scale {report.scale}: {report.verdict} (bands: 95 % over seeds)")
    return figure


FIGURE = Figure("Cumulative regret of each group, by rule", draw)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    return publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
