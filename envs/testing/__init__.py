"""The laws that an environment must obey, for the suite's environments and for anybody else's.

Three lines check an environment of your own under pytest, one test for each part of each law:

```python
import pytest
from ige.envs import testing


@pytest.mark.parametrize("law", testing.laws("CartPole-v1"), ids=str)
def test_law(law):
    law()
```

`check("My-v0")` runs them all and returns a report; `same`, `within`, `seeded`, `solvable` and `conventional` each run
one law and raise `LawViolation`. All of them also take PettingZoo's multi-agent environments. Hypothesis strategies
are in `ige.envs.testing.strategies` (needs `hypothesis`).
"""

from .collection import LAWS, TEAM_LAWS, Law, check, conventional, laws, same, seeded, solvable, within
from .report import Finding, LawViolation, NotApplicable, Report
from .subject import Subject
from .team import Team

__all__ = [
    "LAWS",
    "TEAM_LAWS",
    "Finding",
    "Law",
    "LawViolation",
    "NotApplicable",
    "Report",
    "Subject",
    "Team",
    "check",
    "conventional",
    "laws",
    "same",
    "seeded",
    "solvable",
    "within",
]
