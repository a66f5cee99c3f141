"""The paper at smoke scale: its direction, its report, its resumption; and the statistics of its claims."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ige.examples.papers import babyai_text as paper

pytestmark = pytest.mark.xdist_group("babyai_text")  # what the module's fixtures measure is measured once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def quietly(work: object) -> object:
    return work(lambda *progress: None)  # type: ignore[operator]


@pytest.fixture(scope="module")
def report(folder: Path) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_the_policy_helps_with_and_without_an_archive(report: paper.Report) -> None:
    """On the easy tasks, which a second of cloning is enough for."""
    for task in ("goto", "pickup"):
        random = report.success("random", task)[0]
        assert report.success("Go-Explore", task)[0] >= random
        assert report.success("naive", task)[0] >= random
    assert sum(report.success("Go-Explore")) > sum(report.success("random"))


def test_budgets_are_kept(report: paper.Report) -> None:
    for method, seeds in report.steps.items():
        spent = [steps for seed in seeds for steps in seed if steps is not None]
        restarts = method == "random" or method in paper.AGENTS
        assert max(spent) <= (paper.RESTARTS if restarts else paper.SEARCH)
        assert [len(seed) for seed in seeds] == [5 * report.settings.missions] * report.settings.seeds


def test_what_it_leaves_behind(report: paper.Report, folder: Path) -> None:
    results = json.loads((folder / "smoke" / "results.json").read_text())
    assert [claim["name"] for claim in results["claims"]] == ["Babyai-1", "Babyai-2", "Babyai-3", "Babyai-4"]
    assert results["verdict"] in ("holds", "does not hold", "inconclusive")
    assert results["steps"] == report.steps
    assert results["ppo"][-1]["steps"] == report.settings.ppo.steps
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "| Go-Explore | the policy takes all three decisions |" in (folder / "smoke" / "report.md").read_text()


def test_a_second_run_repeats_nothing_and_a_cut_one_resumes(
    report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    search, learn = paper._search, paper.learn
    monkeypatch.setattr(paper, "_search", lambda method, *rest: ran.append(method) or search(method, *rest))
    monkeypatch.setattr(paper, "learn", lambda *rest: ran.append("PPO") or learn(*rest))
    assert paper.run("smoke", folder / "smoke", "cpu").as_dict() == report.as_dict()
    assert ran == []
    ledger = folder / "smoke" / "progress.jsonl"
    kept = [line for line in ledger.read_text().splitlines(keepends=True) if '"classic Go-Explore/0"' not in line]
    ledger.write_text("".join(kept))
    assert paper.run("smoke", folder / "smoke", "cpu").as_dict() == report.as_dict()
    assert ran == ["classic Go-Explore"]


def test_seeds_are_draws_of_the_search_on_the_same_missions() -> None:
    settings = replace(paper.SCALES["smoke"], missions=2)
    first, again, other = (paper._search("random", None, settings, seed) for seed in (0, 0, 1))  # type: ignore[arg-type]
    assert first == again != other


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_the_sign_test_is_scipys_without_ties(pairs: list[tuple[int, int]]) -> None:
    wins, losses, p = paper.sign_test([float(a) for a, _ in pairs], [float(b) for _, b in pairs])
    assert (wins, losses) == (sum(a > b for a, b in pairs), sum(a < b for a, b in pairs))
    expected = binomtest(wins, wins + losses, alternative="greater").pvalue if wins + losses else 1.0
    assert p == pytest.approx(expected)


def test_when_ppo_catches_up(report: paper.Report) -> None:
    def point(steps: int, share: float) -> dict[str, object]:
        return {"steps": steps, "success": dict.fromkeys(paper.TASKS, share), "episode": {}}

    level = report.success("Go-Explore")[0]
    never = replace(report, curve=[point(0, 0.0), point(900, level - 0.01)])
    assert never.ppo_reaches() == (900, False)
    reached = replace(report, curve=[point(0, 0.0), point(300, level), point(900, 1.0)])
    assert reached.ppo_reaches() == (300, True)


def test_a_puzzle_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^puzzles: found .*, expected none"):
        paper.reproduce("smoke", tmp_path / "puzzles.txt", tmp_path, "cpu", quietly)
