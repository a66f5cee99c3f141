"""Actions in words: the meaning of each dialect, and the result of anything else."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.core import ParseError
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
from ige.envs.gui.oracle import Hand
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
    # numbers as models write them
    ('{"action_type": "click", "index": 3.0}', Action(CLICK, 2)),
    ('{"action_type": "click", "x": "180", "y": 96.9}', Action(CLICK, x=180, y=96)),
    ("scroll(0, 0.5)", Action(SCROLL_DOWN)),
    # the other button
    ("click('3', button='left', modifiers=[])", Action(CLICK, 2)),
    ("click('3', button='right')", Action(LONG_PRESS, 2)),
    ("mouse_click(180, 96, 'right')", Action(LONG_PRESS, x=180, y=96)),
]

WRONG = [
    *((text, kernel.MALFORMED) for text in (
        "", "click", "click()", "click('a')", "click(1, 2, 3, 4)", "{}", "{", "[]", '{"action_type": ["click"]}',
        '{"action_type": "click"}', '{"action_type": "click", "index": true}', "CLICK", "CLICK:", "CLICK:(1)",
        "SCROLL:SIDEWAYS", "BACK:1", "__import__('os')", "click(open('x'))", "click(**{})", "fill('1', None)",
        "scroll(0, 0)", "scroll(1e999, 0)", "mouse_click('x', 'y')", "press('1', 'Escape')", "click('\\\0')",
        '{"action_type": "click", "index": 3.5}', "click(3.5)", "fill(2.5, 'Ada')", "click('3', button='middle')",
        "click('3', button=3)", "click('3', modifiers=['Shift'])", "mouse_click(1, 1, button='x')",
        '{"action_type": "click", "x": 1e400, "y": NaN}', "(" * 500, "click(" * 90, "\x00", "²",
    )),
    *((text, kernel.NOTHING_THERE) for text in (
        "click('0')", "click(-1)", "CLICK:(360,10)", "CLICK:(10,-1)", '{"action_type": "click", "x": 10, "y": 640}',
    )),
    *((text, kernel.NOTHING_THERE) for text in ("mouse_click(-0.5, 10)", "mouse_click(360.0, 10)")),
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


@pytest.mark.parametrize(("said", "meant"), [pair for pair in SAYINGS if pair[0].startswith("{")])
def test_androidworlds_actions_may_be_dictionaries(said: str, meant: Action) -> None:
    assert parse(json.loads(said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        {}, {1: 2}, {"action_type": None}, {"action_type": np.zeros(3)}, {"action_type": "click", "index": np.zeros(3)},
        {"action_type": "click", "index": 3.5}, {"action_type": "click", "index": [3]}, {"action_type": "click"},
        {"action_type": "input_text", "text": np.zeros(3)}, {"action_type": "answer"}, {"action_type": "scroll"},
        {"action_type": "scroll", "direction": np.zeros(3)}, {"action_type": "open_app", "app_name": {}},
    ],
)  # fmt: skip
def test_dictionaries_that_are_no_action_raise_nothing(said: dict[Any, Any]) -> None:
    assert parse(said) == Action(-kernel.MALFORMED)


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


def words_of(env: GUIWidget) -> dict[str, Any]:
    """The texts to type, and the numbers of the fields and of the button."""
    held, hand = env.get_state()["vars"], Hand(env)
    user, password = (words.text(int(held[var])) for var in env.task.fields.values())
    shown = {"field": ("User", "textfield"), "secret": ("Password", "password"), "button": ("Log in", "button")}
    return {"user": user, "password": password, **{name: hand.find(*one) + 1 for name, one in shown.items()}}


@pytest.mark.parametrize(
    "script",
    [
        ["click('{field}')", "keyboard_type('{user}')", "click('{secret}')", "TYPE:{password}", "CLICK:(180,200)",
         "COMPLETE"],
        ["fill('{field}', '{user}')", "fill('{secret}', '{password}')", "click('{button}')",
         "send_msg_to_user('I have logged in.')"],
        [
            '{{"action_type": "input_text", "text": "{user}", "index": {field}}}',
            '{{"action_type": "input_text", "text": "{password}", "x": 200, "y": 140}}',
            '{{"action_type": "open_app", "app_name": "log in"}}',
            '{{"action_type": "status", "goal_status": "complete"}}',
        ],
    ],
)  # fmt: skip
def test_a_task_is_done_in_words(script: list[str]) -> None:
    env = made(action_mode="text")
    outcome: Any = None
    for line in script:
        outcome = env.step(line.format(**words_of(env)))
        assert not env.error_text(), line
    assert outcome[1:3] == (1.0, True)
    assert outcome[4]["is_success"]


@pytest.mark.parametrize("action_mode", ["element", "xy", "bins"])
def test_other_modes_take_words_too(action_mode: str) -> None:
    env = made(action_mode=action_mode)
    said = words_of(env)
    for line in ["click('{field}')", "TYPE:{user}", "CLICK:(200,140)", "TYPE:{password}", "click('{button}')"]:
        assert not env.step(line.format(**said))[4]["illegal"], line
    assert env.step("what?")[4]["error"] == kernel.MALFORMED
    assert env.step("fill('{field}', 'Ada')".format(**said))[4]["error"] in (kernel.NO_FOCUS, kernel.NO_TEXT)
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
    assert f'[{words_of(env)["field"]}] textbox "User" value="" focused' in env.describe()
    env = made(action_mode="bins", bins=(51, 51))
    env.step(np.array([CLICK, 28, 7, 0]))  # the middle: 201, 94
    assert f'[{words_of(env)["field"]}] textbox "User" value="" focused' in env.describe()
    with pytest.raises(ValueError, match="action"):
        env.step(np.array([CLICK, 51, 0, 0]))


def test_actions_are_written_as_they_are_parsed() -> None:
    for mode in ("element", "xy"):
        env = made(action_mode=mode)
        env.step("click('{field}')".format(**words_of(env)))
        for line in ["click('{button}')", "CLEAR", "WAIT", "TYPE:{user}", "COMPLETE"]:
            line = line.format(**words_of(env))
            again = env.parse_action(env.action_text(env.parse_action(line)))
            assert np.array_equal(again, env.parse_action(line))


def test_rows_take_words() -> None:
    vector = GUIWidgetVector(3, task="login", action_mode="text", obs_mode="tree")
    vector.reset(seed=0)
    field = words_of(made())["field"]  # of the first row
    *_, infos = vector.step([f"click('{field}')", "nonsense", "COMPLETE"])
    assert infos["error"].tolist() == [0, kernel.MALFORMED, 0]
    *_, infos = vector.step([{"action_type": "click", "index": field}, {"action_type": "click", "index": 3.5}, "WAIT"])
    assert infos["error"].tolist() == [0, kernel.MALFORMED, 0]
    with pytest.raises(ValueError, match="expected 3 strings"):
        vector.step(["click('3')"])
    with pytest.raises(ValueError, match="expected a str"):
        made(action_mode="text").step(3)


@pytest.mark.parametrize("action_mode", ["element", "xy", "text"])
def test_a_dictionary_is_what_its_json_is(action_mode: str) -> None:
    one, other = made(action_mode=action_mode), made(action_mode=action_mode)
    for said in ({"action_type": "click", "index": 3}, {"action_type": "click", "index": 3.5}, {"action_type": "wait"}):
        assert one.step(said)[:4] == other.step(json.dumps(said))[:4]
    assert one.get_state().tobytes() == other.get_state().tobytes()


NONE = [{}, {"index": 3}, -1, -7, -8, 172, 10**6, 1.0, np.nan, None, b"WAIT", [], (1,)]
NONE += [np.zeros((2, 2), int), torch.tensor(1.0)]
POINTS = [[-1, 0, 0, 0], [-7, 0, 0, 0], [16, 0, 0, 0], [0, 0, 0, 32], [0.0, 0, 0, 0], np.zeros(4), np.zeros(3, int)]


@pytest.mark.parametrize(("action_mode", "wrong"), [("element", NONE), ("xy", NONE + POINTS), ("text", NONE + POINTS)])
def test_nothing_but_actions_and_words_passes(action_mode: str, wrong: list[Any]) -> None:
    """Nothing else may use the kernel's numbers for unreadable words."""
    env, vector = made(action_mode=action_mode), GUIWidgetVector(2, task="login", action_mode=action_mode)
    vector.reset(seed=0)
    before, rows = env.get_state(), vector.get_state()
    for action in wrong:
        with pytest.raises(ValueError, match="^action: "):
            env.step(action)
        rows_of_it = [action, action]
        for actions in (action, np.array(rows_of_it) if isinstance(action, (list, np.ndarray)) else rows_of_it):
            with pytest.raises(ValueError, match="^actions: "):
                vector.step(actions)
        assert env.get_state().tobytes() == before.tobytes(), action
        assert vector.get_state().tobytes() == rows.tobytes(), action


@pytest.mark.parametrize("action_mode", ["element", "xy"])
def test_words_that_mean_none_are_no_action_but_a_step(action_mode: str) -> None:
    env = made(action_mode=action_mode)
    for said, error in WRONG[::7]:
        with pytest.raises(ParseError, match="^action: "):
            env.parse_action(said)
        assert env.step(env.command(said))[4]["error"] == error
