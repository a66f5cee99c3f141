"""Bandit policies, compiled: play beside any environment of arms, or fused with it at millions of rounds a second.

`make_policy("ucb1", env)` gives a `Policy`: `act(observation)` and `update(action, reward, observation)` beside a live
environment or vector environment, `play(seeds)` for roll-outs in one compiled loop. `contextual` has those that look at
contexts.
"""

from .policies import POLICIES, make_policy
from .solve import Episode, solve

__all__ = ["POLICIES", "Episode", "make_policy", "solve"]
