"""Combinatorial optimisation: experts, every solver by name, Q-learning; the BQ transformer is in `bq`.

`solve_all` solves many instances of one problem and size with an expert, in parallel, and keeps the solutions on disk.
A policy learns from them, `bq.BQPolicy(network.NetworkConfig("CVRP")).learn(instances, solved.actions)`, and then
solves others: `predict(others, beam=16)`. Its ablations `direct.DirectPolicy` and `frozen.FrozenPolicy` embed an
instance only once; `pomo.POMO` learns without any expert.
"""

from .data import draw
from .experts import EXPERTS, Expert, Solutions, default_expert, solve_all
from .solvers import Solved, solve
from .tabular import QConfig, QLearning

__all__ = [
    "EXPERTS",
    "Expert",
    "QConfig",
    "QLearning",
    "Solutions",
    "Solved",
    "default_expert",
    "draw",
    "solve",
    "solve_all",
]
