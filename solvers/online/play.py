"""One episode of online learning by a named policy, and its result."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.outcome import Facts
from .policies import known, make_policy


def solve(env: Any, solver: str | None = None, seed: int = 0, **settings: Any) -> Facts:
    """Play one episode, in a compiled loop, and compare with the best in hindsight.

    Args:
        env: GroupRegression or OneSidedFairness; afterwards it is at the end of that episode.
        solver: a policy's name; None is the environment's first one.
        seed: seed of the episode and of the policy.
        settings: settings of the policy.

    Returns:
        Plain data: `solver`, `seed`, `rounds`, `loss` (expected, over all rounds), `reward`, `best` (the loss of the
        best in hindsight), `what` (its description), and `groups` (rounds, loss and regret of each) or `violations` and
        those of the best.
    """
    policies = known(env)
    if solver is None and policies:
        solver = next(iter(policies))
    policy = make_policy(str(solver), env, **settings)
    core = policy.core
    played = policy.play([seed], policy_seed=seed)
    core.set_state(played.state[0])
    best = core.comparator()
    found = Facts({
        "solver": solver,
        "seed": seed,
        "rounds": core.params.max_steps,
        "loss": float(played.loss[0, -1]),
        "reward": float(played.reward[0, -1]),
        "best": np.asarray(best.loss).tolist(),
        "what": best.what,
    })  # fmt: skip
    if "expected" in (played.policy.dtype.names or ()):
        own = played.policy[0]["expected"]
        rows = zip(
            core.group_names, best.details["rounds"].tolist(), own.tolist(), (own - best.loss).tolist(), strict=True
        )
        found["groups"] = {name: {"rounds": n, "loss": loss, "regret": regret} for name, n, loss, regret in rows}
    else:
        rule = best.details["rule"]
        found["violations"] = int(played.state[0]["violations"])
        found["violations_of_best"] = int(best.details["violations"][rule])
    return found
