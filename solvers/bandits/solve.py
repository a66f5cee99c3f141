"""One episode of a bandit by a policy, as `ige solve` plays it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..core.outcome import Outcome
from .policies import make_policy


@dataclass(frozen=True)
class Episode(Outcome):
    """The result of an episode.

    Attributes:
        solver: the policy.
        rounds: number of rounds.
        cost: realised cost.
        loss: expected loss.
        comparator: the expected loss of the best in hindsight, or a bound on it.
        exact: whether `comparator` is exact.
        pulls: pulls of each arm.
    """

    solver: str
    rounds: int
    cost: float
    loss: float
    comparator: float
    exact: bool
    pulls: tuple[int, ...]

    @property
    def regret(self) -> float:
        """Expected loss above the comparator's."""
        return self.loss - self.comparator

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "regret": self.regret}

    def __str__(self) -> str:
        bound = "" if self.exact else "at most "
        pulls = ", ".join(f"arm {arm}: {count:,}" for arm, count in enumerate(self.pulls) if count)
        return (
            f"{self.solver}: {self.rounds:,} rounds, cost {self.cost:,.2f}, expected {self.loss:,.2f}, "
            f"regret {bound}{self.regret:,.2f}\npulls: {pulls}"
        )


def solve(env: Any, solver: str | None = None, seed: int = 0) -> Episode:
    """Play the episode of `env.reset(seed=seed)`; the default solver is Thompson sampling."""
    env.reset(seed=seed)
    comparator = env.unwrapped.comparator()
    played = make_policy(solver or "thompson", env).play([seed], policy_seed=seed)
    return Episode(
        solver or "thompson",
        int(played.rounds[-1]),
        -float(played.reward[0, -1]),
        float(played.loss[0, -1]),
        float(comparator.loss),
        comparator.exact,
        tuple(played.state["pulls"][0].tolist()),
    )
