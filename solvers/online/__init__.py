"""Online learning, compiled: sleeping experts for groups, and fair decisions with one-sided feedback.

`make_policy("adanormalhedge", env)` returns a `Policy`: `act(observation)` and `update(action, reward, observation)`
for a live environment or vector environment, `play(seeds)` for roll-outs in one compiled loop. `SleepingExperts` is
AdaNormalHedge over experts of any kind; `solve` plays one episode and compares with the best in hindsight.
"""

from .adanormalhedge import SleepingExperts
from .play import solve
from .policies import POLICIES, known, make_policy

__all__ = ["POLICIES", "SleepingExperts", "known", "make_policy", "solve"]
