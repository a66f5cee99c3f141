"""Hypothesis strategies for environments: seeds, action choices, snapshots at random places, and a state machine."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces

try:
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
except ModuleNotFoundError as error:
    raise ImportError("ige.envs.testing.strategies needs hypothesis: pip install hypothesis") from error

from .collection import Source
from .compare import difference
from .report import LawViolation, NotApplicable
from .subject import Reset, Subject, call, ended, load, save, written
from .within import misfit

Strategy = st.SearchStrategy
_CHOICE = st.integers(0, 2**16 - 1)


def seeds() -> Strategy[int]:
    """Seeds for `reset(seed=...)`; they shrink towards 0."""
    return st.integers(0, 2**31 - 1)


def actions(space: gym.Space[Any]) -> Strategy[Any]:
    """Actions of a space, regardless of masks."""
    if isinstance(space, spaces.Discrete):
        return st.integers(int(space.start), int(space.start + space.n) - 1)
    if isinstance(space, spaces.MultiDiscrete) and space.nvec.ndim == 1:
        lows, highs = space.start.tolist(), (space.start + space.nvec - 1).tolist()
        return st.tuples(*map(st.integers, lows, highs)).map(lambda values: np.array(values, space.dtype))
    if isinstance(space, spaces.Tuple):
        return st.tuples(*map(actions, space.spaces))
    if isinstance(space, spaces.Dict):
        return st.fixed_dictionaries({name: actions(part) for name, part in space.spaces.items()})
    return seeds().map(lambda seed: _sampled(space, seed))


def action_lists(space: gym.Space[Any], max_size: int = 30) -> Strategy[list[Any]]:
    """Sequences of actions that ignore masks."""
    return st.lists(actions(space), max_size=max_size)


def choices(max_size: int = 30) -> Strategy[list[int]]:
    """Sequences of integers that `legal_action` turns into legal actions. Drawing them needs no environment."""
    return st.lists(_CHOICE, max_size=max_size)


def legal_action(space: gym.Space[Any], info: dict[str, Any], choice: int) -> Any:
    """The action that a choice stands for now: the `choice`-th legal one, cyclically; any action without a mask."""
    mask = info.get("action_mask")
    if isinstance(space, spaces.Discrete):
        legal = np.arange(space.n) if mask is None or not np.any(mask) else np.flatnonzero(mask)
        return int(space.start + legal[choice % len(legal)])
    return _sampled(space, choice)


class Snapshot(NamedTuple):
    """A machine's snapshot: the call at which it was taken, the state, the result of the call before, later results."""

    where: int
    saved: Any
    outcome: tuple[Any, ...]
    after: list[tuple[Any, ...]]


class Moment(NamedTuple):
    """An environment in mid-episode, the calls that led there, and its snapshot (`load(env, saved)` goes back)."""

    env: gym.Env[Any, Any]
    calls: list[Any]
    outcome: tuple[Any, ...]
    saved: Any


@st.composite
def moments(draw: st.DrawFn, make: Callable[[], gym.Env[Any, Any]], max_steps: int = 20, legal: bool = True) -> Moment:
    """Snapshots at random points: a seed, then up to `max_steps` actions, legal or any. Never at an episode's end."""
    env = make()
    calls: list[Any] = [Reset(draw(seeds()))]
    outcome = call(env, calls[0])
    saved = save(env)
    for _ in range(draw(st.integers(0, max_steps))):
        space = env.action_space
        action = legal_action(space, outcome[-1], draw(_CHOICE)) if legal else draw(actions(space))
        after = call(env, action)
        if ended(after):
            env = load(env, saved)
            break
        calls.append(action)
        outcome, saved = after, save(env)
    return Moment(env, calls, outcome, saved)


def machine(source: Source, **kwargs: Any) -> type[RuleBasedStateMachine]:
    """A state machine for any Gymnasium id, spec or callable: reset, step, snapshot, restore and copy in any order.

    After each restore or copy the futures are compared; every observation must be in the space. For pytest:
    `TestMine = machine("My-v0").TestCase`.
    """
    subject = Subject(source, **kwargs)
    space = subject.make().action_space

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.env = subject.make()
            self.calls: list[Any] = []
            self.snapshots: list[Snapshot] = []
            self.do(Reset(0))

        def do(self, action: Any) -> None:
            self.outcome = deepcopy(call(self.env, action))
            self.calls.append(action)
            for snapshot in self.snapshots:
                snapshot.after.append(self.outcome)

        def agree(self, found: Any, expected: Any, what: str) -> None:
            text = difference(found, expected, what)
            if text:
                raise LawViolation("same", "machine", str(subject), f"{written(self.calls)}: {text}")

        @rule(seed=st.none() | seeds())
        def reset(self, seed: int | None) -> None:
            self.do(Reset(seed))

        @precondition(lambda self: not ended(self.outcome))
        @rule(choice=_CHOICE)
        def step_legal(self, choice: int) -> None:
            self.do(legal_action(space, self.outcome[-1], choice))

        @precondition(lambda self: not ended(self.outcome))
        @rule(action=actions(space))
        def step_any(self, action: Any) -> None:
            self.do(action)

        @precondition(lambda self: len(self.snapshots) < 4)
        @rule()
        def snapshot(self) -> None:
            try:
                self.snapshots.append(Snapshot(len(self.calls), save(self.env), self.outcome, []))
            except NotApplicable:
                return  # the environment can be neither saved nor copied: reset and step remain

        @precondition(lambda self: self.snapshots)
        @rule(which=st.integers(0, 3), elsewhere=st.booleans())
        def restore(self, which: int, elsewhere: bool) -> None:
            """Go back and repeat the later calls; stay there, or return and continue `elsewhere` from the snapshot."""
            where, saved, outcome, after = self.snapshots[which % len(self.snapshots)]
            self.env = load(self.env, saved)
            try:
                again = [deepcopy(call(self.env, action)) for action in self.calls[where:]]
            except gym.error.ResetNeeded as error:
                what = f"the future of a snapshot before call {where} asks for a reset"
                raise LawViolation("same", "machine", str(subject), f"{written(self.calls)}: {what}") from error
            self.agree(again, after, f"the future of a snapshot before call {where}")
            if elsewhere:
                self.env, self.outcome = load(self.env, saved), outcome
                del self.calls[where:]
                self.snapshots = [other for other in self.snapshots if other.where <= where]
                for other in self.snapshots:
                    del other.after[where - other.where :]

        @rule(choice=_CHOICE)
        def copy(self, choice: int) -> None:
            """A deep copy and the original make the same next step; the test continues with the copy."""
            try:
                other = deepcopy(self.env)
            except Exception:
                return  # the law "same: deepcopy" reports this
            original = self.env
            action = Reset() if ended(self.outcome) else legal_action(space, self.outcome[-1], choice)
            self.env = other
            self.do(action)
            self.agree(deepcopy(call(original, action)), self.outcome, "the original of a copy")

        @invariant()
        def within(self) -> None:
            text = misfit(self.outcome[0], self.env.observation_space)
            if text:
                raise LawViolation("within", "machine", str(subject), f"{written(self.calls)}: {text}")

        def teardown(self) -> None:
            self.env.close()

    Machine.__name__ = Machine.__qualname__ = f"Machine[{subject}]"
    return Machine


def _sampled(space: gym.Space[Any], seed: int) -> Any:
    space = deepcopy(space)
    space.seed(seed)
    return space.sample()
