"""Seeds for runs that must share nothing."""

from __future__ import annotations

import numpy as np


def spawned(seed: int, *path: int) -> int:
    """A seed for one run's rows, from 0 to 2**63 - 1.

    Row i of a vector environment seeded s is seeded s + i, so runs seeded 0, 1, 2, ... would share nearly all their
    worlds. The seeds returned here lie far apart for different runs, and for parts of a run, which `path` names.
    """
    return int(np.random.SeedSequence([seed, *path]).generate_state(1, np.uint64)[0] >> np.uint64(1))
