"""Online decision problems: an episode is one horizon, and the measure is regret against the best in hindsight."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .env import ActType, KernelEnv
from .given import given, one
from .instance import Instance


class Comparator(NamedTuple):
    """The loss of the best choice in hindsight.

    Attributes:
        loss: expected loss over the horizon, a number or one for each group.
        exact: False where `loss` is a proven lower bound on the comparator's loss.
        what: description of the comparator in words.
        details: dictionary of whatever else a family reports, such as the rounds of each group; or None.
    """

    loss: Any
    exact: bool
    what: str
    details: Any = None


class OnlineEnv(KernelEnv[ActType]):
    """A kernel whose instance (arms, weights, transitions) is stored in its record; rewards are negative losses.

    `info` holds what the learner may not know under names that begin with `oracle_`, so that it can be dropped by
    prefix; `oracle_loss` is the expected loss of the last action. A kernel's parameters have a field `pool`: records
    of the instances from which a reset draws, empty where it generates new ones.
    """

    option_names: ClassVar[tuple[str, ...]] = ("instance",)
    instance_class: ClassVar[type[Instance]]

    @property
    def instance(self) -> Any:
        """The instance being played."""
        row = self._state[0]
        return self.instance_class(**{name: _plain(row[name]) for name in self.params.pool.dtype.names})

    def comparator(self) -> Comparator:
        """The loss of the best choice in hindsight over this episode's whole horizon."""
        raise NotImplementedError(f"{type(self).__name__} has no comparator")

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        super().instance_params(options)
        if not options or options.get("instance") is None:
            return self.params
        pool = self.records("options: instance", options["instance"], self.params.pool.dtype)
        return self.params._replace(pool=pool)

    @classmethod
    def one(cls, instance: Any) -> Any:
        """The argument `instance` as an object, or None if it is None."""
        if instance is None:
            return None
        return one("instance", instance, cls.instance_class, cls.instance_class.from_dict)

    @classmethod
    def records(cls, name: str, instances: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Instances, in any form that `given` takes (or None), as records of the size that `dtype` has."""
        kind = cls.instance_class
        played = [] if instances is None else given(name, instances, kind, kind.from_dict)
        found = np.zeros(len(played), dtype)
        for i, instance in enumerate(played):
            for field in dtype.names or ():
                value = np.asarray(getattr(instance, field))
                if value.shape != found.dtype[field].shape:
                    raise ValueError(f"{name}: {field}: shape {value.shape}, expected {found.dtype[field].shape}")
                found[i][field] = value
        return found


def _plain(value: Any) -> Any:
    return value.copy() if value.ndim else value.item()
