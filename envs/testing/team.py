"""The laws for multi-agent environments: one player of all agents sees a Gymnasium environment."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from copy import deepcopy
from io import StringIO
from itertools import zip_longest
from typing import Any, TypeAlias

import gymnasium as gym
import pettingzoo
from gymnasium import spaces
from pettingzoo.utils import parallel_to_aec

from .. import registry
from ..core.check import short
from . import conventional, same, seeded, within
from .compare import difference
from .report import Complaints, NotApplicable, one_line
from .subject import Part, Reset, Subject, chooser, differs, ended, load, play, save, told
from .within import STATES, STEPS, misfit

Parallel: TypeAlias = pettingzoo.ParallelEnv[str, Any, Any]

EPISODE = 10_000  # steps after which an episode is given up

# Advice of PettingZoo's `api_test` that an environment may have good reasons not to follow: it breaks no law.
RECOMMENDATIONS = (
    "Observation is not a NumPy array",  # a Dict of parts
    "Observation space for each agent probably should be",
    "Observation is a single number",
    "Observation numpy array is all zeros",
    "We recommend agents to be named in the format",  # agents with different roles
    "The class of observation spaces is different between two agents",
    "Agents have different observation space sizes",
    "Observations between agents are different classes",
    "Observations are different shapes",
    "Observations have different number of dimensions",
)


class AllAgents(gym.Env[dict[str, Any], dict[str, Any]]):
    """A `ParallelEnv` for one player of all its agents: the parts of a result are dictionaries by agent.

    An episode is over when no agent is left. `unwrapped` is the `ParallelEnv`.
    """

    def __init__(self, env: Parallel) -> None:
        self.env = env
        self.metadata, self.render_mode = env.metadata, getattr(env, "render_mode", None)
        self.action_space = spaces.Dict({agent: env.action_space(agent) for agent in env.possible_agents})
        self.observation_space = _OfSome({agent: env.observation_space(agent) for agent in env.possible_agents})

    @property
    def unwrapped(self) -> Any:
        return self.env

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        return self.env.reset(seed=seed, options=options)

    def step(self, action: dict[str, Any]) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        outcome = self.env.step({agent: action[agent] for agent in self.env.agents})
        observations, rewards, terminated, truncated, infos = outcome
        told = {"terminated": terminated, "truncated": truncated, "infos": infos}
        return observations, rewards, not self.env.agents, False, told

    def render(self) -> Any:
        return self.env.render()

    def close(self) -> None:
        self.env.close()


class _OfSome(gym.Space[dict[str, Any]]):
    """Observations of some of the agents."""

    def __init__(self, parts: dict[str, gym.Space[Any]]) -> None:
        super().__init__()
        self.parts = parts

    def contains(self, x: Any) -> bool:
        known = isinstance(x, dict) and x.keys() <= self.parts.keys()
        return known and all(misfit(x[agent], self.parts[agent]) is None for agent in x)

    def __repr__(self) -> str:
        return f"the spaces of {', '.join(self.parts)}"


class Team(Subject):
    """Several agents under test: an id or spec of PettingZoo's parallel registry, or a `ParallelEnv` class."""

    def __init__(self, env: str | pettingzoo.EnvSpec | Callable[..., Parallel], **kwargs: Any) -> None:
        self.factory: Any = pettingzoo.spec("parallel", env) if isinstance(env, str) else env
        self.spec, self.oracle, self.kwargs = None, None, kwargs
        name = self.factory.id if isinstance(self.factory, pettingzoo.EnvSpec) else self.factory.__name__
        self.name = f"{name}({', '.join(f'{k}={v!r}' for k, v in kwargs.items())})" if kwargs else name
        self.takes_render_mode = True

    def parallel(self, **kwargs: Any) -> Parallel:
        """A new environment with PettingZoo's interface."""
        if isinstance(self.factory, pettingzoo.EnvSpec):
            return pettingzoo.make("parallel", self.factory, **self.kwargs, **kwargs)
        return self.factory(**self.kwargs, **kwargs)

    def make(self, **kwargs: Any) -> gym.Env[Any, Any]:
        return AllAgents(self.parallel(**kwargs))


def is_team(env: Any) -> bool:
    """Whether this is a source of multi-agent environments."""
    if isinstance(env, str):
        module, _, name = env.rpartition(":")
        if module:
            importlib.import_module(module)
        return registry.is_multi_agent(name)
    return isinstance(env, pettingzoo.EnvSpec) or (isinstance(env, type) and issubclass(env, pettingzoo.ParallelEnv))


# --- parts of laws that only several agents have ----------------------------------------------------------------------


def agents(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Live agents are in all parts of a step's result, in their space and type; agents that have ended never return."""
    for seed in seeds:
        env, calls, live = subject.make(), list[Any](), set[str]()
        core: Any = env.unwrapped
        for action, outcome in play(env, Reset(seed), chooser(env.action_space, seed), STEPS):
            calls.append(action)
            now = set(core.agents)
            if isinstance(action, Reset):
                live = now
                parts = {"observations": outcome[0], "infos": outcome[1]}
            else:
                parts = {"observations": outcome[0], "rewards": outcome[1], **outcome[-1]}
            for name, part in parts.items():
                found = f"{name}: found {short(sorted(part))}, expected {short(sorted(live))}"
                yield told(calls, None if part.keys() == live else found)
            for agent, seen in outcome[0].items():
                yield told(calls, misfit(seen, core.observation_space(agent), f"observations[{agent!r}]"))
            if not isinstance(action, Reset):
                for name, kinds in {"rewards": (float, int), "terminated": (bool,), "truncated": (bool,)}.items():
                    for agent, value in parts[name].items():
                        text = f"{name}[{agent!r}]: found {type(value).__name__}, expected {kinds[0].__name__}"
                        yield told(calls, None if type(value) in kinds else text)
                live = {agent for agent in live if not (parts["terminated"][agent] or parts["truncated"][agent])}
            found = f"agents: found {short(sorted(now))}, expected {short(sorted(live))}"
            yield told(calls, None if now == live else found)
        yield None if calls and live <= set(core.possible_agents) else "agents: some are not possible_agents"


def masks(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """`infos[agent]["action_mask"][a]` is 1 exactly if the agent's `a` gives `infos[agent]["illegal"]` False."""
    for seed in seeds:
        env, calls = subject.make(), list[Any]()
        choose = chooser(env.action_space, seed)
        for action, outcome in play(env, Reset(seed), choose, STATES):
            calls.append(action)
            infos = outcome[-1] if isinstance(action, Reset) else outcome[-1]["infos"]
            saved, joint = save(env), choose({})
            core: Any = env.unwrapped
            for agent in core.agents:
                if "action_mask" not in infos[agent]:
                    raise NotApplicable("no action_mask in the infos")
                for its, legal in enumerate(infos[agent]["action_mask"].tolist()):
                    tried = {**joint, agent: its}
                    illegal = load(env, saved).step(tried)[-1]["infos"][agent]["illegal"]
                    found = f"{agent}: found illegal {illegal!r} where the mask has {legal}"
                    yield told([*calls, tried], None if illegal is (not legal) else found)
            load(env, saved)


def refuses(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Invalid dictionaries of actions, or actions outside an agent's space, raise and change nothing."""
    for seed in seeds:
        env = subject.make()
        core: Any = env.unwrapped
        if not callable(getattr(core, "get_state", None)):
            raise NotApplicable("no get_state, so there is no telling what changed")
        core.reset(seed=seed)
        joint = chooser(env.action_space, seed)({})
        agent, *rest = core.agents
        for stranger in within.strangers(core.action_space(agent)):
            yield (text := within.refused(core, {**joint, agent: stranger})) and f"reset(seed={seed}): {text}"
        missing = {other: joint[other] for other in rest}
        batches: list[Any] = [None, [], 0, {**joint, "nobody": 0}, missing]
        for wrong in batches:
            yield (text := within.refused(core, wrong)) and f"reset(seed={seed}): {text}"


def arguments(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Neither `reset` nor `step` modifies its arguments: options and actions."""
    for seed in seeds:
        env, options = subject.make(), dict[str, Any]()
        core: Any = env.unwrapped
        core.reset(seed=seed, options=options)
        joint = {agent: core.action_space(agent).sample() for agent in core.agents}
        given = dict(joint)
        core.step(joint)
        yield difference((options, joint), ({}, given), f"reset(seed={seed}), step: (options, actions)")


def episodes(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """The same seed gives the same episode, from its start until no agent is left."""
    for seed in seeds:
        one, other = ([*_episode(subject.make(), seed)] for _ in range(2))
        for step, (found, expected) in enumerate(zip_longest(other, one, fillvalue=())):
            yield (text := differs(found, expected)) and f"seed {seed}, call {step}: {text}"


def parallel_api(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """PettingZoo's `parallel_api_test` passes without a warning."""
    yield _passes("parallel_api_test", subject.make().unwrapped)


def parallel_seed(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """PettingZoo's `parallel_seed_test` passes without a warning."""
    yield _passes("parallel_seed_test", lambda: subject.make().unwrapped)


def turns(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Converted to turns (AEC) by PettingZoo, the environment passes `api_test` and `seed_test` without a warning."""
    yield _passes("api_test", parallel_to_aec(subject.make().unwrapped))
    yield _passes("seed_test", lambda: parallel_to_aec(subject.make().unwrapped))


# --- helpers ----------------------------------------------------------------------------------------------------------


def _episode(env: gym.Env[Any, Any], seed: int) -> Iterator[tuple[Any, ...]]:
    """Everything that one episode of random play returns."""
    for _, outcome in play(env, Reset(seed), chooser(env.action_space, seed), EPISODE):
        yield deepcopy(outcome)
        if ended(outcome):
            return


def _passes(name: str, argument: Any) -> str | None:
    """The complaint of one of PettingZoo's tests."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")  # importing the tests triggers warnings about their imports
        tests = importlib.import_module("pettingzoo.test")
        warnings.simplefilter("error")
        for text in RECOMMENDATIONS:
            warnings.filterwarnings("ignore", re.escape(text))
        try:
            getattr(tests, name)(argument)
        except (Exception, AssertionError) as error:
            return f"{name}: {one_line(error)}"
    return None


PARTS: dict[str, dict[str, Part]] = {
    "same": {name: same.PARTS[name] for name in ("replay", "chance", "set_state", "pickle", "deepcopy", "state_key")},
    "within": {
        "agents": agents,
        "actions": within.actions,
        "masks": masks,
        "refuses": refuses,
        "arguments": arguments,
        "memory": within.memory,
        "snapshots": within.snapshots,
    },
    "seeded": {**seeded.PARTS, "whole episodes": episodes},
    "conventional": {
        "parallel_api_test": parallel_api,
        "parallel_seed_test": parallel_seed,
        "api_test": turns,
        "render": conventional.renders,
    },
}
