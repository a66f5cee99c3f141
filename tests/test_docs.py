"""The pages under docs/ are what the docstrings say, and their links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from ige.envs import registry
from ige.render import save_png

DOCS = Path(__file__).resolve().parents[1] / "docs"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(builder: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    builder.build(folder)
    return folder


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, folder / "build.py", "--check"], capture_output=True, text=True)


def test_pages_are_up_to_date() -> None:
    done = check(DOCS)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}Run `make docs` (python docs/build.py)."


def test_building_needs_no_torch() -> None:
    code = (
        "import runpy, sys, tempfile, pathlib\n"
        "build = runpy.run_path(sys.argv[1])['build']\n"
        "with tempfile.TemporaryDirectory() as folder:\n    build(pathlib.Path(folder))\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, DOCS / "build.py"], check=True)


def test_check_names_every_page_that_differs(pages: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(pages, tmp_path / "docs"))
    shutil.copyfile(DOCS / "build.py", folder / "build.py")
    for measured in DOCS.glob("speed*.json"):
        shutil.copy(measured, folder)
    shutil.copytree(DOCS / "papers", folder / "papers", dirs_exist_ok=True)
    (folder / "wrappers.md").write_text("old", encoding="utf-8")
    (folder / "solvers.md").unlink()
    (folder / "environments" / "Gone-v0.md").write_text("of an id that is no more", encoding="utf-8")
    save_png(folder / "environments" / "GameOf24-v0.png", np.zeros((4, 4, 3), np.uint8))
    done = check(folder)
    assert done.returncode == 1
    named = re.findall(r"^docs/(\S+): ", done.stdout, re.M)
    assert named == ["environments/GameOf24-v0.png", "environments/Gone-v0.md", "solvers.md", "wrappers.md"]
    subprocess.run([sys.executable, folder / "build.py"], check=True)
    assert check(folder).returncode == 0
    assert not (folder / "environments" / "Gone-v0.md").exists()


def test_a_picture_is_compared_by_its_pixels(builder: ModuleType, tmp_path: Path) -> None:
    save_png(tmp_path / "a.png", np.zeros((4, 4, 3), np.uint8))
    data = (tmp_path / "a.png").read_bytes()
    stored = builder.zlib.compress(builder.zlib.decompress(data[41:-16]), 0)
    (tmp_path / "b.png").write_bytes(
        data[:33] + len(stored).to_bytes(4, "big") + b"IDAT" + stored + b"0000" + data[-12:]
    )
    save_png(tmp_path / "c.png", np.ones((4, 4, 3), np.uint8))
    a, b, c = (builder.content(tmp_path / f"{name}.png") for name in "abc")
    assert a == b != c


def test_every_id_has_a_page(pages: Path) -> None:
    overview = (pages / "environments" / "README.md").read_text(encoding="utf-8")
    for env_id in [*registry.ids(), *registry.multi_agent_ids()]:
        name = env_id.removeprefix("ige/")
        page = (pages / "environments" / f"{name}.md").read_text(encoding="utf-8")
        assert f"({name}.md)" in overview
        for heading in ("Description", "Action Space", "Observation Space", "Rewards", "Episode End", "Arguments"):
            assert f"\n## {heading}\n" in page


def test_pages_describe_spaces_on_one_line(pages: Path) -> None:
    for page in (pages / "environments").glob("*-v?.md"):
        head = page.read_text(encoding="utf-8").split("\n\n")[2]
        for line in head.splitlines()[2:]:
            assert line.startswith("| ")
            assert all(len(part) < 300 for part in line.split("<br>"))
        assert "charset" not in head


@pytest.mark.parametrize(
    ("space", "text"),
    [
        (spaces.Box(0, 255, (7, 7, 3), np.uint8), "Box(0, 255, (7, 7, 3), uint8)"),
        (spaces.Box(0, np.array([[1, 1, 50]] * 2), dtype=np.int64), "Box(0, [1, 1, 50], (2, 3), int64)"),
        (spaces.Box(0, np.arange(1, 100), dtype=np.int64), "Box(0, 1 to 99, (99,), int64)"),
        (spaces.MultiDiscrete([16, 360]), "MultiDiscrete([ 16 360])"),
        (spaces.MultiDiscrete([5, 7] * 9), "MultiDiscrete(18 numbers of 5 to 7 values)"),
        (spaces.Dict(a=spaces.Text(9, min_length=0)), "Dict('a': Text(0 to 9 characters))"),
    ],
)
def test_a_space_is_described(builder: ModuleType, space: Any, text: str) -> None:
    assert builder.described(space) == text


@pytest.mark.parametrize("page", [*DOCS.rglob("*.md"), DOCS.parent / "benchmarks" / "README.md"], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def example(first: int, *rest: str, limit: float = 0.5, hook: Any = print, last: None = None) -> None:
    """Do one thing,
    and say so.

    More of it.

    Args:
        first, rest: what to take,
            in any order.
        limit: of it.

    Raises:
        ValueError: an error: always.

    The end.
    """


@dataclass
class Plain:
    value: int

    def double(self, times: int = 1) -> int:
        """Twice the value."""
        return self.value * 2 * times

    @property
    def half(self) -> int:
        """Half the value."""
        return self.value // 2


def test_a_docstring_becomes_markdown(builder: ModuleType) -> None:
    assert builder.first_paragraph(example.__doc__) == "Do one thing, and say so."
    assert builder.signature(example) == "(first, *rest, limit=0.5, hook=..., last=None)"
    assert builder.markdown(example.__doc__).splitlines()[5:] == [
        "**Args**",
        "",
        "- `first`, `rest`: what to take,",
        "  in any order.",
        "- `limit`: of it.",
        "",
        "**Raises**",
        "",
        "- `ValueError`: an error: always.",
        "",
        "The end.",
    ]


def test_a_class_lists_what_it_documents(builder: ModuleType) -> None:
    assert builder.item("Plain", Plain, brief=False).splitlines() == [
        "### `Plain(value)`",
        "",
        "",
        "",
        "**Methods**",
        "",
        "- `double(times=1)`: Twice the value.",
        "- `half`: Half the value.",
    ]
    assert builder.item("KeyError", KeyError, brief=True).startswith("### `KeyError`\n")


def test_the_readme_names_the_ids_with_masks() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    named = readme.split('`info["action_mask"]` marks the legal ones. ')[1].split(" have a mask;")[0]
    masked = [id for id in registry.ids() if "action_mask" in gym.make(id).reset(seed=0)[1]]
    assert {registry.resolve(name) for name in re.split(r",\s+| and ", named)} == {*masked}


@pytest.mark.parametrize(
    ("mark", "page"),
    [
        ("speeds", "speed.md"),
        *((name, f"speed-{name}.md") for name in ("babyai", "textworld", "combinatorial", "bandits", "ued", "gui")),
    ],
)
def test_the_readme_quotes_the_measured_speeds(mark: str, page: str) -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    quoted = readme.split(f"<!-- {mark} -->")[1].split(f"<!-- /{mark} -->")[0].strip()
    assert quoted in (DOCS / page).read_text(encoding="utf-8")
    assert len(quoted.splitlines()) > 3
