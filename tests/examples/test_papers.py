"""Every paper at a scale of seconds: it runs, leaves its files, resumes, names its environments and its units."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import gymnasium as gym
import pettingzoo
import pytest

from ige.envs import registry
from ige.envs.core import KernelEnv, KernelVectorEnv
from ige.envs.core.interface import KernelInterface
from ige.examples import replicate_papers
from ige.examples.papers import (
    PAPERS,
    _published,
    babyai_text,
    bq_nco,
    game_of_24,
    groupwise_regret,
    one_sided_fairness,
    paired,
    payment_routing,
    stepmix,
    tallying_bandits,
    textworld,
)
from ige.examples.papers._run import Run
from ige.solvers.arithmetic.judge import JudgeConfig
from ige.solvers.babyai.clone import CloneConfig
from ige.solvers.babyai.ppo import PPOConfig
from ige.solvers.core import Ledger
from ige.solvers.core.claims import FAILS, HOLDS, OPEN
from ige.solvers.core.code import Code
from ige.solvers.textworld.scorer import ScorerConfig

TINY: dict[str, Any] = {
    "game-of-24": game_of_24.Settings(
        seeds=2, judges=1, puzzles=3, budget=80, judge=JudgeConfig(members=1, largest=25, epochs=1)
    ),
    "babyai-text": babyai_text.Settings(
        seeds=2, missions=1, clone=CloneConfig(steps=4096, rows=32, length=64, size=32, memory=32),
        ppo=PPOConfig(steps=512, points=1, rows=8, length=32, minibatch=128), learners=2, recurrent=0,
    ),
    "textworld": textworld.Settings(seeds=2, games=2, scorer=ScorerConfig(games=2, epochs=1), curve=(1,), few=1),
    "bq-nco": bq_nco.Settings(seeds=0, enumerated=1, tabular=2, episodes=100),  # what learns has a long test
    "tallying-bandits": tallying_bandits.Settings(seeds=2, horizons=(2000, 4000), bounds=(20, 200), middle=2000),
    "payment-routing": payment_routing.Settings(
        seeds=2, count=2, batch=200, oracles=(("logistic", False),), policies=("uniform", *payment_routing.SHOWN)
    ),
    "groupwise-regret": groupwise_regret.Settings(seeds=2, horizon=500, points=2),
    "one-sided-fairness": one_sided_fairness.Settings(seeds=2, many=2, horizons=(400, 1600), ftpl=100),
    "stepmix": stepmix.Settings(seeds=2, episodes=500),
    "paired": paired.Settings(seeds=1, steps=2048, points=2, episodes=4, decisive=False),
}  # fmt: skip


def tiny(name: str, folder: Path, **more: Any) -> Run:
    return Run(PAPERS[name], folder=folder, device="cpu", settings=TINY[name], **more)


MEASURES = {"ige.solvers.bandits.generations"}  # reads `oracle_` fields, into what it reports only


class Spied(dict[str, Any]):
    """Infos that note which of our solvers reads what nobody may know."""

    readers: ClassVar[set[str]] = set()

    def _read(self, name: str, frame: Any) -> None:
        if name.startswith("oracle_"):
            self.readers.add(frame.f_globals["__name__"])

    def __getitem__(self, name: str) -> Any:
        self._read(name, sys._getframe(1))
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self._read(name, sys._getframe(1))
        return super().get(name, default)


@contextmanager
def spied() -> Iterator[None]:
    """Fails if a solver reads a field of the infos that is named `oracle_`."""
    Spied.readers.clear()
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((KernelEnv, "_info"), (KernelVectorEnv, "_infos")):
            told = getattr(owner, name)
            patch.setattr(owner, name, lambda *arguments, told=told: Spied(told(*arguments)))
        yield
    learners = {name for name in Spied.readers if name.startswith("ige.solvers.")}
    assert learners <= MEASURES, "what a learner must not know"


@contextmanager
def watched(code: Code) -> Iterator[None]:
    """Fails unless the code names every environment that is made meanwhile, and every kernel that is run."""
    ids: set[str] = set()
    kernels: set[str] = set()
    digested: list[Code] = []
    made, digest = KernelInterface.__init__, Code.digest

    def noting(make: Callable[..., Any], place: int) -> Callable[..., Any]:
        def noted(*arguments: Any, **more: Any) -> Any:
            asked = arguments[place] if len(arguments) > place else more.get("id", more.get("env_id"))
            ids.add(str(getattr(asked, "id", asked)))
            return make(*arguments, **more)

        return noted

    def begun(core: Any, kernel: Any, *arguments: Any, **more: Any) -> None:
        kernels.add(kernel.module)
        made(core, kernel, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        makers = ((gym, "make", 0), (gym, "make_vec", 0), (registry, "creator", 0), (pettingzoo, "make", 1))
        for owner, name, place in makers:
            patch.setattr(owner, name, noting(getattr(owner, name), place))
        patch.setattr(KernelInterface, "__init__", begun)
        patch.setattr(Code, "digest", lambda self: digested.append(self) or digest(self))
        yield
    assert code in digested
    assert ids
    assert kernels
    assert {name for name in ids if name.startswith("ige/")} <= set(code.environments)
    assert {Path(inspect.getfile(import_module(module))) for module in kernels} <= set(code.files())


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_at_a_tiny_scale(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, run = PAPERS[name].load(), tiny(name, tmp_path)
    with watched(module.CODE), spied():
        report = module.reproduce(run)
    assert set(PAPERS[name].environments) == set(module.CODE.environments)
    results = json.loads((run.place / "results.json").read_text())
    assert results["found"] == report.found
    assert results["verdict"] in (HOLDS, FAILS, OPEN)
    names = [claim["name"] for claim in results["claims"]]
    assert len(set(names)) == len(names)
    page = (run.place / "report.md").read_text()
    assert page.startswith(f"# {PAPERS[name].title}, scale smoke: {results['verdict']}\n")
    assert "## What each" in page, "a table of what each method is told"
    assert page.endswith(f"Repeat with `{run.command}`.\n")
    assert (run.place / "figure.png").read_bytes().startswith(b"\x89PNG")

    monkeypatch.setattr(Ledger, "add", lambda *piece: pytest.fail(f"measured again: {piece[1]}"))
    again = module.reproduce(run)
    assert (again.resumed, again.found) == (len(report.found), report.found)


def test_a_learner_that_reads_what_nobody_may_know_is_caught() -> None:
    cheat: dict[str, Any] = {"__name__": "ige.solvers.cheat"}
    exec("def act(info): return info['oracle_loss'] < info.get('oracle_best')", cheat)
    env = gym.make("ige/TallyingBandit-v0")

    def play() -> None:
        with spied():
            env.reset(seed=0)
            cheat["act"](env.step(0)[4])

    with pytest.raises(AssertionError, match="what a learner must not know"):
        play()


@pytest.mark.parametrize("id", registry.ids())
def test_observations_hold_nothing_that_nobody_may_know(id: str) -> None:
    """Compiled learners see nothing of an environment but this record."""
    names = gym.make(id, disable_env_checker=True).unwrapped.kernel.observation.names  # type: ignore[attr-defined]
    assert not [name for name in names if name.startswith("oracle_")]


def test_a_run_that_was_cut_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, run = PAPERS["stepmix"].load(), tiny("stepmix", tmp_path)
    whole = module.reproduce(run)
    progress = run.place / "progress.jsonl"
    lines = progress.read_text().splitlines(keepends=True)
    progress.write_text("".join(lines[:-1]) + lines[-1][:20])  # as an interruption might leave it
    added, add = [], Ledger.add
    monkeypatch.setattr(Ledger, "add", lambda ledger, piece, result: added.append(piece) or add(ledger, piece, result))
    again = module.reproduce(run)
    assert again.found == whole.found
    assert added == [list(stepmix.SHOWN)[-1]]


def test_a_replication_has_other_seeds_and_stands_beside_what_was_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = PAPERS["stepmix"].load()
    report = module.reproduce(replace(tiny("stepmix", tmp_path), first_seed=7, seeds=3))
    assert len(report.of("stepmix", "regret")) == 3
    assert report.run.place == tmp_path / "stepmix" / "smoke-from-7-3-seeds"
    page = (report.run.place / "report.md").read_text()
    assert page.startswith("# StepMix and EpsMix, a replication on other seeds, scale smoke: ")
    assert "Repeat with `ige reproduce stepmix --scale smoke --first-seed 7 --seeds 3`" in page
    assert "## Replication" in page
    for claim in _published.published()["stepmix"]["claims"]:
        assert f"| {claim['name']} | {claim['measured']:.3f}" in page


def test_a_verdict_that_contradicts_the_published_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(stepmix.SCALES, "smoke", TINY["stepmix"])
    monkeypatch.setattr(replicate_papers, "published", lambda: {"stepmix": {"claims": []}})
    assert not replicate_papers.main(["stepmix"], "2026-12-01", tmp_path)
    assert "No verdict contradicts what is published." in capsys.readouterr().out
    places = sorted(place.name for place in (tmp_path / "stepmix").iterdir())
    assert len(places) == 2
    for place in places:
        verdicts = json.loads((tmp_path / "stepmix" / place / "results.json").read_text())["claims"]
        turned = [{**c, "verdict": {HOLDS: FAILS, FAILS: HOLDS}.get(c["verdict"], OPEN)} for c in verdicts]
        decided = [c["name"] for c in turned if c["verdict"] != OPEN]
        assert decided
        monkeypatch.setattr(replicate_papers, "published", lambda turned=turned: {"stepmix": {"claims": turned}})
        told = replicate_papers.main(["stepmix"], "2026-12-01", tmp_path)
        seed = place.removeprefix("smoke-from-")
        assert [line for line in told if line.startswith(f"stepmix from seed {seed}: ")]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"puzzles": Path("mine.txt")}, "^--puzzles: stepmix has no such option$"),
        ({"everything": True}, "^--all: stepmix has no such option$"),
        ({"scale": "huge"}, "^--scale: 'huge', expected one of smoke, cpu$"),
    ],
)
def test_what_a_paper_does_not_take_is_refused(more: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        PAPERS["stepmix"].load().reproduce(tiny("stepmix", tmp_path, **more))
    assert not list(tmp_path.iterdir())


def test_what_draws_no_seeds_has_no_replication(tmp_path: Path) -> None:
    run = Run(PAPERS["bq-nco"], folder=tmp_path, first_seed=3)
    with pytest.raises(ValueError, match="^--first-seed, --seeds: scale smoke of bq-nco draws no seeds$"):
        bq_nco.reproduce(run)
    with pytest.raises(ValueError, match="^--all: the ablations learn, expected --scale cpu, found --scale smoke"):
        bq_nco.reproduce(Run(PAPERS["bq-nco"], folder=tmp_path, everything=True))
