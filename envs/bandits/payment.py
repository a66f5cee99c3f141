"""Payment routing: `ige/PaymentRouting-v0`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from ...render import Frame
from ..core import Comparator, Kernel, KernelVectorEnv, OnlineEnv
from ..core.check import affordable, integer, number
from ..core.instance import Instance, floats
from ..core.text import parse_numbered
from . import kernel_payment as kernel
from . import picture_payment


@dataclass(frozen=True, eq=False)
class Routing(Instance):
    """The model that determines whether a payment succeeds.

    The logit of success of action a at context x is
    `base + bias[a] + x.(common + weights[a]) + (|x| - sqrt(2 / pi)).curve[a]`.

    Attributes:
        base: logit shared by all payments.
        common: float64 (features,), weights shared by all actions.
        weights: float64 (actions, features).
        bias: float64 (actions,).
        curve: float64 (actions, features); None: zeros, so that the logit is linear in x for each action.
    """

    base: float
    common: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    curve: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        weights = floats("weights", self.weights, (None, None))
        actions, features = weights.shape
        if not actions or not features:
            raise ValueError(f"weights: shape {weights.shape}, expected at least one action and one feature")
        found = {
            "base": float(floats("base", self.base, ())),
            "common": floats("common", self.common, (features,)),
            "weights": weights,
            "bias": floats("bias", self.bias, (actions,)),
            "curve": floats("curve", np.zeros_like(weights) if self.curve is None else self.curve, weights.shape),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def success(self, contexts: ArrayLike) -> NDArray[np.float64]:
        """The probability of success of every action, (..., actions), at contexts (..., features)."""
        x = np.asarray(contexts, np.float64)
        assert self.curve is not None
        logits = self.base + self.bias + x @ (self.common + self.weights).T
        logits = logits + (np.abs(x) - kernel.TYPICAL) @ self.curve.T
        return 1 / (1 + np.exp(-logits))


class PaymentRouting(OnlineEnv[int]):
    """Payments arrive with features and a set of available interventions; choose one so that the payment goes through.

    ## Description
    A contextual bandit whose set of actions changes from round to round. Features are standard normal. Every action is
    available with probability `availability`; at least one always is. Neither depends on past actions. The logit of
    success is linear in the features for each action, with a part that all actions share; with `misspecified=True` the
    features' absolute values count too, which a linear model cannot express. `ige.wrappers.DelayedFeedback` delivers
    the feedback late and in batches, as real payments do.

    ## Action Space
    `Discrete(actions)`, by default `Discrete(6)`: the intervention. An unavailable one is replaced by the first that
    is available, and `info["invalid"]` says so; with `strict=True` it raises `ValueError`. As text, `route 3` or `3`.

    ## Observation Space
    `Dict`:
    - `context`: `Box(-inf, inf, (features,), float32)`, features of the payment to be routed.
    - `action_mask`: `MultiBinary(actions)`, 1 for available actions.

    ## Rewards
    1 if the payment goes through, else 0.

    ## Starting State
    New weights, or those of `instance` or `options["instance"]`; the first payment.

    ## Episode End
    Truncation after `horizon` payments. Never terminated.

    ## Information
    - `action_mask`: int8, 1 for available actions, as in the observation.
    - `taken`: the action that was executed in the last round (-1 before the first).
    - `invalid`: the action given was not available.
    - `illegal`: the same, under the name that all masked environments use.
    - `oracle_loss`: the failure probability of the executed action (0 before the first).
    - `oracle_best`: the least failure probability of the actions available then.

    `unwrapped.comparator()`: the expected failures of the best available action in every round, exact.

    ## Arguments
    `gym.make("ige/PaymentRouting-v0", features=None, actions=None, horizon=1000, availability=0.7, base=1.5,
    misspecified=False, strict=False, instance=None)`
    - `features`: number of features; None: 8, or as many as the instance has.
    - `actions`: number of actions; None: 6, or as many as the instance has.
    - `horizon`: number of payments of an episode.
    - `availability`: probability that an action is available.
    - `base`: logit of success that all payments share.
    - `misspecified`: whether to draw weights for the features' absolute values too.
    - `strict`: whether an unavailable action raises an error.
    - `instance`: a `Routing` to use in every episode.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## Oracle
    The best available action of every round. No other has a greater return: whether a payment goes through is decided
    by comparing one random number with the probability of success.

    ## References
    - Vangara, Egg 2024, regression oracles and exploration for payments, arXiv 2412.00569. Its data are not public:
      the generator is ours.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    instance_class: ClassVar[type[Instance]] = Routing

    def __init__(
        self,
        features: int | None = None,
        actions: int | None = None,
        horizon: int = 1000,
        availability: float = 0.7,
        base: float = 1.5,
        misspecified: bool = False,
        strict: bool = False,
        instance: Routing | dict[str, Any] | str | Path | None = None,
        render_mode: str | None = None,
    ) -> None:
        instance = self.one(instance)
        if isinstance(instance, Routing):  # take its sizes unless others are given, which are refused below
            actions = len(instance.bias) if actions is None else actions
            features = len(instance.common) if features is None else features
        self.features = integer("features", 8 if features is None else features, 1)
        self.actions = integer("actions", 6 if actions is None else actions, 1)
        affordable(16 * (self.actions + 1) * (self.features + 1), actions=self.actions, features=self.features)
        self.strict = bool(strict)
        dtype = kernel.instance(self.actions, self.features)
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(self.actions, self.features),
                observation=kernel.observation(self.features),
                key=(*dtype.names, "context", "available"),  # type: ignore[misc]
                info=("taken", "invalid", "illegal", "oracle_loss", "oracle_best"),
                n_masked=self.actions,
            ),
            kernel.Params(
                max_steps=integer("horizon", horizon, 1),
                availability=number("availability", availability, 0, 1),
                base=number("base", base, -50, 50),
                curved=bool(misspecified),
                pool=self.records("instance", instance, dtype),
            ),
            spaces.Dict(
                {
                    "context": spaces.Box(-np.inf, np.inf, (self.features,), np.float32),
                    "action_mask": spaces.MultiBinary(self.actions),
                }
            ),
            spaces.Discrete(self.actions),
            render_mode,
        )

    def comparator(self) -> Comparator:
        return Comparator(self.best_actions()[1], True, "the best available action of every round")

    def best_actions(self) -> tuple[NDArray[np.int64], float]:
        """The best available action of every round of this episode, and the sum of their expected losses."""
        actions = np.zeros(self.params.max_steps, np.int64)
        loss = kernel.best_actions(self._state[0], self.params, actions)
        return actions, float(loss)

    def _checked(self, action: Any) -> Any:
        index = super()._checked(action)
        if self.strict:
            refuse("action", index, self._state[0]["available"])
        return index

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        return (
            f"Each of {self.params.max_steps} payments has {self.features} features and some of {self.actions} "
            "interventions that are available. Choose one of these; then the payment goes through or fails, with a "
            "chance that depends on both. Have as many as possible go through."
        )

    def describe(self) -> str:
        """The payment to be routed, and how many went through."""
        row = self._state[0]
        if row["t"] >= self.params.max_steps:
            return f"Over: {row['succeeded']} of {row['t']} payments went through."
        features = ", ".join(f"{x:+.2f}" for x in row["context"])
        available = ", ".join(map(str, np.flatnonzero(row["available"])))
        return (
            f"Payment {row['t'] + 1} of {self.params.max_steps}; {row['succeeded']} went through so far.\n"
            f"features: {features}\navailable: {available}"
        )

    def action_text(self, action: int) -> str:
        return f"route {action}"

    def parse_action(self, text: str) -> int:
        """The intervention that `route 3` or `3` names."""
        return parse_numbered(text, "route", self.actions)

    def frame(self) -> Frame:
        """The payment's features as bars, a box for each intervention, and the one taken last."""
        return picture_payment.picture(self._state[0], self.params.max_steps)


class PaymentRoutingVector(KernelVectorEnv):
    """A batch of payment streams; see `PaymentRouting`."""

    env_class = PaymentRouting

    def _checked(self, actions: Any) -> NDArray[Any]:
        owned = super()._checked(actions)
        if self.single.strict:  # type: ignore[attr-defined]
            state = self._state
            wrong = (state["available"][np.arange(self.num_envs), owned] == 0) & ~state["over"]
            if wrong.any():
                row = int(np.flatnonzero(wrong)[0])
                refuse(f"actions: row {row}", int(owned[row]), state["available"][row])
        return owned


def refuse(name: str, action: int, available: NDArray[np.int8]) -> None:
    """Raise `ValueError` if an action is not available."""
    if not available[action]:
        known = ", ".join(map(str, np.flatnonzero(available)))
        raise ValueError(f"{name}: {action} is not available, expected one of {known}")
