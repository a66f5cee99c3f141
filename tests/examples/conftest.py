"""What the tests of papers share: a folder for a module's run, no progress bar, and a watch on environments by id."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import gymnasium as gym
import pettingzoo
import pytest

from ige.envs import registry
from ige.envs.core.face import KernelFace
from ige.solvers.core.code import Code


@pytest.fixture(scope="session")
def quietly() -> Callable[..., Any]:
    """What `reproduce` is given in the place of the command line's progress bar."""
    return lambda measure: measure(lambda *progress: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module", autouse=True)
def whatever_is_made_is_part_of_the_digest(request: pytest.FixtureRequest) -> Iterator[None]:
    """A paper whose tests run here names every environment that they make: its results depend on them."""
    code = getattr(getattr(request.module, "paper", None), "CODE", None)
    if code is None:
        yield
        return
    ids: set[str] = set()
    kernels: set[str] = set()
    digested: list[Code] = []
    made, digest = KernelFace.__init__, Code.digest

    def noting(make: Callable[..., Any], place: int) -> Callable[..., Any]:
        def noted(*arguments: Any, **more: Any) -> Any:
            asked = arguments[place] if len(arguments) > place else more.get("id", more.get("env_id"))
            ids.add(str(getattr(asked, "id", asked)))
            return make(*arguments, **more)

        return noted

    def begun(face: Any, kernel: Any, *arguments: Any, **more: Any) -> None:
        kernels.add(kernel.module)
        made(face, kernel, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        makers = ((gym, "make", 0), (gym, "make_vec", 0), (registry, "creator", 0), (pettingzoo, "make", 1))
        for owner, name, place in makers:
            patch.setattr(owner, name, noting(getattr(owner, name), place))
        patch.setattr(KernelFace, "__init__", begun)
        patch.setattr(Code, "digest", lambda self: digested.append(self) or digest(self))
        yield
    assert {name for name in ids if name.startswith("ige/")} <= set(code.environments)
    assert {Path(inspect.getfile(import_module(module))) for module in kernels} <= set(code.files())
    if digested:  # a run has begun, in a new folder
        assert code in digested
        assert ids
        assert kernels
