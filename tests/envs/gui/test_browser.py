"""Screens in a real Chromium: the same steps, positions, roles and names, and texts that try to be markup."""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from markup import nasty

from ige.envs.gui import browser, export, kernel, words
from ige.envs.gui.env import GUIWidget, Screens
from ige.envs.gui.oracle import Hand, plan
from ige.envs.gui.program import HEIGHT, TYPES, WIDTH
from ige.envs.gui.templates import tasks

CLASSES: dict[str, type[browser.InBrowser]] = {
    "widget": browser.GUIBrowserEnv, "app": browser.GUIAppBrowserEnv, "phone": browser.GUIPhoneBrowserEnv,
}  # fmt: skip
POINTS = [(x, y) for y in range(17, HEIGHT, HEIGHT // 20) for x in range(13, WIDTH, WIDTH // 12)]
AT_POINTS = "points => points.map(([x, y]) => Number(document.elementFromPoint(x, y).dataset.eid ?? -1))"
UNNAMED = {"main", "generic", "none", "StaticText", "InlineTextBox", "LineBreak"}  # roles that hold no widget

pytestmark = pytest.mark.xdist_group("browser")  # one browser is enough


def why_not() -> str | None:
    """The reason why no browser is available, if so."""
    try:
        browser.browser()
    except ModuleNotFoundError:
        return "playwright is not installed: pip install ige[browser]"
    except FileNotFoundError as error:
        browser.shut_down()
        return str(error)
    return None


def test_playwrights_loop_ends_when_it_is_shut_down() -> None:
    if reason := why_not():
        pytest.skip(reason)
    for _ in range(2):
        browser.browser()
        browser.shut_down()
        asyncio.run(asyncio.sleep(0))


@pytest.fixture(scope="module")
def envs() -> Iterator[dict[str, browser.InBrowser]]:
    """One page for each folder. Playwright's loop has to stop with the module: others may have loops of their own."""
    if reason := why_not():
        pytest.skip(reason)
    made = {folder: make(paraphrases="all", reward_mode="shaped") for folder, make in CLASSES.items()}
    yield made
    for env in made.values():
        env.close()
    browser.shut_down()


@pytest.fixture
def env(envs: dict[str, browser.InBrowser]) -> browser.InBrowser:
    return envs["widget"]


def widgets_at(env: Screens) -> list[int]:
    places = env.get_state()["places"][: env.task.record["n_widgets"]].astype(int)
    z = env.task.record["widgets"][:, 11]
    found = []
    for x, y in POINTS:
        here = [k for k, (a, b, w, h, *_) in enumerate(places) if h and a <= x < a + w and b <= y < b + h]
        found.append(max(here, key=lambda k: (z[k], k), default=-1))
    return found


def accessible(env: browser.InBrowser) -> tuple[set[tuple[str, str]], set[str]]:
    """Roles and names of the screen in the browser's accessibility tree, and its plain texts."""
    session = env.tab.context.new_cdp_session(env.tab)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    pending = [node["nodeId"] for node in nodes.values() if node.get("role", {}).get("value") == "main"]
    found, texts = set(), set()
    while pending:
        node = nodes[pending.pop()]
        pending += node["childIds"]
        role, name = node["role"]["value"], node.get("name", {}).get("value", "")
        if role == "StaticText":
            texts.add(name)
        elif role not in UNNAMED and not node["ignored"]:
            found.add((role, name))
    return found, texts


def check(env: browser.InBrowser, kernel_env: Screens) -> None:
    """The page and the kernel agree on everything."""
    assert export.state(env.get_state()) == export.state(kernel_env.get_state())
    assert (env.table() == kernel_env.table()).all()
    order = kernel_env.get_state()["order"].tolist()
    assert [k if k < 0 else order[k] for k in env.tab.evaluate(AT_POINTS, POINTS)] == widgets_at(kernel_env)
    table = kernel_env.table()
    roles, labels = set(), set()
    for row in table[table[:, 0] > 0].tolist():
        known = export.CLICKABLE_ROLES if row[9] & 1 else export.ROLES
        kind, name = TYPES[row[1]], re.sub(r"[ \t\n]+", " ", words.text(row[7])).strip(" ")
        if kind in known:
            roles.add((known[kind], name))
        elif name:
            labels.add(name)
    found, texts = accessible(env)
    assert found == roles
    assert labels <= texts


def compare(env: browser.InBrowser, name: str, seed: int, steps: int, each: bool) -> None:
    """Play a task by the oracle's plan, then by random actions; `each`: compare everything after every step."""
    reference: Any = env.__class__.__mro__[2](paraphrases="all", reward_mode="shaped")
    for kind in ("plan", "random"):
        env.reset(seed=seed, options={"task": name})
        reference.reset(seed=seed, options={"task": name})
        check(env, reference)
        rng = np.random.default_rng(seed)
        actions = plan(reference) if kind == "plan" else range(steps)
        for one in actions:
            action = one if kind == "plan" else int(rng.choice(np.flatnonzero(reference.action_masks())))
            if kind == "random" and rng.random() < 0.2:
                action = int(rng.integers(kernel.ACTIONS))
            found, expected = env.step(action), reference.step(action)
            assert found[1:4] == expected[1:4], f"{name}, seed {seed}: {export.action(env, action)}"
            assert env.observation_space.contains(found[0])
            if each:
                check(env, reference)
            if found[2] or found[3]:
                break
        check(env, reference)


@pytest.mark.parametrize("folder", CLASSES)
def test_the_browser_does_what_the_kernel_does(folder: str, envs: Any) -> None:
    for name in tasks(folder):
        opens = name in ("choose-date", "choose-list", "click-menu", "use-autocomplete")  # something over the screen
        compare(envs[folder], name, 0, 4, opens)


@pytest.mark.long
@pytest.mark.parametrize("folder", CLASSES)
def test_the_browser_does_it_on_many_seeds(folder: str, envs: Any) -> None:
    for name in tasks(folder):
        for seed in range(20):
            compare(envs[folder], name, seed, 50, True)


def test_snapshots_and_copies(env: browser.InBrowser) -> None:
    env.reset(seed=3, options={"task": "login"})
    start, actions = env.get_state(), plan(env)
    assert env.tab.evaluate("__ige.state().t") == 0, "planning leaves the page as it was"
    copied = copy.deepcopy(env)
    for one in (env, copied):
        one.set_state(start)
        assert [one.step(action) for action in actions][-1][4]["is_success"]
    copied.close()


def keys_of(env: browser.InBrowser) -> Any:
    """Log in like a person; return the state afterwards."""
    env.reset(seed=1, options={"task": "login"})
    env.tab.mouse.click(200, 90)
    return env.tab.keyboard


def test_typing_letter_by_letter_is_one_action(env: browser.InBrowser) -> None:
    keyboard = keys_of(env)
    user = words.text(int(env.get_state()["vars"][env.task.fields["user"]]))
    keyboard.type(user)
    state = env.tab.evaluate("__ige.state()")
    assert (state["t"], state["error"]) == (2, 0)
    assert state["vars"][env.task.names["typed user"]] == words.code(user)
    keyboard.type("zzz")  # a text that no screen could show: the action has no effect, and the field keeps its text
    assert env.tab.evaluate("__ige.obs().error") == "no such text"
    env.tab.mouse.click(200, 146)
    assert env.tab.locator("#screen [data-type=textfield]").input_value() == ""


def test_typing_twice_is_two_actions(env: browser.InBrowser) -> None:
    env.reset(seed=1, options={"task": "login"})
    env.step(env.encode(kernel.CLICK, Hand(env).find("User", "textfield")))
    field = env.task.names["typed user"]
    for k, one in enumerate(("user", "password", "password", "")):
        text = int(env.get_state()["vars"][env.task.fields[one]]) if one else 0
        env.step(env.encode(kernel.TYPE, text=text) if one else env.encode(kernel.CLEAR))
        state = env.get_state()
        assert (state["t"], state["vars"][field], state["error"]) == (k + 2, text, 0)


def test_drivers_may_fill_and_scripts_may_click(env: browser.InBrowser) -> None:
    """As BrowserGym's `fill` and MiniWoB's `element.click()` do."""
    env.reset(seed=1, options={"task": "login"})
    for kind, name in (("textfield", "user"), ("password", "password")):
        text = words.text(int(env.get_state()["vars"][env.task.fields[name]]))
        env.tab.locator(f"[data-type={kind}]").fill(text)
    env.tab.evaluate("document.querySelector('[data-type=button]').click()")
    env.tab.get_by_role("button", name="Done").click()
    assert env.tab.evaluate("[__ige.done(), WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL, __ige.state().is_success]") == [
        True, True, 1, True,
    ]  # fmt: skip
    env.tab.get_by_role("button", name="Wait").click()  # it is over
    assert env.tab.evaluate("__ige.state().t") == 6


def test_names_of_miniwob(env: browser.InBrowser) -> None:
    env.reset(seed=1, options={"task": "click-button"})
    assert env.tab.evaluate("WOB_TASK_READY")
    before = env.tab.evaluate("WOB_EPISODE_ID")
    env.tab.evaluate("() => { core.EPISODE_MAX_TIME = 5; core.startEpisodeReal(); }")
    assert env.tab.evaluate("[WOB_EPISODE_ID, WOB_DONE_GLOBAL, core.getUtterance()]") == [before + 1, False, env.goal]
    env.tab.get_by_role("button", name="Done").click()
    assert env.tab.evaluate("[WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL, WOB_REWARD_REASON]") == [
        True, -1, "Over, not solved.",
    ]  # fmt: skip
    env.tab.evaluate("() => { core.startEpisodeReal(); core.endEpisode(0.5, false, 'stopped'); }")
    assert env.tab.evaluate("[WOB_DONE_GLOBAL, WOB_REWARD_GLOBAL, WOB_REWARD_REASON]") == [True, 0.5, "stopped"]


@pytest.mark.long
def test_points_old_screens_and_words(envs: Any) -> None:
    """The other interfaces: clicks at points, an observation of the screen before, actions in words."""
    settings: dict[str, Any] = {"task": "use-slider", "action_mode": "xy", "obs_mode": "tree", "latency": 1}
    env, reference = browser.GUIBrowserEnv(**settings), GUIWidget(**settings)
    assert env.reset(seed=0)[0] == reference.reset(seed=0)[0]
    rng = np.random.default_rng(0)
    for k in range(12):
        x, y = int(rng.integers(WIDTH)), int(rng.integers(60, 300))
        action: Any = (
            np.array([kernel.CLICK, x, y, 0]) if k % 3 else ("SCROLL:RIGHT", "nothing", "WAIT", "HOME")[k // 3]
        )
        found, expected = env.step(action), reference.step(action)
        assert found[:4] == expected[:4], action
        assert export.state(env.get_state()) == export.state(reference.get_state())
        if found[2] or found[3]:
            break
    env.close()
    with pytest.raises(ValueError, match="action_mode"):
        browser.GUIBrowserEnv(action_mode="text")


def test_a_wheel_scrolls(env: browser.InBrowser) -> None:
    env.reset(seed=0, options={"task": "click-scroll-list"})
    env.tab.mouse.move(180, 300)
    env.tab.mouse.wheel(0, 120)
    env.tab.wait_for_function("() => __ige.state().t === 1")
    assert max(env.tab.evaluate("__ige.state().scroll")) > 0


# --- texts and files that mean harm -----------------------------------------------------------------------------------


def test_markup_in_texts_is_text_in_the_browser(envs: Any) -> None:
    env, reference = nasty(browser.GUIBrowserEnv()), nasty(GUIWidget())
    said: list[str] = []
    for one in (env, reference):
        one.reset(seed=0)
    env.tab.on("dialog", lambda dialog: said.append(dialog.message))
    tags = env.tab.evaluate("[...document.querySelectorAll('#screen *')].map(one => one.tagName)")
    assert set(tags) == {"DIV", "BUTTON", "INPUT"}
    assert len(tags) == env.task.record["n_widgets"]
    assert env.tab.locator("#query").text_content() == env.goal
    rng = np.random.default_rng(0)
    for _ in range(30):
        check(env, reference)
        mask = reference.action_masks()
        mask[kernel.FIRST_PLAIN + kernel.COMPLETE - kernel.CLEAR :] = False
        action = int(rng.choice(np.flatnonzero(mask)))
        outcome = reference.step(action)
        assert env.step(action)[1:4] == outcome[1:4]
        if outcome[2] or outcome[3]:
            break
    assert env.tab.evaluate("window.hacked === undefined")
    assert said == []
    env.close()


def test_a_page_that_was_changed_is_refused(envs: Any) -> None:
    env = GUIWidget()
    env.reset(seed=0, options={"task": "login"})
    html = export.page(env)
    at = html.index('"vars":[') + 10
    digit = next(k for k in range(at, len(html)) if html[k].isdigit())
    data = html[:digit] + str(9 - int(html[digit])) + html[digit + 1 :]
    script = html.replace("const isDone = held === 1", "const isDone = held >= 0")
    assert script != html
    tab = browser.browser().new_page()
    browser.load(tab, html.replace("\n", "\r\n"))  # what an editor may do to line ends changes nothing
    for changed, message in ((data, "it was changed"), (script, "did not start")):
        with pytest.raises(ValueError, match=f"(?i){message}"):
            browser.load(tab, changed)
        assert tab.locator("#screen *").count() == 0
    tab.close()


def test_no_browser_where_there_is_none(envs: Any, tmp_path: Path) -> None:
    env = browser.GUIBrowserEnv(task="login", executable_path=str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="executable_path"):
        env.reset(seed=0)
