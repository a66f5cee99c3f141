"""A language model plays Game of 24 as text, through any chat endpoint that speaks the OpenAI protocol.

OPENAI_API_KEY=... python examples/language_agent.py MODEL      (OPENAI_BASE_URL for a local server)
python examples/language_agent.py                               (without a model: uniform answers, the control)
"""

from __future__ import annotations

import sys

import gymnasium as gym

import ige  # noqa: F401  (registers the ids)
from ige.solvers.foundation import make_model
from ige.solvers.search import intelligent
from ige.wrappers import Budget


def main() -> None:
    model = make_model(f"openai:{sys.argv[1]}" if len(sys.argv) > 1 else "random")
    env = gym.make("ige/GameOf24-v0")
    solution = intelligent(model).solve(env, options={"instance": (4, 9, 10, 13)}, budget=Budget(env_steps=100))
    print(solution.status, "after", solution.spent)
    print("usage:", model.usage.as_dict())
    env.reset(options={"instance": (4, 9, 10, 13)})
    for action in solution.actions:
        print(env.unwrapped.action_text(action))  # type: ignore[attr-defined]
        env.step(action)


if __name__ == "__main__":
    main()
