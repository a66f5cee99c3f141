"""Actions in words: what each dialect says, and what becomes of anything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.gui import kernel, words
from ige.envs.gui.actions import MESSAGE, OPEN, Action, parse, written
from ige.envs.gui.env import GUIWidget, GUIWidgetVector
from ige.envs.gui.kernel import (
    ANSWER,
    BACK,
    CLEAR,
    CLICK,
    COMPLETE,
    ENTER,
    HOME,
    IMPOSSIBLE,
    LONG_PRESS,
    RECENT,
    SCROLL_DOWN,
    SCROLL_RIGHT,
    SCROLL_UP,
    TYPE,
    WAIT,
)
from ige.envs.gui.pools import NAMES

ADA = NAMES[0]

SAYINGS = [
    # AndroidWorld
    ('{"action_type": "click", "index": 3}', Action(CLICK, 2)),
    ('{"action_type": "click", "x": 180, "y": 96}', Action(CLICK, x=180, y=96)),
    ('{"action_type": "long_press", "index": 1}', Action(LONG_PRESS, 0)),
    ('{"action_type": "input_text", "text": "Ada", "index": 3}', Action(TYPE, 2, text=ADA)),
    ('{"action_type": "input_text", "text": ""}', Action(CLEAR)),
    ('{"action_type": "scroll", "direction": "down"}', Action(SCROLL_DOWN)),
    ('{"action_type": "swipe", "direction": "down"}', Action(SCROLL_UP)),
    ('{"action_type": "scroll", "direction": "right", "index": 4}', Action(SCROLL_RIGHT, 3)),
    ('{"action_type": "keyboard_enter"}', Action(ENTER)),
    ('{"action_type": "navigate_back"}', Action(BACK)),
    ('{"action_type": "navigate_home"}', Action(HOME)),
    ('{"action_type": "open_app", "app_name": "ada"}', Action(OPEN, text=ADA)),
    ('{"action_type": "answer", "text": 12}', Action(ANSWER, text=words.number(12))),
    ('{"action_type": "status", "goal_status": "complete"}', Action(COMPLETE)),
    ('{"action_type": "status", "goal_status": "infeasible"}', Action(IMPOSSIBLE)),
    ('{"action_type": "wait"}', Action(WAIT)),
    # BrowserGym
    ("click('3')", Action(CLICK, 2)),
    ("click(3)", Action(CLICK, 2)),
    ("fill('3', 'Ada')", Action(TYPE, 2, text=ADA)),
    ('fill(bid="3", value="  aDA ")', Action(TYPE, 2, text=ADA)),
    ("clear('3')", Action(CLEAR, 2)),
    ("press('3', 'Enter')", Action(ENTER, 2)),
    ("keyboard_press('Enter')", Action(ENTER)),
    ("keyboard_type('Ada')", Action(TYPE, text=ADA)),
    ("scroll(0, 200)", Action(SCROLL_DOWN)),
    ("scroll(0, -200.5)", Action(SCROLL_UP)),
    ("mouse_click(180, 96)", Action(CLICK, x=180, y=96)),
    ("go_back()", Action(BACK)),
    ("noop()", Action(WAIT)),
    ("send_msg_to_user('all is done')", Action(MESSAGE)),
    ("send_msg_to_user('Ada')", Action(MESSAGE, text=ADA)),
    ("report_infeasible('there is no such thing')", Action(IMPOSSIBLE)),
    # strings
    ("CLICK:(180,96)", Action(CLICK, x=180, y=96)),
    ("LONG_PRESS:(0, 0)", Action(LONG_PRESS, x=0, y=0)),
    ("TYPE:Ada", Action(TYPE, text=ADA)),
    ("SCROLL:DOWN", Action(SCROLL_DOWN)),
    ("BACK", Action(BACK)),
    ("HOME", Action(HOME)),
    ("ENTER", Action(ENTER)),
    ("PRESS_RECENT", Action(RECENT)),
    ("COMPLETE", Action(COMPLETE)),
    ("IMPOSSIBLE", Action(IMPOSSIBLE)),
    (" ANSWER: Ada ", Action(ANSWER, text=ADA)),
]

WRONG = [
    *((text, kernel.MALFORMED) for text in (
        "", "click", "click()", "click('a')", "click(1, 2, 3, 4)", "{}", "{", "[]", '{"action_type": ["click"]}',
        '{"action_type": "click"}', '{"action_type": "click", "index": true}', "CLICK", "CLICK:", "CLICK:(1)",
        "SCROLL:SIDEWAYS", "BACK:1", "__import__('os')", "click(open('x'))", "click(**{})", "fill('1', None)",
        "scroll(0, 0)", "scroll(1e999, 0)", "mouse_click('x', 'y')", "press('1', 'Escape')", "click('\\\0')",
        '{"action_type": "click", "x": 1e400, "y": NaN}', "(" * 500, "click(" * 90, "\x00", "²",
    )),
    *((text, kernel.NOTHING_THERE) for text in (
        "click('0')", "click(-1)", "CLICK:(360,10)", "CLICK:(10,-1)", '{"action_type": "click", "x": 10, "y": 640}',
    )),
    ("TYPE:what no screen could ever show", kernel.NO_TEXT),
    ("TYPE:²", kernel.NO_TEXT),
    ("keyboard_type('')", kernel.NO_TEXT),
    ("TYPE:" + "a" * 65, kernel.TOO_LONG),
    ("fill('1', '" + "9" * 65 + "')", kernel.TOO_LONG),
    ("click('" + "1" * 5000 + "')", kernel.TOO_LONG),
]  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), SAYINGS)
def test_each_dialect_is_understood(said: str, meant: Action) -> None:
    assert parse(said) == meant


@pytest.mark.parametrize(("said", "error"), WRONG)
def test_wrong_words_say_what_is_wrong_and_raise_nothing(said: str, error: int) -> None:
    assert parse(said) == Action(-error)


@given(st.text() | st.from_regex(r"[a-z_]{1,20}\(.{0,20}\)") | st.from_regex(r"\{\"action_type\": .{0,40}\}"))
def test_no_words_raise(said: str) -> None:
    assert isinstance(parse(said), Action)


@pytest.mark.parametrize("verb", range(len(kernel.VERBS)))
def test_what_is_written_is_understood(verb: int) -> None:
    needs_text, needs_place = verb in (TYPE, ANSWER), verb in (CLICK, LONG_PRESS)
    action = Action(verb, 4 if needs_place else -1, text=ADA if needs_text else 0)
    assert parse(written(action)) == action


def made(**arguments: Any) -> GUIWidget:
    env = GUIWidget(task="login", obs_mode="tree", **arguments)
    env.reset(seed=0)
    return env


def words_of(env: GUIWidget) -> tuple[str, str]:
    held = env.get_state()["vars"]
    user, password = (words.text(int(held[var])) for var in env.task.fields.values())
    return user, password


@pytest.mark.parametrize(
    "script",
    [
        ["click('3')", "keyboard_type('{0}')", "click('5')", "TYPE:{1}", "CLICK:(180,200)", "COMPLETE"],
        ["fill('3', '{0}')", "fill('5', '{1}')", "click('6')", "send_msg_to_user('I have logged in.')"],
        [
            '{{"action_type": "input_text", "text": "{0}", "index": 3}}',
            '{{"action_type": "input_text", "text": "{1}", "x": 200, "y": 140}}',
            '{{"action_type": "open_app", "app_name": "log in"}}',
            '{{"action_type": "status", "goal_status": "complete"}}',
        ],
    ],
)  # fmt: skip
def test_a_task_is_done_in_words(script: list[str]) -> None:
    env = made(action_mode="text")
    outcome: Any = None
    for line in script:
        outcome = env.step(line.format(*words_of(env)))
        assert not env.error_text(), line
    assert outcome[1:3] == (1.0, True)
    assert outcome[4]["is_success"]


@pytest.mark.parametrize("action_mode", ["element", "xy", "bins"])
def test_other_modes_take_words_too(action_mode: str) -> None:
    env = made(action_mode=action_mode)
    user, password = words_of(env)
    for line in ["click('3')", f"TYPE:{user}", "CLICK:(200,140)", f"TYPE:{password}", "click('6')"]:
        assert not env.step(line)[4]["illegal"], line
    assert env.step("what?")[4]["error"] == kernel.MALFORMED
    assert env.step("fill('3', 'Ada')")[4]["error"] in (kernel.NO_FOCUS, kernel.NO_TEXT)
    assert env.step("COMPLETE")[4]["is_success"]


@pytest.mark.parametrize("action_mode", ["element", "xy", "bins", "text"])
@pytest.mark.parametrize(("said", "error"), WRONG[::5])
def test_wrong_words_are_a_step_without_effect(action_mode: str, said: str, error: int) -> None:
    env = made(action_mode=action_mode)
    before = env.get_state()
    observation, reward, terminated, _, info = env.step(said)
    assert (reward, terminated, info["illegal"], info["error"]) == (0.0, False, True, error)
    assert f"error: {env.error_text()}" in observation
    assert (env.get_state()["vars"] == before["vars"]).all()
    assert env.get_state()["t"] == 1


def test_points_reach_what_they_show() -> None:
    env = made(action_mode="xy")
    env.step(np.array([CLICK, 200, 90, 0]))
    assert '[3] textbox "User" value="" focused' in env.describe()
    env = made(action_mode="bins", bins=(51, 51))
    env.step(np.array([CLICK, 28, 7, 0]))  # the middle: 201, 94
    assert '[3] textbox "User" value="" focused' in env.describe()
    with pytest.raises(ValueError, match="action"):
        env.step(np.array([CLICK, 51, 0, 0]))


def test_actions_are_written_as_they_are_parsed() -> None:
    for mode in ("element", "xy"):
        env = made(action_mode=mode)
        env.step("click('3')")
        for line in ["click('6')", "CLEAR", "WAIT", f"TYPE:{words_of(env)[0]}", "COMPLETE"]:
            again = env.parse_action(env.action_text(env.parse_action(line)))
            assert np.array_equal(again, env.parse_action(line))


def test_rows_take_words() -> None:
    vector = GUIWidgetVector(3, task="login", action_mode="text", obs_mode="tree")
    vector.reset(seed=0)
    *_, infos = vector.step(["click('3')", "nonsense", "COMPLETE"])
    assert infos["error"].tolist() == [0, kernel.MALFORMED, 0]
    with pytest.raises(ValueError, match="expected 3 strings"):
        vector.step(["click('3')"])
    with pytest.raises(ValueError, match="expected a str"):
        made(action_mode="text").step(3)
