"""What the tests of papers share: a smoke run for each module."""

from __future__ import annotations

from typing import Any

import pytest

from ige.examples.papers import PAPERS
from ige.examples.papers._run import Run


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A smoke run of the paper that the module tests, in a folder of its own."""
    name = request.module.paper.__name__.rpartition(".")[2].replace("_", "-")
    return Run(PAPERS[name], folder=tmp_path_factory.mktemp("runs"), device="cpu")


@pytest.fixture(scope="module")
def report(request: pytest.FixtureRequest, run: Run) -> Any:
    """What that run measures."""
    return request.module.paper.reproduce(run)
