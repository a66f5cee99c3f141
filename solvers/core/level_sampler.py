"""Prioritised level replay's buffer (Jiang et al., arXiv 2010.03934 and 2110.02439): levels worth playing again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib import recfunctions
from numpy.typing import ArrayLike, NDArray


class LevelSampler:
    """Levels and their scores, drawn by score and by the time since their last draw.

    A level is drawn with probability `(1 - staleness) P_score + staleness P_stale`. `P_stale` is proportional to the
    number of draws since the level was last drawn or scored on insertion. `P_score` is proportional to
    `h ** (1 / temperature)`, where `h` is `1 / rank` of the score, the best having rank 1 and the older slot coming
    first among equals, or the score itself. Scores may be negative: ranks take no notice, but the proportional rule
    counts them as 0, so that such levels are drawn for staleness only (all equally where no score is positive).

    Args:
        dtype: dtype of a level's record.
        capacity: how many levels it holds.
        replay_probability: probability that `wants_replay` is true, once the buffer is full enough.
        minimum_fill: the share of the capacity that counts as full enough.
        prioritisation: "rank" or "proportional".
        temperature: beta; the lower it is, the more the best levels are preferred.
        staleness: rho, the weight of staleness.
        seed: seed of its own generator.

    Attributes:
        levels: (capacity,); the first `len(sampler)` slots are taken.
        scores: float64 (capacity,).
        max_returns: float64 (capacity,), the best return ever seen on each level.
    """

    def __init__(
        self,
        dtype: Any,
        capacity: int = 4000,
        *,
        replay_probability: float = 0.5,
        minimum_fill: float = 0.5,
        prioritisation: str = "rank",
        temperature: float = 0.3,
        staleness: float = 0.3,
        seed: int = 0,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity: {capacity}, expected at least 1")
        shares = {"replay_probability": replay_probability, "minimum_fill": minimum_fill, "staleness": staleness}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{name}: {share}, expected from 0 to 1")
        if prioritisation not in ("rank", "proportional"):
            raise ValueError(f"prioritisation: {prioritisation!r}, expected 'rank' or 'proportional'")
        if not temperature > 0:
            raise ValueError(f"temperature: {temperature}, expected above 0")
        self.capacity, self.replay_probability, self.minimum_fill = capacity, replay_probability, minimum_fill
        self.prioritisation, self.temperature, self.staleness = prioritisation, temperature, staleness
        self.levels: NDArray[Any] = np.zeros(capacity, dtype)
        self.scores, self.max_returns = np.zeros(capacity), np.zeros(capacity)
        self._drawn = np.zeros(capacity, np.int64)  # the clock, which counts draws, at a level's last draw
        self._size = self._clock = 0
        self._packed = recfunctions.repack_fields(
            self.levels.dtype, recurse=True
        )  # padding between fields is not part of a level
        self._keys: list[bytes] = []
        self._slots: dict[bytes, int] = {}
        self._by_rank = np.arange(1.0, capacity + 1) ** (-1 / temperature)
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return self._size

    # --- drawing ------------------------------------------------------------------------------------------------------

    def wants_replay(self) -> bool:
        """Draw whether to replay levels now instead of trying new ones."""
        full = self._size >= max(1, self.minimum_fill * self.capacity)
        return bool(self._rng.random() < self.replay_probability) and full

    def ages(self) -> NDArray[np.int64]:
        """Draws since each level was last drawn, (len,)."""
        return self._clock - self._drawn[: self._size]

    def weights(self) -> NDArray[np.float64]:
        """Probabilities of being drawn next, float64 (len,)."""
        return (1 - self.staleness) * self._by_score() + self.staleness * _normal(self.ages())

    def sample(self, n: int, replace: bool = True) -> NDArray[np.int64]:
        """Draw n slots, int64 (n,).

        With replacement, as published, each draw makes all other levels older, and a level may be drawn more than once.
        Without replacement, the n levels differ and are all drawn at the same moment.
        """
        least = 1 if replace else n
        if self._size < least:
            raise ValueError(f"sample: the buffer holds {self._size} levels, expected at least {least}")
        if not replace:
            # The first of exponential clocks that tick at the rates of the weights; those of weight 0 tick last.
            with np.errstate(divide="ignore"):
                drawn = np.argsort(self._rng.exponential(size=self._size) / self.weights(), kind="stable")[:n]
            self._clock += n
            self._drawn[drawn] = self._clock
            return drawn
        by_score = np.cumsum(self._by_score())
        drawn = np.empty(n, np.int64)
        for i in range(n):
            stale = self._rng.random() < self.staleness
            sums = np.cumsum(_normal(self.ages())) if stale else by_score
            slot = np.searchsorted(sums, self._rng.random() * sums[-1], side="right")
            drawn[i] = min(slot, self._size - 1)
            self._clock += 1
            self._drawn[drawn[i]] = self._clock
        return drawn

    def _by_score(self) -> NDArray[np.float64]:
        scores = self.scores[: self._size]
        if self.prioritisation == "rank":
            weights = np.empty(self._size)
            weights[np.argsort(-scores, kind="stable")] = self._by_rank[: self._size]
            return _normal(weights)
        positive = scores.clip(min=0)
        return _normal((positive / max(positive.max(initial=0), 1e-300)) ** (1 / self.temperature))

    # --- filling ------------------------------------------------------------------------------------------------------

    def insert(self, levels: NDArray[Any], scores: ArrayLike, max_returns: ArrayLike = 0.0) -> NDArray[np.int64]:
        """Put levels into the buffer, one after the other.

        A level that is in the buffer already is updated. A new one takes a free slot, or else replaces the level with
        the smallest weight if its own score is at least that level's.

        Args:
            levels: records (n,).
            scores: (n,).
            max_returns: the best returns seen on them (n,).

        Returns:
            Their slots, int64 (n,); -1 where a level was not taken.
        """
        levels = np.ascontiguousarray(levels, self.levels.dtype)
        scores, max_returns = self._numbers(len(levels), scores, max_returns)
        slots = np.full(len(levels), -1)
        weights = None
        for i, packed in enumerate(levels.astype(self._packed)):
            key = packed.tobytes()
            slot = self._slots.get(key)
            if slot is not None:
                max_returns[i] = max(max_returns[i], self.max_returns[slot])
            elif self._size < self.capacity:
                slot, self._size = self._size, self._size + 1
                self._keys.append(key)
            else:
                weights = self.weights() if weights is None else weights
                slot = int(weights.argmin())
                if scores[i] < self.scores[slot]:
                    continue
                del self._slots[self._keys[slot]]
                self._keys[slot] = key
            weights = None  # outdated from here on
            self._slots[key] = slots[i] = slot
            self.levels[slot] = levels[i]
            self.scores[slot], self.max_returns[slot], self._drawn[slot] = scores[i], max_returns[i], self._clock
        return slots

    def update(self, slots: ArrayLike, scores: ArrayLike, max_returns: ArrayLike = 0.0) -> None:
        """Give levels new scores after they were played again.

        Args:
            slots: the levels' slots (n,); a slot given more than once gets the mean of its scores.
            scores: (n,).
            max_returns: the best returns seen on them now (n,); the best ever is kept.
        """
        slots = np.asarray(slots, np.int64)
        scores, max_returns = self._numbers(len(slots), scores, max_returns)
        if len(slots) and not 0 <= slots.min() <= slots.max() < self._size:
            raise ValueError(f"slots: from {slots.min()} to {slots.max()}, expected from 0 to {self._size - 1}")
        some, which, counts = np.unique(slots, return_inverse=True, return_counts=True)
        self.scores[some] = np.bincount(which, scores) / counts
        np.maximum.at(self.max_returns, slots, max_returns)

    def _numbers(self, n: int, *given: ArrayLike) -> list[NDArray[np.float64]]:
        found = [np.array(np.broadcast_to(np.asarray(numbers, np.float64), n)) for numbers in given]
        for name, numbers in zip(("scores", "max_returns"), found, strict=True):
            if np.isnan(numbers).any():
                raise ValueError(f"{name}: found NaN at {int(np.isnan(numbers).argmax())}, expected numbers")
        return found

    # --- on disk ------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes, as arrays and numbers."""
        taken = slice(self._size)
        return {
            "levels": self.levels[taken].copy(), "scores": self.scores[taken].copy(),
            "max_returns": self.max_returns[taken].copy(), "drawn": self._drawn[taken].copy(), "clock": self._clock,
            "rng": self._rng.bit_generator.state,
        }  # fmt: skip

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Continue from what `state_dict` returned, bit for bit."""
        self._size, self._clock = len(state["levels"]), state["clock"]
        taken = slice(self._size)
        self.levels[taken], self.scores[taken] = state["levels"], state["scores"]
        self.max_returns[taken], self._drawn[taken] = state["max_returns"], state["drawn"]
        self._keys = [packed.tobytes() for packed in self.levels[taken].astype(self._packed)]
        self._slots = {key: slot for slot, key in enumerate(self._keys)}
        self._rng.bit_generator.state = state["rng"]


def _normal(weights: NDArray[Any]) -> NDArray[np.float64]:
    """Weights scaled to a sum of 1; uniform where all are 0."""
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1 / max(len(weights), 1))
