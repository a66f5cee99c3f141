"""Results do not outlive the code of the environments that they were measured in."""

from __future__ import annotations

import importlib
from pathlib import Path

import gymnasium as gym
import pytest

from ige.envs import registry
from ige.examples.papers import PAPERS, tallying_bandits
from ige.examples.papers._run import Run, measured
from ige.solvers.core.code import Code
from ige.solvers.core.trained import built

MODELS = ["solvers.arithmetic.judge", "solvers.babyai.clone", "solvers.textworld.scorer"]
NAMED = [*(f"examples.papers.{paper.module}" for paper in PAPERS.values()), *MODELS]


def kernels(code: Code) -> list[Path]:
    """The files of the kernels of its environments."""
    modules = [gym.make(id, disable_env_checker=True).unwrapped.kernel.module for id in code.environments]  # type: ignore[attr-defined]
    return [Path(str(importlib.import_module(module).__file__)) for module in modules]


def change(monkeypatch: pytest.MonkeyPatch, path: Path, folder: Path) -> None:
    """From now on, `path` holds something else; the file itself stays as it is."""
    copy, files = folder / path.name, Code.files
    copy.write_bytes(path.read_bytes() + b"\n# always pulls arm 0\n")
    monkeypatch.setattr(Code, "files", lambda self: [copy if found == path else found for found in files(self)])


@pytest.mark.parametrize("name", NAMED)
def test_a_changed_kernel_changes_the_digest(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code: Code = importlib.import_module(f"ige.{name}").CODE
    assert code.modules[0] in (f"ige.{name}", "ige.examples.papers._bq_nco")
    assert code.environments, "an environment by id is what imports do not show"
    by_id = Code((), code.environments)
    before, weights = by_id.digest(), built(by_id)
    for path in kernels(code):
        with monkeypatch.context() as patch:
            change(patch, path, tmp_path)
            assert by_id.digest() != before
            assert built(by_id) != weights


def test_what_an_old_kernel_measured_is_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, run = tallying_bandits.CODE, Run(PAPERS["tallying-bandits"], folder=tmp_path)

    def resumed() -> int:
        return measured(run, run.chosen(tallying_bandits.SCALES), code, {"one": lambda: 1, "two": lambda: 2})[1]

    assert [resumed(), resumed()] == [0, 2]
    change(monkeypatch, kernels(code)[0], tmp_path)
    assert [resumed(), resumed()] == [0, 2]


def test_every_id_has_modules() -> None:
    for id in [*registry.ids(), *registry.multi_agent_ids()]:
        assert all(name.startswith("ige.envs.") for name in registry.modules(id))
    assert registry.modules("ige/UedPaired-v0") == ["ige.envs.ued.paired"]
    with pytest.raises(gym.error.Error):
        registry.modules("ige/Nothing-v0")
