"""Intelligent Go-Explore on BabyAI-Text (Lu, Hu, Clune 2024, arXiv 2405.15143): `ige reproduce babyai-text`.

A small recurrent policy, cloned from a planning bot on the training missions, stands in for the language model: it
chooses actions, states to return to and states to keep. On test missions, which name things that no training mission
named, Intelligent Go-Explore should solve more than the same policy restarted, much more than random actions, and PPO
should need far more environment steps to do as well.

The budget of a mission is the paper's: 260 steps for the searches (26 returns of up to 10 actions), 256 for the agents
that restart (4 episodes of 64 steps or 2 of 128). Returns are free, but an archived state keeps its steps' count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from ...solvers.babyai.clone import CloneConfig, Cloned, load_or_train
from ...solvers.babyai.model import PolicyModel
from ...solvers.babyai.ppo import PPOConfig, learn
from ...solvers.core import check_device, one_thread
from ...solvers.core.claims import Claim, mean_interval, overall, sign_test
from ...solvers.core.code import Code
from ...solvers.core.ledger import Ledger
from ...solvers.search import classic, intelligent, naive, random_restarts, react, reflexion
from ...wrappers import Budget
from ._report import Table, claim_table, leave

CODE = Code((__name__,), ("ige/BabyAIText-v0",))

TASKS = {"goto": 64, "pickup": 64, "putnext": 128, "open": 128, "pickup_goto": 128}  # task -> steps in an episode
RESTARTS, SEARCH, RETURN = 256, 260, 10  # steps of a budget, actions after a return
PAPER = "Lu et al. 2024, abstract: orders of magnitude fewer online samples"


@dataclass(frozen=True)
class Settings:
    """What a scale fixes: thresholds are the same at every scale.

    The temperatures and what is kept were chosen on training missions with other seeds, for both sides: the agents
    that restart have a temperature of their own, the best of 0.5, 1, 1.5, 2 and 3.
    """

    seeds: int  # each with a policy of its own
    missions: int = 25  # of each task
    clone: CloneConfig = field(default_factory=CloneConfig)
    ppo: PPOConfig = field(default_factory=PPOConfig)
    temperature: float = 0.7
    restart_temperature: float = 2.0
    state_temperature: float = 1.0
    novelty: float = 3.0
    keep_above: float = 0.5


SCALES = {
    "smoke": Settings(
        seeds=1, missions=3, clone=CloneConfig(steps=100_000, rows=64, length=64),
        ppo=PPOConfig(steps=8192, points=1, rows=32),
    ),
    "cpu": Settings(seeds=5, clone=CloneConfig(steps=1_500_000), ppo=PPOConfig(steps=2_000_000)),
    "gpu": Settings(
        seeds=10, clone=CloneConfig(steps=20_000_000, rows=1024, minibatch=2048, size=256, memory=256),
        ppo=PPOConfig(steps=30_000_000, points=20, rows=512, minibatch=8192),
    ),
}  # fmt: skip
GAIN, LEVEL, SAMPLES = 0.3, 0.05, 100  # over random; of the sign test; PPO's steps over those of a mission's budget

METHODS = {
    "random": "restarts, uniform actions",
    "naive": "restarts, the policy's actions",
    "ReAct": "as naive: the policy has no thoughts; another draw",
    "Reflexion": "as ReAct: the policy reads no lessons; another draw",
    "classic Go-Explore": "uniform states and actions, keeps all",
    "Go-Explore, random action": "the policy chooses states and what to keep",
    "Go-Explore, random state": "the policy chooses actions and what to keep",
    "Go-Explore, keep all": "the policy chooses states and actions",
    "Go-Explore": "the policy takes all three decisions",
}
AGENTS = {"naive": naive, "ReAct": react, "Reflexion": reflexion}


def _solver(method: str, cloned: Cloned, settings: Settings, seed: int) -> tuple[Any, int]:
    """The solver of one method for one mission, and its budget."""
    if method == "random":
        return random_restarts(), RESTARTS
    if method == "classic Go-Explore":
        return classic(explore=RETURN), SEARCH
    own = [seed, list(METHODS).index(method)]  # methods that differ in nothing but thoughts draw apart
    rng = int(np.random.SeedSequence(own).generate_state(1)[0])
    if method in AGENTS:
        model = PolicyModel(cloned, settings.restart_temperature, seed=rng, name=method)
        return AGENTS[method](model), RESTARTS
    model = PolicyModel(
        cloned, settings.temperature, settings.state_temperature, settings.novelty, settings.keep_above, rng, method
    )
    roles = {"random action": "state keep", "random state": "action keep", "keep all": "state action"}
    return intelligent(model, roles.get(method.partition(", ")[2], "state action keep"), explore=RETURN), SEARCH


@dataclass(frozen=True)
class Report:
    """What a run measured.

    Attributes:
        agreement: of each policy with the bot, on its last training batch.
        steps: method -> seed -> mission, task after task -> steps until success; None where there was none.
        archived: method -> mean number of archived states.
        curve: PPO's evaluations: `steps`, `success` and `episode`, as `solvers.babyai.ppo.learn` gives them.
        resumed: pieces taken from an earlier, interrupted run of the same code and settings.
    """

    scale: str
    settings: Settings
    agreement: list[float]
    steps: dict[str, list[list[int | None]]]
    archived: dict[str, float]
    curve: list[dict[str, Any]]
    resumed: int = 0

    def success(self, method: str, task: str | None = None) -> list[float]:
        """Each seed's share of solved missions, of a task or of all: tasks have equally many."""
        n = self.settings.missions
        first = 0 if task is None else n * list(TASKS).index(task)
        of = slice(first, None if task is None else first + n)
        return [float(np.mean([s is not None for s in seed[of]])) for seed in self.steps[method]]

    def by_mission(self, method: str) -> list[float]:
        """Each mission's share of seeds that solved it."""
        return [float(np.mean([s is not None for s in column])) for column in zip(*self.steps[method], strict=True)]

    def ppo_success(self) -> list[tuple[int, float]]:
        """PPO's steps and its success with restarts within the same 256 steps, the mean over tasks."""
        return [(point["steps"], float(np.mean(list(point["success"].values())))) for point in self.curve]

    def ppo_reaches(self) -> tuple[int, bool]:
        """PPO's steps when it first did as well as Go-Explore; all of its steps and False if it never did."""
        goal = float(np.mean(self.success("Go-Explore")))
        return next(
            ((steps, True) for steps, share in self.ppo_success() if share >= goal), (self.curve[-1]["steps"], False)
        )

    def claims(self) -> list[Claim]:
        ours, restarted, random = map(self.success, ("Go-Explore", "naive", "random"))
        p = sign_test(self.by_mission("Go-Explore"), self.by_mission("naive"))[2]
        steps, reached = self.ppo_reaches()
        return [
            Claim(
                "Babyai-1", "Go-Explore's success less that of the policy restarted",
                tuple(a - b for a, b in zip(ours, restarted, strict=True)), ">=", 0.0, PAPER,
            ),
            Claim("Babyai-2", "the same by missions: p of the one-sided sign test", (p,), "<", LEVEL),
            Claim(
                "Babyai-3", "Go-Explore's success less that of random actions",
                tuple(a - b for a, b in zip(ours, random, strict=True)), ">=", GAIN,
            ),
            Claim(
                "Babyai-4",
                "PPO's steps to Go-Explore's success, over a mission's 260" + ("" if reached else ": more than"),
                (steps / SEARCH,), ">=", SAMPLES, PAPER,
            ),
        ]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        claims = self.claims()
        return {
            "paper": "babyai-text",
            "scale": self.scale,
            "verdict": overall(claims),
            "claims": [claim.as_dict() for claim in claims],
            "settings": asdict(self.settings),
            "agreement": self.agreement,
            "steps": self.steps,
            "archived": self.archived,
            "ppo": self.curve,
        }


def _search(method: str, cloned: Cloned, settings: Settings, seed: int) -> list[list[int | None]]:
    """One method on all test missions: steps until success (None: none), states archived."""
    found: list[list[int | None]] = []
    for task in TASKS:
        env = gym.make("ige/BabyAIText-v0", task=task, split="test", obs_mode="symbolic")
        for mission in range(settings.missions):
            solver, budget = _solver(method, cloned, settings, 1000 * seed + mission)
            env.reset(seed=mission)
            world = {"instance": env.get_wrapper_attr("level")}  # the seed of the search is another
            solution = solver.solve(env, seed=1000 * seed + mission, options=world, budget=Budget(env_steps=budget))
            found.append([solution.spent.env_steps if solution.solved else None, solution.archived])
    return found


def pieces(settings: Settings) -> Iterator[tuple[str, int]]:
    """The searches of a run: every method with every seed."""
    return ((method, seed) for seed in range(settings.seeds) for method in METHODS)


def run(
    scale: str,
    folder: Path,
    device: str = "auto",
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Report:
    """Measure the claims; finished pieces are kept in `folder` and not run again.

    Args:
        scale: "smoke", "cpu" or "gpu".
        progress: called with what runs next, pieces done, pieces in all.
    """
    check_device(device)
    settings = SCALES[scale]
    work = list(pieces(settings))
    total = settings.seeds + len(work) + settings.ppo.points
    cloned = []
    for k in range(settings.seeds):
        progress(f"cloning policy {k + 1} of {settings.seeds}", k, total)
        cloned.append(load_or_train(replace(settings.clone, seed=settings.clone.seed + k), device))
    code = CODE.digest()  # a run of other code is another run
    ledger = Ledger(folder / "progress.jsonl", {"settings": asdict(settings), "code": code})
    resumed = len(ledger)
    with one_thread():
        for done, (method, seed) in enumerate(work):
            progress(method, settings.seeds + done, total)
            if f"{method}/{seed}" not in ledger:
                ledger.add(f"{method}/{seed}", _search(method, cloned[seed], settings, seed))
    if "ppo" not in ledger:
        before = settings.seeds + len(work)
        missions = {task: (range(settings.missions), RESTARTS // limit) for task, limit in TASKS.items()}
        ledger.add(
            "ppo",
            learn(
                settings.ppo, missions, device,
                lambda steps: progress("PPO", before + steps * settings.ppo.points // settings.ppo.steps, total),
            ),
        )  # fmt: skip
    progress("", total, total)

    def column(index: int, method: str) -> list[list[Any]]:
        return [[row[index] for row in ledger[f"{method}/{seed}"]] for seed in range(settings.seeds)]

    steps = {method: column(0, method) for method in METHODS}
    archived = {method: float(np.mean(column(1, method))) for method in METHODS}
    return Report(scale, settings, [c.agreement for c in cloned], steps, archived, ledger["ppo"], resumed)


def draw(report: Report) -> Any:
    """The figure: missions solved against steps spent on each, and PPO's success against its steps of training."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure  # not pyplot: nothing global, no display

    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    budget, colours = np.arange(1, SEARCH + 1), colormaps["tab10"]
    for k, method in enumerate(METHODS):
        spent = np.array([[np.inf if s is None else s for s in seed] for seed in report.steps[method]])
        curves = (spent[..., None] <= budget).mean(1)
        main = method == "Go-Explore"
        colour = "black" if main else colours(k)
        left.plot(budget, curves.mean(0), label=method, color=colour, linewidth=2.5 if main else 1.4, zorder=2 + main)
        if len(curves) > 1:
            left.fill_between(budget, curves.min(0), curves.max(0), color=colour, alpha=0.1)
        if method in ("Go-Explore", "naive", "random"):
            right.axhline(curves.mean(0)[-1], color=colour, linestyle="--", label=f"{method}, {SEARCH} steps a mission")
    steps, shares = zip(*report.ppo_success(), strict=True)
    right.plot(steps, shares, marker="o", color="tab:brown", label=f"PPO, restarts within {RESTARTS} steps")
    right.plot(
        steps, [np.mean(list(point["episode"].values())) for point in report.curve],
        marker="o", color="tab:pink", label="PPO, one episode",
    )  # fmt: skip
    left.set_xlabel("steps spent on a mission")
    left.set_ylabel("share of test missions solved, mean of five tasks")
    right.set_xlabel("steps of PPO's training")
    left.set_ylim(0, 1.02)
    for axes in (left, right):
        axes.grid(alpha=0.25)
        axes.legend(fontsize=8, loc="lower right")
    title = f"BabyAI-Text, scale {report.scale}, {report.settings.seeds} seeds: {overall(report.claims())}"
    figure.suptitle(title)
    return figure


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    settings, clone = report.settings, report.settings.clone
    rows = []
    for method, what in METHODS.items():
        shares = [mean_interval(report.success(method, task))[0] for task in (*TASKS, None)]
        rows.append([method, what, *(f"{100 * share:.1f}" for share in shares), f"{report.archived[method]:.1f}"])
    for name, key in ((f"PPO, {RESTARTS} steps", "success"), ("PPO, one episode", "episode")):
        shares = [report.curve[-1][key][task] for task in TASKS]
        what = f"after {report.curve[-1]['steps']} steps of training"
        rows.append([name, what, *(f"{100 * s:.1f}" for s in [*shares, float(np.mean(shares))]), ""])
    wins, losses, p = sign_test(report.by_mission("Go-Explore"), report.by_mission("naive"))
    steps, reached = report.ppo_reaches()
    missions = settings.missions * len(TASKS)
    online = settings.missions * len(TASKS) * SEARCH
    return [
        Table(
            f"Test missions solved, in %: {settings.missions} of each task, {settings.seeds} seeds, budget {RESTARTS} "
            f"steps (restarts) and {SEARCH} (searches)",
            ["method", "what decides", *TASKS, "mean", "kept"],
            rows,
            "Means over seeds, each with a policy of its own; kept: archived states at the end.",
        ),
        claim_table(
            report.claims(),
            f"Sign test: of {missions} missions, Go-Explore solves {wins} with more seeds than the restarted policy, "
            f"{losses} with fewer, p = {p:.2g}. PPO "
            + (
                f"reaches Go-Explore's success after {steps} steps"
                if reached
                else f"does not reach it in {steps} steps"
            )
            + f", {steps / online:.1f} times what Go-Explore spends on all missions at most ({online}). Not counted: "
            f"each policy was cloned from {clone.steps} expert steps on training missions (agreement with the "
            f"expert: {min(report.agreement):.3f} to {max(report.agreement):.3f}), as a language model was "
            f"pre-trained. The paper's own figure, with GPT-4o: {PAPER}.",
        ),
    ]


def reproduce(scale: str, puzzle_file: Path | None, folder: Path, device: str, track: Callable[..., Any]) -> Report:
    """What the command line runs: measure, print the tables, leave `results.json`, `report.md` and `figure.png`."""
    if puzzle_file is not None:
        raise ValueError(f"puzzles: found {puzzle_file}, expected none: babyai-text draws its missions from seeds")
    report: Report = track(lambda progress: run(scale, folder / scale, device, progress))
    shows = "Missions solved against steps spent, and PPO's curve"
    heading = "Intelligent Go-Explore on BabyAI-Text"
    leave(report, "babyai-text", heading, tables(report), (shows, draw(report)), folder / scale)
    return report
