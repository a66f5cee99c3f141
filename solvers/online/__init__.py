"""Online learning, compiled: sleeping experts over ridge regressions for groups."""

from .adanormalhedge import SleepingExperts
from .policies import POLICIES, known, make_policy

__all__ = ["POLICIES", "SleepingExperts", "known", "make_policy"]
