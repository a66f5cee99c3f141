"""Models that act on a number per option: hand-written rules and learned judges alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .base import ACCEPT, REJECT, Choice, FoundationModel, Query

Scorer = Callable[[str, Sequence[Any]], ArrayLike]
"""(role, items) -> one score per item, float[len(items)]; for example the probability that the item is solvable."""


class ScoredModel(FoundationModel):
    """Samples a pick from softmax(score / temperature), and accepts in a verdict iff score >= keep_above.

    The defaults suit scores that are probabilities (sheet of Intelligent Go-Explore, section 1.8).

    Args:
        scorer: see `Scorer`. In a verdict it is shown the last item only.
        temperature: temperature of the softmax, in units of the score; 0 picks the best, the first of equals.
        keep_above: least score of an accepted item, in units of the score.
        seed: seed of the sampling.
        name: how the model appears in results.
    """

    def __init__(
        self,
        scorer: Scorer,
        temperature: float = 0.15,
        keep_above: float = 0.08,
        seed: int = 0,
        name: str = "scored",
    ) -> None:
        if not (math.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"temperature: found {temperature}, expected a finite number >= 0")
        super().__init__(name)
        self.scorer = scorer
        self.temperature = temperature
        self.keep_above = keep_above
        self._rng = np.random.default_rng(seed)

    def _choose(self, query: Query) -> Choice:
        scores = self._item_scores(query)
        if query.verdict:
            return Choice(ACCEPT if scores[0] >= self.keep_above else REJECT)
        if self.temperature > 0:
            # The Gumbel-max trick: the argmax is a sample of the softmax.
            scores = (scores - scores.max()) / self.temperature + self._rng.gumbel(size=len(scores))
        return Choice(int(scores.argmax()))

    def _score(self, query: Query) -> NDArray[np.float64]:
        scores = self._item_scores(query)
        return np.array([self.keep_above, scores[0]]) if query.verdict else scores

    def _item_scores(self, query: Query) -> NDArray[np.float64]:
        items = query.data[-1:] if query.verdict else query.data
        return self._check_scores(query.role, self.scorer(query.role, items), len(items))
