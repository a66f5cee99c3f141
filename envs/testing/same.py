"""First law, *Same*: a single environment, a row of a vector and every kind of copy have the same future."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv

from ..core.check import short
from .compare import difference
from .report import Complaints, NotApplicable, one_line
from .subject import (
    Part,
    Reset,
    Subject,
    ask,
    chooser,
    differs,
    ended,
    first,
    has_state,
    load,
    play,
    record,
    replay,
    save,
    told,
    written,
)

Env = gym.Env[Any, Any]

STEPS = 48
ROWS = 5


def replays(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """The same calls give the same episodes, in the same environment and in another."""
    for seed in seeds:
        env = subject.make()
        calls, trace = record(env, seed, STEPS)
        for again in (env, subject.make()):
            yield _compared(replay(again, calls), trace, calls)


def chances(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """From one state, the same action has one outcome: the state holds everything that decides, even the generator."""
    for past, future, _, env in _cuts(subject, seeds):
        if not has_state(env):
            raise NotApplicable("no get_state and set_state")
        saved = save(env)
        outcomes = [replay(load(env, saved), future) for _ in range(2)]
        text = _compared(outcomes[1], outcomes[0], past + future, len(past))
        yield text and f"randomness or memory outside the state: twice from one state: {text}"


def restores(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """After `set_state(get_state())`, here or elsewhere, the future is the same as when the state was taken."""
    for past, future, expected, env in _cuts(subject, seeds):
        if not has_state(env):
            raise NotApplicable("no get_state and set_state")
        saved, seen = save(env), _looks(env)
        replay(env, future)
        elsewhere = subject.make()
        elsewhere.reset(seed=12345)
        for other in (env, elsewhere):
            load(other, saved)
            yield told(past, difference(_looks(other), seen, "after set_state"))
            yield _compared(replay(other, future), expected, past + future, len(past))


def copies(copy: Callable[[Env], Env], subject: Subject, seeds: Sequence[int]) -> Complaints:
    """A copy has the future of the original, and neither disturbs the other."""
    for past, future, expected, env in _cuts(subject, seeds):
        try:
            other = copy(env)
        except Exception as error:
            if has_state(env):
                raise
            raise NotApplicable(f"copying raises {one_line(error)}") from error
        for which in (other, env):
            yield _compared(replay(which, future), expected, past + future, len(past))


def keys(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """States with equal `state_key()` have equal masks and, given the same random numbers, equal successors."""
    env = subject.make()
    core: Any = env.unwrapped
    if not callable(getattr(core, "state_key", None)) or not has_state(env):
        raise NotApplicable("no state_key with get_state and set_state")
    seen: dict[bytes, tuple[Any, Any]] = {}
    for seed, other in [(seed, other) for seed in seeds for other in range(4)]:  # one start, four continuations
        choose = chooser(env.action_space, other)
        for _, outcome in play(env, Reset(seed), choose, STEPS):
            key, state, mask = core.state_key(), core.get_state(), outcome[-1].get("action_mask")
            if not isinstance(key, bytes):
                yield f"seed {seed}: found {short(key)}, expected bytes"
            if ended(outcome) or key not in seen:
                seen |= {} if ended(outcome) else {key: (state, mask)}
                continue
            known, known_mask = seen[key]
            timed = {"rng", "t"} <= set(getattr(getattr(state, "dtype", None), "names", None) or ())
            if mask is None and not timed:
                raise NotApplicable("neither masks nor states in which chance can be told from the rest")
            where = f"seed {seed}: states of equal key: "
            yield (text := difference(mask, known_mask, "action_mask")) and where + text
            if timed:
                action = choose(outcome[-1])
                known["rng"], known["t"] = state["rng"], state["t"]  # keys leave out the generator and the clock
                found, expected = _successor(core, state, action), _successor(core, known, action)
                text = difference(found, expected, "[reward, terminated, key]")
                yield text and f"{where}after action {action}: {text}"
                load(env, state)


def _successor(core: Any, state: Any, action: Any) -> tuple[float, bool, bytes]:
    core.set_state(state)
    _, reward, terminated, _, _ = core.step(action)
    return reward, terminated, core.state_key()


# --- vectors ---------------------------------------------------------------------------------------------------------


def vectors(mode: AutoresetMode, subject: Subject, seeds: Sequence[int], **keywords: Any) -> Complaints:
    """The vector class returns, bit for bit, the same as Gymnasium's `SyncVectorEnv` of single environments."""
    for rows in (ROWS, 1):
        vector = subject.vector(rows, autoreset_mode=mode, **keywords)
        sync = subject.sync(rows, mode)
        for name in ("single_observation_space", "single_action_space", "observation_space", "action_space"):
            found, expected = getattr(vector, name), getattr(sync, name)
            yield None if found == expected else f"{name}: found {found}, expected {expected}"
        for seed in seeds:
            pairs = zip(_drive(vector, mode, seed), _drive(sync, mode, seed), strict=True)
            for step, (found, expected) in enumerate(pairs):
                text = differs(found, expected)
                yield text and f"{rows} rows, seed {seed}, call {step}: {text}"


def vector_copies(copy: Callable[[Any], Any], subject: Subject, seeds: Sequence[int]) -> Complaints:
    """A copy of a vector, taken anywhere, has the future of the original, and neither disturbs the other."""
    for seed in seeds:
        vector = subject.vector(ROWS)
        mode = vector.metadata["autoreset_mode"]
        drive = _drive(vector, mode, seed)
        outcome = [next(drive) for _ in range(10 + seed % 7)][-1]
        try:
            other = copy(vector)
        except Exception as error:
            if hasattr(vector, "get_state"):
                raise
            raise NotApplicable(f"copying raises {one_line(error)}") from error
        futures = [[deepcopy(v) for v in _drive(which, mode, seed, outcome)] for which in (other, vector)]
        yield _vector_compared(futures[0], futures[1], seed)


def vector_restores(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """After `set_state(get_state())`, a vector has the same future as when the state was taken."""
    for seed in seeds:
        vector: Any = subject.vector(ROWS)
        if not (hasattr(vector, "get_state") and hasattr(vector, "set_state")):
            raise NotApplicable(f"{type(vector).__name__} has no get_state and set_state")
        mode = vector.metadata["autoreset_mode"]
        drive = _drive(vector, mode, seed)
        outcome = [next(drive) for _ in range(10 + seed % 7)][-1]
        saved = vector.get_state()
        futures = []
        elsewhere: Any = subject.vector(ROWS)
        for which in (vector, vector, elsewhere):
            which.set_state(saved)
            futures.append([deepcopy(v) for v in _drive(which, mode, seed, outcome)])
        for future in futures[1:]:
            yield _vector_compared(future, futures[0], seed)


def vector_rows(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """A row of a vector's state is the state of a single environment: both make the same next step."""
    env, vector = subject.make(), subject.vector(ROWS)
    if not has_state(env) or not hasattr(vector, "get_state"):
        raise NotApplicable("no get_state of rows")
    for seed in seeds:
        env.reset(seed=seed)
        choose = _row_chooser(vector, seed)
        _, infos = vector.reset(seed=seed)
        over = np.zeros(ROWS, np.bool_)
        for step in range(STEPS):
            rows, actions = vector.get_state(), choose(infos)
            observations, rewards, terminated, truncated, infos = vector.step(actions)
            for i in range(ROWS):
                load(env, rows[i])
                # In NEXT_STEP, a row whose episode is over starts anew, whatever the action.
                single = (*env.reset()[:1], 0.0, False, False) if over[i] else env.step(actions[i])[:4]
                row = (_row(observations, i), rewards[i].item(), terminated[i].item(), truncated[i].item())
                text = differs((*row, {}), (*single, {}))  # `vectors` compares infos
                yield text and f"row {i} of {ROWS}, seed {seed}, step {step}: {text}"
            over = terminated | truncated


# --- helpers ---------------------------------------------------------------------------------------------------------


def _cuts(subject: Subject, seeds: Sequence[int]) -> Iterator[tuple[list[Any], list[Any], list[Any], Env]]:
    """Recordings cut at random places: past, future, what the future returns, and an environment at the cut."""
    for seed in seeds:
        calls, trace = record(subject.make(), seed, STEPS)
        for cut in {1, 2, int(np.random.default_rng(seed).integers(3, STEPS - 2))}:
            env = subject.make()
            replay(env, calls[:cut])
            yield calls[:cut], calls[cut:], trace[cut:], env


def _looks(env: Env) -> dict[str, Any]:
    """Everything that an environment tells about its state without changing it."""
    return {name: deepcopy(ask(env, name)) for name in ("observe", "state_key", "action_masks", "describe")}


def _compared(found: list[Any], expected: list[Any], calls: list[Any], cut: int = 0) -> str | None:
    """The first difference between two futures of the same calls, which begin at the cut."""
    texts = enumerate(map(differs, found, expected))
    where = f"copied before call {cut}: " if cut else ""
    return first(text and f"{written(calls[: cut + i + 1])}: {where}{text}" for i, text in texts)


def _vector_compared(found: list[Any], expected: list[Any], seed: int) -> str | None:
    texts = enumerate(map(differs, found, expected))
    return first(text and f"{ROWS} rows, seed {seed}, call {i} after the copy: {text}" for i, text in texts)


def _row_chooser(vector: VectorEnv[Any, Any, Any], seed: int) -> Callable[[dict[str, Any]], Any]:
    """A random policy for a vector: an action for each row, mostly legal where there are masks."""
    rows = [chooser(vector.single_action_space, seed * vector.num_envs + i) for i in range(vector.num_envs)]

    def choose(infos: dict[str, Any]) -> Any:
        masks = infos.get("action_mask")
        actions = [row({} if masks is None else {"action_mask": masks[i]}) for i, row in enumerate(rows)]
        return np.array(actions, getattr(vector.action_space, "dtype", None))

    return choose


def _drive(
    vector: Any, mode: AutoresetMode, seed: int, outcome: tuple[Any, ...] | None = None, steps: int = STEPS
) -> Iterator[tuple[Any, ...]]:
    """Reset (unless continuing from an `outcome`) and step a vector; in DISABLED mode, reset by `reset_mask`."""
    space = vector.single_action_space
    if not isinstance(space, spaces.Discrete | spaces.MultiDiscrete | spaces.MultiBinary | spaces.Box):
        raise NotApplicable(f"actions of {type(space).__name__} are not one array")
    choose, rng = _row_chooser(vector, seed), np.random.default_rng(seed)
    if outcome is None:
        outcome = vector.reset(seed=seed)
        yield outcome
    for step in range(steps):
        over = len(outcome) == 5 and outcome[2] | outcome[3]
        if mode is AutoresetMode.DISABLED and np.any(over):
            chosen = over | (rng.random(vector.num_envs) < 0.3)
            seeded = seed + step if rng.random() < 0.5 else None
            outcome = vector.reset(seed=seeded, options={"reset_mask": chosen})
        else:
            outcome = vector.step(choose(outcome[-1]))
        yield outcome


def _row(observations: Any, i: int) -> Any:
    if isinstance(observations, dict):
        return {name: _row(values, i) for name, values in observations.items()}
    if isinstance(observations, tuple) and not isinstance(observations[0], str):  # text is batched as a tuple of rows
        return tuple(_row(values, i) for values in observations)
    return observations[i]


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


PARTS: dict[str, Part] = {
    "replay": replays,
    "chance": chances,
    "set_state": restores,
    "pickle": partial(copies, _pickled),
    "deepcopy": partial(copies, deepcopy),
    "state_key": keys,
    "vector next-step": partial(vectors, AutoresetMode.NEXT_STEP),
    "vector same-step": partial(vectors, AutoresetMode.SAME_STEP),
    "vector disabled": partial(vectors, AutoresetMode.DISABLED),
    "vector parallel": partial(vectors, AutoresetMode.SAME_STEP, parallel=True),
    "vector copy=False": partial(vectors, AutoresetMode.SAME_STEP, copy=False),
    "vector set_state": vector_restores,
    "vector pickle": partial(vector_copies, _pickled),
    "vector deepcopy": partial(vector_copies, deepcopy),
    "vector row": vector_rows,
}
