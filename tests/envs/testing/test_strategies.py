"""The Hypothesis strategies do what their names say, and the state machine finds what is broken."""

from __future__ import annotations

import subprocess
import sys
import unittest

import gymnasium as gym
import numpy as np
import pytest
from drift.env import Drift
from gymnasium import spaces
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from ige.envs import registry
from ige.envs.testing import LawViolation, strategies
from ige.envs.testing.subject import Reset, load, replay

QUICK = settings(max_examples=25, stateful_step_count=25)
FIRST = settings(QUICK, max_examples=5000, derandomize=True, database=None, phases=[Phase.generate])
SLOW = settings(QUICK, max_examples=300, stateful_step_count=60)

SPACES = [
    spaces.Discrete(3),
    spaces.Discrete(3, start=-1),
    spaces.MultiDiscrete([2, 3]),
    spaces.MultiDiscrete([[2, 3], [4, 5]]),
    spaces.MultiBinary(3),
    spaces.Box(-1, 1, (2,), np.float32),
    spaces.Tuple([spaces.Discrete(2), spaces.Box(0, 1)]),
    spaces.Dict(a=spaces.Discrete(2), b=spaces.MultiDiscrete([2, 2])),
]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_actions_are_in_the_space(space: gym.Space) -> None:
    @QUICK
    @given(strategies.action_lists(space, max_size=3))
    def check(actions: list) -> None:
        assert all(space.contains(action) for action in actions)

    check()


@QUICK
@given(choices=strategies.choices(max_size=3), seed=strategies.seeds())
def test_choices_are_legal(choices: list[int], seed: int) -> None:
    env = gym.make("ige/GameOf24-v0")
    _, info = env.reset(seed=seed)
    for choice in choices:
        _, _, _, _, info = env.step(strategies.legal_action(env.action_space, info, choice))
        assert not info["illegal"]


def test_choices_go_round_the_legal_actions() -> None:
    mask = {"action_mask": np.array([0, 1, 0, 1], np.int8)}
    found = [strategies.legal_action(spaces.Discrete(4, start=10), mask, choice) for choice in range(4)]
    assert found == [11, 13, 11, 13]
    assert strategies.legal_action(spaces.Discrete(4), {}, 6) == 2


@pytest.mark.parametrize("legal", [True, False])
@pytest.mark.parametrize("id", ["ige/GameOf24-v0", "test/Drift-v0", "CartPole-v1"])
def test_moments_can_be_returned_to(id: str, legal: bool) -> None:
    @QUICK
    @given(moment=strategies.moments(lambda: gym.make(id), max_steps=6, legal=legal))
    def check(moment: strategies.Moment) -> None:
        assert isinstance(moment.calls[0], Reset)
        expected = replay(load(moment.env, moment.saved), [Reset()])
        other = gym.make(id)
        assert replay(other, moment.calls)[-1][0] is not None
        found = replay(load(other, moment.saved), [Reset()])
        np.testing.assert_equal(found, expected)

    check()


def test_moments_reach_all_depths() -> None:
    found = find(
        strategies.moments(lambda: gym.make("ige/GameOf24-v0")), lambda m: len(m.calls) == 3, settings=settings(QUICK)
    )
    assert len(found.env.unwrapped.numbers) == 2


@pytest.mark.parametrize("id", [*registry.ids(), "test/Drift-v0", "CartPole-v1", "FrozenLake-v1"])
def test_machine(id: str) -> None:
    run(strategies.machine(id), QUICK)


@pytest.mark.long
@pytest.mark.parametrize("id", [*registry.ids(), "test/Drift-v0", "CartPole-v1"])
def test_machine_for_long(id: str) -> None:
    run(strategies.machine(id), SLOW)


class ForgetsTheClock(Drift):
    def set_state(self, state: np.void) -> None:
        super().set_state(state)
        self._state["t"] = 0


class LeavesTheSpace(Drift):
    def step(self, action: np.ndarray) -> tuple:
        observation, *rest = super().step(action)
        return {**observation, "sea": observation["sea"] + np.int8(2)}, *rest


class CopiesDropTheState(Drift):
    def __deepcopy__(self, memo: dict) -> Drift:
        other = type(self)()
        other.reset(seed=1)
        return other


@pytest.mark.parametrize(
    ("env", "message"),
    [
        (ForgetsTheClock, "the future of a snapshot before call"),
        (LeavesTheSpace, "observation"),
        (CopiesDropTheState, "the original of a copy"),
    ],
)
def test_machine_finds_what_is_broken(env: type[Drift], message: str) -> None:
    with pytest.raises(LawViolation, match=message):
        run(strategies.machine(env), FIRST)


def run(machine: type, how: settings) -> None:
    case = machine.TestCase
    case.settings = settings(how, suppress_health_check=list(HealthCheck))
    case("runTest").debug() if issubclass(case, unittest.TestCase) else case().runTest()


def test_laws_without_hypothesis() -> None:
    """Everything but the strategies works without Hypothesis, and the strategies say what is missing."""
    code = (
        "import sys; sys.modules['hypothesis'] = None; import ige.envs.testing as t\n"
        "assert t.check('FrozenLake-v1', seeds=[0]).holds\n"
        "try:\n    import ige.envs.testing.strategies\n"
        "except ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "ige.envs.testing.strategies needs hypothesis: pip install hypothesis"


def test_strategies_shrink() -> None:
    assert find(strategies.seeds(), lambda seed: seed > 100) == 101
    lists = strategies.action_lists(spaces.MultiDiscrete([3, 3]))
    assert [a.tolist() for a in find(lists, lambda actions: any(a[1] for a in actions))] == [[0, 1]]
    assert find(st.tuples(strategies.choices()), lambda c: len(c[0]) > 1) == ([0, 0],)
