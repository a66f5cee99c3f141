"""The paper at smoke scale: its direction, its games."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ige.examples.papers import textworld as paper
from ige.solvers.textworld.scorer import ScorerConfig


@pytest.mark.long
def test_returning_finds_the_coin_and_restarting_does_not(report: paper.Report) -> None:
    assert report.won("coin_collector", "Go-Explore").mean() > 0.9
    assert not any(report.won("coin_collector", method).any() for method in paper.RESTARTING)


@pytest.mark.long
def test_the_scorer_helps_with_and_without_an_archive(report: paper.Report) -> None:
    for method, uniform in (("naive", "random"), ("Go-Explore", "classic Go-Explore")):
        assert report.score("cooking", method).mean() > report.score("cooking", uniform).mean() + 4


@pytest.mark.long
def test_budgets_are_kept_and_scores_fit_what_was_won(report: paper.Report) -> None:
    for challenge in paper.CHALLENGES:
        for method in paper.METHODS:
            games = [game for seed in report.runs(challenge, method) for game in seed]
            assert len(games) == report.settings.seeds * report.settings.games
            full = 17 if challenge == "cooking" else 1
            for spent, score, _ in games:
                assert (spent is not None) == (score == full)
                assert spent is None or spent <= paper.CHALLENGES[challenge].budget


def test_games_come_in_sets_of_other_seeds() -> None:
    pool, first, second = (
        [grounded.game.to_json() for grounded in paper.games("cooking", n, seed).unwrapped.pool]  # type: ignore[attr-defined]
        for n, seed in ((paper.SET + 2, 5), (paper.SET, 5), (2, 6))
    )
    assert pool == [*first, *second]
    assert len(set(pool)) == len(pool)


def test_test_games_are_as_the_papers() -> None:
    for grounded in paper.games("treasure_hunter", 25, 0).unwrapped.pool:  # type: ignore[attr-defined]
        verbs = [command.split()[0] for command in grounded.game.walkthrough]
        assert len(verbs) == 20
        assert 1 <= verbs.count("unlock") <= 4
        assert 1 <= verbs.count("open") <= 6


def test_seeds_draw_apart_on_the_same_games() -> None:
    settings = replace(paper.SCALES["smoke"], scorer=ScorerConfig(games=2, epochs=1))
    runs = [paper._search("cooking", "naive", settings, seed, 2, "cpu") for seed in (0, 0, 1)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]
    assert np.shape(runs[0]) == (settings.games, 3)
