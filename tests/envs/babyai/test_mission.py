"""The language: every sentence makes the round trip, and errors name what is wrong with others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.babyai.env import CHARSET
from ige.envs.babyai.mission import MAX_LENGTH, parse, sentence
from ige.envs.babyai.words import GO_TO, MISSION, NONE, OPEN, PICK, PUT_NEXT, WORDS

LONGEST = "put a purple object in front of you next to a yellow object in front of you"


@st.composite
def clauses(draw: st.DrawFn) -> list[int]:
    kind = draw(st.sampled_from([GO_TO, PICK, OPEN, PUT_NEXT]))

    def description(types: list[int]) -> list[int]:
        return [draw(st.sampled_from(types)), draw(st.integers(0, 6)), draw(st.integers(0, 4)), draw(st.integers(0, 1))]

    movable, anything = [0, 1, 2, 3], [0, 1, 2, 3, 4]
    first = description({OPEN: [4], GO_TO: anything}.get(kind, movable))
    return [kind, *first, *(description(anything) if kind == PUT_NEXT else [0] * 4)]


@st.composite
def missions(draw: st.DrawFn) -> np.ndarray:
    words = np.zeros(MISSION, np.uint8)
    words[0] = draw(st.integers(0, 2))
    for part in range(1 if words[0] == 0 else 2):
        for i in range(draw(st.integers(1, 2))):
            at = 1 + (2 * part + i) * WORDS
            words[at : at + WORDS] = draw(clauses())
    return words


@given(missions())
def test_there_and_back(words: np.ndarray) -> None:
    text = sentence(words)
    assert parse(text).tolist() == words.tolist()
    assert len(text) <= MAX_LENGTH
    assert set(text) <= set(CHARSET)


def test_the_longest_sentence_fits() -> None:
    text = f"{LONGEST} and {LONGEST} after you {LONGEST} and {LONGEST}"
    assert sentence(parse(text)) == text
    assert len(text) <= MAX_LENGTH


def test_words() -> None:
    words = parse("put the red ball next to a box on your left, then open a door")
    assert words[0] == 1
    assert words[1:10].tolist() == [PUT_NEXT, 2, 1, 0, 0, 1, 0, 1, 1]
    assert words[10] == NONE
    assert words[19:28].tolist() == [OPEN, 4, 0, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "found ''"),
        ("eat the red ball", "found 'eat the red ball', expected 'go to"),
        ("go to red ball", "found 'red ball', expected for example 'the red ball'"),
        ("go to the pink ball", "found 'the pink ball'"),
        ("open the red ball", "only doors can be opened, found 'the red ball'"),
        ("pick up a door", "doors cannot be picked up"),
        ("go to a ball, then go to a box, then go to a key", "3 parts"),
        ("go to a ball and go to a box and go to a key", "3 clauses"),
    ],
)
def test_no_sentence(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="mission: .*" + complaint):
        parse(text)
