"""Regression for intersecting groups: `ige/GroupRegression-v0`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...render import Frame
from ..core import Comparator, Kernel, KernelVectorEnv, OnlineEnv, compiled
from ..core.check import affordable, integer, number, one_of
from ..core.instance import Instance, floats
from ..core.text import parse_numbers
from . import kernel_group as kernel
from . import picture_group
from .table import Table, read_table

RULES = ("mean", "min", "max", "permutation")
ALWAYS = "always"
FAR = 10.0  # bound of predictions: linear fits leave the range of the labels
NEGLIGIBLE = 1e-10  # singular values below this share of the largest count as zero: groups of a partition are collinear

_moments = compiled(kernel.moments.py_func)


@dataclass(frozen=True, eq=False)
class Regression(Instance):
    """The model that generates labels.

    Attributes:
        weights: float64 (groups, d), weights of each group except the one that always holds.
        order: int64 (groups,), position of each group in the order used by the rule "permutation" (None: as numbered);
            the first group that holds gives the label.
        low, high: range from which labels are scaled to [0, 1], and to which they are clipped (None: the range that
            features in [0, 1] can give without noise).
    """

    weights: NDArray[np.float64]
    order: NDArray[np.int64] | None = None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        weights = floats("weights", self.weights, (None, None))
        groups = len(weights)
        order = np.arange(groups) if self.order is None else np.array(self.order)
        if order.shape != (groups,) or sorted(order.tolist()) != list(range(groups)):
            raise ValueError(f"order: {order.tolist()}, expected the numbers from 0 to {groups - 1} in some order")
        low = float(np.minimum(weights, 0).sum(1).min()) if self.low is None else number("low", self.low, -np.inf)
        high = float(np.maximum(weights, 0).sum(1).max()) if self.high is None else number("high", self.high, -np.inf)
        if low >= high:
            raise ValueError(f"high: {high:g}, expected more than low, {low:g}")
        for name, value in (("weights", weights), ("order", order), ("low", low), ("high", high)):
            object.__setattr__(self, name, value)


class GroupRegression(OnlineEnv[NDArray[np.float64]]):
    """Predict labels of individuals who belong to several groups at once, well for each of the groups.

    ## Description
    In each round an individual appears, with features and the groups that it belongs to, of which one always holds. A
    number is predicted, then the label is shown. The measure is the regret of each group: the squared losses in its
    rounds minus those of the best linear fit in hindsight on just these rounds. The stream is either generated (one
    group of each partition, such as a shape and a colour; a linear model for each group) or read from the user's table.
    The stream does not depend on the predictions.

    ## Action Space
    `Box(-10.0, 10.0, (1,), float64)`: the prediction. As text, a number. Labels are in [0, 1], predictions need not be.

    ## Observation Space
    `Dict`:
    - `x`: `Box(0, 1, (d + groups,), float64)`, the features, then 1 for each group that holds, without the last.
    - `groups`: `MultiBinary(groups + 1)`, which groups hold; the last always does.
    - `prev_y`: `Box(0, 1, (1,), float64)`, the label of the previous round (0 before the first).

    ## Rewards
    Minus the squared difference between prediction and label.

    ## Starting State
    A new model: weights uniform in [0, 1] for each group, a random order of the groups, and the range by which labels
    are scaled, fixed before the first round: 4.5 standard deviations around the mean label of every group. Or
    `instance`, or `options["instance"]`. With `data`: the rows in another order.

    ## Episode End
    Truncation after `horizon` rounds. Never terminated.

    ## Information
    - `oracle_loss`: the squared loss of the last prediction (0 before the first).
    - `oracle_label`: the label to be predicted.

    `unwrapped.comparator()`: the exact loss, for each group, of the best linear least-squares fit in hindsight on just
    its rounds; `details["rounds"]` holds their number. `unwrapped.hindsight(rounds)` gives the same for any numbers of
    rounds from the start. `unwrapped.group_names` names the groups.

    ## Arguments
    `gym.make("ige/GroupRegression-v0", d=20, groups=((0.5, 0.3, 0.2), (0.6, 0.4)), rule="mean", noise=0.16, drift=0.0,
    horizon=20000)`
    - `d`: number of features.
    - `groups`: partitions, each given by the probabilities of its groups, which add up to 1.
    - `rule`: how the labels of the groups that hold are combined: `"mean"`, `"min"`, `"max"`, or `"permutation"`: the
      first group in the instance's order gives the label.
    - `noise`: standard deviation of each group's label before they are combined and scaled.
    - `drift`: standard deviation of a normal step that each weight takes each round, reflected into [0, 1].
    - `horizon`: number of rounds of an episode, at most the number of rows of `data`.
    - `data`: path of a CSV file whose first line names the columns; replaces all of the above except `horizon`.
      Features and labels are scaled by their least and greatest values in the file.
    - `label`: column to be predicted.
    - `group_by`: columns whose every value is a group, at most 50 per column.
    - `features`: columns of numbers to predict from (None: all others).
    - `instance`: a `Regression` to use in every episode.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## References
    - Acharya, Arunachaleswaran, Kannan, Roth, Ziani 2023, Oracle Efficient Algorithms for Groupwise Regret,
      arXiv 2310.04652: setting, sizes and rules. The paper scales labels by the least and greatest of the whole stream.

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    instance_class: ClassVar[type[Instance]] = Regression

    def __init__(
        self,
        d: int = 20,
        groups: Sequence[Sequence[float]] = ((0.5, 0.3, 0.2), (0.6, 0.4)),
        rule: str = "mean",
        noise: float = 0.16,
        drift: float = 0.0,
        horizon: int = 20_000,
        data: str | Path | None = None,
        label: str | None = None,
        group_by: Sequence[str] | None = None,
        features: Sequence[str] | None = None,
        instance: Regression | dict[str, Any] | str | Path | None = None,
        render_mode: str | None = None,
    ) -> None:
        d, horizon = integer("d", d, 1), integer("horizon", horizon, 1)
        self.table: Table | None = None
        if data is not None:
            if instance is not None:
                raise ValueError("instance: found one beside data, expected one of the two")
            table = self.table = read_table(data, label, group_by, features)
            d, horizon = table.x.shape[1], min(horizon, len(table.y))
            names, ends, chances = table.names, np.zeros(1, np.int64), np.zeros(0)
            x, members, y = table.x, table.groups, table.y
        else:
            for name, value in (("label", label), ("group_by", group_by), ("features", features)):
                if value:
                    raise ValueError(f"{name}: {value!r}, expected none without data")
            ends, chances = _partitions(groups)
            names = tuple(f"{k}.{i}" for k, partition in enumerate(groups) for i in range(len(partition)))
            x, members, y = np.zeros((0, d)), np.zeros((0, len(names)), np.int8), np.zeros(0)
        self.group_names = (*names, ALWAYS)
        count = len(names)
        affordable(16 * (count + 1) * (d + 1), d=d, groups=count)
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.record(count, d),
                observation=kernel.observation(count, d),
                key=("x", "groups", "previous", "now") if self.table is None else ("start", "place", "previous"),
                info=("oracle_loss", "oracle_label"),
            ),
            kernel.Params(
                max_steps=horizon,
                rule=one_of("rule", rule, RULES),
                noise=number("noise", noise, 0),
                drift=number("drift", drift, 0),
                ends=ends,
                chances=chances,
                table_x=x,
                table_groups=members,
                table_y=y,
                pool=self.records("instance", self.one(instance), kernel.instance(count, d)),
            ),
            spaces.Dict(
                x=spaces.Box(0, 1, (d + count,), np.float64),
                groups=spaces.MultiBinary(count + 1),
                prev_y=spaces.Box(0, 1, (1,), np.float64),
            ),
            spaces.Box(-FAR, FAR, (1,), np.float64),
            render_mode,
        )

    @property
    def instance(self) -> Any:
        """The instance being played; with `data` there is none, as the rows are everything."""
        return super().instance if self.table is None else None

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        if self.table is not None and options and options.get("instance") is not None:
            raise ValueError("options: instance: found one, expected none: the stream is read from data")
        return super().instance_params(options)

    def hindsight(self, rounds: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The least-squares losses of each group in the first rounds of this episode, and its numbers of rounds.

        Args:
            rounds: numbers of rounds, ascending.

        Returns:
            Float64 (points, groups + 1) and int64 (points, groups + 1).
        """
        points = np.array(rounds, np.int64)
        size, groups = self._state["x"].shape[1], len(self.group_names)
        squares = np.zeros((len(points), groups, size, size))
        products = np.zeros((len(points), groups, size))
        labels, own = np.zeros((len(points), groups)), np.zeros((len(points), groups), np.int64)
        _moments(self._state.copy()[0], kernel.step_params(self.params), points, squares, products, labels, own)
        fits = np.linalg.pinv(squares, NEGLIGIBLE, hermitian=True) @ products[..., None]
        # Losses of the computed fit itself, so that an inexact fit affects the loss only to second order.
        losses = labels - 2 * (products[..., None, :] @ fits)[..., 0, 0] + (fits.mT @ squares @ fits)[..., 0, 0]
        return losses, own

    def comparator(self) -> Comparator:
        losses, own = self.hindsight([self.params.max_steps])
        return Comparator(losses[0], True, "each group's best linear fit in hindsight", {"rounds": own[0]})

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        return (
            f"In each of {self.params.max_steps} rounds you see an individual's features and groups. Predict its "
            "label, a number from 0 to 1, then see it. Keep the squared errors small in every group, compared with "
            "the best linear function of the features for that group."
        )

    def describe(self) -> str:
        """The last label, and the individual to predict for."""
        row = self._state[0]
        if row["t"] >= self.params.max_steps:
            return f"Over after {row['t']} rounds. The last label was {row['previous']:.4f}."
        held = [name for name, member in zip(self.group_names, row["groups"].tolist(), strict=True) if member]
        d = self.params.table_x.shape[1]
        names = self.table.features if self.table else [f"x{f}" for f in range(d)]
        told = ", ".join(f"{name} {value:.4f}" for name, value in zip(names, row["x"][:d].tolist(), strict=True))
        lines = [
            f"Round {row['t'] + 1} of {self.params.max_steps}.",
            f"Groups: {', '.join(held)}.",
            f"Features: {told}.",
        ]
        return "\n".join(lines)

    def feedback(self) -> str:
        """The label of the previous individual."""
        row = self._state[0]
        return f"The label was {row['previous']:.4f}." if row["t"] else ""

    def action_text(self, action: NDArray[np.float64]) -> str:
        return np.format_float_positional(action[0], trim="-")

    def parse_action(self, text: str) -> NDArray[np.float64]:
        """The prediction given as a number in a text."""
        return parse_numbers(text, 1, -FAR, FAR)

    def frame(self) -> Frame:
        """The individual whose label is to be predicted, and the error of the last prediction."""
        d = self.params.table_x.shape[1]
        return picture_group.picture(self._state[0], d, self.group_names, self.params.max_steps)


class GroupRegressionVector(KernelVectorEnv):
    """A batch of regression streams; see `GroupRegression`."""

    env_class = GroupRegression


def _partitions(groups: Sequence[Sequence[float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The start of each partition (and the end of the last), and cumulative probabilities within each."""
    if not isinstance(groups, Sequence) or not groups:
        raise ValueError(f"groups: {groups!r}, expected a sequence of partitions")
    cumulated = []
    for k, partition in enumerate(groups):
        chances = floats(f"groups[{k}]", partition, (None,), 0, 1)
        if abs(chances.sum() - 1) > 1e-9:
            raise ValueError(f"groups[{k}]: adds up to {chances.sum():g}, expected 1")
        cumulated.append(np.cumsum(chances))
    ends = np.cumsum([0, *map(len, cumulated)]).astype(np.int64)
    return ends, np.concatenate(cumulated)
