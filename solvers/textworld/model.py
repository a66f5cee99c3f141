"""A trained scorer as the foundation model of a search: it chooses commands, places to return to and places to keep."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray

from ..foundation import ACCEPT, REJECT, Choice, FoundationModel, Query
from ..search.task import Entry, Trail
from .reader import Memory, Reader
from .scorer import Trained


class ScorerModel(FoundationModel):
    """Answers by running a scorer on a place in one game and the way to it.

    A command is sampled from the scorer's logits among those offered. A place to return to is sampled by its
    log(value) minus `novelty` for each command already tried there; the value is the discounted estimate of the
    commands left. A newcomer is kept if its value is at least `keep_above` times the best archived one. The model
    writes no thoughts.

    Args:
        trained: the scorer.
        reader: the game's reader.
        temperature: temperature of the commands' logits, above 0.
        state_temperature: temperature of the choice of a place, above 0.
        novelty: penalty for each tried command, in units of log(value).
        keep_above: between 0 (keep all) and 1 (keep only the best so far).
        lessons: carry the observations of an attempt over to the next one (Reflexion).
        seed: seed of the sampling.
        name: how the model appears in results.
    """

    def __init__(
        self,
        trained: Trained,
        reader: Reader,
        temperature: float = 1.0,
        state_temperature: float = 1.0,
        novelty: float = 1.0,
        keep_above: float = 0.5,
        lessons: bool = False,
        seed: int = 0,
        name: str = "scorer",
    ) -> None:
        super().__init__(name)
        self.scorer, self.reader = trained.scorer, reader
        self.temperature, self.state_temperature = temperature, state_temperature
        self.novelty, self.keep_above, self.lessons = novelty, keep_above, lessons
        self._rng = np.random.default_rng(seed)
        self._learnt: Memory | None = None
        self._memories: WeakKeyDictionary[Trail, Memory] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[Trail, tuple[dict[int, float], float]] = WeakKeyDictionary()

    def memory(self, trail: Trail) -> Memory:
        """What is remembered at the end of a trail."""
        if trail.before is None and self.lessons:
            self._known.pop(trail, None)
            return self.reader.begin(trail.observation, self._learnt)
        if trail not in self._memories:
            if trail.before is None:
                self._memories[trail] = self.reader.begin(trail.observation)
            else:
                before = self.memory(trail.before)
                self._memories[trail] = self.reader.follow(before, trail.action, trail.observation)
        self._learnt = self._memories[trail]
        return self._learnt

    def key(self, trail: Trail) -> bytes:
        """What the player sees, the score, and whether the recipe has been read: the `key` of `GoExplore`."""
        room, score = int(trail.observation["room"]), int(trail.info["score"])
        return trail.observation["facts"].tobytes() + bytes(f"{room} {score} {self.memory(trail).read}", "ascii")

    def judge(self, trail: Trail | None) -> tuple[dict[int, float], float]:
        """The logit of each admissible command after a trail, and the value of the place, 0 to 1."""
        if trail is None:
            raise ValueError("trail: None, expected what led to the place, as a search records it")
        memory = self.memory(trail)
        if trail not in self._known:
            admissible = trail.info["action_mask"].nonzero()[0]
            place, rows = (torch.from_numpy(x) for x in self.reader.features(memory, trail.observation, admissible))
            with torch.inference_mode():
                logits = self.scorer.commands(place.expand(len(rows), -1), rows)
                value = torch.sigmoid(self.scorer.values(place[None]))
            self._known[trail] = dict(zip(admissible.tolist(), logits.tolist(), strict=True)), float(value)
        return self._known[trail]

    def _choose(self, query: Query) -> Choice:
        scores = self._score(query)
        if query.verdict:
            return Choice(ACCEPT if scores[ACCEPT] >= scores[REJECT] else REJECT)
        # The Gumbel-max trick: the argmax is a sample of the softmax.
        temperature = self.temperature if query.role == "action" else self.state_temperature
        return Choice(int((scores / temperature + self._rng.gumbel(size=len(scores))).argmax()))

    def _score(self, query: Query) -> NDArray[np.float64]:
        """Commands: logits. Places: log(value) minus novelty. Verdicts: the value asked for and the value offered."""
        if query.role == "action":
            logits = self.judge(query.data[0].trail)[0]
            return np.array([logits[move.action] for move in query.data])
        if query.verdict:
            values = [self._value(entry) for entry in query.data]
            return np.array([self.keep_above * max(values[:-1], default=0.0), values[-1]])
        return np.array([np.log(self._value(e)) - self.novelty * self._tried(e) for e in query.data])

    def _value(self, entry: Entry) -> float:
        return self.judge(entry.trail)[1]

    def _tried(self, entry: Entry) -> int:
        return len(self.judge(entry.trail)[0]) - len(entry.untried)
