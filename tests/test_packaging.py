"""What is built holds the package and nothing else, and every kind of install can import all of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ("envs", "solvers", "wrappers", "render", "examples", "benchmarks")
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs", "*.egg-info")

IMPORT_ALL = """
import importlib, importlib.metadata, json, pkgutil, ige
names = [module.name for module in pkgutil.walk_packages(ige.__path__, "ige.")]
for name in names:
    importlib.import_module(name)
assert ige.__version__ == importlib.metadata.version("ige")
print(json.dumps([ige.__file__, ["ige", *names]]))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints, run where it cannot see the checkout; a failure shows all of its output."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout without what git ignores, so that a build leaves nothing behind."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("copy") / "tree", ignore=NOT_COPIED))


@pytest.fixture(scope="module")
def dist(tree: Path) -> Path:
    """A folder with the sdist and the wheel, which `build` makes from the unpacked sdist."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", tree / "dist", tree, cwd=tree.parent)
    return tree / "dist"


def shipped(tree: Path) -> set[str]:
    """The files that belong to the package, below its root."""
    found = [tree / "py.typed", *tree.glob("*.py")]
    found += [file for top in SHIPPED for file in (tree / top).rglob("*") if file.is_file()]
    return {file.relative_to(tree).as_posix() for file in found if "__pycache__" not in file.parts}


def modules(files: set[str]) -> list[str]:
    """The dotted names of the Python files among `files`."""
    parts = [("ige", *Path(file).with_suffix("").parts) for file in files if file.endswith(".py")]
    return sorted(".".join(part).removesuffix(".__init__") for part in parts)


def clean_python(folder: Path) -> Path:
    """The interpreter of a new environment that has this one's packages, but not its `ige`."""
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    # A .pth file read from another folder is not followed, so an editable `ige` of this environment stays out of sight.
    ours = [path for path in sys.path if path.endswith("-packages")]
    Path(site, "packages_of_the_test_run.pth").write_text("\n".join(ours), encoding="utf-8")
    return python


def install(python: Path, *what: str | Path, cwd: Path) -> tuple[Path, list[str]]:
    """Install `ige` without a network; return the file it is imported from and all its modules, imported once each."""
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps")
    run(*pip, "--no-build-isolation", *what, cwd=cwd)
    file, names = json.loads(run(python, "-c", IMPORT_ALL, cwd=cwd).splitlines()[-1])
    return Path(file), sorted(names)


def test_packages_equal_the_tree(tree: Path) -> None:
    packages = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = {Path(file).parent for file in shipped(tree) if file.endswith(".py")}
    assert packages == sorted(".".join(("ige", *folder.parts)) for folder in folders)
    assert [folder for folder in folders if not (tree / folder / "__init__.py").exists()] == []


def test_wheel_holds_the_package_and_nothing_else(tree: Path, dist: Path) -> None:
    [wheel] = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name.removeprefix("ige/") for name in archive.namelist() if ".dist-info/" not in name}
    assert names == shipped(tree)


def test_sdist_can_run_its_tests(dist: Path) -> None:
    [sdist] = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = {file.relative_to(ROOT).as_posix() for file in (ROOT / "tests").rglob("*.py")}
    assert tests | {"Makefile", "constraints.txt", "LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"} <= names


def test_wheel_installs_into_a_clean_environment(tree: Path, dist: Path, tmp_path: Path) -> None:
    [wheel] = dist.glob("*.whl")
    file, names = install(clean_python(tmp_path / "env"), wheel, cwd=tmp_path)
    assert file.is_relative_to(tmp_path / "env")
    assert (file.parent / "py.typed").exists()
    assert names == modules(shipped(tree))


@pytest.mark.parametrize("mode", ["lenient", "strict"])
def test_editable_install(tree: Path, mode: str, tmp_path: Path) -> None:
    copy = shutil.copytree(tree, tmp_path / "tree", ignore=NOT_COPIED)
    what = ("--editable", copy, "--config-settings", f"editable_mode={mode}")
    file, names = install(clean_python(tmp_path / "env"), *what, cwd=tmp_path)
    assert file.is_relative_to(copy)
    assert (file.parent / "py.typed").exists()
    assert names == modules(shipped(tree))
