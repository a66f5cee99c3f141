"""The walk-through in CONTRIBUTING.md is true: its files make an environment that obeys the laws."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import gymnasium as gym
import pytest

import ige.envs
from ige.envs import registry, testing

ROOT = Path(__file__).parents[1]


@pytest.fixture
def corridor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    blocks = re.findall(r"^ *```python\n(.*?)^ *```$", (ROOT / "CONTRIBUTING.md").read_text(), re.S | re.M)
    files = [dedent(block) for block in blocks]
    for text in files:
        if name := re.match(r"# envs/(corridor/\w+\.py)\n", text):
            path = tmp_path / name[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    monkeypatch.setattr(ige.envs, "__path__", [*ige.envs.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    [entry] = registry.entries("corridor")
    monkeypatch.setattr(registry, "TABLE", (*registry.TABLE, entry))
    registry.register_all((entry,))
    yield entry.id
    del gym.registry[entry.id]


def test_the_walk_through_makes_an_environment_that_obeys_the_laws(corridor: str) -> None:
    report = testing.check(corridor)
    # other processes do not know the temporary folder, and the laws' other failures would be real
    failures = [f for f in report.failures if f.part != "process"]
    assert not failures, "\n".join(map(str, failures))
    assert {f.verdict for f in report.findings if f.law == "solvable"} == {"holds"}


def test_short_names_resolve(corridor: str) -> None:
    assert registry.resolve("Corridor") == corridor


@pytest.fixture
def click_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "CONTRIBUTING.md").read_text(), re.S | re.M)
    [text] = [block for block in blocks if block.startswith("# envs/gui/templates/widget/click_twice.py")]
    (tmp_path / "click_twice.py").write_text(text)
    from ige.envs.gui import templates
    from ige.envs.gui.templates import widget

    monkeypatch.setattr(widget, "__path__", [*widget.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    templates.tasks("widget")  # what was there before keeps its codes
    templates._build.cache_clear()
    yield "click-twice"
    templates._build.cache_clear()


def test_a_task_is_one_file(click_twice: str) -> None:
    from ige.envs.gui.oracle import plan

    env = gym.make("ige/GUIWidget-v1", task=click_twice)
    for seed in range(5):
        env.reset(seed=seed)
        outcome: Any = None
        for action in plan(env) or []:
            outcome = env.step(action)
        assert outcome[2]
        assert outcome[4]["is_success"]


def test_every_block_is_of_a_walk_through() -> None:
    """So that tests/test_blocks.py may leave this page out."""
    blocks = re.findall(r"^ *```(.*)\n *(\S+ ?\S*)", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    starts = [start for language, start in blocks if language]
    assert {language for language, _ in blocks} <= {"python", ""}
    assert all(re.match(r"# envs/(corridor/|gui/templates/widget/click_twice.py)|Entry\(", start) for start in starts)
