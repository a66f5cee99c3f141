"""Intelligent Go-Explore on Game of 24 (Lu, Hu, Clune 2024, arXiv 2405.15143): `ige reproduce game-of-24`.

24-A: with a small trained judge instead of the language model, Intelligent Go-Explore solves every puzzle and needs far
fewer operations than the best graph search, and the same judge without an archive does not solve them all. 24-B:
choosing the action by the judge matters more than choosing the state.

An operation is one executed environment step, illegal and repeated ones included; returns are free, as in the paper.
A puzzle that is not solved within the budget counts with the whole budget. `--puzzles FILE` plays your own list:
docs/papers/game-of-24/papers-puzzles shows the results on the paper's list (ranks 901 to 1000 of 1,362 puzzles by how
long people take), which we may not ship.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...envs.arithmetic import oracle
from ...envs.arithmetic.puzzles import Puzzle, read_puzzles
from ...solvers.arithmetic import rules
from ...solvers.arithmetic.judge import Judge, JudgeConfig, judge_scorer, load_or_train
from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import Estimate, bootstrap, ratio, share
from ...solvers.foundation import RandomModel, ScoredModel, Scorer
from ...solvers.search import breadth_first, classic, depth_first, intelligent, naive, random_restarts
from ...wrappers import Budget
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

CODE = Code((__name__,), ("ige/GameOf24-v0",))

PAPER = "Lu et al. 2024, abstract: 100 % success, 70.8 % faster than the best graph search"


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are searches, each with its own judge as long as there are enough judges.

    Attributes:
        judges: number of networks trained with different seeds; the i-th seed plays with judge i modulo this number.
        puzzles: number of puzzles of the hard split, evenly spread.
        budget: operations, as in the paper.
    """

    first: int = 0
    judges: int
    puzzles: int
    judge: JudgeConfig = field(default_factory=JudgeConfig)
    budget: int = 700
    temperature: float = 0.15
    keep_above: float = 0.08


SCALES = {
    "smoke": Settings(seeds=5, judges=1, puzzles=20, judge=JudgeConfig(members=1, largest=25)),
    "cpu": Settings(seeds=20, judges=20, puzzles=100),
    "gpu": Settings(seeds=50, judges=50, puzzles=100, judge=JudgeConfig(hidden=(512, 256), epochs=100)),
}
SOLVED = 0.95  # the sheet asks for all puzzles, which no interval can reach
WORST, MEAN, GAP = 0.30, 0.20, 2.0  # 24-A: shares of depth-first's operations; 24-B: random action over random state

METHODS = {
    "depth-first": "graph search, first action first",
    "breadth-first": "graph search, one action a turn",
    "random": "restarts, uniform actions",
    "classic Go-Explore": "uniform states and actions, keeps all",
    "random model": "every decision uniform, the keep decision too",
    "rules": "Go-Explore led by hand-written rules",
    "naive": "the judge without an archive",
    "Go-Explore, random action": "the judge chooses states and what to keep",
    "Go-Explore, random state": "the judge chooses actions and what to keep",
    "Go-Explore, keep all": "the judge chooses states and actions",
    "Go-Explore": "the judge takes all three decisions",
}
DETERMINISTIC = ("depth-first", "breadth-first")


def _solver(method: str, judge: Scorer, settings: Settings, seed: int) -> Any:
    """The solver of one method for one puzzle."""
    if method in (plain := {"depth-first": depth_first, "breadth-first": breadth_first, "random": random_restarts}):
        return plain[method]()
    if method == "classic Go-Explore":
        return classic()
    if method == "random model":
        return intelligent(RandomModel(seed))
    scorer = rules.rule_scorer() if method == "rules" else judge
    model = ScoredModel(scorer, settings.temperature, settings.keep_above, seed, method)
    if method == "naive":
        return naive(model)
    roles = {"random action": "state keep", "random state": "action keep", "keep all": "state action"}
    return intelligent(model, roles.get(method.partition(", ")[2], "state action keep"))


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run: every method with every seed; deterministic methods once."""
    puzzles, hold_out = _puzzles(settings, run)
    judge = {k: partial(_judge, settings, k, hold_out, run.device) for k in range(settings.judges)}
    found: dict[str, Callable[[], Any]] = {}
    for method in METHODS:
        for i in range(1 if method in DETERMINISTIC else settings.seeds):
            seed = settings.first + i
            found[f"{method}/{seed}"] = partial(_play, settings, method, seed, puzzles, judge[i % settings.judges])
    for k in judge:
        found[f"judge/{k}"] = partial(_described, judge[k])
    return found


def _puzzles(settings: Settings, run: Run) -> tuple[list[Puzzle], list[Puzzle]]:
    """The puzzles that are played, and those that no judge may learn from."""
    if run.puzzles is None:
        hardest = [tuple(p) for p in oracle.hardest(4, 13, 24).tolist()]
        return hardest[:: len(hardest) // settings.puzzles], hardest
    given = read_puzzles("puzzles", run.puzzles)
    solvable = oracle.solvable(np.array(given, np.int64))
    puzzles = [puzzle for puzzle, ok in zip(given, solvable, strict=True) if ok]
    if left_out := [puzzle for puzzle, ok in zip(given, solvable, strict=True) if not ok]:
        print(f"left out, no solution: {', '.join(' '.join(map(str, p)) for p in left_out)}")
    if not puzzles:
        raise ValueError(f"puzzles: {run.puzzles} holds no puzzle that has a solution")
    return puzzles, puzzles


def _judge(settings: Settings, k: int, hold_out: Sequence[Puzzle], device: str) -> Judge:
    config = replace(settings.judge, seed=settings.judge.seed + settings.first + k)
    return load_or_train(config, hold_out, device)


def _described(judge: Callable[[], Judge]) -> dict[str, Any]:
    return {"auc": judge().auc, "examples": judge().examples}


def _play(
    settings: Settings, method: str, seed: int, puzzles: Sequence[Puzzle], judge: Callable[[], Judge]
) -> list[list[Any]]:
    """For each puzzle: operations spent (the budget if unsolved), whether it was solved, states archived."""
    scorer, found = judge_scorer(judge()), []
    env = gym.make("ige/GameOf24-v0", puzzles=puzzles)
    for i, puzzle in enumerate(puzzles):
        own = 1000 * seed + i
        solution = _solver(method, scorer, settings, own).solve(
            env, seed=own, options={"instance": puzzle}, budget=Budget(env_steps=settings.budget)
        )
        spent = solution.spent.env_steps if solution.solved else settings.budget
        found.append([spent, solution.solved, solution.archived])
    return found


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured: by method and seed, what `_play` returns for each puzzle."""

    settings: Settings

    def of(self, method: str, column: int) -> NDArray[np.float64]:
        """A column of what `_play` returns, (seeds, puzzles)."""
        runs = [found for name, found in self.found.items() if name.rpartition("/")[0] == method]
        return np.array([[row[column] for row in run] for run in runs], np.float64)

    @cached_property
    def operations(self) -> dict[str, NDArray[np.float64]]:
        """Operations by method, (seeds, puzzles)."""
        return {method: self.of(method, 0) for method in METHODS}

    @cached_property
    def solved(self) -> dict[str, NDArray[np.float64]]:
        """By method, 1 where it was solved, (seeds, puzzles)."""
        return {method: self.of(method, 1) for method in METHODS}

    @property
    def puzzles(self) -> int:
        return self.operations["Go-Explore"].shape[1]

    @property
    def judges(self) -> list[dict[str, Any]]:
        return [found for name, found in self.found.items() if name.startswith("judge/")]

    def worst(self, ours: str, theirs: str) -> Estimate:
        """Operations on the worst puzzle, averaged over seeds, as a share of another method's."""
        return self._over(lambda a, b: float(a.max(1).mean() / b.max(1).mean()), ours, theirs)

    def _over(self, statistic: Callable[..., float], ours: str, theirs: str) -> Estimate:
        a, b = self.operations[ours], self.operations[theirs]
        return bootstrap(statistic, ("seed", "puzzle"), a, np.broadcast_to(b, a.shape))

    def claims(self) -> list[Claim]:
        units = "seed", "puzzle"
        dfs = np.broadcast_to(self.operations["depth-first"], self.operations["Go-Explore"].shape)
        return [
            Claim("24-A1", "share of puzzles that Go-Explore solves", share(self.solved["Go-Explore"], *units), ">=",
                  SOLVED, PAPER),
            Claim("24-A2", "its worst puzzle: operations as a share of depth-first's worst",
                  self.worst("Go-Explore", "depth-first"), "<=", WORST, PAPER),
            Claim("24-A3", "its mean puzzle: operations as a share of depth-first's mean",
                  ratio(self.operations["Go-Explore"], dfs, *units), "<=", MEAN),
            Claim("24-A4", "share of puzzles that the same judge solves without an archive",
                  share(self.solved["naive"], *units), "<", 1.0),
            Claim("24-B1", "worst puzzle: random state's operations, times the full method's",
                  self.worst("Go-Explore, random state", "Go-Explore"), ">", 1.0),
            Claim("24-B2", "worst puzzle: random action's operations, times random state's",
                  self.worst("Go-Explore, random action", "Go-Explore, random state"), ">=", GAP),
        ]  # fmt: skip


# --- what a person sees -----------------------------------------------------------------------------------------------


def draw(report: Report) -> Any:
    """The figure: puzzles solved against operations spent, one curve per method with a band from worst to best seed."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure  # not pyplot: nothing global, no display
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(9, 5.5), layout="constrained")
    axes = figure.subplots()
    operations = np.arange(report.settings.budget + 1)
    shown = [m for m in METHODS if m not in ("random model", "Go-Explore, keep all")]
    colours = colormaps["tab10"]
    for k, method in enumerate(shown):
        curves = np.array(
            [
                [(ops[ok > 0] <= limit).sum() for limit in operations]
                for ops, ok in zip(report.operations[method], report.solved[method], strict=True)
            ]
        )
        main = method == "Go-Explore"
        axes.plot(
            operations[1:], curves.mean(0)[1:], label=method, color="black" if main else colours(k),
            linewidth=2.5 if main else 1.4, zorder=3 if main else 2,
        )  # fmt: skip
        if len(curves) > 1:
            axes.fill_between(
                operations[1:], curves.min(0)[1:], curves.max(0)[1:], color="black" if main else colours(k), alpha=0.12
            )
    axes.set_xscale("log")
    axes.set_xlim(1, report.settings.budget)
    axes.set_ylim(0, report.puzzles * 1.02)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("operations spent on a puzzle")
    axes.set_ylabel(f"puzzles solved (of {report.puzzles})")
    axes.set_title(f"Game of 24, scale {report.scale}, {report.settings.seeds} seeds: {report.verdict}")
    axes.grid(alpha=0.25)
    axes.legend(loc="upper left", fontsize=9)
    return figure


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    methods = []
    for method, what in METHODS.items():
        spent, solved = report.operations[method], report.solved[method]
        cells = [f"{100 * solved.mean():.1f} %", f"{spent.max(1).mean():.0f}", f"{spent.mean():.1f}"]
        methods.append([method, what, *cells, f"{report.of(method, 2).mean():.1f}"])
    settings, aucs = report.settings, [judge["auc"] for judge in report.judges]
    which = "of the 100 hardest of ours" if report.run.puzzles is None else "of the file that was given"
    ours = report.solved["Go-Explore"]
    return [
        Table(
            f"Operations per puzzle: {report.puzzles} puzzles {which}, {settings.seeds} seeds, budget "
            f"{settings.budget}",
            ["method", "what decides", "solved", "worst", "mean", "kept"],
            methods,
            "Means over seeds; worst and mean count an unsolved puzzle with the whole budget.",
        ),
        _told(),
        claim_table(
            report.judged,
            f"Go-Explore solves {ours.sum():.0f} of {ours.size} runs. Judges trained: {len(aucs)}, each on "
            f"{report.judges[0]['examples']} states; AUC on three-number states of the held-out puzzles "
            f"{min(aucs):.3f} to {max(aucs):.3f}. How much A4 shows depends on the puzzles: on easier ones the judge "
            "alone solves nearly all. The paper's own figure, with GPT-4 as the judge and on puzzles of its own: "
            f"{PAPER}.",
        ),
    ]


def _told() -> Table:
    """What each method knows, and how it was tuned."""
    judge = "the judge, trained on states that these puzzles do not reach"
    plain = ["depth-first", "breadth-first", "random", "classic"]
    rows = []
    for method in METHODS:
        told = "the moves" if method.split()[0] in plain or method == "random model" else judge
        chosen = "" if told == "the moves" else "temperature and what is kept, on other seeds"
        rows.append([method, "hand-written rules" if method == "rules" else told, chosen])
    return Table("What each method is told", ["method", "is told", "chosen"], rows, "All have the same budget.")


FIGURE = Figure("Puzzles solved against operations spent", draw)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    return publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
