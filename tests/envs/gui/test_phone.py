"""A phone, and that its tasks need memory."""

from __future__ import annotations

import math
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest

from ige.envs.gui import kernel, words
from ige.envs.gui.certificate import certificate, look
from ige.envs.gui.memory import finding_once, opening_all, pressing
from ige.envs.gui.oracle import Hand, needs, plan
from ige.envs.gui.phone import GUIPhone
from ige.envs.gui.program import V_INFEASIBLE, V_UNSEEN
from ige.envs.gui.templates import tasks

NAMES = list(tasks("phone"))
PLAIN = {verb: kernel.FIRST_PLAIN + getattr(kernel, verb) - kernel.CLEAR for verb in ("RECENT", "HOME", "IMPOSSIBLE")}


def act(env: GUIPhone, actions: list[Any]) -> Any:
    outcome = None
    for action in actions:
        outcome = env.step(action)
        if outcome[2]:
            break
    return outcome


def hand(task: str, seed: int = 0, **arguments: Any) -> Hand:
    env = GUIPhone(task=task, **arguments)
    env.reset(seed=seed)
    return Hand(env)


# --- memory -----------------------------------------------------------------------------------------------------------


def test_there_are_ten_tasks_and_all_need_memory() -> None:
    assert len(NAMES) == 10
    for task in tasks("phone").values():
        assert task.memory
        assert 0 < task.memoryless < 1


@pytest.mark.parametrize("name", NAMES)
def test_certificate(name: str) -> None:
    """Two reachable states look the same, and the right action in one is wrong in the other."""
    env = GUIPhone(task=name)
    found = 0
    for seed in range(20):
        env.reset(seed=seed)
        start = env.get_state()
        try:
            states, plans = certificate(env)
        except LookupError:  # what was looked for stood on the first pages
            assert name.startswith("search")
            continue
        assert env.get_state().tobytes() == start.tobytes()
        found += 1
        assert plans[0][0] != plans[1][0]
        looks = []
        for k in (0, 1):
            env.set_state(states[k])
            looks.append(look(env))
            assert act(env, plans[k])[4]["is_success"]
            env.set_state(states[k])
            act(env, plans[1 - k])
            assert not env.get_state()["is_success"]
        assert looks[0] == looks[1]
    assert found >= 8


def test_the_best_success_without_memory_is_told_at_the_end() -> None:
    env = GUIPhone(task="one-time-code", distractors=4)
    _, info = env.reset(seed=0)
    assert "memoryless" not in info
    assert act(env, plan(env))[4]["memoryless"] == pytest.approx(0.2)
    env = GUIPhone(task="one-time-code", termination="auto")  # an agent may try until it ends
    env.reset(seed=0)
    assert "memoryless" not in act(env, plan(env))[4]


def test_chances_without_memory_against_all_orders() -> None:
    """The closed forms compared with sums over all outcomes."""
    for n in (2, 3, 4):
        orders = list(permutations(range(n)))
        assert pressing([1] * n) == pytest.approx(len(orders) / n**n)
        # The thing is on page 0: any other pages, none twice, and then page 0.
        ways = {order[: order.index(0) + 1] for order in orders}
        assert finding_once(n) == pytest.approx(sum(n ** -len(way) for way in ways))
        # All pages are opened, and absence is declared on page 0, which has to be the last.
        assert opening_all(n) == pytest.approx(sum(order[-1] == 0 for order in orders) / n**n)
    for counts in ([2, 1], [2, 2, 1], [1, 2, 2]):
        # Sequences that press each button `counts` times; no other distribution beats the one of the counts.
        n = sum(counts)
        right = [s for s in product(range(len(counts)), repeat=n) if [s.count(k) for k in range(len(counts))] == counts]
        chances = np.random.default_rng(0).dirichlet(np.ones(len(counts)), 500)
        rates = [len(right) * float(np.prod(q**counts)) for q in [*chances, np.array(counts) / n]]
        assert pressing(counts) == pytest.approx(rates[-1])
        assert max(rates) == rates[-1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("gap", [0, 4, 9])
def test_memory_has_to_last_as_long_as_the_knob_says(name: str, gap: int) -> None:
    env = GUIPhone(task=name, memory_gap=gap)
    for seed in range(5):
        env.reset(seed=seed)
        found, actions = needs(env), plan(env)
        if found or not name.startswith("search"):  # what was looked for stood on the first page
            assert min(need.at - need.seen - 1 for need in found) >= gap
        assert all(0 <= need.seen < need.at < len(actions) for need in found)
        assert act(env, actions)[4]["is_success"]


@pytest.mark.parametrize("name", NAMES)
def test_all_knobs_at_once(name: str) -> None:
    env = GUIPhone(task=name, memory_load=8, popups=100, apps=8, distractors=12, layout_jitter=8)
    for seed in range(5):
        env.reset(seed=seed)
        actions = plan(env)
        assert len(actions) <= env.get_state()["vars"][1]
        assert act(env, actions)[4]["is_success"]


# --- a phone ----------------------------------------------------------------------------------------------------------


def test_recent_goes_back_to_the_app_that_was_left() -> None:
    one = hand("note-to-form")
    env = one.core
    assert not env.action_masks()[PLAIN["RECENT"]], "no app was opened yet"
    one.click("Notes", "icon")
    notes = env.table().tobytes()
    one.click("Home", "icon")
    one.click("Form", "icon")
    form = env.table().tobytes()
    env.step(PLAIN["RECENT"])
    assert env.table().tobytes() == notes
    one.click("Recent", "icon")
    assert env.table().tobytes() == form


def test_a_dialog_keeps_clicks_from_the_phone() -> None:
    one = hand("note-to-form", popups=100)
    with pytest.raises(LookupError):
        one.click("Notes", "icon")
    one.click("Later", "button")
    one.click("Notes", "icon")


def test_apps_fill_the_home_screen() -> None:
    for n in (2, 5, 8):
        icons = [row for row in hand("note-to-form", apps=n).rows() if row[1] == 3 and row[6] == 88]
        assert len(icons) == n


def test_wrong_codes_lock_the_account() -> None:
    one = hand("one-time-code")
    env, task = one.core, one.core.task
    right = one[task.names["wanted"]]
    wrong = next(code for code in env.candidates() if code >= words.NUMBER and code != right)
    one.click("Bank", "icon")
    one.fill("User", one[task.fields["user"]])
    one.fill("Code", wrong)
    for _ in range(3):
        assert not one.shows("Locked", "label")
        one.click("Log in", "button")
    assert one.shows("Locked", "label")
    one.fill("Code", right)
    one.click("Log in", "button")
    assert not one.shows("Welcome", "label")


def test_impossible_is_right_after_all_pages_were_seen_and_only_where_it_is_true() -> None:
    env = GUIPhone(task="search-absent")
    absent = 0
    for seed in range(30):
        env.reset(seed=seed)
        start, actions = env.get_state(), plan(env)
        is_absent = bool(start["vars"][V_INFEASIBLE])
        absent += is_absent
        assert (actions[-1] == PLAIN["IMPOSSIBLE"]) is is_absent
        for left_out in range(1, len(actions)):
            env.set_state(start)
            act(env, actions[: left_out - 1])
            before = env.get_state()["vars"].copy()
            *_, info = env.step(PLAIN["IMPOSSIBLE"])
            assert info["is_success"] == (is_absent and before[V_UNSEEN] == 0)
    assert 5 <= absent <= 25
    env = GUIPhone(task="search-pages")
    env.reset(seed=0)
    assert not env.action_masks()[PLAIN["IMPOSSIBLE"]]


def test_buying_twice_or_elsewhere_is_no_success() -> None:
    env = GUIPhone(task="price-compare")
    for seed in range(5):
        env.reset(seed=seed)
        actions = plan(env)
        act(env, [*actions[:-1], actions[-2]])
        assert not env.step(actions[-1])[4]["is_success"]


def test_totals_are_those_of_the_receipts() -> None:
    one = hand("receipts-to-expenses", memory_load=4)
    names, persons = one.core.task.names, 6
    for k in range(persons):
        paid = [one[names[f"amount[{4 * k + j}]"]] - words.PRICE for j in range(4)]
        assert min(paid) > 0
        assert one[names[f"total[{k}]"]] - words.PRICE == sum(paid)


def test_memoryless_is_no_number_elsewhere() -> None:
    assert all(math.isnan(task.memoryless) for task in tasks("widget").values() if not task.memory)
