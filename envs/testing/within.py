"""Second law, *Within*: what an environment returns is in its spaces and is given away, and what it accepts is exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from .compare import difference, fingerprint, scribble, shared, short
from .report import NotApplicable, one_line
from .subject import Subject, chooser, call, ended, has_state, load, play, record, Reset, save, written

Complaints = Iterator[str | None]

STEPS = 48
STATES = 12  # per seed, from which every action is tried
ACTIONS = 64  # tried from a state, if the space has more


def observations(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Every observation is in its space, with the exact dtype."""
    for seed, env, calls, outcome in _visits(subject, seeds):
        text = misfit(outcome[0], env.observation_space)
        yield text and f"{written(calls)}: {text}"


def types(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Rewards and flags are plain Python numbers and bools, infos are dicts whose keys are strings."""
    for _, _, calls, outcome in _visits(subject, seeds):
        wrong = []
        if len(outcome) == 5:
            _, reward, terminated, truncated, _ = outcome
            if type(reward) not in (int, float):
                wrong.append(f"reward: found {type(reward).__name__}, expected float")
            for name, flag in (("terminated", terminated), ("truncated", truncated)):
                if type(flag) is not bool:
                    wrong.append(f"{name}: found {type(flag).__module__}.{type(flag).__name__}, expected bool")
        info = outcome[-1]
        if type(info) is not dict or not all(isinstance(key, str) for key in info):
            wrong.append(f"info: found {short(info)}, expected a dict with string keys")
        yield f"{written(calls)}: {wrong[0]}" if wrong else None


def actions(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Every action of the space is accepted, everywhere, and leads to an observation in the space."""
    for seed, env, calls, outcome in _stops(subject, seeds):
        saved = save(env)
        for action in every_action(env.action_space, seed):
            other = load(env, saved)
            try:
                text = misfit(other.step(action)[0], env.observation_space)
            except Exception as error:
                text = one_line(error)
            yield text and f"{written([*calls, action])}: {text}"
        load(env, saved)


def masks(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """`info["action_mask"][a]` is 1 exactly if stepping `a` gives `info["illegal"]` False; 0 everywhere: it is over."""
    for seed, env, calls, outcome in _visits(subject, seeds):
        space, mask = env.action_space, outcome[-1].get("action_mask")
        if mask is None:
            raise NotApplicable("no info['action_mask']")
        where = written(calls)
        if not isinstance(space, spaces.Discrete):
            raise NotApplicable(f"no convention for masks of {type(space).__name__}")
        if getattr(mask, "dtype", None) != np.int8 or mask.shape != (space.n,) or not np.isin(mask, (0, 1)).all():
            yield f"{where}: action_mask: found {short(mask)}, expected 0 and 1, int8, shape ({space.n},)"
        if not mask.any() and not ended(outcome):
            yield f"{where}: action_mask: found no legal action, expected one before the episode is over"
        method = getattr(env.unwrapped, "action_masks", None)
        if callable(method):
            text = difference(method(), mask.astype(np.bool_), "action_masks()")
            yield text and f"{where}: {text} (info['action_mask'])"
    for seed, env, calls, outcome in _stops(subject, seeds):
        saved, mask = save(env), outcome[-1]["action_mask"]
        for action in range(env.action_space.n):  # type: ignore[attr-defined]
            info = load(env, saved).step(action + env.action_space.start)[-1]  # type: ignore[attr-defined]
            if "illegal" not in info:
                raise NotApplicable("no info['illegal'], so there is no telling what is legal")
            if info["illegal"] is not (not mask[action]):
                found = f"illegal: found {info['illegal']!r} where action_mask has {mask[action]}"
                yield f"{written([*calls, action])}: {found}, expected {not mask[action]}"
        load(env, saved)


def memory(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Nothing returned shares memory with the environment or with an earlier return."""
    for seed in seeds:
        calls, trace = record(subject.make(), seed, STEPS)
        env = subject.make()
        returned: list[tuple[str, Any]] = []
        for i, action in enumerate(calls):
            outcome = call(env, action)
            returned.append((f"what call {i} returned", [outcome[0], outcome[-1]]))
            yield _told(calls[: i + 1], _with_environment(env, outcome))
            if i:
                yield _told(calls[: i + 1], shared(returned[-1], returned[-2]))
        for i, ((name, data), outcome) in enumerate(zip(returned, trace, strict=True)):
            text = difference(data, [outcome[0], outcome[-1]], f"{name}, at the end of the recording")
            yield _told(calls[: i + 1], text)
        env = subject.make()
        for i, (action, expected) in enumerate(zip(calls, trace, strict=True)):
            outcome = call(env, action)
            text = difference(deepcopy(outcome), expected, f"after overwriting what was returned before: call {i}")
            yield _told(calls[: i + 1], text)
            scribble([outcome[0], outcome[-1]])


def snapshots(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """A state from `get_state` is a value: no step changes it, and changing it changes no environment."""
    for seed in seeds:
        calls, trace = record(subject.make(), seed, STEPS)
        env: Any = subject.make()
        if not has_state(env):
            raise NotApplicable("no get_state and set_state")
        for i, action in enumerate(calls):
            call(env, action)
            methods = ["get_state", *(["action_masks"] if hasattr(env.unwrapped, "action_masks") else [])]
            for name in methods:
                method = getattr(env.unwrapped, name)
                one, other = (f"one {name}()", method()), (f"another {name}()", method())
                yield _told(calls[: i + 1], shared(one, other) or _with_environment(env, one[1], name + "()"))
        cut = STEPS // 2
        for keeps in ("get_state", "set_state"):
            env = subject.make()
            for action in calls[:cut]:
                call(env, action)
            state = env.unwrapped.get_state()
            if keeps == "set_state":
                env.unwrapped.set_state(state)
            before = fingerprint(state)
            first = call(env, calls[cut])
            if fingerprint(state) != before:
                yield _told(calls[: cut + 1], f"a step after {keeps} changed the state that it was given or gave")
            load(env, state)
            scribble([state])
            again = call(env, calls[cut])
            yield _told(calls[: cut + 1], difference(again, first, f"after overwriting a state that {keeps} saw"))


# --- helpers ---------------------------------------------------------------------------------------------------------


def misfit(observation: Any, space: gym.Space[Any], name: str = "observation") -> str | None:
    """How an observation misses its space, as one line; None if it is in it and has its exact dtype."""
    if isinstance(space, spaces.Dict):
        if not isinstance(observation, dict) or observation.keys() != space.spaces.keys():
            return f"{name}: found {short(observation)}, expected a dict of {', '.join(space.spaces)}"
        return _first(misfit(observation[key], part, f"{name}[{key!r}]") for key, part in space.spaces.items())
    if isinstance(space, spaces.Tuple):
        if not isinstance(observation, tuple) or len(observation) != len(space.spaces):
            return f"{name}: found {short(observation)}, expected a tuple of {len(space.spaces)}"
        return _first(misfit(observation[i], part, f"{name}[{i}]") for i, part in enumerate(space.spaces))
    if isinstance(space, spaces.Box | spaces.MultiDiscrete | spaces.MultiBinary):
        if not isinstance(observation, np.ndarray):
            return f"{name}: found {short(observation)}, expected an array"
        if (observation.dtype, observation.shape) != (space.dtype, space.shape):
            return f"{name}: found {observation.dtype} {observation.shape}, expected {space.dtype} {space.shape}"
    if isinstance(space, spaces.Discrete) and type(observation) is not int and (
        not isinstance(observation, np.generic) or observation.dtype != space.dtype
    ):
        return f"{name}: found {type(observation).__name__}, expected {space.dtype} or int"
    return None if space.contains(observation) else f"{name}: found {short(observation)}, expected one in {short(space)}"


def every_action(space: gym.Space[Any], seed: int) -> list[Any]:
    """All actions of a `Discrete` space of up to `ACTIONS`; else the corners, and random ones."""
    if isinstance(space, spaces.Discrete) and space.n <= ACTIONS:
        return [int(space.start) + i for i in range(int(space.n))]
    choose = chooser(space, seed)
    corners: list[Any] = []
    if isinstance(space, spaces.Discrete):
        corners = [int(space.start), int(space.start + space.n) - 1]
    elif isinstance(space, spaces.Box) and space.is_bounded():
        corners = [space.low.copy(), space.high.copy()]
    elif isinstance(space, spaces.MultiDiscrete):
        corners = [space.start.copy(), (space.start + space.nvec - 1).astype(space.dtype)]
    return corners + [choose({}) for _ in range(ACTIONS - len(corners))]


def _first(complaints: Iterator[str | None]) -> str | None:
    return next((text for text in complaints if text), None)


def _told(calls: Sequence[Any], text: str | None) -> str | None:
    return text and f"{written(calls)}: {text}"


def _visits(
    subject: Subject, seeds: Sequence[int]
) -> Iterator[tuple[int, gym.Env[Any, Any], list[Any], tuple[Any, ...]]]:
    """Everything that random play sees, with an illegal action now and then: seed, environment, calls, outcome."""
    for seed in seeds:
        env, calls = subject.make(), []
        for action, outcome in play(env, Reset(seed), chooser(env.action_space, seed, legal=0.8), STEPS):
            calls.append(action)
            yield seed, env, list(calls), outcome


def _stops(
    subject: Subject, seeds: Sequence[int]
) -> Iterator[tuple[int, gym.Env[Any, Any], list[Any], tuple[Any, ...]]]:
    """Some of these where the episode goes on."""
    for seed in seeds:
        going = ((s, env, calls, o) for s, env, calls, o in _visits(subject, [seed]) if not ended(o))
        yield from (stop for _, stop in zip(range(STATES), going, strict=False))


def _with_environment(env: gym.Env[Any, Any], outcome: Any, name: str = "what was returned") -> str | None:
    """Which attribute of the environment shares memory with what it returned."""
    face = env.unwrapped
    data = [outcome[0], outcome[-1]] if isinstance(outcome, tuple) else outcome
    held = {key: value for key, value in vars(face).items() if not isinstance(value, gym.Space)}
    return _first(shared((name, data), (f"env.{key}", value)) for key, value in held.items())


PARTS: dict[str, Callable[[Subject, Sequence[int]], Complaints]] = {
    "observations": observations,
    "types": types,
    "actions": actions,
    "masks": masks,
    "memory": memory,
    "snapshots": snapshots,
}
