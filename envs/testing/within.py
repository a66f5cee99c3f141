"""Second law, *Within*: results are in their spaces and are not shared; exactly the declared actions are accepted."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode

from ..core.check import short
from ..core.text import has_text
from .compare import difference, fingerprint, scribble, shared
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
STATES = 12  # states per seed in which every action is tried
ACTIONS = 64  # actions tried in a state, if the space has more
REFUSALS = (ValueError, TypeError, AssertionError, gym.error.InvalidAction)  # errors for a non-member


class Visit(NamedTuple):
    """One call of random play: the calls that led here and the result of the last one."""

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
    """Every action of the space is accepted in every state and leads to an observation in the space."""
    for seed, env, calls, _ in stops(subject, seeds):
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
    """`info["action_mask"][a]` is 1 exactly if stepping `a` gives `info["illegal"]` False; all 0 once it is over."""
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
    for _, env, calls, outcome in stops(subject, seeds):
        saved, mask = save(env), outcome[-1]["action_mask"]
        for index, action in enumerate(every_action(env.action_space, limit=len(mask))):
            info = load(env, saved).step(action)[-1]
            if "illegal" not in info:
                yield told([*calls, action], "illegal: found none in info, expected one beside info['action_mask']")
                return
            if info["illegal"] is not (not mask[index]):
                found = f"found illegal {info['illegal']!r} where the mask has {mask[index]}"
                yield told([*calls, action], f"action_mask: {found}, expected {not mask[index]}")
        load(env, saved)


def refuses(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Anything outside the action space raises a one-line error and changes nothing."""
    for _, env, calls, _ in stops(subject, seeds):
        if not has_state(env):
            raise NotApplicable("no get_state and set_state, so there is no telling what changed")
        takes_words = has_text(env)
        for stranger in strangers(env.action_space):
            if not (isinstance(stranger, str) and takes_words):
                yield told(calls, refused(env, stranger))


def vector_refuses(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """The same for a vector: one row's action outside the space, a wrong number of rows, no array at all."""
    vector: Any = subject.vector(3)
    if not hasattr(vector, "get_state"):
        raise NotApplicable(f"{type(vector).__name__} has no get_state")
    space = vector.single_action_space
    batches: list[Any] = [None, "abc", 0, np.full(3, None), np.zeros((3, 1, 1, 1))]
    if not isinstance(space, spaces.Dict | spaces.OneOf):
        batches.append(vector.action_space.sample()[:2])
    if isinstance(space, spaces.Discrete):
        batches += [np.full(3, np.nan), np.zeros(3), np.zeros(3, np.bool_), np.zeros((3, 1), np.int64), *tensors(3)]
        rows = [space.start - 1, space.start + space.n, space.start + space.n + 10**6, 2**40, -(2**40)]
        batches += [np.array([space.start, space.start, row]) for row in rows]
    elif isinstance(space, spaces.MultiDiscrete):
        for row in (space.start - 1, space.start + space.nvec, np.full(space.shape, 10**6)):
            batches.append(np.array([space.start, space.start, row]))
        batches += [np.array([space.start] * 3, np.float64), *tensors(np.array([space.start] * 3))]
    for seed in seeds:
        vector.reset(seed=seed)
        for batch in batches:
            yield (text := refused(vector, batch)) and f"seed {seed}: {text}"


def arguments(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Neither `reset` nor `step` modifies its arguments: options and actions."""
    for seed in seeds:
        env, options = subject.make(), dict[str, Any]()
        _, info = env.reset(seed=seed, options=options)
        yield f"reset(seed={seed}, options={{}}): changed the options to {short(options)}" if options else None
        choose, calls = chooser(env.action_space, seed), list[Any]()
        for _ in range(STATES):
            action = choose(info)
            given = deepcopy(action)
            *outcome, info = env.step(action)
            yield told([Reset(seed), *calls], difference(action, given, "the action after the step"))
            calls.append(given)
            if outcome[2] or outcome[3]:
                break


def vector_arguments(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Nor do those of a vector: seeds, options, the mask of rows to reset, actions."""
    for mode in AutoresetMode:
        vector: Any = subject.vector(3, autoreset_mode=mode)
        for seed in seeds:
            mask = np.array([True, False, True])
            options = {"reset_mask": mask} if mode is AutoresetMode.DISABLED else {}
            given = {"seed": [seed + 7, seed, seed + 3], "options": options}
            kept = deepcopy(given)
            vector.reset(seed=seed)
            try:
                vector.reset(**given)
            except gym.error.Error as error:
                raise NotApplicable(f"a seed for each row: {one_line(error)}") from error
            yield difference(given, kept, f"{mode.value}: after reset, what it was given")
            action = vector.action_space.sample()
            before = deepcopy(action)
            vector.step(action)
            yield difference(action, before, f"{mode.value}: after step, the actions")


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
    """How an observation misses its space, as one line; None if it is in the space and has the exact dtype."""
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
    """All actions of a `Discrete` space of up to `limit`; else the corners, and random actions."""
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


def strangers(space: gym.Space[Any]) -> list[Any]:
    """Values outside the space that people pass by mistake."""
    found: list[Any] = [None, math.nan, 0.5, "no such action", b"", [], {}, object()]
    if isinstance(space, spaces.Discrete):
        first, end = int(space.start), int(space.start + space.n)
        found += [first - 1, end, end + 10**6, 2**63, -(2**63), float(first), np.float64(first), np.True_]
        found += [[first], np.array([first]), np.array([[first]]), np.array(first, object), *tensors(first)]
    elif isinstance(space, spaces.Box | spaces.MultiDiscrete | spaces.MultiBinary):
        sample = chooser(space, 0)({})
        shape = sample.shape
        found += [0, sample[:-1], np.stack([sample, sample]), np.full(shape, math.nan), sample.astype(object)]
        found += [*tensors(sample)]
        if isinstance(space, spaces.MultiDiscrete):
            found += [np.full(shape, -1), np.array(space.start + space.nvec), np.full(shape, 0.5)]
    return [one for one in found if not space.contains(one)]


def tensors(value: Any) -> list[Any]:
    """The value as a tensor, where torch is in use: most often an action that the caller forgot to convert."""
    torch = sys.modules.get("torch")
    return [] if torch is None else [torch.as_tensor(value)]


def refused(env: Any, action: Any) -> str | None:
    """How an environment, or a vector, fails to refuse an action."""
    core = env.unwrapped
    before, shown = fingerprint(core.get_state()), short(action)
    try:
        core.step(action)
    except REFUSALS as error:
        if len(str(error).splitlines()) != 1:
            return f"action {shown}: found a message of {len(str(error).splitlines())} lines, expected one"
    except Exception as error:
        return f"action {shown}: found {one_line(error)}, expected a ValueError"
    else:
        return f"action {shown}: it was taken, expected a ValueError"
    return None if fingerprint(core.get_state()) == before else f"action {shown}: it was refused, and changed the state"


def _visits(subject: Subject, seeds: Sequence[int]) -> Iterator[Visit]:
    """Every call of random play, with an illegal action now and then."""
    for seed in seeds:
        env, calls = subject.make(), []
        for action, outcome in play(env, Reset(seed), chooser(env.action_space, seed, legal=0.8), STEPS):
            calls.append(action)
            yield Visit(seed, env, list(calls), outcome)


def stops(subject: Subject, seeds: Sequence[int]) -> Iterator[Visit]:
    """A sample of these visits, in episodes that are not over."""
    for seed in seeds:
        going = (visit for visit in _visits(subject, [seed]) if not ended(visit.outcome))
        yield from islice(going, STATES)


def _with_environment(env: gym.Env[Any, Any], part: tuple[str, Any]) -> str | None:
    """The environment's attribute that shares memory with a named part of its results, in words."""
    held = {key: value for key, value in vars(env.unwrapped).items() if not isinstance(value, gym.Space)}
    return first(shared(part, (f"env.{key}", value)) for key, value in held.items())


PARTS: dict[str, Part] = {
    "observations": observations,
    "types": types,
    "actions": actions,
    "masks": masks,
    "refuses": refuses,
    "vector refuses": vector_refuses,
    "arguments": arguments,
    "vector arguments": vector_arguments,
    "memory": memory,
    "snapshots": snapshots,
}
