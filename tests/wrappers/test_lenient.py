from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest

import ige  # noqa: F401
from ige.envs.core import ParseError, has_text, text_interface
from ige.envs.registry import ids
from ige.wrappers import TextFace, parse_leniently

COMMANDS = ["go north", "go south", "take key", "take key from chest", "look"]


def parse(text: str) -> int:
    try:
        return COMMANDS.index(" ".join(text.lower().split()))
    except ValueError:
        raise ParseError(f"action: {text!r}, expected a command") from None


@pytest.mark.parametrize(
    "answer",
    [
        "take key",
        "  Take   KEY. ",
        "3. take key",
        "- take key",
        "(2) take key",
        "**take key**",
        "> take key",
        "`take key`",
        "```\ntake key\n```",
        "```text\ntake key\n```\nThis opens the door.",
        "The door is locked, so I need the key.\n\nAction: take key",
        "Final answer: “take key”",
        "Thought: I could go north, or look.\nAction: take key",
        "Action: go north would be too early.\nAction: take key",
        "I would now take key, since the door is locked.",
        "<think>go north? look?</think>take key",
        "Command = take key",
    ],
)
def test_what_stands_around_a_command_is_left_out(answer: str) -> None:
    assert parse_leniently(answer, parse, COMMANDS) == 2


def test_the_longer_command_is_meant() -> None:
    assert parse_leniently("I will take key from chest now", parse, COMMANDS) == 3


@pytest.mark.parametrize("answer", ["", "dance", "Action: dance", "goes northward", "{}", "```", "\0"])
def test_no_action_is_an_error(answer: str) -> None:
    with pytest.raises(ParseError, match="expected a command"):
        parse_leniently(answer, parse, COMMANDS)


def test_a_thought_is_no_action() -> None:
    with pytest.raises(ParseError, match="^action: found an unfinished thought '<think>look'"):
        parse_leniently("<think>look", parse, COMMANDS)


@pytest.mark.parametrize("answer", ["go north, then look", "go north\nlook", "`go north` or `look`"])
def test_several_actions_are_an_error(answer: str) -> None:
    with pytest.raises(ParseError, match=r"^action: found 'go north' and 'look' in .*, expected one action$"):
        parse_leniently(answer, parse, COMMANDS)


def test_a_game_with_a_talkative_player() -> None:
    env = TextFace(gym.make("ige/GameOf24-v0"), lenient=True)
    env.reset(seed=0, options={"instance": (4, 9, 10, 13)})
    for answer in ("First I subtract:\nAction: 13 - 9", "1. 10-4 = 6 (left: 4 4 6)", "```\n4 * 6\n```"):
        if "10-4" in answer:
            answer = "1. 10 - 4"
        text, reward, terminated, _, _ = env.step(answer)
    assert (text.splitlines()[-1], reward, terminated) == ("Solved.", 1.0, True)


def test_words_that_mean_nothing_are_an_action_where_any_words_are() -> None:
    env = TextFace(gym.make("ige/TextWorld-v0", challenge="coin_collector"), lenient=True)
    env.reset(seed=0)
    text, *_ = env.step("My plan is to look around first. Action: sing a song")
    assert text
    assert env.unwrapped.feedback() == "I don't understand that."


@pytest.mark.parametrize("id", ids())
def test_words_without_meaning_raise_one_type(id: str) -> None:
    """No family answers with a code or with the words themselves."""
    env: Any = gym.make(id)
    env.reset(seed=0)
    if not has_text(env):
        return
    words = text_interface(env)
    numbers = () if isinstance(env.action_space, gym.spaces.Box) else ("99999999999999999999", "-1", "9" * 5000)
    for nonsense in ("", "  ", "dance the tango", "nan", "pull", "\0", *numbers):
        with pytest.raises(ParseError, match="^action: "):
            words.parse_action(nonsense)
