"""Every id under small, odd and extreme arguments: it works, or says what is wrong in one line, and it always ends.

The cases run one after another in a child process with a limit of memory, which is started anew after a case that hangs
or kills it. A case is an id and its arguments: those of the constructor's signature, one at a time.
"""

from __future__ import annotations

import inspect
import json
import re
import resource
import select
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

SECONDS = 120  # for a case: 20, and what compiling takes on a busy machine
MEMORY = 2 << 30  # bytes beyond what the imports take
INTEGERS = (0, 1, 2, 3, 5, 10**6, -1)
FLOATS = (0.0, 1.0, float("nan"), float("inf"), -1.0)
Case = tuple[str, dict[str, Any]]


# --- the child --------------------------------------------------------------------------------------------------------


def outcome(id: str, arguments: dict[str, Any]) -> str:
    """ "" if a case works or is refused as documented; otherwise what is wrong."""
    try:
        _play(id, arguments)
    except (ValueError, TypeError) as error:
        return "an error of several lines" if "\n" in str(error) else ""
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _play(id: str, arguments: dict[str, Any]) -> None:
    """Reset and three steps, in a single environment and in a vector of two rows."""
    import gymnasium as gym

    from ige.envs import registry

    if registry.is_multi_agent(id):
        team = registry.creator(id)(**arguments)
        team.reset(seed=0)
        for _ in range(3):
            team.step({agent: team.action_space(agent).sample() for agent in team.agents})
        return
    env = gym.make(id, disable_env_checker=True, **arguments)
    env.reset(seed=0)
    over = False
    for _ in range(3):
        if not over:
            *_, terminated, truncated, _ = env.step(env.action_space.sample())
            over = terminated or truncated
    vector = gym.make_vec(id, num_envs=2, **arguments)
    vector.reset(seed=0)
    for _ in range(3):
        vector.step(vector.action_space.sample())


def main() -> None:
    """Play the cases on standard input, one a line; write what came of each."""
    import gymnasium as gym
    import pettingzoo  # noqa: F401

    import ige  # noqa: F401

    gym.logger.min_level = gym.logger.ERROR
    with open("/proc/self/statm") as pages:
        used = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    for line in sys.stdin:
        print(json.dumps(outcome(*json.loads(line))), flush=True)


# --- the parent -------------------------------------------------------------------------------------------------------


def complaints(cases: list[Case]) -> dict[str, str]:
    """What is wrong, by case."""
    found: dict[str, str] = {}
    at = 0
    while at < len(cases):
        command = [sys.executable, __file__]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdin
            assert child.stdout
            for id, arguments in cases[at:]:
                at += 1
                child.stdin.write(json.dumps([id, arguments]) + "\n")
                child.stdin.flush()
                ended = select.select([child.stdout], [], [], SECONDS)[0]
                line = child.stdout.readline() if ended else ""
                if what := json.loads(line) if line else "the process ended" if ended else f"no end in {SECONDS} s":
                    found[f"{id} {arguments}"] = what
                if not line:
                    child.kill()
                    break
    return found


def swept(id: str) -> Iterator[Case]:
    """An id with each argument of its constructor at each extreme value of its kind, and at each that is documented."""
    from ige.envs import registry

    make = registry.creator(id)
    for name, parameter in inspect.signature(make).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD or name == "render_mode":
            continue
        for value in _values(parameter.default, _documented(make, name)):
            yield id, {name: value}


def _values(default: Any, documented: list[str]) -> tuple[Any, ...]:
    if isinstance(default, bool):
        return True, False
    if isinstance(default, str):
        return *documented, "", "nonsense"
    if isinstance(default, float):
        return *FLOATS, 10**6
    return *INTEGERS, *FLOATS, *documented


def _documented(make: Any, name: str) -> list[str]:
    """The strings that the docstring names for an argument."""
    lines = re.search(rf"^\s*- `{name}`:(.*?)(?=^\s*(?:- `|##|$))", inspect.getdoc(make) or "", re.M | re.S)
    return re.findall(r'`"([^"`]+)"`', lines[1]) if lines else []


def further() -> Iterator[Case]:
    """What the signatures do not tell: the settings of TextWorld's challenges, and BabyAI's levels in small rooms."""
    from ige.envs.babyai import NAMES
    from ige.envs.textworld.generate import CHALLENGES

    for challenge, make in CHALLENGES.items():
        for name, parameter in inspect.signature(make).parameters.items():
            if name != "rng":
                for value in _values(parameter.default, []):
                    yield "ige/TextWorld-v0", {"challenge": challenge, name: value}
    for level in NAMES:
        for room_size in (3, 4, 5):
            yield "ige/BabyAI-v0", {"level": level, "room_size": room_size}


# --- the tests --------------------------------------------------------------------------------------------------------


def test_four_that_once_hung_or_died() -> None:
    cases: list[Case] = [
        ("ige/BabyAI-v0", {"room_size": 5}),
        ("ige/BabyAI-v0", {"room_size": 3}),
        ("ige/TextWorld-v0", {"challenge": "coin_collector", "level": 10**6}),
        ("ige/TSP-v0", {"n": 10**8}),
    ]
    assert not complaints(cases)


@pytest.mark.parametrize(
    ("id", "arguments", "complaint"),
    [
        ("ige/TSP-v0", {"n": 10**8}, "n: 100000000: an environment takes 3,159 MiB of memory, expected"),
        ("ige/ATSP-v0", {"n": 10**5}, "n: 100000: an environment takes .* MiB"),
        ("ige/TabularMDP-v0", {"horizon": 10**6}, "states: 5, actions: 3, horizon: 1000000: an environment takes"),
        ("ige/TabularMDP-v0", {"states": 10**6}, "states: 1000000, actions: 3, horizon: 5: an environment takes"),
        ("ige/ConservativeMDP-v0", {"actions": 10**6}, "states: 5, actions: 1000000, horizon: 5: an environment takes"),
        ("ige/TallyingBandit-v0", {"memory": 10**8}, "arms: 10, knots: 2, memory: 100000000: an environment takes"),
        ("ige/PaymentRouting-v0", {"features": 10**7}, "actions: 6, features: 10000000: an environment takes"),
        ("ige/GroupRegression-v0", {"d": 10**7}, "d: 10000000, groups: 5: an environment takes"),
        ("ige/OneSidedFairness-v0", {"individuals": 10**6}, "individuals: 1000000, d: 4, auditors: 5: an environment"),
        ("ige/OneSidedFairness-v0", {"rules": 10**8}, "rules: 100000000, d: 4: an environment takes"),
        ("ige/OneSidedFairness-v0", {"auditors": 10**6}, "individuals: 4, d: 4, auditors: 1000000: sorting .* takes"),
        ("ige/UedMazeEditor-v0", {"noise": 10**9}, "noise: 1000000000: an environment takes"),
        ("ige/UedPaired-v0", {"noise": 10**9}, "noise: 1000000000: an environment takes"),
        ("ige/TextWorld-v0", {"games": 10**6}, "games: 1000000, expected an integer from 1 to 10000"),
    ],
)
def test_what_takes_too_much_memory_or_time_is_refused(id: str, arguments: dict[str, Any], complaint: str) -> None:
    """Before anything is allocated."""
    from ige.envs import registry

    with pytest.raises(ValueError, match=complaint):
        registry.creator(id)(**arguments)


def test_more_rows_than_memory_holds_are_refused() -> None:
    import gymnasium as gym

    import ige  # noqa: F401

    with pytest.raises(ValueError, match="num_envs: 1000000000000: their records take .* MiB"):
        gym.make_vec("ige/TSP-v0", num_envs=10**12)


def ids() -> list[str]:
    from ige.envs import registry

    return [*registry.ids(), *registry.multi_agent_ids()]


@pytest.mark.long
@pytest.mark.parametrize("id", ids())
def test_every_argument_of_every_id(id: str) -> None:
    assert not complaints(list(swept(id)))


@pytest.mark.long
def test_further_settings() -> None:
    assert not complaints(list(further()))


if __name__ == "__main__":
    main()
