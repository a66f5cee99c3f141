"""Gymnasium wrappers for any environment."""

from .archive import Archive, ArchiveEntry, SnapshotArchive
from .budget import Budget, BudgetExhausted, CountBudget, Spent
from .delayed import DelayedFeedback, Matured
from .lenient import parse_leniently
from .record import RecordTrajectories
from .repeat_task import RepeatTask
from .text import TextFace
from .trajectory import Trajectory, load_trajectories

__all__ = [
    "Archive",
    "ArchiveEntry",
    "Budget",
    "BudgetExhausted",
    "CountBudget",
    "DelayedFeedback",
    "Matured",
    "RecordTrajectories",
    "RepeatTask",
    "SnapshotArchive",
    "Spent",
    "TextFace",
    "Trajectory",
    "load_trajectories",
    "parse_leniently",
]
