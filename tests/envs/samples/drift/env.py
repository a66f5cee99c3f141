"""The second environment, which keeps `core` honest where Game of 24 does not look."""

from __future__ import annotations

import numpy as np
from gymnasium import spaces

from ige.envs.core import Kernel, KernelEnv, KernelVectorEnv

from . import kernel


class Drift(KernelEnv):
    """Sail into the harbour: no masks, arrays for actions, several kinds of observation and info, truncation."""

    def __init__(self, max_steps: int = 9, fuel: float = 0.125, render_mode: str | None = None) -> None:
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.STATE,
                observation=kernel.OBSERVATION,
                key=("boat", "harbour", "current", "strength"),
                info=("boat", "strength", "blown"),
            ),
            kernel.Params(max_steps, fuel),
            spaces.Dict(
                sea=spaces.Box(0, 2, (kernel.HEIGHT, kernel.WIDTH), np.int8),
                current=spaces.Discrete(3),
                strength=spaces.Box(0, 1, (1,), np.float32),
            ),
            spaces.MultiDiscrete([3, 3]),
            render_mode,
        )


class DriftVector(KernelVectorEnv):
    env_class = Drift
