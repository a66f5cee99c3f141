"""Who may import whom, read from the syntax tree of every file; and what `import ige` must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

SHIPPED = {"envs", "solvers", "wrappers", "render", "examples", "benchmarks"}
NOT_SHIPPED = {"docs", "tests"}

# What a layer may import besides itself. A layer that is not named here may import anything that is shipped.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": {"envs"},
    "render": set(),
    "envs": {"render"},
    "wrappers": {"envs"},
    "solvers": {"envs", "wrappers"},
}
# Inside envs everything may import these; all other folders are families, but for the laws, which read the table.
SHARED = {"core", "entry", "grid"}
READ_THE_TABLE = {"__init__", "testing"}


def import_names(requirements: list[str]) -> set[str]:
    """The import names of requirement strings (for ours a dash becoming an underscore is enough)."""
    return {requirement.split(">")[0].replace("-", "_") for requirement in requirements}


CORE = import_names(PROJECT["dependencies"])
SOLVERS = CORE | import_names(PROJECT["optional-dependencies"]["solvers"])
# The third-party packages that may load when a file is imported; any other (pygame, openai) loads where it is used.
MAY_LOAD: dict[tuple[str, ...], set[str]] = {
    ("__init__",): CORE,
    ("cli",): CORE,
    ("render",): CORE,
    ("envs",): CORE,
    ("envs", "testing"): CORE | {"hypothesis", "pytest"},
    ("wrappers",): CORE,
    ("solvers",): SOLVERS,
    ("examples",): SOLVERS,
}


class Import(NamedTuple):
    """One imported name. `target` is its dotted path, below `ige` where the name is `ours`."""

    line: int
    target: tuple[str, ...]
    ours: bool
    relative: bool
    at_load: bool


def imports(source: str, path: tuple[str, ...]) -> Iterator[Import]:
    """Every import of the file at `path` (its parts below the root, no suffix) but those for the type checker only."""

    def walk(node: ast.AST, at_load: bool) -> Iterator[Import]:
        match node:
            case ast.Import():
                for alias in node.names:
                    target = tuple(alias.name.split("."))
                    ours = target[0] == "ige"
                    yield Import(node.lineno, target[ours:], ours, False, at_load)
            case ast.ImportFrom():
                base = tuple(node.module.split(".")) if node.module else ()
                ours = node.level > 0 or base[0] == "ige"
                if node.level:
                    # One level above the root stays visible as "..", which no rule allows.
                    base = (path[: -node.level] if node.level <= len(path) else ("..",)) + base
                elif ours:
                    base = base[1:]
                for alias in node.names:
                    yield Import(node.lineno, (*base, alias.name), ours, node.level > 0, at_load)
            case ast.If() if ast.unparse(node.test).endswith("TYPE_CHECKING"):
                for child in node.orelse:
                    yield from walk(child, at_load)
            case _:
                inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                for child in ast.iter_child_nodes(node):
                    yield from walk(child, at_load and not inside)

    return walk(ast.parse(source), True)


def complaints(source: str, path: tuple[str, ...]) -> list[str]:
    """What the imports of the file at `path` break, one line each."""
    found = []
    for line, target, ours, relative, at_load in imports(source, path):
        rule = check_ours(path, target, relative) if ours else check_foreign(path, target, at_load)
        if rule:
            found.append(f"{'/'.join(path)}.py:{line}: {rule}")
    return found


def check_foreign(path: tuple[str, ...], target: tuple[str, ...], at_load: bool) -> str | None:
    package = target[0]
    if package in SHIPPED | NOT_SHIPPED:
        return f"imports {package} without the package's name"
    allowed = MAY_LOAD.get(path[:2], MAY_LOAD.get(path[:1]))
    if at_load and allowed is not None and package not in allowed | sys.stdlib_module_names:
        return f"loads {package} when it is imported; import it where it is used"
    return None


def check_ours(path: tuple[str, ...], target: tuple[str, ...], relative: bool) -> str | None:
    here, there = path[0], target[0] if target else "__init__"
    if there == "..":
        return "a relative import leaves the package"
    if here in NOT_SHIPPED:
        return None
    if there in NOT_SHIPPED:
        return f"imports {there}, which is not shipped"
    if not relative and here != "examples":
        return "imports ige absolutely; inside the package imports are relative"
    if here in MAY_IMPORT and there not in {here, *MAY_IMPORT[here]}:
        return f"{here} may not import {there}"
    if here == there == "envs":
        here, there = path[1], target[1]
        if there not in {here, *SHARED} and not (here in READ_THE_TABLE and there == "registry"):
            return f"envs/{here} may not import envs/{there}"
    return None


def files() -> dict[tuple[str, ...], str]:
    """The source of every file of the project by its path below the root."""
    found = [*ROOT.glob("*.py"), *(file for top in SHIPPED | NOT_SHIPPED for file in (ROOT / top).rglob("*.py"))]
    return {file.relative_to(ROOT).with_suffix("").parts: file.read_text(encoding="utf-8") for file in sorted(found)}


def test_imports_keep_to_the_layers() -> None:
    assert [line for path, source in files().items() for line in complaints(source, path)] == []


def check_circles(sources: dict[tuple[str, ...], str]) -> None:
    """Raise CycleError, which names the circle, where files import each other."""

    def module(target: tuple[str, ...]) -> tuple[str, ...]:
        """The file that holds a name: the longest prefix of its path that is a file."""
        while target not in sources and (*target, "__init__") not in sources:
            target = target[:-1]
        return target if target in sources else (*target, "__init__")

    def needs(path: tuple[str, ...]) -> set[tuple[str, ...]]:
        return {module(item.target) for item in imports(sources[path], path) if item.ours}

    TopologicalSorter({path: needs(path) for path in sources}).prepare()


def test_no_circles() -> None:
    check_circles({path: source for path, source in files().items() if path[0] not in NOT_SHIPPED})


def test_a_circle_is_found() -> None:
    sources = {("__init__",): "", ("envs", "a"): "from .b import f", ("envs", "b"): "def f():\n    from . import a"}
    with pytest.raises(CycleError):
        check_circles(sources)


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("render/paint", "from ..envs.core import Kernel", "render may not import envs"),
        ("envs/core/env", "def f():\n    from ...solvers import x", "envs may not import solvers"),
        ("envs/core/env", "from ..registry import ROWS", "envs/core may not import envs/registry"),
        ("envs/core/env", "from ... import __version__", "envs may not import __version__"),
        ("envs/core/__init__", "from ..arithmetic import x", "envs/core may not import envs/arithmetic"),
        ("envs/babyai/env", "from .. import arithmetic", "envs/babyai may not import envs/arithmetic"),
        ("envs/babyai/env", "from ige.envs.core import Kernel", "absolutely"),
        ("envs/babyai/env", "import torch", "loads torch"),
        ("envs/babyai/env", "try:\n    import hypothesis\nexcept ImportError:\n    pass", "loads hypothesis"),
        ("envs/babyai/env", "from ....envs import x", "leaves the package"),
        ("wrappers/budget", "from ..solvers.core import Result", "wrappers may not import solvers"),
        ("wrappers/budget", "from ..render import paint", "wrappers may not import render"),
        ("solvers/core/budget", "from envs.core import Kernel", "without the package's name"),
        ("solvers/core/budget", "from ...examples import papers", "solvers may not import examples"),
        ("solvers/foundation/chat", "import openai", "loads openai"),
        ("cli", "import pygame", "loads pygame"),
        ("cli", "from .docs import build", "not shipped"),
        ("tests/envs/test_x", "import solvers.search", "without the package's name"),
    ],
)
def test_the_rules_can_fail(path: str, source: str, complaint: str) -> None:
    [found] = complaints(source, tuple(path.split("/")))
    assert complaint in found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("envs/babyai/env", "from ..core import Kernel\nfrom ...render import png\nfrom . import kernel\nimport rich"),
        ("envs/testing/laws", "import hypothesis\nfrom ..registry import ROWS\nfrom ..core.env import KernelEnv"),
        ("envs/core/env", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch"),
        ("solvers/search/explore", "from ...wrappers import Budget\nfrom ..core import Result\nimport torch"),
        ("examples/papers/game_of_24", "import ige\nfrom ige.solvers.search import x\nimport matplotlib"),
        ("cli", "def play():\n    import pygame\n    from .examples import papers"),
        ("tests/test_x", "import ige.envs.core\nimport pygame"),
    ],
)
def test_the_rules_let_the_rest_pass(path: str, source: str) -> None:
    assert complaints(source, tuple(path.split("/"))) == []


def test_importing_ige_is_light() -> None:
    code = (
        "import os, sys, time, gymnasium; before = dict(os.environ); start = time.perf_counter(); import ige;"
        "print(time.perf_counter() - start); print(*sorted({'torch', 'numba', 'pygame'} & set(sys.modules)));"
        "print(os.environ == before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, heavy, same_variables = done.stdout.splitlines()
    print(f"import ige: {float(seconds):.2f} s")
    assert heavy == ""
    assert same_variables == "True"


# Names that the project used before it took the field's own: interface, step_params, multi_agent, decode_text, randint.
OLD_NAMES = {"face", "faces", "KernelFace", "per_step", "PerStep", "together"}


def old_names(source: str) -> Iterator[str]:
    """The names of functions, classes, arguments, variables and attributes that are old ones."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                pass
            case ast.Name(id=name, ctx=ast.Store()):
                pass
            case _:
                continue
        if name in OLD_NAMES:
            yield f"{node.lineno}: {name}"


def test_names_are_the_fields_own() -> None:
    found = {"/".join(path): list(old_names(source)) for path, source in files().items()}
    assert {path: names for path, names in found.items() if names} == {}
    assert list(old_names("def step(state, face):\n    face = few.face")) == ["1: face", "2: face", "2: face"]
