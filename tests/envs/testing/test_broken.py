"""Environments that break one law each: every law can fail, and says so in one line."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import pytest
from drift.env import Drift, DriftVector
from gymnasium import spaces
from gymnasium.vector import AutoresetMode

from ige.envs.core import Kernel, KernelEnv
from ige.envs.testing import LAWS, LawViolation, NotApplicable, Subject, check, laws, same, solvable


class Walk(gym.Env[np.ndarray, int]):
    """A lawful environment in plain Python: walk a row of cells, not over its ends, to a random goal.

    Breaking it is a matter of one method.
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 4}
    CELLS = 6

    def __init__(self, render_mode: str | None = None) -> None:
        self.observation_space = spaces.Box(0, self.CELLS - 1, (2,), np.int64)
        self.action_space = spaces.Discrete(2)
        self.render_mode = render_mode
        self.place = self.goal = self.t = 0
        self.illegal = False

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self.place, self.goal = self.np_random.permutation(self.CELLS)[:2].tolist()
        self.t, self.illegal = 0, False
        return self.seen(), self.info()

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        if not self.action_space.contains(action):
            raise ValueError(f"action: {' '.join(repr(action).split())}, expected 0 or 1")
        self.illegal = not self.mask()[action]
        self.t += 1
        if not self.illegal:
            self.place += 1 if action else -1
        if self.np_random.random() < 0.1:  # chance within the episode
            self.place = int(self.np_random.integers(self.CELLS))
        arrived = self.place == self.goal
        return self.seen(), float(arrived), arrived, self.t == 20 + self.goal, self.info()

    def mask(self) -> np.ndarray:
        return np.array([self.place > 0, self.place < self.CELLS - 1], np.int8)

    def seen(self) -> np.ndarray:
        return np.array([self.place, self.goal], np.int64)

    def info(self) -> dict[str, Any]:
        return {"action_mask": self.mask(), "illegal": self.illegal, "is_success": self.place == self.goal}

    def get_state(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("place", "goal", "t", "illegal")}
        return {**own, "rng": self.np_random.bit_generator.state}

    def set_state(self, state: dict[str, Any]) -> None:
        state = dict(state)
        self.np_random.bit_generator.state = state.pop("rng")
        self.__dict__.update(state)

    def state_key(self) -> bytes:
        return bytes([self.place, self.goal])

    def render(self) -> str:
        return "".join("@" if i == self.place else "x" if i == self.goal else "." for i in range(self.CELLS))


# --- same ------------------------------------------------------------------------------------------------------------


class UsesTheClock(Walk):
    def step(self, action: int) -> Any:
        return (*super().step(action)[:4], {**self.info(), "now": time.perf_counter_ns()})


class SnapshotForgetsTheGenerator(Walk):
    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state({**state, "rng": self.np_random.bit_generator.state})


class DrawsFromNumPy(Walk):
    """From NumPy's generator of the process, seeded at a reset, which no snapshot holds."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        np.random.seed(self.goal)  # noqa: NPY002
        return self.seen(), self.info()

    def step(self, action: int) -> Any:
        observation, reward, *rest = super().step(action)
        return observation, reward + np.random.rand(), *rest  # noqa: NPY002


class SnapshotForgetsTheStepCounter(Walk):
    def get_state(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_state().items() if name != "t"}


class PickleDropsTheState(Walk):
    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "place": 0}

    def __deepcopy__(self, memo: Any) -> Walk:
        other = Walk()
        other.reset(seed=0)
        other.set_state(self.get_state())
        return other


class CopiesShareTheGenerator(Walk):
    def __deepcopy__(self, memo: Any) -> Walk:
        other = type(self)()
        other.__dict__.update(self.__dict__)
        return other


class KeyForgetsThePlace(Walk):
    def state_key(self) -> bytes:
        return bytes([self.goal])


# --- within ----------------------------------------------------------------------------------------------------------


class WrongDtype(Walk):
    """int32 can be cast to the space's int64, so that `contains` is content."""

    def seen(self) -> np.ndarray:
        return super().seen().astype(np.int32)


class OutOfTheSpace(Walk):
    def seen(self) -> np.ndarray:
        return super().seen() + (self.t == 3) * self.CELLS


class NumpyFlags(Walk):
    def step(self, action: int) -> Any:
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, np.bool_(terminated), truncated, info


class NumpyReward(Walk):
    def step(self, action: int) -> Any:
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, np.float32(reward), terminated, truncated, info


class RefusesAnAction(Walk):
    def step(self, action: int) -> Any:
        if not self.mask()[action]:
            raise ValueError(f"action {action}\nis not possible here")
        return super().step(action)


class MaskIsTooGenerous(Walk):
    def info(self) -> dict[str, Any]:
        return {**super().info(), "action_mask": np.ones(2, np.int8)}


class MaskIsBool(Walk):
    def info(self) -> dict[str, Any]:
        return {**super().info(), "action_mask": self.mask().astype(np.bool_)}


class MaskIsEmpty(Walk):
    def info(self) -> dict[str, Any]:
        return {**super().info(), "action_mask": self.mask() * (self.t < 2)}


class MaskAlone(Walk):
    """Nothing tells whether the last action was legal."""

    def info(self) -> dict[str, Any]:
        return {name: value for name, value in super().info().items() if name != "illegal"}


class TakesNegativeActions(Walk):
    def step(self, action: int) -> Any:
        return super().step(1 if isinstance(action, int) and action == -1 else action)


class MovesBeforeItRefuses(Walk):
    def step(self, action: int) -> Any:
        self.t += 1
        return super().step(action)


class MarksTheOptions(Walk):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        if options is not None:
            options["seen"] = True
        return super().reset(seed=seed)


class MethodContradictsMask(Walk):
    def action_masks(self) -> np.ndarray:
        return np.ones(2, np.bool_)


class ReturnsItsBuffer(Walk):
    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.buffer = np.zeros(2, np.int64)

    def seen(self) -> np.ndarray:
        self.buffer[:] = super().seen()
        return self.buffer


_SHARED = np.arange(3)


class SharesAConstant(Walk):
    def info(self) -> dict[str, Any]:
        return {**super().info(), "constant": _SHARED}


class LivesInWhatItReturned(Walk):
    """The goal is read from the last observation, which nothing of the environment seems to hold."""

    def seen(self) -> np.ndarray:
        observation = super().seen()
        self.goal_of = lambda: int(observation[1])
        return observation

    def step(self, action: int) -> Any:
        self.goal = self.goal_of()
        return super().step(action)


class StateIsLive(Walk):
    def get_state(self) -> Any:
        return self.__dict__

    def set_state(self, state: Any) -> None:
        self.__dict__.update(state)


class KeepsTheStateItWasGiven(Walk):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.places: list[int] = []
        return super().reset(seed=seed, options=options)

    def step(self, action: int) -> Any:
        self.places.append(self.place)
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, terminated, truncated, {**info, "visits": len(self.places)}

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "places": list(self.places)}


# --- seeded ----------------------------------------------------------------------------------------------------------


class DependsOnTheProcess(Walk):
    """Strings hash differently in each process."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.place = hash("a place to begin") % 1_000_003
        return self.seen(), self.info()


class IgnoresTheSeed(Walk):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        return super().reset(seed=None if seed is None else 7)


class NeverAdvances(Walk):
    last = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        self.last = self.last if seed is None else seed
        return super().reset(seed=self.last)


class StartsWithoutASeedAreAlike(Walk):
    """The generator of the first reset, where no seed is given, is a constant."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        seeded = seed is not None or self._np_random is not None
        return super().reset(seed=seed if seeded else 7)


class SecondResetIsRandom(Walk):
    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        if seed is None:
            self.np_random = np.random.default_rng()
        return super().reset(seed=seed)


# --- conventional ----------------------------------------------------------------------------------------------------


class SeedHasADefault(Walk):
    def reset(self, *, seed: int | None = 1, options: dict[str, Any] | None = None) -> Any:
        return super().reset(seed=seed)


class RenderMoves(Walk):
    def render(self) -> str:
        self.place = (self.place + 1) % self.CELLS
        return super().render()


class RenderIsNoText(Walk):
    def render(self) -> Any:
        return 7


class HidesItsLimit(Walk):
    """Truncated after 20 steps, of which its spec says nothing."""

    def step(self, action: int) -> Any:
        observation, *_, info = super().step(action)
        return observation, 0.0, False, self.t == 20, info


BROKEN = [
    (UsesTheClock, "same", "replay", "info['now']: found"),
    (SnapshotForgetsTheGenerator, "same", "set_state", "copied before call"),
    (DrawsFromNumPy, "same", "chance", "randomness or memory outside the state: twice from one state: "),
    (SnapshotForgetsTheStepCounter, "same", "set_state", "truncated: found"),
    (PickleDropsTheState, "same", "pickle", "observation[0]: found"),
    (CopiesShareTheGenerator, "same", "deepcopy", "copied before call"),
    (KeyForgetsThePlace, "same", "state_key", "states of equal key: action_mask[1]: found"),
    (WrongDtype, "within", "observations", "reset(seed=0): observation: found int32 (2,), expected int64 (2,)"),
    (OutOfTheSpace, "within", "observations", "expected one in Box"),
    (NumpyFlags, "within", "types", "terminated: found numpy.bool, expected bool"),
    (NumpyReward, "within", "types", "reward: found numpy.float32, expected float"),
    (RefusesAnAction, "within", "actions", "is not possible here"),
    (MaskIsTooGenerous, "within", "masks", "action_mask: found illegal True where the mask has 1, expected False"),
    (MaskIsBool, "within", "masks", "action_mask: found array"),
    (MaskIsEmpty, "within", "masks", "action_mask: found no legal action"),
    (MaskAlone, "within", "masks", "illegal: found none in info, expected one beside info['action_mask']"),
    (TakesNegativeActions, "within", "refuses", "action -1: it was taken, expected a ValueError"),
    (MovesBeforeItRefuses, "within", "refuses", "it was refused, and changed the state"),
    (MarksTheOptions, "within", "arguments", "changed the options to {'seen': True}"),
    (MethodContradictsMask, "within", "masks", "action_masks()"),
    (ReturnsItsBuffer, "within", "memory", "observation shares memory with env.buffer"),
    (SharesAConstant, "within", "memory", "info['constant'] shares memory with info before['constant']"),
    (LivesInWhatItReturned, "within", "memory", "all that was returned before was overwritten"),
    (StateIsLive, "within", "snapshots", "one get_state() shares memory with another get_state()"),
    (KeepsTheStateItWasGiven, "within", "snapshots", "the step changed the state that set_state took"),
    (DependsOnTheProcess, "seeded", "process", "seed 0: found an episode of digest"),
    (IgnoresTheSeed, "seeded", "different seeds", "seeds 0 to 7: found one and the same episode"),
    (NeverAdvances, "seeded", "reset advances", "reset(seed=0), reset(): found the same episode twice"),
    (StartsWithoutASeedAreAlike, "seeded", "no seed", "the first reset() of as many environments (8)"),
    (SecondResetIsRandom, "seeded", "pair", "the second time: "),
    (SeedHasADefault, "conventional", "check_env", "The default seed argument in reset should be `None`"),
    (RenderMoves, "conventional", "render", "after a render with render_mode='ansi': "),
    (HidesItsLimit, "conventional", "time limit", "spec.max_episode_steps: found None, expected 20, at which all"),
    (RenderIsNoText, "conventional", "render", "render_mode='ansi': UserWarning"),
]


def violation(law: str, part: str, *args: Any, **kwargs: Any) -> str:
    """The one line with which a part fails."""
    [test] = [test for test in laws(*args, only=[law], **kwargs) if test.part == part]
    with pytest.raises(LawViolation) as caught:
        test()
    assert (caught.value.law, caught.value.part) == (law, part)
    assert test.finding().verdict == "FAILS"
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    """Ids for the time of a test: in another process the class is found as a function of this very module."""
    yield
    for id in [id for id in gym.registry if id.startswith("broken/")]:
        del gym.registry[id]


def registered(env: type[gym.Env], vector: type | None = None, **kwargs: Any) -> str:
    gym.register(id := f"broken/{(vector or env).__name__}-v0", env, vector_entry_point=vector, **kwargs)
    return id


@pytest.mark.parametrize(("env", "law", "part", "message"), BROKEN, ids=lambda v: getattr(v, "__name__", None))
def test_a_broken_environment_is_found(env: type[Walk], law: str, part: str, message: str, here: None) -> None:
    text = violation(law, part, registered(env))
    assert text.startswith(f"{law}: {part}: broken/{env.__name__}-v0: ")
    assert message in text


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes can import this module, as they could one that is installed."""
    path = Path(__file__)
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.setitem(sys.modules, path.stem, sys.modules[__name__])
    for value in list(globals().values()):
        if isinstance(value, type) and value.__module__ == __name__:
            monkeypatch.setattr(value, "__module__", path.stem)


def test_the_lawful_one_is_lawful(here: None) -> None:
    """What the broken ones are derived from breaks nothing, so that it is the change that breaks them."""
    found = [law.finding() for law in laws(registered(Walk))]
    assert [f for f in found if f.verdict == "FAILS"] == []
    assert {f.part for f in found if f.verdict == "holds"} >= {part for _, _, part, _ in BROKEN}


def test_what_no_other_process_can_make_is_not_silently_right() -> None:
    [law] = [law for law in laws(lambda: Walk(), only=["seeded"]) if law.part == "process"]
    with pytest.raises(NotApplicable, match="cannot be sent to another process"):
        law()


# --- solvable --------------------------------------------------------------------------------------------------------


def goal(env: gym.Env) -> list[int]:
    """Straight to the goal: exact where nothing is left to chance."""
    walk: Any = env.unwrapped
    return [int(walk.goal > walk.place)] * abs(walk.goal - walk.place)


class Calm(Walk):
    """Without chance in the steps, and with something to lose by a detour."""

    def step(self, action: int) -> Any:
        self.np_random = np.random.default_rng(0)  # whose first draw is above 0.1
        observation, reward, *rest = super().step(action)
        return observation, reward - 0.01, *rest


def test_an_oracle_that_is_right() -> None:
    assert {f.verdict for f in solvable(Calm, oracle=goal)} == {"holds"}


@pytest.mark.parametrize(
    ("oracle", "part", "message"),
    [
        (lambda env: goal(env)[:-1], "oracle succeeds", "expected the oracle's actions to end it"),
        (lambda env: [*goal(env), 0], "oracle succeeds", "the episode ended before the oracle's"),
        (lambda env: [0] * 24, "oracle succeeds", "is_success: found False, expected True"),
        (lambda env: [0] * 24, "unbeaten", "expected at most the oracle's -0.2"),
        (lambda env: None, "unbeaten", "found a success, expected none"),
    ],
)
def test_an_oracle_that_is_wrong(oracle: Any, part: str, message: str) -> None:
    class Cornered(Calm):
        """The goal is never the leftmost cell, so that walking left loses."""

        def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
            super().reset(seed=seed)
            self.place, self.goal = 2, 4
            return self.seen(), self.info()

    assert message in violation("solvable", part, Cornered, oracle=oracle)


def test_an_oracle_that_contradicts_the_instance() -> None:
    class Optimist(Calm):
        def info(self) -> dict[str, Any]:
            return {**super().info(), "solvable": True}

    assert "solvable: found True, expected False" in violation(
        "solvable", "oracle succeeds", Optimist, oracle=lambda env: None
    )


# --- vectors ---------------------------------------------------------------------------------------------------------


class ResetsOneStepLate(DriftVector):
    """At the autoreset, the last observation of the old episode is shown once more."""

    def step(self, actions: Any) -> Any:
        before, _ = self.observe() if self._begun else (None, None)
        over = self.get_state()["over"]
        observations, *rest = super().step(actions)
        if self.autoreset_mode is AutoresetMode.NEXT_STEP:
            for name, values in observations.items():
                values[over] = before[name][over]
        return observations, *rest


class SeedsAllRowsAlike(DriftVector):
    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        return super().reset(seed=[seed] * self.num_envs if isinstance(seed, int) else seed, options=options)


class ForgetsTheFinalObservation(DriftVector):
    def step(self, actions: Any) -> Any:
        *outcome, infos = super().step(actions)
        infos.pop("final_obs", None)
        return *outcome, infos


class FinalInfoOfTheNewEpisode(DriftVector):
    def step(self, actions: Any) -> Any:
        *outcome, infos = super().step(actions)
        if "final_info" in infos:
            infos["final_info"]["blown"] = np.where(infos["_final_info"], infos["blown"], 0)
        return *outcome, infos


class ResetsAllRows(DriftVector):
    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        return super().reset(seed=seed)


class TakesAnyAction(DriftVector):
    def _checked(self, actions: Any) -> Any:
        return super()._checked(np.clip(actions, 0, 2) if isinstance(actions, np.ndarray) else actions)


class SortsTheSeeds(DriftVector):
    def reset(self, *, seed: Any = None, options: Any = None) -> Any:
        if isinstance(seed, list):
            seed.sort()
        return super().reset(seed=seed, options=options)


class CopyIsLive(DriftVector):
    def get_state(self) -> Any:
        return self._state


class PickleForgetsTheRows(DriftVector):
    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {**state, "_state": np.roll(state["_state"], 1)}


class ParallelIsAnotherGame(DriftVector):
    def __init__(self, *args: Any, parallel: bool = False, autoreset_mode: Any = "NextStep", **kwargs: Any) -> None:
        super().__init__(*args, parallel=parallel, autoreset_mode=autoreset_mode, **kwargs)
        if parallel:
            self.params = self.params._replace(fuel=0.25)


class KernelKeyForgetsTheHarbour(Drift):
    def state_key(self) -> bytes:
        return self._state["boat"].tobytes()


def test_a_key_that_forgets_what_decides() -> None:
    text = violation("same", "state_key", KernelKeyForgetsTheHarbour)
    assert "states of equal key: after action" in text


@pytest.mark.parametrize(
    ("vector", "part", "message"),
    [
        (ResetsOneStepLate, "vector next-step", "observation['"),
        (SeedsAllRowsAlike, "vector next-step", "call 0: observation['"),
        (ForgetsTheFinalObservation, "vector same-step", "info: found the keys"),
        (FinalInfoOfTheNewEpisode, "vector same-step", "info['final_info']['blown']["),
        (ResetsAllRows, "vector disabled", "observation['"),
        (CopyIsLive, "vector set_state", "after the copy"),
        (PickleForgetsTheRows, "vector pickle", "after the copy"),
        (PickleForgetsTheRows, "vector deepcopy", "after the copy"),
        (ParallelIsAnotherGame, "vector parallel", "reward["),
        (CopyIsLive, "vector row", "row 0 of 5"),
    ],
)
def test_a_broken_vector_is_found(vector: type[DriftVector], part: str, message: str) -> None:
    assert message in violation("same", part, registered(Drift, vector))


@pytest.mark.parametrize(
    ("vector", "part", "message"),
    [
        (TakesAnyAction, "vector refuses", "it was taken, expected a ValueError"),
        (SortsTheSeeds, "vector arguments", "NextStep: after reset, what it was given['seed'][0]: found 0, expected 7"),
    ],
)
def test_a_broken_vector_is_found_within(vector: type[DriftVector], part: str, message: str) -> None:
    assert message in violation("within", part, registered(Drift, vector))


def test_a_law_called_directly_raises_at_the_first_part_that_fails() -> None:
    with pytest.raises(LawViolation, match="^same: vector next-step: broken/SeedsAllRowsAlike-v0: "):
        same(registered(Drift, SeedsAllRowsAlike))


def test_every_part_is_broken_by_something() -> None:
    """A new part needs an environment that breaks it. (`spec` and `action text` have their own tests.)"""
    broken = {part for _, _, part, _ in BROKEN} | {"oracle succeeds", "unbeaten"}
    vectors = {mark for mark in (p for parts in LAWS.values() for p in parts) if mark.startswith("vector")}
    assert {p for parts in LAWS.values() for p in parts} - vectors - broken == {"spec", "action text"}


def test_a_spec_that_json_cannot_hold(here: None) -> None:
    gym.register(id := "broken/Spec-v0", f"{Walk.__module__}:Walk")
    [law] = [law for law in laws(id, only=["conventional"]) if law.part == "spec"]
    law()
    gym.registry[id].kwargs["render_mode"] = lambda: None
    assert "broken/Spec-v0" in violation("conventional", "spec", id)


def test_the_environments_own_errors_are_violations() -> None:
    class Crashes(Walk):
        def step(self, action: int) -> Any:
            raise RuntimeError("no\nsuch luck")

    text = violation("same", "replay", Crashes)
    assert text == "same: replay: Crashes: RuntimeError: no such luck"


BAD_KERNEL = """
from numba import njit
from ige.envs.core.kernel import record_dtype, state_dtype

STATE = state_dtype([("x", "i8")])
OBSERVATION = record_dtype([("x", "i8")])

@njit
def reset(state, params):
    state.x = 0

@njit
def step(state, params, action):
    state.x = {wrong}
    return 0.0, False

@njit
def observe(state, params, out):
    out.x = state.x
"""


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("adds_text", 'state.x + "one"', "adds_text.py:14: No implementation of function Function(<built-in"),
        ("reads_y", "state.y", "reads_y.py:14: the record has no field 'y'"),
    ],
)
def test_a_kernel_that_does_not_compile_is_reported_first_and_alone(
    name: str, wrong: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{name}.py").write_text(BAD_KERNEL.format(wrong=wrong))
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module(name)

    class Params(NamedTuple):
        max_steps: int = 5

    class Bad(KernelEnv[int]):
        def __init__(self) -> None:
            kernel = Kernel(name, module.STATE, module.OBSERVATION, key=("x",))
            super().__init__(kernel, Params(), spaces.Discrete(3), spaces.Discrete(2))

    [finding] = check(Bad)
    assert finding.verdict == "FAILS"
    assert finding.detail.startswith(message)
    assert message in violation("same", "replay", Bad)


def test_an_unknown_id_is_an_error_of_gymnasium() -> None:
    with pytest.raises(gym.error.Error, match="Nope"):
        Subject("ige/Nope-v0")
