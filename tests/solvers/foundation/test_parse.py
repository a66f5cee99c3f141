from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.solvers.foundation import Choice, parse_choice

GOOD = {
    '{"choice": 2}': None,
    '{"index": 2}': None,
    '{"Choice": "2"}': None,
    '{"thought": "two it is", "choice": 2}': "two it is",
    '```json\n{"thought": "two", "choice": 2}\n```': "two",
    'Let me see {4, 9}.\n{"thought": "a {brace}", "index": 2} That is my answer.': "a {brace}",
    '{"thought": "line\nbreak", "choice": 2}': "line\nbreak",
    '{"thought": "I first wanted {\\"choice\\": 1}", "choice": 2}': 'I first wanted {"choice": 1}',
    '{"plan": "compare"} {"choice": 2}': None,
    '{"choice": 2} so once more: {"choice": 2}': None,
    '<think>{"choice": 1}? No.</think>{"choice": 2}': None,
    '[{"choice": 2}]': None,
    "2": None,
    " 2\n": None,
    "+2": None,
    "**2**": None,
    "```\n2\n```": None,
}

BAD = {
    "": "no choice",
    "I would take the second one": "no choice",
    "option 2 or option 3": "no choice",
    "2.0": "no choice",
    "2, 3": "no choice",
    "9" * 5000: "no choice",
    '{"thought": "hm"}': "no choice",
    '{"thought": "hm"} 2': "no choice",
    '{"answer": {"choice": 2}}': "no choice",
    "{": "no choice",
    "4": "expected 0 to 3",
    "-1": "expected 0 to 3",
    '{"choice": 4}': "expected 0 to 3",
    '{"choice": -1}': "expected 0 to 3",
    '{"choice": %s}' % ("9" * 400): "expected 0 to 3",
    '{"choice": %s}' % ("9" * 5000): "malformed JSON",
    '{"choice": 2.0}': "expected an integer",
    '{"choice": NaN}': "expected an integer",
    '{"choice": true}': "expected an integer",
    '{"choice": null}': "expected an integer",
    '{"choice": [2]}': "expected an integer",
    '{"choice": {"choice": 2}}': "expected an integer",
    '{"choice": "two"}': "expected an integer",
    '{"choice": 1} or rather {"choice": 2}': "2 different answers",
    '{"choice": 1, "choice": 2}': "2 different answers",
    '{"index": 1, "choice": 2}': "2 different answers",
    '{"choice": 2} {"choice": false}': "expected an integer",
    "{'choice': 2}": "malformed JSON",
    '{"choice": 2': "malformed JSON",
    '{"thought": "perhaps {"choice": 1}, or not", "choice": 2}': "malformed JSON",
    '<think>perhaps {"choice": 1}, but': "unfinished thought",
}


@pytest.mark.parametrize(("text", "thought"), GOOD.items())
def test_reads_a_good_answer(text: str, thought: str | None) -> None:
    assert parse_choice(text, 4) == Choice(2, thought=thought)


@pytest.mark.parametrize(("text", "problem"), BAD.items())
def test_says_what_is_wrong_with_a_bad_answer(text: str, problem: str) -> None:
    choice = parse_choice(text, 4)
    assert choice.index is None
    assert choice.problem is not None
    assert problem in choice.problem
    assert "\n" not in choice.problem
    assert len(choice.problem) < 200


def test_a_bad_answer_keeps_its_thought() -> None:
    assert parse_choice('{"thought": "seven", "choice": 7}', 4).thought == "seven"


def test_half_a_surrogate_pair_in_a_thought_can_be_written_to_a_file() -> None:
    thought = parse_choice('{"thought": "\\ud800!", "choice": 1}', 4).thought
    assert thought is not None
    assert thought.encode("utf-8") == b"?!"


@pytest.mark.parametrize("end", ["", '{"choice": 1}'])
def test_deep_nesting_is_malformed(end: str) -> None:
    assert parse_choice('{"a": ' * 50_000 + end, 4).index is None


OPENINGS = ['{"choice": ', '"index": ', '{"thought": "', "```json\n", "<think>", "</think>", "prose "]
PIECES = [*'"{}[],1-\\\n', ".5", "e9", "true", "null", "NaN", "\\u", "```"]
FRAGMENTS = st.sampled_from(OPENINGS + PIECES)


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=30).map("".join)), st.integers(1, 9))
def test_any_text_gives_an_index_in_range_or_a_problem(text: str, size: int) -> None:
    choice = parse_choice(text, size)
    if choice.index is None:
        assert choice.problem
        assert choice.problem.isprintable()
    else:
        assert type(choice.index) is int
        assert 0 <= choice.index < size


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.integers(1, 9))
def test_only_an_integer_in_range_is_an_answer(value: object, size: int) -> None:
    choice = parse_choice(json.dumps({"choice": value}), size)
    if type(value) is int and 0 <= value < size:
        assert choice == Choice(value)
    elif not (isinstance(value, str) and value.strip().lstrip("+-").isdigit()):
        assert choice.index is None


@given(st.integers(0, 8), st.text(), st.text(alphabet=st.characters(exclude_characters="\"'<>")))
def test_thought_and_prose_do_not_change_the_answer(index: int, thought: str, prose: str) -> None:
    answer = json.dumps({"thought": thought, "choice": index})
    assert parse_choice(f"{prose}\n```json\n{answer}\n```\n{prose}", 9) == Choice(index, thought=thought)
