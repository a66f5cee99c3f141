"""The sample of a world of several agents that are alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from ige.envs.core import Kernel, KernelParallelEnv, alike

from . import kernel


class Walkers(KernelParallelEnv):
    """Walk or jump home: masks, chance in every step, agents that leave one by one, truncation of the rest."""

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 4}

    def __init__(self, max_cycles: int = 7, reward: float = 1.0, render_mode: str | None = None) -> None:
        super().__init__(
            Kernel(
                kernel.__name__,
                state=kernel.STATE,
                observation=kernel.OBSERVATION,
                key=("done", "walkers", "home"),
                n_masked=3 * kernel.WALKERS,
                agents=tuple(f"walker_{k}" for k in range(kernel.WALKERS)),
            ),
            kernel.Params(max_cycles, reward),
            alike(
                kernel.WALKERS,
                spaces.Dict(
                    track=spaces.Box(0, 2, (kernel.TRACK,), np.uint8),
                    breath=spaces.Box(0, 1, (1,), np.float32),
                    t=spaces.Discrete(2**31),
                ),
                spaces.Discrete(3),
                observation=("track", "breath", "t"),
                info=("walkers.illegal", "walkers.place", "home"),
                common=("t", "home"),
            ),
            render_mode,
        )

    def describe(self) -> str:
        row = self._state[0]
        return f"home {row['home']}, walkers {row['walkers']['place'].tolist()} after {row['t']} steps"
