"""Tabular learners: value iteration, UCBVI, and conservative exploration (StepMix, EpsMix, a shared budget).

`Learner("stepmix", env)` acts in a live environment over many episodes of one instance. `learn_all` does the same for
many instances in one compiled loop and returns the exact value of every policy played. `solve` is one run.
"""

from .learner import LEARNERS, PLANNER, Learned, Learner, Result, learn_all, solve

__all__ = ["LEARNERS", "PLANNER", "Learned", "Learner", "Result", "learn_all", "solve"]
