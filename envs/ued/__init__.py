"""Unsupervised environment design: mazes, their editor, and the games of PAIRED."""

from __future__ import annotations

from ..entry import Entry

ENTRIES = (
    Entry(
        "ige/UedMaze-v0",
        "Find the goal of a maze through a small window: the student of unsupervised environment design.",
        "maze:UedMaze",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/UedMazeEditor-v0",
        "Build a maze, one object after another: the adversary of unsupervised environment design.",
        "editor:UedMazeEditor",
    ),
    Entry(
        "ige/UedMatrix-v0",
        "Choose a policy for a level that is hidden: the decision rules of environment design as a matrix.",
        "matrix:UedMatrix",
        oracle="oracle:plan_matrix",
    ),
    Entry(
        "ige/UedPaired-v0",
        "PAIRED's whole game: an adversary builds a maze for two students and is paid their difference.",
        "paired:UedPaired",
        multi_agent=True,
    ),
)
