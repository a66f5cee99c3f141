"""Tallying bandits: `ige/TallyingBandit-v0`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from ..core import Comparator, Kernel, KernelVectorEnv, OnlineEnv
from ..core.check import affordable, integer, number, one_of
from ..core.instance import Instance, floats
from ..core.text import parse_numbered
from . import kernel_tallying as kernel
from . import oracle
from .picture import machines

ARMS = ("practice", "constant", "random")
NOISES = ("gaussian", "bernoulli")
OBSERVATIONS = ("blind", "tally", "history")


@dataclass(frozen=True, eq=False)
class Arms(Instance):
    """The costs of the arms.

    Attributes:
        losses: float64 (arms, knots) in [0, 1], the loss of each arm at evenly spaced exposures, from none of the
            memory's weight (column 0) to all of it (the last), linear in between. One knot: an arm without memory.
    """

    losses: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "losses", floats("losses", self.losses, (None, None), 0, 1))


class TallyingBandit(OnlineEnv[int]):
    """Arms that get cheaper or dearer the more often they were pulled recently; with a memory of 1, ordinary arms.

    ## Description
    K arms, each with a loss between 0 and 1 that depends on its tally: the weight of those among the last m pulls,
    including the current one, that were of this arm. The measure is policy regret: the comparison is with the losses
    that another sequence of pulls would itself have met. By default one arm must be practised (expensive at first,
    cheapest in the end), while the others satiate or get a little cheaper, so a learner that looks at single pulls
    avoids the best arm. With `memory=1` a tally is always the whole weight: the ordinary bandit, Bernoulli or Gaussian.

    ## Action Space
    `Discrete(arms)`, by default `Discrete(10)`: the arm to pull. As text, `pull 3` or just `3`.

    ## Observation Space
    - `observation="blind"`: `Discrete(1)`, nothing.
    - `"tally"`: `Box(0, 1, (arms,), float32)`, each arm's share of the memory's weight. Not Markov: it hides which
      pulls expire next.
    - `"history"`: `Box(-1, arms - 1, (memory,), int32)`, the last pulls, newest first, -1 before the first one.
      Markov.

    ## Rewards
    Minus the cost, which is the loss with Gaussian noise, or 1 with the loss as its probability.

    ## Starting State
    New arms, or those of `instance` or `options["instance"]`; an empty memory.

    ## Episode End
    Truncation after `horizon` rounds. Never terminated.

    ## Information
    - `oracle_loss`: the expected loss of the last pull (0 before the first).
    - `oracle_best`: the least expected loss of any arm in a round, whatever the memory holds.

    `unwrapped.comparator()`: the expected loss of the best sequence of pulls, exact if all memories can be enumerated;
    else rounds times the least loss, which no sequence can go below (it overstates regret, by at most the m rounds of
    practice where the best arm is).

    ## Arguments
    `gym.make("ige/TallyingBandit-v0", arms=None, memory=20, weights=None, horizon=1000, kind="practice", knots=2,
    noise="gaussian", deviation=0.1, drift=0.0, observation="blind", instance=None)`
    - `arms`: number of arms, at least 2; None: 10, or as many as the instance has.
    - `memory`: m, the number of pulls that count.
    - `weights`: weights of the last m pulls, newest first, non-negative and never increasing; None: all 1.
    - `horizon`: number of rounds of an episode.
    - `kind`: kind of new arms: `"practice"`; `"constant"`, losses uniform in [0, 1] whatever the tally; `"random"`,
      a uniform loss at every knot.
    - `knots`: number of exposures at which losses are drawn.
    - `noise`: `"gaussian"` or `"bernoulli"`.
    - `deviation`: standard deviation of Gaussian noise.
    - `drift`: standard deviation of a normal step that each arm's losses take each round, reflected into [0, 1].
    - `observation`: see above.
    - `instance`: an `Arms` to use in every episode.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## Oracle
    `ige.envs.bandits.oracle`: the optimum over all sequences of pulls by dynamic programming; as a plan, always the
    arm that is cheapest in the long run.

    ## References
    - Malik, Igoe, Li, Singh 2023, Weighted Tallying Bandits, arXiv 2305.02955. The generator of arms is ours.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    instance_class: ClassVar[type[Instance]] = Arms

    def __init__(
        self,
        arms: int | None = None,
        memory: int = 20,
        weights: ArrayLike | None = None,
        horizon: int = 1000,
        kind: str = "practice",
        knots: int = 2,
        noise: str = "gaussian",
        deviation: float = 0.1,
        drift: float = 0.0,
        observation: str = "blind",
        instance: Arms | dict[str, Any] | str | Path | None = None,
        render_mode: str | None = None,
    ) -> None:
        instance = self.one(instance)
        if isinstance(instance, Arms):
            knots = instance.losses.shape[1]
            arms = len(instance.losses) if arms is None else arms
        self.arms = integer("arms", 10 if arms is None else arms, 2)
        knots = integer("knots", knots, 1)
        self.memory = integer("memory", memory, 1)
        affordable(16 * self.arms * (knots + 2) + 40 * self.memory, arms=self.arms, knots=knots, memory=self.memory)
        horizon = integer("horizon", horizon, 1)
        one_of("kind", kind, ARMS)
        one_of("noise", noise, NOISES)
        one_of("observation", observation, OBSERVATIONS)
        self.bernoulli = noise == "bernoulli"
        shares = _weights(weights, self.memory)
        dtype = kernel.instance(self.arms, knots)
        spaces_by_name: dict[str, spaces.Space[Any]] = {
            "blind": spaces.Discrete(1),
            "tally": spaces.Box(0, 1, (self.arms,), np.float32),
            "history": spaces.Box(kernel.NOBODY, self.arms - 1, (self.memory,), np.int32),
        }
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(self.arms, knots, self.memory),
                observation=kernel.observation(observation, self.arms, self.memory),
                key=("now", "recent", "newest"),
                info=("oracle_loss", "oracle_best"),
                observe="observe" if observation == "blind" else f"observe_{observation}",
            ),
            kernel.Params(
                max_steps=horizon,
                arms=ARMS.index(kind),
                noise=NOISES.index(noise),
                deviation=number("deviation", deviation, 0),
                drift=number("drift", drift, 0),
                even=bool((shares == 1).all()),
                weight=float(shares.sum()),
                weights=shares,
                pool=self.records("instance", instance, dtype),
            ),
            spaces_by_name[observation],
            spaces.Discrete(self.arms),
            render_mode,
        )

    def comparator(self) -> Comparator:
        row, params = self._state[0], self.params
        if not params.drift and oracle.tractable(self.arms, self.memory):
            loss = oracle.optimum(row["losses"].copy(), params.weights, params.max_steps)
            return Comparator(loss, True, "the best sequence of pulls")
        few = kernel.step_params(params)
        loss = kernel.least_of_all(row["losses"].copy(), row["start"].copy(), few, params.max_steps)
        return Comparator(loss, self.memory == 1, "the least loss of every round")

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        effect = (
            "What an arm costs does not depend on what was pulled before."
            if self.memory == 1
            else f"What an arm costs depends on how many of the last {self.memory} pulls were pulls of it: some get "
            "cheaper with practice, some dearer."
        )
        return (
            f"There are {self.arms} arms. In each of {self.params.max_steps} rounds pull one; it costs something, "
            f"usually between 0 and 1. {effect} Keep the sum of the costs small."
        )

    def describe(self) -> str:
        """The round, and the cost of each arm so far."""
        row = self._state[0]
        if row["t"] >= self.params.max_steps:
            return f"Over after {row['t']} rounds: costs {row['paid'].sum():.2f} in all."
        lines = [f"Round {row['t'] + 1} of {self.params.max_steps}. Costs so far: {row['paid'].sum():.2f}."]
        for arm, (pulls, paid) in enumerate(zip(row["pulls"].tolist(), row["paid"].tolist(), strict=True)):
            lately = int((row["recent"] == arm).sum())
            times = "1 pull" if pulls == 1 else f"{pulls} pulls"
            told = f"{times}, mean cost {paid / pulls:.3f}" if pulls else "never pulled"
            lines.append(f"arm {arm}: {told}" + (f", {lately} of the last {self.memory}" if self.memory > 1 else ""))
        return "\n".join(lines)

    def feedback(self) -> str:
        """The cost of the last pull."""
        row = self._state[0]
        return "" if row["last"] < 0 else f"Arm {row['last']} cost {row['cost']:.3f}."

    def action_text(self, action: int) -> str:
        return f"pull {action}"

    def parse_action(self, text: str) -> int:
        """The arm that `pull 3` or `3` names."""
        return parse_numbered(text, "pull", self.arms, "arm")

    def frame(self) -> NDArray[np.uint8]:
        row = self._state[0]
        share = np.array([(row["recent"] == arm).sum() / self.memory for arm in range(self.arms)])
        return machines(row["pulls"], row["paid"], share, int(row["last"]), float(row["cost"]))


class TallyingBanditVector(KernelVectorEnv):
    """A batch of tallying bandits; see `TallyingBandit`."""

    env_class = TallyingBandit


def _weights(weights: ArrayLike | Sequence[float] | None, memory: int) -> NDArray[np.float64]:
    if weights is None:
        return np.ones(memory)
    shares: NDArray[np.float64] = floats("weights", weights, (memory,), 0, math.inf)
    rising = np.flatnonzero(np.diff(shares) > 0)
    if len(rising):
        i = int(rising[0])
        raise ValueError(f"weights[{i + 1}]: {shares[i + 1]:g}, expected at most weights[{i}], {shares[i]:g}")
    if shares[0] == 0:
        raise ValueError("weights[0]: 0, expected more: the current pull must count")
    return shares.copy()
