"""No player beats chance without reading the screen: laws of every task, tested with the players of `samples/blind.py`.

A blind player may score at most three standard errors more than a random player that knows the task's script and draws
among the widgets of the required role. Players are chosen on some seeds and evaluated on others.
"""

from __future__ import annotations

import re
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from blind import Move, Rows, all_but, chance, imitated, overlap, searched, success

import ige  # noqa: F401
from ige.envs.gui.env import GUIWidget
from ige.envs.gui.program import CHECKBOX, TOGGLE
from ige.envs.gui.templates import tasks

EVERY = [(folder, name) for folder in ("widget", "app", "phone") for name in tasks(folder)]
CHOSEN_ON, JUDGED_ON = range(150), range(1000, 1150)
# The quick cases: a blind player solved each of these in version 0.
QUICK = [
    *(("widget", name) for name in ("click-option", "count-items", "enter-text", "login", "use-autocomplete")),
    *(("phone", name) for name in ("note-to-form", "price-compare")),
]
# Tasks in which the target shows the words of the goal, and their variants in other words.
MATCHING = {
    "click-button", "click-checkboxes", "click-dialog", "click-link", "click-menu", "click-option", "click-scroll-list",
    "click-tab", "enter-text", "focus-text", "form-fill", "login",
}  # fmt: skip
SOFT = {"click-checkboxes", "click-link", "click-tab", "form-fill", "login"}
SHARE = 0.5  # of episodes that comparing words may solve in all other tasks


def ids(keys: Any) -> Any:
    return pytest.mark.parametrize("key", keys, ids="-".join)


def bound(share: float) -> float:
    """Chance plus three standard errors; for a very small chance, the standard errors of one episode."""
    n = len(JUDGED_ON)
    return share + 3 * float(np.sqrt(max(share, 1 / n) * (1 - share) / n))


# --- blind players ----------------------------------------------------------------------------------------------------


@ids(QUICK)
def test_no_position_names_what_the_script_needs(key: tuple[str, str]) -> None:
    """A player that picks, in each step, the position that was right most often is no better than chance."""
    chosen, judged = Rows(*key, CHOSEN_ON), Rows(*key, JUDGED_ON)
    _, player = imitated(chosen, chosen.plans())
    assert success(judged, player) <= bound(chance(judged, judged.plans(), 3)), player


@pytest.mark.long
@ids(EVERY)
def test_no_blind_player_is_better_than_chance(key: tuple[str, str]) -> None:
    chosen, judged = Rows(*key, CHOSEN_ON), Rows(*key, JUDGED_ON)
    most = bound(chance(judged, judged.plans(), 10))
    for _, player in (searched(chosen, depth=4, beam=24), imitated(chosen, chosen.plans())):
        assert success(judged, player) <= most, player
    for type in (CHECKBOX, TOGGLE):
        rules = [(type, k, by_place) for k in range(8) for by_place in (False, True)]
        rule = max(rules, key=lambda rule: all_but(chosen, *rule))
        assert all_but(judged, *rule) <= most, f"everything but the widget {rule}"


@pytest.mark.parametrize("name", ["click-option", "enter-password", "enter-text", "login"])
def test_the_law_sees_what_it_is_for(name: str) -> None:
    """If widgets and texts are numbered in the template's order, the numbers reveal the target."""
    chosen, judged = (Rows("widget", name, seeds, written=True) for seeds in (CHOSEN_ON, JUDGED_ON))
    _, player = imitated(chosen, chosen.plans())
    assert all(move.action >= 0 for move in player), "an action's number in each step"
    assert success(judged, player) == 1.0


@pytest.mark.long
def test_the_search_sees_sets_and_all_but_one() -> None:
    boxes = Rows("widget", "click-checkboxes-soft", CHOSEN_ON, written=True)
    assert searched(boxes, depth=4, beam=24)[0] == 1.0, "the boxes 1, 2 and 3"
    assert all_but(Rows("widget", "toggle-all-but", CHOSEN_ON, written=True), TOGGLE, 0, False) == 1.0


def test_chance_is_what_it_is_called() -> None:
    """One of six buttons, one of three tabs, three of eight boxes."""
    for name, share in (("click-button", 1 / 6), ("click-tab", 1 / 3), ("click-checkboxes", 1 / 56)):
        rows = Rows("widget", name, range(400))
        found = chance(rows, rows.plans(), 3)
        assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / 1200), name
    assert success(Rows("widget", "click-button", range(10)), [Move(0)]) == 0.0


# --- numbers ----------------------------------------------------------------------------------------------------------


@ids(EVERY)
def test_numbers_and_offers_say_nothing(key: tuple[str, str]) -> None:
    """At the start every widget has every number, and every text every place, equally often."""
    assert furthest(Rows(*key, range(300))) < 4.5


def test_numbers_as_written_say_much() -> None:
    assert furthest(Rows("widget", "click-option", range(300), written=True)) > 20


def furthest(rows: Rows) -> float:
    """The largest distance, in standard errors, of a widget's mean number or a text's mean place from the middle."""
    sight = rows.start()
    offered = sight.rows["offered"][:, : rows.task.record["n_candidates"]].tolist()
    numbered = [[k for k in row if k >= 0] for row in sight.rows["places"][:, :, 5].tolist()]
    most = 0.0
    for orders in (offered, numbered):
        found: dict[int, list[float]] = {}
        for order in orders:
            n = len(order)
            for place, thing in enumerate(order if n > 1 else []):
                found.setdefault(thing, []).append((place - (n - 1) / 2) / np.sqrt((n * n - 1) / 12))
        most = max([most, *(abs(sum(scores)) / np.sqrt(len(scores)) for scores in found.values())])
    return most


# --- words ------------------------------------------------------------------------------------------------------------


@ids([key for key in EVERY if key[1] not in MATCHING])
def test_comparing_words_is_not_enough(key: tuple[str, str]) -> None:
    assert overlap(Rows(*key, JUDGED_ON)) < SHARE


@pytest.mark.parametrize("name", sorted(MATCHING))
def test_comparing_words_is_enough_where_the_page_says_so(name: str) -> None:
    assert overlap(Rows("widget", name, JUDGED_ON)) >= SHARE


@pytest.mark.parametrize("name", sorted(SOFT))
def test_words_that_mean_the_same_are_not_found_by_comparing(name: str) -> None:
    rows = Rows("widget", f"{name}-soft", JUDGED_ON)
    assert overlap(rows) <= bound(chance(rows, rows.plans(), 3))


def test_the_page_tells_which_are_which() -> None:
    page = " ".join((GUIWidget.__doc__ or "").split())
    [matching] = re.findall(r"enough to solve most of their episodes: (.*?)\. In all others", page)
    [soft] = re.findall(r"no better than chance: (.*?)\. An agent", page)
    assert set(re.findall(r"`(.+?)`", matching)) == MATCHING
    assert set(re.findall(r"`(.+?)-soft`", soft)) == SOFT


# --- versions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["GUIWidget", "GUIApp", "GUIPhone"])
def test_the_ids_whose_worlds_told_too_much_name_the_new_ones(name: str) -> None:
    error = pytest.raises(gym.error.DeprecatedEnv, match=f"ige/{name}-v1")
    with pytest.warns(DeprecationWarning, match="out of date"), error:
        gym.make(f"ige/{name}-v0")
    assert gym.spec(f"ige/{name}-v1").version == 1
