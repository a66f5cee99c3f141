"""Near-optimal solutions from solver libraries and our own exact solver: one interface, in parallel, kept on disk.

The libraries are an extra (`pip install ige[experts]`). Without them, small instances are solved exactly and the others
by a local search.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ...envs.combinatorial import exact
from ...envs.combinatorial.heuristics import complete, local_search
from ...envs.combinatorial.instance import CONSTRAINTS, PROBLEMS, Instance, require
from ...envs.combinatorial.oracle import SMALL
from ...envs.core.compile import cache_root, digest, sources
from ..core.files import write
from ..core.pool import process_pool
from . import libraries

ROUTING = ("TSP", "ATSP", "CVRP", "Orienteering")
CHUNKS, LONGEST = 64, 1024  # the number of files for solutions, and the most solutions in one
POOL_PAYS = 3.0  # seconds of work from which starting processes pays


@dataclass(frozen=True)
class Expert:
    """A solver for some problems.

    Attributes:
        name: its name in `EXPERTS`.
        problems: the problems that it solves.
        run: `(instance, effort, seed) -> actions`; no actions if it found no solution.
        efforts: the default effort for each problem, by n.
        unit: the unit of effort.
        package: the distribution that it comes from, and `module` its import name; none for our own.
        extra: the extra of `ige` that installs the package.
        repeatable: whether the same effort and seed give the same actions. If not, only the cache repeats them.
        constraints: those of `Instance.constraints` that it respects.
    """

    name: str
    problems: tuple[str, ...]
    run: libraries.Library
    efforts: Callable[[str, int], int]
    unit: str
    package: str | None = None
    module: str | None = None
    extra: str | None = None
    repeatable: bool = True
    constraints: tuple[str, ...] = ()

    @property
    def available(self) -> bool:
        """Whether its package is installed."""
        return self.module is None or importlib.util.find_spec(self.module) is not None

    def require(self, problem: str) -> None:
        """`ValueError` if it does not solve the problem, `ImportError` if it is not installed."""
        if problem not in self.problems:
            able = ", ".join(repr(name) for name, expert in EXPERTS.items() if problem in expert.problems)
            raise ValueError(f"expert: {self.name!r} does not solve {problem}, expected one of {able}")
        if not self.available:
            raise ImportError(f"expert: {self.name!r} needs {self.package}: pip install ige[{self.extra}]")
        if self.module is not None:
            importlib.import_module(self.module)

    def solve(self, instance: Instance, effort: int | None = None, seed: int = 0) -> NDArray[np.int32]:
        """The actions of a feasible solution to which no item or node can be added; int32 (decisions,).

        Where a library finds no solution at all, the local search's solution is returned.

        Raises:
            ValueError: it does not support the problem or one of its constraints, or the instance is too large for the
                exact solver.
            ImportError: its package is not installed; the message says what to install.
        """
        self.require(instance.problem)
        require(f"expert: {self.name!r}", instance, self.constraints)
        effort = self.efforts(instance.problem, instance.n) if effort is None else effort
        if effort < 1:
            raise ValueError(f"effort: {effort}, expected at least 1 ({self.unit})")
        found = self.run(instance, effort, seed)
        if not len(found) and instance.constraints:
            raise ValueError(f"expert: {self.name!r} found no solution within the limits, expected a greater effort")
        actions = complete(instance, found if len(found) else local_search(instance))
        instance.objective(actions)  # raises if they are no solution
        return np.array(actions, np.int32)


def _exact(instance: Instance, effort: int, seed: int) -> libraries.Actions:
    return exact.solve(instance)


def _local_search(instance: Instance, effort: int, seed: int) -> libraries.Actions:
    return local_search(instance)


def _pyvrp_effort(problem: str, n: int) -> int:
    return min(max(200, 2 * n * n // 5), 10_000) if problem == "Orienteering" else 20 * n


def _milliseconds(problem: str, n: int) -> int:
    return max(2, n // 2) if problem == "ATSP" else max(2, n // 10)


EXPERTS: dict[str, Expert] = {
    expert.name: expert
    for expert in (
        Expert(
            "pyvrp", ROUTING, libraries.pyvrp, _pyvrp_effort, "iterations", "pyvrp", "pyvrp", "experts",
            constraints=tuple(CONSTRAINTS),
        ),
        Expert(
            "hgs", ("CVRP",), libraries.hgs, lambda _, n: 100, "iterations", "hygese", "hygese", "experts",
            constraints=("matrix",),
        ),
        Expert(
            "fast-tsp", ("TSP", "ATSP"), libraries.fast_tsp, _milliseconds, "milliseconds of wall-clock time",
            "fast-tsp", "fast_tsp", "experts", repeatable=False,
        ),
        Expert(
            "ortools", ("TSP", "ATSP", "CVRP", "Knapsack"), libraries.ortools,
            lambda problem, n: 60 if problem == "Knapsack" else 5 * n, "solutions; of a knapsack, seconds at most",
            "ortools", "ortools", "experts", constraints=tuple(CONSTRAINTS),
        ),
        Expert("lkh", ("TSP", "ATSP"), libraries.lkh, lambda *_: 1, "runs", "elkai", "elkai", "lkh"),
        Expert(
            "exact", tuple(PROBLEMS), _exact, lambda *_: 1, "nothing", constraints=("matrix", "directions", "limit"),
        ),
        Expert("local-search", tuple(PROBLEMS), _local_search, lambda *_: 1, "nothing", constraints=("matrix",)),
    )
}  # fmt: skip
_BEST = {"TSP": "fast-tsp", "ATSP": "fast-tsp", "CVRP": "hgs", "Orienteering": "pyvrp", "Knapsack": "ortools"}


def default_expert(problem: str, n: int) -> str:
    """The installed expert with a permissive licence that finds near-optimal solutions fastest."""
    if problem not in _BEST:
        raise ValueError(f"problem: {problem!r}, expected one of {', '.join(map(repr, _BEST))}")
    if n <= (exact.LIMITS[problem] if problem == "Knapsack" else SMALL):
        return "exact"
    return _BEST[problem] if EXPERTS[_BEST[problem]].available else "local-search"


# --- many instances ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Solutions:
    """Solutions of m instances, in the instances' order.

    Attributes:
        actions: int32 (m, decisions), padded with -1.
        objective: float64 (m,), values of `Instance.objective`.
        expert: the expert's name.
        seconds: CPU seconds that finding the solutions took; for cached ones, when they were found.
    """

    actions: NDArray[np.int32]
    objective: NDArray[np.float64]
    expert: str
    seconds: float


def solve_all(
    instances: Sequence[Instance],
    expert: str | None = None,
    effort: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    cache: bool = True,
    progress: bool = True,
) -> Solutions:
    """Solve instances of one problem and size, in parallel. Solutions are kept, so an interrupted run continues.

    Args:
        instances: instance i is solved with seed + i.
        expert: one of `EXPERTS`; `default_expert` of the problem and n if None.
        effort: in the expert's unit; its default for the problem and n if None.
        seed: seed of the first instance.
        workers: processes (default: one for each CPU that this one may use). Small jobs stay in this process. For
            larger ones a script must call this under `if __name__ == "__main__":`, since processes are spawned.
        cache: read and write files in the user's cache folder, named by a digest of all that the solutions depend on.
        progress: show a progress bar, if there is a terminal.

    Raises:
        ValueError: the instances differ in problem or size, or the expert cannot solve them.
        ImportError: the expert's package is not installed; the message says what to install.
    """
    instances = list(instances)
    problem, n = _alike(instances)
    name = default_expert(problem, n) if expert is None else expert
    if name not in EXPERTS:
        raise ValueError(f"expert: {name!r}, expected one of {', '.join(map(repr, EXPERTS))}")
    chosen = EXPERTS[name]
    chosen.require(problem)
    effort = chosen.efforts(problem, n) if effort is None else effort
    workers = _cpus() if workers is None else workers
    if workers < 1:
        raise ValueError(f"workers: {workers}, expected at least 1")
    # The split depends only on the instances, so a run with another number of workers finds an earlier run's files.
    size = min(-(-len(instances) // CHUNKS), LONGEST)
    tasks = {
        first: _Task(instances[first : first + size], name, effort, seed + first)
        for first in range(0, len(instances), size)
    }
    files: dict[int, Path] = {}
    if cache:
        folder = cache_root() / "experts" / f"{problem}-{n}-{name}-{_digest(instances, chosen, effort, seed)}"
        files = {first: folder / f"{first:07}.npz" for first in tasks}
    parts = {first: part for first, file in files.items() if (part := _read(file, tasks[first])) is not None}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=not (progress and console.is_terminal)
    ) as bar:
        known = sum(len(part.objective) for part in parts.values())
        shown = bar.add_task(f"{problem} {n}: {name}", total=len(instances), completed=known)
        for first, part in _work({first: task for first, task in tasks.items() if first not in parts}, workers):
            if cache:
                _write(files[first], part)
            parts[first] = part
            bar.advance(shown, len(part.objective))
    ordered = [parts[first] for first in tasks]
    return Solutions(
        np.concatenate([part.actions for part in ordered]),
        np.concatenate([part.objective for part in ordered]),
        name,
        float(sum(part.seconds for part in ordered)),
    )


@dataclass(frozen=True)
class _Part:
    """The solutions of one task."""

    actions: NDArray[np.int32]
    objective: NDArray[np.float64]
    seconds: float


@dataclass(frozen=True)
class _Task:
    """Instances that one process solves in one go."""

    instances: Sequence[Instance]
    expert: str
    effort: int
    seed: int

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the actions."""
        n = self.instances[0].n
        return len(self.instances), n - 1 if self.instances[0].problem in ("TSP", "ATSP") else n

    def do(self) -> _Part:
        expert = EXPERTS[self.expert]
        expert.require(self.instances[0].problem)  # so that importing the library is not timed
        actions, objective = np.full(self.shape, -1, np.int32), np.empty(self.shape[0])
        start = time.process_time()
        for i, instance in enumerate(self.instances):
            found = expert.solve(instance, self.effort, self.seed + i)
            actions[i, : len(found)] = found
            objective[i] = instance.objective(found)
        return _Part(actions, objective, time.process_time() - start)


def _work(tasks: Mapping[int, _Task], workers: int) -> Iterator[tuple[int, _Part]]:
    """Do tasks in this process while that is quick, then in others; yields each result when it is ready."""
    left = dict(tasks)
    while left:
        first = next(iter(left))
        start = time.perf_counter()
        yield first, left.pop(first).do()
        if workers > 1 and (time.perf_counter() - start) * len(left) > POOL_PAYS:
            break
    if not left:
        return
    try:
        with process_pool(min(workers, len(left)), _one_thread) as pool:
            futures = {pool.submit(task.do): first for first, task in left.items()}
            for future in as_completed(futures):
                yield futures[future], future.result()
    except BrokenProcessPool:
        advice = "call solve_all under `if __name__ == '__main__':`, or with workers=1"
        raise RuntimeError(f"workers: a process died; {advice}") from None


def _one_thread() -> None:
    import numba

    numba.set_num_threads(1)


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _alike(instances: Sequence[Instance]) -> tuple[str, int]:
    """The problem and n of all instances."""
    if not instances:
        raise ValueError("instances: found none, expected at least one")
    problem, n = instances[0].problem, instances[0].n
    for i, instance in enumerate(instances):
        if (instance.problem, instance.n) != (problem, n):
            raise ValueError(f"instances[{i}]: {instance.problem} of n={instance.n}, expected {problem} of n={n}")
    return problem, n


# --- the cache --------------------------------------------------------------------------------------------------------


def _digest(instances: Sequence[Instance], expert: Expert, effort: int, seed: int) -> str:
    """A digest of everything that solutions depend on: the instances, the solver with its version, and the settings."""
    code = [Path(libraries.__file__)] if expert.package else sources(expert.run.__module__)
    release = version(expert.package) if expert.package else ""
    state = hashlib.sha256(repr((expert.name, release, digest(code), effort, seed, len(instances))).encode())
    for instance in instances:
        state.update(instance.problem.encode())
        for field in fields(instance):  # type: ignore[arg-type]
            value: Any = getattr(instance, field.name)
            if field.name not in ("name", "best_known", "display"):
                state.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    return state.hexdigest()[:16]


def _write(path: Path, part: _Part) -> None:
    write(path, lambda file: np.savez_compressed(file, **vars(part)))


def _read(path: Path, task: _Task) -> _Part | None:
    """Read what `_write` wrote; None if there is no such file or it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as file:
            part = _Part(file["actions"], file["objective"], float(file["seconds"]))
    except Exception:  # whatever is wrong with a cache file, solving again fixes it
        return None
    return part if part.actions.shape == task.shape and part.objective.shape == task.shape[:1] else None
