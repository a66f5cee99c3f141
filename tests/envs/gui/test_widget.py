"""The tasks of one screen: the knobs that make them harder, and players that do not solve them."""

from __future__ import annotations

from typing import Any

import pytest

from ige.envs.gui import kernel, words
from ige.envs.gui.env import GUIWidget
from ige.envs.gui.oracle import Hand, plan
from ige.envs.gui.program import BUTTON, CARD, DATE_CELL, LABEL, LINK, LIST_ITEM, OPTION, WIDTH
from ige.envs.gui.templates import tasks

NAMES = list(tasks("widget"))
EASY: dict[str, Any] = {"distractors": 0, "items": 1}
HARD: dict[str, Any] = {"distractors": 12, "items": 12, "layout_jitter": 12}


@pytest.fixture(scope="module")
def env() -> Any:
    return GUIWidget(paraphrases="all", max_steps_factor=20)


def start(env: Any, task: str, seed: int = 0) -> Hand:
    env.reset(seed=seed, options={"task": task})
    return Hand(env)


def value(env: Any, name: str) -> int:
    return int(env.get_state()["vars"][env.task.names[name]])


@pytest.mark.parametrize("knobs", [EASY, HARD], ids=["easy", "hard"])
def test_every_task_can_be_solved_however_hard(knobs: dict[str, Any]) -> None:
    env: Any = GUIWidget(paraphrases="all", **knobs)
    for name in NAMES:
        for seed in range(4):
            env.reset(seed=seed, options={"task": name})
            actions: Any = plan(env)
            assert len(actions) <= env.get_state()["vars"][1], name
            for action in actions:
                table = env.table()
                assert (table[:, 3] + table[:, 5] <= WIDTH).all(), f"{name}: a widget beyond the edge"
                outcome = env.step(action)
            assert outcome[4]["is_success"], f"{name}, seed {seed}"


def test_jitter_moves_what_has_no_slot() -> None:
    env: Any = GUIWidget(**HARD)
    seen = set()
    for seed in range(12):
        env.reset(seed=seed, options={"task": "enter-text"})
        field = env.table()[Hand(env).find("Name", "textfield")]
        seen.add((int(field[3]), int(field[4])))
    assert len(seen) >= 8


def test_more_distractors_are_more_widgets() -> None:
    for name in ("click-button", "click-link", "click-option", "find-greatest", "focus-text", "use-spinner"):
        counts = []
        for knobs in (EASY, HARD):
            env: Any = GUIWidget(paraphrases="all", **knobs)
            env.reset(seed=0, options={"task": name})
            counts.append(int((env.table()[:, 0] > 0).sum()))
        assert counts[0] < counts[1], name


def test_passwords_that_differ_are_refused(env: Any) -> None:
    hand = start(env, "enter-password")
    one, other = (value(env, f"secret[{k}]") for k in range(2))
    for name, secret in (("Password", one), ("Repeat it", other)):
        hand.click(name, "password")
        hand.type(secret)
    hand.click("Submit")
    assert hand.shows("These differ", "label")
    assert not hand.shows("Accepted", "label")
    assert value(env, "sent") == 0


def test_only_the_dialog_can_be_clicked_while_it_is_open(env: Any) -> None:
    hand = start(env, "click-dialog")
    behind = [row for row in hand.rows() if row[1] == BUTTON and row[9] & 32]
    assert len(behind) == 3
    places = [k for k, row in enumerate(hand.rows()) if row[1] == BUTTON and row[9] & 32]
    assert not env.action_masks()[places].any()
    env.step(places[0])
    assert env.error_text()
    assert value(env, "pressed") == 0


def test_a_section_makes_room_and_closes_the_one_before(env: Any) -> None:
    hand = start(env, "click-collapsible")
    sections = [int(row[7]) for row in hand.rows() if row[1] == LIST_ITEM]

    def links() -> list[int]:
        return [int(row[7]) for row in hand.rows() if row[1] == LINK]

    assert not links()
    hand.click(sections[0])
    first = links()
    hand.click(sections[1])
    assert len(first) == len(links()) == 3
    assert not set(first) & set(links())
    tops = sorted(int(row[4]) for row in hand.rows() if row[1] != LABEL)
    assert len(set(tops)) == len(tops), "nothing lies on anything else"
    hand.click(sections[1])
    assert not links()


def test_months_have_as_many_days_as_they_have(env: Any) -> None:
    hand = start(env, "choose-date")
    hand.click("Day", "dropdown")
    for _ in range(11):
        if not hand.shows("January", "label"):
            hand.click("<")
    found = []
    for _ in range(12):
        found.append(sum(int(row[1]) == DATE_CELL for row in hand.rows()))
        hand.click(">")
    assert found == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert hand.shows("December", "label"), "a year has an end"
    hand.click(words.number(24), "date_cell")
    assert words.text(value(env, "chosen")) == "24 December"


def test_another_query_finds_other_results(env: Any) -> None:
    hand = start(env, "search-click-kth")
    found = []
    for k in range(2):
        hand.click("Query", "textfield")
        hand.type(value(env, f"topic[{k}]"))
        hand.do(kernel.ENTER)
        found.append({int(row[7]) for row in hand.rows() if row[1] == LIST_ITEM})
    assert all(found)
    assert not found[0] & found[1]
    place = next(k for k, row in enumerate(hand.rows()) if row[1] == LIST_ITEM)
    env.step(place)
    hand.complete()
    assert not env.get_state()["is_success"]


def test_suggestions_begin_with_what_was_typed(env: Any) -> None:
    hand = start(env, "use-autocomplete")
    assert not [row for row in hand.rows() if row[1] == OPTION]
    hand.click("Country", "textfield")
    hand.type("Ma")
    suggested = [words.text(int(row[7])) for row in sorted(hand.rows(), key=lambda row: row[4]) if row[1] == OPTION]
    assert suggested == ["Malaysia", "Mali", "Malta"], "from the top"


def test_sums_that_people_do_by_eye(env: Any) -> None:
    counts = set()
    for seed in range(60):
        hand = start(env, "find-greatest", seed)
        assert value(env, "greatest") == max(int(row[7]) for row in hand.rows() if row[1] == CARD)
        hand = start(env, "count-items", seed)
        wanted = value(env, "kind[0]")
        assert value(env, "count") == words.number(sum(int(row[7]) == wanted for row in hand.rows() if row[1] == CARD))
        counts.add(value(env, "count") - words.number(0))
    assert counts == set(range(13)), "every count can be"
