"""Gymnasium's conventions: `check_env` without a warning, rendering without side effects, a serialisable spec."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec
from gymnasium.utils.env_checker import check_env
from gymnasium.utils.passive_env_checker import env_render_passive_checker

from .compare import shared
from .report import Complaints, NotApplicable, one_line
from .subject import Part, Reset, Subject, call, chooser, differs, ended, play, record, told

STEPS = 12
EPISODES = 6  # whose lengths are compared,
LONGEST = 300  # if they end within this many steps

# Recommendations to learners that an environment may have good reasons not to follow: these break no law.
RECOMMENDATIONS = (
    "A Box observation space minimum value is -infinity",  # velocities have no bound
    "A Box observation space maximum value is infinity",
    "For Box action spaces, we recommend using a symmetric and normalized space",  # its actions have units of their own
)


def checks(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Gymnasium's `check_env` passes without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in RECOMMENDATIONS:
            warnings.filterwarnings("ignore", rf"[\s\S]*{re.escape(text)}")
        env = subject.make().unwrapped
        try:
            check_env(env, skip_render_check=True)  # `renders` checks rendering, without opening a window
        except Exception as error:
            yield _plain(error)


def renders(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Every render mode but "human" returns a new frame of its kind, and rendering changes nothing."""
    if not subject.takes_render_mode:
        raise NotApplicable("render modes are tested through a spec")
    modes = [mode for mode in subject.make().metadata.get("render_modes") or () if mode != "human"]
    if not modes:
        raise NotApplicable("no render mode but 'human', which needs a display")
    calls, trace = record(subject.make(), min(seeds), STEPS)
    for mode in modes:
        env = subject.make(render_mode=mode)
        frames: list[tuple[str, Any]] = []
        for i, (action, expected) in enumerate(zip(calls, trace, strict=True)):
            text = differs(call(env, action), expected)
            yield told(calls[: i + 1], text and f"after a render with render_mode={mode!r}: {text}")
            try:
                frames.append((f"frame {i}", _frame(env)))
            except gym.error.DependencyNotInstalled as error:
                raise NotApplicable(f"{mode}: {one_line(error)}") from error
            except UserWarning as error:
                yield f"render_mode={mode!r}: {_plain(error)}"
            for other in frames[-2:-1]:
                yield told(calls[: i + 1], shared(frames[-1], other))
        env.close()


def _plain(error: Exception) -> str:
    """Gymnasium's warning or error without its colours, on one line."""
    return re.sub(r"\x1b\[\d+m|WARN: ", "", one_line(error))


def _frame(env: gym.Env[Any, Any]) -> Any:
    """A frame; Gymnasium's complaints about it are raised as `UserWarning`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=UserWarning, module=r"gymnasium\.")
        return env_render_passive_checker(env)


def stores(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """The environment can be made again from its spec's JSON."""
    spec = subject.make().spec
    if subject.spec is None or spec is None:
        raise NotApplicable("no spec")
    if callable(spec.entry_point):
        raise NotApplicable("the entry point is a function, which JSON cannot hold")
    try:
        again = gym.make(EnvSpec.from_json(spec.to_json()))
    except (TypeError, ValueError) as error:
        yield one_line(error)
        return
    for name in ("observation_space", "action_space"):
        found, expected = getattr(again, name), getattr(subject.make(), name)
        yield None if found == expected else f"{name}: found {found}, expected {expected}"


def limits(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """`spec.max_episode_steps` is the step at which episodes are truncated: wrappers and learners read it there."""
    spec = subject.make().spec
    if spec is None:
        raise NotApplicable("no spec")
    limit, lengths = spec.max_episode_steps, []
    for seed in range(min(seeds), min(seeds) + EPISODES):
        env = subject.make()
        played = play(env, Reset(seed), chooser(env.action_space, seed), LONGEST)
        length, outcome = next(((i, o) for i, (_, o) in enumerate(played) if ended(o)), (LONGEST, None))
        if limit and length > limit:
            yield f"seed {seed}: found step {length}, expected at most spec.max_episode_steps, {limit}"
        if outcome is not None and outcome[3]:
            lengths.append(length)
            if limit not in (None, length):
                yield f"seed {seed}: truncated at step {length}, expected spec.max_episode_steps, {limit}"
    declared = callable(getattr(env.unwrapped, "step_limit", None))  # None: the limit differs between episodes
    if limit is None and not declared and len(lengths) > EPISODES // 2 and len(set(lengths)) == 1:
        yield f"spec.max_episode_steps: found None, expected {lengths[0]}, at which all episodes are truncated"


PARTS: dict[str, Part] = {
    "check_env": checks,
    "render": renders,
    "time limit": limits,
    "spec": stores,
}
