"""Intelligent Go-Explore on BabyAI-Text (Lu, Hu, Clune 2024, arXiv 2405.15143): `ige reproduce babyai-text`.

A small recurrent policy, cloned from a planning bot on the training missions, stands in for the language model: it
chooses actions, states to return to and states to keep. On test missions, which name things that no training mission
names, Intelligent Go-Explore should solve more than the same policy restarted and much more than random actions, and
PPO should need far more environment steps to do as well.

The budget of a mission is the paper's: 260 steps for the searches (26 returns of up to 10 actions), 256 for the agents
that restart (4 episodes of 64 steps or 2 of 128). Returns are free, but an archived state keeps its step count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...solvers.babyai.clone import CloneConfig, Cloned, load_or_train
from ...solvers.babyai.model import PolicyModel
from ...solvers.babyai.ppo import PPOConfig, learn
from ...solvers.core import one_thread
from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import mean, sign_test, test
from ...solvers.search import classic, intelligent, naive, random_restarts, react, reflexion
from ...wrappers import Budget
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

CODE = Code((__name__,), ("ige/BabyAIText-v0",))

TASKS = {"goto": 64, "pickup": 64, "putnext": 128, "open": 128, "pickup_goto": 128}  # task -> steps in an episode
RESTARTS, SEARCH, RETURN = 256, 260, 10  # step budgets of restart agents and searches; actions after a return
PAPER = "Lu et al. 2024, abstract: orders of magnitude fewer online samples"


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are policies: each search uses the policy of its seed.

    The temperatures and the keep threshold were chosen on training missions with other seeds, for both sides: the
    agents that restart have their own temperature, the best of 0.5, 1, 1.5, 2 and 3.

    Attributes:
        missions: missions of each task.
        ppo: settings of PPO, long enough that it may need `SAMPLES` times the searches' steps.
        learners: number of seeds of PPO.
        recurrent: number of seeds of PPO with a memory.
    """

    first: int = 0
    missions: int = 25
    clone: CloneConfig = field(default_factory=CloneConfig)
    ppo: PPOConfig = field(default_factory=PPOConfig)
    learners: int = 5
    recurrent: int = 2
    temperature: float = 0.7
    restart_temperature: float = 2.0
    state_temperature: float = 1.0
    novelty: float = 3.0
    keep_above: float = 0.5


SCALES = {
    "smoke": Settings(
        seeds=1, missions=3, clone=CloneConfig(steps=100_000, rows=64, length=64),
        ppo=PPOConfig(steps=8192, points=1, rows=32), learners=1, recurrent=0,
    ),
    "cpu": Settings(seeds=5, clone=CloneConfig(steps=1_500_000), ppo=PPOConfig(steps=3_300_000)),
    "gpu": Settings(
        seeds=10, clone=CloneConfig(steps=20_000_000, rows=1024, minibatch=2048, size=256, memory=256),
        ppo=PPOConfig(steps=30_000_000, points=20, rows=512, minibatch=8192), recurrent=5,
    ),
}  # fmt: skip
GAIN, LEVEL, SAMPLES = 0.3, 0.05, 100  # over random; of the sign test; PPO's steps over the searches' budget

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
    own = [seed, list(METHODS).index(method)]  # methods that differ only in thoughts draw independently
    rng = int(np.random.SeedSequence(own).generate_state(1)[0])
    if method in AGENTS:
        model = PolicyModel(cloned, settings.restart_temperature, seed=rng, name=method)
        return AGENTS[method](model), RESTARTS
    model = PolicyModel(
        cloned, settings.temperature, settings.state_temperature, settings.novelty, settings.keep_above, rng, method
    )
    roles = {"random action": "state keep", "random state": "action keep", "keep all": "state action"}
    return intelligent(model, roles.get(method.partition(", ")[2], "state action keep"), explore=RETURN), SEARCH


def _policy(settings: Settings, seed: int, device: str) -> Cloned:
    return load_or_train(replace(settings.clone, seed=settings.clone.seed + seed), device)


def _agreement(settings: Settings, seed: int, device: str) -> float:
    """A policy's agreement with the bot on its last training batch."""
    return _policy(settings, seed, device).agreement


def _search(method: str, settings: Settings, seed: int, device: str) -> list[list[int | None]]:
    """Run one method on all test missions: steps until success (None without success) and states archived."""
    cloned = _policy(settings, seed, device)
    found: list[list[int | None]] = []
    for task in TASKS:
        env = gym.make("ige/BabyAIText-v0", task=task, split="test", obs_mode="symbolic")
        for mission in range(settings.missions):
            solver, budget = _solver(method, cloned, settings, 1000 * seed + mission)
            env.reset(seed=settings.first + mission)
            world = {"instance": env.get_wrapper_attr("level")}  # the search has a different seed
            with one_thread():
                solution = solver.solve(
                    env, seed=1000 * seed + mission, options=world, budget=Budget(env_steps=budget)
                )
            found.append([solution.spent.env_steps if solution.solved else None, solution.archived])
    return found


def _learn(settings: Settings, recurrent: bool, seed: int, device: str) -> list[dict[str, Any]]:
    """PPO's evaluations: `steps`, `success` and `episode`, as `solvers.babyai.ppo.learn` returns them."""
    seeds = range(settings.first, settings.first + settings.missions)
    missions = {task: (seeds, RESTARTS // limit) for task, limit in TASKS.items()}
    return learn(replace(settings.ppo, recurrent=recurrent, seed=seed), missions, device)


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run: every method with every policy, and PPO."""
    first, found = settings.first, dict[str, Callable[[], Any]]()
    for seed in range(first, first + settings.seeds):
        found[f"agreement/{seed}"] = partial(_agreement, settings, seed, run.device)
        for method in METHODS:
            found[f"{method}/{seed}"] = partial(_search, method, settings, seed, run.device)
    for name, recurrent, count in ((PPO, False, settings.learners), (MEMORY, True, settings.recurrent)):
        for seed in range(first, first + count):
            found[f"{name}/{seed}"] = partial(_learn, settings, recurrent, seed, run.device)
    return found


PPO, MEMORY = "PPO", "recurrent PPO"


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured: by method and seed, what `_search` returns for each mission; by PPO's seed, its curve."""

    settings: Settings

    def of(self, name: str) -> list[Any]:
        """What the pieces of a method or of PPO returned, seed by seed."""
        return [found for key, found in self.found.items() if key.rpartition("/")[0] == name]

    def steps(self, method: str) -> NDArray[np.float64]:
        """Steps until success, infinite where there was none, (seeds, missions); task by task."""
        runs = self.of(method)
        return np.array([[np.inf if mission[0] is None else mission[0] for mission in run] for run in runs])

    def solved(self, method: str, task: str | None = None) -> NDArray[np.float64]:
        """1 where a mission was solved, (seeds, missions), for one task or all; each has equally many missions."""
        n = self.settings.missions
        first = 0 if task is None else n * list(TASKS).index(task)
        return np.isfinite(self.steps(method)[:, first : None if task is None else first + n]).astype(np.float64)

    def archived(self, method: str) -> float:
        """Average number of states kept."""
        return float(np.mean([[mission[1] for mission in run] for run in self.of(method)]))

    @property
    def online(self) -> int:
        """The most environment steps that Go-Explore spends on all missions."""
        return SEARCH * len(TASKS) * self.settings.missions

    def reached(self, name: str = PPO) -> list[tuple[int, bool]]:
        """For each seed of PPO: its steps when it first did as well as Go-Explore, or all of them if it never did."""
        goal = float(self.solved("Go-Explore").mean())
        found = []
        for curve in self.of(name):
            upto = [point["steps"] for point in curve if _mean(point["success"]) >= goal]
            found.append((upto[0], True) if upto else (curve[-1]["steps"], False))
        return found

    def claims(self) -> list[Claim]:
        ours, restarted, random = (self.solved(method) for method in ("Go-Explore", "naive", "random"))
        signs = sign_test(ours.mean(0).tolist(), restarted.mean(0).tolist())
        reached = self.reached()
        at_least = "" if all(ok for _, ok in reached) else " (at least: not every PPO reaches it)"
        units = "policy", "mission"
        return [
            Claim("Babyai-1", "Go-Explore's success less that of the policy restarted", mean(ours - restarted, *units),
                  ">=", 0.0, PAPER),
            Claim("Babyai-2", "the same by missions: p of the one-sided sign test",
                  test(signs.p, signs.opposite, "mission", ours.shape[1]), "<", LEVEL),
            Claim("Babyai-3", "Go-Explore's success less that of random actions", mean(ours - random, *units), ">=",
                  GAIN),
            Claim("Babyai-4", "PPO's steps to Go-Explore's success, times what Go-Explore may spend on all missions"
                  + at_least, mean([steps / self.online for steps, _ in reached], "PPO seed"), ">=", SAMPLES, PAPER),
        ]  # fmt: skip


def _mean(by_task: dict[str, float]) -> float:
    return float(np.mean(list(by_task.values())))


# --- what a person sees -----------------------------------------------------------------------------------------------


def draw(report: Report) -> Any:
    """The figure: missions solved against steps spent on each, and PPO's success against its training steps."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure  # not pyplot: nothing global, no display

    figure = Figure(figsize=(12, 5), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    budget, colours = np.arange(1, SEARCH + 1), colormaps["tab10"]
    for k, method in enumerate(METHODS):
        curves = (report.steps(method)[..., None] <= budget).mean(1)
        main = method == "Go-Explore"
        colour = "black" if main else colours(k)
        left.plot(budget, curves.mean(0), label=method, color=colour, linewidth=2.5 if main else 1.4, zorder=2 + main)
        if len(curves) > 1:
            left.fill_between(budget, curves.min(0), curves.max(0), color=colour, alpha=0.1)
        if method in ("Go-Explore", "naive", "random"):
            right.axhline(curves.mean(0)[-1], color=colour, linestyle="--", label=f"{method}, {SEARCH} steps a mission")
    for name, colour in ((PPO, "tab:brown"), (MEMORY, "tab:pink")):
        for k, curve in enumerate(report.of(name)):
            right.plot(
                [point["steps"] for point in curve], [_mean(point["success"]) for point in curve], marker=".",
                color=colour, label=None if k else f"{name}, restarts within {RESTARTS} steps, each seed",
            )  # fmt: skip
    left.set_xlabel("steps spent on a mission")
    left.set_ylabel("share of test missions solved, mean of five tasks")
    right.set_xlabel("steps of PPO's training")
    left.set_ylim(0, 1.02)
    for axes in (left, right):
        axes.grid(alpha=0.25)
        axes.legend(fontsize=8, loc="lower right")
    title = f"BabyAI-Text, scale {report.scale}, {report.settings.seeds} seeds: {report.verdict}"
    figure.suptitle(title)
    return figure


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    settings, clone = report.settings, report.settings.clone
    rows = []
    for method, what in METHODS.items():
        shares = [report.solved(method, task).mean() for task in (*TASKS, None)]
        rows.append([method, what, *(f"{100 * share:.1f}" for share in shares), f"{report.archived(method):.1f}"])
    for name in (PPO, MEMORY):
        last = [curve[-1] for curve in report.of(name)]
        for key, how in (("success", f"{RESTARTS} steps"), ("episode", "one episode")) if last else ():
            shares = [float(np.mean([point[key][task] for point in last])) for task in TASKS]
            what = f"after {last[0]['steps']:,} steps of training, {len(last)} seeds"
            rows.append([f"{name}, {how}", what, *(f"{100 * s:.1f}" for s in [*shares, float(np.mean(shares))]), ""])
    ours, restarted = (report.solved(method).mean(0).tolist() for method in ("Go-Explore", "naive"))
    wins, losses, p, _ = sign_test(ours, restarted)
    agreement = report.of("agreement")
    reached = [f"{steps:,}" if ok else f"more than {steps:,}" for steps, ok in report.reached()]
    return [
        Table(
            f"Test missions solved, in %: {settings.missions} of each task, {settings.seeds} seeds, budget {RESTARTS} "
            f"steps (restarts) and {SEARCH} (searches)",
            ["method", "what decides", *TASKS, "mean", "kept"],
            rows,
            "Means over seeds, each with a policy of its own; kept: archived states at the end.",
        ),
        _told(settings),
        claim_table(
            report.judged,
            f"Sign test: of {len(ours)} missions, Go-Explore solves {wins} with more seeds than the restarted policy, "
            f"{losses} with fewer, p = {p:.2g}. Steps that PPO needs to do as well, of each seed: "
            f"{', '.join(reached)}; Go-Explore spends at most {report.online:,} on all missions together. Not counted: "
            f"each policy was cloned from {clone.steps:,} expert steps on training missions (agreement with the "
            f"expert: {min(agreement):.3f} to {max(agreement):.3f}), as a language model was pre-trained. The paper's "
            f"own figure, with GPT-4o: {PAPER}.",
        ),
    ]


def _told(settings: Settings) -> Table:
    """What each method knows, and how it was tuned."""
    policy = f"a policy cloned from {settings.clone.steps:,} expert steps on training missions"
    rows = []
    for method in METHODS:
        if method in ("random", "classic Go-Explore"):
            rows.append([method, "nothing", ""])
        else:
            tuned = "its temperature" if method in AGENTS else "temperatures, novelty and what is kept"
            rows.append([method, policy, f"{tuned}, on training missions"])
    learnt = f"rewards of {settings.ppo.steps:,} steps on training missions"
    rows += [[name, learnt, "nothing: published settings, the network the policy's"] for name in (PPO, MEMORY)]
    return Table("What each method is told", ["method", "is told", "chosen"], rows, "Test missions are new to all.")


FIGURE = Figure("Missions solved against steps spent, and PPO's curve", draw)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    return publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
