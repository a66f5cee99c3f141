"""Compiled bandit policies, used with any live environment of arms or fused with it at millions of rounds a second.

`make_policy("ucb1", env)` returns a `Policy`: `act(observation)` and `update(action, reward, observation)` for a live
environment or vector environment, `play(seeds)` for roll-outs in one compiled loop. `contextual` has the policies that
use contexts.
"""

from .policies import POLICIES, make_policy
from .solve import Episode, solve

__all__ = ["POLICIES", "Episode", "make_policy", "solve"]
