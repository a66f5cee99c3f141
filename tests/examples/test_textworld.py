"""The paper at smoke scale: its direction, its report, its resumption."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ige.examples.papers import textworld as paper

pytestmark = pytest.mark.xdist_group("textworld")  # what the module's fixtures measure is measured once


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def quietly(work: object) -> object:
    return work(lambda *progress: None)  # type: ignore[operator]


@pytest.fixture(scope="module")
def report(folder: Path) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_returning_finds_the_coin_and_restarting_does_not(report: paper.Report) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert verdicts["Coin-1"] == verdicts["Coin-2"] == "holds"


def test_the_scorer_helps_with_and_without_an_archive(report: paper.Report) -> None:
    for method, uniform in (("naive", "random"), ("Go-Explore", "classic Go-Explore")):
        assert report.score("cooking", method).mean() > report.score("cooking", uniform).mean() + 4


def test_budgets_are_kept_and_scores_fit_what_was_won(report: paper.Report) -> None:
    for challenge, methods in report.runs.items():
        assert list(methods) == list(paper.METHODS)
        for seeds in methods.values():
            games = [game for seed in seeds for game in seed]
            assert len(games) == report.settings.seeds * report.settings.games
            full = 17 if challenge == "cooking" else 1
            for spent, score, _ in games:
                assert (spent is not None) == (score == full)
                assert spent is None or spent <= paper.CHALLENGES[challenge].budget


def test_test_games_are_as_the_papers(report: paper.Report) -> None:
    for grounded in paper.games("treasure_hunter", 25, 0).unwrapped.pool:  # type: ignore[attr-defined]
        verbs = [command.split()[0] for command in grounded.game.walkthrough]
        assert len(verbs) == 20
        assert 1 <= verbs.count("unlock") <= 4
        assert 1 <= verbs.count("open") <= 6


def test_what_it_leaves_behind(report: paper.Report, folder: Path) -> None:
    results = json.loads((folder / "smoke" / "results.json").read_text())
    names = [claim["name"] for claim in results["claims"]]
    assert names == ["Coin-1", "Coin-2", *(f"{c}-{k}" for c in ("Treasure", "Cooking") for k in (1, 2, 3)), "Cooking-4"]
    assert results["runs"] == report.runs
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "| Go-Explore | the scorer takes all three decisions |" in (folder / "smoke" / "report.md").read_text()


def test_a_second_run_repeats_nothing_and_a_cut_one_resumes(
    report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    search = paper._search
    monkeypatch.setattr(
        paper, "_search", lambda challenge, method, *rest: ran.append(method) or search(challenge, method, *rest)
    )
    assert paper.run("smoke", folder / "smoke", "cpu").as_dict() == report.as_dict()
    assert ran == []
    ledger = folder / "smoke" / "progress.jsonl"
    kept = [line for line in ledger.read_text().splitlines(keepends=True) if '"cooking/Go-Explore/0"' not in line]
    ledger.write_text("".join(kept))
    assert paper.run("smoke", folder / "smoke", "cpu").as_dict() == report.as_dict()
    assert ran == ["Go-Explore"]


def test_seeds_draw_apart_on_the_same_games() -> None:
    settings = paper.SCALES["smoke"]
    trained = paper._scorer("treasure_hunter", settings, 0, "cpu")
    runs = [paper._search("treasure_hunter", "naive", trained, settings, seed) for seed in (0, 0, 1)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert np.shape(runs[0]) == (settings.games, 3)


def test_a_puzzle_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^puzzles: found .*, expected none"):
        paper.reproduce("smoke", tmp_path / "puzzles.txt", tmp_path, "cpu", quietly)
