"""Settings for every test, which tests run in one process, and what they cost."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from ige.envs import registry
from ige.examples.papers import PAPERS
from ige.solvers.registry import short_name

settings.register_profile("ige", deadline=None)  # machines differ in speed, so no deadline decides a property test
settings.load_profile("ige")

# CPU seconds that the tests of each family, of its papers and of what else has a folder may take in `make test` with
# nothing compiled before; what takes more is told, and fails nothing.
BUDGETS = {
    "combinatorial": 280,
    "bandits": 180,
    "gui": 180,
    "ued": 100,
    "babyai": 120,
    "textworld": 80,
    "core": 80,
    "tabular": 50,
    "testing": 50,
    "arithmetic": 40,
    "paper babyai-text": 20,
    "paper bq-nco": 20,
    "paper game-of-24": 10,
    "paper groupwise-regret": 20,
    "paper one-sided-fairness": 20,
    "paper paired": 20,
    "paper payment-routing": 20,
    "paper stepmix": 15,
    "paper tallying-bandits": 20,
    "paper textworld": 25,
    "envs": 40,
    "envs/grid": 10,
    "examples": 20,
    "render": 20,
    "solvers/foundation": 20,
    "wrappers": 10,
    "others": 150,
}


# Families of environments, what else has kernels of its own, and solvers in a folder that is not named as their family.
FAMILIES = {short_name(entry.id): entry.family for entry in registry.TABLE}
SUBJECT = re.compile(rf"\b({'|'.join([*FAMILIES, *PAPERS])})\b")
FOLDERS = {name: name for name in (*FAMILIES.values(), "core", "testing")} | {
    "nco": "combinatorial",
    "online": "bandits",
    "search": "arithmetic",
}
HERE = Path(__file__).parent

_spent: Counter[str] = Counter()  # CPU seconds by line of the table


def pytest_addoption(parser: pytest.Parser) -> None:
    known = sorted(set(FAMILIES.values()))
    parser.addoption("--family", choices=known, help="only tests of this family, its solvers and papers")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of a family run in one process, which compiles its kernels once; single tests fill up.

    Two processes that begin with one family would compile all of it side by side. What takes longest comes first.
    """
    families = {item: _about(item)[0] for item in items}
    if wanted := config.getoption("family"):
        config.hook.pytest_deselected(items=[item for item in items if families[item] != wanted])
        items[:] = [item for item in items if families[item] == wanted]
    for item in items:
        if families[item] and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(families[item]))
    items.sort(key=lambda item: -BUDGETS.get(families[item], 0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    before = _cpu()
    try:
        return (yield)
    finally:
        _spent[_about(item)[1]] += _cpu() - before


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):  # a process of xdist
        session.config.workeroutput["spent"] = dict(_spent)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _spent.update(getattr(node, "workeroutput", {}).get("spent", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    costs = [(name, round(seconds), BUDGETS.get(name, 0)) for name, seconds in _spent.most_common() if seconds >= 1]
    if costs:
        terminalreporter.section("CPU seconds, and the budget with nothing compiled before")
    for name, seconds, budget in costs:
        terminalreporter.line(f"{name:30} {seconds:5} of {budget:4}{' OVER' if seconds > budget else ''}")


def _cpu() -> float:
    """CPU seconds of this process and of those that it waited for."""
    return sum(os.times()[:4])


def _about(item: pytest.Item) -> tuple[str, str]:
    """The family of environments that a test is about, if it is about one; and its line in the table of costs."""
    *folders, file = item.path.relative_to(HERE).parts
    stem = Path(file).stem.removeprefix("test_").replace("_", "-")
    named = SUBJECT.search(item.name.partition("[")[2])
    subject = stem if folders == ["examples"] and stem in PAPERS else named[0] if named else ""
    if subject in PAPERS and folders == ["examples"]:
        return FAMILIES[short_name(PAPERS[subject].environments[0])], f"paper {subject}"
    folder = folders[1] if len(folders) > 1 else stem.removeprefix("bench-")
    family = FAMILIES.get(subject, FOLDERS.get(folder, ""))
    return family, family or "/".join(folders) or "others"
