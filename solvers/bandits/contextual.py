"""Contextual policies by name: LinUCB and LinTS round by round, inverse gap weighting batch by batch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ...envs.bandits.payment import PaymentRouting
from ...envs.core.check import number
from ..core.fused import Policy
from ..core.outcome import Outcome
from . import igw, linear

LINEAR = {"linucb": False, "lints": True}
PARAMETERS = {"squarecb": 500.0, "fastcb": 100.0, "epsilon-greedy": 0.05, "greedy": 0.0, "uniform": 0.0}
BATCHES, LARGEST = 10, 4000  # generations in an episode; the most payments in one


def names() -> list[str]:
    """Every policy for `PaymentRouting`."""
    return [*LINEAR, *igw.DISTRIBUTIONS]


def make_linear(name: str, env: Any, seed: int = 0, alpha: float = 0.3, ridge: float = 1.0) -> Policy:
    """LinUCB or LinTS for a `PaymentRouting`, or a vector of them.

    Args:
        name: "linucb" or "lints".
        env: the environment.
        seed: seed of the policy's draws.
        alpha: how many standard deviations of the estimate the bonus or the sampling uses.
        ridge: penalty of the regressions.

    Raises:
        ValueError: no such policy, or the environment has no contexts.
    """
    if name not in LINEAR:
        raise ValueError(f"policy: {name!r}, expected one of {', '.join(map(repr, LINEAR))}")
    core = getattr(env.unwrapped, "single", env.unwrapped)
    if not isinstance(core, PaymentRouting):
        raise ValueError(f"env: {type(core).__name__} has no contexts, expected ige/PaymentRouting-v0")
    settings = linear.Settings(number("alpha", alpha, 0), number("ridge", ridge, 1e-9), LINEAR[name])
    return Policy(name, linear, linear.record(core.actions, core.features), settings, env, seed)


@dataclass(frozen=True)
class Routed(Outcome):
    """The result of an episode of payments.

    Attributes:
        solver: the policy.
        payments: how many.
        failures: share of payments that failed.
        regret: mean expected loss above that of the best available action.
        late: the same over the last tenth.
    """

    solver: str
    payments: int
    failures: float
    regret: float
    late: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.solver}: {self.payments:,} payments, {100 * self.failures:.2f} % failed, "
            f"regret {self.regret:.4f} a payment, {self.late:.4f} in the last tenth"
        )


def solve_payment(env: Any, solver: str | None = None, seed: int = 0) -> Routed:
    """Route the payments of the instance that `env.reset(seed=seed)` draws, as many as the horizon; default LinUCB.

    LinUCB and LinTS learn from every payment. The others act on batches, a tenth of the horizon each, by a logistic
    regression that is refitted after each batch. The first batch is uniform and not counted.
    """
    solver = solver or "linucb"
    if solver not in names():
        raise ValueError(f"policy: {solver!r}, expected one of {', '.join(map(repr, names()))}")
    core = env.unwrapped
    horizon = core.params.max_steps
    if solver in LINEAR:
        points = sorted({max(1, horizon - horizon // BATCHES), horizon})
        played = make_linear(solver, env).play([seed], points, policy_seed=seed)
        regret, late = played.regret[0], played.regret[0, -1]
        if len(points) > 1:
            late = (regret[-1] - regret[0]) / (points[1] - points[0])
        failures = 1 - played.reward[0, -1] / horizon
        return Routed(solver, horizon, float(failures), float(regret[-1] / horizon), float(late))
    from .generations import Fresh, Logging, generations
    from .oracles import logistic

    core.reset(seed=seed)
    instance, availability = core.instance, core.params.availability
    batch = min(LARGEST, max(1, horizon // BATCHES))
    fresh = Fresh.draw(instance, availability, seed + 1, batch)
    logging = Logging(solver, PARAMETERS[solver])
    found = generations(instance, logging, logistic, fresh, BATCHES, batch, availability=availability, seed=seed)
    return Routed(
        solver, BATCHES * batch, float(found.failures.mean()), float(found.online.mean()), float(found.online[-1])
    )
