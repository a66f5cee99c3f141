"""Who may import whom, read from the syntax trees of every file, and what `import ige` must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FOLDERS = ("envs", "solvers", "wrappers", "render", "examples", "benchmarks", "docs", "tests")

# What a layer may import besides itself; a layer that is not named here may import anything.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": {"envs"},
    "render": set(),
    "envs": {"render"},
    "wrappers": {"envs"},
    "solvers": {"envs", "wrappers"},
}
NOT_SHIPPED = {"benchmarks", "docs", "tests"}
# Folders of envs that are not families: what families share, and the laws, which look at the registry.
SHARED = {"core"}
NOT_FAMILIES = {"__init__", "registry", "testing", *SHARED}


def import_names(*groups: list[str]) -> set[str]:
    """The import names of requirement strings; for our dependencies a dash becoming an underscore is enough."""
    names = {requirement.split(">")[0].split("[")[0] for group in groups for requirement in group}
    return {name.replace("-", "_") for name in names}


CORE = import_names(PROJECT["dependencies"])
SOLVERS = CORE | import_names(PROJECT["optional-dependencies"]["solvers"])
# Packages a layer may load when it is imported. The rest (pygame, openai, ...) is imported where it is used.
MAY_LOAD = {
    "__init__": CORE,
    "cli": CORE,
    "render": CORE,
    "envs": CORE,
    "wrappers": CORE,
    "solvers": SOLVERS,
    "examples": SOLVERS,
    ("envs", "testing"): CORE | {"hypothesis", "pytest"},
}


@dataclass(frozen=True)
class Import:
    """One import statement: `target` is a path below the root (`("envs", "core")`) or, outside `ige`, a module name."""

    line: int
    ours: bool
    target: tuple[str, ...]
    relative: bool
    top: bool


def imports(source: str, path: tuple[str, ...]) -> Iterator[Import]:
    """Every import of the file at `path` (parts below the root, without the suffix), type-checking blocks left out."""

    def resolve(node: ast.Import | ast.ImportFrom, top: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                parts = tuple(alias.name.split("."))
                ours = parts[0] == "ige"
                yield Import(node.lineno, ours, parts[ours:], False, top)
            return
        base = tuple(node.module.split(".")) if node.module else ()
        ours = node.level > 0 or base[0] == "ige"
        if node.level > len(path):
            yield Import(node.lineno, True, ("..",), True, top)
            return
        base = path[: len(path) - node.level] + base if node.level else base[ours:]
        for alias in node.names:
            yield Import(node.lineno, ours, (*base, alias.name) if ours else base, node.level > 0, top)

    def walk(node: ast.AST, top: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield from resolve(child, top)
            elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
                for other in child.orelse:
                    yield from walk(ast.Module([other], []), top)
            else:
                inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, top and not inner)

    yield from walk(ast.parse(source), top=True)


def complaints(source: str, path: tuple[str, ...]) -> list[str]:
    """What the file at `path` imports against the rules, one line each."""
    layer = path[0]
    shipped = layer not in NOT_SHIPPED
    found = []
    for item in imports(source, path):
        where, name = f"{'/'.join(path)}.py:{item.line}", ".".join(item.target)
        if not item.ours:
            if item.target[0] in FOLDERS:
                found.append(f"{where}: imports {name} without the package's name")
            allowed = MAY_LOAD.get(path[:2], MAY_LOAD.get(layer))
            if item.top and allowed and item.target[0] not in allowed | sys.stdlib_module_names:
                found.append(f"{where}: loads {name} at import; import it where it is used")
            continue
        target = item.target[0] if item.target else "__init__"
        if target == "..":
            found.append(f"{where}: a relative import leaves the package")
        if not item.relative and shipped and layer != "examples":
            found.append(f"{where}: imports ige.{name} absolutely; inside the package imports are relative")
        if shipped and target in NOT_SHIPPED:
            found.append(f"{where}: imports {name}, which is not shipped")
        if layer in MAY_IMPORT and target not in {layer, *MAY_IMPORT[layer]}:
            found.append(f"{where}: {layer} may not import {name or 'the root'}")
        if layer == target == "envs" and path[1] not in NOT_FAMILIES | {item.target[1], *SHARED} & {path[1]}:
            pass
        if layer == target == "envs":
            found.extend(f"{where}: {message}" for message in family_complaints(path, item.target))
    return found


def family_complaints(path: tuple[str, ...], target: tuple[str, ...]) -> list[str]:
    """Inside envs: a family imports itself and what is shared; what is shared imports no family and no table."""
    here, there = path[1], target[1] if len(target) > 1 else "__init__"
    if here == there or there in SHARED or here in NOT_FAMILIES - SHARED:
        return []
    return [f"envs/{here} may not import envs/{there}"]
