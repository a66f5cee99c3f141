"""What the tests of papers share: a folder for a module's run, and no progress bar."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def quietly() -> Callable[..., Any]:
    """What `reproduce` is given in the place of the command line's progress bar."""
    return lambda measure: measure(lambda *progress: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")
