"""Apps do what their pages promise, whichever page numbers they have, and collateral damage is punished."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from ige.envs.gui.app import GUIApp
from ige.envs.gui.apps.bank import bank
from ige.envs.gui.oracle import Hand, plan
from ige.envs.gui.pools import NAMES, SECRETS
from ige.envs.gui.program import C_PAGE, Builder
from ige.envs.gui.templates import tasks
from ige.envs.gui.words import NUMBER

APPS = ("booking", "calendar", "contacts", "files", "forum", "mail", "music", "notes", "records", "settings", "shop")


def bank_of_ada(b: Builder, page: int) -> None:
    bank(b, b.draw_text("user", NAMES), b.draw_text("secret", SECRETS), page)


def pages(name: str) -> tuple[Callable[[Builder, int], Any], int]:
    module = import_module(f"ige.envs.gui.apps.{name}")
    return (bank_of_ada if name == "bank" else getattr(module, name)), module.PAGES


def started(task: str, seed: int = 0) -> tuple[Any, Hand]:
    env = GUIApp(task=task)
    env.reset(seed=seed)
    return env, Hand(env)


def outcome(env: Any, hand: Hand, spoil: Callable[[Hand], None] | None = None) -> bool:
    """Whether the episode ends in success after the oracle's steps and then, before the last, something else."""
    actions = plan(env)
    for action in actions[:-1]:
        env.step(action)
    if spoil:
        spoil(hand)
    return bool(env.step(actions[-1])[4]["is_success"])


@pytest.mark.parametrize("name", [*APPS, "bank"])
def test_an_app_stays_on_the_pages_it_is_given(name: str) -> None:
    lay_out, n = pages(name)
    b = Builder(name)
    lay_out(b, 3)
    task = b.task(["", "", ""], {}, [], lambda hand: None, length=1)
    used = task.record["widgets"][: task.record["n_widgets"], C_PAGE]
    assert set(used.tolist()) == set(range(3, 3 + n))
    assert task.record["heights"].max() > 584, "something scrolls"


def test_all_twelve_are_there() -> None:
    assert len(tasks("app")) == 12


@pytest.mark.parametrize("distractors", [0, 12])
def test_lists_are_as_long_as_the_knob_says(distractors: int) -> None:
    env = GUIApp(distractors=distractors, layout_jitter=12)
    for task in env.tasks:
        for seed in range(5):
            env.reset(seed=seed, options={"task": task.name})
            assert len(plan(env)) <= int(env.get_state()["vars"][1])
            assert outcome(env, Hand(env))


def test_another_post_must_not_be_liked() -> None:
    env, hand = started("forum")
    user = hand[env.task.fields["user"]]

    def like_another(hand: Hand) -> None:
        rows = hand.rows()
        other = next(row for row in rows if row[1] == 0 and row[3] > 150 and row[7] != user and row[4] > 56)
        hand.click_beside(int(other[7]), "Like")

    assert not outcome(env, hand, like_another)
    env.reset(seed=0)
    assert outcome(env, hand)


def test_another_message_must_not_be_deleted() -> None:
    env, hand = started("mail")

    def delete_another(hand: Hand) -> None:
        while hand.shows("Back"):
            hand.click("Back")
        wanted = {hand[env.task.fields[name]] for name in ("first", "second")}
        hand.click(next(int(row[7]) for row in hand.rows() if row[1] == 13 and int(row[7]) not in wanted))
        hand.click("Delete")

    assert not outcome(env, hand, delete_another)


def test_what_is_ordered_twice_is_too_much() -> None:
    env, hand = started("shop")

    def order_again(hand: Hand) -> None:
        hand.click("Back")
        hand.click("Check out")

    assert not outcome(env, hand, order_again)


def test_a_shop_searches_filters_and_sorts() -> None:
    env, hand = started("shop")
    prices = [row[7] for row in sorted(hand.rows(), key=lambda row: row[4]) if row[1] == 0 and row[3] > 200]
    hand.click("Cheapest")
    cheap = [row[7] for row in sorted(hand.rows(), key=lambda row: row[4]) if row[1] == 0 and row[3] > 200]
    assert cheap[:3] == sorted(cheap)[:3]
    assert cheap != prices
    thing = hand[env.task.fields["thing"]]
    hand.click("Search")
    hand.type(thing)
    hand.enter()
    assert [row[7] for row in hand.rows() if row[1] == 13] == [thing]
    hand.click(thing, "list_item")
    hand.click("Add to cart")
    hand.click("Cart")
    assert hand.shows(thing, "label")
    assert hand.shows(NUMBER + 1, "label")
    hand.click("Remove")
    assert not hand.shows(thing, "label")


def test_a_bank_lets_nobody_in_with_the_wrong_password() -> None:
    env, hand = started("bank")
    hand.fill("User", hand[env.task.fields["user"]])
    hand.click("Log in")
    assert hand.shows("That is not right", "label")
    assert not hand.shows("Pay")


def test_a_long_press_on_a_note_opens_what_can_be_done_to_it() -> None:
    env, hand = started("notes")
    old = hand[env.task.fields["old"]]
    hand.scroll_to(old)
    hand.long_press(old)
    with pytest.raises(LookupError):
        hand.click("New")  # behind the dialog
    hand.click("Delete")
    assert not hand.shows(old, "list_item")


def test_a_random_agent_gets_nowhere() -> None:
    env = GUIApp()
    rng = np.random.default_rng(0)
    for seed in range(24):
        env.reset(seed=seed)
        ended = False
        while not ended:
            _, _, terminated, truncated, info = env.step(rng.choice(np.flatnonzero(env.action_masks())))
            ended = terminated or truncated
            assert not info["is_success"]
