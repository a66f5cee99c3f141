"""One-sided feedback under auditors: `ige/OneSidedFairness-v0`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from ...render import Frame
from ..core import Comparator, Kernel, KernelVectorEnv, OnlineEnv, compiled
from ..core.check import affordable, integer, number, one_of
from ..core.instance import Instance, floats
from ..core.text import parse_numbers
from . import kernel_fairness as kernel
from . import picture_fairness

FEEDBACKS = ("one-sided", "full")
MOST_WORK = 500_000_000  # operations per round: about half a second
_judge = compiled(kernel.judge.py_func)


@dataclass(frozen=True, eq=False)
class Population(Instance):
    """The distribution of individuals, and the auditors.

    Attributes:
        weights: float64 (d,), weights of the features in the logit of a positive label; the last feature is the proxy.
        bias: constant term of that logit.
        metrics: float64 (auditors, d), non-negative: how much a difference in each feature counts for each auditor.
    """

    weights: NDArray[np.float64]
    bias: float
    metrics: NDArray[np.float64]

    def __post_init__(self) -> None:
        weights = floats("weights", self.weights, (None,))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "bias", number("bias", self.bias, -math.inf))
        object.__setattr__(self, "metrics", floats("metrics", self.metrics, (None, len(weights)), 0))


def linear_rules(d: int, count: int) -> NDArray[np.float64]:
    """A class of linear rules, float64 (count, d + 1), the same in every process; a rule's last entry is its bias.

    The first rule accepts everybody, the second nobody. Each of the others has a random direction, increasing in all
    features but the proxy, and a boundary through a random individual.
    """
    rng = np.random.default_rng([d, count])
    rules = np.zeros((count, d + 1))
    rules[:, :d] = rng.normal(size=(count, d))
    rules[:, : d - 1] = abs(rules[:, : d - 1])
    somebody = np.concatenate([rng.random((count, d - 1)), rng.integers(2, size=(count, 1))], 1)
    rules[:, d] = -(rules[:, :d] * somebody).sum(1)
    rules[:2] = 0
    rules[:2, d] = 1, -1
    return rules


class OneSidedFairness(OnlineEnv[NDArray[np.float64]]):
    """Accept or reject individuals; only the accepted show whether that was right, and auditors look for unfairness.

    ## Description
    In each round some individuals appear, such as applicants. The learner gives the probability of accepting each of
    them; the environment draws the decisions and shows the labels of the accepted individuals only. Auditors, each with
    a metric of their own, look at the probabilities, not at the decisions. A pair is reported if one individual is
    accepted with a probability greater than the other's by more than their distance plus `alpha`, according to a quorum
    of the auditors. Labels depend on a feature that is a proxy of a group and that no auditor considers, so accurate
    rules are reported often. The stream does not depend on the decisions.

    ## Action Space
    `Box(0.0, 1.0, (4,), float64)`, one for each of the `individuals`: the probabilities of accepting them. As text,
    numbers separated by blanks or commas.

    ## Observation Space
    `Dict`:
    - `x`: `Box(0, 1, (individuals, d), float64)`, features; the last is the proxy, 0 or 1.
    - `prev_labels`: `Box(-1, 1, (individuals,), int8)`, labels of the previous round: 1 or 0 for the accepted
      individuals, -1 for the others.
    - `prev_pair`: `Box(-1, individuals - 1, (2,), int64)`, the pair reported in the previous round: the individual
      accepted with too much probability, then the one compared with; -1 twice if nobody was reported.

    ## Rewards
    The accepted with label 1 minus those with label 0, as a share of all individuals, minus `penalty` if a pair is
    reported. This equals minus the share of wrong decisions, up to a number that no decision changes, and reveals
    nothing about the labels that are not shown.

    ## Starting State
    A new population, or `instance`, or `options["instance"]`: features uniform in [0, 1], the proxy 0 or 1, a logistic
    model of labels with a random increasing direction and a proxy that counts for or against, and metrics with random
    weights.

    ## Episode End
    Truncation after `horizon` rounds. Never terminated.

    ## Information
    - `oracle_loss`: the expected share of wrong decisions in the last round (0 before the first).
    - `oracle_labels`: the labels of the individuals to be decided on.

    `unwrapped.comparator(rate=0.1)`: the least sum of shares of wrong decisions of any rule in `unwrapped.linear_rules`
    that is reported in at most that share of the rounds, exact over that class; `details` holds `rule`, its index
    there, and `errors` and `violations` of all rules.

    ## Arguments
    `gym.make("ige/OneSidedFairness-v0", individuals=4, d=4, auditors=5, alpha=0.1, gamma=0.6, rules=60,
    feedback="one-sided", penalty=0.0, horizon=10000)`
    - `individuals`: number of individuals in each round, at least 2.
    - `d`: number of features, at least 2; the last is the proxy.
    - `auditors`: number of auditors.
    - `alpha`: difference that all auditors tolerate.
    - `gamma`: share of the auditors that must agree on a pair, more than 0.
    - `rules`: class of linear rules for comparison: their number, at least 2, or an array (n, d + 1) of weights and
      biases.
    - `feedback`: `"one-sided"`; or `"full"`, as a reference: all labels are shown.
    - `penalty`: cost of a report in the reward.
    - `horizon`: number of rounds of an episode.
    - `instance`: a `Population` to use in every episode.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## References
    - Bechavod, Roth 2022, Individually Fair Learning with One-Sided Feedback, arXiv 2206.04475: the setting. A theory
        paper: population, metrics, rules and sizes are ours. If there are several pairs, the one that exceeds the
      tolerated difference most is reported.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    instance_class: ClassVar[type[Instance]] = Population

    def __init__(
        self,
        individuals: int = 4,
        d: int = 4,
        auditors: int = 5,
        alpha: float = 0.1,
        gamma: float = 0.6,
        rules: int | ArrayLike = 60,
        feedback: str = "one-sided",
        penalty: float = 0.0,
        horizon: int = 10_000,
        instance: Population | dict[str, Any] | str | Path | None = None,
        render_mode: str | None = None,
    ) -> None:
        individuals, d = integer("individuals", individuals, 2), integer("d", d, 2)
        auditors, gamma = integer("auditors", auditors, 1), number("gamma", gamma, 0, 1)
        if gamma == 0:
            raise ValueError("gamma: 0, expected more: somebody must report")
        n_bytes = 8 * (auditors * (d + 1) + individuals * (individuals + 2 * d))
        affordable(n_bytes, individuals=individuals, d=d, auditors=auditors)
        if (work := individuals**2 * auditors * (auditors + d)) > MOST_WORK:
            raise ValueError(
                f"individuals: {individuals}, d: {d}, auditors: {auditors}: sorting what the auditors say of all pairs "
                f"takes {work:.1e} operations a round, expected at most {MOST_WORK:.1e}"
            )
        self.linear_rules: NDArray[np.float64]
        if np.ndim(rules) == 0:
            count = integer("rules", rules, 2)
            affordable(8 * count * (d + 1), rules=count, d=d)
            self.linear_rules = linear_rules(d, count)
        else:
            self.linear_rules = floats("rules", rules, (None, d + 1))
        one_of("feedback", feedback, FEEDBACKS)
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(individuals, d, auditors),
                observation=kernel.observation(individuals, d),
                key=("x", "oracle_labels", "seen", "pair", "weights", "bias", "metrics"),
                info=("oracle_loss", "oracle_labels"),
            ),
            kernel.Params(
                max_steps=integer("horizon", horizon, 1),
                alpha=number("alpha", alpha, 0, 1),
                quorum=max(1, math.ceil(gamma * auditors - 1e-9)),
                penalty=number("penalty", penalty, 0),
                full=feedback == "full",
                pool=self.records("instance", self.one(instance), kernel.instance(d, auditors)),
            ),
            spaces.Dict(
                x=spaces.Box(0, 1, (individuals, d), np.float64),
                prev_labels=spaces.Box(-1, 1, (individuals,), np.int8),
                prev_pair=spaces.Box(-1, individuals - 1, (2,), np.int64),
            ),
            spaces.Box(0, 1, (individuals,), np.float64),
            render_mode,
        )

    def comparator(self, rate: float = 0.1) -> Comparator:
        rate = number("rate", rate, 0, 1)
        count, rounds = len(self.linear_rules), self.params.max_steps
        errors, violations = np.zeros(count), np.zeros(count, np.int64)
        room = np.zeros(self._state["x"].shape[1])
        row, few = self._state.copy()[0], kernel.step_params(self.params)
        _judge(row, few, rounds, self.linear_rules, room, errors, violations)
        allowed = violations <= rate * rounds
        if not allowed.any():
            raise ValueError(f"rate: {rate:g}, expected at least {violations.min() / rounds:g}, the least of any rule")
        rule = int(np.where(allowed, errors, np.inf).argmin())
        what = f"the best of {count} linear rules with reports in at most {rate:g} of the rounds"
        details = {"rule": rule, "errors": errors, "violations": violations}
        return Comparator(float(errors[rule]), True, what, details)

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        individuals, d = self._state["x"].shape[1:]
        return (
            f"In each of {self.params.max_steps} rounds {individuals} individuals appear, each with {d} features from "
            "0 to 1. Give the probability of accepting each of them. Accept those with label 1; you see the labels of "
            "the accepted only. Auditors report you if similar individuals have probabilities that differ too much. Be "
            "right often and be reported rarely."
        )

    def describe(self) -> str:
        """The individuals to be decided on."""
        row = self._state[0]
        if row["t"] >= self.params.max_steps:
            return f"Over after {row['t']} rounds: reported in {row['violations']} of them."
        lines = [f"Round {row['t'] + 1} of {self.params.max_steps}. Reports so far: {row['violations']}."]
        for i, features in enumerate(row["x"].tolist()):
            lines.append(f"individual {i}: {' '.join(f'{value:.3f}' for value in features)}")
        return "\n".join(lines)

    def feedback(self) -> str:
        """What the previous round showed."""
        row = self._state[0]
        if row["t"] == 0:
            return ""
        seen = [f"individual {i} has label {label}" for i, label in enumerate(row["seen"].tolist()) if label >= 0]
        left, right = row["pair"].tolist()
        told = f" Auditors report {left} beside {right}." if left >= 0 else ""
        return f"Accepted: {', '.join(seen) or 'nobody'}.{told}"

    def action_text(self, action: NDArray[np.float64]) -> str:
        return " ".join(np.format_float_positional(value, trim="-") for value in action)

    def parse_action(self, text: str) -> NDArray[np.float64]:
        """The probabilities given as numbers in a text."""
        return parse_numbers(text, self._state["x"].shape[1], 0, 1)

    def frame(self) -> Frame:
        """The individuals to be decided on, and what the previous round showed."""
        return picture_fairness.picture(self._state[0], self.params.max_steps)


class OneSidedFairnessVector(KernelVectorEnv):
    """A batch of streams of individuals; see `OneSidedFairness`."""

    env_class = OneSidedFairness
