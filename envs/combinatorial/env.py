"""What the five environments share: arguments, instances, text and pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import ArrayLike, NDArray

from ..core import Kernel, KernelEnv
from ..core.check import affordable, integer, one_of
from ..core.given import given
from ..core.text import parse_named
from . import draw, files
from .instance import Instance
from .picture import picture

FORMULATIONS = ("bq", "direct")
REWARDS = ("dense", "sparse")
# Stands for None in records.
ABSENT = {"reference": np.nan, "points": np.nan, "limit": np.inf, "service": 0.0, "vehicles": np.inf}

Instances = Instance | Sequence[Instance | dict[str, Any] | str | Path] | dict[str, Any] | str | Path


class Combinatorial(KernelEnv[int]):
    """A combinatorial optimisation problem, decided node by node (item by item).

    A subclass adds its docstring, its parameters and its spaces.

    Args:
        n: size of the instances; None: `default_n`, or the size of the given instances.
        formulation: "bq" shows the remaining sub-problem, "direct" the instance and all decisions.
        reward: "dense" after each decision, "sparse" at the end; the return is the same.
        instances: instances to play instead of new ones: an instance, a dictionary of its fields, its JSON, a file, or
            a list of these.
        render_mode: "rgb_array" or "ansi".
        settings: the problem's own parameters, each as a function of n.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    option_names: ClassVar[tuple[str, ...]] = ("instance",)

    problem: ClassVar[type[Any]]
    compiled: ClassVar[ModuleType]
    default_n: ClassVar[int] = 20
    least_n: ClassVar[int] = 1
    axes: ClassVar[int] = 1  # axes of the largest part of a record; 2: a matrix of all pairs
    distributions: ClassVar[tuple[str, ...]] = draw.DISTRIBUTIONS
    keys_bq: ClassVar[tuple[str, ...]]
    keys_direct: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        n: int | None,
        distribution: str,
        formulation: str,
        reward: str,
        instances: Instances | None,
        render_mode: str | None,
        **settings: Callable[[int], Any],
    ) -> None:
        self.distribution = distribution
        one_of("distribution", distribution, self.distributions)
        one_of("formulation", formulation, FORMULATIONS)
        one_of("reward", reward, REWARDS)
        played = None if instances is None else self._given("instances", instances)
        if played and n is None:
            n = played[0].n
        self.n = integer("n", self.default_n if n is None else n, self.least_n)
        self.formulation = formulation
        compiled: Any = self.compiled
        seen = compiled.observation_bq if formulation == "bq" else compiled.observation
        rough = compiled.record(1000).itemsize + seen(1000).itemsize
        affordable(rough * (self.n / 1000) ** self.axes, n=self.n)
        pool = np.zeros(0, compiled.instance(self.n)) if played is None else self._pool("instances", played)
        bq = formulation == "bq"
        parts = self.parts_bq() if bq else self.parts_direct()
        actions = self.count()
        super().__init__(
            Kernel(
                compiled.__name__,
                state=compiled.record(self.n),
                observation=(compiled.observation_bq if bq else compiled.observation)(self.n),
                key=(self.keys_bq if bq else self.keys_direct) + (("objective",) if reward == "sparse" else ()),
                info=("illegal",),
                final_info=("solution", "objective", "gap"),
                n_masked=actions,
                observe="observe_bq" if bq else "observe",
            ),
            compiled.Params(
                max_steps=0,
                sparse=reward == "sparse",
                distribution=self.distributions.index(distribution),
                pool=pool,
                **{name: of(self.n) for name, of in settings.items()},
            ),
            spaces.Dict({**parts, "action_mask": spaces.MultiBinary(actions)}),
            spaces.Discrete(actions),
            render_mode,
        )

    # --- hooks of a problem -------------------------------------------------------------------------------------------

    def count(self) -> int:
        """The number of actions."""
        return self.n

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        """The parts of the observation in the formulation "bq", without the mask."""
        raise NotImplementedError

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        """The parts of the observation in the formulation "direct", without the mask."""
        raise NotImplementedError

    def status(self) -> str:
        """The state of the construction, as a language agent reads it."""
        raise NotImplementedError

    def line(self, node: int) -> str:
        """A remaining node (or item), as a language agent reads it."""
        raise NotImplementedError

    # --- instances ----------------------------------------------------------------------------------------------------

    @property
    def instance(self) -> Any:
        """The instance being played, as the environment measures it."""
        row = self._state[0]
        values = {name: row[name] for name in self.compiled.instance(self.n).names if name != "reference"}
        plain = {name: value.copy() if value.ndim else float(value) for name, value in values.items()}
        reference = float(row["reference"])
        extra = {"distinct": False} if "distinct" in self.problem.__dataclass_fields__ else {}
        return self.problem(**plain, **extra, best_known=None if np.isnan(reference) else reference)

    @property
    def actions(self) -> NDArray[np.int64]:
        """The decisions of the episode so far."""
        row = self._state[0]
        return row["solution"][: row["steps"]].astype(np.int64)

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        super().instance_params(options)
        if not options or options.get("instance") is None:
            return self.params
        played = self._given("options: instance", options["instance"])
        return self.params._replace(pool=self._pool("options: instance", played))

    def _given(self, name: str, instances: Any) -> list[Any]:
        """Instances of this problem, from any form that holds them."""

        def from_dict(fields: dict[str, Any]) -> Instance:
            return Instance.from_dict({"problem": self.problem.problem, **fields})

        found: list[Any] = given(name, instances, self.problem, from_dict, files.read_all)
        if not found:
            raise ValueError(f"{name}: found none, expected at least one")
        for i, instance in enumerate(found):
            if not isinstance(instance, self.problem):
                raise ValueError(f"{name}[{i}]: found {instance.problem}, expected {self.problem.problem}")
        return found

    def _pool(self, name: str, given: Sequence[Any]) -> NDArray[Any]:
        """Records of instances, all of size n."""
        records = np.zeros(len(given), self.compiled.instance(self.n))
        for i, (row, instance) in enumerate(zip(records, given, strict=True)):
            if instance.n != self.n:
                raise ValueError(f"{name}[{i}]: n={instance.n}, expected n={self.n}")
            scaled = instance.scaled()
            for field in records.dtype.names or ():
                value = getattr(scaled, "best_known" if field == "reference" else field)
                row[field] = ABSENT[field] if value is None else value
        return records

    # --- text and picture ---------------------------------------------------------------------------------------------

    @property
    def current(self) -> int:
        """The current node."""
        return int(self._state["current"][0])

    @property
    def objective(self) -> float:
        """The objective of the decisions so far; NaN after an illegal one."""
        return float(self._state["objective"][0])

    def place(self, node: int) -> str:
        """A node and its location."""
        x, y = self._state["points"][0, node]
        return f"node {node}" + ("" if np.isnan(x) else f" ({x:.4f}, {y:.4f})")

    def distance(self, i: int, j: int) -> float:
        """The distance between two nodes."""
        points = self._state["points"][0]
        return float(np.hypot(*(points[i] - points[j])))

    def describe(self) -> str:
        """The state of the construction and what remains."""
        if self._state["over"][0]:
            return self._ending()
        left = np.flatnonzero(self._state["visited"][0] == 0).tolist()
        return "\n".join([self.status(), f"Left ({len(left)}):", *map(self.line, left)])

    def parse_action(self, text: str) -> int:
        """The legal action whose `action_text` this is."""
        return parse_named(text, {self.action_text(a): a for a in np.flatnonzero(self.action_masks()).tolist()})

    def _ending(self) -> str:
        row = self._state[0]
        if row["illegal"]:
            return "That was not allowed. The episode is over."
        gap = "" if np.isnan(row["gap"]) else f", {100 * row['gap']:.2f} % from the best known"
        return f"Done. {'Length' if self.problem.minimise else 'Worth'} {row['objective']:.4f}{gap}."

    def frame(self) -> NDArray[np.uint8]:
        return picture(self.instance, self.actions)


def by_size(table: dict[int, int], n: int) -> int:
    """The entry for the first size that is at least n."""
    return next(value for size, value in table.items() if n <= size)


def unit(*shape: int, high: ArrayLike = 1.0) -> spaces.Box:
    """A box of numbers from 0 to `high`, which may differ along the last axis."""
    most = np.broadcast_to(np.asarray(high, np.float32), shape).copy()
    return spaces.Box(np.zeros_like(most), most, dtype=np.float32)


def node_ids(tokens: int, nodes: int) -> spaces.Box:
    """A space with a node for each token; -1 where there is none."""
    return spaces.Box(-1, nodes - 1, (tokens,), np.int32)
