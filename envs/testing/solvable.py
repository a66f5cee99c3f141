"""Fourth law, *Solvable*: where there is an oracle, it succeeds on every instance, and no policy beats it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import gymnasium as gym

from .report import Complaints, NotApplicable
from .subject import Choose, Part, Reset, Subject, call, chooser, ended, told

INSTANCES = 10  # for each given seed
POLICIES = 8  # random policies for each instance
LIMIT = 10_000  # steps of an episode


ROUNDING = 1e-9  # sums of the same rewards in another order differ by this much


def succeeds(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """The oracle's actions end the episode in success; if it knows no solution, the instance is not called solvable."""
    for env, seed, info, plan in _instances(subject, seeds):
        if plan is None:
            if info.get("solvable"):
                yield f"reset(seed={seed}): solvable: found True, expected False: the oracle knows of no solution"
            continue
        _, calls, outcome = _follow(env, seed, plan)
        if len(calls) <= len(plan):
            yield told(calls, f"the episode ended before the oracle's {len(plan)} actions did")
        elif not ended(outcome):
            yield told(calls, "found the episode unfinished, expected the oracle's actions to end it")
        elif outcome[-1].get("is_success") not in (None, True):
            yield told(calls, f"is_success: found {outcome[-1]['is_success']!r}, expected True")


def unbeaten(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """No random policy has a greater return than the oracle, nor succeeds where the oracle knows no solution."""
    for env, seed, _, plan in _instances(subject, seeds):
        best = None if plan is None else _follow(env, seed, plan)[0]
        for other in range(POLICIES):
            total, calls, outcome = _follow(env, seed, chooser(env.action_space, other))
            if best is None and outcome[-1].get("is_success"):
                yield told(calls, "found a success, expected none: the oracle knows of no solution")
            if best is not None and total > best + ROUNDING * max(1.0, abs(best)):
                yield told(calls, f"found a return of {total}, expected at most the oracle's {best}")


def _instances(
    subject: Subject, seeds: Sequence[int]
) -> Iterator[tuple[gym.Env[Any, Any], int, dict[str, Any], Sequence[Any] | None]]:
    """Instances, as (environment, seed, info, the oracle's actions)."""
    if subject.oracle is None:
        raise NotApplicable("no oracle")
    env = subject.make()
    for seed in [seed * INSTANCES + i for seed in seeds for i in range(INSTANCES)]:
        _, info = env.reset(seed=seed)
        yield env, seed, info, subject.oracle(env)


def _follow(
    env: gym.Env[Any, Any], seed: int, what: Sequence[Any] | Choose
) -> tuple[float, list[Any], tuple[Any, ...]]:
    """Return, calls and last outcome of following a plan, or a policy, from a seed."""
    calls: list[Any] = [Reset(seed)]
    outcome = call(env, calls[0])
    total = 0.0
    for i in range(LIMIT if callable(what) else len(what)):
        action = what(outcome[-1]) if callable(what) else what[i]
        outcome = call(env, action)
        calls.append(action)
        total += float(outcome[1])
        if ended(outcome):
            break
    return total, calls, outcome


PARTS: dict[str, Part] = {"oracle succeeds": succeeds, "unbeaten": unbeaten}
