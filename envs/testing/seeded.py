"""Third law, *Seeded*: a seed gives one episode in any process; other seeds give others; `reset()` moves on."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence

import gymnasium as gym

from .compare import digest
from .report import Complaints, NotApplicable
from .subject import Part, Reset, Subject, chooser, differs, play, record, replay, told

STEPS = 32
DIFFERENT = 8  # seeds that are compared for each given one

# The other process runs this. It has this one's import path, so it finds the same modules.
_CHILD = """
import pickle, sys
path, job = pickle.load(sys.stdin.buffer)
sys.path[:] = path
try:
    function, arguments = pickle.loads(job)
except (ImportError, AttributeError) as error:
    sys.exit(f"unknown there: {error}")
print("digests", *function(*arguments))
"""


def digests(subject: Subject, seeds: Sequence[int]) -> list[str]:
    """A digest of the results of random play, for each seed."""
    return [digest(record(subject.make(), seed, STEPS)[1]) for seed in seeds]


def processes(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """The same seed gives the same episode in another process."""
    try:
        job = pickle.dumps((digests, (subject, list(seeds))))
    except Exception as error:
        raise NotApplicable(f"{subject} cannot be sent to another process ({type(error).__name__})") from error
    payload = pickle.dumps((sys.path, job))
    done = subprocess.run([sys.executable, "-c", _CHILD], input=payload, capture_output=True, check=False)
    errors = done.stderr.decode(errors="replace").strip().splitlines()
    if done.returncode:
        last = errors[-1] if errors else f"exit code {done.returncode}"
        if last.startswith("unknown there"):
            raise NotApplicable(f"{subject} cannot be made in another process ({last.removeprefix('unknown there: ')})")
        yield f"the other process: {last}"
    found = done.stdout.decode().splitlines()[-1].split()[1:]
    for seed, here, there in zip(seeds, digests(subject, seeds), found, strict=True):
        text = f"seed {seed}: found an episode of digest {there[:12]} there, expected {here[:12]} as here"
        yield None if here == there else text


def differences(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Different seeds give different episodes, at least for some of them."""
    for seed in seeds:
        several = range(seed, seed + DIFFERENT)
        if len({digest(_episode(subject.make(), Reset(s))) for s in several}) == 1:
            if _constant(subject, seed):
                raise NotApplicable("nothing is random: every episode is the same, seeded or not")
            yield f"seeds {seed} to {seed + DIFFERENT - 1}: found one and the same episode, expected different ones"


def advances(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """A `reset()` without a seed starts another episode, at least after some seeds."""
    found = []
    for seed in range(min(seeds), min(seeds) + DIFFERENT):
        env = subject.make()
        found.append(digest(_episode(env, Reset(seed))[1:]) == digest(_episode(env, Reset())[1:]))
        env.reset(seed=seed)
    if all(found):
        if _constant(subject, min(seeds)):
            raise NotApplicable("nothing is random: every episode is the same, seeded or not")
        more = f"and so with the {DIFFERENT - 1} next seeds"
        yield f"reset(seed={min(seeds)}), reset(): found the same episode twice, {more}, expected another"


def surprises(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """Without any seed, environments start differently from one another, and each reset of one starts differently."""
    first, *others = (subject.make() for _ in range(DIFFERENT))
    starts = {
        "the first reset() of as many environments": [_episode(env, Reset()) for env in (first, *others)],
        "as many calls of reset()": [_episode(first, Reset()) for _ in range(DIFFERENT)],
    }
    for what, episodes in starts.items():
        if len({digest(episode) for episode in episodes}) == 1:
            if _constant(subject, min(seeds)):
                raise NotApplicable("nothing is random: every episode is the same, seeded or not")
            yield f"{what} ({DIFFERENT}), none with a seed: found one and the same episode, expected different ones"


def pairs(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """`reset(seed)`, an episode, `reset()`, an episode: the same seed reproduces the pair."""
    for seed in seeds:
        env = subject.make()
        calls, trace = record(env, seed, STEPS)
        more = [Reset(), *(action for action in calls if not isinstance(action, Reset))][:1]
        calls, trace = calls + more, trace + replay(env, more)
        for which in (env, subject.make()):
            for i, (found, expected) in enumerate(zip(replay(which, calls), trace, strict=True)):
                text = differs(found, expected)
                yield told(calls[: i + 1], text and f"the second time: {text}")


def _episode(env: gym.Env, first: Reset) -> list[object]:
    """What one policy, the same for all seeds, sees after a reset."""
    return [outcome for _, outcome in play(env, first, chooser(env.action_space, 0), STEPS)]


def _constant(subject: Subject, seed: int) -> bool:
    """Whether all episodes are the same, seeded or not: then a seed has nothing to decide."""
    env = subject.make()
    firsts = [Reset(seed), Reset(), Reset(), Reset(seed + 1), Reset()]
    return len({digest(_episode(env, first)) for first in firsts}) == 1


PARTS: dict[str, Part] = {
    "process": processes,
    "different seeds": differences,
    "reset advances": advances,
    "no seed": surprises,
    "pair": pairs,
}
