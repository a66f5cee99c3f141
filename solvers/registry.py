"""Every solver that `ige solve` knows, as strings, so that a look-up imports nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

ANY = "any environment that it can play"


@dataclass(frozen=True)
class Solver:
    """A solver for some environments.

    Attributes:
        name: unique among the solvers of an environment.
        summary: one line.
        environments: names of ids, without `ige/` and the version; `ANY` for a general solver.
        entry_point: a function `(env, solver, seed, **options) -> Outcome`, relative to the package.
        options: names of the options that it takes.
        extra: the extra of `ige` that installs what it needs, besides `solvers`.
    """

    name: str
    summary: str
    environments: tuple[str, ...]
    entry_point: str
    options: tuple[str, ...] = ()
    extra: str | None = None

    @property
    def needs_model(self) -> bool:
        """Whether a foundation model chooses for it."""
        return "model" in self.options

    def load(self) -> Callable[..., Any]:
        """Import its function."""
        return loaded(self.entry_point)


@dataclass(frozen=True)
class Model:
    """A foundation model for the solvers that need one.

    Attributes:
        name: the spec that selects it.
        summary: one line.
        environments: as of a `Solver`.
        entry_point: a function `(spec, env, seed, device) -> FoundationModel`; empty for models made by
            `ige.solvers.foundation.make_model`.
    """

    name: str
    summary: str
    environments: tuple[str, ...]
    entry_point: str = ""


@dataclass(frozen=True)
class Learner:
    """What `ige train` trains.

    Attributes:
        name: unique among the learners of an environment.
        summary: one line.
        environments: as of a `Solver`.
        entry_point: a class with `create(name, id, arguments, seed, device)` and `load(path, device)` that make an
            `ige.solvers.core.trainer.Learner`.
    """

    name: str
    summary: str
    environments: tuple[str, ...]
    entry_point: str

    def load(self) -> Any:
        """Import its class."""
        return loaded(self.entry_point)


def _group(
    entry_point: str, environments: Iterable[str], options: tuple[str, ...] = (), **summaries: str
) -> tuple[Solver, ...]:
    return tuple(
        Solver(name.replace("_", "-"), summary, tuple(environments), entry_point, options)
        for name, summary in summaries.items()
    )


_SEARCH = "solvers.search.run:solve"
_INSTANCE = "solvers.nco.run:solve"
_PROBLEMS = ("TSP", "ATSP", "CVRP", "Orienteering", "Knapsack")
_OF_INSTANCES = ("file", "plot")

SOLVERS = (
    # --- search, most of it with a foundation model -------------------------------------------------------------------
    *_group(
        _SEARCH, (ANY,), ("model", "instance", "budget", "device"),
        go_explore="Intelligent Go-Explore: a model chooses states, actions and what to keep.",
        naive="A model acts, attempt after attempt.",
        react="A model thinks before it acts, attempt after attempt.",
        reflexion="As react, and it reads about its failed attempts.",
    ),
    *_group(
        _SEARCH, (ANY,), ("instance", "budget"),
        dfs="Depth-first search.",
        bfs="Breadth-first search.",
        random="Random actions, attempt after attempt.",
        classic="Go-Explore with uniform choices.",
    ),
    # --- combinatorial problems ---------------------------------------------------------------------------------------
    Solver("bq", "A policy on what is left to solve (BQ-NCO), with a beam.", _PROBLEMS, _INSTANCE,
           (*_OF_INSTANCES, "weights", "device")),
    Solver("pyvrp", "PyVRP: hybrid genetic search.", _PROBLEMS[:4], _INSTANCE, _OF_INSTANCES, "experts"),
    Solver("hgs", "HGS-CVRP: hybrid genetic search.", ("CVRP",), _INSTANCE, _OF_INSTANCES, "experts"),
    Solver("fast-tsp", "Local search for tours.", ("TSP", "ATSP"), _INSTANCE, _OF_INSTANCES, "experts"),
    Solver("ortools", "Google's OR-Tools.", ("TSP", "ATSP", "CVRP", "Knapsack"), _INSTANCE, _OF_INSTANCES, "experts"),
    Solver("lkh", "LKH (licence: no commercial use).", ("TSP", "ATSP"), _INSTANCE, _OF_INSTANCES, "lkh"),
    *_group(
        _INSTANCE, _PROBLEMS, _OF_INSTANCES,
        exact="The optimum of a small instance, by dynamic programming.",
        local_search="Our own local search.",
    ),
    *_group(
        _INSTANCE, ("TSP", "ATSP"), _OF_INSTANCES,
        nearest="Always to the nearest node left.",
        farthest="Insert the node that is farthest from the tour.",
    ),
    *_group(
        _INSTANCE, ("CVRP",), _OF_INSTANCES,
        sweep="Customers by their angle about the depot.",
        savings="Join routes where that saves most (Clarke and Wright).",
    ),
    *_group(_INSTANCE, ("Orienteering",), _OF_INSTANCES, insertion="The greatest prize per added length."),
    *_group(_INSTANCE, ("Knapsack",), _OF_INSTANCES, ratio="The greatest value per weight."),
    # --- bandits and other online problems ----------------------------------------------------------------------------
    *_group(
        "solvers.bandits:solve", ("TallyingBandit",),
        thompson="Thompson sampling.",
        ucb1="Optimism by Hoeffding's bound.",
        tuned_ucb1="UCB1 that knows the noise's variance.",
        kl_ucb="Optimism by the Kullback-Leibler divergence.",
        epsilon_greedy="The best arm so far, at times a random one.",
        exp3="Exponential weights against an adversary.",
        batched_exp3="Exp3 that stays with an arm for a while.",
        explore_then_commit="Tries all arms, then stays with the best.",
        elimination="Successive elimination for arms with memory.",
        elimination_without_dropping="The same without dropping arms.",
    ),
    *_group(
        "solvers.bandits.contextual:solve_payment", ("PaymentRouting",),
        linucb="Optimism in a linear model.",
        lints="Thompson sampling in a linear model.",
        squarecb="Inverse gap weighting.",
        fastcb="Inverse gap weighting with first-order regret.",
        epsilon_greedy="The best so far, at times a random one.",
        greedy="Always the best so far.",
        uniform="Random actions.",
    ),
    *_group(
        "solvers.online:solve", ("GroupRegression",),
        adanormalhedge="Sleeping experts, one drawn in each round.",
        adanormalhedge_average="Sleeping experts, their weighted average.",
        ridge="One ridge regression for all groups.",
    ),
    *_group(
        "solvers.online:solve", ("OneSidedFairness",),
        exp2="Exponential weights over linear rules, with a cost for reports.",
        exp2_unfair="The same without that cost.",
        exp2_unweighted="The same with estimates that ignore what was not seen.",
        ftpl="Follow the perturbed leader.",
    ),
    *_group(
        "solvers.tabular:solve", ("ConservativeMDP",),
        stepmix="StepMix: mixes with a safe baseline step by step.",
        epsmix="EpsMix: mixes with a safe baseline episode by episode.",
        cumulative="A shared budget for all episodes.",
        baseline="The safe baseline itself.",
    ),
    *_group(
        "solvers.tabular:solve", ("TabularMDP", "ConservativeMDP"),
        ucbvi="Optimistic value iteration.",
        value_iteration="Plans in the known MDP.",
    ),
)  # fmt: skip

MODELS = (
    Model("judge", "A small network trained here; the default.", ("GameOf24",), "solvers.arithmetic:model_of"),
    Model("rules", "Hand-written rules.", ("GameOf24",), "solvers.arithmetic:model_of"),
    Model("random", "Uniform choices; the default elsewhere.", (ANY,)),
    Model("openai:MODEL", "A chat endpoint.", (ANY,)),
)


_SCREENS = ("GUIWidget", "GUIApp", "GUIPhone")
_UED = "solvers.ued.trainer:UED"

LEARNERS = (
    Learner("paired", "PAIRED: an adversary is paid the difference of two students.", ("UedMaze",), _UED),
    Learner("flexible-paired", "PAIRED with the better student as antagonist.", ("UedMaze",), _UED),
    Learner("population-paired", "PAIRED with several students.", ("UedMaze",), _UED),
    Learner("repaired", "PAIRED with replayed levels.", ("UedMaze",), _UED),
    Learner("minimax", "An adversary is paid the student's failure.", ("UedMaze",), _UED),
    Learner("dr", "Domain randomisation: random levels.", ("UedMaze",), _UED),
    Learner("plr", "Prioritised level replay.", ("UedMaze",), _UED),
    Learner("robust-plr", "Prioritised level replay that learns from replayed levels only.", ("UedMaze",), _UED),
    Learner("accel", "ACCEL: replayed levels are edited.", ("UedMaze",), _UED),
    Learner("screen-ppo", "Masked PPO with a pointer over widgets.", _SCREENS, "solvers.gui:ScreenLearner"),
    Learner("ppo", "PPO of Stable-Baselines3, masked where actions can be illegal.", (ANY,),
            "solvers.core.sb3_learner:SB3Learner"),
)  # fmt: skip


Row = TypeVar("Row", Solver, Learner, Model)


def short_name(id: str) -> str:
    """`TSP` for `ige/TSP-v0`."""
    return id.rpartition("/")[2].rpartition("-v")[0]


def solvers(id: str) -> list[Solver]:
    """The solvers of an environment, its default first; the general ones where it has none of its own."""
    own = [solver for solver in SOLVERS if short_name(id) in solver.environments]
    return own or [solver for solver in SOLVERS if ANY in solver.environments]


def learners(id: str) -> list[Learner]:
    """The learners of an environment, its default first."""
    return _serving(id, LEARNERS)


def models(id: str) -> list[Model]:
    """The foundation models for an environment, its default first."""
    return _serving(id, MODELS)


def find(id: str, name: str | None = None) -> Solver:
    """A solver by name, or the default one. A `ValueError` lists those of the environment."""
    return _named(name, solvers(id), f"which {id} has")


def find_learner(id: str, name: str | None = None) -> Learner:
    """A learner by name, or the default one. A `ValueError` lists those of the environment."""
    return _named(name, learners(id), f"which learn {id}")


def _serving(id: str, rows: Iterable[Row]) -> list[Row]:
    """The rows for an environment, in the order of the table."""
    return [row for row in rows if short_name(id) in row.environments or ANY in row.environments]


def _named(name: str | None, known: list[Row], what: str) -> Row:
    """The row of a name, or the first one."""
    found = next((row for row in known if name in (None, row.name)), None)
    if found is None:
        raise ValueError(f"solver: {name!r}, expected one of {', '.join(row.name for row in known)}, {what}")
    return found


def loaded(entry_point: str) -> Any:
    """The object that `module:name` names, relative to the package."""
    module, _, name = entry_point.partition(":")
    return getattr(importlib.import_module(f"{__name__.rpartition('.solvers')[0]}.{module}"), name)
