"""Search over snapshots: Go-Explore, searches that are settings of it, and restart agents."""

from __future__ import annotations

from collections.abc import Callable

from ..foundation import FoundationModel
from .go_explore import GoExplore, breadth_first, classic, depth_first, intelligent, random_restarts
from .restart import RestartAgent, naive, react, reflexion

WITHOUT_MODEL: dict[str, Callable[[], GoExplore]] = {
    "dfs": depth_first,
    "bfs": breadth_first,
    "random": random_restarts,
    "classic": classic,
}
WITH_MODEL: dict[str, Callable[[FoundationModel], GoExplore | RestartAgent]] = {
    "go-explore": intelligent,
    "naive": naive,
    "react": react,
    "reflexion": reflexion,
}

__all__ = [
    "WITHOUT_MODEL",
    "WITH_MODEL",
    "GoExplore",
    "RestartAgent",
    "breadth_first",
    "classic",
    "depth_first",
    "intelligent",
    "make_solver",
    "naive",
    "random_restarts",
    "react",
    "reflexion",
]


def make_solver(name: str, model: FoundationModel | None = None) -> GoExplore | RestartAgent:
    """A solver by name. A `ValueError` names the known ones, or says that this one needs a model."""
    if name in WITHOUT_MODEL:
        return WITHOUT_MODEL[name]()
    if name not in WITH_MODEL:
        raise ValueError(f"solver: {name!r} is unknown, expected one of {', '.join([*WITH_MODEL, *WITHOUT_MODEL])}")
    if model is None:
        raise ValueError(f"model: none given, but solver {name!r} needs one")
    return WITH_MODEL[name](model)
