"""Game files: reading gives back what was written, and a one-line error refuses what cannot be understood."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import textworld
from real import cooking_game

from ige.envs.textworld import Game
from ige.envs.textworld.grammar import GrammarError
from ige.envs.textworld.ground import Grounded


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A cooking game, as TextWorld writes it."""
    path = tmp_path_factory.mktemp("games") / "game.json"
    cooking_game(3).save(str(path))
    return path.read_text()


def refusal(text: str) -> str:
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the message is what each test looks at)
        Game.from_json(text)
    assert "\n" not in str(error.value)
    return str(error.value)


def changed(text: str, change: Callable[[Any], Any]) -> str:
    data = json.loads(text)
    change(data)
    return json.dumps(data)


def test_what_textworld_knows(text: str) -> None:
    theirs, ours = textworld.Game.deserialize(json.loads(text)), Game.from_json(text)
    assert ours.max_score == theirs.max_score
    assert ours.objective == theirs.objective
    assert list(ours.walkthrough) == theirs.metadata["walkthrough"]
    assert ours.extras["recipe"] == theirs.metadata["recipe"]
    assert {(e.id, e.type, e.name) for e in ours.entities.values()} >= {
        (e.id, e.type, e.name or "") for e in theirs.infos.values()
    }
    assert set(ours.grammar.rules) == set(theirs.kb.rules)
    for name, rule in theirs.kb.rules.items():
        assert {(p.name, *(t.name for t in p.parameters)) for p in rule.preconditions} == set(
            ours.grammar.rules[name].needs
        ), name
    for kind in theirs.kb.types:
        assert {k for k in ours.grammar.parents if ours.grammar.is_a(k, kind)} == {
            kind,
            *theirs.kb.types.descendants(kind),
        }


def test_our_own_files(text: str) -> None:
    game = Game.from_json(text)
    again = Game.from_json(game.to_json())
    assert again == game
    assert Grounded(again).commands == Grounded(game).commands


def test_a_compiled_game_is_read_from_the_json_beside_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "game.json").write_text(text)
    assert Game.load(tmp_path / "game.z8") == Game.from_json(text)


def test_files_that_are_no_games(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match="missing.json: cannot be read"):
        Game.load(tmp_path / "missing.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="binary.json: line 1, column 1: found byte 0xff"):
        Game.load(tmp_path / "binary.json")
    for part in (0, 1, len(text) // 2, len(text) - 1):
        assert "not whole JSON: line 1" in refusal(text[:part])
    assert "found a JSON list, expected an object" in refusal("[]")
    assert "version: missing" in refusal('{"name": "a package", "dependencies": {}}')


FIELDS = ("version", "world", "infos", "quests", "KB")


@pytest.mark.parametrize("name", FIELDS)
def test_missing_fields(text: str, name: str) -> None:
    assert f"{name}: missing" in refusal(changed(text, lambda data: data.pop(name)))


@pytest.mark.parametrize("name", FIELDS)
def test_fields_of_another_type(text: str, name: str) -> None:
    assert f"{name}: found str, expected" in refusal(changed(text, lambda data: data.update({name: "no"})))


def test_another_version(text: str) -> None:
    assert "version: 2, expected 1" in refusal(changed(text, lambda data: data.update(version=2)))


def test_things_that_are_not_there(text: str) -> None:
    def gone(data: Any) -> None:
        event = next(e for quest in data["quests"] for e in quest["win_events"])
        event["condition"]["preconditions"][0]["arguments"][0]["name"] = "f_99"

    assert "'f_99' is not among the game's entities" in refusal(changed(text, gone))

    def nowhere(data: Any) -> None:
        data["world"] = [p for p in data["world"] if [a["name"] for a in p["arguments"]][:1] != ["P"]]

    assert "the player is in 0 rooms, expected 1" in refusal(changed(text, nowhere))


def test_an_unknown_type(text: str) -> None:
    def unknown(data: Any) -> None:
        next(info for key, info in data["infos"] if key == "f_0")["type"] = "dragon"

    assert "entity f_0: type 'dragon' is not in the game's grammar" in refusal(changed(text, unknown))


@pytest.mark.parametrize(
    ("logic", "message"),
    [
        ("type f { rules { eat :: !in(f, I) -> gone(f); } }", "rule eat: negated facts"),
        ("type f { rules { eat :: not_in(f, I) -> gone(f); } }", "rule eat: negated facts"),
        ("type f { rules { eat :: in(f, I) -> gone(q); } }", "rule eat: q has type 'q', which the grammar"),
        ("type f { rules { eat :: in(f, I) -> ", "found 'the end'"),
        ("type f { miracles { m :: a(f) -> b(f); } }", "section 'miracles' is unknown"),
        ("kind f { }", "found 'kind' where 'type' was expected"),
    ],
)
def test_grammars_that_cannot_be_represented(text: str, logic: str, message: str) -> None:
    data = json.loads(text)
    data["KB"]["logic"] += logic
    with pytest.raises(GrammarError, match=message) as error:
        Game.from_json(json.dumps(data))
    assert "\n" not in str(error.value)


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) within a JSON value; of a list, only the first and last items."""
    keys = list(value) if isinstance(value, dict) else range(len(value))[:: max(1, len(value) - 1)]
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from spots(value[key])


@pytest.mark.parametrize("wrong", [None, 7, "no", [], {}, [[]], -0.5])
def test_nothing_else_than_a_value_error(text: str, wrong: Any) -> None:
    data = json.loads(text)
    data["KB"]["logic"] = "type P { } type I { } " + "".join(
        f"type {kind} {{ }} "
        for kind in sorted({a["type"] for p in data["world"] for a in p["arguments"]} - {"P", "I"})
    )
    Game.from_json(json.dumps(data))
    refused = []
    for container, key in list(spots(data)):
        kept, container[key] = container[key], wrong
        try:
            Game.from_json(json.dumps(data))
        except ValueError as error:
            refused.append(str(error))
        container[key] = kept
    assert len(refused) > 10
    assert not any("\n" in message for message in refused)
