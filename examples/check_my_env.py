"""Check an environment of your own against the laws; in a test suite, three lines do the same (see the end).

python examples/check_my_env.py CartPole-v1      (exit code 1: Gymnasium's own vector CartPole breaks a law)
"""

from __future__ import annotations

import sys

from ige.envs.testing import check


def main() -> None:
    report = check(sys.argv[1] if len(sys.argv) > 1 else "CartPole-v1")
    print(report)
    sys.exit(not report.holds)


if __name__ == "__main__":
    main()

# In pytest:
#
#     @pytest.mark.parametrize("law", ige.envs.testing.laws("MyEnv-v0"), ids=str)
#     def test_law(law):
#         law()
