"""Scores of levels from a rollout on them: estimates of the player's regret (Jiang et al., arXiv 2110.02439).

Arrays are time-major, one row for each level: (steps, n). Results are float64 (n,).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def positive_value_loss(advantages: ArrayLike) -> NDArray[np.float64]:
    """PVL: the mean over time of the positive part of the advantages, which are not normalised."""
    return _float(advantages).clip(min=0).mean(0)


def l1_value_loss(advantages: ArrayLike) -> NDArray[np.float64]:
    """L1: the mean over time of the magnitude of the advantages (Jiang et al., arXiv 2010.03934)."""
    return np.abs(_float(advantages)).mean(0)


def max_monte_carlo(values: ArrayLike, max_returns: ArrayLike) -> NDArray[np.float64]:
    """MaxMC: the mean over time of the best return ever seen on the level, `max_returns` (n,), minus the value.

    Negative where values are too high. The return is undiscounted, as published.
    """
    return _float(max_returns) - _float(values).mean(0)


def _float(array: ArrayLike) -> NDArray[Any]:
    return np.asarray(array, np.float64)
