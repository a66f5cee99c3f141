"""Seeds for runs that must share nothing."""

from __future__ import annotations

import numpy as np


def spawned(seed: int, *path: int) -> int:
    """A seed for the rows of one run, from 0 to 2**63 - 1.

    Row i of a vector seeded s is seeded s + i, so that runs seeded 0, 1, 2, ... would share nearly all their worlds.
    Seeds of different runs, or of parts of a run that `path` names, lie far apart here.
    """
    return int(np.random.SeedSequence([seed, *path]).generate_state(1, np.uint64)[0] >> np.uint64(1))
