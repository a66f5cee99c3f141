"""Environments of several agents that break one part of a law each: every part can fail, and says so in one line."""

from __future__ import annotations

import time
from typing import Any

import gymnasium as gym
import numpy as np
import pettingzoo
import pytest
from walkers.env import Walkers

from ige.envs.testing import TEAM_LAWS, LawViolation, NotApplicable, Team, check, laws


class UsesTheClock(Walkers):
    def step(self, actions: Any) -> Any:
        *outcome, infos = super().step(actions)
        return *outcome, {agent: {**info, "now": time.perf_counter_ns()} for agent, info in infos.items()}


class StateForgetsWhoIsDone(Walkers):
    def get_state(self) -> Any:
        state = super().get_state()
        state["done"] = 0
        return state


class PickleForgetsTheRow(Walkers):
    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_state": np.zeros_like(self._state)}


class KeyForgetsTheHome(Walkers):
    def state_key(self) -> bytes:
        return self._state["done"].tobytes() + self._state["walkers"].tobytes()


class NobodyLeaves(Walkers):
    def step(self, actions: Any) -> Any:
        before = self.agents
        outcome = super().step(actions)
        self.agents = before
        return outcome


class ComesBack(Walkers):
    def step(self, actions: Any) -> Any:
        outcome = super().step(actions)
        if self.agents:
            self.agents = list(self.possible_agents)
        return outcome


class TellsEverybody(Walkers):
    def step(self, actions: Any) -> Any:
        observations, rewards, *others = super().step(actions)
        return observations, {**dict.fromkeys(self.possible_agents, 0.0), **rewards}, *others


class RewardsOfNumPy(Walkers):
    def step(self, actions: Any) -> Any:
        observations, rewards, *others = super().step(actions)
        return observations, {agent: np.float64(reward) for agent, reward in rewards.items()}, *others


class ObservesInFloats(Walkers):
    def observe_as(self, observations: Any) -> Any:
        return {agent: {**seen, "track": seen["track"].astype(float)} for agent, seen in observations.items()}

    def reset(self, seed: Any = None, options: Any = None) -> Any:
        observations, infos = super().reset(seed, options)
        return self.observe_as(observations), infos


class RefusesToJump(Walkers):
    def step(self, actions: Any) -> Any:
        if 2 in actions.values():
            raise ValueError("no")
        return super().step(actions)


class AnswersWithAnotherMask(Walkers):
    def _observed(self, agents: Any) -> Any:
        observations, infos = super()._observed(agents)
        for info in infos.values():
            info["action_mask"][1] = 0
        return observations, infos


class HandsOutItsBuffers(Walkers):
    def _observed(self, agents: Any) -> Any:
        observations, infos = super()._observed(agents)
        for k, seen in enumerate(observations.values()):
            seen["track"] = self._out["track"][0, k]
        return observations, infos


class StateIsLive(Walkers):
    def get_state(self) -> Any:
        return self._state[0]


class SeedsWithTheProcess(Walkers):
    def reset(self, seed: Any = None, options: Any = None) -> Any:
        return super().reset(seed and hash(str(seed)) % 1000, options)  # hashes of text differ between processes


class IgnoresTheSeed(Walkers):
    def reset(self, seed: Any = None, options: Any = None) -> Any:
        return super().reset(0 if seed is not None else None, options)


class AlwaysTheSame(Walkers):
    def reset(self, seed: Any = None, options: Any = None) -> Any:
        return super().reset(getattr(self, "np_random_seed", 0) if seed is None else seed, options)


class GoesOnAfterASeed(Walkers):
    def reset(self, seed: Any = None, options: Any = None) -> Any:
        self.seeds = getattr(self, "seeds", 0) + (seed is not None)
        return super().reset(seed if self.seeds < 2 else None, options)


class ChanceInTheEnd(Walkers):
    def step(self, actions: Any) -> Any:
        observations, rewards, *others = super().step(actions)
        if len(self.agents) < 2:
            rewards = dict.fromkeys(rewards, float(np.random.default_rng().random()))
        return observations, rewards, *others


class NewSpacesEachTime(Walkers):
    def action_space(self, agent: str) -> Any:
        return type(super().action_space(agent))(3)


class EndsInZeros(Walkers):
    def step(self, actions: Any) -> Any:
        observations, rewards, terminated, truncated, infos = super().step(actions)
        return observations, rewards, dict.fromkeys(terminated, 0), truncated, infos


class PicturesMoveTheWalkers(Walkers):
    def describe(self) -> str:
        self._state["home"] = 0
        return super().describe()


class DrawsFromElsewhere(Walkers):
    """From a generator that each reset seeds and no snapshot holds."""

    def reset(self, seed: Any = None, options: Any = None) -> Any:
        outcome = super().reset(seed, options)
        self.elsewhere = np.random.default_rng(int(self._state["rng"][0, 0]))
        return outcome

    def step(self, actions: Any) -> Any:
        observations, rewards, *others = super().step(actions)
        return observations, {agent: reward + self.elsewhere.random() for agent, reward in rewards.items()}, *others


class TakesAnyAction(Walkers):
    def step(self, actions: Any) -> Any:
        known = isinstance(actions, dict) and actions.keys() >= set(self.agents)
        return super().step(dict.fromkeys(self.agents, 0) if known else actions)


class DropsTheActions(Walkers):
    def step(self, actions: Any) -> Any:
        outcome = super().step(actions)
        actions.clear()
        return outcome


class StartsWithoutASeedAreAlike(Walkers):
    def reset(self, seed: Any = None, options: Any = None) -> Any:
        return super().reset(7 if seed is None and self.np_random is None else seed, options)


BROKEN = [
    (DrawsFromElsewhere, "same", "chance", "randomness or memory outside the state"),
    (TakesAnyAction, "within", "refuses", "it was taken, expected a ValueError"),
    (DropsTheActions, "within", "arguments", "step: (options, actions)[1]: found the keys []"),
    (StartsWithoutASeedAreAlike, "seeded", "no seed", "the first reset() of as many environments (8)"),
    (UsesTheClock, "same", "replay", "['now']"),
    (StateForgetsWhoIsDone, "same", "set_state", "found the keys"),
    (PickleForgetsTheRow, "same", "pickle", "copied before call"),
    (PickleForgetsTheRow, "same", "deepcopy", "copied before call"),
    (KeyForgetsTheHome, "same", "state_key", "states of equal key"),
    (NobodyLeaves, "within", "agents", "agents: found ['walker_0', 'walker_1', 'walker_2'], expected"),
    (ComesBack, "within", "agents", "agents: found ['walker_0', 'walker_1', 'walker_2'], expected"),
    (TellsEverybody, "within", "agents", "rewards: found ['walker_0', 'walker_1', 'walker_2'], expected"),
    (RewardsOfNumPy, "within", "agents", "rewards['walker_0']: found float64, expected float"),
    (
        ObservesInFloats,
        "within",
        "agents",
        "observations['walker_0']['track']: found float64 (6,), expected uint8 (6,)",
    ),
    (RefusesToJump, "within", "actions", "ValueError: no"),
    (AnswersWithAnotherMask, "within", "masks", "walker_0: found illegal False where the mask has 0"),
    (HandsOutItsBuffers, "within", "memory", "shares memory"),
    (StateIsLive, "within", "snapshots", "get_state()"),
    (SeedsWithTheProcess, "seeded", "process", "found an episode of digest"),
    (IgnoresTheSeed, "seeded", "different seeds", "found one and the same episode"),
    (AlwaysTheSame, "seeded", "reset advances", "found the same episode twice"),
    (GoesOnAfterASeed, "seeded", "pair", "the second time"),
    (ChanceInTheEnd, "seeded", "whole episodes", "seed 0, call"),
    (NobodyLeaves, "conventional", "parallel_api_test", "parallel_api_test: AssertionError"),
    (UsesTheClock, "conventional", "parallel_seed_test", "parallel_seed_test: AssertionError: Incorrect infos"),
    (EndsInZeros, "conventional", "api_test", "api_test: "),
    (
        NewSpacesEachTime,
        "conventional",
        "api_test",
        "api_test: AssertionError: action_space should return the exact same",
    ),
    (PicturesMoveTheWalkers, "conventional", "render", "after a render with render_mode='ansi'"),
]


@pytest.mark.parametrize(("env", "law", "part", "message"), BROKEN, ids=lambda v: getattr(v, "__name__", None))
def test_what_is_broken_is_found(env: type[Walkers], law: str, part: str, message: str) -> None:
    [found] = [one for one in laws(env, only=[law]) if one.part == part]
    with pytest.raises(LawViolation) as caught:
        found()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_part_is_broken_by_something() -> None:
    assert {(law, part) for law, parts in TEAM_LAWS.items() for part in parts} == {row[1:3] for row in BROKEN}


def test_a_class_an_id_and_a_spec_are_checked_alike() -> None:
    sources: list[Any] = [Walkers, "test/Walkers-v0", pettingzoo.spec("parallel", "test/Walkers-v0")]
    for source in sources:
        report = check(source, seeds=[0], max_cycles=5)
        assert report.holds, str(report)
        assert report.environment.endswith("(max_cycles=5)")
        assert [f.part for f in report] == [part for parts in TEAM_LAWS.values() for part in parts]


class Plain(pettingzoo.ParallelEnv[str, Any, int]):
    """Two who guess a number, in Python: no snapshots, no masks, no render modes."""

    metadata: dict[str, Any] = {}
    possible_agents = ["guesser_0", "guesser_1"]

    def __init__(self) -> None:
        self.agents: list[str] = []
        self.spaces = {agent: gym.spaces.Discrete(4) for agent in self.possible_agents}
        self.render_mode = None

    def observation_space(self, agent: str) -> Any:
        return self.spaces[agent]

    action_space = observation_space

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        if seed is not None or not hasattr(self, "rng"):
            self.rng = np.random.default_rng(seed)
        self.agents = list(self.possible_agents)
        self.number = self.rng.integers(4)
        return dict.fromkeys(self.agents, self.number), {agent: {} for agent in self.agents}

    def step(self, actions: dict[str, int]) -> Any:
        live, right = self.agents, {agent: bool(actions[agent] == self.number) for agent in self.agents}
        self.agents = [agent for agent in live if not right[agent]]
        self.number = self.rng.integers(4)
        rewards = {agent: float(hit) for agent, hit in right.items()}
        infos: Any = {agent: {} for agent in live}
        return dict.fromkeys(live, self.number), rewards, right, dict.fromkeys(live, False), infos

    def render(self) -> None:
        pass


def test_an_environment_without_a_kernel() -> None:
    report = check(Plain)
    assert report.holds, str(report)
    skipped = {f.part for f in report if f.verdict == "not applicable"}
    assert skipped - {"process"} == {"chance", "set_state", "state_key", "masks", "refuses", "snapshots", "render"}


def test_nothing_to_say() -> None:
    class Unmasked(Walkers):
        def _observed(self, agents: Any) -> Any:
            observations, infos = super()._observed(agents)
            return observations, {agent: {} for agent in infos}

    [masks] = [law for law in laws(Unmasked, only=["within"]) if law.part == "masks"]
    with pytest.raises(NotApplicable, match="no action_mask"):
        masks()
    assert str(Team(Unmasked)) == "Unmasked"
