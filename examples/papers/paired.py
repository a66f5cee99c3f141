"""PAIRED and its family (Dennis, Jaques et al. 2020, arXiv 2012.02096, and successors): `ige reproduce paired`.

Three claims: exact decision rules on the paper's kind of payoff matrix; an adversary rewarded for regret builds
solvable levels with growing path lengths, while one rewarded for the student's failure (minimax) seals them off; and
how the students do on held-out levels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.ued.level import Level
from ...envs.ued.matrix import PAYOFFS
from ...envs.ued.picture import gallery
from ...render import save_png
from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import exact, mean, share
from ...solvers.ued import decision_rules
from ...solvers.ued.config import PRESETS
from ...solvers.ued.evaluate import fixed_mazes, held_out
from ...solvers.ued.trainer import UED
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

CODE = Code((__name__, decision_rules.__name__, UED.__module__), ("ige/UedMaze-v0", "ige/UedMazeEditor-v0"))

SHOWN = {
    "dr": "domain randomisation",
    "minimax": "minimax",
    "paired": "PAIRED",
    "robust-plr": "robust PLR",
    "accel": "ACCEL",
}
RULES = {
    "dr": "domain randomisation",
    "minimax": "maximin, against a best-responding adversary",
    "paired": "minimax regret, against best-responding adversary and antagonist",
    "paired-learnt": "PAIRED's own game, whose antagonist learns",
}
FIG2 = "Fig. 2: of all methods only PAIRED's passable and solved path lengths keep rising"
FIG3 = "Fig. 3: Labyrinth solved PAIRED 40 %, minimax 10 %, DR 0 %"
LATE = 5  # the last fifth
GALLERY = 6  # levels of each method


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are runs of each method; settings were chosen on seeds 0 and 90, which are not among them.

    Attributes:
        preset: preset of the players, see `ige.solvers.ued.config`.
        steps: steps that every student learns from.
        points: points of a curve.
        episodes: episodes of each test at each point.
        decisive: whether this is enough training for claims 2 to 4.
    """

    preset: str = "cpu"
    first: int = 101
    steps: int = 800_000
    points: int = 20
    episodes: int = 100
    decisive: bool = True


SCALES = {
    "smoke": Settings(seeds=1, steps=8 * 2048, points=4, episodes=20, decisive=False),
    "cpu": Settings(seeds=12, first=200_101),  # a first run, of five seeds from 101, left wide intervals
    "gpu": Settings(preset="paper", seeds=3, steps=50_000_000, points=50),
}


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured: `rules`, and a curve for each method and seed."""

    settings: Settings

    def curve(self, method: str, what: str) -> NDArray[np.float64]:
        """A logged number at each point, (seeds, points); NaN where no level had it."""
        runs = [self.found[f"{method} {seed}"]["curve"] for seed in seeds(self.settings)]
        return np.array([[point.get(what, np.nan) for point in run] for run in runs], np.float64)

    def tests(self) -> list[str]:
        return self.found[f"dr {self.settings.first}"]["tests"]

    def solved(self, method: str) -> NDArray[np.float64]:
        """The share of test episodes solved, averaged over the tests, (seeds, points)."""
        return np.mean([self.curve(method, f"solved/{test}") for test in self.tests()], 0)

    def late(self, method: str, what: str) -> NDArray[np.float64]:
        """The mean over the last fifth of training, (seeds,)."""
        found = self.curve(method, what)
        return np.nanmean(found[:, -max(1, found.shape[1] // LATE) :], 1)

    def transfer(self, method: str) -> NDArray[np.float64]:
        """The mean of all evaluations in the second half of training, (seeds,)."""
        found = self.solved(method)
        return found[:, found.shape[1] // 2 :].mean(1)

    def slope(self, method: str) -> NDArray[np.float64]:
        """The slope of the path length over the second half, in tiles per hundred thousand steps, (seeds,)."""
        lengths, steps = self.curve(method, "levels/path_length"), self.curve(method, "step") / 1e5
        half = lengths.shape[1] // 2
        return np.array([np.polyfit(s[half:], y[half:], 1)[0] for s, y in zip(steps, lengths, strict=True)])

    def claims(self) -> list[Claim]:
        rules = self.found["rules"]
        learnt = {name: exact(rules[name]["policy"][0]) for name in RULES}  # deterministic
        found = [
            Claim("P-1 regret >=", "share of A under minimax regret, against best responses", learnt["paired"], ">=",
                  0.72, "Table 3"),
            Claim("P-1 regret <=", "and at most", learnt["paired"], "<=", 0.78, "Table 3"),
            Claim("P-1 DR", "share of A under domain randomisation", learnt["dr"], "<=", 0.1, "Table 3"),
            Claim("P-1 maximin", "share of A under maximin", learnt["minimax"], ">=", 0.95, "Table 3"),
        ]  # fmt: skip
        if not self.settings.decisive:
            return found
        paired, minimax = "paired", "minimax"
        longer = self.late(paired, "levels/path_length") - self.late("dr", "levels/path_length")
        found += [
            Claim("P-2 PAIRED", "solvable levels, last fifth", share(self.late(paired, "levels/solvable"), "seed"),
                  ">=", 0.85, FIG2),
            Claim("P-2 minimax", "solvable levels, last fifth", share(self.late(minimax, "levels/solvable"), "seed"),
                  "<=", 0.2, FIG2),
            Claim("P-2 minimax return", "the student's return, last fifth",
                  mean(self.late(minimax, "student/return"), "seed"), "<=", 0.1, FIG2),
            Claim("P-3 longer", "tiles to the goal, last fifth, PAIRED less DR", mean(longer, "seed"), ">=", 0.5, FIG2),
            Claim("P-3 rising", "PAIRED's tiles per 100,000 steps, second half", mean(self.slope(paired), "seed"), ">",
                  0.0, FIG2),
        ]  # fmt: skip
        for name in ("paired", "robust-plr", "accel", "dr"):
            better = mean(self.transfer(name) - self.transfer(minimax), "seed")
            found.append(Claim(f"P-4 {SHOWN[name]}", "solved, less minimax's", better, ">=", 0.05, FIG3))
        return found


def seeds(settings: Settings) -> range:
    """Seeds of the runs, spaced so that rows of different runs do not share random streams."""
    return range(settings.first, settings.first + 1000 * settings.seeds, 1000)


def rules() -> dict[str, Any]:
    """The learnt decision rules on the matrix."""
    found = {}
    for rule in RULES:
        learnt = decision_rules.learn(rule, PAYOFFS)
        found[rule] = {"policy": learnt.policy.tolist(), "value": learnt.value}
    return found


def train(settings: Settings, method: str, seed: int, device: str) -> dict[str, Any]:
    """A student's curve, its last levels, and its paths through some test levels."""
    model = UED(method, settings.preset, seed, device)
    small = settings.preset != "paper"
    tests = (held_out if small else fixed_mazes)(model.config, settings.episodes)
    curve: list[dict[str, float]] = []

    def note(model: UED, facts: dict[str, float]) -> None:
        kept = {name: value for name, value in facts.items() if not name.startswith("train/")}
        curve.append({"step": float(model.num_timesteps), **kept})

    limit = model.config.max_steps if small else None
    model.learn(settings.steps, tests=tests, max_steps=limit, points=settings.points, progress=note)
    assert model.levels is not None
    shown = [Level.from_record(record) for record in [*model.levels[:GALLERY]]]
    asked = [Level.from_record(levels[0]) for levels in tests.values()]
    return {
        "curve": curve,
        "tests": list(tests),
        "levels": [level.to_text() for level in shown],
        "walks": [[level.to_text(), [[*tile] for tile in model.walk(level)]] for level in asked],
        "seconds": model.seconds,
        "stepping": model.stepping,
    }


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run."""
    found: dict[str, Callable[[], Any]] = {"rules": rules}
    for seed in seeds(settings):
        for method in SHOWN:
            found[f"{method} {seed}"] = partial(train, settings, method, seed, run.device)
    return found


# --- what a person sees -----------------------------------------------------------------------------------------------


def _interval(values: NDArray[np.float64]) -> str:
    return mean(values, "seed").text(2)


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    settings = report.settings
    matrix = [
        [name, f"{found['policy'][0]:.3f}", f"{found['value']:.2f}"]
        for rule, name in RULES.items()
        for found in [report.found["rules"][rule]]
    ]
    levels, transfer = [], []
    for method, name in SHOWN.items():
        runs = [report.found[f"{method} {seed}"] for seed in seeds(settings)]
        share = float(np.median([run["stepping"] / run["seconds"] for run in runs]))  # the first run may have compiled
        levels.append(
            [
                name,
                *(_interval(report.late(method, f"levels/{what}")) for what in ("solvable", "path_length", "walls")),
                _interval(report.late(method, "student/return")),
                f"{np.mean([run['seconds'] for run in runs]):.0f}",
                f"{100 * share:.1f} %",
            ]
        )
        half = [report.curve(method, f"solved/{test}") for test in report.tests()]
        transfer.append(
            [
                name,
                *(f"{found[:, found.shape[1] // 2 :].mean():.2f}" for found in half),
                _interval(report.transfer(method)),
                "" if method == "dr" else _interval(report.transfer(method) - report.transfer("dr")),
            ]
        )
    config = PRESETS[settings.preset]
    title = f"{config.size} x {config.size} tiles, {settings.steps:,} steps learnt from, {settings.seeds} seeds"
    asked = "A sign of the difference to domain randomisation is not asked for: at this size it is near the ceiling."
    short = "" if settings.decisive else " This little training decides nothing: claims 2 to 4 are not judged."
    return [
        Table(
            "Decision rules on the matrix",
            ["rule", "share of policy A", "value"],
            matrix,
            "The first three learn against players that best-respond; policies are averages over the rounds. In the "
            "last PAIRED's antagonist learns too: it becomes like the protagonist, the regret between them vanishes, "
            "and it decides nothing. Exact minimax regret: 0.75 A, value 18.75. No claim is made of the last row.",
        ),
        Table(
            f"Levels, {title}",
            ["method", "solvable", "tiles to the goal", "walls", "return", "seconds", "stepping"],
            levels,
            "The last fifth of training, means over seeds (95 % interval). Tiles are of solvable levels; walls are "
            "counted in the level, not in the adversary's actions. Seconds of a whole run; stepping: the share of it "
            "that the environments took (median). Six of the last levels of each and ways through test levels: "
            f"levels.png.{short}",
        ),
        Table(
            f"Transfer, {title}",
            ["method", *report.tests(), "mean (95 %)", "less domain randomisation"],
            transfer,
            f"Share of held-out levels solved, all evaluations in the second half of training. {asked}",
        ),
        _told(settings),
        claim_table(
            report.judged,
            "Thresholds were fixed before the run; the adversary's settings, the same for minimax and PAIRED, and "
            "those of replay were chosen on seeds 0 and 90, which do not count here. A first run, of five other seeds, "
            "was inconclusive: its intervals were too wide.",
        ),
    ]


def _told(settings: Settings) -> Table:
    """What each method is told, and how it was tuned."""
    edits = "the student's values on its levels"
    told = {
        "dr": ("nothing", "nothing"),
        "minimax": ("the student's return", "the adversary's settings"),
        "paired": ("the returns of student and antagonist", "the adversary's settings, the same as minimax's"),
        "robust-plr": (edits, "the settings of replay"),
        "accel": (edits, "the settings of replay, the same as robust PLR's"),
    }
    rows = [[name, *told[method], f"{settings.steps:,}"] for method, name in SHOWN.items()]
    header = ["method", "its choice of levels is told", "chosen on seeds 0 and 90", "student's steps"]
    return Table("What each method is told", header, rows, "The student is the same network with the same settings.")


def draw(report: Report) -> Any:
    """The figure: solvable share, path length and transfer over training."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4.2), layout="constrained")
    panels = figure.subplots(1, 3)
    for k, (method, name) in enumerate(SHOWN.items()):
        steps = report.curve(method, "step").mean(0) / 1e6
        curves = [
            report.curve(method, "levels/solvable"), report.curve(method, "levels/path_length"), report.solved(method),
        ]  # fmt: skip
        for axes, curve in zip(panels, curves, strict=True):
            axes.plot(steps, np.nanmean(curve, 0), label=name, color=f"C{k}")
            if len(curve) > 1:
                axes.fill_between(steps, np.nanmin(curve, 0), np.nanmax(curve, 0), color=f"C{k}", alpha=0.12)
    titles = ("Levels that can be solved", "Tiles to the goal, solvable levels", "Held-out levels solved")
    for axes, title in zip(panels, titles, strict=True):
        axes.set(title=title, xlabel="million steps learnt from")
        axes.grid(alpha=0.25)
    panels[0].legend(fontsize=8)
    figure.suptitle(f"{report.run.paper.title}, scale {report.scale}: {report.verdict} (bands: all seeds)")
    return figure


def pictures(report: Report) -> Any:
    """The last levels of each method's first seed, one row per method, and the student's paths through test levels."""
    rows: list[list[Level]] = []
    walks: list[list[list[tuple[int, int]]]] = []
    for method in SHOWN:
        found = report.found[f"{method} {report.settings.first}"]
        rows.append([Level.from_text(text) for text in [*found["levels"], *(text for text, _ in found["walks"])]])
        ways = [[(x, y) for x, y in way] for _, way in found["walks"]]
        walks.append([*([] for _ in found["levels"]), *ways])
    return gallery(rows, walks)


FIGURE = Figure("Solvable levels, tiles to the goal and transfer over training", draw)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    report = publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
    save_png(run.place / "levels.png", pictures(report))
    return report
