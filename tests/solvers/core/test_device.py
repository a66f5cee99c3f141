"""A device that does not exist is refused by everything that takes one, before any work begins, in the same words."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ige import cli
from ige.envs.combinatorial.instance import Knapsack
from ige.examples.papers import PAPERS
from ige.examples.papers._run import Run
from ige.solvers.arithmetic import model_for
from ige.solvers.arithmetic.judge import JudgeConfig
from ige.solvers.babyai import ppo
from ige.solvers.babyai.clone import CloneConfig
from ige.solvers.core.device import resolve_device
from ige.solvers.core.ppo import PPO, PPOConfig
from ige.solvers.nco import solvers
from ige.solvers.nco.bq import BQPolicy
from ige.solvers.textworld.scorer import ScorerConfig
from ige.solvers.ued.trainer import UED

WRONG = {
    "foo": r"device: 'foo', expected 'auto', 'cpu' or 'cuda'",
    "mps": r"device: 'mps', expected 'auto', 'cpu' or 'cuda'",
    "cuda:x": r"device: 'cuda:x', expected 'auto', 'cpu' or 'cuda'",
    "": r"device: '', expected 'auto', 'cpu' or 'cuda'",
    "cuda": r"device: 'cuda', but this machine has no CUDA device that torch can use",
    "cuda:7": r"device: 'cuda:7', but this machine has no CUDA device that torch can use",
}
ITEMS = Knapsack([3.0, 4.0], [1.0, 2.0], 2.0)


def cached(module: str, config: Any, *more: Any) -> dict[str, Callable[[str, Path], Any]]:
    learner = importlib.import_module(f"ige.solvers.{module}")
    return {
        f"{module} trained": lambda device, folder: learner.train(config, *more, device),
        f"{module} cached": lambda device, folder: learner.load_or_train(config, *more, device, folder / "cache"),
    }


TAKE: dict[str, Callable[[str, Path], Any]] = {
    "a paper": lambda device, folder: Run(PAPERS["stepmix"], folder=folder, device=device),
    **cached("arithmetic.judge", JudgeConfig(), ()),
    **cached("babyai.clone", CloneConfig()),
    **cached("textworld.scorer", ScorerConfig()),
    "a model that needs none": lambda device, folder: model_for("rules", device=device),
    "PPO of BabyAI": lambda device, folder: ppo.learn(ppo.PPOConfig(), {}, device),
    "PPO": lambda device, folder: PPO(torch.nn.Linear(1, 1), PPOConfig(), device),  # type: ignore[arg-type]
    "UED": lambda device, folder: UED("dr", "cpu", 0, device),
    "UED loaded": lambda device, folder: UED.load(folder / "none", device),
    "BQ": lambda device, folder: BQPolicy(None, 0, device),
    "BQ loaded": lambda device, folder: BQPolicy.load(folder / "none", device),
    "an instance": lambda device, folder: solvers.solve(ITEMS, "bq", device=device),
    "an instance without torch": lambda device, folder: solvers.solve(ITEMS, "exact", device=device),
}


@pytest.fixture(autouse=True)
def _no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.mark.parametrize("name", TAKE)
@pytest.mark.parametrize("device", ["foo", "cuda"])
def test_whatever_takes_a_device(name: str, device: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"^{WRONG[device]}$"):
        TAKE[name](device, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("device", WRONG)
def test_the_words(device: str) -> None:
    with pytest.raises(ValueError, match=f"^{WRONG[device]}$"):
        resolve_device(device)


def test_a_number_beyond_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(ValueError, match="^device: .cuda:2., but the CUDA devices .* numbered 0 to 1$"):
        resolve_device("cuda:2")
    assert resolve_device("auto").type == "cuda"
    assert resolve_device("cpu").type == "cpu"


@pytest.mark.parametrize("command", [*(["reproduce", name] for name in PAPERS), ["solve", "GameOf24"], ["solve", "TSP"],
                                     ["solve", "TallyingBandit"], ["solve", "TabularMDP"], ["solve", "TextWorld"]])
@pytest.mark.parametrize("device", ["foo", "cuda"])
def test_the_command_line(
    command: list[str], device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["ige", *command, "--device", device])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert capsys.readouterr() == ("", f"ige: {WRONG[device]}\n")
    assert not list(tmp_path.iterdir())
