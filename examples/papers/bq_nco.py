"""BQ-NCO (Drakulic, Michel, Mai, Sors, Andreoli 2023, arXiv 2301.03313): `ige reproduce bq-nco`.

C1: the quotient is a bisimulation, by enumeration. C2: it makes learning easier, by tabular Q-learning. C3: a BQ policy
generalises better to larger instances than a direct one trained on the same tours for the same CPU time. C6: what small
policies reach on five problems, compared with simple constructions. With `--all` also C4: re-embedding the sub-problem
in each step matters; C5: so does the order of a solution's routes; and the effect of longer training.

Gaps are to the default experts with ten times their usual effort, in % of the objective; lower is better.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...envs.combinatorial.heuristics import BASELINES
from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import exact, mean, ratio
from ...solvers.core.pool import process_pool
from . import _bq_nco as work
from . import _run
from ._report import Figure, Table, claim_table, leave
from ._run import Measured, Progress, Run, ledger

CODE = Code((work.__name__,), ("ige/TSP-v0", "ige/ATSP-v0", "ige/CVRP-v0", "ige/Orienteering-v0", "ige/Knapsack-v0"))

PROBLEMS = ("TSP", "ATSP", "CVRP", "Orienteering", "Knapsack")
BEAM = 16


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are policies of C3 to C5; with 0 seeds, only the tables of C2 are learnt.

    Attributes:
        enumerated: instances of each problem for C1.
        tabular: instances for C2, with `episodes` episodes each.
        learning: settings shared by all policies.
        sizes: n -> number of test instances, for the TSP.
        others: test instances of the other problems.
        everything: whether to include C4, C5 and policies that learn longer.
        ablated: seeds of C4 and C5; three were decisive, while C3 needed five.
        few: seeds of the TSP's policies that learn longer.
    """

    first: int = 0
    enumerated: int
    tabular: int
    episodes: int = 5000
    learning: work.Learning = field(default_factory=work.Learning)
    sizes: dict[str, int] = field(default_factory=lambda: {"20": 1000, "50": 200, "100": 64})
    others: int = 500
    everything: bool = False
    ablated: int = 3
    few: int = 2


SCALES = {
    "smoke": Settings(seeds=0, enumerated=10, tabular=10),
    "cpu": Settings(seeds=5, enumerated=50, tabular=100),  # 20 instances left C2b wide: 4.0 to 23.2 around 13.6
}
SAME, EASY, HARD = 1e-9, 1.0, 10.0  # C1: differences of values; C2: greatest % gap with the quotient, least without
GENERAL, BEAMED = 0.75, 1.0  # C3: share of the direct policy's gap; % gap with a beam
FROZEN, ORDER = {20: 1.3, 50: 1.5}, 1.2  # C4, C5: ratios of gaps
QUOTED = {
    "BQ, the authors (greedy)": ("0.35", "", "", "2.29"),
    "BQ, trained again by others (greedy)": ("0.579", "0.895", "1.834", "3.965"),
    "BQ, trained again by others (beam 16)": ("0.046", "0.224", "0.896", "2.605"),
    "POMO x 8, by the same others": ("0.134", "1.533", "22.187", "40.570"),
    "POMO x 8, learnt from the same tours": ("0.571", "3.970", "20.418", "34.419"),
}  # gaps in % at n = 100, 200, 500, 1000; unverified ones are left out
QUOTED_OTHERS = {"ATSP": "1.27", "CVRP": "2.79", "Orienteering": "0.22", "Knapsack": "0.10", "TSP": "0.35"}
SOURCES = (
    "The authors: as write-ups of arXiv 2301.03313 and the tables of GOAL (arXiv 2406.15079) by the same group give "
    "them; trained again, POMO, and POMO's encoder with the BQ paper's supervised training: tables 1 to 3 of the study "
    "of light-encoder, heavy-decoder models (LEHD, arXiv 2310.07985). Those networks are 7 times as large as ours and "
    "learnt from a million tours of 100 nodes for days on GPUs."
)


class Piece(NamedTuple):
    """A piece of work: its name, a function of `_bq_nco`, its arguments, and the pieces that it depends on."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    after: str = ""


def policies(settings: Settings) -> Iterator[tuple[str, str, int]]:
    """Kind, problem and seed of every trained policy."""
    if not settings.seeds:
        return
    seeds = range(settings.first, settings.first + settings.seeds)
    for seed in seeds:
        yield from (("bq", "TSP", seed), ("direct", "TSP", seed))
    yield from (("bq", problem, seeds[0]) for problem in PROBLEMS if problem != "TSP")
    yield from (("pomo", problem, seeds[0]) for problem in ("TSP", "CVRP"))
    if settings.everything:
        ablated = seeds[: settings.ablated]
        yield from (("bq", "CVRP", seed) for seed in ablated[1:])
        for seed in ablated:
            yield from (("frozen", "TSP", seed), ("unordered", "CVRP", seed))
        yield from (("longer", "TSP", seed) for seed in seeds[: settings.few])
        yield from ((kind, "CVRP", seeds[0]) for kind in ("longer", "longer, unordered"))


def pieces(settings: Settings, run: Run) -> Iterator[Piece]:
    """The work of a run."""
    device, own = run.device, settings.first  # the first seed of a replication moves the instances too
    for problem in PROBLEMS:
        yield Piece(f"C1/{problem}", work.enumerated, (problem, work.TINY[problem], settings.enumerated, own))
    yield Piece("C1/TSP of 8 nodes", work.enumerated, ("TSP", 8, 1, own))
    for problem, n in (("TSP", 8), ("Orienteering", 8)):
        for formulation in ("direct", "bq"):
            how = (problem, n, formulation, settings.tabular, settings.episodes, own)
            yield Piece(f"C2/{problem}/{formulation}", work.tabular, how)
    for kind, problem, seed in policies(settings):
        name = f"{kind}/{problem}/{seed}"
        weights = run.place / "weights" / f"{kind.replace(', ', '-')}-{problem.lower()}-{seed}.safetensors"
        yield Piece(f"learn/{name}", work.learn, (kind, problem, seed, settings.learning, weights, device))
        for n, count in _sizes(settings, problem).items():
            for beam in (1, BEAM) if kind in ("bq", "longer") and n <= 50 else (1,):
                arguments = (kind, weights, problem, n, count, beam, device, own)
                yield Piece(f"test/{name}/{n}/{beam}", work.test, arguments, f"learn/{name}")
    for problem in PROBLEMS if settings.seeds else ():
        for name in BASELINES[problem]:
            for n, count in _sizes(settings, problem).items():
                yield Piece(f"baseline/{name}/{problem}/{n}", work.baseline, (name, problem, n, count, own))


def _sizes(settings: Settings, problem: str) -> dict[int, int]:
    if problem == "TSP":
        return {int(n): count for n, count in settings.sizes.items()}
    return {work.SIZE: settings.others}


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured, by piece of work, in `found`."""

    settings: Settings

    def gaps(self, kind: str, problem: str = "TSP", n: int = work.SIZE, beam: int = 1) -> NDArray[np.float64]:
        """Gaps in % for all seeds and test instances, (seeds, instances)."""
        seeds = [seed for k, p, seed in policies(self.settings) if (k, p) == (kind, problem)]
        return np.array([self.found[f"test/{kind}/{problem}/{seed}/{n}/{beam}"]["gaps"] for seed in seeds])

    def trivial(self, problem: str, n: int = work.SIZE) -> dict[str, float]:
        """Mean gaps in % of the simple constructions."""
        names = BASELINES[problem]
        return {name: float(np.mean(self.found[f"baseline/{name}/{problem}/{n}"]["gaps"])) for name in names}

    def claims(self) -> list[Claim]:
        proved, second = "proposition 1 of the paper", "Drakulic et al. 2023"
        found = self.found
        kept = [found[f"C1/{problem}"] for problem in PROBLEMS]
        direct, quotient = (mean(found[f"C2/TSP/{f}"], "instance") for f in ("direct", "bq"))
        eight = found["C1/TSP of 8 nodes"]
        differing, difference = (max(one[what] for one in kept) for what in ("differing", "value_difference"))
        claims = [
            Claim("C1a", "states of equal quotient that behave differently, five problems", exact(differing), "<=",
                  0.0, proved),
            Claim("C1b", "largest difference of values: direct, quotient, brute force", exact(difference), "<=", SAME,
                  proved),
            Claim("C1c", "TSP of 8 nodes: states of the quotient", exact(eight["quotient"]), "<=", 449.0),
            Claim("C1d", "TSP of 8 nodes: states of the direct formulation", exact(eight["direct"]), ">=", 13_700.0),
            Claim("C2a", "tabular, gap in % with the quotient", quotient, "<", EASY),
            Claim("C2b", "tabular, gap in % without", direct, ">", HARD),
        ]  # fmt: skip
        if not self.settings.seeds:
            return claims
        units = "seed", "instance"
        for n in (50, 100):
            part = ratio(self.gaps("bq", n=n), self.gaps("direct", n=n), *units)
            statement = f"n = {n}: BQ's gap as a share of the direct policy's"
            claims.append(Claim(f"C3 {n}", statement, part, "<=", GENERAL, second))
        beamed = mean(self.gaps("bq", beam=BEAM), *units)
        claims.append(Claim("C3 beam", "n = 20: gap in % with a beam of 16", beamed, "<=", BEAMED))
        if self.settings.everything:
            for n, threshold in FROZEN.items():
                frozen = self.gaps("frozen", n=n)
                times = ratio(frozen, self.gaps("bq", n=n)[: len(frozen)], *units)
                claims.append(
                    Claim(f"C4 {n}", f"n = {n}: gap of one layer re-embedding, times that of all", times, ">=",
                          threshold, "Drakulic et al. 2023: 8.18 % against 0.35 % at n = 100")
                )  # fmt: skip
            times = ratio(self.gaps("unordered", "CVRP"), self.gaps("bq", "CVRP"), *units)
            claims.append(
                Claim("C5", "CVRP: gap with routes in random order, times that with the fullest first", times, ">=",
                      ORDER, "Drakulic et al. 2023: about 2")
            )  # fmt: skip
        return claims


def measure(run: Run) -> Report:
    """Measure the claims with one process per core; finished pieces are kept and not run again."""
    settings = run.chosen(SCALES)
    if run.everything and not settings.seeds:
        raise ValueError(f"--all: the ablations learn, expected --scale cpu, found --scale {run.scale}")
    done = ledger(run, settings, CODE)  # C4 and C5 may join a run without them
    settings = replace(settings, everything=run.everything)
    todo = list(pieces(settings, run))
    left = [piece for piece in todo if piece.name not in done]

    def do(progress: Progress) -> None:
        if any(piece.function is not work.enumerated and piece.function is not work.tabular for piece in left):
            _prepare(settings, todo, progress)
        for piece, result in _each(left, lambda name: name in done):
            done.add(piece.name, result)
            progress(piece.name, len(done), len(todo))

    run.track(do)
    return Report(run, settings, {piece.name: done[piece.name] for piece in todo}, len(todo) - len(left))


def _prepare(settings: Settings, todo: Sequence[Piece], progress: Progress) -> None:
    """Have the experts solve the training and test instances in parallel, before other processes need them."""
    for problem in PROBLEMS:
        progress(f"experts solve {problem}", 0, len(todo))
        for learnt_from in {work.sizes(kind, p) for kind, p, _ in policies(settings) if p == problem}:
            for n in learnt_from:
                work.solved(problem, n, settings.learning.solved // len(learnt_from))
        for n, count in _sizes(settings, problem).items():
            work.reference(problem, n, count, settings.first)


def _each(left: list[Piece], done: Callable[[str], bool]) -> Iterator[tuple[Piece, Any]]:
    """Run pieces, each after those it depends on; training runs in parallel, with one process and thread each."""
    if not any(piece.function is work.learn or piece.after for piece in left):
        for piece in left:
            yield piece, piece.function(*piece.arguments)
        return
    with process_pool(len(os.sched_getaffinity(0))) as pool:
        waiting, finished = list(left), set[str]()
        running: dict[Future[Any], Piece] = {}
        while waiting or running:
            for piece in [p for p in waiting if not p.after or p.after in finished or done(p.after)]:
                running[pool.submit(piece.function, *piece.arguments)] = piece
                waiting.remove(piece)
            future = next(as_completed(running))
            piece = running.pop(future)
            finished.add(piece.name)
            yield piece, future.result()


# --- what a person sees -----------------------------------------------------------------------------------------------


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    found, settings = report.found, report.settings
    states = [
        [problem, str(work.TINY[problem]), *(f"{found[f'C1/{problem}'][k]:,.0f}" for k in ("direct", "quotient"))]
        for problem in PROBLEMS
    ]
    eight = found["C1/TSP of 8 nodes"]
    states.append(["TSP", "8", f"{eight['direct']:,.0f}", f"{eight['quotient']:,.0f}"])
    learnt = []
    for problem in ("TSP", "Orienteering"):
        gaps = [np.array(found[f"C2/{problem}/{formulation}"]) for formulation in ("direct", "bq")]
        learnt.append([problem, *(f"{g.mean():.2f} %, {(g < 1e-6).sum()} of {len(g)} solved" for g in gaps)])
    shown = [
        Table(
            f"C1: states of {settings.enumerated} instances of each problem", ["problem", "n", "direct", "quotient"],
            states, "Means. Orienteering's rest of the budget tells its path and a packing has no order: equal counts.",
        ),
        Table(
            f"C2: gaps after {settings.episodes} episodes of Q-learning, n = 8", ["problem", "direct", "quotient"],
            learnt, "Where nothing is merged, as in orienteering, the quotient cannot help.",
        ),
    ]  # fmt: skip
    if settings.seeds:
        shown += [_sizes_table(report), _problems_table(report), *_longer_table(report), _quoted_table()]
    caption = "Thresholds were fixed before the run."
    return [*shown, _told(report), claim_table(report.judged, caption)]


def _sizes_table(report: Report) -> Table:
    sizes = [int(n) for n in report.settings.sizes]
    kinds = {"BQ, greedy": ("bq", 1), f"BQ, beam {BEAM}": ("bq", BEAM), "direct": ("direct", 1), "POMO": ("pomo", 1)}
    if report.settings.everything:
        kinds["only the last layer embeds anew"] = ("frozen", 1)
    rows = []
    for name, (kind, beam) in kinds.items():
        cells = [_percent(report.gaps(kind, n=n, beam=beam).mean(1)) if beam == 1 or n <= 50 else "" for n in sizes]
        steps = [found["notes"] for key, found in report.found.items() if key.startswith(f"learn/{kind}/TSP/")]
        rows.append([name, f"{steps[0]['weights']:,}", f"{np.mean([s['steps'] for s in steps]):,.0f}", *cells])
    for name in BASELINES["TSP"]:
        rows.append([name, "", "", *(f"{report.trivial('TSP', n)[name]:.2f}" for n in sizes)])
    learning = report.settings.learning
    return Table(
        "C3: TSP, gap in % at other sizes than the 20 nodes that were learnt from",
        ["policy", "weights", "updates", *(f"n = {n}" for n in sizes)],
        rows,
        f"Mean over {report.settings.seeds} seeds (lowest to highest), tested on {_counts(report)} instances; "
        f"{learning.seconds:g} CPU seconds each, {learning.solved:,} tours (POMO: one seed, new instances, no tours"
        + (f"; the last layer alone: {report.settings.ablated} seeds)." if report.settings.everything else ")."),
    )


def _counts(report: Report) -> str:
    return ", ".join(map(str, report.settings.sizes.values()))


def _percent(values: NDArray[np.float64]) -> str:
    mean = f"{values.mean():.2f}"
    return mean if len(values) == 1 else f"{mean} ({values.min():.2f} to {values.max():.2f})"


def _problems_table(report: Report) -> Table:
    rows = []
    for problem in PROBLEMS:
        greedy, beam = (float(report.gaps("bq", problem, beam=b)[0].mean()) for b in (1, BEAM))
        pomo = f"{report.gaps('pomo', problem).mean():.2f}" if problem in ("TSP", "CVRP") else ""
        trivial = report.trivial(problem)
        name = min(trivial, key=lambda key: trivial[key])
        beaten = "greedy and beam" if trivial[name] < min(greedy, beam) else "greedy" if trivial[name] < greedy else ""
        row = [problem, f"{greedy:.2f}", f"{beam:.2f}", pomo, f"{name} {trivial[name]:.2f}", beaten]
        rows.append([*row, QUOTED_OTHERS[problem]])
    return Table(
        f"C6: five problems of {work.SIZE}, gap in %",
        ["problem", "BQ, greedy", f"BQ, beam {BEAM}", "POMO", "best simple construction", "it beats", "paper, n = 100"],
        rows,
        f"Seed 0 of each, {report.settings.learning.seconds:g} CPU seconds; the paper's own at n = 100 for its large "
        "network. 'it beats' says where the simple construction is better than the policy.",
    )


def _longer_table(report: Report) -> list[Table]:
    """Results of policies that learn longer; no claim is made about them."""
    settings, few = report.settings, {"TSP": report.settings.few, "CVRP": 1}
    if not settings.everything:
        return []
    rows = []
    for problem, n in (*(("TSP", int(n)) for n in settings.sizes), ("CVRP", work.SIZE)):
        for how, beam in (("greedy", 1), *([(f"beam {BEAM}", BEAM)] if n <= 50 else [])):
            before, after = (report.gaps(k, problem, n, beam)[: few[problem]].mean(1) for k in ("bq", "longer"))
            rows.append([problem, str(n), how, _percent(before), _percent(after)])
    orders = [
        report.gaps(unordered, "CVRP")[0].mean() / report.gaps(ordered, "CVRP")[0].mean()
        for unordered, ordered in (("unordered", "bq"), ("longer, unordered", "longer"))
    ]
    rows.append(["CVRP", str(work.SIZE), "routes in random order: times the gap", *(f"{x:.2f}" for x in orders)])
    learning, mixed = settings.learning, ", ".join(map(str, work.SIZES["longer", "TSP"]))
    return [
        Table(
            f"An attempt to do better: {learning.longer} times the CPU seconds, and tours of {mixed} nodes mixed",
            ["problem", "n", "decoding", "before", "after"],
            rows,
            f"Gaps in %, means over the same seeds ({few['TSP']} of the TSP, {few['CVRP']} of the CVRP). The paper "
            "decodes in these two ways, too. No claim is made of these policies.",
        )
    ]


def _told(report: Report) -> Table:
    """What each policy learns from, and how it was tuned."""
    learning = report.settings.learning
    if not report.settings.seeds:
        rows = [[name, "the instance itself, by playing it", "nothing"] for name in ("direct", "quotient")]
    else:
        tours = f"{learning.solved:,} solved instances, {learning.seconds:g} CPU seconds"
        rows = [[name, tours, "nothing: one network, one learning rate for all"] for name in
                ("BQ", "direct", "only the last layer embeds anew", "routes in random order")]  # fmt: skip
        rows.append(["POMO", f"new instances without solutions, {learning.seconds:g} CPU seconds", "nothing"])
        rows.append(["simple constructions", "the instance", ""])
    return Table("What each is told", ["policy", "learns from", "chosen"], rows, "The same test instances for all.")


def _quoted_table() -> Table:
    rows = [[name, *values] for name, values in QUOTED.items()]
    header = ["TSP, gap in %", "n = 100", "n = 200", "n = 500", "n = 1000"]
    return Table("What others report", header, rows, SOURCES)


def draw(report: Report) -> Any:
    """The figure: gap against size and by problem; at smoke scale the tables of C1 and C2."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    if report.settings.seeds:
        _draw_sizes(left, report)
        _draw_problems(right, report)
    else:
        _draw_states(left, report)
        _draw_tabular(right, report)
    figure.suptitle(f"BQ-NCO, scale {report.scale}: {report.verdict}")
    return figure


def _draw_sizes(axes: Any, report: Report) -> None:
    sizes = [int(n) for n in report.settings.sizes]
    kinds = {"BQ, greedy": ("bq", 1, "C0"), "direct, greedy": ("direct", 1, "C1"), "POMO": ("pomo", 1, "C2")}
    for name, (kind, beam, colour) in kinds.items():
        seeds = np.array([report.gaps(kind, n=n, beam=beam).mean(1) for n in sizes])
        axes.plot(sizes, seeds.mean(1), "o-", color=colour, label=name, linewidth=2)
        axes.fill_between(sizes, seeds.min(1), seeds.max(1), color=colour, alpha=0.15)
    beamed = [n for n in sizes if n <= 50]
    axes.plot(
        beamed, [report.gaps("bq", n=n, beam=BEAM).mean() for n in beamed], "o--", color="C0", label=f"BQ, beam {BEAM}"
    )
    for name, colour in zip(BASELINES["TSP"], ("0.6", "0.3"), strict=False):
        axes.plot(sizes, [report.trivial("TSP", n)[name] for n in sizes], ":", color=colour, label=name)
    axes.set(xlabel="nodes (learnt from 20)", ylabel="gap in %", title="TSP: gap against size", ylim=(0, None))
    axes.set_xticks(sizes)
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)


def _draw_problems(axes: Any, report: Report) -> None:
    places = np.arange(len(PROBLEMS))
    best = [min(report.trivial(problem).values()) for problem in PROBLEMS]
    greedy, beam = ([report.gaps("bq", p, beam=b)[0].mean() for p in PROBLEMS] for b in (1, BEAM))
    for k, (name, values) in enumerate(
        (("best simple construction", best), ("BQ, greedy", greedy), (f"BQ, beam {BEAM}", beam))
    ):
        bars = axes.bar(places + 0.27 * (k - 1), values, 0.25, label=name, color=("0.6", "C0", "C9")[k])
        axes.bar_label(bars, fmt="%.1f", fontsize=8)
    axes.set(ylabel="gap in %", title=f"Five problems of {work.SIZE}")
    axes.set_xticks(places, PROBLEMS)
    axes.legend(fontsize=9)


def _draw_states(axes: Any, report: Report) -> None:
    places = np.arange(len(PROBLEMS))
    for k, what in enumerate(("direct", "quotient")):
        counts = [report.found[f"C1/{problem}"][what] for problem in PROBLEMS]
        bars = axes.bar(places + 0.4 * (k - 0.5), counts, 0.38, label=what, color=("C1", "C0")[k])
        axes.bar_label(bars, fmt="%.0f", fontsize=8)
    axes.set(yscale="log", ylabel="states", title="States of tiny instances")
    axes.set_xticks(places, [f"{problem}\nn = {work.TINY[problem]}" for problem in PROBLEMS], fontsize=8)
    axes.legend(fontsize=9)


def _draw_tabular(axes: Any, report: Report) -> None:
    for k, (formulation, name) in enumerate((("direct", "direct"), ("bq", "quotient"))):
        gaps = np.sort(report.found[f"C2/TSP/{formulation}"])
        axes.plot(np.arange(1, len(gaps) + 1), gaps, "o-", color=("C1", "C0")[k], label=name)
    axes.set(
        xlabel="instance, from the easiest", ylabel="gap in %",
        title=f"TSP of 8 nodes: {report.settings.episodes} episodes of Q-learning",
    )  # fmt: skip
    axes.grid(alpha=0.25)
    axes.legend(fontsize=9)


SHOWN = "Gap against size and by problem"
SHOWN_SMOKE = "States, and gaps of tabular Q-learning"


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    report = measure(run)
    leave(report, tables(report), Figure(SHOWN if report.settings.seeds else SHOWN_SMOKE, draw))
    return report
