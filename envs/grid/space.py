"""The space of a grid of codes, declared so that no learner takes it for an image."""

from __future__ import annotations

import numpy as np
from gymnasium import spaces

from .cells import AGENT


def grid_space(columns: int, rows: int) -> spaces.Box:
    """The space of (object, colour, state) for each cell, uint8 (columns, rows, 3).

    No code is larger than the agent's. Learners such as Stable-Baselines3 treat a three-dimensional uint8 space from 0
    to 255 as an image: they would divide the codes by 255 and pass them to a network that needs 36 pixels a side.
    """
    return spaces.Box(0, AGENT, (columns, rows, 3), np.uint8)
