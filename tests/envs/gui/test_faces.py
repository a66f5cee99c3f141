"""What agents see of screens: trees, pictures, histories, stale screens, pages of documentation."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from ige.envs.gui import kernel, words
from ige.envs.gui.env import GUIWidget, Screens, at, painter
from ige.envs.gui.oracle import Hand, plan
from ige.envs.gui.palettes import PAGE, THEMES, colors
from ige.envs.gui.program import TYPES
from ige.envs.gui.raster import glyphs, letters
from ige.envs.gui.templates import tasks
from ige.envs.testing import laws
from ige.render.glyphs import characters

# Each is compiled on its own, so that the tests share them.
TREE: dict[str, Any] = {"obs_mode": "tree", "action_mode": "text", "history": "full"}
DICT: dict[str, Any] = {"obs_mode": "dict", "history": "act2sum", "history_len": 2, "latency": 1}
RGB: dict[str, Any] = {"obs_mode": "rgb", "action_mode": "xy"}
LAWS = [law for core in (TREE, DICT) for law in laws("ige/GUIWidget-v1", only=["same", "within"], seeds=[0], **core)]


@pytest.mark.long  # each interface is compiled on its own
@pytest.mark.parametrize("law", [law for law in LAWS if law.part != "vector parallel"], ids=str)
def test_laws_hold_for_other_faces(law: Any) -> None:
    law()


@pytest.mark.parametrize("arguments", [TREE, DICT, RGB], ids=["tree", "dict", "rgb"])
def test_the_oracle_speaks_every_mode(arguments: dict[str, Any]) -> None:
    env = GUIWidget(**arguments)
    for seed, name in enumerate(env.names):
        env.reset(seed=seed, options={"task": name})
        outcome: Any = None
        for action in plan(env):
            outcome = env.step(action)
        assert env.observation_space.contains(outcome[0])
        assert outcome[4]["is_success"], name


def test_a_tree_says_what_the_table_does() -> None:
    env = GUIWidget(**TREE | {"history": "actions"}, task="login")
    tree, _ = env.reset(seed=0)
    lines = tree.split("\n")
    assert lines[0] == f"goal: {env.goal}"
    rows = [row for row in env.table().tolist() if row[0]]
    assert len(rows) == len(lines) - 2
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    from_the_top = sorted(rows, key=lambda row: (row[4], row[3]))
    assert from_the_top != rows, "numbers say nothing of places"
    for row, line in zip(from_the_top, lines[2:], strict=True):
        assert line.startswith(f"  [{row[0]}] ")
        assert line.endswith(",".join(map(str, row[3:7])))
        assert f'"{words.text(row[7])}"' in line
    password = words.text(int(env.get_state()["vars"][env.task.fields["password"]]))
    field = Hand(env).find("Password", "password") + 1
    tree = env.step(f"fill('{field}', '{password}')")[0]
    assert f'[{field}] textbox "Password" value="{"•" * len(password)}" focused' in tree, "a password is not shown"
    assert tree == env.describe()
    assert tree.endswith(f'history:\n- type "{password}" into textbox "Password"')
    assert env.step("click('3")[0].split("\n")[8] == "error: the action could not be read"


def test_histories() -> None:
    # There is no page before: not in the history.
    script = ["click('{field}')", "BACK", "fill('{field}', '{user}')", "click('{button}')"]

    def played(**arguments: Any) -> Any:
        env = GUIWidget(task="login", action_mode="text", **arguments)
        observation, _ = env.reset(seed=0)
        user = words.text(int(env.get_state()["vars"][env.task.fields["user"]]))
        hand = Hand(env)
        field, button = hand.find("User", "textfield") + 1, hand.find("Log in", "button") + 1
        for line in script:
            observation = env.step(line.format(user=user, field=field, button=button))[0]
        return observation, user

    assert "history" not in played(history="none")[0]
    assert "history" not in played(history="none", obs_mode="tree")[0]
    table, user = played(history="actions")
    assert table["history"][:, 0].tolist() == [0, kernel.CLICK + 1, kernel.TYPE + 1, kernel.CLICK + 1]
    assert table["history"][2].tolist()[1:] == [TYPES.index("textfield") + 1, words.code("User"), words.code(user)]
    told, _ = played(history="act2sum")
    assert told["read"][1:, 0].tolist() == [words.code("Log in")] * 3
    full, _ = played(history="full")
    assert full["past"].shape == (4, kernel.ROWS, kernel.SEEN)
    assert not full["past"][0].any()
    fields = full["past"][3][full["past"][3][:, 1] == TYPES.index("textfield")]
    assert fields[:, 8].tolist() == [words.code(user)], "the screen on which the last action was taken"
    tree, _ = played(history="full", obs_mode="tree")
    assert tree.count("] button ") == 4
    assert "- click button \"Log in\" on 'Log in'" in tree


@pytest.mark.parametrize("latency", [0, 2])
def test_stale_screens(latency: int) -> None:
    env = GUIWidget(task="click-checkboxes", latency=latency)
    sharp = GUIWidget(task="click-checkboxes")
    seen, true = [env.reset(seed=0)[0]["table"]], [sharp.reset(seed=0)[0]["table"]]
    for action in [1, 2, 3, 1]:
        seen.append(env.step(action)[0]["table"])
        true.append(sharp.step(action)[0]["table"])
        assert np.array_equal(env.table(), true[-1])
    for k, table in enumerate(seen):
        assert np.array_equal(table, true[max(k - latency, 0)])


@pytest.mark.parametrize("factor", [1, 2, 4])
@pytest.mark.parametrize("task", ["login", "click-checkboxes", "click-tab", "use-slider", "click-scroll-list"])
def test_what_is_painted_at_a_point_is_what_a_click_there_hits(factor: int, task: str) -> None:
    """Changing a widget's look changes pixels only where clicks hit it; outside all widgets there is only the page."""
    env = GUIWidget(task=task)
    env.reset(seed=0)
    clickable = [k for k, row in enumerate(env.table().tolist()) if row[0] and row[9] & 1]
    is_button = {k for k in clickable if env.table()[k, 1] == TYPES.index("button")}
    target = [k for k in clickable if k not in is_button][-1]
    pictures = []
    for _ in range(2):
        image = np.zeros((640 // factor, 360 // factor, 3), np.uint8)
        painter()(env.table(), letters(), glyphs(factor), colors(0), image)
        pictures.append(image)
        env.step(target)
    changed = (pictures[0] != pictures[1]).any(2)
    assert changed.any()
    columns, rows = np.meshgrid(np.arange(0, 360, factor), np.arange(0, 640, factor))
    hit = np.vectorize(lambda x, y: at(env.table(), x, y))(columns, rows)
    assert (hit[changed] >= 0).all()
    assert task == "click-tab" or set(np.unique(hit[changed])) == {target}, "a tab shows other things too"
    assert (pictures[1][hit < 0] == colors(0)[PAGE]).all()


def test_pictures_of_all_tasks_and_themes() -> None:
    pictures = set()
    for theme in range(THEMES):
        env = GUIWidget(theme=theme, **RGB)
        for name in list(env.names)[theme::THEMES]:
            observation, _ = env.reset(seed=0, options={"task": name})
            assert observation["instruction"] == env.goal
            assert np.array_equal(env.frame()[::2, ::2][0, 0], observation["image"][0, 0])
            assert len(np.unique(observation["image"].reshape(-1, 3), axis=0)) >= 3
            pictures.add(observation["image"].tobytes())
    assert len(pictures) == len(env.names)


def test_letters_are_those_of_the_texts() -> None:
    """The kernel spells numbers, prices, dates and times as `words.text` does."""
    from ige.envs.gui.raster import letter

    table = letters()
    codes = [words.code("Log in"), words.number(0), words.number(907), words.PRICE + 12, words.DATE + 30,
             words.DATE + 31, words.DATE + 9, words.TIME, words.TIME + 287]  # fmt: skip
    for code in codes:
        found = ""
        while k := letter.py_func(code, len(found), table) if code < words.NUMBER else letter(code, len(found), table):
            found += characters()[k - 1]
        assert found == words.text(code)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "logn"}, "task: 'logn' is unknown; close: login"),
        ({"task": []}, "task: found no name"),
        ({"obs_mode": "pixels"}, "obs_mode: 'pixels', expected one of 'table'"),
        ({"action_mode": "mouse"}, "action_mode: 'mouse', expected one of 'element'"),
        ({"history": "all"}, "history: 'all', expected"),
        ({"history_len": 0}, "history_len: 0, expected"),
        ({"latency": 3}, "latency: 3, expected an integer from 0 to 2"),
        ({"theme": THEMES}, "theme: 10, expected"),
        ({"scale": 2}, "scale: 2, expected one of 0.25, 0.5, 1.0"),
        ({"action_mode": "bins", "bins": 24}, "bins: 24, expected the numbers of columns and rows"),
        ({"distractor": 3}, "distractor: no such argument or knob; close: distractors"),
        ({"distractors": -1}, "distractors: -1, expected an integer from"),
        ({"memory_gap": 4}, "memory_gap: 4, but none of the tasks needs a memory"),
        ({"infeasible": 50, "task": "login"}, "infeasible: 50, but none of the tasks can be made impossible"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        GUIWidget(**arguments)


def test_a_page_of_few_lines_has_all_sections() -> None:
    class GUIExample(Screens):
        """An example.

        ## Description
        Its own.
        """

        folder = "widget"

    page = GUIExample.__doc__ or ""
    assert page.startswith("An example.\n\n## Description\nIts own.\n\n## Action Space\n")
    assert 'gym.make("ige/GUIExample-v1"' in page
    assert page.count("## ") == (GUIWidget.__doc__ or "").count("## ")


def test_knobs_reach_the_tasks() -> None:
    plain, jittered = tasks("widget"), GUIWidget(layout_jitter=12).tasks
    assert any(one.record["code"].tobytes() != plain[one.name].record["code"].tobytes() for one in jittered)
