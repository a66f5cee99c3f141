"""Settings for every test, and which tests run in one process."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from ige.envs import registry
from ige.examples.papers import PAPERS

settings.register_profile("ige", deadline=None)  # machines differ in speed, so no deadline decides a property test
settings.load_profile("ige")

# Families of environments, and what else has kernels of its own.
FAMILIES = {entry.id: entry.family for entry in registry.TABLE}
FOLDERS = {*FAMILIES.values(), "nco", "core", "online", "testing"}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a family run in one process, which compiles its kernels once; families come first, single tests fill up.

    Two processes that begin with one family would compile all of it side by side.
    """
    families = {item: _family(item) for item in items}
    for item, family in families.items():
        if family and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(family))
    tests = Counter(families.values())
    items.sort(key=lambda item: -tests[families[item]] if families[item] else 0)


def _family(item: pytest.Item) -> str:
    """The family of environments that a test is about; none if it is about several or none."""
    named = re.search(r"\[(ige/\w+-v\d+|[a-z0-9-]+)", item.name)
    subject = named[1] if named else ""
    if subject in PAPERS:
        subject = PAPERS[subject].environments[0]
    parts = item.path.relative_to(HERE).parts
    folder = parts[1] if len(parts) > 2 and parts[0] in ("envs", "solvers") else ""
    return FAMILIES.get(subject, folder if folder in FOLDERS else "")
