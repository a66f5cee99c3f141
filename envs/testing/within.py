"""Second law, *Within*: what is returned is in its space and is given away; what is accepted is told exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from .compare import difference, fingerprint, scribble, shared, short
from .report import Complaints, NotApplicable, one_line
from .subject import PARTS as RETURNED
from .subject import (
    Part,
    Reset,
    Subject,
    ask,
    call,
    chooser,
    differs,
    ended,
    first,
    has_state,
    load,
    play,
    record,
    save,
    told,
)

STEPS = 48
STATES = 12  # per seed, from which every action is tried
ACTIONS = 64  # tried from a state, if the space has more


class Visit(NamedTuple):
    """Random play at one call: what led here and what the last of it returned."""

    seed: int
    env: gym.Env[Any, Any]
    calls: list[Any]
    outcome: tuple[Any, ...]


def observations(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Every observation is in its space, with the exact dtype."""
    for visit in _visits(subject, seeds):
        yield told(visit.calls, misfit(visit.outcome[0], visit.env.observation_space))


def types(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Rewards and flags are plain Python numbers and bools, infos are dicts whose keys are strings."""
    for visit in _visits(subject, seeds):
        for name, value in zip(RETURNED[1:-1], visit.outcome[1:-1], strict=False):
            kinds = (float, int) if name == "reward" else (bool,)
            if type(value) not in kinds:
                found = f"{type(value).__module__}.{type(value).__name__}"
                yield told(visit.calls, f"{name}: found {found}, expected {kinds[0].__name__}")
        info = visit.outcome[-1]
        if type(info) is not dict or not all(isinstance(key, str) for key in info):
            yield told(visit.calls, f"info: found {short(info)}, expected a dict with string keys")


def actions(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Every action of the space is accepted, everywhere, and leads to an observation in the space."""
    for seed, env, calls, _ in _stops(subject, seeds):
        saved = save(env)
        for action in every_action(env.action_space, seed):
            other = load(env, saved)
            try:
                text = misfit(other.step(action)[0], env.observation_space)
            except Exception as error:
                text = one_line(error)
            yield told([*calls, action], text)
        load(env, saved)


def masks(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """`info["action_mask"][a]` is 1 exactly if stepping `a` gives `info["illegal"]` False; 0 everywhere: it is over."""
    for _, env, calls, outcome in _visits(subject, seeds):
        space, mask = env.action_space, outcome[-1].get("action_mask")
        if mask is None:
            raise NotApplicable("no info['action_mask']")
        if not isinstance(space, spaces.Discrete):
            raise NotApplicable(f"no convention for masks of {type(space).__name__}")
        if getattr(mask, "dtype", None) != np.int8 or mask.shape != (space.n,) or not np.isin(mask, (0, 1)).all():
            yield told(calls, f"action_mask: found {short(mask)}, expected 0 and 1, int8, shape ({space.n},)")
        if not mask.any() and not ended(outcome):
            yield told(calls, "action_mask: found no legal action, expected one while the episode goes on")
        method = ask(env, "action_masks")
        if method is not None:
            yield told(calls, difference(method, mask.astype(np.bool_), "action_masks()"))
    for _, env, calls, outcome in _stops(subject, seeds):
        saved, mask = save(env), outcome[-1]["action_mask"]
        for index, action in enumerate(every_action(env.action_space, limit=len(mask))):
            info = load(env, saved).step(action)[-1]
            if "illegal" not in info:
                raise NotApplicable("no info['illegal'], so there is no telling what is legal")
            if info["illegal"] is not (not mask[index]):
                found = f"found illegal {info['illegal']!r} where the mask has {mask[index]}"
                yield told([*calls, action], f"action_mask: {found}, expected {not mask[index]}")
        load(env, saved)


def memory(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Nothing returned shares memory with the environment or with an earlier return."""
    for seed in seeds:
        calls, trace = record(subject.make(), seed, STEPS)
        env = subject.make()
        returned: list[list[tuple[str, Any]]] = []
        for i, action in enumerate(calls):
            outcome = call(env, action)
            returned.append([("observation", outcome[0]), ("info", outcome[-1])])
            yield told(calls[: i + 1], first(_with_environment(env, part) for part in returned[-1]))
            earlier = [(f"{name} before", data) for name, data in returned[-2]] if i else []
            yield told(calls[: i + 1], first(shared(a, b) for a in returned[-1] for b in earlier))
        for i, (parts, outcome) in enumerate(zip(returned, trace, strict=True)):
            texts = (difference(data, outcome[place], name) for (name, data), place in zip(parts, (0, -1), strict=True))
            yield told(calls[: i + 1], (text := first(texts)) and f"changed after it was returned: {text}")
        env = subject.make()
        for i, (action, expected) in enumerate(zip(calls, trace, strict=True)):
            outcome = call(env, action)
            text = differs(deepcopy(outcome), expected)
            yield told(calls[: i + 1], text and f"all that was returned before was overwritten: {text}")
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
            for name in ("get_state", "action_masks", "observe"):
                one, other = (f"one {name}()", ask(env, name)), (f"another {name}()", ask(env, name))
                yield told(calls[: i + 1], shared(one, other) or _with_environment(env, one))
        cut = STEPS // 2
        env = subject.make()
        for action in calls[:cut]:
            call(env, action)
        scribble([env.unwrapped.get_state()])
        state = env.unwrapped.get_state()
        before = fingerprint(state)
        for what in ("get_state gave", "set_state took"):
            text = differs(deepcopy(call(env, calls[cut])), trace[cut])
            yield told(calls[: cut + 1], text and f"a state that {what} was overwritten: {text}")
            if fingerprint(state) != before:
                yield told(calls[: cut + 1], f"the step changed the state that {what}")
            load(env, state)
        scribble([state])
        text = differs(call(env, calls[cut]), trace[cut])
        yield told(calls[: cut + 1], text and f"a state that set_state took was overwritten: {text}")


# --- helpers ---------------------------------------------------------------------------------------------------------


def misfit(observation: Any, space: gym.Space[Any], name: str = "observation") -> str | None:
    """How an observation misses its space, as one line; None if it is in it and has its exact dtype."""
    if isinstance(space, spaces.Dict):
        if not isinstance(observation, dict) or observation.keys() != space.spaces.keys():
            return f"{name}: found {short(observation)}, expected a dict of {', '.join(space.spaces)}"
        return first(misfit(observation[key], part, f"{name}[{key!r}]") for key, part in space.spaces.items())
    if isinstance(space, spaces.Tuple):
        if not isinstance(observation, tuple) or len(observation) != len(space.spaces):
            return f"{name}: found {short(observation)}, expected a tuple of {len(space.spaces)}"
        return first(misfit(observation[i], part, f"{name}[{i}]") for i, part in enumerate(space.spaces))
    if isinstance(space, spaces.Box | spaces.MultiDiscrete | spaces.MultiBinary):
        if not isinstance(observation, np.ndarray):
            return f"{name}: found {short(observation)}, expected an array"
        if (observation.dtype, observation.shape) != (space.dtype, space.shape):
            return f"{name}: found {observation.dtype} {observation.shape}, expected {space.dtype} {space.shape}"
    if isinstance(space, spaces.Discrete) and type(observation) is not int:
        dtype = observation.dtype if isinstance(observation, np.generic) else type(observation).__name__
        if dtype != space.dtype:
            return f"{name}: found {dtype}, expected {space.dtype} or int"
    if not space.contains(observation):
        return f"{name}: found {short(observation)}, expected one in {short(space)}"
    return None


def every_action(space: gym.Space[Any], seed: int = 0, limit: int = ACTIONS) -> list[Any]:
    """All actions of a `Discrete` space of up to `limit`; else the corners, and random ones."""
    if isinstance(space, spaces.Discrete) and space.n <= limit:
        return [int(space.start) + i for i in range(int(space.n))]
    choose = chooser(space, seed)
    corners: list[Any] = []
    if isinstance(space, spaces.Discrete):
        corners = [int(space.start), int(space.start + space.n) - 1]
    elif isinstance(space, spaces.Box) and space.is_bounded():
        corners = [space.low.copy(), space.high.copy()]
    elif isinstance(space, spaces.MultiDiscrete):
        corners = [space.start.copy(), (space.start + space.nvec - 1).astype(space.dtype)]
    return corners + [choose({}) for _ in range(limit - len(corners))]


def _visits(subject: Subject, seeds: Sequence[int]) -> Iterator[Visit]:
    """Everything that random play sees, with an illegal action now and then."""
    for seed in seeds:
        env, calls = subject.make(), []
        for action, outcome in play(env, Reset(seed), chooser(env.action_space, seed, legal=0.8), STEPS):
            calls.append(action)
            yield Visit(seed, env, list(calls), outcome)


def _stops(subject: Subject, seeds: Sequence[int]) -> Iterator[Visit]:
    """Some of these where the episode goes on."""
    for seed in seeds:
        going = (visit for visit in _visits(subject, [seed]) if not ended(visit.outcome))
        yield from islice(going, STATES)


def _with_environment(env: gym.Env[Any, Any], part: tuple[str, Any]) -> str | None:
    """Which attribute of the environment shares memory with something, given with its name, that it returned."""
    held = {key: value for key, value in vars(env.unwrapped).items() if not isinstance(value, gym.Space)}
    return first(shared(part, (f"env.{key}", value)) for key, value in held.items())


PARTS: dict[str, Part] = {
    "observations": observations,
    "types": types,
    "actions": actions,
    "masks": masks,
    "memory": memory,
    "snapshots": snapshots,
}
