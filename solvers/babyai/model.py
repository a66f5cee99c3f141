"""A cloned policy as the foundation model of a search: it chooses actions, states to return to and states to keep."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray

from ..foundation import ACCEPT, REJECT, Choice, FoundationModel, Query
from ..search.task import Entry, Trail
from .clone import Cloned
from .network import ACTIONS, NO_ACTION


class PolicyModel(FoundationModel):
    """Answers by running the policy on the last few observations on the way to a state.

    An action is sampled from the policy among those offered. A state to return to is sampled by its log(value) minus
    `novelty` for each action already tried there; the value is the discounted estimate of the steps left. A newcomer
    is kept if its value is at least `keep_above` times the best archived one. The model writes no thoughts.

    Args:
        cloned: the policy, with the number of observations it is shown.
        temperature: temperature of the policy's logits, above 0.
        state_temperature: temperature of the choice of a state, above 0.
        novelty: penalty for each tried action, in units of log(value).
        keep_above: between 0 (keep all) and 1 (keep only the best so far).
        seed: seed of the sampling.
        name: how the model appears in results.
    """

    def __init__(
        self,
        cloned: Cloned,
        temperature: float = 1.0,
        state_temperature: float = 1.0,
        novelty: float = 3.0,
        keep_above: float = 0.5,
        seed: int = 0,
        name: str = "policy",
    ) -> None:
        super().__init__(name)
        self.policy, self.context = cloned.policy, cloned.config.context
        self.temperature, self.state_temperature, self.keep_above = temperature, state_temperature, keep_above
        self.novelty = novelty
        self._rng = np.random.default_rng(seed)
        self._encoded: WeakKeyDictionary[Trail, torch.Tensor] = WeakKeyDictionary()
        self._known: WeakKeyDictionary[Trail, tuple[NDArray[np.float64], float]] = WeakKeyDictionary()

    def judge(self, trail: Trail | None) -> tuple[NDArray[np.float64], float]:
        """The logits of the six actions after a trail, float64 (6,), and the value of the state, 0 to 1."""
        if trail is None:
            raise ValueError("trail: None, expected what led to the state, as a search records it")
        if trail not in self._known:
            shown = trail.last(self.context)
            before = torch.tensor([[NO_ACTION, *(step.action for step in shown[1:])]])
            with torch.inference_mode():
                encoded = torch.cat([self._encode(step) for step in shown])
                logits, values = self.policy(encoded[None], before)
            self._known[trail] = logits[0, -1].double().numpy(), float(torch.sigmoid(values[0, -1]))
        return self._known[trail]

    def _encode(self, step: Trail) -> torch.Tensor:
        if step not in self._encoded:
            shown = step.observation
            self._encoded[step] = self.policy.encode(
                torch.from_numpy(shown["image"])[None],
                torch.tensor([shown["direction"]]),
                torch.from_numpy(shown["mission"])[None],
            )
        return self._encoded[step]

    def _choose(self, query: Query) -> Choice:
        scores = self._score(query)
        if query.verdict:
            return Choice(ACCEPT if scores[ACCEPT] >= scores[REJECT] else REJECT)
        # The Gumbel-max trick: the argmax is a sample of the softmax.
        temperature = self.temperature if query.role == "action" else self.state_temperature
        return Choice(int((scores / temperature + self._rng.gumbel(size=len(scores))).argmax()))

    def _score(self, query: Query) -> NDArray[np.float64]:
        """Moves: logits. States: log(value) minus novelty. Verdicts: the value asked for and the value offered."""
        if query.role == "action":
            return self.judge(query.data[0].trail)[0][[move.action for move in query.data]]
        values = self._values(query.data)
        if query.verdict:
            return np.array([self.keep_above * values[:-1].max(initial=0.0), values[-1]])
        tried = np.array([ACTIONS - len(entry.untried) for entry in query.data])
        return np.log(values) - self.novelty * tried

    def _values(self, entries: Sequence[Entry]) -> NDArray[np.float64]:
        return np.array([self.judge(entry.trail)[1] for entry in entries])
