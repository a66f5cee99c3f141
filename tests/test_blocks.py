"""Every code block and command line of the pages and docstrings runs as it stands, each alone.

Blocks and lines are taken from the files. Each runs in a namespace and a folder of its own; the files that it reads are
made here. What is not run, or for less time, is listed here with the reason. The blocks of CONTRIBUTING are files of a
walk-through, which tests/test_contributing.py plays.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.textworld.generate import generate
from ige.examples.papers import PAPERS
from ige.solvers.core import one_thread

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
]
WALK_THROUGH = "CONTRIBUTING.md"
COMMAND = r"(?:ige|python|pip|make|pytest|tensorboard|OPENAI_API_KEY=\S+)"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.S | re.M)

# Python blocks that take seconds: trainings, and measurements. Two ids train in every run, the others in the long ones.
LONG = ("PPO(", "UED(", "Learner(", "benchmarks", "textworld", "TextWorld", "make_policy", "GUIPhone", "import solve\n")
SHORT = ('gym.make("ige/GameOf24-v0")\nPPO', 'gym.make("ige/UedMaze-v0")\nPPO')

# Command lines that are not run, by a pattern, and why.
NOT_RUN = {
    r"^(make|pip) ": "installs packages from an index; `make test` is what CI runs",
    r"^OPENAI_API_KEY": "needs a key of a model's provider",
    r"^tensorboard ": "a server that runs until it is stopped",
    r"\bNAME\b|\.\.\.": "a pattern, not a line to copy",
    r"Corridor|click-twice": "of the walk-through, played by tests/test_contributing.py",
    r"^python examples/browsergym_task": "needs a browser, tested by tests/examples/test_browsergym_task.py",
    r"^python docs/build.py": "writes into the checkout, tested by tests/test_docs.py",
    r"^ige \S+( --window)?$(?<!list)(?<!bench)": "the name of a command within a sentence",
}
# What a line takes less time with, and is otherwise the same.
LESS = {
    r"--scale cpu --all": "--scale smoke",  # the ablations of BQ-NCO learn, and only at the scale cpu
    r"--scale (cpu|gpu)": "--scale smoke",
    r"^(ige reproduce \S+)$": r"\1 --scale smoke",  # its default
    r"^ige bench(?= *(--json|$))": "ige bench GameOf24",  # all ids and their compilation take minutes
    r" --seconds \S+": "",
    r"^(ige bench .*)$": r"\1 --seconds 0.01",
    r"^(python -m ige.benchmarks.*)$": r"\1 --seconds 0.02",
    r"--json \S+": "--json out.json",
    r"^(python examples/train_ued.py (?!.*--steps).*)$": r"\1 --steps 4096",
    r"--total-timesteps \d+": "--total-timesteps 8192",
    r"--steps \d+": "--steps 4096",
    r"--updates \d+": "--updates 20",
    r"--preset paper": "--preset cpu",  # the papers' size takes hours
}
QUICK = re.compile(r"ige (list|play GameOf24|gui-export|solve TSP)\b")  # the others are long


@dataclass(frozen=True)
class Found:
    """Code with where it stands."""

    where: str
    text: str
    note: str = ""  # what is said beside a command line
    run: str = ""  # what of a line is run


@cache
def documents() -> list[tuple[str, str]]:
    """All texts for people, each with its name: the pages, then the docstrings."""
    pages = [(page.relative_to(ROOT).as_posix(), page.read_text(encoding="utf-8")) for page in PAGES]
    return pages + list(docstrings())


def docstrings() -> Iterator[tuple[str, str]]:
    """Of all modules, classes and functions that hold code: most do not, and need not be parsed."""
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith((".", "build/", "dist/", "runs/", "tests/")):
            continue
        source = path.read_text(encoding="utf-8")
        if not re.search(rf"```|^ *{COMMAND} |`{COMMAND} ", source, re.M):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
                yield f"{name}:{getattr(node, 'name', '')}".rstrip(":"), text


def blocks() -> list[Found]:
    """All Python blocks, each text once; docstrings that become pages come with those."""
    found: dict[str, Found] = {}
    for name, text in documents():
        if name == WALK_THROUGH:
            continue
        for match in FENCE.finditer(text):
            code = dedent(match[3])
            if match[2] == "python" and "{id}" not in code:  # of screens, filled in on each one's page
                line = text[: match.start()].count("\n") + 1
                found.setdefault(code, Found(f"{name}:{line}", code))
    return list(found.values())


def lines() -> list[Found]:
    """Command lines in blocks, indented, at the start of a docstring's line, and in sentences; of those alike, one."""
    found: dict[str, Found] = {}
    for name, text in documents():
        text = re.sub(r"^( *)```python\n.*?^ *```$", "", text, flags=re.S | re.M)
        in_lines = re.findall(rf"^ *({COMMAND} [^\n`]*?)(?:(?: {{2,}}#?|\s+# )(.*(?:\n {{40,}}.*)?))?$", text, re.M)
        if name.endswith(".md"):  # a sentence may begin a line with such a word; a command stands in a block
            code = "\n".join([match[3] for match in FENCE.finditer(text)] + re.findall(r"^ {4}\S.*$", text, re.M))
            in_lines = [(line, note) for line, note in in_lines if line in code]
        in_sentences = [(line, "") for line in re.findall(rf"`({COMMAND} [^`]+)`", text)]
        for line, note in in_lines + in_sentences:
            run = line = " ".join(line.split())
            for pattern, shorter in LESS.items():
                run = re.sub(pattern, shorter, run)
            found.setdefault(run, Found(name, line, note, run))
    return list(found.values())


def mark(condition: bool) -> Any:
    return [pytest.mark.long] if condition else []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder but for the files that are read, where the block or line runs."""
    (tmp_path / "berlin52.tsp").write_text(berlin52())
    (tmp_path / "docs").mkdir()
    (tmp_path / "tw_games").mkdir()
    (tmp_path / "costs.csv").write_text(costs())
    (tmp_path / "tw_games" / "mine.json").write_text(game())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def legal_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that a page steps with are such as do something there."""
    step = gym.wrappers.OrderEnforcing.step

    def watched(self: Any, action: Any) -> Any:
        found = step(self, action)
        assert not (isinstance(action, str) and found[4].get("illegal")), f"{action!r} is illegal here"
        return found

    monkeypatch.setattr(gym.wrappers.OrderEnforcing, "step", watched)


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(b, id=b.where, marks=mark(any(s in b.text for s in LONG) and not any(s in b.text for s in SHORT)))
        for b in blocks()
    ],
)
@pytest.mark.usefixtures("folder", "legal_words")
@pytest.mark.filterwarnings("ignore")
def test_blocks_run(block: Found) -> None:
    with one_thread():
        exec(compile(block.text, block.where, "exec"), {"__name__": "__main__"})


def test_screens_train_as_their_pages_say() -> None:
    """The block with {id} in the docstring that all screens share is on each one's page."""
    for name in ("GUIWidget", "GUIApp", "GUIPhone"):
        assert f'gym.make("ige/{name}-v1", obs_mode="rgb"' in (ROOT / f"docs/environments/{name}-v1.md").read_text()


@pytest.mark.parametrize(
    "line", [pytest.param(c, id=c.text, marks=mark(not QUICK.match(c.text))) for c in lines()]
)
def test_command_lines_run(line: Found, folder: Path) -> None:
    for pattern, reason in NOT_RUN.items():
        if re.search(pattern, line.text):
            pytest.skip(reason)
    program, *arguments = shlex.split(line.run)
    start = {"ige": ["-c", "from ige.cli import main; main()"], "python": [], "pytest": ["-m", "pytest"]}[program]
    arguments = [str(ROOT / part) if part.startswith("examples/") else part for part in arguments]
    if "--window" in arguments:
        start = ["-c", CLOSING]
    done = subprocess.run(
        [sys.executable, *start, *arguments],
        input="quit\n",
        capture_output=True,
        text=True,
        env={**os.environ, "SDL_VIDEODRIVER": "dummy", "MPLBACKEND": "agg"},
        timeout=1800,
    )
    said = re.search(r"exit code (\d)", line.note)
    assert done.returncode == (int(said[1]) if said else 0), f"{line.run}\n{done.stdout}{done.stderr}"
    assert all((folder / name).exists() for name in re.findall(r"\b[\w/-]+\.(?:png|gif|html|json)\b", line.run))


CLOSING = """
import pygame
from ige.cli import main

pygame.display.init()
pygame.event.get = lambda: [pygame.event.Event(pygame.QUIT)]
main()
"""


def test_what_is_found() -> None:
    """The patterns find what they are for, and what is not run stays little."""
    found = [line.text for line in lines()]
    assert {"ige list", "ige check CartPole-v1", "ige bench", "ige play BabyAI --level BossLevel --window"} <= {*found}
    assert {f"ige reproduce {paper} --scale cpu" for paper in PAPERS} - {*found} <= {"ige reproduce bq-nco --scale cpu"}
    assert {f"python examples/{path.name}" for path in (ROOT / "examples").glob("*.py") if path.stem != "__init__"} <= {
        " ".join(line.split()[:2]) for line in found
    }
    assert len(blocks()) > 30
    used = [pattern for pattern in NOT_RUN if any(re.search(pattern, text) for text in found)]
    assert used == list(NOT_RUN)


# --- the files that they read -----------------------------------------------------------------------------------------


BERLIN52 = """
565 575 25 185 345 750 945 685 845 655 880 660 25 230 525 1000 580 1175 650 1130 1605 620 1220 580 1465 200 1530 5 845
680 725 370 145 665 415 635 510 875 560 365 300 465 520 585 480 415 835 625 975 580 1215 245 1320 315 1250 400 660 180
410 250 420 555 575 665 1150 1160 700 580 685 595 685 610 770 610 795 645 720 635 760 650 475 960 95 260 875 920 700 500
555 815 830 485 1170 65 830 610 605 625 595 360 1340 725 1740 245
"""


def berlin52() -> str:
    """TSPLIB's instance."""
    numbers = BERLIN52.split()
    header = "NAME: berlin52\nTYPE: TSP\nDIMENSION: 52\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
    points = (f"{k // 2 + 1} {numbers[k]} {numbers[k + 1]}\n" for k in range(0, 104, 2))
    return header + "".join(points) + "EOF\n"


def costs() -> str:
    rows = [
        f"{age},{smoker},{region},{10 * age + 50 * (smoker == 'yes')}"
        for age in range(20, 60)
        for smoker in ("yes", "no")
        for region in ("north", "south")
    ]
    return "\n".join(["age,smoker,region,charges", *rows]) + "\n"


@cache
def game() -> str:
    return generate("treasure_hunter", np.random.default_rng(0)).to_json()
