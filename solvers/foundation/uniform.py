"""The control: a model that knows nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .base import Choice, FoundationModel, Query


class RandomModel(FoundationModel):
    """Chooses uniformly; its scores are log-probabilities of a random distribution, so their argmax is uniform too."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__("random")
        self._rng = np.random.default_rng(seed)

    def _choose(self, query: Query) -> Choice:
        return Choice(int(self._rng.integers(query.size)))

    def _score(self, query: Query) -> NDArray[np.float64]:
        return np.log(self._rng.dirichlet(np.ones(query.size)))
