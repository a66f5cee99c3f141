"""The game of decision rules: `ige/UedMatrix-v0`."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from ...render import Frame
from ..core import Kernel, KernelEnv, KernelVectorEnv
from ..core.check import integer
from ..core.instance import floats
from ..core.text import parse_numbered
from . import kernel_matrix as kernel
from .payoffs import picture

PAYOFFS = ((75, 75, 75, 75, 75), (0, 100, 100, 100, 100))


class UedMatrix(KernelEnv[int]):
    """Choose a policy for a hidden level: unsupervised environment design as a payoff matrix.

    ## Description
    The smallest underspecified environment: a few policies, a few levels (theta), and each policy's payoff on each one.
    The best choice depends on how levels are decided. By default policy 0 earns 75 everywhere, and policy 1 earns 100
    everywhere except on theta 0, where it earns nothing. Domain randomisation prefers policy 1 (a mean of 80), maximin
    policy 0, and minimax regret a mixture with 75 % of policy 0, whose regret is 18.75 on every level.
    `ige.solvers.ued.decision_rules` has all three, exact and learnt.

    ## Action Space
    `Discrete(policies)`, by default `Discrete(2)`: the policy to play. As text, `policy 1` or just `1`.

    ## Observation Space
    `Discrete(1)`: nothing; theta is hidden.

    ## Rewards
    The payoff of the policy on this episode's theta.

    ## Starting State
    A theta, drawn uniformly unless `theta` or `options={"theta": ...}` says which.

    ## Episode End
    Termination after one step.

    ## Information
    - `oracle_theta`: the level.
    - `oracle_regret`: the payoff of the best policy for this theta minus that of the one played (0 before).

    ## Arguments
    `gym.make("ige/UedMatrix-v0", payoffs=((75, 75, 75, 75, 75), (0, 100, 100, 100, 100)), theta=None)`
    - `payoffs`: a row for each policy, at least 2, with a number for each theta, at least 1.
    - `theta`: level of every episode, from 0; None: drawn.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## Oracle
    `ige.envs.ued.oracle:plan_matrix`: the best policy for the current theta.

    ## References
    - Dennis et al. 2020, Emergent Complexity and Zero-shot Transfer via Unsupervised Environment Design (PAIRED),
      arXiv 2012.02096: modelled on the examples with which it compares decision rules.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    option_names: ClassVar[tuple[str, ...]] = ("theta",)

    def __init__(self, payoffs: ArrayLike = PAYOFFS, theta: int | None = None, render_mode: str | None = None) -> None:
        matrix = checked_payoffs(payoffs)
        self.policies, self.thetas = matrix.shape
        super().__init__(
            Kernel(
                kernel.__name__,
                kernel.STATE,
                kernel.OBSERVATION,
                key=("oracle_theta", "action"),
                info=("oracle_theta", "oracle_regret"),
            ),
            kernel.Params(0, self._theta("theta", theta), matrix),
            spaces.Discrete(1),
            spaces.Discrete(self.policies),
            render_mode,
        )

    def instance_params(self, options: dict[str, Any] | None) -> kernel.Params:
        super().instance_params(options)
        if not options or options.get("theta") is None:
            return self.params
        return self.params._replace(theta=self._theta("options: theta", options["theta"]))

    def _theta(self, name: str, theta: Any) -> int:
        return kernel.DRAWN if theta is None else integer(name, theta, 0, self.thetas - 1)

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        rows = [
            f"policy {i}: " + ", ".join(f"{payoff:g}" for payoff in row)
            for i, row in enumerate(self.params.payoffs.tolist())
        ]
        several = f"{self.thetas} levels" if self.thetas > 1 else "the only level"
        head = f"Choose one of {self.policies} policies; you are not told the level. What each earns on {several}:"
        return "\n".join([head, *rows])

    def describe(self) -> str:
        """The policy played and its payoff, or that the level is hidden."""
        row = self._state[0]
        theta, action = int(row["oracle_theta"]), int(row["action"])
        if action < 0:
            return "A level is chosen and hidden."
        earned, best = self.params.payoffs[action, theta], self.params.payoffs[:, theta].max()
        return f"Policy {action} earned {earned:g} on level {theta}; the best there earns {best:g}."

    def action_text(self, action: int) -> str:
        return f"policy {action}"

    def parse_action(self, text: str) -> int:
        """The policy that `policy 1` or `1` names."""
        return parse_numbered(text, "policy", self.policies)

    def frame(self) -> Frame:
        """The payoffs; once a policy was played, also the level."""
        return picture(self.params.payoffs, int(self._state[0]["oracle_theta"]), int(self._state[0]["action"]))


class UedMatrixVector(KernelVectorEnv):
    """A batch of games of decision rules; see `UedMatrix`."""

    env_class = UedMatrix


def checked_payoffs(payoffs: ArrayLike) -> NDArray[np.float64]:
    """Float64 (policies, thetas). ValueError if it is no matrix of finite numbers, or leaves nothing to choose."""
    rows: Any = list(payoffs) if np.iterable(payoffs) else []
    lengths = [len(row) if hasattr(row, "__len__") else 0 for row in rows]
    for i, length in enumerate(lengths):
        if length == 0:
            raise ValueError(f"payoffs[{i}]: {rows[i]!r}, expected a payoff for each theta")
        if length != lengths[0]:
            raise ValueError(f"payoffs[{i}]: {length} thetas, expected {lengths[0]} as in payoffs[0]")
    if len(rows) < 2:
        found = f"{len(rows)} policies" if np.iterable(payoffs) else repr(payoffs)
        raise ValueError(f"payoffs: {found}, expected at least 2 rows: policies")
    matrix: NDArray[np.float64] = floats("payoffs", rows, (None, None))
    return matrix.copy()
