"""Instances of the five problems: a file for each, over what they share (`base`, `checks`); `archive` holds many."""

from .archive import load, save
from .atsp import ATSP
from .base import CONSTRAINTS, PROBLEMS, Array, Instance, gap, require
from .checks import BUDGET_TOLERANCE, SLACK, TOLERANCE, distinct, integers
from .cvrp import CVRP
from .knapsack import Knapsack
from .orienteering import Orienteering
from .tsp import TSP

PROBLEMS.update({kind.problem: kind for kind in (TSP, ATSP, CVRP, Orienteering, Knapsack)})

__all__ = [
    "ATSP",
    "BUDGET_TOLERANCE",
    "CONSTRAINTS",
    "CVRP",
    "PROBLEMS",
    "SLACK",
    "TOLERANCE",
    "TSP",
    "Array",
    "Instance",
    "Knapsack",
    "Orienteering",
    "distinct",
    "gap",
    "integers",
    "load",
    "require",
    "save",
]
