"""Intelligent Go-Explore on Game of 24 (Lu, Hu, Clune 2024, arXiv 2405.15143): `ige reproduce game-of-24`.

24-A: with a small trained judge in the place of the language model, Intelligent Go-Explore solves every puzzle and
needs far fewer operations than the best graph search, and the same judge without an archive does not solve them all.
24-B: choosing the action by the judge matters more than choosing the state.

An operation is one executed environment step, illegal and repeated ones included; returns are free, as in the paper.
A puzzle that is not solved within the budget counts with the whole budget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from ...envs.arithmetic import oracle
from ...envs.arithmetic.puzzles import Puzzle, read_puzzles
from ...solvers.arithmetic import rules
from ...solvers.arithmetic.judge import Judge, JudgeConfig, judge_scorer, load_or_train
from ...solvers.core import check_device
from ...solvers.core.claims import Claim, mean_interval, overall
from ...solvers.core.code import Code
from ...solvers.core.ledger import Ledger, settings_digest
from ...solvers.foundation import RandomModel, ScoredModel, Scorer
from ...solvers.search import breadth_first, classic, depth_first, intelligent, naive, random_restarts
from ...wrappers import Budget
from ._report import Table, claim_table, leave

CODE = Code((__name__,), ("ige/GameOf24-v0",))

PAPER = "Lu et al. 2024, abstract: 100 % success, 70.8 % faster than the best graph search"


@dataclass(frozen=True)
class Settings:
    """What a scale fixes: thresholds are the same at every scale."""

    seeds: int
    judges: int  # networks trained with seeds of their own; seed s plays with judge s modulo this
    puzzles: int  # of the hard split, evenly spread
    judge: JudgeConfig = field(default_factory=JudgeConfig)
    budget: int = 700  # operations, the paper's
    temperature: float = 0.15
    keep_above: float = 0.08


SCALES = {
    "smoke": Settings(seeds=5, judges=1, puzzles=20, judge=JudgeConfig(members=1, largest=25)),
    "cpu": Settings(seeds=20, judges=20, puzzles=100),
    "gpu": Settings(seeds=50, judges=50, puzzles=100, judge=JudgeConfig(hidden=(512, 256), epochs=100)),
}
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


def pieces(settings: Settings) -> Iterator[tuple[str, int]]:
    """The work of a run: every method with every seed; deterministic methods once."""
    for method in METHODS:
        for seed in range(1 if method in DETERMINISTIC else settings.seeds):
            yield method, seed


@dataclass(frozen=True)
class Report:
    """What a run measured.

    Attributes:
        operations: method -> seed -> puzzle -> operations spent; the budget where it was not solved.
        solved: method -> seed -> puzzle -> whether it was solved.
        archived: method -> mean number of archived states.
        resumed: pieces taken from an earlier, interrupted run of the same code and settings.
    """

    scale: str
    puzzles: list[Puzzle]
    settings: Settings
    judges: list[Judge]
    operations: dict[str, list[list[int]]]
    solved: dict[str, list[list[bool]]]
    archived: dict[str, float]
    resumed: int = 0

    def worst(self, method: str) -> list[float]:
        return [float(max(seed)) for seed in self.operations[method]]

    def mean(self, method: str) -> list[float]:
        return [sum(seed) / len(seed) for seed in self.operations[method]]

    def share(self, method: str) -> list[float]:
        return [sum(seed) / len(seed) for seed in self.solved[method]]

    def claims(self) -> list[Claim]:
        dfs_worst, dfs_mean = self.worst("depth-first")[0], self.mean("depth-first")[0]
        full, state, action = map(self.worst, ("Go-Explore", "Go-Explore, random state", "Go-Explore, random action"))
        ratio = lambda a, b: tuple(x / y for x, y in zip(a, b, strict=True))  # noqa: E731
        return [
            Claim(
                "24-A1", "Go-Explore solves every puzzle with every seed: least share",
                (min(self.share("Go-Explore")),), ">=", 1.0, PAPER,
            ),
            Claim(
                "24-A2", f"its worst puzzle takes at most {WORST} of depth-first's operations",
                tuple(v / dfs_worst for v in full), "<=", WORST, PAPER,
            ),
            Claim(
                "24-A3", f"its mean puzzle takes at most {MEAN} of depth-first's operations",
                tuple(v / dfs_mean for v in self.mean("Go-Explore")), "<=", MEAN,
            ),
            Claim("24-A4", "the same judge without an archive solves fewer", tuple(self.share("naive")), "<", 1.0),
            Claim("24-B1", "worst puzzle, random state over full: more", ratio(state, full), ">", 1.0),
            Claim(
                "24-B2", f"worst puzzle, random action over random state: {GAP} or more",
                ratio(action, state), ">=", GAP,
            ),
        ]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        claims = self.claims()
        return {
            "paper": "game-of-24",
            "scale": self.scale,
            "verdict": overall(claims),
            "claims": [claim.as_dict() for claim in claims],
            "settings": asdict(self.settings),
            "judges": [{"auc": judge.auc, "examples": judge.examples} for judge in self.judges],
            "puzzles": [list(p) for p in self.puzzles],
            "operations": self.operations,
            "solved": self.solved,
            "archived": self.archived,
        }


def run(
    scale: str,
    folder: Path,
    puzzles: Sequence[Puzzle] | None = None,
    device: str = "auto",
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Report:
    """Measure both claims; finished pieces are kept in `folder` and not run again.

    Args:
        scale: "smoke", "cpu" or "gpu".
        puzzles: play these instead of the hard split; unsolvable ones must have been left out.
        progress: called with what runs next, pieces done, pieces in all.
    """
    check_device(device)
    settings = SCALES[scale]
    hold_out = [tuple(p) for p in oracle.hardest(4, 13, 24).tolist()] if puzzles is None else list(puzzles)
    puzzles = hold_out[:: len(hold_out) // settings.puzzles] if puzzles is None else hold_out
    work = list(pieces(settings))
    judges = []
    for k in range(settings.judges):
        progress(f"training judge {k + 1} of {settings.judges}", 0, len(work))
        judges.append(load_or_train(replace(settings.judge, seed=settings.judge.seed + k), hold_out, device))
    code = CODE.digest()  # a run of other code is another run
    ledger = Ledger(
        folder / "progress.jsonl", {"settings": asdict(settings), "puzzles": [list(p) for p in puzzles], "code": code}
    )
    resumed = len(ledger)
    env = gym.make("ige/GameOf24-v0", puzzles=puzzles)
    for done, (method, seed) in enumerate(work):
        progress(method, done, len(work))
        piece = f"{method}/{seed}"
        if piece in ledger:
            continue
        found = []
        scorer = judge_scorer(judges[seed % settings.judges])
        for i, puzzle in enumerate(puzzles):
            solver = _solver(method, scorer, settings, 1000 * seed + i)
            solution = solver.solve(
                env, seed=1000 * seed + i, options={"instance": puzzle}, budget=Budget(env_steps=settings.budget)
            )
            spent = solution.spent.env_steps if solution.solved else settings.budget
            found.append([spent, solution.solved, solution.archived])
        ledger.add(piece, found)
    progress("", len(work), len(work))

    def column(index: int) -> dict[str, list[list[Any]]]:
        seeds = {m: [s for name, s in work if name == m] for m in METHODS}
        return {m: [[row[index] for row in ledger[f"{m}/{s}"]] for s in seeds[m]] for m in METHODS}

    archived = {m: sum(map(sum, s)) / sum(map(len, s)) for m, s in column(2).items()}
    return Report(scale, puzzles, settings, judges, column(0), column(1), archived, resumed)


def draw(report: Report) -> Any:
    """The figure: puzzles solved against operations spent, a curve for each method, a band from worst to best seed."""
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
                [(np.array(ops)[np.array(ok)] <= limit).sum() for limit in operations]
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
    axes.set_ylim(0, len(report.puzzles) * 1.02)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("operations spent on a puzzle")
    axes.set_ylabel(f"puzzles solved (of {len(report.puzzles)})")
    axes.set_title(f"Game of 24, scale {report.scale}, {report.settings.seeds} seeds: {overall(report.claims())}")
    axes.grid(alpha=0.25)
    axes.legend(loc="upper left", fontsize=9)
    return figure


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    methods = []
    for method, what in METHODS.items():
        share, worst, mean = (mean_interval(of(method))[0] for of in (report.share, report.worst, report.mean))
        kept = report.archived[method]
        methods.append([method, what, f"{100 * share:.1f} %", f"{worst:.0f}", f"{mean:.1f}", f"{kept:.1f}"])
    settings, aucs = report.settings, [judge.auc for judge in report.judges]
    return [
        Table(
            f"Operations per puzzle: {len(report.puzzles)} puzzles, {settings.seeds} seeds, budget {settings.budget}",
            ["method", "what decides", "solved", "worst", "mean", "kept"],
            methods,
            "Means over seeds; worst and mean count an unsolved puzzle with the whole budget.",
        ),
        claim_table(
            report.claims(),
            f"Judges trained: {len(aucs)}, each on {report.judges[0].examples} states; AUC on three-number states of "
            f"the held-out puzzles {min(aucs):.3f} to {max(aucs):.3f}. The paper's own figure, with GPT-4 as the "
            f"judge: {PAPER}.",
        ),
    ]


def reproduce(scale: str, puzzle_file: Path | None, folder: Path, device: str, track: Callable[..., Any]) -> Report:
    """What the command line runs: measure, print the tables, leave `results.json`, `report.md` and `figure.png`."""
    puzzles: list[Puzzle] | None = None
    name = scale
    if puzzle_file is not None:
        given = read_puzzles("puzzles", puzzle_file)
        solvable = oracle.solvable(np.array(given, np.int64))
        puzzles = [puzzle for puzzle, ok in zip(given, solvable, strict=True) if ok]
        if left_out := [puzzle for puzzle, ok in zip(given, solvable, strict=True) if not ok]:
            print(f"left out, no solution: {', '.join(' '.join(map(str, p)) for p in left_out)}")
        if not puzzles:
            raise ValueError(f"puzzles: {puzzle_file} holds no puzzle that has a solution")
        name = f"{scale}-{settings_digest([list(p) for p in puzzles])}"
    folder = folder / name
    report: Report = track(lambda progress: run(scale, folder, puzzles, device, progress))
    shown = "Puzzles solved against operations spent"
    leave(report, "game-of-24", "Intelligent Go-Explore on Game of 24", tables(report), (shown, draw(report)), folder)
    return report
