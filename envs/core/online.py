"""Online decision problems: a horizon is one episode, and what counts is regret against the best in hindsight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .env import ActType, KernelEnv
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
        pool = self.records("options: instance", [options["instance"]], self.params.pool.dtype)
        return self.params._replace(pool=pool)

    @classmethod
    def records(cls, name: str, instances: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Instances (or the dictionaries of their fields) as records, all of the size that `dtype` has."""
        given: Sequence[Any]
        if isinstance(instances, Instance | dict):
            given = [instances]
        else:
            given = list(instances) if isinstance(instances, Iterable) else [instances]
        found = np.zeros(len(given), dtype)
        for i, instance in enumerate(given):
            if isinstance(instance, dict):
                instance = cls.instance_class.from_dict(instance)
            if not isinstance(instance, cls.instance_class):
                expected = cls.instance_class.__name__
                raise ValueError(
                    f"{name}: {type(instance).__name__}, expected {expected} or a dictionary of its fields"
                )
            for field in dtype.names or ():
                value = np.asarray(getattr(instance, field))
                if value.shape != found.dtype[field].shape:
                    raise ValueError(f"{name}: {field}: shape {value.shape}, expected {found.dtype[field].shape}")
                found[i][field] = value
        return found


def _plain(value: Any) -> Any:
    return value.copy() if value.ndim else value.item()
