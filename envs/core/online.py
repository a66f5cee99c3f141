"""Online decision problems: a horizon is one episode, and what counts is regret against the best in hindsight."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .env import ActType, KernelEnv
from .given import given, one
from .instance import Instance


class Comparator(NamedTuple):
    """What the best in hindsight loses.

    Attributes:
        loss: in expectation over the horizon; a number, or one for each group.
        exact: False where it is a proven bound: whatever is compared with loses at least as much.
        what: it is, in words.
        details: a dictionary of what else a family tells of it, such as the rounds of each group; or None.
    """

    loss: Any
    exact: bool
    what: str
    details: Any = None


class OnlineEnv(KernelEnv[ActType]):
    """A kernel whose instance (arms, weights, transitions) lies in its record; rewards are negative losses.

    `info` holds what the learner may not know under names that begin with `oracle_`, so that it can be dropped by
    prefix; `oracle_loss` is the expected loss of the last action. A kernel's parameters have a field `pool`: records
    of instances that a reset draws from, empty where it draws new ones.
    """

    option_names: ClassVar[tuple[str, ...]] = ("instance",)
    instance_class: ClassVar[type[Instance]]

    @property
    def instance(self) -> Any:
        """The instance that is played."""
        row = self._state[0]
        return self.instance_class(**{name: _plain(row[name]) for name in self.params.pool.dtype.names})

    def comparator(self) -> Comparator:
        """What the best in hindsight loses in this episode's whole horizon."""
        raise NotImplementedError(f"{type(self).__name__} has no comparator")

    def instance_params(self, options: dict[str, Any] | None) -> Any:
        super().instance_params(options)
        if not options or options.get("instance") is None:
            return self.params
        pool = self.records("options: instance", options["instance"], self.params.pool.dtype)
        return self.params._replace(pool=pool)

    @classmethod
    def one(cls, instance: Any) -> Any:
        """The argument `instance` as an object, None if it is None."""
        if instance is None:
            return None
        return one("instance", instance, cls.instance_class, cls.instance_class.from_dict)

    @classmethod
    def records(cls, name: str, instances: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Instances, in any form that `given` takes or None, as records, all of the size that `dtype` has."""
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
