"""Gymnasium wrappers that serve any environment."""

from .archive import Archive, ArchiveEntry, SnapshotArchive
from .budget import Budget, BudgetExhausted, CountBudget, Spent
from .record import RecordTrajectories
from .text import TextFace
from .trajectory import Trajectory, load_trajectories

__all__ = [
    "Archive",
    "ArchiveEntry",
    "Budget",
    "BudgetExhausted",
    "CountBudget",
    "RecordTrajectories",
    "SnapshotArchive",
    "Spent",
    "TextFace",
    "Trajectory",
    "load_trajectories",
]
