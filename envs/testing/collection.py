"""The laws as a collection: one callable per part, one function per law, and `check` for a report on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import gymnasium as gym
import pettingzoo
from gymnasium.envs.registration import EnvSpec

from . import conventional as _conventional
from . import same as _same
from . import seeded as _seeded
from . import solvable as _solvable
from . import team as _team
from . import within as _within
from .compiles import compile_error, located
from .report import Finding, LawViolation, NotApplicable, Report, one_line
from .subject import Oracle, Part, Subject, first
from .team import Team
from .text import action_text

Source: TypeAlias = str | EnvSpec | pettingzoo.EnvSpec | Callable[..., gym.Env[Any, Any]] | type[pettingzoo.ParallelEnv]

LAWS: dict[str, dict[str, Part]] = {
    "same": _same.PARTS,
    "within": {**_within.PARTS, "action text": action_text},
    "seeded": _seeded.PARTS,
    "solvable": _solvable.PARTS,
    "conventional": _conventional.PARTS,
}
TEAM_LAWS = _team.PARTS  # for multi-agent environments
SEEDS = range(3)


@dataclass(frozen=True)
class Law:
    """One part of one law for one environment.

    Calling it raises `LawViolation` if the law does not hold and `NotApplicable` (a skipped test) if the law does not
    apply.
    """

    subject: Subject
    law: str
    part: str
    seeds: Sequence[int] = SEEDS

    def __call__(self) -> None:
        try:
            if self.subject.spec and self.subject.spec.nondeterministic and self.law in ("same", "seeded"):
                raise NotApplicable("its spec says that it is nondeterministic")
            complaints = _laws_of(self.subject)[self.law][self.part](self.subject, self.seeds)
            text = first(complaints)
        except NotApplicable:
            raise
        except Exception as error:  # raised by the environment
            text = located(error) or one_line(error)
            raise LawViolation(self.law, self.part, str(self.subject), text) from error
        if text:
            raise LawViolation(self.law, self.part, str(self.subject), text)

    def finding(self) -> Finding:
        """The result of a call as data."""
        try:
            self()
        except NotApplicable as reason:
            return Finding(self.law, self.part, "not applicable", str(reason))
        except LawViolation as violation:
            return Finding(self.law, self.part, "FAILS", violation.detail)
        return Finding(self.law, self.part, "holds")

    def __str__(self) -> str:
        return f"{self.subject} {self.law}: {self.part}"


def laws(
    envs: Source | Iterable[Source],
    *,
    only: Iterable[str] = LAWS,
    seeds: Sequence[int] = SEEDS,
    oracle: Oracle | None = None,
    **kwargs: Any,
) -> list[Law]:
    """Every part of every law, or of those in `only`, for one or several environments, for `pytest.mark.parametrize`.

    Args:
        envs: ids, specs or callables that make an environment. Ids and specs of PettingZoo's parallel registry, and
            classes of `ParallelEnv`, are multi-agent environments, which have laws of their own.
        only: names of laws.
        seeds: seeds for the random play of each part.
        oracle: see `Subject`.
        kwargs: arguments with which the environments are made.
    """
    sources = [envs] if isinstance(envs, str | EnvSpec | pettingzoo.EnvSpec) or callable(envs) else envs
    subjects = [_subject(source, oracle, kwargs) for source in sources]
    return [
        Law(subject, law, part, seeds)
        for subject in subjects
        for law in only
        for part in _laws_of(subject).get(law, ())
    ]


def _subject(source: Any, oracle: Oracle | None, kwargs: dict[str, Any]) -> Subject:
    return Team(source, **kwargs) if _team.is_team(source) else Subject(source, oracle, **kwargs)


def _laws_of(subject: Subject) -> dict[str, dict[str, Part]]:
    return TEAM_LAWS if isinstance(subject, Team) else LAWS


def check(
    env: Source,
    *,
    seeds: Sequence[int] = SEEDS,
    oracle: Oracle | None = None,
    progress: Callable[[Law], None] | None = None,
    **kwargs: Any,
) -> Report:
    """Run all laws and report the outcome of each part. It raises only if the environment cannot be made.

    If a kernel does not compile, the report holds only that, with the file and line.

    Args:
        env: an id, a spec or a callable that makes an environment.
        seeds: seeds for the random play of each part.
        oracle: see `Subject`.
        progress: called with each part before it runs.
        kwargs: arguments with which the environment is made.
    """
    found, collection = [], laws(env, seeds=seeds, oracle=oracle, **kwargs)
    subject = collection[0].subject
    subject.make().close()
    if text := compile_error(subject):
        return Report(str(subject), [Finding("compiles", "kernel", "FAILS", text)])
    for law in collection:
        if progress:
            progress(law)
        found.append(law.finding())
    return Report(str(subject), found)


def _run(law: str, env: Source, seeds: Sequence[int], oracle: Oracle | None, kwargs: dict[str, Any]) -> list[Finding]:
    found = []
    for part in laws(env, only=[law], seeds=seeds, oracle=oracle, **kwargs):
        try:
            part()
            found.append(Finding(law, part.part, "holds"))
        except NotApplicable as reason:
            found.append(Finding(law, part.part, "not applicable", str(reason)))
    return found


def same(env: Source, *, seeds: Sequence[int] = SEEDS, **kwargs: Any) -> list[Finding]:
    """Single environment, vector row, replay after `set_state(get_state())`, pickle and deepcopy have equal futures.

    From one state, the same action has one outcome: everything that decides it is in the state.

    Raises `LawViolation` at the first part that fails; returns which parts hold and which are not applicable.
    """
    return _run("same", env, seeds, None, kwargs)


def within(env: Source, *, seeds: Sequence[int] = SEEDS, **kwargs: Any) -> list[Finding]:
    """Observations are in their space; exactly the actions of the space are accepted; masks are exact.

    A refused action changes nothing. No memory is shared, and arguments are not modified. Raises and returns as `same`.
    """
    return _run("within", env, seeds, None, kwargs)


def seeded(env: Source, *, seeds: Sequence[int] = SEEDS, **kwargs: Any) -> list[Finding]:
    """A seed gives the same episode in any process, other seeds give others, and `reset()` starts a new episode.

    Without any seed, episodes differ. Raises and returns as `same`.
    """
    return _run("seeded", env, seeds, None, kwargs)


def solvable(
    env: Source, *, oracle: Oracle | None = None, seeds: Sequence[int] = SEEDS, **kwargs: Any
) -> list[Finding]:
    """The oracle succeeds on every instance, and no policy beats it. Raises and returns as `same`."""
    return _run("solvable", env, seeds, oracle, kwargs)


def conventional(env: Source, *, seeds: Sequence[int] = SEEDS, **kwargs: Any) -> list[Finding]:
    """Gymnasium's `check_env` without a warning, frames, a spec that can be stored and tells the step limit.

    Raises and returns as `same`.
    """
    return _run("conventional", env, seeds, None, kwargs)
