"""The one table of every id in the suite. Strings only, so that `import ige` stays light."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import gymnasium as gym


@dataclass(frozen=True)
class Entry:
    """One id: where its class lives (relative to the package) and what its constructor gets by default."""

    id: str
    entry_point: str
    vector_entry_point: str | None = None  # kernels only; the others are vectorised by Gymnasium's SyncVectorEnv
    kwargs: dict[str, Any] = field(default_factory=dict)
    summary: str = ""
    oracle: str | None = None  # from an environment at the start of an episode to actions that solve it, or None
    multi_agent: bool = False  # a `ParallelEnv`: registered with PettingZoo instead of Gymnasium


TABLE = (
    # --- arithmetic -------------------------------------------------------------------------------------------------
    Entry(
        "ige/GameOf24-v0",
        "envs.arithmetic.env:GameOf24",
        "envs.arithmetic.env:GameOf24Vector",
        summary="Combine the numbers with + - * / until one is left: the target, 24.",
        oracle="envs.arithmetic.oracle:plan",
    ),
    # --- babyai -----------------------------------------------------------------------------------------------------
    Entry(
        "ige/BabyAI-v0",
        "envs.babyai.env:BabyAI",
        "envs.babyai.env:BabyAIVector",
        summary="Do what a sentence says in a maze of rooms: BabyAI's 96 levels, equal to Minigrid's.",
        oracle="envs.babyai.oracle:plan",
    ),
    Entry(
        "ige/BabyAIText-v0",
        "envs.babyai.text_env:BabyAIText",
        "envs.babyai.text_env:BabyAITextVector",
        summary="BabyAI for language agents: mission and view in words, train and test missions.",
        oracle="envs.babyai.oracle:plan",
    ),
    # --- bandits ----------------------------------------------------------------------------------------------------
    Entry(
        "ige/TallyingBandit-v0",
        "envs.bandits.tallying:TallyingBandit",
        "envs.bandits.tallying:TallyingBanditVector",
        summary="Arms that get cheaper or dearer the more often they were pulled lately; ordinary arms with memory=1.",
        oracle="envs.bandits.oracle:plan",
    ),
    Entry(
        "ige/PaymentRouting-v0",
        "envs.bandits.payment:PaymentRouting",
        "envs.bandits.payment:PaymentRoutingVector",
        summary="A contextual bandit: route payments by their features, with actions that come and go.",
        oracle="envs.bandits.payment:plan",
    ),
    Entry(
        "ige/GroupRegression-v0",
        "envs.bandits.group:GroupRegression",
        "envs.bandits.group:GroupRegressionVector",
        summary="Regression for groups that intersect, drawn or from your CSV: regret counts for each group.",
    ),
    Entry(
        "ige/OneSidedFairness-v0",
        "envs.bandits.fairness:OneSidedFairness",
        "envs.bandits.fairness:OneSidedFairnessVector",
        summary="Accept or turn down: only the accepted show their labels, and auditors report unfair pairs.",
    ),
    # --- combinatorial ----------------------------------------------------------------------------------------------
    Entry(
        "ige/TSP-v0",
        "envs.combinatorial.tsp:TSPEnv",
        "envs.combinatorial.tsp:TSPVector",
        summary="The travelling salesperson: every point once, on a tour as short as possible.",
        oracle="envs.combinatorial.oracle:plan",
    ),
    Entry(
        "ige/ATSP-v0",
        "envs.combinatorial.atsp:ATSPEnv",
        "envs.combinatorial.atsp:ATSPVector",
        summary="The travelling salesperson where the way back may be longer.",
        oracle="envs.combinatorial.oracle:plan",
    ),
    Entry(
        "ige/CVRP-v0",
        "envs.combinatorial.cvrp:CVRPEnv",
        "envs.combinatorial.cvrp:CVRPVector",
        summary="Vehicle routing: serve all customers by routes of limited load from a depot.",
        oracle="envs.combinatorial.oracle:plan",
    ),
    Entry(
        "ige/Orienteering-v0",
        "envs.combinatorial.orienteering:OrienteeringEnv",
        "envs.combinatorial.orienteering:OrienteeringVector",
        summary="Orienteering: collect prizes on a round trip of limited length.",
        oracle="envs.combinatorial.oracle:plan",
    ),
    Entry(
        "ige/Knapsack-v0",
        "envs.combinatorial.knapsack:KnapsackEnv",
        "envs.combinatorial.knapsack:KnapsackVector",
        summary="The knapsack: items worth as much as possible within a capacity.",
        oracle="envs.combinatorial.oracle:plan",
    ),
    # --- gui --------------------------------------------------------------------------------------------------------
    Entry(
        "ige/GUIApp-v1",
        "envs.gui.app:GUIApp",
        "envs.gui.app:GUIAppVector",
        summary="One app of several pages: shop, mail, settings, bank and others, whose data must not be damaged.",
        oracle="envs.gui.oracle:plan",
    ),
    Entry(
        "ige/GUIWidget-v1",
        "envs.gui.env:GUIWidget",
        "envs.gui.env:GUIWidgetVector",
        summary="Screens of one page: click, type, choose and answer, by widgets, points or words; MiniWoB++'s skills.",
        oracle="envs.gui.oracle:plan",
    ),
    Entry(
        "ige/GUIPhone-v1",
        "envs.gui.phone:GUIPhone",
        "envs.gui.phone:GUIPhoneVector",
        summary="A phone with several apps: ten tasks in which something has to be kept in mind.",
        oracle="envs.gui.oracle:plan",
    ),
    # --- tabular ----------------------------------------------------------------------------------------------------
    Entry(
        "ige/TabularMDP-v0",
        "envs.tabular.env:TabularMDP",
        "envs.tabular.env:TabularMDPVector",
        summary="Finite-horizon MDPs as tables, drawn or given, with exact values.",
    ),
    Entry(
        "ige/ConservativeMDP-v0",
        "envs.tabular.conservative:ConservativeMDP",
        "envs.tabular.conservative:ConservativeMDPVector",
        summary="Tabular MDPs to be learnt without ever undercutting a safe baseline.",
    ),
    # --- textworld --------------------------------------------------------------------------------------------------
    Entry(
        "ige/TextWorld-v0",
        "envs.textworld.env:TextWorld",
        "envs.textworld.env:TextWorldVector",
        summary="Text adventures: generated, or loaded from Microsoft TextWorld's files.",
        oracle="envs.textworld.oracle:plan",
    ),
    # --- ued --------------------------------------------------------------------------------------------------------
    Entry(
        "ige/UedMaze-v0",
        "envs.ued.maze:UedMaze",
        "envs.ued.maze:UedMazeVector",
        summary="Find the goal of a maze through a small window: the student of unsupervised environment design.",
        oracle="envs.ued.oracle:plan",
    ),
    Entry(
        "ige/UedMazeEditor-v0",
        "envs.ued.editor:UedMazeEditor",
        "envs.ued.editor:UedMazeEditorVector",
        summary="Build a maze, one object after another: the adversary of unsupervised environment design.",
    ),
    Entry(
        "ige/UedMatrix-v0",
        "envs.ued.matrix:UedMatrix",
        "envs.ued.matrix:UedMatrixVector",
        summary="Choose a policy for a level that is hidden: the decision rules of environment design as a matrix.",
        oracle="envs.ued.matrix:plan",
    ),
    Entry(
        "ige/UedPaired-v0",
        "envs.ued.paired:UedPaired",
        summary="PAIRED's whole game: an adversary builds a maze for two students and is paid their difference.",
        multi_agent=True,
    ),
)


def register_all(table: tuple[Entry, ...] = TABLE) -> None:
    """Register the table with Gymnasium and PettingZoo. An id that somebody else already holds raises `ValueError`."""
    with _variables_kept():
        import pettingzoo
    package = __name__.partition(".envs")[0]
    for entry in table:
        entry_point = f"{package}.{entry.entry_point}"
        held = (pettingzoo.parallel_registry if entry.multi_agent else gym.registry).get(entry.id)
        if held is not None:
            if held.entry_point != entry_point:
                raise ValueError(f"id: {entry.id!r} is already registered for {held.entry_point!r}")
        elif entry.multi_agent:
            pettingzoo.register("parallel", entry.id, entry_point, kwargs=dict(entry.kwargs))
            pettingzoo.register("aec", entry.id, partial(_in_turns, entry_point), kwargs=dict(entry.kwargs))
        else:
            gym.register(
                entry.id,
                entry_point,
                vector_entry_point=f"{package}.{entry.vector_entry_point}" if entry.vector_entry_point else None,
                kwargs=dict(entry.kwargs),
            )


@contextmanager
def _variables_kept() -> Iterator[None]:
    """PettingZoo turns pygame's sound off when it is imported; `import ige` leaves such choices to its user."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _in_turns(entry_point: str, **kwargs: Any) -> Any:
    """A multi-agent environment whose agents act one after another: PettingZoo's AEC form."""
    from pettingzoo.utils import parallel_to_aec

    return parallel_to_aec(_loaded(entry_point)(**kwargs))


def creator(id: str) -> Callable[..., Any]:
    """What makes the environment of an id: its class, most often."""
    if not is_multi_agent(id):
        return gym.envs.registration.load_env_creator(str(gym.spec(id).entry_point))
    import pettingzoo

    point: Any = pettingzoo.spec("parallel", id).entry_point
    return point if callable(point) else _loaded(point)


def modules(id: str) -> list[str]:
    """The modules of the classes that an id makes, alone and as a vector."""
    if is_multi_agent(id):
        import pettingzoo

        points: list[Any] = [pettingzoo.spec("parallel", id).entry_point]
    else:
        spec = gym.spec(id)
        points = [point for point in (spec.entry_point, spec.vector_entry_point) if point is not None]
    names = [point.partition(":")[0] if isinstance(point, str) else point.__module__ for point in points]
    return list(dict.fromkeys(names))


def is_multi_agent(id: str) -> bool:
    """Whether PettingZoo makes this id, and not Gymnasium."""
    import pettingzoo

    return id in pettingzoo.parallel_registry and id not in gym.registry


def _loaded(entry_point: str) -> Any:
    module, _, name = entry_point.partition(":")
    return getattr(importlib.import_module(module), name)


def ids() -> list[str]:
    """Every id of the suite that Gymnasium makes, in table order."""
    return [entry.id for entry in TABLE if not entry.multi_agent]


def multi_agent_ids() -> list[str]:
    """Every id of the suite that PettingZoo makes, in table order."""
    return [entry.id for entry in TABLE if entry.multi_agent]


def oracle(id: str) -> Callable[[gym.Env[Any, Any]], Sequence[Any] | None] | None:
    """The oracle of an id of the suite; None for an id without one, or of others."""
    path = next((entry.oracle for entry in TABLE if entry.id == id), None)
    if path is None:
        return None
    return _loaded(f"{__name__.partition('.envs')[0]}.{path}")


def resolve(name: str) -> str:
    """The full id for a full id, `Name` or `Name-v0` (newest version first); `ValueError` names the close ones."""
    module, colon, identifier = name.rpartition(":")
    if colon:  # `module:Id`, as in gym.make: importing the module registers the id
        importlib.import_module(module)
        name = identifier
    ours = [entry.id for entry in TABLE]
    known = list(gym.registry)
    if name in known or is_multi_agent(name):
        return name
    versions = [i for i in ours if i == f"ige/{name}" or i.rpartition("-v")[0] == f"ige/{name}"]
    if versions:
        return max(versions, key=lambda i: int(i.rpartition("-v")[2]))
    import difflib

    candidates = dict.fromkeys([*(i.removeprefix("ige/") for i in ours), *known])
    close = difflib.get_close_matches(name, candidates, 3, 0.5)
    hint = f"close: {', '.join(close)}" if close else "see `ige list`"
    raise ValueError(f"id: {name!r} is not registered; {hint}")
