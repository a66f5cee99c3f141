"""The disk cache of compiled kernels: used again in another process, and never stale."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.core import bind, compile
from ige.envs.core.compile import cache_folder, cache_root, compiled, digest, sources
from ige.envs.core.inner import copy

KERNEL = """
from numba import njit
from ige.envs.core.kernel import record_dtype, state_dtype
from .rules.height import lift

STATE = state_dtype([("x", "i8")])
OBSERVATION = record_dtype([("x", "i8")])

@njit
def reset(state, params):
    state.x = 0

@njit
def step(state, params, action):
    return 0.0, False

@njit
def observe(state, params, out):
    out.x = lift(state.x)
"""
HEIGHT = "from numba import njit\nfrom .amount import AMOUNT\n@njit\ndef lift(x):\n    return x + AMOUNT\n"
RUN = """
import numpy as np, mini.kernel as k
from ige.envs.core import bind
loops = bind("mini.kernel", parallel=False)
out = np.zeros(1, k.OBSERVATION)
loops.observe(np.zeros(1, k.STATE), (0,), out, np.zeros((1, 0), np.int8), np.zeros(1, [("x", "i8")]))
print(out["x"][0], sum(loops.observe.stats.cache_hits.values()), sum(loops.observe.stats.cache_misses.values()))
"""


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A kernel in a package of its own, with a helper two files away."""
    package = tmp_path / "mini"
    (package / "rules").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rules" / "__init__.py").write_text("")
    (package / "kernel.py").write_text(KERNEL)
    (package / "rules" / "height.py").write_text(HEIGHT)
    (package / "rules" / "amount.py").write_text("AMOUNT = 1\n")
    (package / "unrelated.py").write_text("X = 1\n")
    return package


def run(mini: Path) -> list[int]:
    """In a new process: what the kernel observes, and how often the cache was hit and missed."""
    path = os.pathsep.join([str(mini.parent), *filter(None, sys.path)])
    env = {**os.environ, "PYTHONPATH": path, "IGE_CACHE_DIR": str(mini.parent / "cache")}
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # Python's own cache goes by time stamps, which a test below turns back
    done = subprocess.run([sys.executable, "-c", RUN], capture_output=True, text=True, check=True, env=env)
    return [int(word) for word in done.stdout.split()]


def test_a_change_in_any_source_is_seen_by_the_next_process(mini: Path) -> None:
    assert run(mini) == [1, 0, 1]
    assert run(mini) == [1, 1, 0]
    (mini / "unrelated.py").write_text("X = 2\n")
    assert run(mini) == [1, 1, 0]
    amount = mini / "rules" / "amount.py"
    before = amount.stat()
    amount.write_text("AMOUNT = 2\n")
    os.utime(amount, ns=(before.st_atime_ns, before.st_mtime_ns))  # not even the time stamp tells
    assert run(mini) == [2, 0, 1]


@pytest.fixture
def importable(mini: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(mini.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "mini"]:
        monkeypatch.delitem(sys.modules, name)
    return mini


def test_sources_are_followed_through_the_package_and_into_this_one(importable: Path) -> None:
    found = sources("mini.kernel")
    own = {path.relative_to(importable).as_posix() for path in found if importable in path.parents}
    assert own == {"kernel.py", "rules/height.py", "rules/amount.py"}
    ours = {path.name for path in found if importable not in path.parents}
    assert ours == {"kernel.py", "inner.py", "portable.py", "rng.py"}


@pytest.mark.parametrize(
    ("line", "followed"),
    [
        ("from . import unrelated", {"unrelated.py"}),
        ("from .unrelated import X", {"unrelated.py"}),
        ("from mini.unrelated import X", {"unrelated.py"}),
        ("import mini.unrelated", {"unrelated.py"}),
        ("from mini import unrelated", {"unrelated.py"}),
        ("def f():\n    from .unrelated import X", {"unrelated.py"}),
        ("from .rules import height", {"rules/height.py", "rules/amount.py"}),
        ("from .rules import NAME", {"rules/__init__.py"}),
        ("import numpy.typing\nfrom scipy import nothing\nimport no_such_module", set()),
        ("from ige.envs.core.rng import bits", set()),
    ],
)
def test_all_ways_to_import_are_followed(importable: Path, line: str, followed: set[str]) -> None:
    (importable / "kernel.py").write_text(line)
    (importable / "rules" / "__init__.py").write_text("NAME = 1\n")
    found = sources("mini.kernel")
    own = {path.relative_to(importable).as_posix() for path in found if importable in path.parents}
    assert own == {"kernel.py"} | followed
    assert ("rng.py" in {path.name for path in found}) is ("ige" in line)


def test_a_module_outside_packages_is_built_from_its_siblings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "lone_kernel.py").write_text("from lone_helper import X\nimport numpy\n")
    (tmp_path / "lone_helper.py").write_text("X = 1\n")
    assert [path.name for path in sources("lone_kernel")] == ["lone_helper.py", "lone_kernel.py"]


def test_the_digest_is_that_of_the_contents(importable: Path) -> None:
    files = sources("mini.kernel")
    before = digest(files)
    assert digest(files) == before
    (importable / "rules" / "amount.py").write_text("AMOUNT = 2\n")
    assert digest(files) != before


def test_the_folder_is_named_by_the_digest_and_of_one_kernel() -> None:
    assert cache_folder("drift.kernel") != cache_folder("ige.envs.arithmetic.kernel")
    assert cache_folder("ige.envs.arithmetic.kernel").parent == cache_root() / "kernels"
    assert cache_folder("ige.envs.arithmetic.kernel").name.startswith("envs.arithmetic.kernel-")


def test_the_cache_can_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IGE_CACHE_DIR", str(tmp_path / "there"))
    assert cache_root() == tmp_path / "there"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IGE_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert cache_root() != tmp_path / "file" / "below"
    assert cache_root().name.startswith("ige-")


def test_what_has_no_source_is_not_cached() -> None:
    scope: dict = {"__name__": "a_notebook"}
    exec("def double(x):\n    return 2 * x\n", scope)
    double = compiled(scope["double"])
    assert double(3) == 6
    assert not double.stats.cache_path
    assert not sources("a_notebook")


def test_the_loops_are_bound_once() -> None:
    assert bind("drift.kernel", False) is bind("drift.kernel", False)
    assert bind("drift.kernel", False) is not bind("drift.kernel", True)


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_a_rollout_compiles_each_loop_once(mode: str) -> None:
    """Whoever calls, whatever the layout of the actions: one signature, so no compiler runs in the middle."""
    loops = compile.bind("drift.kernel", False, "observe")
    env = gym.make("test/Drift-v0")
    env.reset(seed=0)
    env.step(env.action_space.sample())
    vector = gym.make_vec("test/Drift-v0", 4, "vector_entry_point", autoreset_mode=mode, copy=False, parallel=False)
    vector.reset(seed=0)
    strided = np.ones((4, 4), np.int64)[:, ::2]
    fixed = np.ones((4, 2), np.int64)
    fixed.flags.writeable = False
    for actions in (strided, fixed, np.asfortranarray(fixed), vector.action_space.sample()):
        *_, terminated, truncated, _ = vector.step(actions)
        if mode == "Disabled" and (terminated | truncated).any():
            vector.reset(options={"reset_mask": terminated | truncated})
    vector.unwrapped.observe()
    assert [len(loop.signatures) for loop in loops] == [1, 1, 1]


def _first_doubled(values: Any) -> Any:
    return 2 * values[0]


def test_two_processes_that_compile_at_once_do_not_swap_their_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the index before either wrote; the second to write its code is the first to write the index."""
    monkeypatch.setenv("IGE_CACHE_DIR", str(tmp_path))
    cache_folder.cache_clear()
    one, other, later = (compiled(_first_doubled) for _ in range(3))
    mine, theirs = one._cache._cache_file, other._cache._cache_file
    write = mine._save_data

    def interrupted(*arguments: Any) -> None:
        monkeypatch.setattr(theirs, "_load_index", dict)
        assert other(np.array([1.5])) == 3.0
        write(*arguments)

    monkeypatch.setattr(mine, "_save_data", interrupted)
    assert one(np.array([3], np.int64)) == 6
    assert later(np.array([1.5])) == 3.0
    assert sum(later.stats.cache_hits.values()) == 1
    assert later(np.array([3], np.int64)) == 6
    cache_folder.cache_clear()


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:99], lambda data: b"x" + data[1:]])
@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_cache_file_is_compiled_anew(
    damage: Any, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IGE_CACHE_DIR", str(tmp_path))
    cache_folder.cache_clear()
    assert compiled(_first_doubled)(np.array([1.5])) == 3.0
    [file] = tmp_path.rglob(f"*.{suffix}")
    file.write_bytes(damage(file.read_bytes()))
    again = compiled(_first_doubled)
    assert again(np.array([1.5])) == 3.0
    assert not sum(again.stats.cache_hits.values())
    mended = compiled(_first_doubled)
    assert mended(np.array([1.5])) == 3.0
    assert sum(mended.stats.cache_hits.values()) == 1
    cache_folder.cache_clear()


def test_a_home_in_the_cache_variable_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("IGE_CACHE_DIR", "~/here")
    assert cache_root() == tmp_path / "here"


def test_code_with_bounds_checks_has_a_cache_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = cache_folder("drift.kernel")
    monkeypatch.setattr("numba.config.BOUNDSCHECK", 1)
    cache_folder.cache_clear()
    assert cache_folder("drift.kernel") == plain.with_name(f"{plain.name}-bounds")
    cache_folder.cache_clear()


def python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **variables}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)


def test_without_a_compiler_one_line_says_so() -> None:
    done = python("import gymnasium, ige; gymnasium.make('ige/UedMatrix-v0')", NUMBA_DISABLE_JIT="1")
    assert done.stderr.splitlines()[-1] == (
        "ValueError: NUMBA_DISABLE_JIT: found 1, expected 0: kernels only run compiled"
    )


THREADS = """
import threading
import gymnasium as gym, ige, numpy as np
import numba
def play():
    envs = gym.make_vec("ige/UedMatrix-v0", 64, parallel=True)
    envs.reset(seed=0)
    for _ in range(300):
        envs.step(np.zeros(64, np.int64))
threads = [threading.Thread(target=play) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(numba.threading_layer())
"""


def test_threads_may_step_parallel_vectors_on_numbas_own_thread_pool() -> None:
    """Which ends the process if two of them are in it at once."""
    done = python(THREADS, NUMBA_THREADING_LAYER="workqueue", NUMBA_NUM_THREADS="2")
    assert (done.returncode, done.stdout.strip()) == (0, "workqueue"), done.stderr


SIZES = """
import sys
import gymnasium as gym, ige
for arms in map(int, sys.argv[1:]):
    env = gym.make("ige/TallyingBandit-v0", arms=arms, horizon=5)
    env.reset(seed=0)
    print(arms, sum(env.step(action % arms)[1] for action in range(5)))
"""


NAMES = """
import sys
import numpy as np
from ige.envs.core.compile import compiled
from ige.envs.core.inner import copy
from test_compile import _first_doubled
double = compiled(_first_doubled)
double(np.zeros(1, [("values", "f8", (int(sys.argv[1]),))])["values"][0])
print(*(code.fndesc.mangled_name for code in double.overloads.values()))
"""


def test_machine_code_has_a_name_of_its_own_in_every_process(tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    names = []
    for cache in ("one", "two"):
        env = {**os.environ, "PYTHONPATH": path, "IGE_CACHE_DIR": str(tmp_path / cache)}
        names.append(subprocess.check_output([sys.executable, "-c", NAMES, "2"], text=True, env=env))
    assert names[0] != names[1]


@pytest.mark.long
def test_machine_code_of_several_processes_is_told_apart(tmp_path: Path) -> None:
    """What each of two processes compiled for records of its own size is read by a third, which needs both.

    Numba gives both one name; run one for the other, it writes outside its records and ends the process.
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "IGE_CACHE_DIR": str(tmp_path)}

    def run(*sizes: str) -> list[str]:
        done = subprocess.run([sys.executable, "-c", SIZES, *sizes], capture_output=True, text=True, env=env)
        assert done.returncode == 0, (done.returncode, done.stderr)
        return done.stdout.splitlines()

    assert run("2", "3") == [*run("2"), *run("3")]
    apart = [*run("4"), *run("5"), *run("6")]
    assert run("4", "5", "6") == apart


CHECKOUT = """
import gymnasium as gym, ige, numpy as np, sys
envs = gym.make_vec("ige/UedMatrix-v0", 64)
observation, _ = envs.reset(seed=0)
print(repr([ige.__file__, float(sum(envs.step(np.full(64, a % 2))[1].sum() for a in range(9)))]))
"""


def test_arrays_of_two_shapes_are_not_copied() -> None:
    to = np.zeros((2, 3))
    copy(to, np.ones((2, 3)))
    assert (to == 1).all()
    with pytest.raises(ValueError, match="two shapes"):
        copy(to, np.ones((3, 2)))


@pytest.mark.long
def test_two_checkouts_that_compile_at_once_into_one_cache(tmp_path: Path) -> None:
    """Fifty times, from nothing: both run, and agree."""
    import ige

    root = Path(ige.__file__).parent
    for name in ("one", "two"):
        shutil.copytree(
            root, tmp_path / name / "ige", ignore=shutil.ignore_patterns(".*", "docs", "tests", "runs", "__pycache__")
        )
    for attempt in range(50):
        cache = {**os.environ, "IGE_CACHE_DIR": str(tmp_path / f"cache{attempt}")}
        running = [
            subprocess.Popen(
                [sys.executable, "-c", CHECKOUT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                env={**cache, "PYTHONPATH": str(tmp_path / name)},
            )
            for name in ("one", "two")
        ]  # fmt: skip
        found = [process.communicate() for process in running]
        assert [process.returncode for process in running] == [0, 0], found
        (here, one), (there, two) = (ast.literal_eval(out) for out, _ in found)
        assert one == two
        assert here != there
